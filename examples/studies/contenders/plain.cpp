#include "contenders/plain.hpp"

#include "contenders/learners.hpp"

#include <wmanifold/core/error.hpp>

namespace demo {
namespace {

namespace wm = wmanifold;

/// A plain network, with the context's features behind its inputs if it is told the context.
class Plain final : public Learner {
 public:
  Plain(Recipe const& recipe, bool is_told)
      : space_(recipe.space),
        told_(is_told ? features_of(recipe.space) : 0),
        widths_(recipe.widths()),
        part_(with_more_inputs(recipe, told_), layers_of(with_more_inputs(recipe, told_)), {}, recipe.seed),
        contexts_({}) {}

  wm::BatchView<float> forward(Batch const& batch) override {
    contexts_ = no_contexts(batch.samples());
    if (told_ == 0) {
      return part_.forward(batch.inputs, contexts_);
    }
    inputs_.resize(batch.samples(), batch.inputs.cols() + told_);
    inputs_.leftCols(batch.inputs.cols()) = batch.inputs;
    write_features(space_, batch, inputs_.rightCols(told_));
    return part_.forward(inputs_, contexts_);
  }
  void backward(Batch const& batch, wm::Matrix<float> const& output_gradient) override {
    part_.backward(told_ == 0 ? batch.inputs : inputs_, contexts_, output_gradient);
  }
  [[nodiscard]] std::vector<TrainedPart*> parts() override { return {&part_}; }
  /// The context's part of the first sums is a bias while it rests.
  [[nodiscard]] wm::Index multiply_adds() const override { return multiply_adds_of(widths_); }
  [[nodiscard]] wm::Index moving_multiply_adds() const override { return multiply_adds() + told_ * widths_[1]; }

 private:
  static Recipe with_more_inputs(Recipe recipe, wm::Index more) {
    recipe.inputs += more;
    return recipe;
  }

  Space space_;
  wm::Index told_;
  std::vector<wm::Index> widths_;
  PlainPart part_;
  PlainPart::Contexts contexts_;
  wm::Matrix<float> inputs_;
};

/// A network with the context's features behind the inputs of every layer.
class EveryLayer final : public Learner {
 public:
  explicit EveryLayer(Recipe const& recipe)
      : space_(recipe.space), told_(features_of(recipe.space)), widths_(recipe.widths()), contexts_({}) {
    for (std::size_t l = 1; l < widths_.size(); ++l) {
      bool const is_last = l + 1 == widths_.size();
      wm::LayerList layer({widths_[l - 1] + told_, widths_[l]}, {is_last ? "identity" : recipe.activation});
      layers_.push_back(std::make_unique<PlainPart>(recipe, std::move(layer), ManifoldOptions{},
                                                    recipe.seed.stream(static_cast<std::uint64_t>(l))));
      if (!is_last) {  // a part alone treats its layer as the last one, which starts smaller
        layers_.back()->model().weight(0, 0) *= std::sqrt(2.0F);
      }
    }
    inputs_.resize(layers_.size());
  }

  wm::BatchView<float> forward(Batch const& batch) override {
    contexts_ = no_contexts(batch.samples());
    wm::BatchView<float> values(batch.inputs.data(), batch.samples(), batch.inputs.cols());
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      auto& x = inputs_[l];
      x.resize(batch.samples(), values.cols() + told_);
      x.leftCols(values.cols()) = values;
      require_numbers(values);
      write_features(space_, batch, x.rightCols(told_));
      new (&values) wm::BatchView<float>(layers_[l]->forward(x, contexts_));
    }
    return values;
  }
  void backward(Batch const&, wm::Matrix<float> const& output_gradient) override {
    delta_ = output_gradient;
    for (std::size_t l = layers_.size(); l-- > 0;) {
      auto const result = layers_[l]->backward(inputs_[l], contexts_, delta_, {.inputs = l > 0});
      if (l > 0) {
        delta_ = result.inputs.leftCols(widths_[l]).eval();
      }
    }
  }
  [[nodiscard]] std::vector<TrainedPart*> parts() override {
    std::vector<TrainedPart*> all;
    for (auto const& layer : layers_) {
      all.push_back(layer.get());
    }
    return all;
  }
  [[nodiscard]] wm::Index multiply_adds() const override { return multiply_adds_of(widths_); }
  [[nodiscard]] wm::Index moving_multiply_adds() const override {
    wm::Index sum = multiply_adds();
    for (std::size_t l = 1; l < widths_.size(); ++l) {
      sum += told_ * widths_[l];
    }
    return sum;
  }

 private:
  Space space_;
  wm::Index told_;
  std::vector<wm::Index> widths_;
  std::vector<std::unique_ptr<PlainPart>> layers_;
  PlainPart::Contexts contexts_;
  std::vector<wm::Matrix<float>> inputs_;
  wm::Matrix<float> delta_;
};

}  // namespace

PlainPart::Contexts no_contexts(wm::Index samples) {
  return std::vector(static_cast<std::size_t>(samples), wm::OnePoint::point());
}

void write_features(Space space, Batch const& batch, wm::MatrixRef<float> to) {
  for (wm::Index b = 0; b < batch.samples(); ++b) {
    write_features(space, batch.contexts[static_cast<std::size_t>(b)],
                   {to.row(b).data(), static_cast<std::size_t>(to.cols())});
  }
}

void require_numbers(wm::ConstMatrixRef<float> const& values) {
  if (!values.allFinite()) {
    wm::fail<wm::NumericalError>("training: expected finite numbers between layers, got a NaN or an infinity");
  }
}

wm::LayerList layers_of(Recipe const& recipe, wm::Index rank) {
  auto const widths = recipe.widths();
  std::vector<wm::LayerList::Item> items;
  for (std::size_t l = 1; l < widths.size(); ++l) {
    if (rank == 0) {
      items.emplace_back(wm::Dense<>(widths[l - 1], widths[l]));
    } else {
      items.emplace_back(wm::LowRankDense<>(widths[l - 1], widths[l], rank));
    }
    if (l + 1 < widths.size()) {
      std::visit([&](auto activation) { items.emplace_back(activation); }, wm::activation_named(recipe.activation));
    }
  }
  return wm::LayerList(items);
}

std::unique_ptr<Learner> make_plain(Recipe const& recipe) { return std::make_unique<Plain>(recipe, false); }
std::unique_ptr<Learner> make_concatenated(Recipe const& recipe) { return std::make_unique<Plain>(recipe, true); }
std::unique_ptr<Learner> make_every_layer(Recipe const& recipe) { return std::make_unique<EveryLayer>(recipe); }

}  // namespace demo
