#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/manifold/stored.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <check/traps.hpp>
#include <support/batches.hpp>

#ifndef WITHOUT_TRAPS

namespace wm = wmanifold;
using support::allocations_of;
using wm::Dense;
using wm::Index;

namespace {

using Fixed = wm::BasicManifold<float, wm::Ellipse, Dense<20, 30>, wm::Relu, Dense<30, 5>>;
using Listed = wm::BasicManifold<float, wm::Ellipse, wm::LayerList>;
using Large = wm::BasicManifold<float, wm::Ellipse, Dense<200, 200>, wm::Relu, Dense<200, 5>>;

Listed listed() { return {wm::he_normal, wm::Seed{1}, {}, wm::LayerList({20, 30, 5}, {"relu", "identity"})}; }

template <class Model, class L, class Targets>
void check_steps(Model model, L const& loss, Targets const& targets, wm::FlowOptions options) {
  Index const samples = 24;
  auto const inputs = support::matrix<float>(samples, 20, 1);
  wm::Random random(wm::Seed{2});
  wm::Contexts<wm::S1> const single(wm::uniform_points<wm::S1>(samples, random));
  auto const grouped = wm::Contexts<wm::S1>::grouped(wm::uniform_points<wm::S1>(3, random), 8);
  wm::GradientFlow flow(model, loss, options);
  CHECK(allocations_of([&] {
          flow.step(inputs, single, targets);
          flow.step(inputs, grouped, targets);
        }) > 0);
  CHECK(allocations_of([&] { flow.step(inputs, single, targets); }) == 0);
  CHECK(allocations_of([&] { flow.step(inputs, grouped, targets); }) == 0);
}

}  // namespace

TEST_CASE("allocations are counted, plain ones and aligned ones") {
  // Calls the functions directly, as a compiler may leave out new-expressions.
  CHECK(allocations_of([] { ::operator delete(::operator new(3)); }) == 1);
  CHECK(allocations_of([] { ::operator delete (::operator new (3, std::align_val_t{64}), std::align_val_t{64}); }) ==
        1);
}

TEST_CASE("the network at a context is mixed without allocation if it lies in the object, or exists already") {
  auto const s = wm::S1::degrees(37);
  Fixed const fixed(wm::he_normal, wm::Seed{1});
  static_assert(noexcept(fixed.at(s)));
  CHECK(allocations_of([&] { (void)fixed.at(s); }) == 0);
  auto network = fixed.at(s);
  static_assert(noexcept(fixed.at(s, network)));
  CHECK(allocations_of([&] { fixed.at(s, network); }) == 0);

  Large const large(wm::he_normal, wm::Seed{1});
  static_assert(!noexcept(large.at(s)));
  CHECK(allocations_of([&] { (void)large.at(s); }) == 1);
  auto on_heap = large.at(s);
  static_assert(noexcept(large.at(s, on_heap)));
  CHECK(allocations_of([&] { large.at(s, on_heap); }) == 0);

  auto const model = listed();
  static_assert(!noexcept(model.at(s)));
  auto run_time = model.at(s);
  CHECK(allocations_of([&] { model.at(s, run_time); }) == 0);
}

TEST_CASE("a network runs without allocation") {
  auto const network = Fixed(wm::he_normal, wm::Seed{1}).at(wm::S1::degrees(37));
  auto const run_time = listed().at(wm::S1::degrees(37));
  std::vector<float> const x(20, 1.0F);
  std::vector<float> y(5);
  std::vector<float> scratch(static_cast<std::size_t>(run_time.scratch_size()));
  CHECK(allocations_of([&] { network(x, y); }) == 0);
  CHECK(allocations_of([&] { run_time(x, y, scratch); }) == 0);
}

TEST_CASE("passes allocate nothing once the workspace has their size") {
  Fixed const model(wm::he_normal, wm::Seed{1});
  wm::Random random(wm::Seed{2});
  wm::Contexts<wm::S1> const contexts(wm::uniform_points<wm::S1>(24, random));
  auto const inputs = support::matrix<float>(24, 20, 1);
  auto const slopes = support::matrix<float>(24, 5, 2);
  wm::Parameters<float> gradient(3, model.parameters().columns());
  wm::Workspace<float> work;
  auto const there_and_back = [&] {
    model.predict(inputs, contexts, work);
    model.forward(inputs, contexts, work);
    model.backward(inputs, contexts, slopes, work, gradient, {.inputs = true, .contexts = true});
  };
  CHECK(allocations_of(there_and_back) > 0);
  CHECK(allocations_of(there_and_back) == 0);
}

TEST_CASE("a step allocates nothing after the first") {
  auto const targets = support::matrix<float>(24, 5, 3);
  auto const labels = support::labels(24, 5, 3);
  Fixed const fixed(wm::he_normal.spread(0.1), wm::Seed{1});
  check_steps(fixed, wm::MeanSquaredError{}, targets, {.rate = 0.01, .momentum = 0.9});
  check_steps(fixed, wm::CrossEntropy{}, labels, {.movement = 0.01, .momentum = 0.9});
  check_steps(listed(), wm::CrossEntropy{}, labels, {.rate = 0.01});
  Fixed half_frozen = fixed;
  half_frozen.freeze(0);
  check_steps(half_frozen, wm::CrossEntropy{}, labels, {.rate = 0.01, .geometry = wm::Geometry::euclidean});
}

TEST_CASE("a stored model allocates nothing for a sample, nor for the network at a context if it exists already") {
  using Model = wm::Manifold<wm::CatmullRom<wm::S1, 8>, Dense<20, 30>, wm::Relu, Dense<30, 5>>;
  auto const stored = wm::stored_as<wm::Float16>(Model(wm::he_normal, wm::Seed{1}));
  auto const s = wm::S1::degrees(37);
  static_assert(noexcept(stored.at(s)));
  std::vector<float> const x(20, 1.0F);
  std::vector<float> y(5), scratch(static_cast<std::size_t>(stored.scratch_size()));
  CHECK(allocations_of([&] { stored(s, x, y); }) == 0);
  CHECK(allocations_of([&] { stored(s, x, y, scratch); }) == 0);
  CHECK(allocations_of([&] { static_cast<void>(stored.at(s)); }) == 0);
  auto const at_run_time = wm::stored_as<wm::BFloat16>(listed());
  auto network = at_run_time.at(s);
  std::vector<float> more(static_cast<std::size_t>(at_run_time.scratch_size()));
  CHECK(allocations_of([&] { at_run_time.at(s, network); }) == 0);
  CHECK(allocations_of([&] { at_run_time(s, x, y, more); }) == 0);
}

#endif
