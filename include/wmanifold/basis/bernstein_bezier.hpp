#pragma once

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/topology/simplex.hpp>

namespace wmanifold {

/// The Bernstein polynomials of degree d on a simplex, d! / (a_0! ... a_n!) x_0^a_0 ... x_n^a_n over all exponents of
/// sum d, K = C(n + d, d). Their rows are the control points of a Bezier simplex. Degree 1 is one network per corner
/// and their mixtures, the shares themselves; degree 2 has one more for each edge.
///
/// Exponents decrease: (d, 0, ..., 0) is first, (0, ..., 0, d) last. On Simplex<1> they are Bernstein polynomials of s
/// = x_1.
template <class Space, int d>
struct BernsteinBezier {
  static_assert(
      requires { Space::corner(0); },
      "wmanifold: a Bernstein-Bezier basis lives on a Simplex; use Bernstein or Legendre on intervals, Fourier "
      "on circles");
  static_assert(d >= 0 && d <= 20, "wmanifold: a Bernstein-Bezier basis has a degree from 0 to 20");

  /// The topology of the contexts.
  using Topology = Space;
  /// K, the number of functions.
  static constexpr int size = static_cast<int>(binomial(Space::dimension + d, d) + 0.5);
  /// Degree of the polynomials.
  static constexpr int degree = d;
  /// Returns the name in files and messages.
  static std::string name() { return "bernstein_bezier" + std::to_string(d); }

  /// Computes phi(s), K numbers.
  void values(Point<Space> const& s, std::span<double> out) const noexcept {
    Powers const power(s);
    for (std::size_t k = 0; k < rows; ++k) {
      double value = multinomials[k];
      for (std::size_t i = 0; i < width; ++i) {
        value *= power(i, exponents[k][i]);
      }
      out[k] = value;
    }
  }
  /// Computes the gradients of the functions at s, K x coordinates.
  void derivatives(Point<Space> const& s, std::span<double> out) const noexcept {
    Powers const power(s);
    for (std::size_t k = 0; k < rows; ++k) {
      Coordinates<Space> slope;
      for (std::size_t c = 0; c < width; ++c) {
        slope[c] = exponents[k][c] == 0 ? 0 : multinomials[k] * exponents[k][c];
        for (std::size_t i = 0; i < width; ++i) {
          slope[c] *= power(i, std::max(0, exponents[k][i] - (i == c ? 1 : 0)));
        }
      }
      slope = Space::tangent(s, slope);
      std::copy(slope.begin(), slope.end(), out.begin() + static_cast<std::ptrdiff_t>(k * width));
    }
  }
  /// Returns Dirichlet's integral of x^(a + b).
  static constexpr double gram(int i, int j) noexcept {
    constexpr int n = Space::dimension;
    double product = 1 / (binomial(2 * d, d) * binomial(2 * d + n, n));
    for (std::size_t c = 0; c < width; ++c) {
      int const a = exponents[static_cast<std::size_t>(i)][c];
      product *= binomial(a + exponents[static_cast<std::size_t>(j)][c], a);
    }
    return product;
  }
  /// Returns coefficient k of the constant function 1.
  static constexpr double constant(int) noexcept { return 1; }

 private:
  static constexpr auto width = static_cast<std::size_t>(Space::coordinates);
  static constexpr auto rows = static_cast<std::size_t>(size);
  using Exponents = std::array<int, width>;

  static constexpr std::array<Exponents, rows> exponents = [] {
    std::array<Exponents, rows> all{};
    all[0][0] = d;
    for (std::size_t k = 1; k < rows; ++k) {
      // One less at the last possible place, and the sum of all behind it at the next place.
      auto& next = all[k] = all[k - 1];
      std::size_t from = width - 2;
      while (next[from] == 0) {
        --from;
      }
      --next[from];
      int const gathered = next[width - 1] + 1;
      next[width - 1] = 0;
      next[from + 1] = gathered;
    }
    return all;
  }();
  static constexpr std::array<double, rows> multinomials = [] {
    std::array<double, rows> all{};
    for (std::size_t k = 0; k < rows; ++k) {
      all[k] = 1;
      int left = d;
      for (int const a : exponents[k]) {
        all[k] *= binomial(left, a);
        left -= a;
      }
    }
    return all;
  }();

  /// The powers 0, ..., d of each share.
  class Powers {
   public:
    explicit Powers(Point<Space> const& s) noexcept {
      for (std::size_t i = 0; i < width; ++i) {
        powers_[i][0] = 1;
        for (std::size_t a = 1; a <= d; ++a) {
          powers_[i][a] = powers_[i][a - 1] * s[i];
        }
      }
    }
    double operator()(std::size_t i, int a) const noexcept { return powers_[i][static_cast<std::size_t>(a)]; }

   private:
    LocalArray<std::array<double, static_cast<std::size_t>(d + 1)>, width> powers_;
  };
};

}  // namespace wmanifold
