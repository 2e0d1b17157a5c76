#include "data.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <iterator>
#include <mutex>
#include <thread>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace demo {
namespace {

double tone_of(Setting const& setting) { return setting.tone; }

}  // namespace

std::vector<float> late(std::vector<float> y) {
  std::size_t const size = y.size();
  y.insert(y.begin(), latency, 0.0F);
  y.resize(size);
  return y;
}

Recordings record(std::vector<float> x, std::vector<Setting> const& settings, unsigned threads) {
  Recordings all{std::move(x), {}, std::vector<Recordings::Take>(settings.size())};
  all.padded = with_silence(all.x);
  // Settings of one drive follow each other, and share the work up to the filter.
  std::vector<std::size_t> begins;
  for (std::size_t i = 0; i < settings.size(); ++i) {
    if (i == 0 || settings[i].drive != settings[i - 1].drive) {
      begins.push_back(i);
    }
  }
  side_by_side(begins.size(), threads, [&](std::size_t g) {
    std::size_t const begin = begins[g];
    std::size_t const end = g + 1 < begins.size() ? begins[g + 1] : settings.size();
    std::vector<double> tones;
    std::transform(settings.data() + begin, settings.data() + end, std::back_inserter(tones), &tone_of);
    auto outputs = simulate(all.x, settings[begin].drive, tones);
    for (std::size_t i = begin; i < end; ++i) {
      Recordings::Take& take = all.takes[i];
      take = {settings[i], late(std::move(outputs[i - begin])), 0};
      for (float const y : take.y) {
        take.power += static_cast<double>(y) * static_cast<double>(y) / static_cast<double>(take.y.size());
      }
    }
  });
  return all;
}

std::vector<Setting> grid(int count) {
  std::vector<Setting> all;
  for (int i = 0; i < count; ++i) {
    for (int j = 0; j < count; ++j) {
      all.push_back({static_cast<double>(i) / (count - 1), static_cast<double>(j) / (count - 1)});
    }
  }
  return all;
}

std::vector<Setting> middles(int count) {
  std::vector<Setting> all;
  for (int i = 0; i + 1 < count; ++i) {
    for (int j = 0; j + 1 < count; ++j) {
      all.push_back({(i + 0.5) / (count - 1), (j + 0.5) / (count - 1)});
    }
  }
  return all;
}

void side_by_side(std::size_t count, unsigned threads, std::function<void(std::size_t)> const& body) {
  std::atomic<std::size_t> next = 0;
  std::exception_ptr trouble;
  std::mutex mutex;
  {
    std::vector<std::jthread> workers;
    for (unsigned t = 0; t < std::min<std::size_t>(threads, count); ++t) {
      workers.emplace_back([&] {
#ifdef _OPENMP
        omp_set_num_threads(1);  // for this worker
#endif
        for (std::size_t i = next++; i < count; i = next++) {
          try {
            body(i);
          } catch (...) {
            std::scoped_lock const lock(mutex);
            trouble = std::current_exception();
            next = count;
          }
        }
      });
    }
  }
  if (trouble) {
    std::rethrow_exception(trouble);
  }
}

}  // namespace demo
