#pragma once

#include <wmanifold/core/matrix.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace wmanifold::detail {

/// The shortest x with matrix x = right, for a symmetric positive semi-definite matrix. Directions with eigenvalues
/// below `tolerance` times the largest are left out. Returns NaN for a matrix with a NaN or an infinity.
///
/// Householder's reflections make the matrix tridiagonal, QL steps with implicit shifts diagonal (Bowdler, Martin,
/// Reinsch and Wilkinson, Numer. Math. 11, 1968). They turn `right` alone and then, backwards, the solution. No
/// eigenvector is formed, and the cost is that of the reflections, 2 n^3.
[[nodiscard]] inline std::vector<double> shortest_solution(SmallMatrix const& matrix, std::vector<double> const& right,
                                                           double tolerance) {
  Index const n = matrix.rows();
  auto const size = static_cast<std::size_t>(n);
  std::vector<double> solution = right;
  double* const x = solution.data();
  double unit = 0;  // the largest number; in units of it no square overflows or underflows
  for (Index i = 0; i < n * n; ++i) {
    double const number = std::abs(matrix.data()[i]);
    unit = is_nan(number) || number > unit ? number : unit;
  }
  if (unit == 0 || !is_finite(unit)) {
    solution.assign(size, unit == 0 ? 0 : std::numeric_limits<double>::quiet_NaN());
    return solution;
  }
  SmallMatrix a = matrix;
  for (Index i = 0; i < n * n; ++i) {
    a.data()[i] /= unit;
  }

  // Reflections I - v v^T / half, of the remaining matrix and of x. v is the k-th column of `a` below the diagonal.
  std::vector<double> diagonal(size), beside(size), half(size), image(size);
  auto const dot = [n](Index from, double const* u, double const* v) {
    double sum = 0;
    for (Index i = from; i < n; ++i) {
      sum += u[i] * v[i];
    }
    return sum;
  };
  auto const reflect = [&](Index k) {
    double const* const v = a.data() + k * n;
    double const share = half[static_cast<std::size_t>(k)];
    double const along = share > 0 ? dot(k + 1, v, x) / share : 0;
    for (Index i = k + 1; i < n; ++i) {
      x[i] -= along * v[i];
    }
  };
  for (Index k = 0; k + 1 < n; ++k) {
    double* const v = a.data() + k * n;
    double* const w = image.data();
    double const square = dot(k + 1, v, v);
    double const end = -std::copysign(std::sqrt(square), v[k + 1]);
    double const share = square - end * v[k + 1];
    v[k + 1] -= end;
    beside[static_cast<std::size_t>(k)] = end;
    half[static_cast<std::size_t>(k)] = share;
    if (!(share > 0)) {
      continue;
    }
    for (Index j = k + 1; j < n; ++j) {
      w[j] = dot(k + 1, a.data() + j * n, v) / share;
    }
    double const twice = dot(k + 1, v, w) / (2 * share);
    for (Index j = k + 1; j < n; ++j) {
      w[j] -= twice * v[j];
    }
    for (Index j = k + 1; j < n; ++j) {
      double* const column = a.data() + j * n;
      for (Index i = k + 1; i < n; ++i) {
        column[i] -= v[i] * w[j] + w[i] * v[j];
      }
    }
    reflect(k);
  }
  for (Index k = 0; k < n; ++k) {
    diagonal[static_cast<std::size_t>(k)] = a(k, k);
  }

  struct Turn {
    std::size_t at;  ///< the rotation turns numbers `at` and `at` + 1
    double c, s;
  };
  std::vector<Turn> turns;
  auto const turn = [x](Turn const& t, double s) {
    double& low = x[t.at];
    double& high = x[t.at + 1];
    double const was = high;
    high = s * low + t.c * was;
    low = t.c * low - s * was;
  };
  constexpr double epsilon = std::numeric_limits<double>::epsilon();
  auto& d = diagonal;
  auto& e = beside;
  for (std::size_t l = 0; l < size; ++l) {
    for (int round = 0; round < 60; ++round) {
      std::size_t m = l;
      while (m + 1 < size && std::abs(e[m]) > epsilon * std::max(std::abs(d[m]) + std::abs(d[m + 1]), epsilon)) {
        ++m;
      }
      if (m == l) {
        break;
      }
      double g = (d[l + 1] - d[l]) / (2 * e[l]);
      g = d[m] - d[l] + e[l] / (g + std::copysign(std::hypot(g, 1.0), g));
      double s = 1, c = 1, shift = 0;
      std::size_t i = m;
      while (i > l) {
        --i;
        double const f = s * e[i];
        double const b = c * e[i];
        double const r = std::hypot(f, g);
        e[i + 1] = r;
        if (r == 0) {  // the matrix splits here
          d[i + 1] -= shift;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - shift;
        double const step = (d[i] - g) * s + 2 * c * b;
        shift = s * step;
        d[i + 1] = g + shift;
        g = c * step - b;
        turns.push_back({i, c, s});
        turn(turns.back(), s);
      }
      if (e[i + 1] != 0) {
        d[l] -= shift;
        e[l] = g;
      }
      e[m] = 0;
    }
  }

  double const least = std::max(tolerance * *std::max_element(d.begin(), d.end()), 0.0);
  for (Index k = 0; k < n; ++k) {
    double const value = d[static_cast<std::size_t>(k)];
    x[k] = value > least ? x[k] / value / unit : 0;
  }
  for (std::size_t i = turns.size(); i-- > 0;) {
    turn(turns[i], -turns[i].s);
  }
  for (Index k = n - 1; k-- > 0;) {
    reflect(k);
  }
  return solution;
}

}  // namespace wmanifold::detail
