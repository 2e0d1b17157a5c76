#pragma once

#include <properties/differences.hpp>

#include <numeric>

namespace properties {

/// One dense layer without an activation is linear in its parameters: f(aP + bQ) = a f(P) + b f(Q). In a low-rank layer
/// U and V stay the same, and in one of gains A.
struct LinearInParameters {
  static constexpr char const* name = "LinearInParameters";
  static constexpr char const* header = "properties/passes.hpp";

  std::string operator()(Case const& c) const {
    return in_both([&]<class R>(R) {
      World<R> world(c);
      auto const a = static_cast<R>(world.random.normal());
      auto const b = static_cast<R>(world.random.normal());
      auto p = world.model;
      auto q = world.model;
      fill_parameters(q, world.random);
      auto const& shape = p.stack().dense(0);
      Index const first_kept = shape.placement == wm::Placement::low_rank ? shape.right_offset() : shape.shared_size();
      Index const kept_of_row = shape.placement == wm::Placement::gains ? shape.outputs : 0;
      auto both = p;
      // The sum of parameters has an error of its own, and so have the sums of outputs.
      support::BoundedParameters bounds = support::exact(both.parameters());
      auto const combine = [&](R x, R y, R& sum, support::Bounded& bound) {
        sum = a * x + b * y;
        support::Sum<R> terms;
        terms.add(static_cast<double>(a), static_cast<double>(x));
        terms.add(static_cast<double>(b), static_cast<double>(y));
        bound = terms.result(1);
      };
      for (Index k = 0; k < p.basis_size(); ++k) {
        for (Index n = 0; n < p.parameters().columns(); ++n) {
          auto const at = static_cast<std::size_t>(n);
          if (n < kept_of_row) {
            q.parameters().row(k)[at] = p.parameters().row(k)[at];
          } else {
            combine(p.parameters().row(k)[at], q.parameters().row(k)[at], both.parameters().row(k)[at],
                    bounds.rows(k, n));
          }
        }
      }
      for (Index n = 0; n < std::ssize(p.parameters().shared()); ++n) {
        auto const at = static_cast<std::size_t>(n);
        if (n < first_kept) {
          combine(p.parameters().shared()[at], q.parameters().shared()[at], both.parameters().shared()[at],
                  bounds.shared(0, n));
        } else {
          q.parameters().shared()[at] = p.parameters().shared()[at];
        }
      }
      wm::Workspace<R> work;
      wm::Matrix<R> const of_p = p.predict(world.inputs, world.contexts, work);
      wm::Matrix<R> const of_q = q.predict(world.inputs, world.contexts, work);
      wm::Matrix<R> const of_both = both.predict(world.inputs, world.contexts, work);
      auto const phi = coefficients(p, world.contexts);
      auto const at = [&](auto const& model, support::BoundedParameters const& parameters) {
        return support::Reference<R>(model.stack(), parameters, phi, world.inputs, world.slopes).outputs;
      };
      auto const bound_p = at(p, support::exact(p.parameters()));
      auto const bound_q = at(q, support::exact(q.parameters()));
      auto const bound_both = at(both, bounds);
      Differences differences;
      for (Index i = 0; i < of_p.rows(); ++i) {
        for (Index j = 0; j < of_p.cols(); ++j) {
          support::Sum<R> sum;
          sum.add(static_cast<double>(a), {static_cast<double>(of_p(i, j)), bound_p(i, j).error});
          sum.add(static_cast<double>(b), {static_cast<double>(of_q(i, j)), bound_q(i, j).error});
          auto const expected = sum.result(1);
          differences.add("output", i, j, static_cast<double>(of_both(i, j)), expected.value,
                          expected.error + bound_both(i, j).error);
        }
      }
      return differences.found();
    });
  }
};

/// A permutation of the samples permutes outputs and gradients of inputs, and leaves the gradient of the parameters.
struct PermutedBatch {
  static constexpr char const* name = "PermutedBatch";
  static constexpr char const* header = "properties/passes.hpp";

  std::string operator()(Case const& c) const {
    return in_both([&]<class R>(R) {
      World<R> world(c);
      std::vector<Index> order(static_cast<std::size_t>(samples_of(c)));
      std::iota(order.begin(), order.end(), Index{0});
      world.random.shuffle(order);
      auto const permuted = [&](auto const& m) { return std::decay_t<decltype(m)>(m(order, Eigen::all)); };
      auto expected = run(world.model, world.inputs, world.contexts, world.slopes);
      auto const bounds =
          reference_of(world.model, permuted(world.inputs), permuted(world.contexts), permuted(world.slopes));
      auto const got = run(world.model, permuted(world.inputs), permuted(world.contexts), permuted(world.slopes));
      expected.outputs = permuted(expected.outputs);
      expected.input_gradient = permuted(expected.input_gradient);
      Differences differences;
      differences.add(got, expected, bounds);
      return differences.found();
    });
  }
};

/// A batch in two parts has the outputs of the whole batch, and gradients of parameters with its sum. `choice` says
/// where it is split.
struct SplitBatch {
  static constexpr char const* name = "SplitBatch";
  static constexpr char const* header = "properties/passes.hpp";

  std::string operator()(Case const& c) const {
    Index const samples = samples_of(c);
    if (samples < 2) {
      return {};
    }
    Index const first = 1 + c.choice % (samples - 1);
    return in_both([&]<class R>(R) {
      World<R> world(c);
      auto const whole = run(world.model, world.inputs, world.contexts, world.slopes);
      auto const part = [&](Index begin, Index count) {
        return run<R>(world.model, world.inputs.middleRows(begin, count), world.contexts.middleRows(begin, count),
                      world.slopes.middleRows(begin, count));
      };
      auto const head = part(0, first);
      auto const tail = part(first, samples - first);
      Pass<R> both = whole;
      both.outputs << head.outputs, tail.outputs;
      both.input_gradient << head.input_gradient, tail.input_gradient;
      for (std::size_t n = 0; n < both.gradient.numbers().size(); ++n) {
        both.gradient.numbers()[n] = head.gradient.numbers()[n] + tail.gradient.numbers()[n];
      }
      Differences differences;
      differences.add(both, whole, reference_of(world.model, world.inputs, world.contexts, world.slopes));
      return differences.found();
    });
  }
};

/// Contexts mixed by groups, per sample, and as the plan decides give the numbers of plain loops. So does the network
/// at each context, one sample at a time and without a batch.
struct MixedByGroups {
  static constexpr char const* name = "MixedByGroups";
  static constexpr char const* header = "properties/passes.hpp";

  std::string operator()(Case const& c) const {
    return in_both([&]<class R>(R) {
      World<R> const world(c);
      auto const reference = reference_of(world.model, world.inputs, world.contexts, world.slopes);
      Differences differences;
      for (auto const mixing : {wm::Mixing::automatic, wm::Mixing::per_sample, wm::Mixing::by_groups}) {
        differences.add(run(world.model, world.inputs, world.contexts, world.slopes, mixing), reference);
      }
      wm::Matrix<R> formed(world.inputs.rows(), world.model.outputs());
      std::vector<R> scratch;
      for (Index b = 0; b < world.inputs.rows(); ++b) {
        auto const network =
            world.model.at({world.contexts.row(b).data(), static_cast<std::size_t>(world.contexts.cols())});
        scratch.resize(static_cast<std::size_t>(network.scratch_size()));
        network(std::span(world.inputs.row(b).data(), static_cast<std::size_t>(world.model.inputs())),
                std::span(formed.row(b).data(), static_cast<std::size_t>(world.model.outputs())), scratch);
      }
      differences.add("output of the network at a context", formed, reference.outputs);
      return differences.found();
    });
  }
};

}  // namespace properties
