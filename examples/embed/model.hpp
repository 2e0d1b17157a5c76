#pragma once

#include <wmanifold/wmanifold.hpp>

/// Turns a vector of the plane by the angle that is its context.
using Turning = wmanifold::Manifold<wmanifold::Ellipse, wmanifold::Dense<2, 16>, wmanifold::Tanh, wmanifold::Dense<16, 2>>;
