#pragma once

#include "points.hpp"

#include <vector>

namespace comparison {

/// A phase-functioned network (Holden, Komura and Saito, 2017): 342-512-512-311 with ELU, its weights a closed cubic
/// Catmull-Rom spline through four control points. Frame after frame, the phase is another, and so are the inputs.
struct PhaseProblem {
  static constexpr char const* name = "phase-342-512-512-311";
  static constexpr char const* name_of_two = "phase-2-threads";
  static constexpr int control_points = 4;
  static constexpr int frames = 64;  ///< of a whole cycle
  static constexpr int layers = 3;
  static constexpr int widths[layers + 1] = {342, 512, 512, 311};

  std::vector<float> inputs;                   ///< of one frame after the other
  std::vector<std::vector<float>> parameters;  ///< of each layer 4 x (inputs + 1) x outputs, the bias last
  std::vector<double> outputs;                 ///< of all frames, by plain loops in double

  PhaseProblem();

  [[nodiscard]] static double phase(int frame);
  [[nodiscard]] double numbers() const;  ///< of all control points
  [[nodiscard]] double flops() const;    ///< of a frame: a multiply-add for each
  [[nodiscard]] double bytes() const;
};

/// Frame after frame, from the first on; results are the outputs of the first cycle.
[[nodiscard]] Answering phase_ours(PhaseProblem const& problem);
/// Blended by the polynomial as it is written in the paper's code; then products.
[[nodiscard]] Answering phase_eigen(PhaseProblem const& problem);
/// Blended with four factors that are computed once a frame.
[[nodiscard]] Answering phase_eigen_weighted(PhaseProblem const& problem);

}  // namespace comparison
