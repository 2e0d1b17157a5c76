#include <wmanifold/testing/nested_laws.hpp>

#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>

#include "support/laws.hpp"

#include <algorithm>

namespace wm = wmanifold;

namespace {

/// An ellipse with wrong coefficients for the constant, or a wrong Gram matrix.
template <bool wrong_constant>
struct Claims : wm::Ellipse {
  static constexpr double gram(int i, int j) noexcept {
    return wrong_constant || i != 2 ? wm::Ellipse::gram(i, j) : 2 * wm::Ellipse::gram(i, j);
  }
  static constexpr double constant(int k) noexcept { return wrong_constant && k == 1 ? 0.5 : k == 0 ? 1 : 0; }
};

template <class From, class To>
bool breaks(From const& from, To const& to, std::string const& law) {
  auto const violations = wm::testing::nested_laws(from, to, wm::Seed{1});
  return std::any_of(violations.begin(), violations.end(), [&](auto const& v) { return v.law == law; });
}

}  // namespace

TEST_CASE("nested bases agree, and false claims are found") {
  support::check_laws(wm::testing::nested_laws(wm::Ellipse{}, wm::Fourier<wm::S1, 2>{}, wm::Seed{1}));
  CHECK(breaks(Claims<true>{}, wm::Fourier<wm::S1, 2>{}, "constants agree after a change of basis"));
  CHECK(breaks(Claims<false>{}, wm::Fourier<wm::S1, 2>{}, "Gram matrices agree after a change of basis"));
}

TEST_CASE("bases that are not nested are refused") {
  CHECK_THROWS_WITH_AS(wm::testing::nested_laws(wm::Ellipse{}, wm::Constant<wm::S1>{}, wm::Seed{1}),
                       doctest::Contains("expected a basis that contains fourier1, got constant"), wm::ArgumentError);
}

TEST_CASE("values that disagree are found") {
  wm::testing::Report report;
  wm::testing::laws::change_keeps_values(wm::SmallMatrix(2 * wm::SmallMatrix::Identity(3, 3)), wm::Ellipse{},
                                         wm::Ellipse{}, wm::testing::Probes<wm::S1>(wm::Seed{1}), report);
  CHECK(report.violations().size() == 1);
}
