#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/topology/geodesic.hpp>

#include <algorithm>

namespace wmanifold {

/// Returns the derivatives of a basis along the frame of its topology at s, K x dimension: entry (k, d) is the slope of
/// phi_k along vector d of tangent_frame(s).
template <DifferentiableBasis B>
requires SmoothTopology<typename B::Topology>
[[nodiscard]] SmallMatrix frame_derivatives(B const& basis, Point<typename B::Topology> const& s) {
  using Space = typename B::Topology;
  constexpr auto width = static_cast<std::size_t>(Space::coordinates);
  LocalArray<double, static_cast<std::size_t>(B::size) * width> rows{};
  basis.derivatives(s, rows);
  auto const frame = tangent_frame(s);
  return SmallMatrix::NullaryExpr(B::size, Space::dimension, [&](Index k, Index d) {
    Coordinates<Space> row{};
    std::copy_n(rows.begin() + k * static_cast<Index>(width), width, row.begin());
    return detail::dot(row, frame[static_cast<std::size_t>(d)]);
  });
}

}  // namespace wmanifold
