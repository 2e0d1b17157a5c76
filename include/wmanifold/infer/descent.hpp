#pragma once

#include <wmanifold/infer/group_losses.hpp>

namespace wmanifold::detail {

/// A Riemannian descent along geodesics by Barzilai and Borwein's step length, each step halved or more until the
/// objective falls by a share of what its slope promises (Armijo). `next()` says where to look, `take` what is there.
template <SmoothTopology T>
class Descent {
 public:
  /// Steps are no longer than `longest`, below the distance to the nearest other minimum that matters and within half
  /// of a turn; the descent ends at steps below `tolerance`.
  Descent(Index group, Point<T> const& start, double longest, double tolerance)
      : longest_(longest), tolerance_(tolerance), best_{group, start}, next_(start) {}

  [[nodiscard]] bool is_done() const noexcept { return is_done_; }
  [[nodiscard]] Point<T> const& next() const noexcept { return next_; }
  /// The lowest point so far.
  [[nodiscard]] Candidate<T> const& best() const noexcept { return best_; }

  void take(Candidate<T> const& trial) noexcept {
    if (!has_begun_) {
      has_begun_ = true;
      best_ = trial;
      double const steepness = std::sqrt(dot(best_.gradient, best_.gradient));
      rate_ = steepness > 0 ? longest_ / (2 * steepness) : 0;
      propose();
      return;
    }
    Coordinates<T> const step = T::log(best_.point, trial.point);
    double const promised = dot(best_.gradient, step);  // below 0
    double const change = trial.value - best_.value;
    if (change > sufficient * promised) {  // too far: to the minimum of the parabola, within bounds
      rate_ *= std::clamp(-promised / (2 * (change - promised)), 0.1, 0.5);
      propose();
      return;
    }
    Coordinates<T> const carried = T::tangent(trial.point, step);
    Coordinates<T> rise = T::tangent(trial.point, best_.gradient);
    for (std::size_t c = 0; c < rise.size(); ++c) {
      rise[c] = trial.gradient[c] - rise[c];
    }
    double const curvature = dot(carried, rise);
    rate_ = curvature > 0 ? dot(carried, carried) / curvature : 4 * rate_;
    best_ = trial;
    propose();
  }

 private:
  static constexpr double sufficient = 1e-4;

  void propose() noexcept {
    double const steepness = std::sqrt(dot(best_.gradient, best_.gradient));
    if (rate_ * steepness > longest_) {
      rate_ = longest_ / steepness;
    }
    Coordinates<T> step = best_.gradient;
    for (double& x : step) {
      x *= -rate_;
    }
    next_ = T::exp(best_.point, step);
    is_done_ = !(T::distance(best_.point, next_) >= tolerance_);
  }

  double longest_;
  double tolerance_;
  double rate_ = 0;
  bool has_begun_ = false;
  bool is_done_ = false;
  Candidate<T> best_;
  Point<T> next_;
};

/// Follows all descents side by side, by at most `most_steps` evaluations each.
template <class Losses, SmoothTopology T>
void descend(Losses& losses, std::vector<Descent<T>>& descents, Index most_steps) {
  std::vector<Candidate<T>> trials;
  std::vector<std::size_t> owners;
  for (Index i = 0; i < most_steps; ++i) {
    trials.clear();
    owners.clear();
    for (std::size_t d = 0; d < descents.size(); ++d) {
      if (!descents[d].is_done()) {
        trials.push_back({descents[d].best().group, descents[d].next()});
        owners.push_back(d);
      }
    }
    if (trials.empty()) {
      return;
    }
    losses.at(std::span(trials));
    for (std::size_t t = 0; t < trials.size(); ++t) {
      descents[owners[t]].take(trials[t]);
    }
  }
}

}  // namespace wmanifold::detail
