#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/half.hpp>

namespace support {

/// Numbers rounded to 16 bits: as they are stored, and as the kernels of R read them.
template <wmanifold::HalfNumber S, wmanifold::Real R>
struct Rounded {
  wmanifold::AlignedVector<S> stored;
  wmanifold::AlignedVector<R> numbers;

  Rounded(R const* from, wmanifold::Index count) {
    for (wmanifold::Index n = 0; n < count; ++n) {
      stored.push_back(S(from[n]));
      numbers.push_back(wmanifold::number_as<R>(stored.back()));
    }
  }
};

}  // namespace support
