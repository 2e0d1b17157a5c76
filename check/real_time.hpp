#pragma once

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/deploy/flush_denormals.hpp>
#include <wmanifold/deploy/latest.hpp>
#include <wmanifold/deploy/walker.hpp>
#include <wmanifold/manifold/manifold.hpp>

#include <array>
#include <limits>
#include <memory>
#include <mutex>
#include <vector>

#include "machine.hpp"
#include "report.hpp"
#include "traps.hpp"

/// Functions that are marked "Real time", under traps for allocations, releases and locks.
namespace check {

namespace wm = wmanifold;

#ifdef WITHOUT_TRAPS

inline void check_real_time(Report& report) {
  report.section("Functions for real time");
  report.left_out("traps", text("the %s sanitizer owns the heap", sanitizer()).c_str());
}

#else

/// Prints the counts of an action, which must have none.
template <class Action>
void check_nothing(Report& report, char const* name, Action const& action) {
  support::Calls const calls = support::calls_of(action);
  report.result(text("%-46s %11d %8d %5d", name, calls.allocations, calls.releases, calls.locks),
                calls.allocations == 0 && calls.releases == 0 && calls.locks == 0);
}

inline void check_real_time(Report& report) {
  using Model = wm::BasicManifold<float, wm::Bernstein<wm::Interval, 2>, wm::Dense<8, 16>, wm::Tanh, wm::Dense<16, 1>>;
  report.section("Functions for real time: calls to the system (allowed: none)");
  report.headings(text("%-46s %11s %8s %5s", "", "allocations", "releases", "locks"));
  auto const model = std::make_shared<Model>(wm::he_normal.spread(1), wm::Seed{1});
  auto const other = std::make_shared<Model>(wm::he_normal.spread(1), wm::Seed{2});
  auto const s = wm::Interval::at(0.3);
  std::vector<float> const x(39, 1.0F);
  std::vector<float> y(32);
  std::span<float const> const first(x.data(), 8);
  std::span<float> const one(y.data(), 1);

  wm::Walker<Model> walker(model, s, {.speed = 2e-3, .every = 24});
  check_nothing(report, "walker, 1000 blocks of 32 samples", [&] {
    for (int block = 0; block < 1000; ++block) {
      walker.set_target(wm::Interval::at(block / 100 % 2 == 0 ? 0.9 : 0.1));
      walker.process(x, 1, y);
    }
  });
  walker.set_model(other);
  check_nothing(report, "walker, after a change of its model", [&] { walker.process(x, 1, y); });
  auto network = model->at(s);
  check_nothing(report, "network at a point, one sample and a block", [&] {
    network(first, one);
    network.process(x, 1, y);
  });
  check_nothing(report, "at(point, network), into an existing network",
                [&] { model->at(wm::Interval::at(0.7), network); });
  check_nothing(report, "model(point, x, y)", [&] { (*model)(s, first, one); });
  wm::Latest<wm::Point<wm::Interval>> latest(s);
  check_nothing(report, "Latest, put and take", [&] {
    latest.put(wm::Interval::at(0.7));
    latest.take();
  });

  // The traps themselves, so that "none" says something.
  void* volatile memory = nullptr;
  support::Calls const calls = support::calls_of([&] {
    memory = ::operator new(3);
    ::operator delete(memory);
    std::mutex mutex;
    std::scoped_lock const lock(mutex);
  });
#ifdef __GLIBC__
  bool const all = calls.allocations == 1 && calls.releases == 1 && calls.locks == 1;
  char const* const name = "the traps themselves, one of each";
#else
  bool const all = calls.allocations == 1 && calls.releases == 1;
  char const* const name = "the traps (malloc and locks: glibc only)";
#endif
  report.result(text("%-46s %11d %8d %5d", name, calls.allocations, calls.releases, calls.locks), all);
}

#endif

/// Checks that numbers too small to be normal become zero during the guard, and only then.
template <class Flush>
void check_denormals(Report& report) {
  if constexpr (!Flush::does) {
    report.left_out("denormals", "FlushDenormals does not know this processor");
  } else {
    float const volatile smallest = std::numeric_limits<float>::min();
    float during = 1;
    {
      Flush const guard;
      float const volatile half = smallest * 0.5F;
      during = half;
    }
    float const volatile after = smallest * 0.5F;
    report.result("FlushDenormals flushes during its life, and not afterwards", during == 0 && after > 0);
  }
}

}  // namespace check
