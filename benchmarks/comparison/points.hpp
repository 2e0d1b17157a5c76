#pragma once

#include "problem.hpp"

#include <functional>
#include <string>
#include <vector>

namespace comparison {

enum class Bend { relu, tanh };
/// What a call runs: one sample, the samples in turn, or a block of all.
enum class Call { sample, block };

/// A network with fixed weights and different inputs.
struct PointProblem {
  static constexpr int samples = 64;

  std::string name;         ///< "point-", the widths and the bend
  std::vector<int> widths;  ///< of the inputs, hidden layers and outputs
  Bend bend;
  int step;                                    ///< numbers from the start of a sample to the start of the next
  std::vector<float> inputs;                   ///< of all samples
  std::vector<std::vector<float>> parameters;  ///< of each layer (inputs + 1) x outputs, the bias last
  std::vector<double> outputs;                 ///< expected ones, by plain loops in double

  /// Samples one after the other.
  PointProblem(std::vector<int> of_widths, Bend of_bend) : PointProblem(of_widths, of_bend, of_widths.front()) {}
  /// Samples that may overlap; a step of 1 is a window that slides over a signal.
  PointProblem(std::vector<int> of_widths, Bend of_bend, int of_step);

  [[nodiscard]] std::string sizes() const;  ///< "64-32-32-10"
  [[nodiscard]] double flops() const;       ///< of one sample
  [[nodiscard]] double bytes() const;       ///< of one sample
  [[nodiscard]] double block_bytes() const;
};

/// A timed function, and its results for the check.
struct Answering {
  std::function<void(std::size_t)> run;  ///< makes this many calls, back to back; outputs are stored
  std::function<std::vector<float>()> result;
};

/// Networks of static sizes: this library's and Eigen's. A call runs one sample, the samples in turn.
[[nodiscard]] Answering point_ours(PointProblem const& problem);
[[nodiscard]] Answering point_eigen(PointProblem const& problem);

/// The same networks. A call runs a block of all samples, which for Eigen is one product a layer.
[[nodiscard]] Answering block_ours(PointProblem const& problem);
[[nodiscard]] Answering block_eigen(PointProblem const& problem);

/// A Walker at rest, over two knobs and with nine rows, for 32-16-16-1 with tanh. A call processes all samples.
[[nodiscard]] Answering walker_ours(PointProblem const& problem);

/// Forms the network at another context in place, again and again. The result is the network at the problem's last
/// angle. For the shape 64-32-32-10, K = 3.
[[nodiscard]] Answering move_ours(Problem const& problem);

}  // namespace comparison
