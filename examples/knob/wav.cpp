#include "wav.hpp"

#include "circuit.hpp"
#include "files.hpp"
#include "text.hpp"

#include <wmanifold/core/error.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

namespace demo {
namespace {

namespace wm = wmanifold;

constexpr std::size_t most_bytes = std::size_t{1} << 30;

/// Numbers of a RIFF file, lowest byte first.
std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint32_t number = 0;
  for (std::size_t i = width; i-- > 0;) {
    number = number << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  }
  return number;
}

void append(std::string& bytes, std::uint32_t number, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) {
    bytes += static_cast<char>(number >> (8 * i) & 0xFF);
  }
}

/// Returns whether these bytes are parts of a RIFF file, one after the other to their end. Samples look like that with
/// a probability of about one in a billion.
bool are_parts(std::string_view bytes) {
  while (!bytes.empty()) {
    auto const is_letter = [](char c) { return c >= ' ' && c <= '~'; };
    if (bytes.size() < 8 || !std::all_of(bytes.begin(), bytes.begin() + 4, is_letter)) {
      return false;
    }
    std::size_t const size = number_at(bytes, 4, 4);
    if (size > bytes.size() - 8) {
      return false;
    }
    bytes.remove_prefix(std::min(8 + size + size % 2, bytes.size()));
  }
  return true;
}

struct Format {
  std::uint32_t code = 0;  // 1: PCM, 3: float
  std::uint32_t channels = 0;
  std::uint32_t rate = 0;
  std::uint32_t bits = 0;
};

class Reader {
 public:
  explicit Reader(std::filesystem::path const& path) : name_(path.string()) {
    std::error_code error;
    auto const size = std::filesystem::file_size(path, error);
    std::ifstream stream(path, std::ios::binary);
    if (error || !stream) {
      reject("a file that can be read", "none");
    }
    if (size > most_bytes) {
      reject("a file of at most 1 GiB", std::to_string(size) + " bytes");
    }
    bytes_.assign(std::istreambuf_iterator<char>(stream), {});
    if (bytes_.size() < 12 || bytes_.substr(0, 4) != "RIFF" || bytes_.substr(8, 4) != "WAVE") {
      reject("a WAV file (RIFF, WAVE)",
             bytes_.starts_with("RF64") ? "RF64, a format of larger files" : "something else");
    }
  }

  std::vector<float> samples() {
    std::optional<Format> format;
    std::string_view const bytes = bytes_;
    for (std::size_t at = 12; at + 8 <= bytes.size();) {
      std::string_view const name = bytes.substr(at, 4);
      std::size_t const size = number_at(bytes, at + 4, 4);
      at += 8;
      if (name == "data") {
        if (!format) {
          reject("a description of the format before the samples", "none");
        }
        // Streaming programs do not know the size when they begin. They write 0 or too large a size, and correct it
        // when they close the file. Without the correction, the bytes present count.
        std::string_view const rest = bytes.substr(at);
        return decoded(size == 0 && !are_parts(rest) ? rest : rest.substr(0, size), *format);
      }
      if (size > bytes.size() - at) {
        reject("a whole file", "one that ends within a part of " + std::to_string(size) + " bytes; copy it again");
      }
      if (name == "fmt ") {
        format = read_format(bytes.substr(at, size));
      }
      at += size + size % 2;
    }
    reject("samples", "none");
  }

 private:
  [[noreturn]] void reject(std::string const& expected, std::string const& got) const {
    wm::fail<wm::FileError>(name_, ": expected ", expected, ", got ", got);
  }

  [[nodiscard]] Format read_format(std::string_view part) const {
    if (part.size() < 16) {
      reject("a description of the format of at least 16 bytes", std::to_string(part.size()));
    }
    Format format{number_at(part, 0, 2), number_at(part, 2, 2), number_at(part, 4, 4), number_at(part, 14, 2)};
    constexpr std::uint32_t extensible = 0xFFFE;
    constexpr std::string_view tail("\x00\x00\x00\x00\x10\x00\x80\x00\x00\xAA\x00\x38\x9B\x71",
                                    14);  // of codes as GUIDs
    if (format.code == extensible && part.substr(std::min<std::size_t>(26, part.size())).starts_with(tail)) {
      format.code = number_at(part, 24, 2);
    }
    if (format.channels != 1) {
      reject("one channel", std::to_string(format.channels) + "; convert the file to mono");
    }
    if (format.rate != sample_rate) {
      reject(std::to_string(sample_rate) + " Hz", std::to_string(format.rate) + "; convert the file to this rate");
    }
    if (!(format.code == 1 && format.bits == 16) && !(format.code == 3 && format.bits == 32)) {
      reject(
          "PCM of 16 bits (format 1) or float of 32 (format 3)",
          "format " + std::to_string(format.code) + " of " + std::to_string(format.bits) + " bits; convert the file");
    }
    return format;
  }

  [[nodiscard]] std::vector<float> decoded(std::string_view bytes, Format const& format) const {
    std::size_t const width = format.bits / 8;
    std::vector<float> samples(bytes.size() / width);
    if (samples.empty()) {
      reject("samples", "none");
    }
    for (std::size_t n = 0; n < samples.size(); ++n) {
      std::uint32_t const number = number_at(bytes, n * width, width);
      samples[n] = format.code == 1 ? static_cast<float>(static_cast<std::int16_t>(number)) / 32768.0F
                                    : std::bit_cast<float>(number);
      if (!std::isfinite(samples[n])) {
        reject("finite samples", joined(samples[n], " as sample ", n));
      }
    }
    return samples;
  }

  std::string name_;
  std::string bytes_;
};

}  // namespace

std::vector<float> read_wav(std::filesystem::path const& path) { return Reader(path).samples(); }

void write_wav(std::filesystem::path const& path, std::span<float const> samples, WavFormat format) {
  std::uint32_t const sample_bytes = format == WavFormat::pcm16 ? 2 : 4;
  if (samples.size() > most_bytes / sample_bytes) {
    wm::fail<wm::FileError>(path.string(), ": expected samples of at most 1 GiB, got ", samples.size(), " samples");
  }
  auto const size = static_cast<std::uint32_t>(samples.size()) * sample_bytes;
  std::string bytes = "RIFF";
  append(bytes, 36 + size, 4);
  bytes += "WAVEfmt ";
  append(bytes, 16, 4);
  append(bytes, format == WavFormat::pcm16 ? 1 : 3, 2);
  append(bytes, 1, 2);
  append(bytes, sample_rate, 4);
  append(bytes, sample_rate * sample_bytes, 4);
  append(bytes, sample_bytes, 2);
  append(bytes, 8 * sample_bytes, 2);
  bytes += "data";
  append(bytes, size, 4);
  for (float const x : samples) {
    if (format == WavFormat::pcm16) {
      auto const number = static_cast<std::int16_t>(std::lround(std::clamp(x, -1.0F, 32767 / 32768.0F) * 32768));
      append(bytes, static_cast<std::uint16_t>(number), 2);
    } else {
      append(bytes, std::bit_cast<std::uint32_t>(x), 4);
    }
  }
  write_text(path, bytes);
}

}  // namespace demo
