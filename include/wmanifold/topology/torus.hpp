#pragma once

#include <wmanifold/topology/product.hpp>
#include <wmanifold/topology/s1.hpp>

namespace wmanifold {
namespace detail {

template <class Space, class Sequence>
struct Power;
template <class Space, std::size_t... I>
struct Power<Space, std::index_sequence<I...>> {
  template <std::size_t>
  using Copy = Space;
  using type = Product<Copy<I>...>;
};

}  // namespace detail

/// The torus T^n: n angles, the product of n circles.
template <int n>
using Torus = typename detail::Power<S1, std::make_index_sequence<static_cast<std::size_t>(n)>>::type;

}  // namespace wmanifold
