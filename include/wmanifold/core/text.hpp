#pragma once

#include <wmanifold/core/real.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <locale>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// Numbers as text and back, the same under every locale: what goes into files and messages.
namespace wmanifold::detail {

/// The shortest text that number_from reads as this number again.
[[nodiscard]] inline std::string exact_text(double number) {
  std::array<char, 32> digits;
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr};
}

/// The finite number that `text` is, all of it: "0.25", "-1e-05". Nothing where it is none.
[[nodiscard]] inline std::optional<double> number_from(std::string_view text) {
  // A stream: libc++ 14 has no from_chars for reals, and strtod follows the locale of C.
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  double number = 0;
  bool const is_number = (in >> std::noskipws >> number) && in.eof() && is_finite(number);
  return is_number ? std::optional(number) : std::nullopt;
}

/// The parts of a text between the places where it has `at`: one more than these.
[[nodiscard]] inline std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (std::size_t end = 0; end != std::string_view::npos; text.remove_prefix(std::min(end + 1, text.size()))) {
    end = text.find(at);
    parts.emplace_back(text.substr(0, end));
  }
  return parts;
}

}  // namespace wmanifold::detail
