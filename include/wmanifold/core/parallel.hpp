#pragma once

#include <wmanifold/core/real.hpp>

#include <algorithm>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace wmanifold {

/// Below this many multiply-adds a loop stays on its thread: starting a team costs more than it saves.
inline constexpr Index parallel_threshold = Index{1} << 21;

/// Into how many pieces parallel_ranges cuts at most: what each needs of its own is sized by this.
template <class T>
[[nodiscard]] Index most_pieces() noexcept {
#ifdef _OPENMP
  if constexpr (T::threads) {
    return std::max(1, omp_get_max_threads());
  }
#endif
  return 1;
}

/// Calls `body(begin, end, piece)` on pieces of [0, count), on several threads when `work` multiply-adds are worth
/// it, the target has OpenMP, and no outer loop is parallel already. At most as many as OpenMP is set to. GCC's OpenMP
/// keeps its threads for the next loop, and a process that forks after one has a child without them: a parallel loop
/// of the child never ends. With omp_set_num_threads(1) in the child it ends (docs/building.md).
template <class T, class Body>
void parallel_ranges(Index count, Index work, Body const& body) {
#ifdef _OPENMP
  if constexpr (T::threads) {
    Index const pieces = std::min({count, work / parallel_threshold + 1, most_pieces<T>()});
    if (pieces > 1 && omp_in_parallel() == 0) {
#pragma omp parallel for num_threads(static_cast <int>(pieces)) schedule(static, 1)
      for (Index piece = 0; piece < pieces; ++piece) {
        body(count * piece / pieces, count * (piece + 1) / pieces, piece);
      }
      return;
    }
  }
#endif
  static_cast<void>(work);
  body(Index{0}, count, Index{0});
}

}  // namespace wmanifold
