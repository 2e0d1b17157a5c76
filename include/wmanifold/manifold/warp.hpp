#pragma once

#include <wmanifold/basis/bernstein.hpp>

#include <algorithm>
#include <cmath>

namespace wmanifold {

/// A smooth monotone map u of [0, 1] onto itself, learned by as many numbers theta as its degree (equation 13): a
/// Bernstein polynomial whose control points rise from 0 to 1 in steps softmax(theta). With equal theta, u(s) = s.
template <int degree>
class Warp {
  static_assert(degree >= 2 && degree <= 20, "wmanifold: a warp has a degree from 2 (below, it can only be s) to 20");

 public:
  static constexpr std::size_t size = static_cast<std::size_t>(degree);
  using Numbers = LocalArray<double, size>;

  template <class Theta>
  explicit Warp(Theta const& theta) noexcept {
    auto const top = static_cast<double>(*std::max_element(theta.begin(), theta.end()));
    double sum = 0;
    for (std::size_t i = 0; i < size; ++i) {
      sum += steps_[i] = std::exp(static_cast<double>(theta[i]) - top);
    }
    for (double& step : steps_) {
      step /= sum;
    }
  }

  /// u(s), u'(s), and the derivatives of u(s) in theta.
  struct Value {
    double u;
    double slope;
    Numbers in_theta;
  };
  [[nodiscard]] Value operator()(double s) const noexcept {
    LocalArray<double, size + 1> b{};
    Bernstein<Interval, degree>{}.values(Point<Interval>::unchecked({s}), b);
    Value value{0, 0, {}};
    double above = 0;  // sum of b_i over i > j
    for (std::size_t j = size; j-- > 0;) {
      above += b[j + 1];
      value.in_theta[j] = above;
      value.u += steps_[j] * above;
    }
    LocalArray<double, size> lower{};
    Bernstein<Interval, degree - 1>{}.values(Point<Interval>::unchecked({s}), lower);
    for (std::size_t j = 0; j < size; ++j) {
      value.slope += degree * steps_[j] * lower[j];
      value.in_theta[j] = steps_[j] * (value.in_theta[j] - value.u);
    }
    value.u = std::clamp(value.u, 0.0, 1.0);  // rounding
    return value;
  }

 private:
  Numbers steps_{};
};

}  // namespace wmanifold
