#pragma once

#include <charconv>
#include <concepts>
#include <locale>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>

/// Conversions between text and numbers: the same under every locale, global or of the C library.
namespace demo {

/// 12.345 with one digit: "12.3".
[[nodiscard]] std::string fixed(double value, int digits);
/// 0.000123 with one digit: "1.2e-04".
[[nodiscard]] std::string scientific(double value, int digits);
/// 12345: "12,345".
[[nodiscard]] std::string grouped(long long value);
/// Returns text that is safe within HTML, attributes too.
[[nodiscard]] std::string escaped(std::string_view text);

/// Returns the finite number that the whole text is, in decimal digits ("-0.5", "2e-3"). Returns none for other text
/// and for numbers beyond the range of double.
[[nodiscard]] std::optional<double> decimal_number(std::string_view text);

/// Returns the whole number that the whole text is, in decimal digits. Returns none for other text and beyond the
/// range.
template <std::integral Number>
[[nodiscard]] std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// Joins all parts, one after the other.
template <class... Parts>
[[nodiscard]] std::string joined(Parts const&... parts) {
  std::ostringstream out;
  out.imbue(std::locale::classic());
  (out << ... << parts);
  return out.str();
}

}  // namespace demo
