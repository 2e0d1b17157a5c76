#pragma once

#include "contenders/manifold_learner.hpp"

#include <wmanifold/basis/constant.hpp>

namespace demo {

/// A plain network, trained as all are: by Adam or momentum on its numbers.
using PlainPart = ManifoldPart<wmanifold::Constant<>>;

/// No contexts, for so many samples.
[[nodiscard]] PlainPart::Contexts no_contexts(wmanifold::Index samples);

/// The features of each sample's context, samples x features.
void write_features(Space space, Batch const& batch, wmanifold::MatrixRef<float> to);

/// NumericalError where one is no number: between two parts, what one puts out is checked as the other's inputs, and
/// would be taken for a wrong call.
void require_numbers(wmanifold::ConstMatrixRef<float> const& values);

}  // namespace demo
