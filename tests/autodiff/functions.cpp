#include <wmanifold/autodiff/functions.hpp>

#include <wmanifold/autodiff/dual.hpp>
#include <wmanifold/autodiff/tape.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>

namespace wm = wmanifold;

namespace {

/// A function of one number, for numbers, duals and variables alike, and its domain.
struct Case {
  std::string name;
  std::function<double(double)> plain;
  std::function<wm::Dual<double>(wm::Dual<double>)> dual;
  std::function<wm::Variable<double>(wm::Variable<double>)> variable;
  double low;
  double high;
};

template <class F>
Case make(char const* name, F f, double low, double high) {
  return {name, f, f, f, low, high};
}

std::vector<Case> cases() {
  using std::abs, std::atan, std::cos, std::erf, std::exp, std::expm1, std::log, std::log1p, std::pow, std::sin,
      std::sqrt, std::tanh;
  return {make(
              "exp", [](auto x) { return exp(x); }, -3, 3),
          make(
              "expm1", [](auto x) { return expm1(x); }, -3, 3),
          make(
              "log", [](auto x) { return log(x); }, 0.1, 5),
          make(
              "log1p", [](auto x) { return log1p(x); }, -0.8, 5),
          make(
              "sqrt", [](auto x) { return sqrt(x); }, 0.1, 5),
          make(
              "sin", [](auto x) { return sin(x); }, -5, 5),
          make(
              "cos", [](auto x) { return cos(x); }, -5, 5),
          make(
              "tanh", [](auto x) { return tanh(x); }, -3, 3),
          make(
              "atan", [](auto x) { return atan(x); }, -3, 3),
          make(
              "erf", [](auto x) { return erf(x); }, -2, 2),
          make(
              "abs, left", [](auto x) { return abs(x); }, -3, -0.1),
          make(
              "abs, right", [](auto x) { return abs(x); }, 0.1, 3),
          make(
              "pow", [](auto x) { return pow(x, 2.5); }, 0.1, 3),
          make(
              "arithmetic", [](auto x) { return (x * x - 3.0 / x + 2.0) / (1.0 + x * x) - -x; }, 0.2, 3),
          make(
              "assignment",
              [](auto x) {
                auto y = x;
                y += x * x;
                y -= 2.0;
                y *= x;
                y /= 3.0 + x;
                return y;
              },
              0, 3)};
}

}  // namespace

TEST_CASE("duals and variables have the value of the number and the slope of its central difference") {
  for (auto const& c : cases()) {
    CAPTURE(c.name);
    for (int i = 0; i <= 20; ++i) {
      double const x = c.low + (c.high - c.low) * i / 20;
      double const h = 1e-5;
      double const slope =
          (8 * (c.plain(x + h) - c.plain(x - h)) - (c.plain(x + 2 * h) - c.plain(x - 2 * h))) / (12 * h);
      auto const dual = c.dual(wm::Dual<double>::variable(x));
      wm::Tape<double> tape;
      auto const v = tape.variable(x);
      auto const y = c.variable(v);
      tape.backward(y);
      CHECK(dual.value == doctest::Approx(c.plain(x)).epsilon(1e-14));
      CHECK(y.value == doctest::Approx(c.plain(x)).epsilon(1e-14));
      CHECK(std::abs(dual.derivatives[0] - slope) < 1e-8 * (1 + std::abs(slope)));
      CHECK(tape.gradient(v) == doctest::Approx(dual.derivatives[0]).epsilon(1e-13));
    }
  }
}

TEST_CASE("abs has slope 0 at 0, and max, min and select take the derivative of the branch") {
  using D = wm::Dual<double, 2>;
  auto const a = D::variable(1.0, 0);
  auto const b = D::variable(2.0, 1);
  CHECK(abs(D::variable(0.0)).derivatives[0] == 0);
  CHECK(max(a, b).derivatives == b.derivatives);
  CHECK(min(a, b).derivatives == a.derivatives);
  CHECK(select(a < b, a, b).derivatives == a.derivatives);
  CHECK(select(a > b, a, b).derivatives == b.derivatives);
}
