#pragma once

#include "data.hpp"
#include "progress.hpp"
#include "text.hpp"

#include <optional>

namespace demo {

enum class Kind { manifold, concatenated, film };
inline constexpr std::array all_kinds{Kind::manifold, Kind::concatenated, Kind::film};

/// Settings shared by all contenders.
struct Settings {
  wm::Index steps = 40'000;
  wm::Index positions = 32;  ///< knob positions of a step
  wm::Index samples = 32;    ///< windows at each
  double signal = 16;        ///< seconds of the training signal
  /// Stiffness of the price of the manifold's steps: the library's default. Without it, steps are coarse at the ends of
  /// knobs: validation ratios are 1.4e-3 instead of 5.6e-4 after 40,000 steps.
  double stiffness = 4;
};

struct Trained {
  Contender contender;
  std::optional<Manifold> manifold;  ///< none for the other contenders
};

/// Trains with Adam. The rate rises over 200 steps and then falls to zero along a cosine. Each position's error counts
/// relative to the power of its target.
[[nodiscard]] Trained train(Kind kind, double rate, wm::Seed seed, Recordings const& data, Settings const& settings,
                            Progress& progress);

/// Returns the rate tuned on validation recordings (--tune).
[[nodiscard]] double default_rate(Kind kind);
[[nodiscard]] std::string_view name_of(Kind kind);

}  // namespace demo
