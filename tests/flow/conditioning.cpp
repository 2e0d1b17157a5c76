#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/flow/integrate.hpp>
#include <wmanifold/functional/objective.hpp>
#include <wmanifold/metric/change.hpp>
#include <wmanifold/network/layer_list.hpp>

#include <Eigen/Eigenvalues>
#include <Eigen/QR>

#include <doctest/doctest.h>

#include <support/batches.hpp>

/// Linear regression y = W*(s) x + b*(s), with whitened inputs at every node of a quadrature over contexts. The loss of
/// the manifold is a sum of squares of its distance to the true weights, and the flow has a closed form.
namespace wm = wmanifold;
using wm::Index, wm::Interval;

namespace {

constexpr Index inputs = 3;
constexpr Index outputs = 2;
constexpr Index each = 8;  // samples at a context

/// Returns each x inputs, with X^T X / each = I and columns that sum to 0.
wm::Matrix<double> whitened() {
  wm::Matrix<double> x(each, inputs + 1);
  x.col(0).setOnes();
  x.rightCols(inputs) = support::matrix<double>(each, inputs, 5);
  Eigen::HouseholderQR<Eigen::MatrixXd> const qr{Eigen::MatrixXd(x)};
  Eigen::MatrixXd const q = qr.householderQ() * Eigen::MatrixXd::Identity(each, inputs + 1);
  return q.rightCols(inputs) * std::sqrt(static_cast<double>(each));
}

/// Returns the true weights (inputs + 1) x outputs, with the biases in the last row: not a polynomial.
Eigen::MatrixXd truth(double s) {
  return Eigen::MatrixXd::NullaryExpr(inputs + 1, outputs, [&](Index i, Index o) {
    return std::sin(static_cast<double>(2 + i) * s + static_cast<double>(o)) + std::exp(-static_cast<double>(o) * s);
  });
}

template <class Basis>
struct Regression {
  using Model = wm::BasicManifold<double, Basis, wm::LayerList>;

  wm::Quadrature<Interval> quadrature = Interval::quadrature(40);
  wm::Matrix<double> x;
  wm::Matrix<double> y;
  std::vector<double> weights;
  wm::Contexts<Interval> contexts = wm::Contexts<Interval>::grouped(quadrature.nodes, each);
  Model model{wm::zeros, {}, wm::LayerList{wm::Dense<>(inputs, outputs)}};
  wm::SmallMatrix optimum;  // K x (inputs + 1) outputs, as rows lie in memory

  Regression() {
    auto const nodes = static_cast<Index>(quadrature.nodes.size());
    x.resize(nodes * each, inputs);
    y.resize(nodes * each, outputs);
    auto const block = whitened();
    wm::SmallMatrix moments = wm::SmallMatrix::Zero(Basis::size, (inputs + 1) * outputs);
    for (Index i = 0; i < nodes; ++i) {
      double const share = quadrature.weights[static_cast<std::size_t>(i)];
      auto const& s = quadrature.nodes[static_cast<std::size_t>(i)];
      Eigen::MatrixXd const w = truth(s[0]);
      x.middleRows(i * each, each) = block;
      y.middleRows(i * each, each) = (block * w.topRows(inputs)).rowwise() + w.row(inputs);
      weights.insert(weights.end(), static_cast<std::size_t>(each), share);
      auto const phi = wm::values_at(Basis{}, s);
      for (Index k = 0; k < Basis::size; ++k) {
        for (Index n = 0; n < moments.cols(); ++n) {
          moments(k, n) += share * phi[static_cast<std::size_t>(k)] * w(n / outputs, n % outputs);
        }
      }
    }
    optimum = wm::Metric(Basis{}).inverse() * moments;  // the L2 projection
    support::randomise(model, 1);
  }

  auto objective() const { return wm::Objective(model, wm::MeanSquaredError{}, x, contexts, y, weights); }
  /// Returns the loss above that of the optimum: trace(D^T G D) / outputs, for the distance D to it.
  [[nodiscard]] double excess() const {
    wm::SmallMatrix const d = model.parameters().matrix() - optimum;
    return (wm::gram_matrix(Basis{}) * d).cwiseProduct(d).sum() / outputs;
  }
  template <class Flow>
  double step(Flow& flow) const {
    return flow.step(x, contexts, y, weights).loss;
  }
};

/// Counts the steps of plain descent at its best rate, 2 / (least + largest eigenvalue), until the excess is a
/// millionth.
template <int n>
int plain_steps() {
  Regression<wm::Bernstein<Interval, n>> problem;
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const spectrum(wm::gram_matrix(problem.model.basis()));
  double const least = spectrum.eigenvalues()[0] * 2 / outputs;
  double const largest = spectrum.eigenvalues()[n] * 2 / outputs;
  CHECK(largest / least == doctest::Approx(wm::binomial(2 * n + 1, n)).epsilon(1e-9));
  wm::GradientFlow flow(problem.model, wm::MeanSquaredError{},
                        {.rate = 2 / (least + largest), .geometry = wm::Geometry::euclidean});
  double const start = problem.excess();
  int steps = 0;
  while (problem.excess() > 1e-6 * start && steps < 100'000) {
    problem.step(flow);
    ++steps;
  }
  return steps;
}

}  // namespace

TEST_CASE_TEMPLATE("the flow's loss decays at the exact rate in every basis", Basis, wm::Bernstein<Interval, 5>,
                   wm::Legendre<Interval, 5>) {
  // The loss has the curvature 2 / outputs along every direction of unit movement.
  for (double const rate : {0.1, 0.3, 0.9}) {
    Regression<Basis> problem;
    wm::GradientFlow flow(problem.model, wm::MeanSquaredError{}, {.rate = rate, .stiffness = 0});
    double const factor = 1 - rate * 2 / outputs;
    double const start = problem.excess();
    for (int i = 1; i <= 20; ++i) {
      problem.step(flow);
      double const expected = start * std::pow(factor, 2 * i);
      if (expected > 1e-12 * start) {
        CHECK(problem.excess() == doctest::Approx(expected).epsilon(1e-8));
      }
    }
  }
}

TEST_CASE_TEMPLATE("the optimum is the L2 projection of the true weights", Basis, wm::Bernstein<Interval, 5>,
                   wm::Legendre<Interval, 5>, wm::Bernstein<Interval, 2>) {
  Regression<Basis> problem;
  wm::GradientFlow flow(problem.model, wm::MeanSquaredError{}, {.rate = 0.5, .stiffness = 0});
  for (int i = 0; i < 60; ++i) {
    problem.step(flow);
  }
  CHECK((problem.model.parameters().matrix() - problem.optimum).cwiseAbs().maxCoeff() < 1e-10);
}

TEST_CASE("plain descent in Bernstein coordinates slows with the condition number of G") {
  int const one = plain_steps<1>();
  int const three = plain_steps<3>();
  int const five = plain_steps<5>();
  MESSAGE("steps of plain descent to a millionth: degree 1 ", one, ", degree 3 ", three, ", degree 5 ", five);
  CHECK(three > 3 * one);
  CHECK(five > 3 * three);

  Regression<wm::Bernstein<Interval, 5>> problem;
  wm::GradientFlow flow(problem.model, wm::MeanSquaredError{}, {.rate = 0.5, .stiffness = 0});
  double const start = problem.excess();
  for (int i = 0; i < 11; ++i) {  // (1 / 2)^(2 * 11) < a millionth; at rate 1 a single step is enough
    problem.step(flow);
  }
  CHECK(problem.excess() < 1e-6 * start);
}

TEST_CASE("the integrator follows the flow at its order, and within its tolerance") {
  // The flow is P(t) = optimum + exp(-2 t / outputs) (start - optimum).
  double const duration = 3;
  auto const error_of = [&](wm::IntegrationOptions const& options) {
    Regression<wm::Bernstein<Interval, 3>> problem;
    wm::SmallMatrix const start = problem.model.parameters().matrix();
    auto objective = problem.objective();
    auto const report = wm::integrate(problem.model, objective, duration, options);
    CHECK(report.loss == doctest::Approx(objective.value(problem.model)).epsilon(1e-12));
    wm::SmallMatrix const expected = problem.optimum + std::exp(-2 * duration / outputs) * (start - problem.optimum);
    return std::pair((problem.model.parameters().matrix() - expected).norm() / expected.norm(), report);
  };
  double before = 0;
  for (Index const steps : {8, 16, 32}) {
    auto const [error, report] = error_of({.fixed_steps = steps});
    CHECK(report.steps == steps);
    CHECK(report.rejected == 0);
    if (before > 0) {
      CHECK(std::log2(before / error) == doctest::Approx(5).epsilon(0.08));
    }
    before = error;
  }
  Index steps = 0;
  for (double const tolerance : {1e-4, 1e-7, 1e-10}) {
    auto const [error, report] = error_of({.relative = tolerance, .absolute = 1e-14});
    CHECK(error < 10 * tolerance);
    CHECK(report.steps > steps);
    steps = report.steps;
  }
  CHECK(steps < 200);
}

TEST_CASE("integration in two bases takes the same steps") {
  Regression<wm::Bernstein<Interval, 5>> a;
  Regression<wm::Legendre<Interval, 5>> b;
  b.model.parameters().matrix() =
      wm::change_of_basis(wm::Bernstein<Interval, 5>{}, wm::Legendre<Interval, 5>{}) * a.model.parameters().matrix();
  auto in_a = a.objective();
  auto in_b = b.objective();
  auto const report_a = wm::integrate(a.model, in_a, 2);
  auto const report_b = wm::integrate(b.model, in_b, 2);
  CHECK(report_a.steps == report_b.steps);
  CHECK(report_a.loss == doctest::Approx(report_b.loss).epsilon(1e-9));
}
