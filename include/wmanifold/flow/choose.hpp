#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/random.hpp>
#include <wmanifold/core/real.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

namespace wmanifold {

/// How candidates are compared.
struct ChooseOptions {
  std::vector<Index> budgets;  ///< of a training, one for each round, rising: epochs, steps, or what the caller counts
  Index repeats = 3;           ///< trainings of a candidate in each round
  Seed seed{0};                ///< of all; candidates share theirs, so that they differ in nothing else
  double tolerance = 0;        ///< a score that falls short of the best by no more is as good
};

/// One training of each candidate that is left, of which a round has some.
struct Repeat {
  Index number = 0;  ///< from 0; the same in all rounds. What is left out for validation may depend on it.
  Seed seed{0};      ///< of this round's repeat
};

/// What became of a candidate.
struct CandidateScores {
  Index parameters = 0;                     ///< all that is learned
  std::vector<std::vector<double>> rounds;  ///< of each round that it took part in the score of each repeat
  /// Of its last round.
  [[nodiscard]] double mean() const noexcept {
    auto const& last = rounds.back();
    return std::accumulate(last.begin(), last.end(), 0.0) / static_cast<double>(last.size());
  }
};

struct Choice {
  std::size_t pick = 0;                     ///< which of the candidates
  std::vector<CandidateScores> candidates;  ///< in the order in which they were given
};

namespace detail {

inline void require_options(ChooseOptions const& how) {
  if (how.budgets.empty() || how.budgets.front() < 1 ||
      std::adjacent_find(how.budgets.begin(), how.budgets.end(), std::greater_equal<>()) != how.budgets.end())
      [[unlikely]] {
    fail("choose: expected at least one budget, from 1, each larger than the one before, got ", how.budgets.size(),
         how.budgets.empty() ? "" : " of which the first is ", how.budgets.empty() ? Index{0} : how.budgets.front());
  }
  if (how.repeats < 1 || !(how.tolerance >= 0)) [[unlikely]] {
    fail("choose: expected at least 1 repeat and a tolerance of at least 0, got ", how.repeats, " and ", how.tolerance);
  }
}

/// Is a candidate as good as the best one, by the scores of a round? It is where it falls short by no more than the
/// tolerance, or than the standard error of the difference, repeat by repeat.
inline bool is_as_good(std::vector<double> const& scores, std::vector<double> const& best, double tolerance) {
  auto const count = static_cast<double>(scores.size());
  double mean = 0;
  double square = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    double const short_by = best[i] - scores[i];
    mean += short_by / count;
    square += short_by * short_by / count;
  }
  double const error = count > 1 ? std::sqrt(std::max(0.0, square - mean * mean) / (count - 1)) : 0;
  return mean <= std::max(tolerance, error);
}

}  // namespace detail

/// Which topology and order? Picks among candidates by what short trainings of them score on data that they have not
/// seen, by successive halving: in each round every candidate that is left is made and trained anew, under the round's
/// budget, from each of the seeds; into the next round come the better half and what is as good as the best. The pick
/// is, of those that are as good as the best in the last round, the one with the fewest parameters.
///
/// - `train(model, budget, repeat)` trains a model, as short as the budget says;
/// - `score(model, repeat)`: the higher, the better, on data and contexts that `train` leaves out in this repeat. Some
///   contexts should be left out too, the way those lie to all that will be asked for: scores at trained contexts do
///   not say how a topology goes on between them.
/// - `make(seed)...` make the models, of a type each.
///
/// A score that is NaN, or a training that throws NumericalError, is the worst. Everything follows from the seed.
/// Throws ArgumentError for options that make no sense, NumericalError where no candidate has a score.
template <class Train, class Score, class... Make>
[[nodiscard]] Choice choose(ChooseOptions const& how, Train const& train, Score const& score, Make const&... make) {
  static_assert(sizeof...(Make) >= 1,
                "wmanifold: choose expects callables that make a model from a seed, one at least");
  detail::require_options(how);
  constexpr double worst = -std::numeric_limits<double>::infinity();
  Choice choice;
  choice.candidates.resize(sizeof...(Make));
  using Try = std::function<double(CandidateScores&, Index, Repeat const&)>;
  auto const trial = [&](auto const& one) {
    return Try([&](CandidateScores& candidate, Index budget, Repeat const& repeat) {
      auto model = one(repeat.seed.stream(0));
      auto const& block = model.parameters();
      candidate.parameters = block.rows() * block.columns() + std::ssize(block.shared());
      try {
        train(model, budget, repeat);
        double const value = static_cast<double>(score(std::as_const(model), repeat));
        return std::isnan(value) ? worst : value;
      } catch (NumericalError const&) {
        return worst;
      }
    });
  };
  std::vector<Try> const trials{trial(make)...};
  auto const mean = [&](std::size_t i) { return choice.candidates[i].mean(); };
  std::vector<std::size_t> left(trials.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  for (std::size_t round = 0; round < how.budgets.size() && (round == 0 || left.size() > 1); ++round) {
    for (std::size_t const i : left) {
      auto& scores = choice.candidates[i].rounds.emplace_back();
      for (Index n = 0; n < how.repeats; ++n) {
        Repeat const repeat{n, how.seed.stream(round).stream(static_cast<std::uint64_t>(n))};
        scores.push_back(trials[i](choice.candidates[i], how.budgets[round], repeat));
      }
    }
    std::stable_sort(left.begin(), left.end(), [&](std::size_t a, std::size_t b) { return mean(a) > mean(b); });
    if (!(mean(left.front()) > worst)) [[unlikely]] {
      fail<NumericalError>("choose: expected a candidate with a score after each training, got none of ", left.size());
    }
    auto const& best = choice.candidates[left.front()].rounds.back();
    bool const is_last = round + 1 == how.budgets.size();
    std::size_t const kept = is_last ? 0 : (left.size() + 1) / 2;
    auto const first = left.begin() + static_cast<std::ptrdiff_t>(kept);
    left.erase(std::remove_if(first, left.end(),
                              [&](std::size_t i) {
                                return !detail::is_as_good(choice.candidates[i].rounds.back(), best, how.tolerance);
                              }),
               left.end());
  }
  choice.pick = *std::min_element(left.begin(), left.end(), [&](std::size_t a, std::size_t b) {
    return choice.candidates[a].parameters < choice.candidates[b].parameters;
  });
  return choice;
}

}  // namespace wmanifold
