#include "statistics.hpp"

#include <cmath>
#include <limits>
#include <numeric>

namespace demo {
namespace {

/// Returns the regularised incomplete beta function by its continued fraction (Lentz's method), for x < (a + 1) / (a +
/// b + 2).
double beta_fraction(double a, double b, double x) {
  double const scale =
      std::exp(a * std::log(x) + b * std::log1p(-x) + std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b)) / a;
  double c = 1;
  double d = 1 / (1 - (a + b) * x / (a + 1));
  double value = d;
  for (int i = 1; i < 500; ++i) {
    double const m = i;
    double const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    value *= d * c;
    double const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    value *= d * c;
    if (std::abs(d * c - 1) < 1e-15) {
      break;
    }
  }
  return scale * value;
}

double incomplete_beta(double a, double b, double x) {
  if (x <= 0 || x >= 1) {
    return x <= 0 ? 0 : 1;
  }
  return x < (a + 1) / (a + b + 2) ? beta_fraction(a, b, x) : 1 - beta_fraction(b, a, 1 - x);
}

}  // namespace

Figure figure_of(std::span<double const> numbers) {
  Figure figure;
  figure.count = numbers.size();
  auto const n = static_cast<double>(numbers.size());
  figure.mean = std::accumulate(numbers.begin(), numbers.end(), 0.0) / n;
  double squares = 0;
  for (double const x : numbers) {
    squares += (x - figure.mean) * (x - figure.mean);
  }
  figure.deviation = numbers.size() > 1 ? std::sqrt(squares / (n - 1)) : 0;
  return figure;
}

double student_t(double t, double freedom) {
  double const tail = 0.5 * incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t));
  return t > 0 ? 1 - tail : tail;
}

double student_t_quantile(double p, double freedom) {
  double low = -1;
  double high = 1;
  while (student_t(low, freedom) > p) {
    low *= 2;
  }
  while (student_t(high, freedom) < p) {
    high *= 2;
  }
  for (int i = 0; i < 100; ++i) {
    double const middle = (low + high) / 2;
    (student_t(middle, freedom) < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

Difference difference_of(std::span<double const> differences) {
  Figure const figure = figure_of(differences);
  if (figure.count < 2) {
    return {figure.mean, std::numeric_limits<double>::infinity()};
  }
  auto const n = static_cast<double>(figure.count);
  return {figure.mean, student_t_quantile(0.975, n - 1) * figure.deviation / std::sqrt(n)};
}

}  // namespace demo
