#pragma once

#include "points.hpp"

#include <vector>

namespace comparison {

/// A phase-functioned network (Holden, Komura and Saito, 2017): 342-512-512-311 with ELU. Its weights are a closed
/// cubic Catmull-Rom spline through four control points. Phase and inputs change with every frame.
struct PhaseProblem {
  static constexpr char const* name = "phase-342-512-512-311";
  static constexpr char const* name_of_two = "phase-2-threads";
  static constexpr char const* name_in_bfloat16 = "phase-342-512-512-311-bf16";
  static constexpr int control_points = 4;
  static constexpr int frames = 64;  ///< in a whole cycle
  static constexpr int layers = 3;
  static constexpr int widths[layers + 1] = {342, 512, 512, 311};

  std::vector<float> inputs;                   ///< of all frames, one after the other
  std::vector<std::vector<float>> parameters;  ///< of each layer 4 x (inputs + 1) x outputs, the bias last
  std::vector<double> outputs;                 ///< of all frames, by plain loops in double

  explicit PhaseProblem(bool in_bfloat16 = false);  ///< its parameters are floats, or bfloat16 numbers as floats

  [[nodiscard]] static double phase(int frame);
  [[nodiscard]] double numbers() const;  ///< of all control points
  [[nodiscard]] double flops() const;    ///< of a frame: a multiply-add for each
  [[nodiscard]] double bytes(std::size_t of_a_number = sizeof(float)) const;
};

/// Runs frames in order from the first on. The results are the outputs of the first cycle.
[[nodiscard]] Answering phase_ours(PhaseProblem const& problem);
/// The same with parameters stored in bfloat16. The problem's parameters are such numbers.
[[nodiscard]] Answering phase_ours_in_bfloat16(PhaseProblem const& problem);
/// Blends by the polynomial as the paper's code writes it, then multiplies.
[[nodiscard]] Answering phase_eigen(PhaseProblem const& problem);
/// Blends with four factors that are computed once a frame.
[[nodiscard]] Answering phase_eigen_weighted(PhaseProblem const& problem);

}  // namespace comparison
