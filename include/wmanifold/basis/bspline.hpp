#pragma once

#include <wmanifold/basis/tensor.hpp>
#include <wmanifold/core/legendre.hpp>
#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/s1.hpp>

#include <algorithm>
#include <numbers>

namespace wmanifold {
namespace detail {

/// The shape of splines: degree, number of functions, on the interval or closed on the circle. `given` is the number of
/// knots that users pass: clamped at both ends, or one turn. `kept` is the number stored, with `degree` more on either
/// side of the spans; clamped splines have these already.
struct SplineShape {
  int degree;
  int functions;
  bool is_closed;

  [[nodiscard]] constexpr int spans() const noexcept { return is_closed ? functions : functions - degree; }
  [[nodiscard]] constexpr int given() const noexcept { return is_closed ? functions : functions + degree + 1; }
  [[nodiscard]] constexpr int kept() const noexcept { return spans() + 2 * degree + 1; }
  [[nodiscard]] constexpr double length() const noexcept { return is_closed ? 2 * std::numbers::pi : 1; }
  /// Returns the function that is piece a = 0, ..., degree of the span from knot i to the next. For a closed spline of
  /// odd degree, function k is the one centred at knot k.
  [[nodiscard]] constexpr int function(int i, int a) const noexcept {
    int const first = i - degree + a;
    return is_closed ? (first - degree + (degree + 1) / 2 + functions) % functions : first;
  }
};

inline constexpr int most_spline_degree = 9;

/// The least distance between different knots, as a share of the whole length. Derivatives grow as 1 / distance.
/// Energies, their squares in units of the Gram matrix, grow as 1 / distance^2. At this distance and degree 9, energies
/// reach 1e11 times the least one, which double still distinguishes from 0. Values and both matrices are then accurate
/// to 1e-10.
inline constexpr double least_knot_distance = 1e-5;

/// Returns knots with equal spans.
inline std::vector<double> uniform_knots(SplineShape const& shape) {
  std::vector<double> knots;
  for (int i = 0; i < shape.given(); ++i) {
    int const span = shape.is_closed ? i : std::clamp(i - shape.degree, 0, shape.spans());
    knots.push_back(shape.length() * span / shape.spans());
  }
  return knots;
}

/// Returns the stored knots for the given ones. ArgumentError, with the value, for knots of a discontinuous or invalid
/// spline, and for knots too close to each other.
inline std::vector<double> kept_knots(SplineShape const& shape, std::span<double const> given) {
  char const* const what = shape.is_closed ? "closed spline" : "spline";
  require_count(what, "knots", shape.given(), std::ssize(given));
  for (std::size_t i = 0; i < given.size(); ++i) {
    double const t = given[i];
    if (!(is_finite(t) && t >= 0 && (shape.is_closed ? t < shape.length() : t <= 1))) [[unlikely]] {
      fail(what, ": expected knots in ", shape.is_closed ? "[0, 2 pi)" : "[0, 1]", ", got ", t, " as knot ", i);
    }
    if (i > 0 && t < given[i - 1]) [[unlikely]] {
      fail(what, ": expected knots that do not decrease, got ", t, " after ", given[i - 1], " as knot ", i);
    }
  }
  auto const order = static_cast<std::size_t>(shape.degree) + 1;
  if (!shape.is_closed) {
    for (std::size_t i = 0; i < order; ++i) {
      if (given[i] != 0 || given[given.size() - 1 - i] != 1) [[unlikely]] {
        fail(what, ": expected knots that begin with ", order, " zeros and end with as many ones, got ", given[i],
             " as knot ", i, " and ", given[given.size() - 1 - i], " as knot ", given.size() - 1 - i);
      }
    }
  }
  std::vector<double> kept(given.begin(), given.end());
  if (shape.is_closed) {
    for (int i = 0; i <= shape.degree; ++i) {  // the next turn's knots
      kept.push_back(kept[static_cast<std::size_t>(i)] + shape.length());
    }
    for (int i = 0; i < shape.degree; ++i) {  // the last turn's knots
      kept.insert(kept.begin(), given[given.size() - 1 - static_cast<std::size_t>(i)] - shape.length());
    }
  }
  for (std::size_t i = 0; i + order <= kept.size(); ++i) {
    bool const is_end = !shape.is_closed && (i == 0 || i + order == kept.size());
    if (kept[i] == kept[i + order - 1] && !is_end) [[unlikely]] {
      fail(what, ": expected a knot between the ends at most ", shape.degree, " times, got ", kept[i], " ", order,
           " times; drop one, as the spline would jump there");
    }
  }
  double const least = least_knot_distance * shape.length();
  for (std::size_t i = 1; i < kept.size(); ++i) {
    double const distance = kept[i] - kept[i - 1];
    if (distance != 0 && distance < least) [[unlikely]] {
      std::size_t const count = given.size();
      std::size_t const first = shape.is_closed ? (i - 1 + count * order - order + 1) % count : i - 1;
      fail(what, ": expected neighbouring knots that are equal or at least ", least, " apart, got ", distance,
           " between knots ", first, " and ", (first + 1) % count);
    }
  }
  return kept;
}

/// Returns s on the turn that begins at the first knot, for splines on the circle.
inline double unrolled(SplineShape const& shape, double const* knots, double s) noexcept {
  return shape.is_closed && s < knots[shape.degree] ? s + shape.length() : s;
}

/// Returns the knot at the start of the span of s; of equal knots the last, which gives the span a length.
inline int span_at(SplineShape const& shape, double const* knots, double s) noexcept {
  double const* const first = knots + shape.degree;
  return static_cast<int>(std::upper_bound(first, first + shape.spans(), s) - knots) - 1;
}

/// Computes the degree + 1 B-splines that are not zero between t[0] and t[1], at s, by Cox's and de Boor's recurrence.
inline void spline_pieces(int degree, double const* t, double s, double* out) noexcept {
  out[0] = 1;
  for (int d = 1; d <= degree; ++d) {
    double rest = 0;
    for (int r = 0; r < d; ++r) {
      double const share = out[r] / (t[r + 1] - t[r + 1 - d]);
      out[r] = rest + (t[r + 1] - s) * share;
      rest = (s - t[r + 1 - d]) * share;
    }
    out[d] = rest;
  }
}

/// Sets `out` to the values of all functions at s, from `shape.kept()` knots.
inline void spline_values(SplineShape const& shape, double const* knots, double s, double* out) noexcept {
  double const x = unrolled(shape, knots, s);
  int const i = span_at(shape, knots, x);
  LocalArray<double, most_spline_degree + 1> pieces;
  spline_pieces(shape.degree, knots + i, x, pieces.data());
  std::fill_n(out, shape.functions, 0.0);
  for (int a = 0; a <= shape.degree; ++a) {
    out[shape.function(i, a)] = pieces[static_cast<std::size_t>(a)];
  }
}

/// Sets `out` to the derivatives of all functions at s, from `shape.kept()` knots.
inline void spline_derivatives(SplineShape const& shape, double const* knots, double s, double* out) noexcept {
  double const x = unrolled(shape, knots, s);
  int const i = span_at(shape, knots, x);
  double const* const t = knots + i;
  LocalArray<double, most_spline_degree + 1> lower;
  spline_pieces(shape.degree - 1, t, x, lower.data());
  std::fill_n(out, shape.functions, 0.0);
  double before = 0;
  for (int a = 0; a <= shape.degree; ++a) {
    double const piece = a < shape.degree ? lower[static_cast<std::size_t>(a)] : 0;
    double const here = a < shape.degree ? piece * shape.degree / (t[a + 1] - t[a + 1 - shape.degree]) : 0;
    out[shape.function(i, a)] = before - here;
    before = here;
  }
}

template <class Space, int p, int n>
class BSplineOn {
  static constexpr bool is_closed = std::same_as<Space, S1>;
  static_assert(is_closed || std::same_as<Space, Interval>,
                "wmanifold: a B-spline lives on the Interval or closed on S1 (or on a Product or Torus of them); use "
                "SphericalHarmonics on S2");
  static_assert(p >= 1 && p <= most_spline_degree, "wmanifold: a B-spline has a degree from 1 (straight lines) to 9");
  static_assert(n >= p + 1,
                "wmanifold: a B-spline of degree p has at least p + 1 functions; lower the degree or add functions");
  static constexpr SplineShape shape{p, n, is_closed};

 public:
  /// The topology of the contexts.
  using Topology = Space;
  /// K, the number of functions.
  static constexpr int size = n;
  /// Degree of the polynomials.
  static constexpr int degree = p;
  /// The largest number of nonzero values at any point.
  static constexpr int support = p + 1;
  /// The number of knots to pass.
  static constexpr int knot_count = shape.given();
  /// Returns the name in files and messages.
  static std::string name() { return "bspline" + std::to_string(p) + "_" + std::to_string(n); }

  /// A spline with spans of equal lengths.
  BSplineOn() : BSplineOn(uniform_knots(shape)) {}

  /// A spline with these knots. On the interval they are n + p + 1 numbers in [0, 1] that do not decrease, the first p
  /// + 1 of them 0 and the last p + 1 of them 1. On the circle they are n numbers in [0, 2 pi) that do not decrease. A
  /// knot repeated m times leaves p - m continuous derivatives; between the ends m is at most p. Different knots are at
  /// least 1e-5 of the whole length apart, also across the seam of the circle. ArgumentError otherwise, with the value.
  explicit BSplineOn(std::span<double const> knots) {
    auto const kept = kept_knots(shape, knots);
    std::copy(kept.begin(), kept.end(), knots_.begin());
    auto const [nodes, weights] = quadrature(2 * p);
    for (std::size_t q = 0; q < nodes.size(); ++q) {
      auto const phi = values_at(*this, nodes[q]);
      int const i = span_at(shape, knots_.data(), unrolled(shape, knots_.data(), nodes[q][0]));
      for (int a = 0; a <= p; ++a) {
        for (int b = a; b <= p; ++b) {
          auto const j = static_cast<std::size_t>(shape.function(i, a));
          auto const k = static_cast<std::size_t>(shape.function(i, b));
          gram_[place(static_cast<int>(j), static_cast<int>(k))] += weights[q] * phi[j] * phi[k];
        }
      }
    }
  }

  /// Returns the knots as they were passed.
  [[nodiscard]] std::vector<double> knots() const {
    auto const first = knots_.begin() + (is_closed ? p : 0);
    return {first, first + knot_count};
  }
  /// Returns the knots, or nothing if they are uniform.
  [[nodiscard]] std::vector<double> state() const {
    auto own = knots();
    return own == uniform_knots(shape) ? std::vector<double>{} : own;
  }

  /// Computes phi(s), K numbers.
  void values(Point<Space> const& s, std::span<double> out) const noexcept {
    spline_values(shape, knots_.data(), s[0], out.data());
  }
  /// Computes the derivatives; at a knot, those of the span behind it.
  void derivatives(Point<Space> const& s, std::span<double> out) const noexcept {
    spline_derivatives(shape, knots_.data(), s[0], out.data());
  }
  /// Returns Gauss's rule on each span.
  [[nodiscard]] Quadrature<Space> quadrature(int exact_to) const {
    auto const [nodes, weights] = gauss_legendre(std::max(exact_to, 0) / 2 + 1);
    Quadrature<Space> q;
    for (std::size_t i = p; i < p + static_cast<std::size_t>(shape.spans()); ++i) {
      double const length = knots_[i + 1] - knots_[i];
      for (std::size_t j = 0; j < nodes.size() && length > 0; ++j) {
        q.nodes.push_back(Point<Space>({knots_[i] + length * (1 + nodes[j]) / 2}));
        q.weights.push_back(weights[j] * length / shape.length());
      }
    }
    return q;
  }
  /// Returns E[phi_i phi_j] (equation 4).
  double gram(int i, int j) const noexcept {
    int const apart = i < j ? j - i : i - j;
    return apart <= p || (is_closed && n - apart <= p) ? gram_[place(i, j)] : 0;
  }
  /// Returns coefficient k of the constant function 1.
  static constexpr double constant(int) noexcept { return 1; }

  friend bool operator==(BSplineOn const&, BSplineOn const&) = default;

 private:
  /// Returns the position of the entry of two functions whose supports overlap.
  static std::size_t place(int i, int j) noexcept {
    auto const [low, high] = std::minmax(i, j);
    bool const is_near = high - low <= p;
    return static_cast<std::size_t>(is_near ? low * (p + 1) + high - low : high * (p + 1) + n - (high - low));
  }

  LocalArray<double, static_cast<std::size_t>(shape.kept())> knots_;
  std::vector<double> gram_ = std::vector<double>(static_cast<std::size_t>(n * (p + 1)));
};

template <int p>
struct BSplineOfDegree {
  template <class Space, int n>
  using On = BSplineOn<Space, p, n>;
};

}  // namespace detail

/// The n B-splines of degree p, with p - 1 continuous derivatives: clamped at the ends of the interval, or closed on
/// the circle. At any context, p + 1 of the n rows form the network. Their coefficients are not negative and sum to 1;
/// the network lies among these rows. Knots are uniform by default. They are part of the trained model, and files store
/// them. On a product, all products.
template <class Space, int p, int n>
using BSpline = typename detail::OverFactors<detail::BSplineOfDegree<p>::template On, Space, n>::type;

/// A B-spline on the circle or a torus, where it is closed: C^(p-1) across the seam too.
template <class Space, int p, int n>
using PeriodicBSpline = BSpline<Space, p, n>;

/// Straight lines from each of n networks to the next; on the circle also from the last to the first. Row i is the
/// network at knot i.
template <class Space, int n>
using PolygonalChain = BSpline<Space, 1, n>;

}  // namespace wmanifold
