#pragma once

#include "summary.hpp"

#include <string>

/// Pictures of one study's summaries, each an <svg> element.
namespace demo {

/// Accuracy against the angle, around a circle: where a garment's top points to, so is its angle.
[[nodiscard]] std::string angle_plot(std::span<Summary const> study);

/// Accuracy against the multiply-adds of a prediction.
[[nodiscard]] std::string cost_plot(std::span<Summary const> study);

/// The loss of training against the step.
[[nodiscard]] std::string loss_plot(std::span<Summary const> study);

}  // namespace demo
