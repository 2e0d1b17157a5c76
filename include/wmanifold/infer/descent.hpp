#pragma once

#include <wmanifold/infer/group_losses.hpp>
#include <wmanifold/topology/geodesic.hpp>

namespace wmanifold::detail {

/// The gradient at a nearby point, with the sign it has next to p. A point with two names of opposite sign (a
/// quaternion) takes the name nearer to p.
template <SmoothTopology T>
[[nodiscard]] Coordinates<T> gradient_beside(Point<T> const& p, Candidate<T> const& at) noexcept {
  bool const is_opposite = dot(T::tangent(at.point, T::log(p, at.point)), T::log(at.point, p)) > 0;
  Coordinates<T> gradient = at.gradient;
  for (double& x : gradient) {
    x *= is_opposite ? -1 : 1;
  }
  return gradient;
}

/// A Riemannian descent along geodesics. A step goes to the minimum of a parabola, whose curvature is learned from the
/// gradients (Broyden, Fletcher, Goldfarb and Shanno), so narrow valleys take few steps as well. The step is halved or
/// more until the objective falls by a share of the slope's prediction (Armijo). `next()` is the point to evaluate,
/// `take` receives its value.
template <SmoothTopology T>
class Descent {
 public:
  /// A descent from `start`. `longest` bounds its steps: it lies below the distance to the nearest other relevant
  /// minimum and within half a turn. The descent ends at steps below `tolerance`.
  Descent(Index group, Point<T> const& start, double longest, double tolerance)
      : longest_(longest), tolerance_(tolerance), best_{group, start}, next_(start) {}

  [[nodiscard]] bool is_done() const noexcept { return is_done_; }
  [[nodiscard]] Point<T> const& next() const noexcept { return next_; }
  /// Lowest point so far.
  [[nodiscard]] Candidate<T> const& best() const noexcept { return best_; }

  void take(Candidate<T> const& trial) noexcept {
    if (!has_begun_) {
      has_begun_ = true;
      best_ = trial;
      curve_evenly(2 * std::sqrt(dot(best_.gradient, best_.gradient)) / longest_);
      propose();
      return;
    }
    Vector const step = T::log(best_.point, trial.point);
    double const promised = dot(best_.gradient, step);  // below 0
    double const change = trial.value - best_.value;
    if (change > sufficient * promised) {  // too far: go to the minimum along the step, within bounds
      part_ *= std::clamp(-promised / (2 * (change - promised)), 0.1, 0.5);
      propose();
      return;
    }
    learn(trial, step);
    best_ = trial;
    part_ = 1;
    propose();
  }

 private:
  using Vector = Coordinates<T>;
  using Form = std::array<Vector, std::tuple_size_v<Vector>>;  // a bilinear form
  static constexpr double sufficient = 1e-4;

  void curve_evenly(double curvature) noexcept {
    curvature_ = {};
    for (std::size_t i = 0; i < curvature_.size(); ++i) {
      curvature_[i][i] = curvature;
    }
    is_even_ = true;
  }

  /// Sets the curvature along a step to the one measured from the gradients, or to a quarter of the old one if that is
  /// not above 0. The curvature is a positive form on ambient vectors, and so on the tangent vectors at any point.
  void learn(Candidate<T> const& trial, Vector const& step) noexcept {
    Vector const carried = T::tangent(trial.point, step);
    Vector const here = gradient_beside(best_.point, trial);
    Vector rise = T::tangent(trial.point, best_.gradient);
    for (std::size_t c = 0; c < rise.size(); ++c) {
      rise[c] = here[c] - rise[c];
    }
    double const found = dot(carried, rise);
    if (is_even_ && found > 0) {
      curve_evenly(found / dot(carried, carried));
    }
    is_even_ = false;
    Vector const was = bent(curvature_, carried);
    double const expected = dot(carried, was);
    for (std::size_t i = 0; i < rise.size(); ++i) {
      for (std::size_t j = 0; j < rise.size(); ++j) {
        curvature_[i][j] +=
            found > 0 ? rise[i] * rise[j] / found - was[i] * was[j] / expected : -0.75 * was[i] * was[j] / expected;
      }
    }
  }

  void propose() noexcept {
    Vector step = to_minimum();
    for (double& x : step) {
      x *= part_;
    }
    next_ = T::exp(best_.point, step);
    is_done_ = !(T::distance(best_.point, next_) >= tolerance_);
  }

  /// The step to the minimum of the parabola. If the space ends on the way, it leads to the minimum along that end.
  [[nodiscard]] Vector to_minimum() const noexcept {
    constexpr auto ends = ends_of<T>();
    Form curvature = curvature_;
    Vector slope = best_.gradient;
    double stiff = 0;
    for (std::size_t c = 0; c < ends.size(); ++c) {
      stiff += 1e6 * curvature[c][c];
    }
    std::array<bool, ends.size()> is_held{};
    for (;;) {
      Vector const step = within_reach(lowest(curvature, slope));
      auto const reached = T::exp(best_.point, step);
      Vector const moved = T::log(best_.point, reached);
      Vector const further = T::log(reached, T::exp(reached, step));
      std::size_t first = ends.size();  // coordinate of the first end that is reached
      for (std::size_t c = 0; c < ends.size(); ++c) {
        if (ends[c] && !is_held[c] && further[c] == 0 && moved[c] != step[c] &&
            (first == ends.size() || moved[c] / step[c] < moved[first] / step[first])) {
          first = c;
        }
      }
      if (first == ends.size()) {
        return step;
      }
      is_held[first] = true;  // at its end, by a stiff spring
      curvature[first][first] += stiff;
      slope[first] -= stiff * moved[first];
    }
  }

  [[nodiscard]] Vector within_reach(Vector step) const noexcept {
    double const length = std::sqrt(dot(step, step));
    for (double& x : step) {
      x *= length > longest_ ? longest_ / length : 1;
    }
    return step;
  }

  /// The step to the minimum of a parabola, one conjugate direction after the other.
  [[nodiscard]] Vector lowest(Form const& curvature, Vector const& slope) const noexcept {
    auto directions = tangent_frame(best_.point);
    Vector step{};
    for (auto v = directions.begin(); v != directions.end(); ++v) {
      Vector const along = bent(curvature, *v);
      double const curve = dot(*v, along);
      if (!(curve > 0)) {  // zero slope, or rounding
        continue;
      }
      add(-dot(slope, *v) / curve, *v, step);
      for (auto other = v + 1; other != directions.end(); ++other) {
        add(-dot(*other, along) / curve, *v, *other);
      }
    }
    return step;
  }

  [[nodiscard]] static Vector bent(Form const& curvature, Vector const& v) noexcept {
    Vector result{};
    for (std::size_t c = 0; c < v.size(); ++c) {
      result[c] = dot(curvature[c], v);
    }
    return result;
  }
  static void add(double factor, Vector const& v, Vector& to) noexcept {
    for (std::size_t c = 0; c < v.size(); ++c) {
      to[c] += factor * v[c];
    }
  }

  double longest_;
  double tolerance_;
  double part_ = 1;  // share of a step that was too far
  bool has_begun_ = false;
  bool is_done_ = false;
  bool is_even_ = true;
  Form curvature_{};
  Candidate<T> best_;
  Point<T> next_;
};

/// Runs all descents side by side, with at most `most_steps` evaluations each.
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
