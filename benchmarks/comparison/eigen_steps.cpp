#include "training.hpp"

#include <Eigen/Core>

#include <memory>

namespace comparison {
namespace {

/// One product for each layer and pass, with phi (x) (x, 1) in memory. Each buffer is allocated once.
template <class R>
class EigenSteps {
  using Matrix = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  struct Layer {
    Matrix parameters, velocity, gradient;  // K (inputs + 1) x outputs
    Matrix spread, spread_gradient;         // batch x K (inputs + 1)
    Matrix values, delta;                   // batch x outputs
  };

 public:
  EigenSteps(Problem const& problem, double rate)
      : problem_(problem),
        rate_(static_cast<R>(rate)),
        inputs_(Eigen::Map<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> const>(
                    problem.inputs.data(), problem.shape.batch, problem.shape.widths.front())
                    .template cast<R>()),
        layers_(static_cast<std::size_t>(problem.shape.layers())) {
    Shape const& shape = problem.shape;
    for (int l = 0; l < shape.layers(); ++l) {
      Layer& layer = layers_[static_cast<std::size_t>(l)];
      Eigen::Index const depth = shape.rows * (shape.inputs(l) + 1);
      layer.parameters = Eigen::Map<Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> const>(
                             problem.parameters[static_cast<std::size_t>(l)].data(), depth, shape.outputs(l))
                             .template cast<R>();
      layer.velocity = layer.gradient = Matrix::Zero(depth, shape.outputs(l));
      layer.spread = layer.spread_gradient = Matrix::Zero(shape.batch, depth);
      layer.values = layer.delta = Matrix::Zero(shape.batch, shape.outputs(l));
    }
  }

  double steps(std::size_t count) {
    double loss = 0;
    for (std::size_t i = 0; i < count; ++i) {
      forward();
      loss = differentiate_loss();
      backward();
      update();
    }
    return loss;
  }

  [[nodiscard]] std::vector<std::vector<double>> parameters() const {
    std::vector<std::vector<double>> all;
    for (Layer const& layer : layers_) {
      R const* const first = layer.parameters.data();
      all.emplace_back(first, first + layer.parameters.size());
    }
    return all;
  }

 private:
  [[nodiscard]] R phi(int b, int k) const {
    return static_cast<R>(problem_.phi[static_cast<std::size_t>(b / problem_.shape.each * problem_.shape.rows + k)]);
  }

  [[nodiscard]] R inverse_gram(int k, int j) const {
    return static_cast<R>(problem_.inverse_gram[static_cast<std::size_t>(k * problem_.shape.rows + j)]);
  }

  void forward() {
    Matrix const* x = &inputs_;
    for (Layer& layer : layers_) {
      Eigen::Index const inputs = x->cols();
      for (int b = 0; b < problem_.shape.batch; ++b) {
        for (int k = 0; k < problem_.shape.rows; ++k) {
          auto part = layer.spread.row(b).segment(k * (inputs + 1), inputs + 1);
          part.head(inputs) = phi(b, k) * x->row(b);
          part[inputs] = phi(b, k);
        }
      }
      layer.values.noalias() = layer.spread * layer.parameters;
      if (&layer != &layers_.back()) {
        layer.values = layer.values.cwiseMax(R{0});
      }
      x = &layer.values;
    }
  }

  double differentiate_loss() {
    Layer& last = layers_.back();
    auto const batch = static_cast<R>(problem_.shape.batch);
    if (problem_.shape.is_regression()) {
      last.delta.col(0) =
          last.values.col(0) -
          Eigen::Map<Eigen::VectorXf const>(problem_.targets.data(), problem_.shape.batch).template cast<R>();
      double const loss = last.delta.squaredNorm() / batch;
      last.delta *= 2 / batch;
      return loss;
    }
    double sum = 0;
    for (int b = 0; b < problem_.shape.batch; ++b) {
      auto const logits = last.values.row(b).array();
      auto delta = last.delta.row(b).array();
      int const label = problem_.labels[static_cast<std::size_t>(b)];
      R const top = logits.maxCoeff();
      delta = (logits - top).exp();
      R const total = delta.sum();
      sum += std::log(total) + top - logits[label];
      delta *= 1 / (batch * total);
      delta[label] -= 1 / batch;
    }
    return sum / problem_.shape.batch;
  }

  void backward() {
    for (std::size_t l = layers_.size(); l-- > 0;) {
      Layer& layer = layers_[l];
      layer.gradient.noalias() = layer.spread.transpose() * layer.delta;
      if (l == 0) {
        return;
      }
      layer.spread_gradient.noalias() = layer.delta * layer.parameters.transpose();
      Layer& before = layers_[l - 1];
      Eigen::Index const inputs = before.values.cols();
      for (int b = 0; b < problem_.shape.batch; ++b) {
        auto to = before.delta.row(b);
        to = phi(b, 0) * layer.spread_gradient.row(b).head(inputs);
        for (int k = 1; k < problem_.shape.rows; ++k) {
          to += phi(b, k) * layer.spread_gradient.row(b).segment(k * (inputs + 1), inputs);
        }
        to.array() *= (before.values.row(b).array() > 0).template cast<R>();
      }
    }
  }

  void update() {
    for (Layer& layer : layers_) {
      Eigen::Index const depth = layer.parameters.rows() / problem_.shape.rows;
      for (int k = 0; k < problem_.shape.rows; ++k) {
        auto velocity = layer.velocity.middleRows(k * depth, depth);
        velocity =
            static_cast<R>(momentum) * velocity + inverse_gram(k, k) * layer.gradient.middleRows(k * depth, depth);
        for (int j = 0; j < problem_.shape.rows; ++j) {
          if (j != k && inverse_gram(k, j) != 0) {
            velocity += inverse_gram(k, j) * layer.gradient.middleRows(j * depth, depth);
          }
        }
        layer.parameters.middleRows(k * depth, depth) -= rate_ * velocity;
      }
    }
  }

  Problem problem_;
  R rate_;
  Matrix inputs_;
  std::vector<Layer> layers_;
};

template <class R>
Training training(Problem const& problem, double rate) {
  auto const eigen = std::make_shared<EigenSteps<R>>(problem, rate);
  return {[eigen](std::size_t count) { return eigen->steps(count); }, [eigen] { return eigen->parameters(); }};
}

}  // namespace

Training train_eigen(Problem const& problem, double rate) { return training<float>(problem, rate); }
Training train_reference(Problem const& problem, double rate) { return training<double>(problem, rate); }

}  // namespace comparison
