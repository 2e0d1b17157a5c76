#include "contenders/learners.hpp"
#include "contenders/plain.hpp"

namespace demo {
namespace {

namespace wm = wmanifold;

/// Width of the network that scales and shifts.
constexpr wm::Index generator_width = 32;

class Film final : public Learner {
 public:
  explicit Film(Recipe const& recipe)
      : space_(recipe.space),
        widths_(recipe.widths()),
        activation_(wm::activation_named(recipe.activation)),
        sums_(parameters_of(widths_) - multiply_adds_of(widths_)),
        generator_widths_{features_of(recipe.space), generator_width, 2 * sums_},
        generator_(recipe, wm::LayerList(generator_widths_, {"tanh", "identity"}), {}, recipe.seed.stream(0)),
        contexts_({}) {
    // Training starts near the network without a context: factors near 1.
    generator_.model().weight(0, 1) *= 0.1F;
    for (std::size_t l = 1; l < widths_.size(); ++l) {
      layers_.push_back(std::make_unique<PlainPart>(recipe, wm::LayerList{wm::Dense<>(widths_[l - 1], widths_[l])},
                                                    ManifoldOptions{},
                                                    recipe.seed.stream(static_cast<std::uint64_t>(l))));
      if (l + 1 < widths_.size()) {
        layers_.back()->model().weight(0, 0) *= std::sqrt(2.0F);
      }
    }
    sums_of_.resize(layers_.size());
    slopes_.resize(layers_.size());
    values_.resize(layers_.size());
  }

  wm::BatchView<float> forward(Batch const& batch) override {
    contexts_ = no_contexts(batch.samples());
    features_.resize(batch.samples(), features_of(space_));
    write_features(space_, batch, features_);
    modulation_ = generator_.forward(features_, contexts_);
    wm::Index first = 0;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      wm::Index const width = widths_[l + 1];
      sums_of_[l] = layers_[l]->forward(l == 0 ? batch.inputs : values_[l - 1], contexts_);
      values_[l] = sums_of_[l].array() * (1 + modulation_.middleCols(first, width).array()) +
                   modulation_.middleCols(sums_ + first, width).array();
      if (l + 1 < layers_.size()) {
        activate(values_[l], slopes_[l]);
        require_numbers(values_[l]);
      }
      first += width;
    }
    return {values_.back().data(), values_.back().rows(), values_.back().cols()};
  }

  void backward(Batch const& batch, wm::Matrix<float> const& output_gradient) override {
    modulation_gradient_.resize(batch.samples(), 2 * sums_);
    delta_ = output_gradient;
    wm::Index first = sums_;
    for (std::size_t l = layers_.size(); l-- > 0;) {
      wm::Index const width = widths_[l + 1];
      first -= width;
      if (l + 1 < layers_.size()) {
        delta_.array() *= slopes_[l].array();
      }
      modulation_gradient_.middleCols(first, width) = delta_.array() * sums_of_[l].array();
      modulation_gradient_.middleCols(sums_ + first, width) = delta_;
      delta_.array() *= 1 + modulation_.middleCols(first, width).array();
      auto const result =
          layers_[l]->backward(l == 0 ? batch.inputs : values_[l - 1], contexts_, delta_, {.inputs = l > 0});
      if (l > 0) {
        delta_ = result.inputs;
      }
    }
    generator_.backward(features_, contexts_, modulation_gradient_);
  }

  [[nodiscard]] std::vector<TrainedPart*> parts() override {
    std::vector<TrainedPart*> all{&generator_};
    for (auto const& layer : layers_) {
      all.push_back(layer.get());
    }
    return all;
  }
  /// While the context rests, factors and shifts are part of weights and biases.
  [[nodiscard]] wm::Index multiply_adds() const override { return multiply_adds_of(widths_); }
  [[nodiscard]] wm::Index moving_multiply_adds() const override {
    return multiply_adds() + sums_ + multiply_adds_of(generator_widths_);
  }

 private:
  void activate(wm::Matrix<float>& values, wm::Matrix<float>& slopes) const {
    slopes.resize(values.rows(), values.cols());
    std::visit(
        [&](auto const& activation) {
          for (wm::Index n = 0; n < values.size(); ++n) {
            auto const [value, slope] = activation(values.data()[n]);
            values.data()[n] = value;
            slopes.data()[n] = slope;
          }
        },
        activation_);
  }

  Space space_;
  std::vector<wm::Index> widths_;
  wm::AnyActivation activation_;
  wm::Index sums_;  // of all layers
  std::vector<wm::Index> generator_widths_;
  PlainPart generator_;
  std::vector<std::unique_ptr<PlainPart>> layers_;
  PlainPart::Contexts contexts_;
  wm::Matrix<float> features_;
  wm::Matrix<float> modulation_;  // samples x (factors of all sums less 1, then shifts)
  wm::Matrix<float> modulation_gradient_;
  std::vector<wm::Matrix<float>> sums_of_;
  std::vector<wm::Matrix<float>> values_;
  std::vector<wm::Matrix<float>> slopes_;
  wm::Matrix<float> delta_;
};

}  // namespace

std::unique_ptr<Learner> make_film(Recipe const& recipe) { return std::make_unique<Film>(recipe); }

}  // namespace demo
