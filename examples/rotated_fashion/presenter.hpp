#pragma once

#include "contenders.hpp"
#include "idx.hpp"
#include "turning.hpp"

#include <wmanifold/core/matrix.hpp>

namespace demo {

/// The inputs of a network for some images, and the expected outputs.
struct Batch {
  wmanifold::Matrix<float> inputs;  ///< a row per image
  std::vector<double> degrees;      ///< angle of each image
  std::vector<int> labels;
};

/// Turns images and lays them out as one contender sees them. Use one per thread.
class Presenter {
 public:
  /// Refers to the images, which must outlive it.
  Presenter(LabelledImages const& images, Sight sight);

  [[nodiscard]] wmanifold::Index inputs() const noexcept;

  /// Returns images `which`, each turned by its entry of `degrees`. Valid until the next call.
  Batch const& show(std::span<std::size_t const> which, std::span<double const> degrees);

 private:
  LabelledImages const* images_;
  Sight sight_;
  Turner turner_;
  Batch batch_;
};

}  // namespace demo
