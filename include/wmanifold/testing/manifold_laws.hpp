#pragma once

#include <wmanifold/functional/loss_functional.hpp>
#include <wmanifold/manifold/lift.hpp>
#include <wmanifold/testing/probes.hpp>
#include <wmanifold/testing/report.hpp>

#include <cmath>

namespace wmanifold::testing {

/// A model, a loss and a batch, to check the model's laws on. Refers to all but the contexts.
template <class Model, class L>
requires Loss<L, typename Model::Scalar>
struct Trial {
  using R = typename Model::Scalar;                 ///< type of the numbers
  using Space = typename Model::Topology;           ///< space of contexts
  using Targets = typename L::template Targets<R>;  ///< targets of a batch

  Model const& model;               ///< checked model
  L const& loss;                    ///< its loss
  ConstMatrixRef<R> const& inputs;  ///< samples x inputs
  Targets const& targets;           ///< one per sample
  Contexts<Space> contexts;         ///< per sample, or shared by groups

  /// This trial at other contexts.
  [[nodiscard]] Trial with(Contexts<Space> other) const { return {model, loss, inputs, targets, std::move(other)}; }

  /// The results of one forward and backward pass, copied out of the workspace.
  struct Pass {
    double loss = 0;           ///< mean loss
    Matrix<R> outputs;         ///< samples x outputs
    Parameters<R> parameters;  ///< gradient of the parameters
    Matrix<R> inputs;          ///< gradient of the inputs
    Matrix<double> contexts;   ///< gradient of the contexts
  };
  /// Runs one forward and backward pass.
  [[nodiscard]] Pass pass() const {
    Pass result;
    result.parameters = model.parameters().zeros_like();
    Workspace<R> work;
    LossFunctional<L> const functional(loss);
    auto const gradient = functional.gradient(model, inputs, contexts, targets, work, result.parameters,
                                              {.inputs = true, .contexts = SmoothTopology<Space>});
    result.loss = gradient.value;
    result.inputs = gradient.views.inputs;
    result.contexts = gradient.views.contexts;
    result.outputs = model.predict(inputs, contexts, work);
    return result;
  }
};

/// The laws of weight manifolds, one function each.
namespace laws {

/// Allowed difference between two ways to compute values, relative to the largest of an array.
template <Real R>
inline constexpr double value_tolerance = std::same_as<R, double> ? 1e-12 : 1e-5;
/// Allowed difference between two ways to compute gradients, relative to the largest of an array.
template <Real R>
inline constexpr double gradient_tolerance = std::same_as<R, double> ? 1e-10 : 1e-4;

/// Step of central differences, a power of two.
template <Real R>
inline constexpr double difference_step = std::same_as<R, double> ? 0x1p-17 : 0x1p-7;
/// Allowed error of central differences.
template <Real R>
inline constexpr double difference_tolerance = std::same_as<R, double> ? 1e-7 : 1e-2;

/// max |ours - theirs| / max |theirs| over one array, with a lower bound `floor` on the denominator.
class ArrayError {
 public:
  /// Adds one number.
  void add(double ours, double theirs) noexcept {
    double const d = std::abs(ours - theirs);
    difference_ = is_nan(d) || d > difference_ ? d : difference_;  // NaN stays: no number compares greater
    size_ = std::max(size_, std::abs(theirs));
  }
  /// Adds all entries of a matrix.
  template <class A, class B>
  void add_all(A const& ours, B const& theirs) {
    for (Index i = 0; i < theirs.rows(); ++i) {
      for (Index j = 0; j < theirs.cols(); ++j) {
        add(static_cast<double>(ours(i, j)), static_cast<double>(theirs(i, j)));
      }
    }
  }
  /// Relative error so far.
  [[nodiscard]] double relative(double floor) const noexcept {
    return difference_ == 0 ? 0 : difference_ / std::max(size_, floor);
  }

 private:
  double difference_ = 0;
  double size_ = 0;
};

/// Calls body(i) for all i below `count`, or for 100 random ones if there are more.
template <class Body>
void for_some(Index count, Random& random, Body const& body) {
  constexpr Index most = 100;
  for (Index i = 0; i < std::min(count, most); ++i) {
    body(count <= most ? i : random.below(count));
  }
}

/// (f(x + h) - f(x - h)) / 2h in the number x, which is then restored.
template <Real R, class F>
[[nodiscard]] double central_difference(R& x, F const& f) {
  R const at = x;
  x = static_cast<R>(at + static_cast<R>(difference_step<R>));
  auto const above = static_cast<double>(x);
  double const f_above = f();
  x = static_cast<R>(at - static_cast<R>(difference_step<R>));
  auto const below = static_cast<double>(x);
  double const f_below = f();
  x = at;
  return (f_above - f_below) / (above - below);
}

/// The gradient of the mean loss in weights, biases and inputs equals central differences; that of frozen layers is
/// zero. With an activation that has a kink, random numbers keep a sufficient distance from it in double only.
template <class Model, class L>
void gradients_are_slopes(Trial<Model, L> const& trial, Random& random, Report& report) {
  using R = typename Model::Scalar;
  auto const ours = trial.pass();
  double const floor = 1e-3 * std::max(1.0, std::abs(ours.loss));
  LossFunctional<L> const functional(trial.loss);
  Workspace<R> work;

  Model moved = trial.model;
  auto const loss_of_moved = [&] { return functional.value(moved, trial.inputs, trial.contexts, trial.targets, work); };
  auto const hold = [&](std::string_view law, Index layer, std::span<R> numbers, std::span<R const> gradient,
                        ArrayError& error) {
    bool const frozen = trial.model.is_frozen(layer);
    for_some(static_cast<Index>(numbers.size()), random, [&](Index i) {
      auto const n = static_cast<std::size_t>(i);
      error.add(static_cast<double>(gradient[n]), frozen ? 0 : central_difference(numbers[n], loss_of_moved));
    });
    report.hold(law, error.relative(floor), difference_tolerance<R>, "layer", layer);
  };
  for (Index l = 0; l < moved.stack().depth(); ++l) {
    DenseLayout const& shape = moved.stack().dense(l);
    auto const part = [](auto numbers, Index first, Index count) {
      return numbers.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
    };
    ArrayError of_rows;
    for (Index k = 0; k < moved.basis_size() && shape.row_size() > 0; ++k) {
      hold("the gradient of rows is the slope of the loss", l,
           part(moved.parameters().row(k), shape.row_offset, shape.row_size()),
           part(std::as_const(ours.parameters).row(k), shape.row_offset, shape.row_size()), of_rows);
    }
    if (shape.shared_size() > 0) {
      ArrayError of_shared;
      hold("the gradient of what contexts share is the slope of the loss", l,
           part(moved.parameters().shared(), shape.shared_offset, shape.shared_size()),
           part(std::as_const(ours.parameters).shared(), shape.shared_offset, shape.shared_size()), of_shared);
    }
  }

  Matrix<R> inputs = trial.inputs;
  ArrayError error;
  for_some(inputs.size(), random, [&](Index i) {
    error.add(static_cast<double>(ours.inputs.data()[i]), central_difference(inputs.data()[i], [&] {
                return functional.value(trial.model, inputs, trial.contexts, trial.targets, work);
              }));
  });
  report.hold("the gradient of inputs is the slope of the loss", error.relative(floor), difference_tolerance<R>);
}

/// The gradient of the mean loss in contexts equals central differences along geodesics, summed over the samples that
/// share a context, and is tangent. Ends of a topology, where exp stops, are excluded.
template <class Model, class L>
requires SmoothTopology<typename Model::Topology>
void context_gradients_are_slopes(Trial<Model, L> const& trial, Report& report) {
  using R = typename Model::Scalar;
  using Space = typename Model::Topology;
  auto const ours = trial.pass();
  LossFunctional<L> const functional(trial.loss);
  Workspace<R> work;
  std::vector<Point<Space>> points(trial.contexts.points().begin(), trial.contexts.points().end());
  std::vector<Index> sizes;
  for (Index before = 0; Index const end : trial.contexts.ends()) {
    sizes.push_back(end - before);
    before = end;
  }
  auto const loss_at = [&](Point<Space>& place, Point<Space> const& p) {
    auto const at = std::exchange(place, p);
    auto const contexts = sizes.empty() ? Contexts<Space>(points) : Contexts<Space>::grouped(points, sizes);
    place = at;
    return functional.value(trial.model, trial.inputs, contexts, trial.targets, work);
  };
  ArrayError slope;
  ArrayError tangent;
  Index sample = 0;
  for (std::size_t g = 0; g < points.size(); ++g) {
    Coordinates<Space> gradient{};
    for (Index const end = sample + (sizes.empty() ? 1 : sizes[g]); sample < end; ++sample) {
      for (std::size_t c = 0; c < gradient.size(); ++c) {
        gradient[c] += ours.contexts(sample, static_cast<Index>(c));
      }
    }
    auto const p = points[g];
    auto const projected = Space::tangent(p, gradient);
    for (std::size_t c = 0; c < gradient.size(); ++c) {
      tangent.add(gradient[c], projected[c]);
    }
    for (auto const& e : tangent_frame(p)) {
      // Fourth order, as bases bend faster than losses: (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h.
      double const h = difference_step<R>;
      auto const at = [&](double step) { return Space::exp(p, scaled(step, e)); };
      if (std::abs(Space::distance(at(2 * h), at(-2 * h)) - 4 * h) < 1e-3 * h) {
        double const near = loss_at(points[g], at(h)) - loss_at(points[g], at(-h));
        double const far = loss_at(points[g], at(2 * h)) - loss_at(points[g], at(-2 * h));
        slope.add(dot(gradient, e), (8 * near - far) / (12 * h));
      }
    }
  }
  double const floor = 1e-3 * std::max(1.0, std::abs(ours.loss));
  report.hold("the gradient of contexts is the slope of the loss along geodesics", slope.relative(floor),
              difference_tolerance<R>);
  report.hold("the gradient of contexts is tangent", tangent.relative(floor), value_tolerance<R>);
}

/// The network at a context gives the rows of the batch. So does a sample through the model without forming a network,
/// if the model offers that. forward and predict give the same numbers.
template <class Model, class L>
void networks_equal_the_batch(Trial<Model, L> const& trial, Report& report) {
  using R = typename Model::Scalar;
  Workspace<R> work;
  Matrix<R> const batch = trial.model.predict(trial.inputs, trial.contexts, work);
  Matrix<R> const forward = trial.model.forward(trial.inputs, trial.contexts, work);
  report.hold_true("forward and predict give the same numbers", forward == batch);
  constexpr bool takes_samples = requires { trial.model.scratch_size(); };
  ArrayError error;
  ArrayError unformed;
  std::vector<R> y(static_cast<std::size_t>(trial.model.outputs()));
  auto const ends = trial.contexts.ends();
  Index sample = 0;
  for (std::size_t g = 0; g < trial.contexts.points().size(); ++g) {
    auto const& s = trial.contexts.points()[g];
    auto const network = trial.model.at(s);
    auto reused = trial.model.at(trial.contexts.points().back());
    trial.model.at(s, reused);
    report.hold_true("at(s) into a network that is there gives the same network", reused == network, s);
    std::vector<R> scratch(static_cast<std::size_t>(network.scratch_size()));
    for (Index const end = ends.empty() ? sample + 1 : ends[g]; sample < end; ++sample) {
      auto const row = trial.inputs.row(sample);
      std::span<R const> const x(row.data(), static_cast<std::size_t>(row.size()));
      auto const compare = [&](ArrayError& to) {
        for (Index o = 0; o < batch.cols(); ++o) {
          to.add(static_cast<double>(y[static_cast<std::size_t>(o)]), static_cast<double>(batch(sample, o)));
        }
      };
      network(x, y, scratch);
      compare(error);
      if constexpr (takes_samples) {
        scratch.resize(static_cast<std::size_t>(std::max(network.scratch_size(), trial.model.scratch_size())));
        trial.model(s, x, y, scratch);
        compare(unformed);
      }
    }
  }
  report.hold("the network at a context gives the batch's numbers", error.relative(0), value_tolerance<R>);
  if constexpr (takes_samples) {
    report.hold("a sample at a context gives the batch's numbers", unformed.relative(0), value_tolerance<R>);
  }
}

/// Shared contexts give the results of the same contexts written out for every sample. The trial's are grouped.
template <class Model, class L>
void groups_equal_single_contexts(Trial<Model, L> const& trial, Report& report) {
  using R = typename Model::Scalar;
  std::vector<Point<typename Model::Topology>> each;
  for (std::size_t g = 0; g < trial.contexts.points().size(); ++g) {
    each.resize(
        static_cast<std::size_t>(trial.contexts.per_sample() ? static_cast<Index>(g) + 1 : trial.contexts.ends()[g]),
        trial.contexts.points()[g]);
  }
  auto const grouped = trial.pass();
  auto const single = trial.with(each).pass();
  auto const hold = [&](char const* law, auto const& ours, auto const& theirs, double allowed) {
    ArrayError error;
    error.add_all(ours, theirs);
    report.hold(law, error.relative(0), allowed);
  };
  hold("shared contexts give the outputs of single ones", grouped.outputs, single.outputs, value_tolerance<R>);
  report.hold("shared contexts give the loss of single ones", std::abs(grouped.loss - single.loss),
              value_tolerance<R> * std::max(1.0, std::abs(single.loss)));
  hold("shared contexts give the gradient of parameters of single ones", grouped.parameters.matrix(),
       single.parameters.matrix(), gradient_tolerance<R>);
  hold("shared contexts give the gradient of inputs of single ones", grouped.inputs, single.inputs,
       gradient_tolerance<R>);
  hold("shared contexts give the gradient of contexts of single ones", grouped.contexts, single.contexts,
       gradient_tolerance<R>);
}

/// No result depends on the number of threads, to the last bit. The check needs OpenMP, and a batch large enough for
/// more than one thread (parallel_threshold).
template <class Model, class L>
void threads_change_nothing([[maybe_unused]] Trial<Model, L> const& trial, [[maybe_unused]] Report& report) {
#ifdef _OPENMP
  struct Threads {
    int before = omp_get_max_threads();
    ~Threads() { omp_set_num_threads(before); }
  } const restored;
  omp_set_num_threads(1);
  auto const one = trial.pass();
  for (int const threads : {2, 3}) {
    omp_set_num_threads(threads);
    auto const more = trial.pass();
    report.hold_true("outputs do not depend on the number of threads", more.outputs == one.outputs, threads);
    report.hold_true("the loss does not depend on the number of threads", more.loss == one.loss, threads);
    report.hold_true("the gradient of parameters does not depend on the number of threads",
                     more.parameters == one.parameters, threads);
    report.hold_true("the gradient of inputs does not depend on the number of threads", more.inputs == one.inputs,
                     threads);
    report.hold_true("the gradient of contexts does not depend on the number of threads", more.contexts == one.contexts,
                     threads);
  }
#endif
}

/// Copies and moves are the same function, and a copy is independent of its source.
template <class Model, class L>
void copies_keep_the_function(Trial<Model, L> const& trial, Report& report) {
  using R = typename Model::Scalar;
  Workspace<R> work;
  auto const outputs = [&](Model const& model) -> Matrix<R> {
    return model.predict(trial.inputs, trial.contexts, work);
  };
  Matrix<R> const original = outputs(trial.model);
  Model copy = trial.model;
  report.hold_true("a copy is the same function", outputs(copy) == original);
  copy.parameters().data()[0] += 1;
  report.hold_true("a copy is its own", outputs(trial.model) == original);
  Model moved = std::move(copy);
  copy = trial.model;
  report.hold_true("what is assigned is the same function", outputs(copy) == original);
  moved = std::move(copy);
  report.hold_true("what is moved into is the same function", outputs(moved) == original);
  Model const last = std::move(moved);
  report.hold_true("what is made by a move is the same function", outputs(last) == original);
}

}  // namespace laws

/// Checks a manifold and a loss against all laws on a batch (samples x inputs) with its targets. Contexts are drawn
/// from the seed: one per sample, and shared by groups of uneven sizes. Returns the violations, one per law with its
/// worst case; empty if all laws hold. Small widths and some ten samples suffice. In float, use smooth activations
/// only. `Model` is a BasicManifold or has its interface.
template <class Model, class L>
[[nodiscard]] std::vector<Violation> manifold_laws(
    Model const& model, L const& loss, std::type_identity_t<ConstMatrixRef<typename Model::Scalar>> const& inputs,
    typename L::template Targets<typename Model::Scalar> const& targets, Seed seed) {
  using Space = typename Model::Topology;
  Random random(seed);
  Index const samples = inputs.rows();
  Trial<Model, L> const single{model, loss, inputs, targets, uniform_points<Space>(samples, random)};
  std::vector<Index> sizes;
  for (Index left = samples, size = 1; left > 0; left -= size) {
    size = sizes.empty() ? 1 : std::min(left, std::max<Index>(2, samples / 2));
    sizes.push_back(size);
  }
  auto const grouped =
      single.with(Contexts<Space>::grouped(uniform_points<Space>(static_cast<Index>(sizes.size()), random), sizes));

  Report report;
  for (auto const* trial : {&single, &grouped}) {
    laws::gradients_are_slopes(*trial, random, report);
    if constexpr (SmoothTopology<Space>) {
      laws::context_gradients_are_slopes(*trial, report);
    }
    laws::networks_equal_the_batch(*trial, report);
    laws::groups_equal_single_contexts(*trial, report);
    laws::threads_change_nothing(*trial, report);
  }
  laws::copies_keep_the_function(single, report);
  return report.violations();
}

/// Checks that a lifted network is that network at every context.
template <Basis B, class Network>
[[nodiscard]] std::vector<Violation> lift_laws(Network const& network, B const& basis, Seed seed) {
  using R = typename Network::Scalar;
  auto const manifold = lift<B>(network, basis);
  Report report;
  Probes<typename B::Topology> const probes(seed);
  for (auto const& s : probes.points()) {
    auto const here = manifold.at(s);
    laws::ArrayError error;
    for (std::size_t n = 0; n < network.parameters().size(); ++n) {
      error.add(static_cast<double>(here.parameters()[n]), static_cast<double>(network.parameters()[n]));
    }
    report.hold("a lifted network is the network at every context", error.relative(0), laws::value_tolerance<R>, s);
  }
  return report.violations();
}

/// Checks that a manifold rewritten in a basis that contains its own is the same at every context.
template <Basis To, class Model>
[[nodiscard]] std::vector<Violation> rewrite_laws(Model const& model, To const& basis, Seed seed) {
  using R = typename Model::Scalar;
  auto const rewritten = rewrite<To>(model, basis);
  Report report;
  Probes<typename To::Topology> const probes(seed);
  for (auto const& s : probes.points()) {
    auto const before = model.at(s);
    auto const after = rewritten.at(s);
    laws::ArrayError error;
    for (std::size_t n = 0; n < before.parameters().size(); ++n) {
      error.add(static_cast<double>(after.parameters()[n]), static_cast<double>(before.parameters()[n]));
    }
    report.hold("a rewritten manifold is the same at every context", error.relative(0), laws::value_tolerance<R>, s);
  }
  for (Index l = 0; l < model.stack().depth(); ++l) {
    report.hold_true("a rewritten manifold keeps frozen layers", model.is_frozen(l) == rewritten.is_frozen(l), l);
  }
  return report.violations();
}

}  // namespace wmanifold::testing
