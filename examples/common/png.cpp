#include "png.hpp"

#include <zlib.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace demo {
namespace {

std::string big_endian(std::size_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(number >> shift & 0xFF);
  }
  return bytes;
}

Bytef const* bytes_of(std::string const& text) { return reinterpret_cast<Bytef const*>(text.data()); }

/// Length, name, content, checksum of name and content.
std::string chunk(std::string const& name, std::string const& content) {
  std::string const body = name + content;
  return big_endian(content.size()) + body + big_endian(crc32(0, bytes_of(body), static_cast<uInt>(body.size())));
}

std::string compressed(std::string const& plain) {
  uLongf size = compressBound(plain.size());
  std::string packed(size, '\0');
  compress2(reinterpret_cast<Bytef*>(packed.data()), &size, bytes_of(plain), plain.size(), Z_BEST_COMPRESSION);
  packed.resize(size);
  return packed;
}

std::string base64(std::string const& bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::size_t const there = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t word = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      word = word << 8 | (j < there ? static_cast<std::uint8_t>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      text += j <= there ? digits[word >> (18 - 6 * j) & 63] : '=';
    }
  }
  return text;
}

}  // namespace

std::string png_uri(std::span<std::uint8_t const> pixels, int rows, int columns, Pixels kind) {
  std::string lines;
  auto const width = static_cast<std::size_t>(columns);
  std::size_t const bytes = width * (kind == Pixels::rgb ? 3 : 1);  // of a line
  for (std::size_t begin = 0; begin < pixels.size(); begin += bytes) {
    lines += '\0';  // filter byte: this line is stored as it is, not as differences
    auto const line = pixels.subspan(begin, bytes);
    lines.append(line.begin(), line.end());
  }
  char const colour = kind == Pixels::rgb ? 2 : 0;
  std::string const format{8, colour, 0, 0, 0};  // bits, colour type, compression, filters, interlacing
  std::string const header = big_endian(width) + big_endian(static_cast<std::size_t>(rows));
  return "data:image/png;base64," + base64("\x89PNG\r\n\x1A\n" + chunk("IHDR", header + format) +
                                           chunk("IDAT", compressed(lines)) + chunk("IEND", ""));
}

}  // namespace demo
