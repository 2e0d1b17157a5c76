#pragma once

#include <wmanifold/core/simd.hpp>

namespace support {

/// What a kernel is tested for: a target and a kind of numbers.
template <class Target, wmanifold::Real R>
struct On {
  using T = Target;
  using Number = R;
};

using HostFloat = On<wmanifold::HostTarget, float>;
using HostDouble = On<wmanifold::HostTarget, double>;

/// Without vectors and threads, whatever the compiler's flags allow.
using ScalarTarget = wmanifold::Target<wmanifold::Scalar, false>;
using ScalarFloat = On<ScalarTarget, float>;
using ScalarDouble = On<ScalarTarget, double>;

}  // namespace support
