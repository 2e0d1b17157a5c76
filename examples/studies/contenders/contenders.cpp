#include "contender.hpp"

#include "contenders/chosen.hpp"
#include "contenders/learners.hpp"

#include <wmanifold/core/error.hpp>

#include <algorithm>
#include <cmath>

namespace demo {

namespace wm = wmanifold;

std::vector<Contender> common_contenders() {
  Contender none{"none", "no context", make_plain};
  Contender input{"input", "concatenated at the input", make_concatenated};
  Contender layers{"layers", "concatenated at every layer", make_every_layer};
  Contender wide_input{"input-wide", "at the input, as many parameters", make_concatenated};
  Contender wide_layers{"layers-wide", "at every layer, as many parameters", make_every_layer};
  Contender film{"film", "FiLM", make_film};
  Contender hyper{"hyper", "hypernetwork", make_hypernetwork};
  wide_input.width = wide_layers.width = Width::same_parameters;
  Contender const input_reach = chosen("input-reach", "at the input, reach chosen", by_reach(input));
  Contender const film_reach = chosen("film-reach", "FiLM, reach chosen", by_reach(film));
  input.in_plots = wide_input.in_plots = film.in_plots = true;
  std::vector<Contender> all{none, input, input_reach, wide_input, layers, wide_layers, film, film_reach, hyper};
  for (Contender& contender : all) {
    contender.is_rival = true;
  }
  return all;
}

std::vector<Contender> contenders_with(std::vector<Contender> const& manifolds) {
  auto all = common_contenders();
  all.insert(all.end(), manifolds.begin(), manifolds.end());
  return all;
}

Contender const& contender_named(std::vector<Contender> const& contenders, std::string_view name) {
  for (Contender const& contender : contenders) {
    if (contender.name == name) {
      return contender;
    }
  }
  wm::fail("contenders: expected the name of one, got '", name, "'");
}

Recipe widened(Contender const& contender, Recipe recipe) {
  if (contender.width == Width::given) {
    return recipe;
  }
  // One factor widens all hidden layers, so that the number of parameters comes as near as possible.
  wm::Index const wanted = first_order_rows(recipe.space) * parameters_of(recipe.widths());
  auto const with_first = [&](wm::Index width) {
    Recipe wide = recipe;
    double const factor = static_cast<double>(width) / static_cast<double>(recipe.hidden.front());
    for (wm::Index& hidden : wide.hidden) {
      hidden = std::max<wm::Index>(1, std::llround(factor * static_cast<double>(hidden)));
    }
    return wide;
  };
  auto const missing = [&](wm::Index width) {
    return std::abs(contender.make(with_first(width))->parameters() - wanted);
  };
  wm::Index low = recipe.hidden.front();  // has too few parameters
  wm::Index high = low * first_order_rows(recipe.space) + 1;
  while (high - low > 1) {
    wm::Index const middle = (low + high) / 2;
    (contender.make(with_first(middle))->parameters() > wanted ? high : low) = middle;
  }
  return with_first(missing(low) <= missing(high) ? low : high);
}

}  // namespace demo
