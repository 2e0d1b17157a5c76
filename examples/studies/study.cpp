#include "study.hpp"

#include "contenders/learners.hpp"
#include "text.hpp"

namespace demo {

std::string Sizes::text(Material const& material) const {
  std::string widths = std::to_string(material.inputs());
  for (auto const width : hidden) {
    widths += joined('-', width);
  }
  auto const count = [](std::size_t n) { return grouped(static_cast<long long>(n)); };
  return joined(widths, '-', material.outputs(), ' ', activation, ", ", count(training), " samples, batches of ", batch,
                "; short: ", epochs, " epochs; long: at most ", most_epochs, ", patience ", patience, "; validation ",
                count(validation), ", test ", count(test));
}

Setting rehearsal_of(Setting const& setting) {
  if (!setting.rehearsal) {
    return setting;
  }
  Setting rehearsal = setting;
  rehearsal.name += "-rehearsal";
  rehearsal.training = setting.rehearsal->training;
  rehearsal.validation = [both = *setting.rehearsal](wmanifold::Random& random) {
    return random.uniform() < 0.5 ? both.training(random) : both.unseen(random);
  };
  rehearsal.tests.clear();
  return rehearsal;
}

Contender undone_ceiling(std::string title) {
  Contender contender{"undone", std::move(title), make_plain};
  contender.view = View::context_removed;
  contender.is_ceiling = true;
  return contender;
}

Contender bins_ceiling(std::string title) {
  Contender contender{"bins", std::move(title), make_plain};
  contender.has_bins = true;
  contender.paced_as = "none";
  contender.is_ceiling = true;
  return contender;
}

}  // namespace demo
