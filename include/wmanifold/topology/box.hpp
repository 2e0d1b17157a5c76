#pragma once

#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/product.hpp>

namespace wmanifold {

/// The box [0, 1]^n: n knobs, the product of n intervals. exp clamps each coordinate separately.
template <int n>
using Box = typename detail::Power<Interval, std::make_index_sequence<static_cast<std::size_t>(n)>>::type;

}  // namespace wmanifold
