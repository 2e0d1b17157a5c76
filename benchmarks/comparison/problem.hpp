#pragma once

#include <string>
#include <vector>

namespace comparison {

/// A basis, and its space of contexts.
enum class Family {
  fourier,          ///< a Fourier series on the circle; with one row a plain network
  one_per_context,  ///< a network for each of K discrete contexts
  chain,            ///< a polygonal chain on [0, 1]
  catmull_rom,      ///< a closed spline on the circle
};

/// A network over a space of contexts, and its training batches.
struct Shape {
  std::string name;
  int batch = 0;
  std::vector<int> widths;  ///< of the inputs, hidden layers and outputs
  int rows = 3;             ///< K
  int each = 1;             ///< samples that share a context
  Family family = Family::fourier;

  [[nodiscard]] int support() const;  ///< number of rows that are used at a context
  [[nodiscard]] int groups() const { return batch / each; }
  [[nodiscard]] int layers() const { return static_cast<int>(widths.size()) - 1; }
  [[nodiscard]] int inputs(int layer) const { return widths[static_cast<std::size_t>(layer)]; }
  [[nodiscard]] int outputs(int layer) const { return widths[static_cast<std::size_t>(layer) + 1]; }
  /// Single outputs are numbers (mean-squared error), several are logits (cross-entropy).
  [[nodiscard]] bool is_regression() const { return widths.back() == 1; }

  /// Multiply-adds of a step: a product forward for each row that a sample uses, as many for the weights and, in all
  /// layers but the first, for the inputs. With groups there is one product each, K multiply-adds for each weight and
  /// group to form W, and as many to scatter its gradient.
  [[nodiscard]] double step_flops() const;
  /// Bytes of a step: the inputs; parameters and velocity read and written.
  [[nodiscard]] double step_bytes() const;

  friend bool operator==(Shape const&, Shape const&) = default;
};

/// A batch and the initial parameters, in plain arrays. Each contender converts them.
struct Problem {
  Shape shape;
  std::vector<float> inputs;                    ///< batch x inputs
  std::vector<double> contexts;                 ///< one per group: an angle, a place in [0, 1], or a number below K
  std::vector<float> phi;                       ///< groups x K
  std::vector<double> inverse_gram;             ///< K x K
  std::vector<int> labels;                      ///< one per sample
  std::vector<float> targets;                   ///< one per sample, for regression
  std::vector<std::vector<double>> parameters;  ///< of each layer K x (inputs + 1) x outputs, the bias last

  explicit Problem(Shape of);
};

inline constexpr double momentum = 0.9;

}  // namespace comparison
