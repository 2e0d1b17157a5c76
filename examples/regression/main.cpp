// Measures the rate at which a manifold of weights learns, and the influence of its basis. See --help.
//
// For a linear map and whitened inputs the loss is (1 / outputs) E_s ||M(s) - W*(s)||^2, the mean over samples and
// outputs being that of MeanSquaredError. With P* the projection of W* on the basis and G = E_s phi phi^T,
//
//     grad = (2 / outputs) G (P - P*),        loss - least loss = (1 / outputs) trace((P - P*)^T G (P - P*)).
//
// Therefore a step of the flow, dP = -rate G^-1 grad, shrinks P - P* by 1 - 2 rate / outputs in every basis, and the
// excess loss by its square. A step of plain descent, dP = -rate grad, shrinks it by 1 - 2 rate / outputs lambda along
// each eigenvector of G; at the best rate the slowest shrinks by (c - 1) / (c + 1), c the condition number of G.

#include "claims.hpp"
#include "columns.hpp"
#include "files.hpp"
#include "line_plot.hpp"
#include "number_checks.hpp"
#include "problem.hpp"
#include "text.hpp"

#include <CLI/CLI.hpp>
#include <Eigen/Eigenvalues>

#include <filesystem>
#include <iostream>

namespace {

using namespace demo;
using wm::Bernstein;
using wm::Interval;
using wm::Legendre;

// ---- the heart of it: the flow, step by step and integrated -------------------------------------------------------

/// Descends until the excess loss is `share` of its start. Returns the excess loss before each step.
template <class Model>
std::vector<double> descend(Model model, Problem const& problem, double least, double share, wm::FlowOptions how) {
  wm::GradientFlow flow{model, wm::MeanSquaredError{}, how};
  std::vector<double> excess;
  do {
    auto const step = flow.step(problem.inputs, problem.contexts, problem.targets, problem.weights);
    excess.push_back(step.loss - least);
  } while (excess.back() > share * excess.front() && excess.size() < 100'000);
  return excess;
}

/// Follows the flow for a time. The report has the number of steps.
template <class Model>
wm::Integration follow(Model& model, Problem const& problem, double time, wm::IntegrationOptions const& how) {
  wm::Objective objective{model,           wm::MeanSquaredError{}, problem.inputs, problem.contexts,
                          problem.targets, problem.weights};
  return wm::integrate(model, objective, time, how);
}

// ---- (a) the flow shrinks the excess loss by the same factor in every step and basis ------------------------------

constexpr int degree = 5;
constexpr double outputs = Problem::outputs;
constexpr double rate = outputs / 4;  // half of the rate that arrives in one step
constexpr double shrinks = (1 - 2 * rate / outputs) * (1 - 2 * rate / outputs);

using BernsteinModel = LinearModel<Bernstein<Interval, degree>>;
using LegendreModel = LinearModel<Legendre<Interval, degree>>;

/// Draws rows that are networks of their own, so that every direction has something to learn.
template <wm::Basis B>
LinearModel<B> start_of(wm::Seed seed) {
  return {wm::he_normal.spread(1).with_independent_ends(), seed};
}

/// Returns the largest relative difference of `shrinks` from the ratio of each excess loss to the one before.
double largest_deviation(std::vector<double> const& excess) {
  double largest = 0;
  for (std::size_t i = 1; i < excess.size(); ++i) {
    largest = std::max(largest, std::abs(excess[i] / excess[i - 1] / shrinks - 1));
  }
  return largest;
}

struct Descents {
  std::vector<double> bernstein;
  std::vector<double> legendre;
};

Descents study_flow(Problem const& problem, wm::Seed seed, Claims& claims) {
  auto const start = start_of<Bernstein<Interval, degree>>(seed);
  double const least = loss_of(nearest_to_the_truth<Bernstein<Interval, degree>>(), problem);
  wm::FlowOptions const how{.rate = rate, .stiffness = 0};
  Descents const flow{descend(start, problem, least, 1e-8, how),
                      descend(wm::rewrite<Legendre<Interval, degree>>(start), problem, least, 1e-8, how)};
  std::cout << joined("Excess loss before each step of the flow, at half of its best rate, degree ", degree, '\n');
  Columns table({"step", "Bernstein", "factor", "Legendre", "factor", "derived"});
  for (std::size_t i = 0; i < std::min(flow.bernstein.size(), flow.legendre.size()); ++i) {
    auto const factor = [i](std::vector<double> const& excess) {
      return i == 0 ? "" : fixed(excess[i] / excess[i - 1], 10);
    };
    table.add({std::to_string(i), scientific(flow.bernstein[i], 6), factor(flow.bernstein),
               scientific(flow.legendre[i], 6), factor(flow.legendre), i == 0 ? "" : fixed(shrinks, 10)});
  }
  std::cout << table.text();
  double const b = largest_deviation(flow.bernstein);
  double const l = largest_deviation(flow.legendre);
  claims.check(joined("every factor is the derived one within 1e-9 (Bernstein ", scientific(b, 1), ", Legendre ",
                      scientific(l, 1), ")"),
               b < 1e-9 && l < 1e-9);
  return flow;
}

// ---- (b) plain descent slows with the condition number of G -------------------------------------------------------

constexpr double share = 1e-6;

/// Least and largest eigenvalue of G.
template <wm::Basis B>
std::pair<double, double> extreme_eigenvalues() {
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const spectrum(wm::gram_matrix(B{}));
  return {spectrum.eigenvalues().minCoeff(), spectrum.eigenvalues().maxCoeff()};
}

/// Plain descent at its best rate.
template <wm::Basis B>
std::vector<double> descend_plainly(Problem const& problem, wm::Seed seed) {
  auto const [least, largest] = extreme_eigenvalues<B>();
  return descend(start_of<B>(seed), problem, loss_of(nearest_to_the_truth<B>(), problem), share,
                 {.rate = outputs / (least + largest), .geometry = wm::Geometry::euclidean});
}

/// Returns the factor by which each of the last tenth of the steps shrank the excess loss.
double late_factor(std::vector<double> const& excess) {
  std::size_t const steps = std::max<std::size_t>(excess.size() / 10, 1);
  return std::pow(excess.back() / excess[excess.size() - 1 - steps], 1 / static_cast<double>(steps));
}

/// Prints a line of the table. Returns whether the degree keeps the claim.
template <int n>
bool compare_at_degree(Problem const& problem, wm::Seed seed, Columns& table) {
  using B = Bernstein<Interval, n>;
  auto const [least, largest] = extreme_eigenvalues<B>();
  double const condition = largest / least;
  double const derived = std::pow((condition - 1) / (condition + 1), 2);
  auto const plain = descend_plainly<B>(problem, seed);
  auto const legendre = descend_plainly<Legendre<Interval, n>>(problem, seed);
  double const floor = loss_of(nearest_to_the_truth<B>(), problem);
  auto const flow = descend(start_of<B>(seed), problem, floor, share, {.rate = rate, .stiffness = 0});
  auto const steps = [](auto const& excess) { return grouped(static_cast<long long>(excess.size()) - 1); };
  table.add({std::to_string(n), fixed(condition, 0), fixed(late_factor(plain), 6), fixed(derived, 6), steps(plain),
             steps(legendre), steps(flow)});
  return std::abs(condition / wm::binomial(2 * n + 1, n) - 1) < 1e-9 &&
         std::abs(late_factor(plain) - derived) < 0.02 * (1 - derived) && flow.size() - 1 == 10;
}

void study_plain_descent(Problem const& problem, wm::Seed seed, Claims& claims) {
  std::cout << joined("\nSteps until the excess loss is ", share,
                      " of its start, by plain descent at its best rate in the\n",
                      "Bernstein and the Legendre basis, and by the flow at half of its best rate\n");
  Columns table({"degree", "condition of G", "late factor", "derived", "Bernstein", "Legendre", "flow"});
  bool holds = true;
  auto const compare = [&]<int... n>(std::integer_sequence<int, n...>) {
    ((holds = compare_at_degree<n + 1>(problem, seed, table) && holds), ...);
  };
  compare(std::make_integer_sequence<int, degree>{});
  std::cout << table.text();
  claims.check("the condition number is C(2n+1, n), plain descent slows with it, and the flow takes 10 steps", holds);
}

// ---- (c) the optimum is the projection of the true weights --------------------------------------------------------

void study_optimum(Problem const& problem, wm::Seed seed, Claims& claims) {
  auto const nearest = nearest_to_the_truth<Bernstein<Interval, degree>>();
  auto const from_start = [&](double at_rate, int steps) {
    auto model = start_of<Bernstein<Interval, degree>>(seed);
    wm::GradientFlow flow{model, wm::MeanSquaredError{}, {.rate = at_rate, .stiffness = 0}};
    for (int i = 0; i < steps; ++i) {
      flow.step(problem.inputs, problem.contexts, problem.targets, problem.weights);
    }
    return distance(model, nearest);
  };
  double const start = from_start(rate, 0);
  double const many = from_start(rate, 60);
  double const one = from_start(2 * rate, 1);
  std::cout << "\nDistance from the projection of the true weights, sqrt(E_s ||M(s) - M*(s)||^2)\n";
  Columns table({"", "distance"});
  table.add({"at the start", scientific(start, 2)});
  table.add({"after 60 steps of the flow at half its best rate", scientific(many, 2)});
  table.add({"after one step at its best rate", scientific(one, 2)});
  std::cout << table.text();
  claims.check("the flow ends at the projection within 1e-10, and reaches it in one step at its best rate",
               many < 1e-10 && one < 1e-10);
}

// ---- (d) the integrator follows the flow at its order -------------------------------------------------------------

struct Integrations {
  std::vector<Place> fixed;     ///< steps, error
  std::vector<Place> adaptive;  ///< likewise
};

/// Returns the approximation of exp(-decay) by steps of Dormand and Prince's method: its stability polynomial, for each
/// of them.
double decay_of_steps(double decay, wm::Index steps) {
  double const z = -decay / static_cast<double>(steps);
  return std::pow(1 + z * (1 + z / 2 * (1 + z / 3 * (1 + z / 4 * (1 + z / 5 * (1 + z / 5))))), steps);
}

Integrations study_integrator(Problem const& problem, wm::Seed seed, Claims& claims) {
  constexpr double time = 2;
  constexpr double decay = 2 / outputs;
  auto const nearest = nearest_to_the_truth<Bernstein<Interval, degree>>();
  auto const start = start_of<Bernstein<Interval, degree>>(seed);
  BernsteinModel exact = nearest;  // P(t) = P* + exp(-decay t) (P(0) - P*)
  exact.parameters().matrix() +=
      std::exp(-decay * time) * (start.parameters().matrix() - nearest.parameters().matrix());
  double const size = distance(exact, BernsteinModel{wm::zeros});

  Integrations result;
  bool is_derived = true;
  std::cout << joined("\nError of the integrated flow at t = ", time, ", from the exact solution\nEqual steps:\n");
  Columns equal({"steps", "error", "derived", "order"});
  double before = 0;
  double order = 0;
  for (wm::Index const steps : {2, 4, 8, 16, 32, 64}) {
    BernsteinModel model = start;
    follow(model, problem, time, {.fixed_steps = steps});
    double const error = distance(model, exact);
    double const derived =
        distance(start, nearest) * std::abs(decay_of_steps(decay * time, steps) - std::exp(-decay * time));
    order = before > 0 ? std::log2(before / error) : 0;
    equal.add({std::to_string(steps), scientific(error, 3), scientific(derived, 3), before > 0 ? fixed(order, 2) : ""});
    is_derived = is_derived && std::abs(error / derived - 1) < 0.01;
    result.fixed.push_back({static_cast<double>(steps), error});
    before = error;
  }
  std::cout << equal.text() << "Adaptive steps:\n";
  Columns own({"tolerance", "steps", "rejected", "error", "loss"});
  bool is_kept = true;
  for (int exponent = -3; exponent >= -11; exponent -= 2) {
    double const tolerance = std::pow(10, exponent);
    BernsteinModel model = start;
    auto const report = follow(model, problem, time, {.relative = tolerance, .absolute = 0});
    double const error = distance(model, exact);
    own.add({scientific(tolerance, 0), std::to_string(report.steps), std::to_string(report.rejected),
             scientific(error, 2), fixed(report.loss, 8)});
    is_kept = is_kept && error < tolerance * size;
    result.adaptive.push_back({static_cast<double>(report.steps), error});
  }
  std::cout << own.text();
  claims.check("equal steps: each error is the derived one within 1 %, and falls at order 5 (5 to 5.1 in the last row)",
               is_derived && order > 5 && order < 5.1);
  claims.check("adaptive steps: the error at the end is below the tolerance times the size of the solution", is_kept);
  return result;
}

// ---- pictures -----------------------------------------------------------------------------------------------------

std::vector<Place> against_steps(std::vector<double> const& excess) {
  std::vector<Place> points;
  for (std::size_t i = 0; i < excess.size(); ++i) {
    points.push_back({static_cast<double>(i), excess[i]});
  }
  return points;
}

void draw(std::filesystem::path const& folder, Problem const& problem, wm::Seed seed, Descents const& flow,
          Integrations const& integrations) {
  LinePlot loss{joined("Linear regression on a manifold of weights of degree ", degree),
                {"steps, log scale", true, 1, 3000},
                {"excess loss, log scale", true, 3e-6},
                {{"flow, Bernstein", colour::blue, against_steps(flow.bernstein), Dash::solid, 4.5},
                 {"flow, Legendre", "#9fd0ff", against_steps(flow.legendre), Dash::dashed, 2},
                 {"plain descent, Legendre", colour::green,
                  against_steps(descend_plainly<Legendre<Interval, degree>>(problem, seed)), Dash::dash_dot},
                 {"plain descent, Bernstein", colour::orange,
                  against_steps(descend_plainly<Bernstein<Interval, degree>>(problem, seed)), Dash::dotted, 3}}};
  loss.width = 760;
  write_plot(folder / "descent.svg", loss);
  std::vector<Place> slope;
  Place const last = integrations.fixed.back();
  for (double const steps : {4.0, last.x}) {
    slope.push_back({steps, last.y / 4 * std::pow(steps / last.x, -5)});
  }
  LinePlot integrator{"Integration of the flow: error at the end against steps",
                      {"steps, log scale", true},
                      {"distance from the exact solution, log scale", true},
                      {{"equal steps", colour::blue, integrations.fixed, Dash::solid, 2.2, true},
                       {"adaptive steps", colour::orange, integrations.adaptive, Dash::dashed, 2.2, true},
                       {"order 5", colour::grey, slope, Dash::dotted}}};
  write_plot(folder / "integrator.svg", integrator);
  std::cout << "\nplots  " << (folder / "descent.svg").string() << "\n       " << (folder / "integrator.svg").string()
            << '\n';
}

int run(std::filesystem::path const& folder, wm::Seed seed) {
  make_folder(folder);
  Problem const problem = make_problem(seed);
  Claims claims;
  auto const flow = study_flow(problem, seed, claims);
  study_plain_descent(problem, seed, claims);
  study_optimum(problem, seed, claims);
  auto const integrations = study_integrator(problem, seed, claims);
  draw(folder, problem, seed, flow, integrations);
  return claims.status();
}

}  // namespace

int main(int count, char** words) try {
  std::filesystem::path output = "regression";
  std::uint64_t seed = 1;
  CLI::App app(
      "Solves a linear regression on a manifold of weights. Checks that the flow converges alike in every basis, that\n"
      "plain descent slows with the condition number of the basis, and that the integrator has its order. Exits with\n"
      "2 if a claim does not hold.",
      "regression");
  app.add_option("--output", output, "Folder for the plots")->type_name("DIR")->capture_default_str();
  app.add_option("--seed", seed, "Seed of the inputs and the initial weights")
      ->check(any_seed())
      ->type_name("N")
      ->capture_default_str();
  CLI11_PARSE(app, count, words);
  return run(output, wm::Seed{seed});
} catch (std::exception const& e) {
  std::cerr << "error: " << e.what() << '\n';
  return 1;
}
