#pragma once

#include <wmanifold/core/symmetric.hpp>
#include <wmanifold/metric/energy.hpp>
#include <wmanifold/metric/metric.hpp>

#include <algorithm>

namespace wmanifold {

/// The default stiffness of flows (docs/default_step.md).
inline constexpr double default_stiffness = 4;

/// The largest stiffness. Above it, H of equation 9 loses G to rounding in the worst of bases.
inline constexpr double most_stiffness = 1e8;

namespace detail {

/// Returns G + stiffness / lambda E.
[[nodiscard]] inline SmallMatrix stiff_price(SmallMatrix const& gram, SmallMatrix const& energy, double stiffness) {
  Metric const metric(gram);
  SmallMatrix const whiten = inverse_of_lower(metric.cholesky());
  SmallMatrix spectrum = product(product(whiten, energy), transposed(whiten));
  diagonalise(spectrum);
  double largest = spectrum(0, 0);
  for (Index k = 1; k < spectrum.rows(); ++k) {
    largest = std::max(largest, spectrum(k, k));
  }
  double least = largest;
  // Zeros come out below 1e-13 of the largest, even for Bernstein's basis of degree 30. The least value of splines with
  // knots at the least distance is above 1e-11 of it.
  for (Index k = 0; k < spectrum.rows(); ++k) {
    if (spectrum(k, k) > 1e-12 * largest) {
      least = std::min(least, spectrum(k, k));
    }
  }
  SmallMatrix price = gram;
  if (least > 0) {  // otherwise the basis has constants alone
    add_scaled(stiffness / least, energy, price);
  }
  return price;
}

}  // namespace detail

/// Returns the price of a step, a K x K matrix: its movement plus, by `stiffness`, its bending towards the ends of the
/// space (equation 9),
///
///     H = G + stiffness / lambda E,
///
/// with E the energy matrix along coordinates with ends, and lambda the least nonzero E of functions of the basis, in
/// units of G. The slowest of these functions costs 1 + stiffness times its movement, faster ones more, constants no
/// more. The price is the same in all coordinates. On spaces without ends (circles, spheres) H is G. ArgumentError for
/// a stiffness that is negative, not finite, or above most_stiffness.
template <Basis B>
[[nodiscard]] SmallMatrix step_price(B const& basis, double stiffness) {
  if (!(is_finite(stiffness) && stiffness >= 0)) [[unlikely]] {
    fail("step price: expected a stiffness of at least 0, got ", stiffness);
  }
  if (stiffness > most_stiffness) [[unlikely]] {
    fail("step price: expected a stiffness of at most ", most_stiffness, ", got ", stiffness,
         "; lower it, as rounding would lose the movement");
  }
  SmallMatrix const gram = gram_matrix(basis);
  constexpr auto ends = ends_of<typename B::Topology>();
  if constexpr (std::find(ends.begin(), ends.end(), true) == ends.end()) {
    return gram;
  } else {
    static_assert(
        DifferentiableBasis<B>,
        "wmanifold: the price of a step needs a basis with derivatives, as its topology has coordinates with ends");
    return stiffness == 0 ? gram : detail::stiff_price(gram, energy_matrix(basis, ends), stiffness);
  }
}

}  // namespace wmanifold
