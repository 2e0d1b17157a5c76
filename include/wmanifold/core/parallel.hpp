#pragma once

#include <wmanifold/core/real.hpp>

#include <algorithm>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace wmanifold {

/// The number of multiply-adds below which a loop stays on its thread: starting a team costs more than it saves.
inline constexpr Index parallel_threshold = Index{1} << 21;

/// Returns the largest number of pieces that parallel_ranges cuts a loop into. It is the size of arrays with one entry
/// per piece.
template <class T>
[[nodiscard]] Index most_pieces() noexcept {
#ifdef _OPENMP
  if constexpr (T::threads) {
    return std::max(1, omp_get_max_threads());
  }
#endif
  return 1;
}

#ifdef _OPENMP
namespace detail {

/// Calls `body(begin, end, piece)` on pieces of [0, count), each in a thread. It is out of line: Clang calls OpenMP at
/// the start of a function with a parallel loop, and its first call allocates.
template <class T, class Body>
[[gnu::noinline]] void pieces_in_threads(Index count, Index pieces, Body const& body) {
#pragma omp parallel for num_threads(static_cast <int>(pieces)) schedule(static, 1)
  for (Index piece = 0; piece < pieces; ++piece) {
    body(count * piece / pieces, count * (piece + 1) / pieces, piece);
  }
}

}  // namespace detail
#endif

/// Calls `body(begin, end, piece)` on pieces of [0, count). It uses several threads if `work` multiply-adds are worth
/// it, the target has OpenMP, and no outer loop is parallel. It uses at most as many threads as OpenMP is set to. It
/// calls OpenMP only for that much work.
///
/// GCC's OpenMP keeps its threads for the next loop. A process that forks after a parallel loop has a child without
/// these threads, and a parallel loop of the child never ends. After omp_set_num_threads(1) in the child it does end
/// (docs/building.md).
template <class T, class Body>
void parallel_ranges(Index count, Index work, Body const& body) {
#ifdef _OPENMP
  if constexpr (T::threads) {
    if (count > 1 && work >= parallel_threshold) {
      Index const pieces = std::min({count, work / parallel_threshold + 1, most_pieces<T>()});
      if (pieces > 1 && omp_in_parallel() == 0) {
        detail::pieces_in_threads<T>(count, pieces, body);
        return;
      }
    }
  }
#endif
  static_cast<void>(work);
  body(Index{0}, count, Index{0});
}

}  // namespace wmanifold
