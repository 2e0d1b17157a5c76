#pragma once

#include <clocale>
#include <locale>
#include <string>

namespace demo {

/// "1.234,5"
struct GroupingComma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
  std::string do_truename() const override { return "wahr"; }
};

/// Calls hold() under other global locales of C++ and C, where the system has them.
template <class Hold>
void under_other_locales(Hold const& hold) {
  std::string const of_c = std::setlocale(LC_ALL, nullptr);
  std::locale const of_cpp = std::locale::global(std::locale(std::locale::classic(), new GroupingComma));
  hold();
  for (char const* const name : {"de_DE.UTF-8", "fr_FR.UTF-8", "hi_IN.UTF-8"}) {
    if (std::setlocale(LC_ALL, name) != nullptr) {
      hold();
    }
  }
  std::locale::global(of_cpp);
  std::setlocale(LC_ALL, of_c.c_str());
}

}  // namespace demo
