#pragma once

#include "problem.hpp"

#include <functional>
#include <string>
#include <vector>

namespace comparison {

enum class Bend { relu, tanh };

/// A network with fixed weights and different inputs, one sample at a time.
struct PointProblem {
  static constexpr int inputs_in_turn = 64;

  std::string name;
  std::vector<int> widths;
  Bend bend;
  std::vector<float> inputs;                   ///< of all samples, one after the other
  std::vector<std::vector<float>> parameters;  ///< of each layer (inputs + 1) x outputs, the bias last
  std::vector<double> outputs;                 ///< expected ones, by plain loops in double

  PointProblem(std::vector<int> of_widths, Bend of_bend);

  [[nodiscard]] double flops() const;  ///< of one sample
  [[nodiscard]] double bytes() const;
};

/// A timed function, and its results for the check.
struct Answering {
  std::function<void(std::size_t)> run;  ///< runs this many samples, back to back; outputs are stored
  std::function<std::vector<float>()> result;
};

/// Networks of static sizes: this library's and Eigen's.
[[nodiscard]] Answering point_ours(PointProblem const& problem);
[[nodiscard]] Answering point_eigen(PointProblem const& problem);

/// Forms the network at another context in place, again and again. The result is the network at the problem's last
/// angle. For the shape 64-32-32-10, K = 3.
[[nodiscard]] Answering move_ours(Problem const& problem);

}  // namespace comparison
