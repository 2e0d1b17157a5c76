#pragma once

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

/// How candidates are compared.
struct ChooseOptions {
  Index least = 4;       ///< trainings of each candidate before the first may be dropped, from 2: an error takes two
  Index most = 12;       ///< trainings of a candidate, where two stay close
  double errors = 3;     ///< standard errors that a difference must exceed to count
  double tolerance = 0;  ///< a score that falls short of the best by no more is as good
  Seed seed{0};          ///< of all; candidates share theirs, so that they differ in nothing else
};

/// One training of each candidate that is left.
struct Repeat {
  Index number = 0;  ///< from 0. Which samples and contexts are left out may depend on it.
  Seed seed{0};      ///< its own; its stream 0 makes the models
};

/// What became of a candidate.
struct CandidateScores {
  Index parameters = 0;        ///< all that is learned
  std::vector<double> scores;  ///< of each repeat until it was dropped
  [[nodiscard]] double mean() const noexcept {
    return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
  }
};

struct Choice {
  std::size_t pick = 0;                     ///< which of the candidates
  std::vector<CandidateScores> candidates;  ///< in the order in which they were given
};

namespace detail {

inline void require_options(ChooseOptions const& how) {
  if (how.least < 2 || how.most < how.least) [[unlikely]] {
    fail("choose: expected at least 2 trainings and at most no fewer, got ", how.least, " and ", how.most);
  }
  if (!(is_finite(how.errors + how.tolerance) && how.errors >= 0 && how.tolerance >= 0)) [[unlikely]] {
    fail("choose: expected errors and a tolerance of at least 0, got ", how.errors, " and ", how.tolerance);
  }
}

/// Has the leader won for good against another that has as many scores? So it has where, some standard errors of the
/// paired difference granted, the other is worse by more than the tolerance, or, where it is no smaller, not better by
/// more.
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

/// Which topology and order? Picks among candidates by what small trainings of them score on data that they have not
/// seen, in a race: in each repeat every candidate that is left is made and trained anew, all from one seed. Those that
/// have lost to the leader for good, by the differences repeat by repeat, are dropped; the race ends when one is left,
/// or after the most repeats. What is clear costs little, and what stays close to the end matters little. The leader,
/// and in the end the pick, is of those that are within the tolerance of the best mean score the one with the fewest
/// parameters.
///
/// - `train(model, repeat)` trains a model. Better on a part of the samples than for fewer epochs: how a topology goes
///   on between contexts changes as the training goes on.
/// - `score(model, repeat)`: the higher, the better, on samples that `train` leaves out in this repeat. Contexts should
///   be left out too, so that those that are scored lie on the whole as far from those that are trained as all that
///   will be asked for: which candidate is the best changes with that distance.
/// - `make(seed)...` make the models, of a type each.
///
/// A candidate is dropped at once when a training of it throws NumericalError, or scores anything that is not finite:
/// that score is minus infinity. Everything follows from the seed. Throws ArgumentError for options that make no sense,
/// NumericalError where all that are left are dropped so.
template <class Train, class Score, class... Make>
[[nodiscard]] Choice choose(ChooseOptions const& how, Train const& train, Score const& score, Make const&... make) {
  static_assert(sizeof...(Make) >= 1,
                "wmanifold: choose expects callables that make a model from a seed, one at least");
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
      try {
        train(model, repeat);
        double const value = static_cast<double>(score(std::as_const(model), repeat));
        candidate.scores.push_back(is_finite(value) ? value : worst);
      } catch (NumericalError const&) {
        candidate.scores.push_back(worst);
      }
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
      fail<NumericalError>("choose: expected a candidate with a score after repeat ", n, ", got none");
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
