#include <wmanifold/core/text.hpp>

#include "support/doctest.hpp"
#include "support/locales.hpp"

#include <limits>

using wmanifold::detail::exact_text;
using wmanifold::detail::number_from;
using wmanifold::detail::split;

TEST_CASE("numbers as text and back, to the last bit, under any locale") {
  auto const come_back = [] {
    for (double const x : {0.0, -0.1, 1.0 / 3, 1024.5, 1e-5, 6.02214076e23, std::numeric_limits<double>::max(),
                           std::numeric_limits<double>::min()}) {
      CAPTURE(x);
      CHECK(number_from(exact_text(x)) == x);
    }
    CHECK(exact_text(1024.5) == "1024.5");
    CHECK(number_from("1.5e3") == 1500);
    for (auto const* no : {"", " 1", "1 ", "1,5", "1.024,5", "x", "nan", "inf", "1e999", "0.5.5", "--1"}) {
      CAPTURE(no);
      CHECK(!number_from(no));
    }
  };
  come_back();
  support::GroupingLocale const locale;
  come_back();
}

TEST_CASE("a text with n separators is split into n + 1 parts") {
  using Parts = std::vector<std::string>;
  CHECK(split("a,b,,c", ',') == Parts{"a", "b", "", "c"});
  CHECK(split("", ',') == Parts{""});
  CHECK(split("a,", ',') == Parts{"a", ""});
}
