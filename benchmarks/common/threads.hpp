#pragma once

#include <wmanifold/core/parallel.hpp>

namespace bench {

/// Limits all users of OpenMP in this process to this many threads.
inline void use_threads([[maybe_unused]] int count) {
#ifdef _OPENMP
  omp_set_num_threads(count);
#endif
}

/// Returns the number of processors that OpenMP may use, or 1 without OpenMP.
[[nodiscard]] inline int processors() {
#ifdef _OPENMP
  return omp_get_num_procs();
#else
  return 1;
#endif
}

}  // namespace bench
