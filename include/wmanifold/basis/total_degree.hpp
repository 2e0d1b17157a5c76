#pragma once

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/hyperspherical_harmonics.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/basis/subset.hpp>

namespace wmanifold {
namespace detail {

/// The orthogonal functions of a topology, sorted by order.
template <class Space, int n>
struct Orthogonal {
  static_assert(std::same_as<Space, S1> || std::same_as<Space, RP1>,
                "wmanifold: TotalDegree and Additive live on tori and on Products of intervals, circles, RP1, S2 and "
                "SO3; on others, name the factors' bases in a Subset");
  using type = Fourier<Space, n>;
};
template <int n>
struct Orthogonal<Interval, n> {
  using type = Legendre<Interval, n>;
};
template <int n>
struct Orthogonal<S2, n> {
  using type = SphericalHarmonics<S2, n>;
};

template <int n>
struct Orthogonal<SO3, n> {
  using type = HypersphericalHarmonics<SO3, n - n % 2>;
};

template <class Rule, class Space, int n>
struct SubsetOn {
  using type = typename Orthogonal<Space, n>::type;
};
template <class Rule, class... Spaces, int n>
struct SubsetOn<Rule, Product<Spaces...>, n> {
  using type = Subset<Rule, typename Orthogonal<Spaces, n>::type...>;
};

}  // namespace detail

/// The polynomials of total degree d: products of Legendre polynomials on intervals and of harmonics on circles, RP1,
/// S2 and SO3 whose orders sum to at most d. On m knobs they are C(m + d, d) functions, of (d + 1)^m products.
template <class Space, int d>
using TotalDegree = typename detail::SubsetOn<TotalAtMost<d>, Space, d>::type;

/// Sums of functions of one factor each, of orders up to d, without products: 1 + m d functions on m knobs, 1 + 2 m d
/// on the torus T^m.
template <class Space, int d>
using Additive = typename detail::SubsetOn<OneAlone, Space, d>::type;

}  // namespace wmanifold
