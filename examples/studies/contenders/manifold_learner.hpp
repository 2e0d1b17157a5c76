#pragma once

#include "contenders/averaged.hpp"
#include "contenders/manifold_part.hpp"

namespace demo {

/// A map from a study's context to a point of a manifold's topology, which may be a wrong one on purpose.
template <class Topology>
using ToPoint = wmanifold::Point<Topology> (*)(Context const&);

/// Returns the point with the context's coordinates.
template <class Topology>
[[nodiscard]] wmanifold::Point<Topology> same_point(Context const& context) {
  return wmanifold::Point<Topology>(std::span(context).first(static_cast<std::size_t>(Topology::coordinates)));
}

template <class Topology>
[[nodiscard]] wmanifold::Contexts<Topology> contexts_of(Batch const& batch, ToPoint<Topology> to_point) {
  std::vector<wmanifold::Point<Topology>> points;
  std::vector<wmanifold::Index> sizes;
  wmanifold::Index const samples = batch.samples();
  for (wmanifold::Index b = 0; b < samples; b += batch.per_context) {
    points.push_back(to_point(batch.contexts[static_cast<std::size_t>(b)]));
    sizes.push_back(std::min(batch.per_context, samples - b));
  }
  if (batch.per_context == 1) {
    return points;
  }
  return wmanifold::Contexts<Topology>::grouped(std::move(points), sizes);
}

/// Returns the layers of a network. A rank other than 0 gives low-rank layers.
[[nodiscard]] wmanifold::LayerList layers_of(Recipe const& recipe, wmanifold::Index rank = 0);

/// A manifold of weights.
template <wmanifold::Basis B>
class ManifoldLearner final : public Learner, public Averageable {
 public:
  using Topology = typename B::Topology;

  ManifoldLearner(Recipe const& recipe, wmanifold::Index rank, ManifoldOptions const& how, ToPoint<Topology> to_point)
      : part_(recipe, layers_of(recipe, rank), how, recipe.seed), to_point_(to_point), contexts_({}) {}

  wmanifold::BatchView<float> forward(Batch const& batch) override {
    contexts_ = contexts_of<Topology>(batch, to_point_);
    return part_.forward(batch.inputs, contexts_);
  }
  void backward(Batch const& batch, wmanifold::Matrix<float> const& output_gradient) override {
    part_.backward(batch.inputs, contexts_, output_gradient);
  }
  [[nodiscard]] std::vector<TrainedPart*> parts() override { return {&part_}; }
  void draw_to_mean(double share) override { demo::draw_to_mean(part_.model(), share); }

  [[nodiscard]] wmanifold::Index multiply_adds() const override {
    return wmanifold::multiply_adds_of(part_.model().stack());
  }
  /// Multiply-adds with the rows that meet at a point streamed, as in model(s, x, y).
  [[nodiscard]] wmanifold::Index moving_multiply_adds() const override {
    wmanifold::Index sum = 0;
    auto const& stack = part_.model().stack();
    for (wmanifold::Index l = 0; l < stack.depth(); ++l) {
      auto const& dense = stack.dense(l);
      sum += dense.placement == wmanifold::Placement::low_rank
                 ? dense.weights() + dense.rank * (dense.inputs + dense.outputs + wmanifold::support_of<B>())
                 : wmanifold::support_of<B>() * dense.size();
    }
    return sum;
  }

 private:
  ManifoldPart<B> part_;
  ToPoint<Topology> to_point_;
  wmanifold::Contexts<Topology> contexts_;
};

/// Returns a contender that is a manifold.
template <wmanifold::Basis B>
[[nodiscard]] Contender manifold_contender(std::string name, std::string title, ManifoldOptions how = {},
                                           ToPoint<typename B::Topology> to_point = same_point<typename B::Topology>,
                                           wmanifold::Index rank = 0) {
  Contender contender;
  contender.name = std::move(name);
  contender.title = std::move(title);
  contender.make = [=](Recipe const& recipe) -> std::unique_ptr<Learner> {
    return std::make_unique<ManifoldLearner<B>>(recipe, rank, how, to_point);
  };
  if (rank > 0) {
    contender.optimisers = {Optimiser::momentum};  // as docs/results.md has it
  }
  return contender;
}

/// Returns the same contender, trained with one context per batch.
[[nodiscard]] inline Contender by_batch(Contender contender) {
  contender.per_context = 0;
  contender.is_rival = true;
  return contender;
}

}  // namespace demo
