#include <wmanifold/autodiff/tape.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;

TEST_CASE("an expression of a million operations does not overflow the stack") {
  wm::Tape<double> tape;
  auto const x = tape.variable(1.0);
  auto y = x;
  for (int i = 0; i < 1'000'000; ++i) {
    y = y * 1.000001;
  }
  tape.backward(y);
  CHECK(tape.size() == 1'000'001);
  CHECK(tape.gradient(x) == doctest::Approx(std::exp(1.0)).epsilon(1e-5));
}

TEST_CASE("a number used twice gets both parts of its gradient") {
  wm::Tape<double> tape;
  auto const x = tape.variable(3.0);
  auto const y = tape.variable(2.0);
  auto const f = x * x * y + x / y;
  tape.backward(f);
  CHECK(tape.gradient(x) == doctest::Approx(12 + 0.5));
  CHECK(tape.gradient(y) == doctest::Approx(9 - 0.75));
}

TEST_CASE("several outputs with seeds: a product with the transposed Jacobian") {
  wm::Tape<double> tape;
  auto const x = tape.variable(0.3);
  auto const y = tape.variable(0.7);
  std::array const outputs{sin(x) * y, x + 2.0 * y, wm::Variable<double>(5.0)};
  std::array const seeds{2.0, -1.0, 100.0};
  tape.backward(outputs, seeds);
  CHECK(tape.gradient(x) == doctest::Approx(2 * std::cos(0.3) * 0.7 - 1));
  CHECK(tape.gradient(y) == doctest::Approx(2 * std::sin(0.3) - 2));
}

TEST_CASE("constants are on no tape, and their gradient is 0") {
  wm::Tape<double> tape;
  wm::Variable<double> const c = 2.0;
  auto const d = exp(c) * c;
  CHECK(tape.size() == 0);
  auto const x = tape.variable(1.0);
  tape.backward(x * d);
  CHECK(tape.gradient(c) == 0);
  CHECK(tape.gradient(x) == doctest::Approx(d.value));
}

TEST_CASE("a tape can be cleared and used again") {
  wm::Tape<double> tape;
  for (int i = 1; i <= 3; ++i) {
    tape.clear();
    auto const x = tape.variable(i);
    tape.backward(x * x);
    CHECK(tape.gradient(x) == 2 * i);
    CHECK(tape.size() == 2);
  }
}

TEST_CASE("outputs of another tape and seeds of another number are refused") {
  wm::Tape<double> tape;
  wm::Tape<double> other;
  auto const x = tape.variable(1.0);
  auto const y = other.variable(1.0);
  CHECK_THROWS_WITH_AS(tape.backward(y), "wmanifold: tape: expected outputs of this tape, got one of another tape",
                       wm::ArgumentError);
  std::array const outputs{x};
  CHECK_THROWS_WITH_AS(tape.backward(outputs, std::vector<double>{1, 2}),
                       "wmanifold: tape: expected 1 seeds, one per output, got 2", wm::ArgumentError);
}

TEST_CASE("an expression of 100,000 operations needs no stack") {
  wm::Tape<double> tape;
  auto const x = tape.variable(1e-6);
  wm::Variable<double> product = 1.0;
  for (int i = 0; i < 100'000; ++i) {
    product *= 1 + x;
  }
  tape.backward(product);
  CHECK(tape.gradient(x) == doctest::Approx(1e5 * std::pow(1 + 1e-6, 99'999)).epsilon(1e-9));
}

TEST_CASE("forward and backward are the same derivative, transposed") {
  wm::Tape<double> tape;
  std::array const x{tape.variable(0.3), tape.variable(-1.2), tape.variable(2.0)};
  std::array<wm::Variable<double>, 2> const y{exp(x[0] * x[1]) / x[2] + 1, sin(x[2]) * x[0] - 2 * x[1]};
  std::array const step{0.4, -0.7, 1.3};
  std::array const seeds{2.0, -0.3};
  tape.forward(x, step);
  double const pushed = seeds[0] * tape.tangent(y[0]) + seeds[1] * tape.tangent(y[1]);
  double const slope = (std::exp(-0.36) / 2) * (0.4 * -1.2 + 0.3 * -0.7) - std::exp(-0.36) / 4 * 1.3;
  CHECK(tape.tangent(y[0]) == doctest::Approx(slope).epsilon(1e-14));
  tape.backward(y, seeds);
  double pulled = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    pulled += step[i] * tape.gradient(x[i]);
  }
  CHECK(pulled == doctest::Approx(pushed).epsilon(1e-14));
  wm::Variable<double> const constant = 3.0;
  CHECK_THROWS_WITH_AS(tape.forward(std::span(&constant, 1), std::array{1.0}),
                       "wmanifold: tape: expected inputs of this tape, got a constant or one of another tape; make "
                       "inputs by tape.variable(value)",
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(tape.forward(x, std::array{1.0}), "wmanifold: tape: expected 3 tangents, one per input, got 1",
                       wm::ArgumentError);
}
