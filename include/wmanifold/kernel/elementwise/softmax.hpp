#pragma once

#include <wmanifold/core/simd.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace wmanifold::kernel {

/// Returns the cross-entropy of the softmax of `count` logits against a class, -log softmax(logits)[label]. `slope`,
/// where not null, receives its derivative in the logits: softmax(logits) - e_label. The cost is one exponential per
/// logit.
template <class T, Real R>
[[nodiscard]] R softmax_cross_entropy(Index count, R const* logits, Index label, R* slope) noexcept {
  using V = simd::Batch<T, R>;
  constexpr Index lanes = simd::lanes<T, R>;
  R const top = *std::max_element(logits, logits + count);
  LocalArray<R, static_cast<std::size_t>(lanes)> part;
  auto const exponential = [&](R const* x) {
    using simd::exp;
    V const e = exp(V::load_unaligned(x) - V(top));
    e.store_unaligned(part.data());
    return e;
  };
  V sums(R{0});
  for (Index o = 0; o < count; o += lanes) {
    Index const some = std::min(lanes, count - o);
    if (some == lanes) {
      sums += exponential(logits + o);
    } else {
      LocalArray<R, static_cast<std::size_t>(lanes)> rest;
      rest.fill(-std::numeric_limits<R>::infinity());  // its exponential is 0
      std::copy_n(logits + o, some, rest.begin());
      sums += exponential(rest.data());
    }
    if (slope != nullptr) {
      std::copy_n(part.begin(), some, slope + o);
    }
  }
  sums.store_unaligned(part.data());
  R sum = 0;
  for (R const s : part) {
    sum += s;
  }
  if (slope != nullptr) {
    R const share = R{1} / sum;
    for (Index o = 0; o < count; ++o) {
      slope[o] *= share;
    }
    slope[label] -= R{1};
  }
  return top - logits[label] + std::log(sum);
}

}  // namespace wmanifold::kernel
