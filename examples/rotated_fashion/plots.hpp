#pragma once

#include "summary.hpp"

#include <string>

/// Pictures of one study's summaries, each an <svg> element.
namespace demo {

/// The plot of accuracy against the angle, around a circle. The direction of a garment's top is its angle.
[[nodiscard]] std::string angle_plot(std::span<Summary const> study);

/// The plot of accuracy against the multiply-adds of a prediction.
[[nodiscard]] std::string cost_plot(std::span<Summary const> study);

/// The plot of the training loss against the step.
[[nodiscard]] std::string loss_plot(std::span<Summary const> study);

}  // namespace demo
