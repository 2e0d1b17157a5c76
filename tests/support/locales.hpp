#pragma once

#include <locale>
#include <string>

namespace support {

/// Sets a global locale of C++ that writes 1024.5 as 1.024,5, for its lifetime.
class GroupingLocale {
  struct Numbers : std::numpunct<char> {
    char do_thousands_sep() const override { return '.'; }
    char do_decimal_point() const override { return ','; }
    std::string do_grouping() const override { return "\3"; }
  };

 public:
  GroupingLocale() : before_(std::locale::global(std::locale(std::locale::classic(), new Numbers))) {}
  GroupingLocale(GroupingLocale const&) = delete;
  GroupingLocale& operator=(GroupingLocale const&) = delete;
  ~GroupingLocale() { std::locale::global(before_); }

 private:
  std::locale before_;
};

}  // namespace support
