#pragma once

#include <check/activation.hpp>

#include <cmath>
#include <string_view>

/// A reference in double that carries bounds: the numbers that passes compute in another precision and in another order
/// of sums lie within them.
namespace fuzz {

/// A number, and the largest error that a pass may have in its place.
struct Bounded {
  double value = 0;
  double error = 0;

  Bounded() = default;
  Bounded(double number, double bound = 0) : value(number), error(bound) {}

  /// Returns whether a pass may compute `got`. Bounds that are not finite allow everything. `tiny` covers numbers below
  /// the normal ones.
  [[nodiscard]] bool allows(double got, double tiny) const {
    double const most = 1.01 * error + tiny;  // 1.01: products of errors
    return !std::isfinite(value) || !std::isfinite(most) || std::abs(got - value) <= most;
  }
};

/// A sum of products in any order, and the bound of its error: that of its factors, and half a rounding for each of
/// `count` terms, times the sum of the terms' absolute values. Two more roundings are those of the products, and two
/// those of this reference.
class Sum {
 public:
  void add(Bounded const& a, Bounded const& b) {
    double const term = a.value * b.value;
    value_ += term;
    terms_ += std::abs(term);
    error_ += std::abs(a.value) * b.error + a.error * (std::abs(b.value) + b.error);
  }
  void add(Bounded const& a) { add(a, {1.0}); }
  [[nodiscard]] Bounded result(double epsilon, long count) const {
    return {value_, error_ + epsilon * (0.5 * static_cast<double>(count) + 4) * (terms_ + error_)};
  }

 private:
  double value_ = 0;
  double terms_ = 0;
  double error_ = 0;
};

inline Bounded product(Bounded const& a, Bounded const& b, double epsilon) {
  Sum sum;
  sum.add(a, b);
  return sum.result(epsilon, 1);
}

/// An activation's value and derivative at a number.
struct Activated {
  Bounded value;
  Bounded slope;
};

inline Activated activated(std::string_view name, Bounded const& at, double epsilon) {
  if (name == "identity") {
    return {at, {1.0}};
  }
  double const x = at.value;
  auto const [f, slope] = check::activation_at(name, x);
  // All have first derivatives of at most 1.13 and second ones of at most 1, but relu: its slope jumps at 0.
  double const own = 8 * epsilon;
  bool const jumps = name == "relu" && std::abs(x) <= at.error;
  return {{f, 1.13 * at.error + own * (1 + std::abs(x))},
          {slope, name == "relu" ? (jumps ? 1.0 : 0.0) : at.error + own * (1 + std::abs(x))}};
}

}  // namespace fuzz
