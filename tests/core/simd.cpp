#include <wmanifold/core/simd.hpp>

#include <wmanifold/core/aligned.hpp>

#include "support/doctest.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

namespace wm = wmanifold;

namespace {

using Target = wm::HostTarget;

/// Applies f to numbers in batches.
template <wm::Real R, class F>
std::vector<R> in_batches(std::vector<R> const& numbers, F const& f) {
  constexpr auto lanes = static_cast<std::size_t>(wm::simd::lanes<Target, R>);
  wm::AlignedVector<R> padded(numbers.begin(), numbers.end());
  padded.resize((numbers.size() + lanes - 1) / lanes * lanes);
  for (std::size_t i = 0; i < padded.size(); i += lanes) {
    f(wm::simd::Batch<Target, R>::load_aligned(&padded[i])).store_aligned(&padded[i]);
  }
  return {padded.begin(), padded.begin() + static_cast<std::ptrdiff_t>(numbers.size())};
}

/// Returns the largest difference between batches and std::, in units of the last place (absolute below the normal
/// numbers).
template <wm::Real R, class F>
double worst_ulp(std::vector<R> const& numbers, F const& f) {
  auto const batched = in_batches(numbers, f);
  double worst = 0;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    R const expected = f(numbers[i]);
    if (batched[i] == expected) {
      continue;
    }
    double const ulp = static_cast<double>(
        std::max(std::nextafter(std::abs(expected), std::numeric_limits<R>::infinity()) - std::abs(expected),
                 std::numeric_limits<R>::min()));
    double const error = std::abs(static_cast<double>(batched[i]) - static_cast<double>(expected)) / ulp;
    worst = std::max(worst, std::isnan(error) ? std::numeric_limits<double>::infinity() : error);
  }
  return worst;
}

template <wm::Real R>
std::vector<R> numbers_between(double low, double high) {
  std::vector<R> numbers;
  for (int i = 0; i <= 4000; ++i) {
    numbers.push_back(static_cast<R>(low + (high - low) * i / 4000));
  }
  return numbers;
}

}  // namespace

TEST_CASE_TEMPLATE("a batch holds a register of numbers", R, float, double) {
  CHECK(wm::simd::lanes<Target, R> >= 1);
  bool const without_vectors = std::is_same_v<wm::HostArch, wm::Scalar>;
  CHECK(wm::simd::lanes<Target, float> == (without_vectors ? 1 : 2) * wm::simd::lanes<Target, double>);
  CHECK((wm::simd::registers<Target> == 16 || wm::simd::registers<Target> == 32));
}

TEST_CASE_TEMPLATE("elementary functions of batches agree with those of numbers", R, float, double) {
  using namespace wm::simd;
  CHECK(worst_ulp(numbers_between<R>(-80, 80), [](auto x) { return exp(x); }) <= 4);
  CHECK(worst_ulp(numbers_between<R>(-10, 10), [](auto x) { return tanh(x); }) <= 4);
  CHECK(worst_ulp(numbers_between<R>(-1, 1), [](auto x) { return expm1(x); }) <= 4);
  CHECK(worst_ulp(numbers_between<R>(-0.9, 100), [](auto x) { return log1p(x); }) <= 4);
  // xsimd 8's erf of doubles is off by up to 1.5e-14, within the promised error of values (1e-12).
  CHECK(worst_ulp(numbers_between<R>(-5, 5), [](auto x) { return erf(x); }) <= (std::is_same_v<R, float> ? 8 : 128));
  CHECK(worst_ulp(numbers_between<R>(-5, 5), [](auto x) { return abs(x); }) == 0);

  // Far out and beyond.
  R const most = std::numeric_limits<R>::max(), infinity = std::numeric_limits<R>::infinity();
  std::vector<R> const far{most, -most, most / 1024, -most / 1024, 1000, -1000, 25, -25, infinity, -infinity};
  CHECK(worst_ulp(far, [](auto x) { return exp(x); }) <= 4);
  CHECK(worst_ulp(far, [](auto x) { return tanh(x); }) == 0);
  CHECK(worst_ulp(far, [](auto x) { return expm1(x); }) <= 4);
  CHECK(worst_ulp(far, [](auto x) { return erf(x); }) == 0);
  CHECK(worst_ulp(numbers_between<R>(-5, 5),
                  [](auto x) { return select(x > constant<decltype(x)>(0.25), x, constant<decltype(x)>(-1)); }) == 0);
  // With one rounding or two, as the target has it.
  CHECK(worst_ulp(numbers_between<R>(1, 5), [](auto x) { return fma(x, x, x); }) <= 1);
}

TEST_CASE_TEMPLATE("NaN and infinities are kept", R, float, double) {
  using namespace wm::simd;
  R const inf = std::numeric_limits<R>::infinity();
  R const nan = std::numeric_limits<R>::quiet_NaN();
  std::vector<R> const special{inf, -inf, R{0}, nan};
  auto const exps = in_batches(special, [](auto x) { return exp(x); });
  CHECK(exps[0] == inf);
  CHECK(exps[1] == 0);
  CHECK(exps[2] == 1);
  CHECK(std::isnan(exps[3]));
  auto const tanhs = in_batches(special, [](auto x) { return tanh(x); });
  CHECK(tanhs[0] == 1);
  CHECK(tanhs[1] == -1);
  CHECK(tanhs[2] == 0);
  CHECK(std::isnan(tanhs[3]));
  CHECK(std::isnan(in_batches(special, [](auto x) { return expm1(x); })[3]));
  CHECK(std::isnan(in_batches(special, [](auto x) { return erf(x); })[3]));
}
