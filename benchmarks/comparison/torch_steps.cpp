#include "training.hpp"

#include <torch/torch.h>

#include <memory>

namespace comparison {
namespace {

template <class Number>
torch::Tensor tensor_of(std::vector<Number> const& numbers, torch::IntArrayRef sizes) {
  return torch::tensor(numbers).reshape(sizes).contiguous();
}

/// State of both ways of training, for an orthogonal basis: the batch, and for each layer one matrix of K (inputs + 1)
/// x outputs.
struct TorchState {
  struct Layer {
    torch::Tensor parameters, velocity;
    torch::Tensor inverse_gram;  // a number a row
  };

  TorchState(Problem const& problem, double step_rate) : shape(problem.shape), rate(step_rate) {
    torch::set_num_threads(1);
    inputs = tensor_of(problem.inputs, {shape.batch, shape.widths.front()});
    phi = tensor_of(problem.phi, {shape.groups(), shape.rows});
    targets = shape.is_regression() ? tensor_of(problem.targets, {shape.batch, 1})
                                    : torch::tensor(problem.labels).to(torch::kLong);
    for (int l = 0; l < shape.layers(); ++l) {
      std::vector<float> inverse;
      for (int row = 0; row < shape.rows * (shape.inputs(l) + 1); ++row) {
        auto const k = static_cast<std::size_t>(row / (shape.inputs(l) + 1));
        auto const diagonal = k * static_cast<std::size_t>(shape.rows + 1);
        inverse.push_back(static_cast<float>(problem.inverse_gram[diagonal]));
      }
      auto const parameters =
          tensor_of(problem.parameters[static_cast<std::size_t>(l)], {-1, shape.outputs(l)}).to(torch::kFloat);
      layers.push_back({parameters, torch::zeros_like(parameters), tensor_of(inverse, {-1, 1})});
    }
  }

  void move(std::size_t l, torch::Tensor const& gradient) {
    layers[l].velocity.mul_(momentum).addcmul_(gradient, layers[l].inverse_gram);
    layers[l].parameters.sub_(layers[l].velocity, rate);
  }

  [[nodiscard]] std::vector<std::vector<double>> parameters() const {
    std::vector<std::vector<double>> all;
    for (Layer const& layer : layers) {
      auto const numbers = layer.parameters.detach().to(torch::kDouble);
      all.emplace_back(numbers.data_ptr<double>(), numbers.data_ptr<double>() + numbers.numel());
    }
    return all;
  }

  Shape shape;
  double rate;
  torch::Tensor inputs;
  torch::Tensor phi;
  torch::Tensor targets;
  std::vector<Layer> layers;
};

/// Trains with a context per sample, by autograd.
class PerSample {
 public:
  PerSample(Problem const& problem, double rate) : state_(problem, rate) {
    for (TorchState::Layer& layer : state_.layers) {
      leaves_.push_back(layer.parameters.requires_grad_());
    }
    phi_column_ = state_.phi.unsqueeze(2);
    ones_ = torch::ones({state_.shape.batch, 1});
    inputs_ = torch::cat({state_.inputs, ones_}, 1);
  }

  double steps(std::size_t count) {
    double result = 0;
    for (std::size_t i = 0; i < count; ++i) {
      torch::Tensor x = inputs_;
      for (std::size_t l = 0; l < leaves_.size(); ++l) {
        x = torch::mm((phi_column_ * x.unsqueeze(1)).view({state_.shape.batch, -1}), leaves_[l]);
        if (l + 1 < leaves_.size()) {
          x = torch::cat({torch::relu(x), ones_}, 1);
        }
      }
      auto const loss = state_.shape.is_regression() ? torch::mse_loss(x, state_.targets)
                                                     : torch::cross_entropy_loss(x, state_.targets);
      auto const gradients = torch::autograd::grad({loss}, leaves_);
      torch::NoGradGuard const guard;
      for (std::size_t l = 0; l < leaves_.size(); ++l) {
        state_.move(l, gradients[l]);
      }
      result = loss.item<float>();
    }
    return result;
  }

  [[nodiscard]] std::vector<std::vector<double>> parameters() const { return state_.parameters(); }

 private:
  TorchState state_;
  torch::Tensor phi_column_;  // batch x K x 1
  torch::Tensor ones_;        // batch x 1: the input of the bias
  torch::Tensor inputs_;      // with ones
  std::vector<torch::Tensor> leaves_;
};

/// Multiplies in a loop over groups, with the backward pass by hand, into buffers that are allocated once.
class PerGroup {
  /// Views of one group's part of the buffers.
  struct Group {
    torch::Tensor inputs, weights, bias, values;
    torch::Tensor weights_gradient, delta, delta_before;
  };
  struct Layer {
    torch::Tensor gradient;               // as the parameters lie
    torch::Tensor mixed, mixed_gradient;  // groups x (inputs + 1) outputs
    torch::Tensor bias_gradient;          // groups x outputs: a view of the gradient
    torch::Tensor values, delta;          // batch x outputs
    std::vector<Group> groups;
  };

 public:
  PerGroup(Problem const& problem, double rate) : state_(problem, rate) {
    Shape const& shape = state_.shape;
    phi_transposed_ = state_.phi.t();
    labels_ = state_.targets.unsqueeze(1);
    minus_one_ = torch::full({shape.batch, 1}, -1.0F);
    for (int l = 0; l < shape.layers(); ++l) {
      int const inputs = shape.inputs(l);
      int const outputs = shape.outputs(l);
      Layer layer;
      layer.gradient = torch::zeros({shape.rows, (inputs + 1) * outputs});
      layer.mixed = torch::zeros({shape.groups(), (inputs + 1) * outputs});
      layer.mixed_gradient = torch::zeros_like(layer.mixed);
      layer.bias_gradient = layer.mixed_gradient.narrow(1, inputs * outputs, outputs);
      layer.values = torch::zeros({shape.batch, outputs});
      layer.delta = torch::zeros_like(layer.values);
      torch::Tensor const& x = l == 0 ? state_.inputs : layers_.back().values;
      for (int g = 0; g < shape.groups(); ++g) {
        auto const part = [&](torch::Tensor const& batch) { return batch.narrow(0, g * shape.each, shape.each); };
        auto const weights = [&](torch::Tensor const& mixed) {
          return mixed.select(0, g).view({inputs + 1, outputs}).narrow(0, 0, inputs);
        };
        layer.groups.push_back({part(x), weights(layer.mixed), layer.mixed[g].narrow(0, inputs * outputs, outputs),
                                part(layer.values), weights(layer.mixed_gradient), part(layer.delta),
                                l == 0 ? torch::Tensor{} : part(layers_.back().delta)});
      }
      layers_.push_back(layer);
    }
  }

  double steps(std::size_t count) {
    torch::NoGradGuard const guard;
    double loss = 0;
    for (std::size_t i = 0; i < count; ++i) {
      forward();
      loss = differentiate_loss();
      backward();
      for (std::size_t l = 0; l < layers_.size(); ++l) {
        state_.move(l, layers_[l].gradient.view_as(state_.layers[l].parameters));
      }
    }
    return loss;
  }

  [[nodiscard]] std::vector<std::vector<double>> parameters() const { return state_.parameters(); }

 private:
  void forward() {
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      Layer& layer = layers_[l];
      torch::mm_out(layer.mixed, state_.phi, state_.layers[l].parameters.view({state_.shape.rows, -1}));
      for (Group& group : layer.groups) {
        torch::addmm_out(group.values, group.bias, group.inputs, group.weights);
      }
      if (l + 1 < layers_.size()) {
        layer.values.relu_();
      }
    }
  }

  double differentiate_loss() {
    Layer& last = layers_.back();
    auto const logarithms = torch::log_softmax(last.values, 1);
    torch::exp_out(last.delta, logarithms);
    last.delta.scatter_add_(1, labels_, minus_one_).mul_(1.0 / state_.shape.batch);
    return -logarithms.gather(1, labels_).mean().item<float>();
  }

  void backward() {
    for (std::size_t l = layers_.size(); l-- > 0;) {
      Layer& layer = layers_[l];
      for (Group& group : layer.groups) {
        torch::mm_out(group.weights_gradient, group.inputs.t(), group.delta);
        if (l > 0) {
          torch::mm_out(group.delta_before, group.delta, group.weights.t());
        }
      }
      torch::sum_out(layer.bias_gradient, layer.delta.view({state_.shape.groups(), state_.shape.each, -1}), 1);
      torch::mm_out(layer.gradient, phi_transposed_, layer.mixed_gradient);
      if (l > 0) {
        Layer& before = layers_[l - 1];
        torch::threshold_backward_out(before.delta, before.delta, before.values, 0);
      }
    }
  }

  TorchState state_;
  torch::Tensor phi_transposed_;  // K x groups
  torch::Tensor labels_;          // batch x 1
  torch::Tensor minus_one_;       // batch x 1
  std::vector<Layer> layers_;
};

template <class Steps>
Training training(Problem const& problem, double rate) {
  auto const torch = std::make_shared<Steps>(problem, rate);
  return {[torch](std::size_t count) { return torch->steps(count); }, [torch] { return torch->parameters(); }};
}

}  // namespace

Training train_torch(Problem const& problem, double rate) { return training<PerSample>(problem, rate); }
Training train_torch_groups(Problem const& problem, double rate) { return training<PerGroup>(problem, rate); }
std::string torch_version() { return TORCH_VERSION; }

}  // namespace comparison
