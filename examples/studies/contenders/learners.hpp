#pragma once

#include "learner.hpp"

/// Learners that are no manifold.
namespace demo {

/// A plain network that is told no context.
[[nodiscard]] std::unique_ptr<Learner> make_plain(Recipe const& recipe);
/// The context's features behind the inputs of the first layer, and of every layer.
[[nodiscard]] std::unique_ptr<Learner> make_concatenated(Recipe const& recipe);
[[nodiscard]] std::unique_ptr<Learner> make_every_layer(Recipe const& recipe);
/// Feature-wise linear modulation: the sums of every layer scaled and shifted by a network of the context.
[[nodiscard]] std::unique_ptr<Learner> make_film(Recipe const& recipe);
/// Weights beta(s)^T P of K networks, beta by a network of the context (subspace-configurable networks).
[[nodiscard]] std::unique_ptr<Learner> make_hypernetwork(Recipe const& recipe);

}  // namespace demo
