#pragma once

#include "learner.hpp"

/// Learners other than manifolds.
namespace demo {

/// A plain network without the context.
[[nodiscard]] std::unique_ptr<Learner> make_plain(Recipe const& recipe);
/// Networks with the context's features behind the inputs of the first layer, and of every layer.
[[nodiscard]] std::unique_ptr<Learner> make_concatenated(Recipe const& recipe);
[[nodiscard]] std::unique_ptr<Learner> make_every_layer(Recipe const& recipe);
/// Feature-wise linear modulation: a network of the context scales and shifts the sums of every layer.
[[nodiscard]] std::unique_ptr<Learner> make_film(Recipe const& recipe);
/// Weights beta(s)^T P of K networks; a network of the context gives beta (subspace-configurable networks).
[[nodiscard]] std::unique_ptr<Learner> make_hypernetwork(Recipe const& recipe);

}  // namespace demo
