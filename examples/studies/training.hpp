#pragma once

#include "examination.hpp"
#include "record.hpp"

namespace demo {

/// An optimiser and its initial rate.
struct Pace {
  Optimiser optimiser = Optimiser::momentum;
  double rate = 0.1;
};

enum class Budget { brief, extended };
[[nodiscard]] std::string_view name_of(Budget budget);

/// One training. These members decide everything in it.
struct Run {
  Study const* study = nullptr;
  Setting const* setting = nullptr;
  Contender const* contender = nullptr;
  Pace pace;
  Budget budget = Budget::brief;
  unsigned seed = 0;

  /// Returns the part of the record that is known beforehand.
  [[nodiscard]] Record record() const;
};

/// Trains and examines. The brief budget is a number of epochs. The extended one goes on at a constant rate until the
/// validation score has not improved for a while, continues from the best network at a fifth of the rate, and ends when
/// that does not improve either. The best network is kept. Depends on its arguments alone: runs may go side by side.
[[nodiscard]] Record carry_out(Run const& run, Examinations& examinations);

}  // namespace demo
