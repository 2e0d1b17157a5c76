#include "batch.hpp"

namespace demo {

namespace wm = wmanifold;

Shower::Shower(Material const& material, View view)
    : material_(&material), sight_(view), presenter_(material.presenter()) {}

Batch const& Shower::show(Part part, std::span<std::size_t const> which, Draw const& draw, wm::Index per_context,
                          wm::Random& random) {
  auto const samples = static_cast<wm::Index>(which.size());
  bool const has_labels = material_->has_labels();
  batch_.inputs.resize(samples, material_->inputs());
  batch_.targets.resize(has_labels ? 0 : samples, material_->outputs());
  batch_.labels.resize(has_labels ? which.size() : 0);
  batch_.contexts.resize(which.size());
  batch_.per_context = per_context;
  Context context{};
  for (wm::Index b = 0; b < samples; ++b) {
    auto const at = static_cast<std::size_t>(b);
    if (b % per_context == 0) {
      context = draw(random);
    }
    batch_.contexts[at] = context;
    Shown to{{batch_.inputs.row(b).data(), static_cast<std::size_t>(batch_.inputs.cols())}, {}, 0};
    if (!has_labels) {
      to.target = {batch_.targets.row(b).data(), static_cast<std::size_t>(batch_.targets.cols())};
    }
    presenter_->show(part, which[at], context, sight_, random, to);
    if (has_labels) {
      batch_.labels[at] = to.label;
    }
  }
  return batch_;
}

Batch gathered(Batch const& batch, std::vector<wm::Index> const& which) {
  Batch some;
  auto const samples = static_cast<wm::Index>(which.size());
  some.inputs.resize(samples, batch.inputs.cols());
  some.targets.resize(batch.targets.rows() > 0 ? samples : 0, batch.targets.cols());
  for (wm::Index b = 0; b < samples; ++b) {
    wm::Index const from = which[static_cast<std::size_t>(b)];
    some.inputs.row(b) = batch.inputs.row(from);
    some.contexts.push_back(batch.contexts[static_cast<std::size_t>(from)]);
    if (batch.targets.rows() > 0) {
      some.targets.row(b) = batch.targets.row(from);
    } else {
      some.labels.push_back(batch.labels[static_cast<std::size_t>(from)]);
    }
  }
  return some;
}

}  // namespace demo
