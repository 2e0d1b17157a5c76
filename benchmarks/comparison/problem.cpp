#include "problem.hpp"

#include <wmanifold/core/random.hpp>

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace comparison {
namespace {

constexpr double turn = 2 * std::numbers::pi;

/// Returns phi_k at a context.
double function_at(Shape const& shape, int k, double context) {
  switch (shape.family) {
    case Family::one_per_context:
      return k == static_cast<int>(context) ? 1 : 0;
    case Family::chain:
      return std::max(0.0, 1 - std::abs(context * (shape.rows - 1) - k));
    case Family::catmull_rom: {
      double const along = std::abs(context / turn * shape.rows - k);
      double const d = std::min(along, shape.rows - along);  // in control points, the shorter way round
      return d < 1 ? 1 + d * d * (1.5 * d - 2.5) : d < 2 ? 2 + d * (-4 + d * (2.5 - 0.5 * d)) : 0;
    }
    default:
      return k == 0 ? 1 : k % 2 == 1 ? std::cos((k + 1) / 2 * context) : std::sin(k / 2 * context);
  }
}

/// Returns the context at a place in [0, 1) of its space.
double context_at(Shape const& shape, double place) {
  switch (shape.family) {
    case Family::one_per_context:
      return std::floor(place * shape.rows);
    case Family::chain:
      return place;
    default:
      return turn * place;
  }
}

/// Returns the inverse Gram matrix. The one of a Fourier series is diag(1, 2, 2, ...). Others are inverted means over a
/// fine grid of contexts.
std::vector<double> inverse_gram_of(Shape const& shape) {
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Zero(shape.rows, shape.rows);
  if (shape.family == Family::fourier) {
    inverse.diagonal().setConstant(2);
    inverse(0, 0) = 1;
  } else {
    int const nodes = 100 * shape.rows * (shape.rows - 1);  // whole numbers of nodes between the knots of all families
    Eigen::MatrixXd gram = inverse;
    Eigen::VectorXd phi(shape.rows);
    for (int i = 0; i < nodes; ++i) {
      double const context = context_at(shape, (i + 0.5) / nodes);
      for (int k = 0; k < shape.rows; ++k) {
        phi[k] = function_at(shape, k, context);
      }
      gram.noalias() += phi * phi.transpose() / nodes;
    }
    inverse = gram.inverse();
  }
  return {inverse.data(), inverse.data() + inverse.size()};
}

}  // namespace

int Shape::support() const {
  switch (family) {
    case Family::one_per_context:
      return 1;
    case Family::chain:
      return 2;
    case Family::catmull_rom:
      return 4;
    default:
      return rows;
  }
}

double Shape::step_flops() const {
  double flops = 0;
  for (int l = 0; l < layers(); ++l) {
    double const weights = (inputs(l) + 1.0) * outputs(l);
    double const passes = l == 0 ? 2 : 3;
    flops +=
        each == 1 ? 2 * passes * batch * support() * weights : 2 * weights * (passes * batch + 2.0 * groups() * rows);
  }
  return flops;
}

double Shape::step_bytes() const {
  double numbers = static_cast<double>(batch) * widths.front();
  for (int l = 0; l < layers(); ++l) {
    numbers += 4.0 * rows * (inputs(l) + 1) * outputs(l);
  }
  return numbers * sizeof(float);
}

Problem::Problem(Shape of) : shape(std::move(of)) {
  namespace wm = wmanifold;
  wm::Random random{wm::Seed{1}};
  auto const normal = [&](double deviation) { return deviation * random.normal(); };
  for (int i = 0; i < shape.batch * shape.widths.front(); ++i) {
    inputs.push_back(static_cast<float>(normal(1)));
  }
  for (int b = 0; b < shape.batch; ++b) {
    labels.push_back(static_cast<int>(random.below(shape.widths.back())));
    targets.push_back(static_cast<float>(normal(1)));
  }
  for (int g = 0; g < shape.groups(); ++g) {
    contexts.push_back(context_at(shape, random.uniform(0, 1)));
    for (int k = 0; k < shape.rows; ++k) {
      phi.push_back(static_cast<float>(function_at(shape, k, contexts.back())));
    }
  }
  inverse_gram = inverse_gram_of(shape);
  for (int l = 0; l < shape.layers(); ++l) {
    double const he = std::sqrt(2.0 / shape.inputs(l));
    std::vector<double>& layer = parameters.emplace_back();
    for (int k = 0; k < shape.rows; ++k) {
      // He's deviation suits the constant function, and the one function that is 1 at a knot.
      bool const is_whole = shape.family != Family::fourier || k == 0;
      for (int i = 0; i < (shape.inputs(l) + 1) * shape.outputs(l); ++i) {
        // Values that float can hold, for the reference in double too.
        layer.push_back(static_cast<float>(normal(is_whole ? he : 0.6 * he / (shape.rows - 1))));
      }
    }
  }
}

}  // namespace comparison
