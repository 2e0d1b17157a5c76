#pragma once

#include "micro.hpp"

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/topology/sampling.hpp>

/// The manifold that several programs measure, its batches, and the sweeps over them.
namespace micro {

/// A network width-width-width-10 over the contexts of a basis. Its sizes are data, so all widths are one type.
template <wm::Real R, class Basis>
using Model = wm::BasicManifold<R, Basis, wm::Dense<>, wm::Relu, wm::Dense<>, wm::Relu, wm::Dense<>>;
inline constexpr wm::Index outputs = 10;

/// K = 2 order + 1.
template <int order>
using Circle = wm::Fourier<wm::S1, order>;

template <wm::Real R, class Basis>
[[nodiscard]] Model<R, Basis> model_of(wm::Index width) {
  return Model<R, Basis>(wm::he_normal.spread(0.3), wm::Seed{1}, Basis{}, wm::Dense<>(width, width), {},
                         wm::Dense<>(width, width), {}, wm::Dense<>(width, outputs));
}

/// Samples, their targets, and contexts that groups of `each` samples share.
template <wm::Real R, class Space>
struct Batch {
  wm::Random random{wm::Seed{2}};
  wm::Matrix<R> inputs;
  wm::Matrix<R> targets;
  wm::Contexts<Space> contexts;

  Batch(wm::Index samples, wm::Index width, wm::Index each)
      : inputs(normal_batch<R>(samples, width, random)),
        targets(normal_batch<R>(samples, outputs, random)),
        contexts(each == 1 ? wm::Contexts<Space>(wm::uniform_points<Space>(samples, random))
                           : wm::Contexts<Space>::grouped(wm::uniform_points<Space>(samples / each, random), each)) {}
};

/// The multiply-adds of a batch's passes. Per sample there are K products; by groups one product, K multiply-adds for
/// each weight and group to form W(s), and as many to scatter its gradient.
struct PassWork {
  double forward = 0;
  double backward = 0;  ///< gradients of the parameters, and of the inputs of all layers but the first
};
template <class M>
[[nodiscard]] PassWork work_of(M const& model, wm::Contexts<typename M::Topology> const& contexts) {
  auto const all = static_cast<double>(wm::multiply_adds_of(model.stack()));
  auto const first = static_cast<double>(model.stack().dense(0).weights());
  auto const plan = model.plan(contexts);
  auto const samples = static_cast<double>(plan.samples);
  auto const rows = static_cast<double>(plan.rows);
  double const each =
      plan.mixing == wm::Mixing::per_sample ? rows * samples : samples + rows * static_cast<double>(plan.groups);
  return {each * all, each * (2 * all - first)};
}

/// Gives a benchmark of batches its arguments: width, batch, and samples that share a context. `is_whole`: each of them
/// varies while the others stay, else only the last, between a context per sample and shared ones.
inline void sweep_batches(benchmark::internal::Benchmark* of, bool is_whole) {
  of->ArgNames({"width", "batch", "each"})->ArgsProduct({{64}, {256}, {1, 32}});
  if (is_whole) {
    of->ArgsProduct({{64}, {256}, {4, 8, 16, 64, 256}});
    of->ArgsProduct({{16, 32, 128, 256, 512}, {256}, {1, 32}});
    of->ArgsProduct({{64}, {32, 64, 128, 512, 1024}, {1, 32}});
  }
}

}  // namespace micro
