#pragma once

#include "batch.hpp"

#include <wmanifold/network/parameters.hpp>
#include <wmanifold/network/workspace.hpp>

#include <memory>
#include <string>
#include <vector>

namespace demo {

enum class Optimiser { momentum, adam };
[[nodiscard]] std::string_view name_of(Optimiser optimiser);

/// A block of parameters with the flow that moves it.
class TrainedPart {
 public:
  virtual ~TrainedPart() = default;
  [[nodiscard]] virtual wmanifold::Parameters<float>& parameters() = 0;
  /// That of the last backward pass.
  [[nodiscard]] virtual wmanifold::Parameters<float> const& gradient() const = 0;
  virtual void set_rate(double rate) = 0;
  /// One step along the gradient. NumericalError where it would leave the range of numbers; nothing has changed then.
  virtual void step() = 0;
};

/// What a learner is made for.
struct Recipe {
  Space space = Space::circle;
  wmanifold::Index inputs = 0;
  std::vector<wmanifold::Index> hidden;
  wmanifold::Index outputs = 0;
  std::string activation = "relu";
  Optimiser optimiser = Optimiser::momentum;
  double rate = 0.1;
  double momentum = 0.9;
  wmanifold::Seed seed{1};

  /// inputs, hidden, outputs
  [[nodiscard]] std::vector<wmanifold::Index> widths() const;
};

/// A network that learns, whatever way it has of using the context. It is a few parts, each moved by a flow of the
/// library.
class Learner {
 public:
  virtual ~Learner() = default;

  /// Outputs (samples x outputs): a view that the next pass overwrites. Keeps what backward needs.
  virtual wmanifold::BatchView<float> forward(Batch const& batch) = 0;
  /// After forward of the same batch: the gradient of every part.
  virtual void backward(Batch const& batch, wmanifold::Matrix<float> const& output_gradient) = 0;
  /// Once, when the training is over: before anything is examined but the scores along its way.
  virtual void finish() {}
  /// All parts; none is freed before the learner.
  [[nodiscard]] virtual std::vector<TrainedPart*> parts() = 0;
  /// Of a prediction: where the context rests, and all that depends on it alone was done before; and where each
  /// prediction has a context of its own.
  [[nodiscard]] virtual wmanifold::Index multiply_adds() const = 0;
  [[nodiscard]] virtual wmanifold::Index moving_multiply_adds() const = 0;

  /// All numbers that are learned.
  [[nodiscard]] wmanifold::Index parameters();
  void set_rate(double rate);
  /// One step along the gradients.
  void step();
  /// All parameters, in order, and back.
  [[nodiscard]] std::vector<float> numbers();
  void restore(std::vector<float> const& numbers);
};

/// Multiply-adds, and parameters, of a plain network of these widths.
[[nodiscard]] wmanifold::Index multiply_adds_of(std::vector<wmanifold::Index> const& widths);
[[nodiscard]] wmanifold::Index parameters_of(std::vector<wmanifold::Index> const& widths);

}  // namespace demo
