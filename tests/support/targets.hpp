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

/// The types of a TEST_CASE_TEMPLATE over targets and numbers. Under sanitizers, which take three times as long, each
/// target and each type of numbers occurs once.
#ifdef __has_feature
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define EVERY_TARGET support::HostFloat, support::ScalarDouble
#endif
#endif
#ifndef EVERY_TARGET
#define EVERY_TARGET support::HostFloat, support::HostDouble, support::ScalarFloat, support::ScalarDouble
#endif
