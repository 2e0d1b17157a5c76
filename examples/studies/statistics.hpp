#pragma once

#include <span>

namespace demo {

/// Of n numbers.
struct Figure {
  double mean = 0;
  double deviation = 0;  ///< of the sample (n - 1); 0 where there is one number
  std::size_t count = 0;
};
[[nodiscard]] Figure figure_of(std::span<double const> numbers);

/// P(T <= t) of Student's t with that many degrees of freedom.
[[nodiscard]] double student_t(double t, double freedom);
/// The t with P(T <= t) = p, for p in (0, 1).
[[nodiscard]] double student_t_quantile(double p, double freedom);

/// The mean of differences, and how far its 95 % interval reaches to either side: infinite for a single one.
struct Difference {
  double mean = 0;
  double reach = 0;

  [[nodiscard]] bool is_below_zero() const noexcept { return mean + reach < 0; }
  [[nodiscard]] bool is_above_zero() const noexcept { return mean - reach > 0; }
};
[[nodiscard]] Difference difference_of(std::span<double const> differences);

}  // namespace demo
