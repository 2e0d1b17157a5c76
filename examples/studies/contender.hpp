#pragma once

#include "learner.hpp"

#include <functional>

namespace demo {

/// The width of a contender's hidden layers.
enum class Width {
  given,            ///< as the study says
  same_parameters,  ///< as wide as gives it the parameters of the manifold of order 1
};

/// A way of using the context.
struct Contender {
  std::string name;   ///< in records
  std::string title;  ///< in tables
  std::function<std::unique_ptr<Learner>(Recipe const&)> make;
  std::vector<Optimiser> optimisers{Optimiser::momentum, Optimiser::adam};
  Width width = Width::given;
  /// Consecutive samples of a training batch that share a context; 0: all of them.
  wmanifold::Index per_context = 1;
  View view = View::as_it_is;
  /// Share of the way to an untrained context that the network is told: the context at this share of the shortest way
  /// from the nearest trained one. At 0 the network goes no further than its training, at 1 all the way.
  double reach = 1;
  wmanifold::Index contexts = 0;  ///< least number of different trained contexts for it to be a candidate
  std::string paced_as = {};      ///< contender whose pace it takes; empty: it is tuned itself
  bool has_bins = false;          ///< one network for each of the study's bins of contexts, each with the whole budget
  bool is_ceiling = false;        ///< it has information that the others cannot have
  bool in_plots = false;
  bool is_rival = false;  ///< a method other than a manifold of weights, for comparison with the default
  /// Contenders from which each setting takes the best on validation in its rehearsal, in place of this one.
  std::vector<Contender> candidates = {};
};

/// Returns the contender's recipe: the given one, with hidden layers widened if the contender needs it.
[[nodiscard]] Recipe widened(Contender const& contender, Recipe recipe);

/// Returns the contenders of every study: no context, concatenation, FiLM, a hypernetwork.
[[nodiscard]] std::vector<Contender> common_contenders();
/// Return manifolds over each space, of orders 1 to 3, and others. Each is a library of its own: studies_circle, ...
[[nodiscard]] std::vector<Contender> circle_manifolds();
[[nodiscard]] std::vector<Contender> interval_manifolds();
[[nodiscard]] std::vector<Contender> torus_manifolds();
[[nodiscard]] std::vector<Contender> sphere_manifolds();
[[nodiscard]] std::vector<Contender> square_manifolds();

/// Returns the common contenders, then these.
[[nodiscard]] std::vector<Contender> contenders_with(std::vector<Contender> const& manifolds);
/// Name of the manifold that all others are compared with: of order 1, under the metric.
inline constexpr std::string_view reference_contender = "order1";

/// Returns the contender of that name. Throws ArgumentError if there is none.
[[nodiscard]] Contender const& contender_named(std::vector<Contender> const& contenders, std::string_view name);

}  // namespace demo
