#pragma once

#include <sstream>
#include <string>
#include <string_view>

namespace demo {

/// 12.345 with one digit: "12.3".
[[nodiscard]] std::string fixed(double value, int digits);
/// 0.000123 with one digit: "1.2e-04".
[[nodiscard]] std::string scientific(double value, int digits);
/// 12345: "12,345".
[[nodiscard]] std::string grouped(long long value);
/// Safe within HTML, attributes too.
[[nodiscard]] std::string escaped(std::string_view text);

/// All parts, one after the other.
template <class... Parts>
[[nodiscard]] std::string joined(Parts const&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

}  // namespace demo
