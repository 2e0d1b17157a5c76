#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "circuit.hpp"
#include "signal.hpp"
#include "spectrum.hpp"
#include "wav.hpp"

#include <wmanifold/core/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <numeric>
#include <string>

namespace {

using namespace demo;
namespace wm = wmanifold;

double ratio_of(std::vector<float> const& y, std::vector<float> const& target) {
  double error = 0;
  double signal = 0;
  for (std::size_t n = 0; n < y.size(); ++n) {
    error += std::pow(static_cast<double>(y[n]) - static_cast<double>(target[n]), 2);
    signal += std::pow(static_cast<double>(target[n]), 2);
  }
  return error / signal;
}

std::vector<float> at(std::vector<float> const& x, double drive, double tone, int oversampling = 8) {
  return simulate(x, drive, std::array{tone}, oversampling)[0];
}

class Folder {
 public:
  Folder() { std::filesystem::create_directories(path_); }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(Folder const&) = delete;
  Folder& operator=(Folder const&) = delete;
  [[nodiscard]] std::filesystem::path operator/(char const* name) const { return path_ / name; }

 private:
  std::filesystem::path path_ = std::filesystem::temp_directory_path() / "wmanifold_knob_parts";
};

std::string bytes_of(std::filesystem::path const& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Returns the message about a file of these bytes.
std::string refusal(std::filesystem::path const& path, std::string const& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  try {
    static_cast<void>(read_wav(path));
  } catch (wm::FileError const& e) {
    return e.what();
  }
  return "accepted";
}

bool says(std::string const& text, char const* part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("circuit: its error falls with the square of the step, and is far below that of the models") {
  auto const x = test_signal(0.5, wm::Seed{1});
  for (double const drive : {0.0, 1.0}) {
    auto const fine = at(x, drive, 1, 64);
    double const at_4 = ratio_of(at(x, drive, 1, 4), fine);
    double const at_8 = ratio_of(at(x, drive, 1, 8), fine);
    CHECK(at_8 < 2e-6);
    CHECK(at_4 / at_8 > 8);  // 16 in energy, for second order
  }
}

TEST_CASE("circuit: with the diodes off it is two known low-pass filters") {
  double const volts = 1e-4;
  double const hertz = 3000;
  auto const y = at(sine(hertz, volts, 0.2), 0, 0.5);
  double square = 0;
  for (std::size_t n = y.size() / 2; n < y.size() - 100; ++n) {
    square += 2 * std::pow(static_cast<double>(y[n]), 2) / static_cast<double>(y.size() - 100 - y.size() / 2);
  }
  double const conductance = 1 / 2200.0 + 2 * 2.52e-9 / 45.3e-3;  // resistor and diodes, for small signals
  double const clipper = 1 / (2 * std::numbers::pi * 33e-9 / conductance);
  double const expected =
      volts / (2200 * conductance) / std::hypot(1, hertz / clipper) / std::hypot(1, hertz / corner_of(0.5));
  CHECK(std::sqrt(square) == doctest::Approx(expected).epsilon(2e-3));
}

TEST_CASE("circuit: odd, silent in silence, with memory") {
  auto x = test_signal(0.3, wm::Seed{2});
  auto const y = at(x, 0.7, 0.3);
  std::transform(x.begin(), x.end(), x.begin(), std::negate{});
  auto const mirrored = at(x, 0.7, 0.3);
  CHECK(std::equal(y.begin(), y.end(), mirrored.begin(), [](float a, float b) { return a == -b; }));

  std::vector<float> const silence(1000);
  CHECK(at(silence, 1, 1) == silence);

  // A curve without memory would give the same for the same sample; here the pasts differ.
  std::vector<float> up(200, 0.3F);
  std::vector<float> down(200, 0.3F);
  std::fill_n(up.begin(), 100, 0.0F);
  std::fill_n(down.begin(), 100, 0.6F);
  CHECK(std::abs(at(up, 0.3, 0)[104] - at(down, 0.3, 0)[104]) > 0.1F);
}

TEST_CASE("circuit: constant knobs and resting knobs give the same") {
  auto const x = test_signal(0.2, wm::Seed{3});
  CHECK(simulate(x, [](double) { return Setting{0.4, 0.6}; }) == at(x, 0.4, 0.6));
}

TEST_CASE("signals: of the given length, within range, the same for a seed and different for others") {
  for (auto const make : {training_signal, test_signal}) {
    auto const x = make(2, wm::Seed{4});
    CHECK(x.size() == 96'000);
    CHECK(std::all_of(x.begin(), x.end(), [](float v) { return std::abs(v) <= 1; }));
    CHECK(x == make(2, wm::Seed{4}));
    CHECK(x != make(2, wm::Seed{5}));
  }
}

TEST_CASE("spectrum: a sine of full level in the middle of a bin is 0 dB there") {
  auto const spectrogram = spectrogram_of(sine(48'000.0 * 64 / 1024, 1, 0.1), 1024, 512);
  CHECK(spectrogram.bins == 513);
  CHECK(spectrogram.frames == 8);
  auto const frame = spectrogram.level.begin() + 3 * spectrogram.bins;
  CHECK(frame[64] == doctest::Approx(0).epsilon(0.01));
  CHECK(frame[63] == doctest::Approx(-6.02).epsilon(0.01));  // the window's own
  CHECK(frame[70] < -90);
}

TEST_CASE("WAV: written files are read back") {
  Folder const folder;
  std::vector<float> const x{0, 0.5F, -1, 0.25F, 1.5F};
  write_wav(folder / "float.wav", x);
  CHECK(read_wav(folder / "float.wav") == x);
  write_wav(folder / "pcm.wav", x, WavFormat::pcm16);
  CHECK(read_wav(folder / "pcm.wav") == std::vector<float>{0, 0.5F, -1, 0.25F, 32767 / 32768.0F});
}

TEST_CASE("WAV: other parts are skipped, and a size that a stream left open means all samples present") {
  Folder const folder;
  write_wav(folder / "x.wav", std::vector<float>{0.5F, -0.5F}, WavFormat::pcm16);
  std::string bytes = bytes_of(folder / "x.wav");
  bytes.insert(12, std::string("LIST\x03\0\0\0abc\0", 12));
  bytes.replace(bytes.find("data") + 4, 4, "\xFF\xFF\xFF\xFF");
  CHECK(refusal(folder / "y.wav", bytes) == "accepted");
  CHECK(read_wav(folder / "y.wav") == std::vector<float>{0.5F, -0.5F});
}

TEST_CASE("WAV: of a recording that was not closed, all samples present are read") {
  Folder const folder;
  for (WavFormat const format : {WavFormat::pcm16, WavFormat::float32}) {
    write_wav(folder / "x.wav", std::vector<float>{0.5F, -0.5F, 0.25F}, format);
    std::string const good = bytes_of(folder / "x.wav");
    std::size_t const data = good.find("data");
    auto const read = [&](std::string const& riff_size, std::string const& data_size, std::string const& before,
                          std::size_t cut) {
      std::string bytes = good.substr(0, good.size() - cut);
      bytes.replace(data + 4, 4, data_size);
      bytes.replace(4, 4, riff_size);
      bytes.insert(data, before);
      CHECK(refusal(folder / "y.wav", bytes) == "accepted");
      return read_wav(folder / "y.wav");
    };
    std::string const zero(4, '\0');
    std::string const most(4, '\xFF');
    std::string const list("LIST\x03\0\0\0abc\0", 12);
    for (std::string const& size : {zero, most, std::string("\0\0\0\x80", 4), std::string("\x0D\0\0\0", 4)}) {
      CHECK(read(zero, size, "", 0) == std::vector<float>{0.5F, -0.5F, 0.25F});
      CHECK(read(most, size, list, 0) == std::vector<float>{0.5F, -0.5F, 0.25F});
      CHECK(read(good.substr(4, 4), size, "", 1) == std::vector<float>{0.5F, -0.5F});  // cut within a sample
    }
  }
}

TEST_CASE("WAV: bytes behind the samples are no sound, in a file without samples too") {
  Folder const folder;
  std::string const list("LIST\x04\0\0\0abcd", 12);
  write_wav(folder / "x.wav", std::vector<float>{0.5F}, WavFormat::pcm16);
  CHECK(refusal(folder / "y.wav", bytes_of(folder / "x.wav") + list) == "accepted");
  CHECK(read_wav(folder / "y.wav") == std::vector<float>{0.5F});
  write_wav(folder / "x.wav", {}, WavFormat::pcm16);
  std::string const empty = bytes_of(folder / "x.wav");
  for (std::string const& behind : {std::string(), list, list + list, std::string("LIST\x03\0\0\0abc", 11)}) {
    CHECK(says(refusal(folder / "y.wav", empty + behind), "expected samples, got none"));
  }
  CHECK(refusal(folder / "y.wav", empty + list + '\0') == "accepted");  // so these are samples that look like a part
}

TEST_CASE("WAV: the extended form of a format is read") {
  Folder const folder;
  write_wav(folder / "x.wav", std::vector<float>{0.5F, -0.5F}, WavFormat::pcm16);
  std::string const tail("\x16\0\x10\0\x04\0\0\0\x01\0\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71", 24);
  std::string bytes = bytes_of(folder / "x.wav").insert(36, tail);
  bytes.replace(20, 2, "\xFE\xFF").replace(16, 1, "\x28");
  CHECK(refusal(folder / "y.wav", bytes) == "accepted");
  CHECK(read_wav(folder / "y.wav") == std::vector<float>{0.5F, -0.5F});
  for (std::size_t const place : {44U, 59U}) {  // another code, and one of another vendor
    bytes.replace(place, 1, "\x06");
    CHECK(says(refusal(folder / "y.wav", bytes), place == 44 ? "got format 6 of 16 bits" : "got format 65534 of 16"));
    bytes.replace(place, 1, "\x01");
  }
}

TEST_CASE("WAV: files that are not mono, 48 kHz, whole and finite are refused with a reason") {
  Folder const folder;
  write_wav(folder / "x.wav", std::vector<float>{0.5F, -0.5F});
  std::string const good = bytes_of(folder / "x.wav");
  auto const changed = [&](std::size_t place, std::string const& to) {
    return refusal(folder / "y.wav", std::string(good).replace(place, to.size(), to));
  };
  CHECK(says(changed(0, "RIFX"), "y.wav: expected a WAV file (RIFF, WAVE), got something else"));
  CHECK(says(changed(22, "\x02"), "expected one channel, got 2"));
  CHECK(says(changed(22, std::string(1, '\0')), "expected one channel, got 0"));
  CHECK(says(changed(24, std::string(4, '\0')), "expected 48000 Hz, got 0"));
  CHECK(says(changed(20, "\x07"), "float of 32 (format 3), got format 7 of 32 bits"));
  CHECK(says(changed(0, "RF64"), "expected a WAV file (RIFF, WAVE), got RF64"));
  CHECK(says(changed(24, "\x44\xAC"), "expected 48000 Hz, got 44100"));
  CHECK(says(changed(34, "\x18"), "expected PCM of 16 bits (format 1) or float of 32 (format 3), got format 3 of 24"));
  CHECK(says(changed(16, "\x7F"), "expected a whole file"));
  CHECK(says(changed(12, "junk"), "expected a description of the format before the samples, got none"));
  CHECK(says(changed(36, "junk"), "expected samples, got none"));
  CHECK(says(changed(44, std::string("\0\0\xC0\x7F", 4)), "expected finite samples, got nan as sample 0"));
  CHECK(says(refusal(folder / "y.wav", good.substr(0, 20)), "expected a whole file"));
  CHECK(says(refusal(folder / "y.wav", ""), "expected a WAV file"));
  CHECK_THROWS_WITH_AS(static_cast<void>(read_wav(folder / "nowhere.wav")),
                       doctest::Contains("nowhere.wav: expected a file that can be read, got none"), wm::FileError);
}
