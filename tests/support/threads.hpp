#pragma once

#ifdef _OPENMP
#include <omp.h>
#endif

namespace support {

/// Limits the threads of OpenMP until the end of the scope.
class Threads {
 public:
  explicit Threads([[maybe_unused]] int count) {
#ifdef _OPENMP
    before_ = omp_get_max_threads();
    omp_set_num_threads(count);
#endif
  }
  Threads(Threads const&) = delete;
  Threads& operator=(Threads const&) = delete;
  ~Threads() {
#ifdef _OPENMP
    omp_set_num_threads(before_);
#endif
  }

#ifdef _OPENMP
 private:
  int before_;
#endif
};

}  // namespace support
