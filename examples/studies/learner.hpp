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
  /// Returns the gradient of the last backward pass.
  [[nodiscard]] virtual wmanifold::Parameters<float> const& gradient() const = 0;
  virtual void set_rate(double rate) = 0;
  /// Takes one step along the gradient. Throws NumericalError, and changes nothing, if it would leave the range of
  /// numbers.
  virtual void step() = 0;
};

/// The parameters for making a learner.
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

  /// Returns inputs, hidden, outputs.
  [[nodiscard]] std::vector<wmanifold::Index> widths() const;
};

/// A network that learns, with any way of using the context. It has a few parts, each moved by a flow of the library.
class Learner {
 public:
  virtual ~Learner() = default;

  /// Returns outputs (samples x outputs), a view that the next pass overwrites. Keeps the values that backward needs.
  virtual wmanifold::BatchView<float> forward(Batch const& batch) = 0;
  /// Computes the gradient of every part, after forward of the same batch.
  virtual void backward(Batch const& batch, wmanifold::Matrix<float> const& output_gradient) = 0;
  /// Ends the training. Called once, before all examinations but the scores during training.
  virtual void finish() {}
  /// Returns all parts. They live as long as the learner.
  [[nodiscard]] virtual std::vector<TrainedPart*> parts() = 0;
  /// Return the multiply-adds of a prediction: with a resting context, whose own computations were done before; and
  /// with a context of its own for each prediction.
  [[nodiscard]] virtual wmanifold::Index multiply_adds() const = 0;
  [[nodiscard]] virtual wmanifold::Index moving_multiply_adds() const = 0;

  /// Returns the number of learned numbers.
  [[nodiscard]] wmanifold::Index parameters();
  void set_rate(double rate);
  /// Takes one step along the gradients.
  void step();
  /// Return all parameters in order, and restore them.
  [[nodiscard]] std::vector<float> numbers();
  void restore(std::vector<float> const& numbers);
};

/// Return multiply-adds, and parameters, of a plain network of these widths.
[[nodiscard]] wmanifold::Index multiply_adds_of(std::vector<wmanifold::Index> const& widths);
[[nodiscard]] wmanifold::Index parameters_of(std::vector<wmanifold::Index> const& widths);

}  // namespace demo
