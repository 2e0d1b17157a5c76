#pragma once

#include <wmanifold/core/real.hpp>

#include <array>
#include <span>
#include <string_view>

namespace demo {

/// The space that the contexts of a study come from.
enum class Space { circle, interval, torus, sphere, square };

/// The coordinates of a context, as the library's topologies have them: an angle in radians, a number in [0, 1], two of
/// either, a unit vector. Those that a space does not have are zero.
using Context = std::array<double, 3>;

[[nodiscard]] std::string_view name_of(Space space);
[[nodiscard]] wmanifold::Index coordinates_of(Space space);

/// How many numbers tell a network without a manifold its context: cosine and sine of an angle, numbers from -1 to 1.
[[nodiscard]] wmanifold::Index features_of(Space space);
/// Writes them.
void write_features(Space space, Context const& context, std::span<float> to);

/// How far two contexts are from each other, and the one that is so large a part of the shortest way from one to the
/// other: the first at 0, the other at 1.
[[nodiscard]] double distance(Space space, Context const& a, Context const& b);
[[nodiscard]] Context between(Space space, Context const& from, Context const& to, double part);

/// K of the manifold of order 1, to which others are made equal: ellipse, line, all products of two of either,
/// harmonics.
[[nodiscard]] wmanifold::Index first_order_rows(Space space);

}  // namespace demo
