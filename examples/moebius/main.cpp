// Uses a topology and a basis that are not the library's, a header each: the Moebius strip and harmonics on it. Runs
// the law suites on them, and then uses them as any other. Exits with 2 where something does not hold.

#include "claims.hpp"
#include "moebius_harmonics.hpp"
#include "text.hpp"

#include <wmanifold/testing/basis_laws.hpp>
#include <wmanifold/testing/nested_laws.hpp>
#include <wmanifold/testing/topology_laws.hpp>
#include <wmanifold/wmanifold.hpp>

namespace {

using namespace demo;
namespace wm = wmanifold;
using std::numbers::pi;

using Twisted = MoebiusHarmonics<1, 2>;  // 5 functions
using Cylinder = wm::Product<wm::Interval, wm::S1>;
using Straight =
    wm::Tensor<wm::Legendre<wm::Interval, 1>, wm::Fourier<wm::S1, 1>>;  // 6 functions, where a turn comes back upright

template <class Basis>
using Model = wm::Manifold<Basis, wm::Dense<2, 16>, wm::Tanh, wm::Dense<16, 1>>;

void check_laws(Claims& claims, std::string_view what, std::vector<wm::testing::Violation> const& violations) {
  claims.check(joined(what, " keeps the laws"), violations.empty());
  std::cout << wm::testing::to_string(violations);
}

struct Samples {
  wm::Matrix<float> inputs;
  wm::Matrix<float> targets;
  std::vector<std::array<double, 2>> contexts;  ///< s and t
};

/// The target comes back after two turns of the angle t / 2, or after one turn and upside down.
Samples draw(wm::Index count, wm::Random& random) {
  Samples samples{wm::Matrix<float>(count, 2), wm::Matrix<float>(count, 1), {}};
  for (wm::Index i = 0; i < count; ++i) {
    double const s = random.uniform();
    double const t = random.uniform(0, 2 * pi);
    double const x = random.normal();
    double const y = random.normal();
    samples.contexts.push_back({s, t});
    samples.inputs.row(i) << static_cast<float>(x), static_cast<float>(y);
    samples.targets(i, 0) =
        static_cast<float>(2 * (2 * s - 1) * (std::cos(t / 2) * x + std::sin(t / 2) * y) + std::cos(t) * y);
  }
  return samples;
}

template <class Space>
wm::Contexts<Space> contexts_of(Samples const& samples) {
  std::vector<wm::Point<Space>> points;
  for (auto const& [s, t] : samples.contexts) {
    points.emplace_back(wm::Coordinates<Space>{s, t});
  }
  return points;
}

template <class Basis>
Model<Basis> trained() {
  using Space = typename Basis::Topology;
  Model<Basis> model{wm::he_normal, wm::Seed{1}};
  wm::Index const steps = 3000;
  wm::GradientFlow flow{model, wm::MeanSquaredError{}, wm::Adam{}, {.rate = 0.01}};
  wm::CosineSchedule const rate{0.01, 1e-5, steps};
  wm::Random random{wm::Seed{2}};
  for (wm::Index i = 0; i < steps; ++i) {
    Samples const samples = draw(64, random);
    flow.set_rate(rate(i));
    flow.step(samples.inputs, contexts_of<Space>(samples), samples.targets);
  }
  return model;
}

template <class Basis>
double error_of(Model<Basis> const& model) {
  wm::Random random{wm::Seed{3}};
  Samples const samples = draw(5000, random);
  auto const got = model.predict(samples.inputs, contexts_of<typename Basis::Topology>(samples));
  return (got - samples.targets).squaredNorm() / static_cast<double>(samples.targets.size());
}

/// Returns the largest difference of two networks' parameters.
template <class Network>
double apart(Network const& a, Network const& b) {
  double most = 0;
  for (std::size_t n = 0; n < a.parameters().size(); ++n) {
    most = std::max(most, static_cast<double>(std::abs(a.parameters()[n] - b.parameters()[n])));
  }
  return most;
}

int run() {
  Claims claims;
  wm::Seed const seed{1};
  check_laws(claims, "the Moebius strip", wm::testing::topology_laws<Moebius>(seed));
  check_laws(claims, "a basis on it", wm::testing::basis_laws(MoebiusHarmonics<3, 5>{}, seed));
  check_laws(claims, "its orthonormal version", wm::testing::basis_laws(wm::orthonormal(Twisted{}), seed));
  check_laws(claims, "its product with a line", wm::testing::basis_laws(wm::Tensor<Twisted, wm::Line>{}, seed));
  check_laws(claims, "a higher order that contains a lower one",
             wm::testing::nested_laws(Twisted{}, MoebiusHarmonics<2, 4>{}, seed));

  auto const model = trained<Twisted>();
  double const error = error_of(model);
  double const straight_error = error_of(trained<Straight>());
  double const higher = error_of(Model<MoebiusHarmonics<2, 4>>(wm::rewrite<MoebiusHarmonics<2, 4>>(model)));
  std::cout << joined("Mean squared error on fresh samples: ", error, " with ", Twisted::size, " rows on the strip, ",
                      straight_error, " with ", Straight::size, " rows on a cylinder\n");
  claims.check("the error on the strip is less than a tenth of that on a cylinder", error < straight_error / 10);
  claims.check("a raised order has the same error", std::abs(higher - error) < 1e-4 * error);
  claims.check("the network is the same one turn further and upside down",
               apart(model.at(Moebius::at(0.2, 1)), model.at(Moebius::at(0.8, 1 + 2 * pi))) < 1e-6);
  claims.check("the weights are continuous over the seam",
               apart(model.at(Moebius::at(0.2, 2 * pi - 1e-6)), model.at(Moebius::at(0.8, 1e-6))) < 1e-4);
  return claims.status();
}

}  // namespace

int main() try { return run(); } catch (std::exception const& e) {
  std::cerr << "error: " << e.what() << '\n';
  return 1;
}
