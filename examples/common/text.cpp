#include "text.hpp"

#include <cmath>
#include <iomanip>

namespace demo {

std::string fixed(double value, int digits) { return joined(std::fixed, std::setprecision(digits), value); }

std::string scientific(double value, int digits) { return joined(std::scientific, std::setprecision(digits), value); }

std::string grouped(long long value) {
  std::string digits = std::to_string(value);
  for (auto place = static_cast<int>(digits.size()) - 3; place > (value < 0 ? 1 : 0); place -= 3) {
    digits.insert(static_cast<std::size_t>(place), 1, ',');
  }
  return digits;
}

std::optional<double> decimal_number(std::string_view text) {
  if (text.find_first_not_of("+-.0123456789eE") != text.npos) {
    return std::nullopt;  // white space, "nan", "0x1p3", "1,5": a stream would take some of these
  }
  std::istringstream in{std::string(text)};
  in.imbue(std::locale::classic());
  double number = 0;
  bool const is_number = in >> number && in.eof() && std::isfinite(number);
  return is_number ? std::optional(number) : std::nullopt;
}

std::string escaped(std::string_view text) {
  std::string safe;
  for (char const c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

}  // namespace demo
