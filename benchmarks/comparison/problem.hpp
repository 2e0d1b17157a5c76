#pragma once

#include <string>
#include <vector>

namespace comparison {

/// A network on a circle of contexts, and the batches it is trained on.
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
  /// One output is a number (mean-squared error), more are logits (cross-entropy).
  [[nodiscard]] bool is_regression() const { return widths.back() == 1; }

  /// Of a step: K products forward, for the weights and, in all layers but the first, for the inputs; with groups
  /// one each, and K multiply-adds a weight and group to form W, and as many to scatter its gradient.
  [[nodiscard]] double step_flops() const;
  /// Of a step: the inputs; parameters and velocity read and written.
  [[nodiscard]] double step_bytes() const;

  friend bool operator==(Shape const&, Shape const&) = default;
};

/// A batch and the parameters that training starts from, in plain arrays: each contender makes its own of them.
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
