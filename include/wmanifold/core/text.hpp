#pragma once

#include <wmanifold/core/number_text.hpp>
#include <wmanifold/core/real.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <locale>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// Numbers as text and back, for files and messages; the same under every locale.
namespace wmanifold::detail {

/// Returns the shortest text that number_from reads as the same number.
[[nodiscard]] inline std::string exact_text(double number) {
  std::array<char, 32> text;
  return {text.data(), write_exact(text.data(), text.size(), number)};
}

/// Returns the finite number that all of `text` represents ("0.25", "-1e-05"), or nothing.
[[nodiscard]] inline std::optional<double> number_from(std::string_view text) {
  // This reads from a stream: libc++ before 20 has no from_chars for reals, and strtod follows the locale of C.
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  double number = 0;
  bool const is_number = (in >> std::noskipws >> number) && in.eof() && is_finite(number);
  return is_number ? std::optional(number) : std::nullopt;
}

/// Returns the parts of a text between the occurrences of `at`: one part more than occurrences.
[[nodiscard]] inline std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (std::size_t end = 0; end != std::string_view::npos; text.remove_prefix(std::min(end + 1, text.size()))) {
    end = text.find(at);
    parts.emplace_back(text.substr(0, end));
  }
  return parts;
}

}  // namespace wmanifold::detail
