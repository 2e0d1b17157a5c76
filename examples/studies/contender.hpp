#pragma once

#include "learner.hpp"

#include <functional>

namespace demo {

/// How wide a contender's hidden layers are.
enum class Width {
  given,            ///< as the study says
  same_parameters,  ///< so that it has as many parameters as the manifold of order 1
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
  /// A context that was not trained on is told to the network as one that is so large a part of the way from the
  /// nearest trained one to it: at 0 the network goes no further than it was trained, at 1 as far as it is asked.
  double reach = 1;
  wmanifold::Index contexts = 0;  ///< it is a candidate only where so many different ones are trained on
  std::string paced_as = {};      ///< the contender whose pace it takes; empty: it is tuned itself
  bool has_bins = false;          ///< one network for each of the study's bins of contexts, each with the whole budget
  bool is_ceiling = false;        ///< it has what the others cannot have
  bool in_plots = false;
  bool is_rival = false;  ///< another method than a manifold of weights, which the default is held against
  /// One of these instead, in each setting that which does best on validation in its rehearsal.
  std::vector<Contender> candidates = {};
};

/// The contender's recipe: the given one, its hidden layers widened where it asks for that.
[[nodiscard]] Recipe widened(Contender const& contender, Recipe recipe);

/// What no study leaves out: no context, concatenation, FiLM, a hypernetwork.
[[nodiscard]] std::vector<Contender> common_contenders();
/// Manifolds over each space, of orders 1 to 3, and others. Each is a library of its own: studies_circle, ...
[[nodiscard]] std::vector<Contender> circle_manifolds();
[[nodiscard]] std::vector<Contender> interval_manifolds();
[[nodiscard]] std::vector<Contender> torus_manifolds();
[[nodiscard]] std::vector<Contender> sphere_manifolds();
[[nodiscard]] std::vector<Contender> square_manifolds();

/// The common ones, then these.
[[nodiscard]] std::vector<Contender> contenders_with(std::vector<Contender> const& manifolds);
/// The manifold that all others are compared with: of order 1, under the metric.
inline constexpr std::string_view reference_contender = "order1";

/// The one of that name; ArgumentError where there is none.
[[nodiscard]] Contender const& contender_named(std::vector<Contender> const& contenders, std::string_view name);

}  // namespace demo
