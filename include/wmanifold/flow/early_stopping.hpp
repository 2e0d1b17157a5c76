#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/real.hpp>

#include <cmath>
#include <limits>

namespace wmanifold {

/// A stopping rule on a validation loss: stop if it has not improved by `least` in `patience` looks.
class EarlyStopping {
 public:
  /// A rule with this patience. Throws ArgumentError for a patience below 1, or a least improvement that is negative or
  /// not finite.
  explicit EarlyStopping(Index patience, double least = 0) : patience_(patience), least_(least) {
    if (patience < 1 || !(is_finite(least) && least >= 0)) [[unlikely]] {
      fail("early stopping: expected a patience of at least 1 and an improvement of at least 0, got ", patience,
           " and ", least);
    }
  }

  /// Takes the next validation loss; NaN is no improvement. Returns whether it improves the best loss by more than
  /// `least`.
  bool look(double loss) noexcept {
    bool const better = loss < best_ - least_;
    if (better) {
      best_ = loss;
      since_ = 0;
    } else {
      ++since_;
    }
    return better;
  }

  /// Returns whether the last `patience` looks brought no improvement.
  [[nodiscard]] bool should_stop() const noexcept { return since_ >= patience_; }
  /// Best loss so far.
  [[nodiscard]] double best() const noexcept { return best_; }

 private:
  Index patience_;
  double least_;
  double best_ = std::numeric_limits<double>::infinity();
  Index since_ = 0;
};

}  // namespace wmanifold
