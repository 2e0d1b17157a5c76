#pragma once

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace demo {

/// Calls body(n) for n = 0, ..., count - 1, `threads` calls at a time, begun in this order. Each call runs on one
/// thread, including its OpenMP loops. After an exception no further call begins, and the exception is rethrown here.
template <class Body>
void side_by_side(std::size_t count, unsigned threads, Body const& body) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr trouble;
  std::mutex mutex;
  auto const work = [&] {
#ifdef _OPENMP
    omp_set_num_threads(1);  // for this worker: the calls themselves run side by side
#endif
    for (std::size_t n = next++; n < count; n = next++) {
      try {
        body(n);
      } catch (...) {
        std::scoped_lock const lock(mutex);
        trouble = std::current_exception();
        next = count;
      }
    }
  };
  {
    std::vector<std::jthread> workers;
    for (std::size_t t = 0; t < std::min<std::size_t>(threads, count); ++t) {
      workers.emplace_back(work);
    }
  }
  if (trouble) {
    std::rethrow_exception(trouble);
  }
}

}  // namespace demo
