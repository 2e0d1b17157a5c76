#pragma once

#include <string>
#include <vector>

namespace comparison {

/// A network on a circle of contexts, and its training batches.
struct Shape {
  std::string name;
  int batch = 0;
  std::vector<int> widths;  ///< of the inputs, hidden layers and outputs
  int order = 1;            ///< of the Fourier series; 0: a plain network
  int each = 1;             ///< samples that share a context

  [[nodiscard]] int rows() const { return 2 * order + 1; }  ///< K
  [[nodiscard]] int groups() const { return batch / each; }
  [[nodiscard]] int layers() const { return static_cast<int>(widths.size()) - 1; }
  [[nodiscard]] int inputs(int layer) const { return widths[static_cast<std::size_t>(layer)]; }
  [[nodiscard]] int outputs(int layer) const { return widths[static_cast<std::size_t>(layer) + 1]; }
  /// Single outputs are numbers (mean-squared error), several are logits (cross-entropy).
  [[nodiscard]] bool is_regression() const { return widths.back() == 1; }

  /// Multiply-adds of a step: K products forward, K for the weights and, in all layers but the first, K for the inputs.
  /// With groups there is one product each, K multiply-adds for each weight and group to form W, and as many to scatter
  /// its gradient.
  [[nodiscard]] double step_flops() const;
  /// Bytes of a step: the inputs; parameters and velocity read and written.
  [[nodiscard]] double step_bytes() const;

  friend bool operator==(Shape const&, Shape const&) = default;
};

/// A batch and the initial parameters, in plain arrays. Each contender converts them.
struct Problem {
  Shape shape;
  std::vector<float> inputs;                    ///< batch x inputs
  std::vector<double> angles;                   ///< one per group
  std::vector<float> phi;                       ///< groups x K: 1, cos t, sin t, cos 2t, ...
  std::vector<int> labels;                      ///< one per sample
  std::vector<float> targets;                   ///< one per sample, for regression
  std::vector<std::vector<double>> parameters;  ///< of each layer K x (inputs + 1) x outputs, the bias last

  explicit Problem(Shape of);
};

/// Entry k of G^-1 = diag(1, 2, 2, ...).
[[nodiscard]] constexpr double inverse_gram(int k) { return k == 0 ? 1 : 2; }
inline constexpr double momentum = 0.9;

}  // namespace comparison
