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
  std::vector<float> inputs;                   ///< of one sample after the other
  std::vector<std::vector<float>> parameters;  ///< of each layer (inputs + 1) x outputs, the bias last
  std::vector<double> outputs;                 ///< what should come, by plain loops in double

  PointProblem(std::vector<int> of_widths, Bend of_bend);

  [[nodiscard]] double flops() const;  ///< of one sample
  [[nodiscard]] double bytes() const;
};

/// What is timed, and what it computed, to be checked.
struct Answering {
  std::function<void(std::size_t)> run;  ///< so many samples, back to back; outputs are stored
  std::function<std::vector<float>()> result;
};

/// Static sizes; this library and Eigen.
[[nodiscard]] Answering point_ours(PointProblem const& problem);
[[nodiscard]] Answering point_eigen(PointProblem const& problem);

/// The network at another context, into the one there is, again and again; the result is the network at the last
/// angle of the problem. For the shape 64-32-32-10, K = 3.
[[nodiscard]] Answering move_ours(Problem const& problem);

}  // namespace comparison
