#pragma once

#include <wmanifold/topology/product.hpp>
#include <wmanifold/topology/s1.hpp>

namespace wmanifold {

/// The torus T^n: n angles, the product of n circles.
template <int n>
using Torus = typename detail::Power<S1, std::make_index_sequence<static_cast<std::size_t>(n)>>::type;

}  // namespace wmanifold
