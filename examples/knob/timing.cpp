#include "timing.hpp"

#include <wmanifold/deploy/flush_denormals.hpp>

#include <algorithm>
#include <chrono>

namespace demo {
namespace {

template <class Work>
double seconds_of(Work const& work) {
  auto const start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Duration of(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

/// Makes the compiler treat all of it as read.
template <class T>
void keep(T const& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

}  // namespace

BlockTimes time_blocks(Manifold const& model, int block, int turns) {
  auto const shared = std::make_shared<Manifold const>(model);
  std::array<KnobPoint, 2> const ends{point_of({0.2, 0.3}), point_of({0.8, 0.7})};
  wm::WalkerOptions const options{.speed = 1, .every = block};
  wm::Walker<Manifold> resting(shared, ends[0], options);
  wm::Walker<Manifold> moving(shared, ends[0], options);
  wm::Random random(wm::Seed{1});
  std::vector<float> x(static_cast<std::size_t>(block + window - 1));
  std::generate(x.begin(), x.end(), [&] { return static_cast<float>(0.2 * random.normal()); });
  std::vector<float> y(static_cast<std::size_t>(block));
  Network network = shared->at(ends[0]);
  std::span<float const> const sample = std::span(x).first(static_cast<std::size_t>(window));

  wm::FlushDenormals const guard;
  constexpr int repeats = 16;  // within one reading of the clock, for work of less than a microsecond
  std::array<std::vector<double>, 4> times;
  for (int turn = 0; turn < turns; ++turn) {
    times[0].push_back(seconds_of([&] { resting.process(x, 1, y); }));
    keep(y);
    times[1].push_back(seconds_of([&] {
      moving.set_target(ends[static_cast<std::size_t>(turn) % 2]);
      moving.process(x, 1, y);
    }));
    keep(y);
    times[2].push_back(seconds_of([&] {
                         for (int i = 0; i < repeats; ++i) {
                           shared->at(ends[static_cast<std::size_t>(i) % 2], network);
                           keep(network);
                         }
                       }) /
                       repeats);
    times[3].push_back(seconds_of([&] {
                         for (int i = 0; i < repeats; ++i) {
                           network(sample, std::span(y).first(1));
                           keep(y);
                         }
                       }) /
                       repeats);
  }
  return {block, of(times[0]), of(times[1]), of(times[2]).median, of(times[3]).median};
}

}  // namespace demo
