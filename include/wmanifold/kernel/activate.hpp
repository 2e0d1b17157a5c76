#pragma once

#include <wmanifold/core/simd.hpp>

#include <algorithm>
#include <array>

namespace wmanifold::kernel {

/// values[n] = f(values[n]); where `derivatives` is not null it receives f'. `function(x)` returns {f, f'} and
/// takes a number or a batch of numbers.
template <class T, Real R, class Function>
void activate(Function const& function, Index count, R* values, R* derivatives) {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  auto const one = [&](R* value, R* derivative) {
    auto const [f, df] = function(V::load_unaligned(value));
    f.store_unaligned(value);
    if (derivative != nullptr) {
      df.store_unaligned(derivative);
    }
  };
  Index n = 0;
  for (; n + lanes <= count; n += lanes) {
    one(values + n, derivatives == nullptr ? nullptr : derivatives + n);
  }
  if (n < count) {  // the rest goes through the same arithmetic, so that a value never depends on its place
    std::array<R, lanes> value{};
    std::array<R, lanes> derivative{};
    std::copy(values + n, values + count, value.begin());
    one(value.data(), derivative.data());
    std::copy_n(value.begin(), count - n, values + n);
    if (derivatives != nullptr) {
      std::copy_n(derivative.begin(), count - n, derivatives + n);
    }
  }
}

}  // namespace wmanifold::kernel
