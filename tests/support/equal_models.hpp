#pragma once

#include <wmanifold/network/workspace.hpp>
#include <wmanifold/topology/contexts.hpp>

#include <doctest/doctest.h>

#include <utility>

namespace support {

/// Requires that two models in double whose parameters differ give the same outputs, and the same gradients of inputs
/// and contexts. Returns the gradients of their parameters.
template <class A, class B>
auto gradients_of_equal(A const& a, B const& b, wmanifold::Matrix<double> const& inputs,
                        wmanifold::Contexts<typename A::Topology> const& contexts,
                        wmanifold::Matrix<double> const& slopes) {
  wmanifold::GradientRequest const request{.inputs = true, .contexts = true};
  wmanifold::Workspace<double> work;
  wmanifold::Workspace<double> other_work;
  CHECK(a.forward(inputs, contexts, work).isApprox(b.forward(inputs, contexts, other_work), 1e-13));
  auto gradients = std::pair(a.parameters().zeros_like(), b.parameters().zeros_like());
  auto const views = a.backward(inputs, contexts, slopes, work, gradients.first, request);
  auto const others = b.backward(inputs, contexts, slopes, other_work, gradients.second, request);
  CHECK(views.inputs.isApprox(others.inputs, 1e-12));
  CHECK(views.contexts.isApprox(others.contexts, 1e-12));
  return gradients;
}

}  // namespace support
