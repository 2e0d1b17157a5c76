#pragma once

#include <wmanifold/core/symmetric.hpp>
#include <wmanifold/metric/energy.hpp>
#include <wmanifold/metric/metric.hpp>

#include <algorithm>

namespace wmanifold {

/// The stiffness that flows use where they are told none (docs/default_step.md).
inline constexpr double default_stiffness = 4;

/// Beyond it, H of equation 9 loses G to rounding, in the worst of bases.
inline constexpr double most_stiffness = 1e8;

namespace detail {

/// G + stiffness / lambda E.
[[nodiscard]] inline SmallMatrix stiff_price(SmallMatrix const& gram, SmallMatrix const& energy, double stiffness) {
  Metric const metric(gram);
  SmallMatrix const whiten = inverse_of_lower(metric.cholesky());
  SmallMatrix const half = whiten.lazyProduct(energy);
  SmallMatrix spectrum = half.lazyProduct(whiten.transpose());
  diagonalise(spectrum);
  double const largest = spectrum.diagonal().maxCoeff();
  double least = largest;
  // What is 0 comes out below 1e-13 of the largest, even of Bernstein's basis of degree 30; the least of splines whose
  // knots are as close as they may be is above 1e-11 of it.
  for (double const value : spectrum.diagonal()) {
    if (value > 1e-12 * largest) {
      least = std::min(least, value);
    }
  }
  return least > 0 ? SmallMatrix(gram + stiffness / least * energy) : gram;  // or constants alone
}

}  // namespace detail

/// What a step costs, as a K x K matrix: its movement and, by `stiffness`, its bending towards the ends of the space
/// (equation 9),
///
///     H = G + stiffness / lambda E,
///
/// E the energy matrix along coordinates with ends, lambda the least E of functions of the basis that have one, in
/// units of G. So the slowest of these costs 1 + stiffness times its movement, faster ones more, constants no more; in
/// all coordinates the same. On spaces without ends (circles, spheres) H is G. ArgumentError for a stiffness that is
/// negative, not finite, or above most_stiffness.
template <Basis B>
[[nodiscard]] SmallMatrix step_price(B const& basis, double stiffness) {
  if (!(is_finite(stiffness) && stiffness >= 0)) [[unlikely]] {
    fail("step price: expected a stiffness of at least 0, got ", stiffness);
  }
  if (stiffness > most_stiffness) [[unlikely]] {
    fail("step price: expected a stiffness of at most ", most_stiffness,
         ", so that rounding leaves the movement in it, got ", stiffness);
  }
  SmallMatrix const gram = gram_matrix(basis);
  constexpr auto ends = ends_of<typename B::Topology>();
  if constexpr (std::find(ends.begin(), ends.end(), true) == ends.end()) {
    return gram;
  } else {
    static_assert(
        DifferentiableBasis<B>,
        "wmanifold: the price of a step bends along coordinates with ends; a basis over such has derivatives");
    return stiffness == 0 ? gram : detail::stiff_price(gram, energy_matrix(basis, ends), stiffness);
  }
}

}  // namespace wmanifold
