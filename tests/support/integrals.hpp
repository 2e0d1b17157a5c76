#pragma once

#include <wmanifold/topology/topology.hpp>

#include "support/doctest.hpp"

namespace support {

/// Returns the mean of f over T by its quadrature.
template <wmanifold::Topology T, class F>
double mean(int degree, F const& f) {
  auto const quadrature = T::quadrature(degree);
  double sum = 0;
  for (std::size_t i = 0; i < quadrature.nodes.size(); ++i) {
    sum += quadrature.weights[i] * f(quadrature.nodes[i]);
  }
  return sum;
}

/// Compares to 1e-12, absolutely below 1.
inline doctest::Approx close_to(double expected) { return doctest::Approx(expected).epsilon(1e-12).scale(1); }

}  // namespace support
