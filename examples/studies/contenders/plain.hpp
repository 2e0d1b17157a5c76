#pragma once

#include "contenders/manifold_learner.hpp"

#include <wmanifold/basis/constant.hpp>

namespace demo {

/// A plain network, trained like all others: by Adam or momentum on its numbers.
using PlainPart = ManifoldPart<wmanifold::Constant<>>;

/// Returns empty contexts for this many samples.
[[nodiscard]] PlainPart::Contexts no_contexts(wmanifold::Index samples);

/// Writes the features of each sample's context, samples x features.
void write_features(Space space, Batch const& batch, wmanifold::MatrixRef<float> to);

/// Throws NumericalError if a value is a NaN or an infinity. Between two parts, one part's outputs are checked as the
/// other's inputs, and the error would look like a wrong call.
void require_numbers(wmanifold::ConstMatrixRef<float> const& values);

}  // namespace demo
