#include "training.hpp"

#include <torch/torch.h>

#include <memory>

namespace comparison {
namespace {

torch::Tensor tensor_of(std::vector<float> const& numbers, torch::IntArrayRef sizes) {
  return torch::tensor(numbers).reshape(sizes).contiguous();
}

/// What both ways of training share: the batch, and per layer K inputs x outputs weights and K x outputs biases.
struct TorchState {
  struct Layer {
    torch::Tensor weights, biases, weights_velocity, biases_velocity;
  };

  TorchState(Problem const& problem, double step_rate) : shape(problem.shape), rate(step_rate) {
    torch::set_num_threads(1);
    inputs = tensor_of(problem.inputs, {shape.batch, shape.widths.front()});
    phi = tensor_of(problem.phi, {shape.groups(), shape.rows()});
    if (shape.is_regression()) {
      targets = tensor_of(problem.targets, {shape.batch, 1});
    } else {
      targets = torch::tensor(problem.labels).to(torch::kLong);
    }
    std::vector<float> inverse;
    for (int k = 0; k < shape.rows(); ++k) {
      inverse.push_back(static_cast<float>(inverse_gram(k)));
    }
    inverse_gram_column = tensor_of(inverse, {shape.rows(), 1});
    for (int l = 0; l < shape.layers(); ++l) {
      auto const& numbers = problem.parameters[static_cast<std::size_t>(l)];
      auto const all =
          tensor_of({numbers.begin(), numbers.end()}, {shape.rows(), shape.inputs(l) + 1, shape.outputs(l)});
      Layer layer;
      layer.weights = all.narrow(1, 0, shape.inputs(l)).reshape({-1, shape.outputs(l)}).clone();
      layer.biases = all.select(1, shape.inputs(l)).clone();
      layer.weights_velocity = torch::zeros_like(layer.weights);
      layer.biases_velocity = torch::zeros_like(layer.biases);
      inverse_gram_weights.push_back(inverse_gram_column.repeat_interleave(shape.inputs(l), 0).contiguous());
      layers.push_back(layer);
    }
  }

  [[nodiscard]] std::vector<std::vector<double>> parameters() const {
    std::vector<std::vector<double>> all;
    for (Layer const& layer : layers) {
      auto const weights = layer.weights.detach().reshape({shape.rows(), -1, layer.biases.size(1)});
      auto const numbers = torch::cat({weights, layer.biases.detach().unsqueeze(1)}, 1).to(torch::kDouble).contiguous();
      all.emplace_back(numbers.data_ptr<double>(), numbers.data_ptr<double>() + numbers.numel());
    }
    return all;
  }

  void move(torch::Tensor& to, torch::Tensor& velocity, torch::Tensor const& gradient,
            torch::Tensor const& inverse) const {
    velocity.mul_(momentum).addcmul_(gradient, inverse);
    to.sub_(velocity, rate);
  }

  Shape shape;
  double rate;
  torch::Tensor inputs;
  torch::Tensor phi;
  torch::Tensor targets;
  torch::Tensor inverse_gram_column;                // K x 1
  std::vector<torch::Tensor> inverse_gram_weights;  // of each layer's weights
  std::vector<Layer> layers;
};

/// A context per sample, by autograd.
class PerSample {
 public:
  PerSample(Problem const& problem, double rate) : state_(problem, rate) {
    for (TorchState::Layer& layer : state_.layers) {
      layer.weights.requires_grad_();
      layer.biases.requires_grad_();
      leaves_.push_back(layer.weights);
      leaves_.push_back(layer.biases);
    }
    phi_column_ = state_.phi.unsqueeze(2);
  }

  double steps(std::size_t count) {
    double result = 0;
    for (std::size_t i = 0; i < count; ++i) {
      torch::Tensor x = state_.inputs;
      for (std::size_t l = 0; l < state_.layers.size(); ++l) {
        auto const spread = (phi_column_ * x.unsqueeze(1)).view({state_.shape.batch, -1});
        x = torch::addmm(state_.phi.mm(state_.layers[l].biases), spread, state_.layers[l].weights);
        if (l + 1 < state_.layers.size()) {
          x = torch::relu(x);
        }
      }
      auto const loss = state_.shape.is_regression() ? torch::mse_loss(x, state_.targets)
                                                     : torch::cross_entropy_loss(x, state_.targets);
      auto const gradients = torch::autograd::grad({loss}, leaves_);
      torch::NoGradGuard const guard;
      for (std::size_t l = 0; l < state_.layers.size(); ++l) {
        state_.move(state_.layers[l].weights, state_.layers[l].weights_velocity, gradients[2 * l],
                    state_.inverse_gram_weights[l]);
        state_.move(state_.layers[l].biases, state_.layers[l].biases_velocity, gradients[2 * l + 1],
                    state_.inverse_gram_column);
      }
      result = loss.item<float>();
    }
    return result;
  }

  [[nodiscard]] std::vector<std::vector<double>> parameters() const { return state_.parameters(); }

 private:
  TorchState state_;
  torch::Tensor phi_column_;           // batch x K x 1
  std::vector<torch::Tensor> leaves_;  // weights and biases, layer by layer
};

/// A loop over groups, the backward pass by hand, into buffers that are allocated once.
class PerGroup {
  struct Buffers {
    torch::Tensor weights_gradient, biases_gradient;  // K x inputs outputs, K x outputs
    torch::Tensor values;                             // batch x outputs
    torch::Tensor mixed, mixed_gradient;              // 1 x inputs outputs
    torch::Tensor delta;                              // each x outputs
  };

 public:
  PerGroup(Problem const& problem, double rate) : state_(problem, rate) {
    int const each = state_.shape.each;
    for (int l = 0; l < state_.shape.layers(); ++l) {
      Buffers b;
      int const weights = state_.shape.inputs(l) * state_.shape.outputs(l);
      b.weights_gradient = torch::zeros({state_.shape.rows(), weights});
      b.biases_gradient = torch::zeros({state_.shape.rows(), state_.shape.outputs(l)});
      b.values = torch::zeros({each, state_.shape.outputs(l)});
      b.mixed = torch::zeros({1, weights});
      b.mixed_gradient = torch::zeros({state_.shape.inputs(l), state_.shape.outputs(l)});
      b.delta = torch::zeros({each, state_.shape.outputs(l)});
      buffers_.push_back(b);
    }
    for (int g = 0; g < state_.shape.groups(); ++g) {
      group_inputs_.push_back(state_.inputs.narrow(0, g * each, each));
      group_targets_.push_back(state_.targets.narrow(0, g * each, each).unsqueeze(1));
      group_phi_.push_back(state_.phi.narrow(0, g, 1));
      group_phi_column_.push_back(state_.phi.select(0, g).unsqueeze(1).contiguous());
    }
  }

  double steps(std::size_t count) {
    torch::NoGradGuard const guard;
    double loss = 0;
    for (std::size_t i = 0; i < count; ++i) {
      loss = 0;
      for (int g = 0; g < state_.shape.groups(); ++g) {
        loss += pass(static_cast<std::size_t>(g), g == 0);
      }
      for (std::size_t l = 0; l < state_.layers.size(); ++l) {
        TorchState::Layer& layer = state_.layers[l];
        state_.move(layer.weights, layer.weights_velocity, buffers_[l].weights_gradient.view_as(layer.weights),
                    state_.inverse_gram_weights[l]);
        state_.move(layer.biases, layer.biases_velocity, buffers_[l].biases_gradient, state_.inverse_gram_column);
      }
    }
    return loss / state_.shape.batch;
  }

  [[nodiscard]] std::vector<std::vector<double>> parameters() const { return state_.parameters(); }

 private:
  /// Forward and backward of a group; the sum of its losses.
  double pass(std::size_t g, bool is_first) {
    std::size_t const depth = state_.layers.size();
    std::vector<torch::Tensor> mixed(depth);
    for (std::size_t l = 0; l < depth; ++l) {
      Buffers& b = buffers_[l];
      TorchState::Layer const& layer = state_.layers[l];
      torch::mm_out(b.mixed, group_phi_[g], layer.weights.view({state_.shape.rows(), -1}));
      mixed[l] = b.mixed.view({-1, layer.weights.size(1)});
      torch::addmm_out(b.values, group_phi_[g].mm(layer.biases), input(g, l), mixed[l]);
      if (l + 1 < depth) {
        b.values.relu_();
      }
    }
    auto const logarithms = torch::log_softmax(buffers_.back().values, 1);
    double const loss = -logarithms.gather(1, group_targets_[g]).sum().item<float>();
    torch::Tensor delta = logarithms.exp();
    delta.scatter_add_(1, group_targets_[g], minus_one_);
    delta.mul_(1.0 / state_.shape.batch);
    for (std::size_t l = depth; l-- > 0;) {
      Buffers& b = buffers_[l];
      torch::mm_out(b.mixed_gradient, input(g, l).t(), delta);
      // The first group writes, the others add: an outer product with phi.
      auto const row = b.mixed_gradient.view({1, -1});
      auto const sums = delta.sum(0, true);
      if (is_first) {
        torch::mul_out(b.weights_gradient, group_phi_column_[g], row);
        torch::mul_out(b.biases_gradient, group_phi_column_[g], sums);
      } else {
        b.weights_gradient.addcmul_(group_phi_column_[g], row);
        b.biases_gradient.addcmul_(group_phi_column_[g], sums);
      }
      if (l > 0) {
        torch::mm_out(buffers_[l - 1].delta, delta, mixed[l].t());
        delta = torch::threshold_backward(buffers_[l - 1].delta, buffers_[l - 1].values, 0);
      }
    }
    return loss;
  }

  [[nodiscard]] torch::Tensor const& input(std::size_t g, std::size_t l) const {
    return l == 0 ? group_inputs_[g] : buffers_[l - 1].values;
  }

  TorchState state_;
  std::vector<Buffers> buffers_;
  std::vector<torch::Tensor> group_inputs_, group_targets_, group_phi_, group_phi_column_;
  torch::Tensor minus_one_ = torch::full({state_.shape.each, 1}, -1.0F);
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
