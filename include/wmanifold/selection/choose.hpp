#pragma once

#include <wmanifold/core/attempt.hpp>
#include <wmanifold/core/error.hpp>
#include <wmanifold/core/random.hpp>
#include <wmanifold/core/real.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>
#include <vector>

namespace wmanifold {

/// Options of a comparison of candidates.
struct ChooseOptions {
  Index least = 4;  ///< trainings of each candidate before one may be dropped; at least 2, for an estimate of the error
  Index most = 12;  ///< trainings of a candidate that stays in the race
  double errors = 3;     ///< standard errors by which a difference must exceed 0 to count
  double tolerance = 0;  ///< scores this far below the best count as equal to it
  Seed seed{0};          ///< of all trainings; candidates share the seed of each repeat
};

/// One training of each remaining candidate.
struct Repeat {
  Index number = 0;  ///< from 0; the samples and contexts that are left out may depend on it
  Seed seed{0};      ///< of this repeat; its stream 0 makes the models
};

/// The scores of a candidate.
struct CandidateScores {
  Index parameters = 0;        ///< number of learned parameters
  std::vector<double> scores;  ///< one per repeat, until the candidate was dropped
  /// Mean score.
  [[nodiscard]] double mean() const noexcept {
    return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
  }
};

/// The result of a comparison.
struct Choice {
  std::size_t pick = 0;                     ///< index of the chosen candidate
  std::vector<CandidateScores> candidates;  ///< in the given order
};

namespace detail {

inline void require_options(ChooseOptions const& how) {
  if (how.least < 2 || how.most < how.least) [[unlikely]] {
    fail("choose: expected at least 2 trainings and a maximum of no fewer, got ", how.least, " and ", how.most);
  }
  if (!(is_finite(how.errors + how.tolerance) && how.errors >= 0 && how.tolerance >= 0)) [[unlikely]] {
    fail("choose: expected errors and a tolerance of at least 0, got ", how.errors, " and ", how.tolerance);
  }
}

/// Returns whether the leader has beaten the other candidate for good; both have as many scores. The paired difference
/// counts after some standard errors are subtracted. A leader with more parameters must then be better by the
/// tolerance. Any other leader must not be worse by more than the tolerance.
inline bool has_won(CandidateScores const& leader, CandidateScores const& other, ChooseOptions const& how) {
  auto const count = static_cast<double>(leader.scores.size());
  double const mean = leader.mean() - other.mean();
  double squares = 0;
  for (std::size_t i = 0; i < leader.scores.size(); ++i) {
    double const rest = leader.scores[i] - other.scores[i] - mean;
    squares += rest * rest;
  }
  double const error = std::sqrt(squares / (count * (count - 1)));
  return mean - how.errors * error >= (leader.parameters > other.parameters ? how.tolerance : -how.tolerance);
}

}  // namespace detail

/// Chooses a topology and an order: a race of candidates by the scores of small trainings on unseen data. In each
/// repeat every remaining candidate is made and trained anew, all from one seed. Candidates that have lost to the
/// leader for good, by the differences repeat by repeat, are dropped. The race ends with one candidate left, or after
/// `most` repeats. Clear decisions take few trainings, and between candidates that stay close the choice matters
/// little. The leader, and finally the pick, is the candidate with the fewest parameters among those within the
/// tolerance of the best mean score.
///
/// - `train(model, repeat)` trains a model. Shorten a training by fewer samples, not fewer epochs: the behaviour of a
///   topology between contexts changes during training.
/// - `score(model, repeat)` returns a score, higher is better, on samples that `train` leaves out in this repeat. Leave
/// out
///   contexts, too: the scored ones should be as far from the trained ones as those in later use. The best candidate
///   depends on that distance.
/// - `make(seed)...` make the models, each of its own type.
///
/// A training that throws NumericalError, or a score that is not finite, counts as minus infinity, and the candidate is
/// dropped at once. The result depends on the seed alone. Throws ArgumentError for invalid options, and NumericalError
/// if all remaining candidates are dropped this way.
template <class Train, class Score, class... Make>
[[nodiscard]] Choice choose(ChooseOptions const& how, Train const& train, Score const& score, Make const&... make) {
  static_assert(sizeof...(Make) >= 1, "wmanifold: choose expects at least one callable that makes a model from a Seed");
  detail::require_options(how);
  constexpr double worst = -std::numeric_limits<double>::infinity();
  Choice choice;
  auto& candidates = choice.candidates;
  candidates.resize(sizeof...(Make));
  using Try = std::function<void(CandidateScores&, Repeat const&)>;
  auto const trial = [&](auto const& one) {
    return Try([&](CandidateScores& candidate, Repeat const& repeat) {
      auto model = one(repeat.seed.stream(0));
      auto const& block = model.parameters();
      candidate.parameters = block.rows() * block.columns() + std::ssize(block.shared());
      double const value = detail::attempt<NumericalError>(
          [&] {
            train(model, repeat);
            return static_cast<double>(score(std::as_const(model), repeat));
          },
          [&] { return worst; });
      candidate.scores.push_back(is_finite(value) ? value : worst);
    });
  };
  std::vector<Try> const trials{trial(make)...};
  std::vector<std::size_t> left(trials.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  for (Index n = 0; n < how.most && (n == 0 || left.size() > 1); ++n) {
    Repeat const repeat{n, how.seed.stream(static_cast<std::uint64_t>(n))};
    for (std::size_t const i : left) {
      trials[i](candidates[i], repeat);
    }
    std::erase_if(left, [&](std::size_t i) { return candidates[i].scores.back() == worst; });
    if (left.empty()) [[unlikely]] {
      fail<NumericalError>("choose: expected a candidate with a finite score after repeat ", n,
                           ", got none; lower the rates");
    }
    double best = worst;
    for (std::size_t const i : left) {
      best = std::max(best, candidates[i].mean());
    }
    choice.pick = *std::min_element(left.begin(), left.end(), [&](std::size_t a, std::size_t b) {
      auto const rank = [&](CandidateScores const& c) {
        return std::tuple(c.mean() < best - how.tolerance, c.parameters, -c.mean());
      };
      return rank(candidates[a]) < rank(candidates[b]);
    });
    if (n + 1 >= how.least) {
      std::erase_if(left, [&](std::size_t i) {
        return i != choice.pick && detail::has_won(candidates[choice.pick], candidates[i], how);
      });
    }
  }
  return choice;
}

}  // namespace wmanifold
