#pragma once

#include "contenders.hpp"
#include "idx.hpp"
#include "studies.hpp"

#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/network/layer_list.hpp>

#include <array>
#include <functional>
#include <optional>

namespace demo {

template <class Basis>
using Model = wmanifold::Manifold<Basis, wmanifold::LayerList>;
using Ellipse = Model<wmanifold::Fourier<wmanifold::S1, 1>>;

/// Settings shared by all runs.
struct Settings {
  std::size_t epochs = 10;
  std::size_t training_images = 10'000;
  std::size_t test_images = 10'000;
  std::size_t batch = 100;
  double momentum = 0.9;
};

/// One training. These three members decide everything in it.
struct Run {
  Study const* study = nullptr;
  Contender const* contender = nullptr;
  std::uint64_t seed = 0;
};

/// Number of bins of angles, the first around 0.
inline constexpr std::size_t angle_bins = 32;

struct Outcome {
  double accuracy = 0;                        ///< % of test images, at the study's test angles
  std::array<double, angle_bins> at_angle{};  ///< % of test images turned by angles of each bin
  std::vector<double> losses;                 ///< of every step's batch, before the step
  double seconds = 0;                         ///< training and test
  wmanifold::Index parameters = 0;            ///< learned ones
  wmanifold::Index multiply_adds = 0;         ///< of one prediction at a fixed context
  std::optional<Ellipse> ellipse;             ///< the learned one, for contenders that are an ellipse
};

/// Trains and tests; calls `tick` after each epoch. Depends on its arguments alone, so runs may go side by side.
[[nodiscard]] Outcome carry_out(Run const& run, DataSet const& data, Settings const& settings,
                                std::function<void()> const& tick);

}  // namespace demo
