#pragma once

#include <wmanifold/io/safetensors.hpp>

#include <array>
#include <charconv>

namespace wmanifold {

/// CRC-32 as in zlib's crc32 (polynomial 0xEDB88320), of bytes that are added part by part.
class Crc32 {
 public:
  /// Adds `size` bytes.
  void add(void const* data, std::size_t size) noexcept {
    auto const* bytes = static_cast<unsigned char const*>(data);
    std::uint32_t state = state_;
    for (; size >= 8; size -= 8, bytes += 8) {  // one table for each of eight bytes: their lookups are independent
      std::array<std::uint32_t, 2> words;
      std::memcpy(words.data(), bytes, 8);
      words[0] ^= state;
      state = 0;
      for (unsigned i = 0; i < 4; ++i) {
        state ^= tables[7 - i][(words[0] >> (8 * i)) & 0xffU] ^ tables[3 - i][(words[1] >> (8 * i)) & 0xffU];
      }
    }
    for (; size > 0; --size, ++bytes) {
      state = tables[0][(state ^ *bytes) & 0xffU] ^ (state >> 8U);
    }
    state_ = state;
  }
  /// Adds a text and a zero byte behind it.
  void add(std::string const& text) noexcept { add(text.c_str(), text.size() + 1); }

  /// Checksum of all bytes so far.
  [[nodiscard]] std::uint32_t value() const noexcept { return ~state_; }

 private:
  static constexpr auto tables = [] {
    std::array<std::array<std::uint32_t, 256>, 8> t{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      std::uint32_t crc = byte;
      for (int bit = 0; bit < 8; ++bit) {
        crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
      }
      t[0][byte] = crc;
    }
    for (std::size_t i = 1; i < 8; ++i) {
      for (std::size_t byte = 0; byte < 256; ++byte) {
        t[i][byte] = (t[i - 1][byte] >> 8U) ^ t[0][t[i - 1][byte] & 0xffU];
      }
    }
    return t;
  }();

  std::uint32_t state_ = 0xffffffffU;
};

/// The checksum of a file's contents, "crc32:" and eight digits, independent of the layout of the file. It covers all
/// metadata but `checksum`: each key and text, with a zero byte behind both. It covers all tensors: each name, type and
/// size as texts with a zero byte behind each, a zero byte, and the numbers. Both are in the order of their names, byte
/// by byte. The library's files have it as their metadata `checksum`.
[[nodiscard]] inline std::string checksum_of(TensorFile const& file) {
  Crc32 crc;
  for (auto const& [key, value] : file.metadata) {
    if (key != "checksum") {
      crc.add(key);
      crc.add(value);
    }
  }
  for (auto const& [name, tensor] : file.tensors) {
    crc.add(name);
    crc.add(std::string(detail::type_name(tensor)));
    for (Index const size : tensor.shape) {
      crc.add(std::to_string(size));
    }
    crc.add(std::string());
    std::visit([&](auto const& v) { crc.add(v.data(), v.size() * sizeof(v[0])); }, tensor.numbers);
  }
  std::string text = "crc32:";
  for (int digit = 7; digit >= 0; --digit) {
    text += "0123456789abcdef"[(crc.value() >> (4 * digit)) & 0xfU];
  }
  return text;
}

namespace detail {

/// The checksum of checkpoints of version 0.1: FNV-1a.
inline std::string older_checksum_of(TensorFile const& file) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  auto const add = [&hash](void const* data, std::size_t size) {
    auto const* const bytes = static_cast<unsigned char const*>(data);
    for (std::size_t i = 0; i < size; ++i) {
      hash = (hash ^ bytes[i]) * 0x100000001b3U;
    }
  };
  auto const add_text = [&](std::string const& text) { add(text.c_str(), text.size() + 1); };
  for (auto const& [key, value] : file.metadata) {
    if (key != "checksum") {
      add_text(key);
      add_text(value);
    }
  }
  for (auto const& [name, tensor] : file.tensors) {
    add_text(name);
    add_text(type_name(tensor));
    add(tensor.shape.data(), tensor.shape.size() * sizeof(Index));
    std::visit([&](auto const& v) { add(v.data(), v.size() * sizeof(v[0])); }, tensor.numbers);
  }
  std::array<char, 16> digits;
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), hash, 16).ptr};
}

/// Throws FileError if a file's checksum does not match its contents. Files without a checksum, such as older ones,
/// pass.
inline void require_checksum(std::string const& where, TensorFile const& file) {
  auto const found = file.metadata.find("checksum");
  if (found == file.metadata.end()) {
    return;
  }
  auto const format = file.metadata.find("format");
  bool const is_older = !found->second.starts_with("crc32:") && format != file.metadata.end() &&
                        format->second == "wmanifold checkpoint 1";
  if (auto const got = is_older ? older_checksum_of(file) : checksum_of(file); got != found->second) [[unlikely]] {
    fail<FileError>(where, ": expected checksum '", found->second, "', got '", got,
                    "' from the contents; the file is damaged or was edited: save it again");
  }
}

/// Writes one of the library's files with its checksum.
inline void write_with_checksum(std::filesystem::path const& path, TensorFile file) {
  file.metadata["checksum"] = checksum_of(file);
  write_safetensors(path, file);
}

}  // namespace detail

}  // namespace wmanifold
