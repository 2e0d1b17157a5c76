#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/legendre.hpp>
#include <wmanifold/topology/topology.hpp>

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>

namespace wmanifold {

/// The simplex of dimension n: n + 1 shares of at least 0 that sum to 1 (barycentric coordinates). Its points are
/// mixtures and preferences; the triangle of three objectives is Simplex<2>. Distances are Euclidean in the shares,
/// sqrt(2) between corners; tangent vectors sum to 0.
template <int n>
struct Simplex {
  static_assert(n >= 1, "wmanifold: Simplex<n> has a dimension n of at least 1, that is n + 1 shares");

  /// Dimension of the space.
  static constexpr int dimension = n;
  /// Coordinates of a point.
  static constexpr int coordinates = n + 1;
  /// Flags of the coordinates that run between two ends.
  static constexpr auto has_ends = [] {
    std::array<bool, static_cast<std::size_t>(n + 1)> all{};
    all.fill(true);
    return all;
  }();
  /// Returns the name in files and messages.
  static std::string name() { return "simplex" + std::to_string(n); }

  /// Returns the point with these shares of at least 0, which sum to 1, to 1e-5; the sum is corrected to the last bit.
  /// ArgumentError for others.
  [[nodiscard]] static Point<Simplex> shares(Coordinates<Simplex> const& c) { return Point<Simplex>(c); }
  /// Returns amounts of at least 0, not all zero, divided by their sum. ArgumentError for others.
  [[nodiscard]] static Point<Simplex> normalised(Coordinates<Simplex> const& amounts) {
    double const most = *std::max_element(amounts.begin(), amounts.end());
    bool const are_amounts =
        std::all_of(amounts.begin(), amounts.end(), [](double x) { return is_finite(x) && x >= 0; });
    if (!(are_amounts && most > 0)) [[unlikely]] {
      fail(name(), ": expected finite amounts of at least 0, not all of them 0, got ", listed(amounts));
    }
    auto c = amounts;
    for (double& x : c) {
      x /= most;  // first, to keep the sum of the largest and smallest in range
    }
    return Point<Simplex>::unchecked(summing_to_one(c));
  }
  /// Returns corner i, where share i is 1. ArgumentError for a number outside 0, ..., n.
  [[nodiscard]] static Point<Simplex> corner(int i) {
    if (i < 0 || i > n) [[unlikely]] {
      fail(name(), ": expected a corner in [0, ", n, "], got ", i);
    }
    Coordinates<Simplex> c{};
    c[static_cast<std::size_t>(i)] = 1;
    return Point<Simplex>::unchecked(c);
  }
  /// Returns the point of equal shares.
  [[nodiscard]] static Point<Simplex> centre() noexcept {
    Coordinates<Simplex> c;
    c.fill(1);
    return Point<Simplex>::unchecked(summing_to_one(c));
  }

  /// Returns the canonical coordinates of the same point. ArgumentError for coordinates of no point.
  static Coordinates<Simplex> canonical(Coordinates<Simplex> const& c) {
    bool const are_shares = std::all_of(c.begin(), c.end(), [](double x) { return is_finite(x) && x >= 0; });
    if (!(are_shares && std::abs(total(c) - 1) <= 1e-5)) [[unlikely]] {
      fail(name(), ": expected ", n + 1, " shares of at least 0 that sum to 1, got ", listed(c), " with sum ", total(c),
           "; Simplex::normalised divides by the sum");
    }
    return summing_to_one(c);
  }
  /// Returns the point from n breaks of a stick, each with the distribution of the rest.
  static Point<Simplex> from_cube(CubePoint<Simplex> const& u) noexcept {
    Coordinates<Simplex> r{};
    for (std::size_t i = 0; i < u.size(); ++i) {
      r[i] = std::pow(1 - u[i], 1.0 / static_cast<double>(u.size() - i));
    }
    return broken(r);
  }
  /// Returns the distance of two points.
  static double distance(Point<Simplex> const& p, Point<Simplex> const& q) noexcept {
    double square = 0;
    for (std::size_t i = 0; i <= n; ++i) {
      square += (p[i] - q[i]) * (p[i] - q[i]);
    }
    return std::sqrt(square);
  }
  /// Returns the point of the simplex nearest to p + v: it stops at the boundary, or slides along it.
  static Point<Simplex> exp(Point<Simplex> const& p, Coordinates<Simplex> const& v) noexcept {
    Coordinates<Simplex> c{};
    for (std::size_t i = 0; i <= n; ++i) {
      c[i] = p[i] + v[i];
    }
    if (std::any_of(c.begin(), c.end(), [](double x) { return x < 0; })) {
      // The amount to subtract from the positive shares to make them sum to 1 (Held, Wolfe and Crowder, 1974).
      auto falling = c;
      std::sort(falling.begin(), falling.end(), std::greater<>());
      double sum = 0;
      double lower = 0;
      for (std::size_t i = 0; i <= n; ++i) {
        sum += falling[i];
        double const by = (sum - 1) / static_cast<double>(i + 1);
        if (!(falling[i] > by)) {
          break;
        }
        lower = by;
      }
      for (double& x : c) {
        x = std::max(0.0, x - lower);
      }
    }
    return Point<Simplex>::unchecked(summing_to_one(c));
  }
  /// Returns the tangent vector at p of a shortest path to q.
  static Coordinates<Simplex> log(Point<Simplex> const& p, Point<Simplex> const& q) noexcept {
    Coordinates<Simplex> v{};
    for (std::size_t i = 0; i <= n; ++i) {
      v[i] = q[i] - p[i];
    }
    return v;
  }
  /// Returns the part of v that is tangent at p.
  static Coordinates<Simplex> tangent(Point<Simplex> const&, Coordinates<Simplex> const& ambient) noexcept {
    auto v = ambient;
    double const mean = total(v) / (n + 1);
    for (double& x : v) {
      x -= mean;
    }
    return v;
  }
  /// Returns Gauss nodes for each break of the stick, whose density is a polynomial too.
  static Quadrature<Simplex> quadrature(int degree) {
    Coordinates<Simplex> r{};
    Quadrature<Simplex> q;
    cross(std::max(degree, 0), 0, r, 1, q);
    return q;
  }
  /// Returns the shares rotated by one place, and with the first two exchanged.
  static std::array<Point<Simplex>, 2> symmetries(Point<Simplex> const& p) noexcept {
    auto turned = p.coordinates();
    std::rotate(turned.begin(), turned.begin() + 1, turned.end());
    auto exchanged = p.coordinates();
    std::swap(exchanged[0], exchanged[1]);
    return {Point<Simplex>::unchecked(summing_to_one(turned)), Point<Simplex>::unchecked(summing_to_one(exchanged))};
  }

 private:
  static double total(Coordinates<Simplex> const& c) noexcept { return std::accumulate(c.begin(), c.end(), 0.0); }

  /// Returns shares divided by their sum, unless that is 1 to rounding: a second call changes nothing.
  static Coordinates<Simplex> summing_to_one(Coordinates<Simplex> const& shares) noexcept {
    auto c = shares;
    double const sum = total(c);
    if (std::abs(sum - 1) > 1.2e-16 * (n + 2)) {
      for (double& x : c) {
        x /= sum;
      }
    }
    return c;
  }

  /// Returns the point of the breaks r_0, ..., r_(n-1): break i keeps the share r_i of the rest.
  static Point<Simplex> broken(Coordinates<Simplex> const& r) noexcept {
    Coordinates<Simplex> c{};
    double left = 1;
    for (std::size_t i = 0; i < n; ++i) {
      c[i] = left * (1 - r[i]);
      left *= r[i];
    }
    c[n] = left;
    return Point<Simplex>::unchecked(summing_to_one(c));
  }

  /// Adds the nodes of breaks i, ..., n - 1, of densities (n - i) r^(n - i - 1).
  static void cross(int degree, int i, Coordinates<Simplex>& r, double weight, Quadrature<Simplex>& q) {
    if (i == n) {
      q.nodes.push_back(broken(r));
      q.weights.push_back(weight);
      return;
    }
    auto const [x, weights] = gauss_legendre((degree + n - i - 1) / 2 + 1);
    for (std::size_t node = 0; node < x.size(); ++node) {
      double const left = (1 + x[node]) / 2;
      r[static_cast<std::size_t>(i)] = left;
      cross(degree, i + 1, r, weight * weights[node] * (n - i) * std::pow(left, n - i - 1), q);
    }
  }

  static std::string listed(Coordinates<Simplex> const& c) {
    std::string text;
    for (std::size_t i = 0; i < c.size(); ++i) {
      text += i == 0 ? "(" : ", ";
      text += detail::MessagePart(c[i]).text();
    }
    return text + ")";
  }
};

}  // namespace wmanifold
