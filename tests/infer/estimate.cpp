#include <wmanifold/infer/estimate.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/tensor.hpp>
#include <wmanifold/infer/context.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <support/batches.hpp>
#include <support/doctest.hpp>

namespace wm = wmanifold;
using wm::Index, wm::S1;

namespace {

using Model = wm::BasicManifold<double, wm::Fourier<S1, 1>, wm::LayerList>;

Model random_model(Index outputs) {
  Model model(wm::zeros, {}, wm::LayerList({3, 8, outputs}, {"tanh", "identity"}));
  support::randomise(model, 1);
  return model;
}

struct Coverage {
  double within_one = 0;  // share of the true contexts within one uncertainty of the estimate
  double within_two = 0;
  double noise = 0;  // root mean square of the estimated noise
};

/// Measures the coverage for contexts from `each` samples a group, with noisy targets.
Coverage coverage(Index outputs, double noise, Index each, wm::InferenceOptions const& options) {
  constexpr Index groups = 200;
  auto const model = random_model(outputs);
  wm::Random random(wm::Seed{3});
  auto const truths = wm::uniform_points<S1>(groups, random);
  auto const inputs = support::matrix<double>(groups * each, 3, 1);
  wm::Matrix<double> targets = model.predict(inputs, wm::Contexts<S1>::grouped(truths, each));
  targets += noise * support::matrix<double>(groups * each, outputs, 5);
  auto const found =
      wm::infer_contexts(model, wm::MeanSquaredError{}, inputs, targets, std::vector<Index>(groups, each), options);
  Coverage all;
  for (std::size_t g = 0; g < found.size(); ++g) {
    double const error = S1::distance(found[g].point, truths[g]);
    all.within_one += (error <= found[g].uncertainty ? 1.0 : 0.0) / groups;
    all.within_two += (error <= 2 * found[g].uncertainty ? 1.0 : 0.0) / groups;
    all.noise += found[g].noise.value() * found[g].noise.value() / groups;
  }
  all.noise = std::sqrt(all.noise);
  return all;
}

}  // namespace

TEST_CASE("for squared errors, 68 % of errors are within one uncertainty and 95 % within two, at any noise") {
  for (Index const outputs : {1, 4}) {
    for (double const noise : {0.01, 0.1, 0.7}) {
      for (bool const is_given : {false, true}) {
        CAPTURE(outputs);
        CAPTURE(noise);
        CAPTURE(is_given);
        wm::InferenceOptions options{.points = 48};
        if (is_given) {
          options.noise = noise;
        }
        auto const share = coverage(outputs, noise, 16, options);
        CHECK(share.within_one > 0.6);
        CHECK(share.within_one < 0.78);
        CHECK(share.within_two > 0.9);
        CHECK(share.within_two < 0.99);
        CHECK(share.noise == doctest::Approx(noise).epsilon(is_given ? 1e-12 : 0.03));
      }
    }
  }
}

TEST_CASE("in two dimensions too the root mean square of errors equals that of uncertainties, by default options") {
  using Basis = wm::Tensor<wm::Fourier<S1, 1>, wm::Line>;
  using Space = Basis::Topology;
  struct Setting {
    Index outputs;
    Index each;
    double noise;
  };
  constexpr Index groups = 100;
  for (auto const& setting : {Setting{1, 64, 0.003}, Setting{1, 64, 0.1}, Setting{4, 20, 0.01}}) {
    Index const outputs = setting.outputs;
    Index const each = setting.each;
    double const noise = setting.noise;
    CAPTURE(outputs);
    CAPTURE(noise);
    wm::BasicManifold<double, Basis, wm::LayerList> model(wm::zeros, {},
                                                          wm::LayerList({3, 8, outputs}, {"tanh", "identity"}));
    support::randomise(model, 1);
    wm::Random random(wm::Seed{4});
    auto const truths = wm::uniform_points<Space>(groups, random);
    auto const inputs = support::matrix<double>(groups * each, 3, 8);
    wm::Matrix<double> targets = model.predict(inputs, wm::Contexts<Space>::grouped(truths, each));
    targets += noise * support::matrix<double>(groups * each, outputs, 12);
    auto const found =
        wm::infer_contexts(model, wm::MeanSquaredError{}, inputs, targets, std::vector<Index>(groups, each));
    double real = 0;
    double said = 0;
    for (std::size_t g = 0; g < found.size(); ++g) {
      real += std::pow(Space::distance(found[g].point, truths[g]), 2);
      said += std::pow(found[g].uncertainty, 2);
    }
    CHECK(std::sqrt(real / said) > 0.8);
    CHECK(std::sqrt(real / said) < 1.25);
  }
}

TEST_CASE("by default a search has 64 points for each searched dimension") {
  wm::BasicManifold<double, wm::Fourier<wm::Torus<2>, 1>, wm::LayerList> model(wm::zeros, {},
                                                                               wm::LayerList({3, 1}, {"identity"}));
  support::randomise(model, 1);
  auto const inputs = support::matrix<double>(4, 3, 2);
  auto const targets = support::matrix<double>(4, 1, 3);
  auto const wide = [&](std::optional<Index> points, auto const& known) {  // a sum over all points
    wm::InferenceOptions const options{.points = points, .evidence = 0.01};
    return wm::infer_context(model, wm::MeanSquaredError{}, inputs, targets, options, known).uncertainty;
  };
  wm::NothingHeld const nothing;
  CHECK(wide({}, nothing) == wide(128, nothing));
  CHECK(wide({}, nothing) != wide(64, nothing));
  auto const known = wm::hold<0>(S1::degrees(20));
  CHECK(wide({}, known) == wide(64, known));
  CHECK(wide({}, known) != wide(128, known));
}

TEST_CASE("few numbers leave the noise uncertain, and widen the uncertainty") {
  auto const share = coverage(1, 0.05, 5, {.points = 48});  // 4 more numbers than dimensions
  CHECK(share.within_one > 0.6);
  CHECK(share.within_two > 0.9);
  CHECK(share.noise == doctest::Approx(0.05).epsilon(0.1));
}

TEST_CASE("a given noise and the equivalent evidence give the same; other losses have no noise") {
  auto const model = random_model(4);
  auto const inputs = support::matrix<double>(10, 3, 1);
  auto const targets = support::matrix<double>(10, 4, 2);
  auto const by_noise = wm::infer_context(model, wm::MeanSquaredError{}, inputs, targets, {.noise = 0.25});
  auto const by_evidence =
      wm::infer_context(model, wm::MeanSquaredError{}, inputs, targets, {.evidence = 4 / (2 * 0.25 * 0.25)});
  CHECK(by_noise.uncertainty == by_evidence.uncertainty);
  CHECK(by_noise.noise == 0.25);
  CHECK_FALSE(by_evidence.noise);
  auto const labels = support::labels(10, 4, 1);
  auto const by_labels = wm::infer_context(model, wm::CrossEntropy{}, inputs, labels);
  CHECK_FALSE(by_labels.noise);
  CHECK(by_labels.uncertainty ==
        wm::infer_context(model, wm::CrossEntropy{}, inputs, labels, {.evidence = 1}).uncertainty);
}

TEST_CASE("a noise that cannot be estimated or is invalid is refused") {
  auto const model = random_model(1);
  auto const inputs = support::matrix<double>(3, 3, 1);
  auto const targets = support::matrix<double>(3, 1, 2);
  auto const infer = [&](std::vector<Index> const& sizes, wm::InferenceOptions const& options) {
    return wm::infer_contexts(model, wm::MeanSquaredError{}, inputs, targets, sizes, options);
  };
  CHECK_THROWS_WITH_AS(infer({2, 1}, {}),
                       doctest::Contains("expected more than 1 target numbers per group to estimate the noise from, "
                                         "got 1 in group 1; set .noise or .evidence"),
                       wm::ArgumentError);
  CHECK(infer({2, 1}, {.noise = 0.1}).size() == 2);
  CHECK(infer({2, 1}, {.evidence = 1}).size() == 2);
  CHECK_THROWS_WITH_AS(infer({3}, {.noise = 0}), doctest::Contains("expected a positive noise, got 0"),
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(infer({3}, {.noise = 1, .evidence = 1}),
                       doctest::Contains("expected either a noise or an evidence, got both"), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(wm::infer_context(model, wm::CrossEntropy{}, inputs, std::vector<int>(3, 0), {.noise = 0.5}),
                       doctest::Contains("expected a noise for MeanSquaredError only, got 0.5"), wm::ArgumentError);
}

TEST_CASE("targets without noise have the uncertainty of rounding") {
  auto const model = random_model(2);
  auto const inputs = support::matrix<double>(20, 3, 1);
  wm::Matrix<double> const targets = model.predict(inputs, wm::Contexts<S1>::constant(S1::degrees(50), 20));
  auto const found =
      wm::infer_context(model, wm::MeanSquaredError{}, inputs, targets, {.most_steps = 200, .tolerance = 1e-12});
  CHECK(found.uncertainty > 0);
  CHECK(found.uncertainty < 1e-9);
  auto nothing = model;
  nothing.parameters().set_zero();
  auto const flat =
      wm::infer_context(nothing, wm::MeanSquaredError{}, inputs, wm::Matrix<double>(wm::Matrix<double>::Zero(20, 2)));
  CHECK(flat.uncertainty == doctest::Approx(1.81).epsilon(0.05));  // without information
}
