#include "problem.hpp"

#include <Eigen/QR>

namespace demo {
namespace {

constexpr wm::Index samples = 32;

/// Returns random inputs whose columns are orthogonal to each other and to a column of ones, each of mean square 1.
wm::Matrix<double> whitened_inputs(wm::Seed seed) {
  wm::Random random(seed);
  wm::SmallMatrix x(samples, 1 + Problem::inputs_each);
  for (wm::Index i = 0; i < samples; ++i) {
    x(i, 0) = 1;
    for (wm::Index j = 1; j < x.cols(); ++j) {
      x(i, j) = random.normal();
    }
  }
  wm::SmallMatrix const q =
      Eigen::HouseholderQR<wm::SmallMatrix>(x).householderQ() * wm::SmallMatrix::Identity(samples, x.cols());
  return std::sqrt(static_cast<double>(samples)) * q.rightCols<Problem::inputs_each>();
}

}  // namespace

wm::SmallMatrix true_weights(double s) {
  return wm::SmallMatrix::NullaryExpr(Problem::outputs, Problem::inputs_each + 1, [s](wm::Index o, wm::Index i) {
    auto const a = static_cast<double>(o);
    auto const b = static_cast<double>(i);
    return std::sin(2 * std::numbers::pi * s + a + 2 * b) + std::exp(-(1 + a + b) * s) - 0.5 * std::cos(3 * a * s + b);
  });
}

Problem make_problem(wm::Seed seed) {
  auto const x = whitened_inputs(seed);
  auto const [nodes, node_weights] = wm::Interval::quadrature(47);
  auto const count = static_cast<wm::Index>(nodes.size());
  Problem problem{wm::Matrix<double>(count * samples, Problem::inputs_each),
                  wm::Matrix<double>(count * samples, Problem::outputs),
                  wm::Contexts<wm::Interval>::grouped(nodes, samples),
                  {}};
  for (wm::Index g = 0; g < count; ++g) {
    auto const at = static_cast<std::size_t>(g);
    wm::SmallMatrix const w = true_weights(nodes[at][0]);
    problem.inputs.middleRows(g * samples, samples) = x;
    problem.targets.middleRows(g * samples, samples) =
        (x * w.leftCols<Problem::inputs_each>().transpose()).rowwise() + w.rightCols<1>().transpose().row(0);
    problem.weights.insert(problem.weights.end(), samples, node_weights[at]);
  }
  return problem;
}

}  // namespace demo
