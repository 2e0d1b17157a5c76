#include <wmanifold/infer/context.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/basis/tensor.hpp>
#include <wmanifold/manifold/custom.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/topology/torus.hpp>

#include <support/batches.hpp>
#include <support/doctest.hpp>
#include <support/threads.hpp>

#include <limits>
#include <numbers>

namespace wm = wmanifold;
using wm::Index, wm::S1;

namespace {

template <class B, class R = double>
using Model = wm::BasicManifold<R, B, wm::LayerList>;
using Torus = wm::Tensor<wm::Fourier<S1, 1>, wm::Fourier<S1, 1>>;
using Knobs = wm::Tensor<wm::Line, wm::Fourier<S1, 1>>;

template <class B, class R = double>
Model<B, R> random_model(Index inputs = 3, Index outputs = 4, std::uint64_t seed = 1) {
  Model<B, R> model(wm::zeros, {}, wm::LayerList({inputs, 8, outputs}, {"tanh", "identity"}));
  support::randomise(model, seed);
  return model;
}

/// Returns the model's outputs at a point.
template <class M>
wm::Matrix<typename M::Scalar> said(M const& model, wm::Matrix<typename M::Scalar> const& inputs,
                                    wm::Point<typename M::Topology> const& s) {
  return model.predict(inputs, wm::Contexts<typename M::Topology>::constant(s, inputs.rows()));
}

/// Draws classes from the model's probabilities at a point.
template <class M>
std::vector<int> drawn(M const& model, wm::Matrix<double> const& inputs, wm::Point<typename M::Topology> const& s,
                       wm::Random& random) {
  wm::Matrix<double> const logits = said(model, inputs, s);
  std::vector<int> labels;
  for (Index b = 0; b < logits.rows(); ++b) {
    Eigen::RowVectorXd const e = (logits.row(b).array() - logits.row(b).maxCoeff()).exp();
    double rest = random.uniform() * e.sum();
    int label = 0;
    while (label + 1 < logits.cols() && (rest -= e(label)) > 0) {
      ++label;
    }
    labels.push_back(label);
  }
  return labels;
}

}  // namespace

TEST_CASE_TEMPLATE("the squared error recovers the point from a manifold's outputs at it", B, wm::Line,
                   wm::Fourier<S1, 1>, Torus, wm::Fourier<wm::Torus<2>, 1>, wm::SphericalHarmonics<wm::S2, 1>, Knobs) {
  using Space = typename B::Topology;
  wm::Random random(wm::Seed{7});
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    auto const model = random_model<B>(3, 4, seed);
    auto const inputs = support::matrix<double>(20, 3, seed);
    auto const truth = wm::uniform_point<Space>(random);
    auto const estimate = wm::infer_context(model, wm::MeanSquaredError{}, inputs, said(model, inputs, truth),
                                            {.most_steps = 200, .tolerance = 1e-10, .seed = wm::Seed{seed}});
    CHECK(Space::distance(estimate.point, truth) < 1e-6);
    CHECK(estimate.objective < 1e-12);
    CHECK(estimate.uncertainty > 0);
    if (estimate.runner_up) {
      CHECK(estimate.runner_up->objective >= estimate.objective);
      CHECK(Space::distance(estimate.point, estimate.runner_up->point) > 0.05);
    }
  }
}

TEST_CASE("the same in float, and on custom manifolds") {
  auto const inputs = support::matrix<float>(20, 3, 1);
  auto const model = random_model<wm::Fourier<S1, 1>, float>();
  auto const truth = S1::degrees(100);
  auto const found = wm::infer_context(model, wm::MeanSquaredError{}, inputs, said(model, inputs, truth));
  CHECK(S1::distance(found.point, truth) < 1e-3);

  wm::Matrix<double> const same = inputs.cast<double>();
  auto const written = wm::custom_manifold<double, S1>(
      [](auto const& s, auto const& p, auto const& to) {
        to.weight(0, 0, 0) = p[0] * cos(s[0]);
        to.weight(0, 1, 0) = p[1] * sin(s[0]);
      },
      std::vector<double>{1, 2}, {}, wm::Dense<3, 2>{});
  auto const at_truth = wm::infer_context(written, wm::MeanSquaredError{}, same, said(written, same, truth),
                                          {.most_steps = 100, .tolerance = 1e-10});
  CHECK(S1::distance(at_truth.point, truth) < 1e-6);
}

TEST_CASE("an end of an interval is found when the objective falls beyond it") {
  auto const model = random_model<wm::Line>();
  auto const inputs = support::matrix<double>(20, 3, 1);
  // Targets from beyond the end, on the line's continuation: no point of the interval gives them.
  auto beyond = model;
  beyond.parameters().matrix().row(1) =
      1.3 * model.parameters().matrix().row(1) - 0.3 * model.parameters().matrix().row(0);
  auto const targets = said(beyond, inputs, wm::Interval::at(1));
  double nearest = std::numeric_limits<double>::infinity();
  for (double const evidence : {10.0, 1e3, 1e5}) {
    auto const found =
        wm::infer_context(model, wm::MeanSquaredError{}, inputs, targets, {.points = 16, .evidence = evidence});
    CHECK(found.point[0] == 1);
    CHECK(found.uncertainty > 0);
    CHECK(found.uncertainty < nearest);
    nearest = found.uncertainty;
  }
  CHECK(nearest < 0.001);
}

TEST_CASE("the seam is like any other place: a circle turned by any angle gives the turned result") {
  auto const model = random_model<wm::Fourier<S1, 1>>();
  auto const inputs = support::matrix<double>(20, 3, 1);
  auto const targets = support::matrix<double>(20, 4, 2);  // not explained by any context
  wm::InferenceOptions const options{.points = 200, .most_steps = 200, .tolerance = 1e-10};
  auto const found = wm::infer_context(model, wm::MeanSquaredError{}, inputs, targets, options);
  for (double const turn : {1.0, 3.0, 6.0, -found.point[0], 1e-9 - found.point[0]}) {
    // phi(s) = A phi(s + turn), so that A^T P at s + turn is P at s.
    auto turned = model;
    auto p = turned.parameters().matrix();
    auto const from = model.parameters().matrix();
    p.row(1) = std::cos(turn) * from.row(1) - std::sin(turn) * from.row(2);
    p.row(2) = std::sin(turn) * from.row(1) + std::cos(turn) * from.row(2);
    auto const other = wm::infer_context(turned, wm::MeanSquaredError{}, inputs, targets, options);
    CHECK(S1::distance(other.point, S1::radians(found.point[0] + turn)) < 1e-6);
    CHECK(other.objective == doctest::Approx(found.objective).epsilon(1e-12));
    CHECK(other.uncertainty == doctest::Approx(found.uncertainty).epsilon(0.01));
  }
}

TEST_CASE("groups are independent: together as one by one, and each sample by itself") {
  auto const model = random_model<wm::Fourier<S1, 1>>();
  auto const inputs = support::matrix<double>(600, 3, 1);
  std::vector<Index> const sizes{1, 299, 1, 1, 290, 8};
  auto const groups = wm::infer_contexts(model, wm::PredictionEntropy{}, inputs, sizes);
  REQUIRE(groups.size() == sizes.size());
  auto const check = [&](wm::ContextEstimate<S1> const& one, wm::ContextEstimate<S1> const& other) {
    CHECK(S1::distance(one.point, other.point) < 1e-6);
    CHECK(one.objective == doctest::Approx(other.objective).epsilon(1e-9));
    CHECK(one.uncertainty == doctest::Approx(other.uncertainty).epsilon(1e-4));
    REQUIRE(one.runner_up.has_value() == other.runner_up.has_value());
    if (one.runner_up) {
      CHECK(S1::distance(one.runner_up->point, other.runner_up->point) < 1e-6);
    }
  };
  Index begin = 0;
  for (std::size_t g = 0; g < sizes.size(); ++g) {
    CAPTURE(g);
    check(groups[g], wm::infer_context(model, wm::PredictionEntropy{}, inputs.middleRows(begin, sizes[g])));
    begin += sizes[g];
  }
  auto const labels = support::labels(20, 4, 3);
  auto const each =
      wm::infer_contexts(model, wm::CrossEntropy{}, inputs.topRows(20), labels, std::vector<Index>(20, 1));
  for (Index b = 0; b < 20; ++b) {
    check(each[static_cast<std::size_t>(b)],
          wm::infer_context(model, wm::CrossEntropy{}, inputs.middleRows(b, 1),
                            std::span(labels).subspan(static_cast<std::size_t>(b), 1)));
  }
}

TEST_CASE("the runner-up is the other minimum") {
  // Order 2 alone gives the same outputs at s and half a turn on; a weak order 1 tells them apart.
  Model<wm::Fourier<S1, 2>> model(wm::zeros, {}, wm::LayerList({3, 4}, {"identity"}));
  support::randomise(model, 1);
  model.parameters().matrix().middleRows(1, 2) *= 0.05;
  auto const inputs = support::matrix<double>(20, 3, 1);
  auto const truth = S1::degrees(10);
  auto const found = wm::infer_context(model, wm::MeanSquaredError{}, inputs, said(model, inputs, truth));
  CHECK(S1::distance(found.point, truth) < 1e-3);
  REQUIRE(found.runner_up);
  CHECK(S1::distance(found.runner_up->point, S1::degrees(190)) < 0.1);
  CHECK(found.runner_up->objective > found.objective);
  SUBCASE("one descent has none") {
    CHECK_FALSE(wm::infer_context(model, wm::MeanSquaredError{}, inputs, said(model, inputs, truth), {.descents = 1})
                    .runner_up);
  }
  SUBCASE("nor is there one further away than there is room") {
    CHECK_FALSE(
        wm::infer_context(model, wm::MeanSquaredError{}, inputs, said(model, inputs, truth), {.apart = 4}).runner_up);
  }
}

TEST_CASE("for classes from the model itself, the uncertainty is the error's deviation, and falls as 1 / sqrt(n)") {
  auto const model = random_model<wm::Fourier<S1, 1>>();
  wm::Random random(wm::Seed{5});
  std::uint64_t seed = 0;
  std::vector<double> uncertainties;
  for (Index const n : {1, 40, 160}) {
    CAPTURE(n);
    double square = 0;
    double claimed = 0;
    constexpr int repeats = 60;
    for (int i = 0; i < repeats; ++i) {
      auto const truth = wm::uniform_point<S1>(random);
      auto const inputs = support::matrix<double>(n, 3, ++seed);
      auto const found = wm::infer_context(model, wm::CrossEntropy{}, inputs, drawn(model, inputs, truth, random));
      square += std::pow(S1::distance(found.point, truth), 2) / repeats;
      claimed += found.uncertainty * found.uncertainty / repeats;
    }
    CHECK(std::sqrt(square / claimed) > 0.7);
    CHECK(std::sqrt(square / claimed) < 1.4);
    uncertainties.push_back(std::sqrt(claimed));
  }
  CHECK(uncertainties[1] / uncertainties[2] == doctest::Approx(2).epsilon(0.2));
}

TEST_CASE("for outputs linear in the context, the uncertainty is that of a mean, and of Student's distribution") {
  Model<wm::Line> model(wm::zeros, {}, wm::LayerList({1, 1}, {"identity"}));
  model.bias(1, 0)[0] = 1;  // the output is the context
  for (Index const n : {2, 3, 4, 6, 20}) {
    CAPTURE(n);
    wm::Matrix<double> const inputs = wm::Matrix<double>::Zero(n, 1);
    wm::Matrix<double> const errors = 0.001 * support::matrix<double>(n, 1, 7);
    wm::Matrix<double> const outputs = errors.array() + 0.4;
    double const mean = outputs.mean();
    double const variance = (outputs.array() - mean).square().sum() / static_cast<double>(n - 1);
    auto const freedom = static_cast<double>(n - 1);
    auto const found = wm::infer_context(model, wm::MeanSquaredError{}, inputs, outputs);
    CHECK(found.point[0] == doctest::Approx(mean));
    double const expected = variance / static_cast<double>(n) * freedom / std::max(freedom - 2, 0.5);
    CHECK(found.uncertainty * found.uncertainty / expected == doctest::Approx(1).epsilon(1e-4));
    auto const known = wm::infer_context(model, wm::MeanSquaredError{}, inputs, outputs, {.noise = 0.001});
    CHECK(known.uncertainty * std::sqrt(static_cast<double>(n)) / 0.001 == doctest::Approx(1).epsilon(1e-4));
  }
}

TEST_CASE("without information, the uncertainty is that of the whole space") {
  Model<wm::Fourier<S1, 1>> const flat(wm::zeros, {}, wm::LayerList({3, 4}, {"identity"}));
  auto const found = wm::infer_context(flat, wm::PredictionEntropy{}, support::matrix<double>(5, 3, 1));
  CHECK(found.objective == doctest::Approx(std::log(4)));
  CHECK(found.uncertainty == doctest::Approx(std::numbers::pi / std::sqrt(3)).epsilon(0.02));
  // All other points are equally good.
  REQUIRE(found.runner_up);
  CHECK(found.runner_up->objective == doctest::Approx(found.objective));
}

TEST_CASE("results depend on the options alone, and not on threads") {
  auto const model = random_model<wm::Fourier<S1, 1>, float>(1000, 10);  // wide enough for a batch to be cut
  wm::Matrix<float> const inputs = support::matrix<float>(256, 1000, 1) / 20;
  std::vector<Index> sizes(64, 1);
  sizes.push_back(192);
  auto const with = [&](int threads) {
    support::Threads const scope(threads);
    return wm::infer_contexts(model, wm::PredictionEntropy{}, inputs, sizes,
                              {.points = 4, .descents = 2, .most_steps = 6});
  };
  auto const one = with(1);
  auto const two = with(2);
  for (std::size_t g = 0; g < sizes.size(); ++g) {
    CHECK(one[g].point == two[g].point);
    CHECK(one[g].objective == two[g].objective);
    CHECK(one[g].uncertainty == two[g].uncertainty);
  }
}

TEST_CASE("arguments that do not fit are refused, with the expected and the actual value") {
  auto const model = random_model<wm::Fourier<S1, 1>>();
  auto const before = model;
  auto const inputs = support::matrix<double>(6, 3, 3);
  std::vector<int> const labels(6, 1);
  auto const refuses = [&](wm::Matrix<double> const& x, std::vector<int> const& classes,
                           std::vector<Index> const& sizes, wm::InferenceOptions const& options, char const* message) {
    CHECK_THROWS_WITH_AS(wm::infer_contexts(model, wm::CrossEntropy{}, x, classes, sizes, options),
                         doctest::Contains(message), wm::ArgumentError);
  };
  refuses(wm::Matrix<double>(0, 3), {}, {}, {}, "expected at least one sample, got an empty batch");
  refuses(support::matrix<double>(6, 2, 1), labels, {6}, {}, "inputs: expected 3 columns, got 2");
  auto bad = inputs;
  bad(4, 1) = std::numeric_limits<double>::quiet_NaN();
  refuses(bad, labels, {6}, {}, "expected finite numbers, got nan in row 4, column 1");
  refuses(inputs, {0, 1}, {6}, {}, "expected 6 labels, one per sample, got 2");
  refuses(inputs, labels, {2, 3}, {}, "expected 6 samples in all groups, as many as the inputs have rows, got 5");
  refuses(inputs, labels, {2, 5}, {}, "and 6 samples in all, got one of 5 after 2 samples");
  refuses(inputs, labels, {6, 0}, {}, "groups of at least one sample and 6 samples in all, got one of 0");
  refuses(inputs, labels, {6}, {.points = 0}, "inference: expected at least one point, got 0");
  refuses(inputs, labels, {6}, {.descents = 0}, "expected at least one descent, got 0");
  refuses(inputs, labels, {6}, {.most_steps = 0}, "expected at least one step, got 0");
  refuses(inputs, labels, {6}, {.tolerance = 0}, "expected a positive tolerance, got 0");
  refuses(inputs, labels, {6}, {.apart = -1}, "expected a positive least distance of the runner-up, got -1");
  refuses(inputs, labels, {6}, {.evidence = std::numeric_limits<double>::infinity()},
          "expected a positive evidence, got inf");
  CHECK_THROWS_WITH_AS(wm::infer_context(model, wm::PredictionEntropy{}, wm::Matrix<double>(0, 3)),
                       doctest::Contains("got an empty batch"), wm::ArgumentError);
  CHECK(model == before);
}

TEST_CASE("points of infinite loss are skipped; if all are such, it is an error") {
  Model<wm::Line, float> model(wm::zeros, {}, wm::LayerList({1, 1}, {"identity"}));
  model.weight(1, 0).setConstant(1e20F);  // the square is finite below 0.18 only
  wm::Matrix<float> const inputs = wm::Matrix<float>::Ones(3, 1);
  auto const found = wm::infer_context(model, wm::MeanSquaredError{}, inputs, wm::Matrix<float>::Zero(3, 1));
  CHECK(found.point[0] == 0);
  model.weight(0, 0).setConstant(1e20F);
  CHECK_THROWS_WITH_AS(wm::infer_context(model, wm::MeanSquaredError{}, inputs, wm::Matrix<float>::Zero(3, 1)),
                       doctest::Contains("expected a finite loss at one or more of 64 points, got none for group 0"),
                       wm::NumericalError);
}
