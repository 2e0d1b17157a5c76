#include <wmanifold/core/number_text.hpp>

#include <wmanifold/core/random.hpp>

#include "support/doctest.hpp"
#include "support/locales.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace wm = wmanifold;
namespace detail = wm::detail;

namespace {

std::vector<double> numbers() {
  using Limits = std::numeric_limits<double>;
  std::vector<double> all{0.0,
                          -0.0,
                          1,
                          -1,
                          0.1,
                          1e5,
                          123456,
                          1e22,
                          12345678901234567890.0,
                          1e-4,
                          1e-5,
                          0.3e-5,
                          Limits::max(),
                          Limits::min(),
                          Limits::denorm_min(),
                          -Limits::epsilon()};
  wm::Random random(wm::Seed{3});
  while (all.size() < 2000) {
    double const any = std::bit_cast<double>(random.state()[0]);
    all.push_back(std::isfinite(any) ? any : 0);
    all.push_back(std::ldexp(random.normal(), static_cast<int>(random.below(120)) - 60));
    all.push_back(static_cast<double>(random.below(100'000'000)) / 1024);
  }
  return all;
}

template <class Write>
std::string text(Write const& write, double number) {
  char characters[400];
  return {characters, write(characters, sizeof characters, number)};
}

}  // namespace

TEST_CASE("the C library writes the same texts as std::to_chars") {
  for (double const x : numbers()) {
    CHECK(text(detail::print_rounded, x) == text(detail::write_rounded<double>, x));
    CHECK(text(detail::print_exact, x) == text(detail::write_exact<double>, x));
  }
  double const infinity = std::numeric_limits<double>::infinity();
  CHECK(text(detail::print_rounded, -infinity) == "-inf");
  CHECK(text(detail::print_rounded, std::numeric_limits<double>::quiet_NaN()) == "nan");
}

TEST_CASE("a decimal point of another locale becomes a point") {
  for (std::string point : {".", ",", "\xd9\xab"}) {
    std::string number = "-12" + point + "5e+07";
    CHECK(std::string(number.data(), detail::with_classic_point(number.data(), static_cast<int>(number.size()))) ==
          "-12.5e+07");
  }
}
