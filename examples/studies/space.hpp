#pragma once

#include <wmanifold/core/real.hpp>

#include <array>
#include <span>
#include <string_view>

namespace demo {

/// The space of a study's contexts.
enum class Space { circle, interval, torus, sphere, square };

/// The coordinates of a context as in the library's topologies: an angle in radians, a number in [0, 1], two of either,
/// a unit vector. The remaining coordinates are zero.
using Context = std::array<double, 3>;

[[nodiscard]] std::string_view name_of(Space space);
[[nodiscard]] wmanifold::Index coordinates_of(Space space);

/// Returns the number of features that describe a context to other networks: cosine and sine of an angle, numbers from
/// -1 to 1.
[[nodiscard]] wmanifold::Index features_of(Space space);
/// Writes the features.
void write_features(Space space, Context const& context, std::span<float> to);

/// Return the distance of two contexts, and the context at a share `part` of the shortest way: the first at 0, the
/// other at 1.
[[nodiscard]] double distance(Space space, Context const& a, Context const& b);
[[nodiscard]] Context between(Space space, Context const& from, Context const& to, double part);

/// Returns K of the manifold of order 1, to which others are made equal: ellipse, line, all products of two of either,
/// harmonics.
[[nodiscard]] wmanifold::Index first_order_rows(Space space);

}  // namespace demo
