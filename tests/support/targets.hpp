#pragma once

#include <wmanifold/core/simd.hpp>

namespace support {

/// The parameters of a kernel's test: a target and a kind of numbers.
template <class Target, wmanifold::Real R>
struct On {
  using T = Target;
  using Number = R;
};

using HostFloat = On<wmanifold::HostTarget, float>;
using HostDouble = On<wmanifold::HostTarget, double>;

/// A target without vectors and threads, for all compiler flags.
using ScalarTarget = wmanifold::Target<wmanifold::Scalar, false>;
using ScalarFloat = On<ScalarTarget, float>;
using ScalarDouble = On<ScalarTarget, double>;

}  // namespace support
