#pragma once

#include <check/activation.hpp>

#include <wmanifold/core/matrix.hpp>
#include <wmanifold/network/parameters.hpp>

#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

/// Numbers in double that carry bounds: what a pass computes in another type and in another order lies within them.
namespace support {

/// A number, and a bound of the error that a pass makes in its place.
struct Bounded {
  double value = 0;
  double error = 0;

  Bounded() = default;
  Bounded(double number, double bound = 0) : value(number), error(bound) {}

  /// Returns whether a pass may compute `got`. Bounds that are not finite allow everything.
  [[nodiscard]] bool allows(double got) const {
    return !std::isfinite(value) || !std::isfinite(error) || std::abs(got - value) <= error;
  }
};

/// A sum of products of bounded numbers. The bound of its error holds for every order of the additions and for R with
/// or without fused multiply-adds: u times the sum of the absolute values times the largest number of roundings on the
/// way of a term (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2), plus the errors of the factors.
/// u is the unit roundoff of R and that of the reference. Underflow adds the smallest normal number per term.
template <wmanifold::Real R>
class Sum {
 public:
  void add(Bounded const& a, Bounded const& b) {
    value_ += a.value * b.value;
    error_ += std::abs(a.value) * b.error + std::abs(b.value) * a.error + a.error * b.error +
              static_cast<double>(std::numeric_limits<R>::min());
    absolute_ += (std::abs(a.value) + a.error) * (std::abs(b.value) + b.error);
  }
  void add(Bounded const& a) { add(a, 1); }

  /// Returns the sum, if a pass adds its terms with at most so many additions.
  [[nodiscard]] Bounded result(wmanifold::Index additions) const {
    return {value_, error_ + roundoff * (static_cast<double>(additions) + 2) * absolute_};
  }

  static constexpr double roundoff =
      (static_cast<double>(std::numeric_limits<R>::epsilon()) + std::numeric_limits<double>::epsilon()) / 2;

 private:
  double value_ = 0;
  double error_ = 0;
  double absolute_ = 0;
};

/// Returns a product of bounded numbers.
template <wmanifold::Real R>
Bounded product(Bounded const& a, Bounded const& b) {
  Sum<R> sum;
  sum.add(a, b);
  return sum.result(0);
}

/// An activation's value and derivative at a number.
struct Activated {
  Bounded value;
  Bounded slope;
};

/// Returns an activation's value and derivative. Those of the library are computed to 16 roundoffs. Their slopes are at
/// most 1.2 and change by at most 1 per unit, but relu's jumps at 0.
template <wmanifold::Real R>
Activated activated(std::string_view name, Bounded const& at) {
  if (name == "identity") {
    return {at, 1};
  }
  double const x = at.value;
  auto const [f, slope] = check::activation_at(name, x);
  double const computed = 16 * Sum<R>::roundoff * (1 + std::abs(x));
  bool const jumps = name == "relu" && std::abs(x) <= at.error;
  return {{f, 1.2 * at.error + computed}, {slope, name == "relu" ? (jumps ? 1 : 0) : at.error + computed}};
}

/// Numbers with bounds, row by row.
struct BoundedMatrix {
  wmanifold::Index rows = 0;
  wmanifold::Index columns = 0;
  std::vector<Bounded> numbers = {};

  BoundedMatrix() = default;
  BoundedMatrix(wmanifold::Index r, wmanifold::Index c)
      : rows(r), columns(c), numbers(static_cast<std::size_t>(r * c)) {}

  Bounded& operator()(wmanifold::Index i, wmanifold::Index j) {
    return numbers[static_cast<std::size_t>(i * columns + j)];
  }
  Bounded const& operator()(wmanifold::Index i, wmanifold::Index j) const {
    return numbers[static_cast<std::size_t>(i * columns + j)];
  }
};

/// Returns numbers without errors.
template <class M>
BoundedMatrix exact(M const& m) {
  BoundedMatrix out(m.rows(), m.cols());
  for (wmanifold::Index i = 0; i < m.rows(); ++i) {
    for (wmanifold::Index j = 0; j < m.cols(); ++j) {
      out(i, j) = static_cast<double>(m(i, j));
    }
  }
  return out;
}

/// The parameters of a model with bounds, or a gradient: rows and the shared part.
struct BoundedParameters {
  BoundedMatrix rows;
  BoundedMatrix shared;
};

/// Returns parameters without errors.
template <wmanifold::Real R>
BoundedParameters exact(wmanifold::Parameters<R> const& p) {
  BoundedParameters out{exact(p.matrix()), {1, std::ssize(p.shared())}};
  for (wmanifold::Index n = 0; n < out.shared.columns; ++n) {
    out.shared(0, n) = static_cast<double>(p.shared()[static_cast<std::size_t>(n)]);
  }
  return out;
}

}  // namespace support
