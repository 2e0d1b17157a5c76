#pragma once

#include <span>

namespace demo {

/// Mean and deviation of n numbers.
struct Figure {
  double mean = 0;
  double deviation = 0;  ///< of the sample (n - 1); 0 for a single number
  std::size_t count = 0;
};
[[nodiscard]] Figure figure_of(std::span<double const> numbers);

/// Returns P(T <= t) of Student's t with this many degrees of freedom.
[[nodiscard]] double student_t(double t, double freedom);
/// Returns the t with P(T <= t) = p, for p in (0, 1).
[[nodiscard]] double student_t_quantile(double p, double freedom);

/// The mean of differences, and half the width of its 95 % interval: infinite for a single one.
struct Difference {
  double mean = 0;
  double reach = 0;

  [[nodiscard]] bool is_below_zero() const noexcept { return mean + reach < 0; }
  [[nodiscard]] bool is_above_zero() const noexcept { return mean - reach > 0; }
};
[[nodiscard]] Difference difference_of(std::span<double const> differences);

}  // namespace demo
