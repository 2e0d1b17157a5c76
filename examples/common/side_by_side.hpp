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

/// Calls body(n) for n = 0, ..., count - 1, `threads` of them at a time, begun in this order; each runs on one thread,
/// what it computes with OpenMP too. After an exception nothing more is begun, and it is rethrown here.
template <class Body>
void side_by_side(std::size_t count, unsigned threads, Body const& body) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr trouble;
  std::mutex mutex;
  auto const work = [&] {
#ifdef _OPENMP
    omp_set_num_threads(1);  // of this worker: the calls themselves are what goes side by side
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
