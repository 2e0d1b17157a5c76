#pragma once

#include "material.hpp"

#include <wmanifold/core/matrix.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace demo {

/// Samples at contexts.
struct Batch {
  wmanifold::Matrix<float> inputs;   ///< samples x inputs
  std::vector<Context> contexts;     ///< one per sample
  wmanifold::Index per_context = 1;  ///< this many consecutive samples share a context; the last ones may be fewer
  std::vector<int> labels;           ///< of a classification, one per sample
  wmanifold::Matrix<float> targets;  ///< of a regression, samples x outputs

  [[nodiscard]] wmanifold::Index samples() const noexcept { return inputs.rows(); }
};

/// A function that draws a context.
using Draw = std::function<Context(wmanifold::Random&)>;

/// Makes batches of a material. Use one per thread.
class Shower {
 public:
  Shower(Material const& material, View view);

  /// Returns samples `which` of a part at drawn contexts, each for `per_context` consecutive samples. Valid until the
  /// next call.
  Batch const& show(Part part, std::span<std::size_t const> which, Draw const& draw, wmanifold::Index per_context,
                    wmanifold::Random& random);

 private:
  Material const* material_;
  View sight_;
  std::unique_ptr<Presenter> presenter_;
  Batch batch_;
};

/// Returns some samples of a batch, each with a context of its own.
[[nodiscard]] Batch gathered(Batch const& batch, std::vector<wmanifold::Index> const& which);

}  // namespace demo
