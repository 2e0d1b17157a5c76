#pragma once

#include "contenders/averaged.hpp"
#include "contenders/learners.hpp"
#include "contenders/manifold_learner.hpp"
#include "text.hpp"

namespace demo {

struct Named {
  std::string name;
  std::string title;
};

/// Returns a contender that is, in each setting, the best of these candidates in its rehearsal.
[[nodiscard]] inline Contender chosen(std::string name, std::string title, std::vector<Contender> candidates) {
  Contender contender;
  contender.name = std::move(name);
  contender.title = std::move(title);
  contender.candidates = std::move(candidates);
  return contender;
}

/// Returns the contender at several reaches. The shorter ones take its pace.
[[nodiscard]] inline std::vector<Contender> by_reach(Contender const& contender) {
  std::vector<Contender> all;
  for (double const reach : {1.0, 0.5, 0.0}) {
    all.push_back(contender);
    if (reach < 1) {
      all.back().reach = reach;
      all.back().name += joined("-reach", reach);
      all.back().title += joined(", reach ", reach);
      all.back().paced_as = contender.name;
    }
  }
  return all;
}

/// Returns a manifold without a prior, with energies of some strengths, and by plain descent. They are candidates with
/// at least this many trained contexts.
template <wmanifold::Basis B>
[[nodiscard]] std::vector<Contender> by_descent(Named const& named, wmanifold::Index contexts) {
  std::vector<Contender> all{manifold_contender<B>(named.name, named.title)};
  for (double const energy : {0.003, 0.03}) {
    all.push_back(manifold_contender<B>(joined(named.name, "-energy", energy), joined(named.title, ", energy ", energy),
                                        {.energy = energy}));
  }
  all.push_back(manifold_contender<B>(named.name + "-plain", named.title + ", plain descent",
                                      {.geometry = wmanifold::Geometry::euclidean}));
  for (Contender& contender : all) {
    contender.contexts = contexts;
  }
  return all;
}

/// Returns contenders with chosen properties for manifolds over these bases, the first of which is the reference: the
/// strength of its energy prior, the order, its averaging, its reach, and the default. The default chooses order,
/// prior, reach, steps under the metric or plain ones, or no context at all. An order above the reference's needs two
/// contexts a function, as it would swing between them.
template <wmanifold::Basis First, wmanifold::Basis... Rest>
[[nodiscard]] std::vector<Contender> chosen_manifolds(Named const& first, std::same_as<Named> auto const&... rest) {
  std::vector<std::vector<Contender>> const orders{by_descent<First>(first, 0),
                                                   by_descent<Rest>(rest, 2 * Rest::size)...};
  std::vector<Contender> without_prior;
  std::vector<Contender> all{Contender{"none", "no context", make_plain}};
  for (auto const& order : orders) {
    without_prior.push_back(order.front());
    for (Contender const& contender : order) {
      auto const some = by_reach(contender);
      all.insert(all.end(), some.begin(), some.end());
    }
  }
  std::vector<Contender> energies = orders.front();
  energies.pop_back();
  Contender const& reference = without_prior.front();
  std::vector<Contender> averages{reference};
  for (double const share : {0.25, 0.5, 0.75}) {
    averages.push_back(averaged(reference, share));
    averages.back().paced_as = reference.name;
  }
  std::vector<Contender> found{chosen("energy", first.title + ", energy chosen", std::move(energies)),
                               chosen("order", "order chosen", without_prior),
                               chosen("averaging", first.title + ", averaging chosen", std::move(averages)),
                               chosen("reach", first.title + ", reach chosen", by_reach(reference)),
                               chosen("default", "the default: order, energy, reach, descent chosen", std::move(all))};
  found.back().in_plots = true;
  return found;
}

}  // namespace demo
