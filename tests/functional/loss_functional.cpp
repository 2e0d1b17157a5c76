#include <wmanifold/functional/loss_functional.hpp>

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/functional/evaluate.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

#include <limits>

namespace wm = wmanifold;
using wm::Contexts, wm::Index, wm::S1;

namespace {

template <class R>
using Model = wm::BasicManifold<R, wm::Ellipse, wm::LayerList>;

template <class R>
Model<R> random_model(wm::LayerList layers) {
  Model<R> model(wm::zeros, {}, std::move(layers));
  support::randomise(model, 1);
  return model;
}

std::vector<wm::Point<S1>> angles(Index count) {
  wm::Random random(wm::Seed{2});
  return wm::uniform_points<S1>(count, random);
}

/// Returns one context per sample, written out.
std::vector<wm::Point<S1>> spread_out(Contexts<S1> const& contexts) {
  std::vector<wm::Point<S1>> each;
  for (Index b = 0; b < contexts.samples(); ++b) {
    each.push_back(contexts.slice(b, 1).points()[0]);
  }
  return each;
}

double squared_error(Eigen::VectorXd const& y, Eigen::VectorXd const& target) {
  return (y - target).squaredNorm() / static_cast<double>(y.size());
}
double cross_entropy(Eigen::VectorXd const& y, int label) {
  return std::log((y.array() - y.maxCoeff()).exp().sum()) + y.maxCoeff() - y(label);
}

}  // namespace

TEST_CASE("the value is the mean of the samples' losses, each at its context") {
  auto const model = random_model<double>(wm::LayerList({3, 5, 4}, {"tanh", "identity"}));
  Index const samples = 11;
  auto const inputs = support::matrix<double>(samples, 3, 3);
  auto const targets = support::matrix<double>(samples, 4, 4);
  auto const labels = support::labels(samples, 4, 5);
  for (auto const& contexts :
       {Contexts<S1>(angles(samples)), Contexts<S1>::grouped(angles(3), std::vector<Index>{1, 4, 6})}) {
    double error = 0;
    double entropy = 0;
    auto const points = spread_out(contexts);
    for (Index b = 0; b < samples; ++b) {
      auto const network = model.at(points[static_cast<std::size_t>(b)]);
      std::vector<double> const x(inputs.row(b).begin(), inputs.row(b).end());
      std::vector<double> scratch(static_cast<std::size_t>(network.scratch_size()));
      Eigen::VectorXd y(4);
      network(x, {y.data(), 4}, scratch);
      error += squared_error(y, targets.row(b).transpose());
      entropy += cross_entropy(y, labels[static_cast<std::size_t>(b)]);
    }
    wm::Workspace<double> work;
    wm::LossFunctional<wm::MeanSquaredError> const mse;
    wm::LossFunctional<wm::CrossEntropy> const ce;
    CHECK(mse.value(model, inputs, contexts, targets, work) == doctest::Approx(error / samples).epsilon(1e-12));
    CHECK(ce.value(model, inputs, contexts, labels, work) == doctest::Approx(entropy / samples).epsilon(1e-12));

    wm::Parameters<double> gradient(3, model.parameters().columns());
    CHECK(ce.gradient(model, inputs, contexts, labels, work, gradient).value ==
          ce.value(model, inputs, contexts, labels, work));

    wm::Evaluation const evaluation = wm::evaluate(model, wm::CrossEntropy{}, inputs, contexts, labels);
    CHECK(evaluation.loss == doctest::Approx(entropy / samples).epsilon(1e-12));
  }
}

TEST_CASE("the gradient is the backward pass of the mean's gradient") {
  auto const model = random_model<double>(wm::LayerList({3, 5, 2}, {"gelu", "identity"}));
  auto const inputs = support::matrix<double>(6, 3, 3);
  auto const targets = support::matrix<double>(6, 2, 4);
  Contexts<S1> const contexts(angles(6));
  wm::Workspace<double> work;
  wm::Parameters<double> ours(3, model.parameters().columns());
  wm::LossFunctional<wm::MeanSquaredError> const functional;
  auto const found =
      functional.gradient(model, inputs, contexts, targets, work, ours, {.inputs = true, .contexts = true});
  wm::Matrix<double> const our_inputs = found.views.inputs;
  wm::Matrix<double> const our_contexts = found.views.contexts;

  wm::Parameters<double> theirs(3, model.parameters().columns());
  wm::Matrix<double> const slope = 2.0 / (6 * 2) * (model.forward(inputs, contexts, work) - targets);
  auto const back = model.backward(inputs, contexts, slope, work, theirs, {.inputs = true, .contexts = true});
  CHECK(ours.matrix().isApprox(theirs.matrix(), 1e-13));
  CHECK(our_inputs.isApprox(back.inputs, 1e-13));
  CHECK(our_contexts.isApprox(back.contexts, 1e-13));
}

TEST_CASE("arguments that do not fit are refused, with the expected and the actual value") {
  auto const model = random_model<double>(wm::LayerList({3, 5, 2}, {"gelu", "identity"}));
  auto const before = model;
  auto const inputs = support::matrix<double>(6, 3, 3);
  Contexts<S1> const contexts(angles(6));
  wm::Workspace<double> work;
  wm::Parameters<double> gradient(3, model.parameters().columns());
  wm::LossFunctional<wm::CrossEntropy> const functional;
  auto const refuses = [&](wm::Matrix<double> const& x, std::vector<int> const& labels, char const* message) {
    CHECK_THROWS_WITH_AS((void)functional.value(model, x, contexts, labels, work), doctest::Contains(message),
                         wm::ArgumentError);
    CHECK_THROWS_WITH_AS(functional.gradient(model, x, contexts, labels, work, gradient), doctest::Contains(message),
                         wm::ArgumentError);
    CHECK_THROWS_WITH_AS((void)wm::evaluate(model, wm::CrossEntropy{}, x, contexts, labels), doctest::Contains(message),
                         wm::ArgumentError);
  };
  refuses(inputs, {0, 1, 0, 1, 0, 2}, "expected a class in [0, 1], got 2 for sample 5");
  refuses(inputs, {0, 1, 0, 1, 0, -1}, "got -1 for sample 5");
  refuses(inputs, {0, 1}, "expected 6 labels, one per sample, got 2");
  refuses(wm::Matrix<double>(0, 3), {}, "got an empty batch");
  refuses(inputs.transpose(), {0, 1, 0, 1, 0, 1}, "inputs: expected 3 columns, got 6");
  auto bad = inputs;
  bad(4, 1) = std::numeric_limits<double>::quiet_NaN();
  refuses(bad, {0, 1, 0, 1, 0, 1}, "expected finite numbers, got nan in row 4, column 1");
  wm::Parameters<double> small(2, model.parameters().columns());
  std::vector<int> const labels{0, 1, 0, 1, 0, 1};
  std::vector<double> const huge(6, std::numeric_limits<double>::max());
  CHECK_THROWS_WITH_AS((void)functional.value(model, inputs, contexts, labels, work, huge),
                       doctest::Contains("weights: expected a positive and finite sum, got inf"), wm::ArgumentError);
  std::vector<double> weights(6, 0.0);
  CHECK_THROWS_WITH_AS((void)functional.value(model, inputs, contexts, labels, work, weights),
                       doctest::Contains("weights: expected a positive and finite sum, got 0"), wm::ArgumentError);
  weights.assign(6, 1.0);
  for (auto const& [weight, message] :
       {std::pair(-1.0, "got -1 for sample 4"), std::pair(-1e-300, "got -1e-300 for sample 4"),
        std::pair(std::numeric_limits<double>::quiet_NaN(), "got nan for sample 4"),
        std::pair(std::numeric_limits<double>::infinity(), "got inf for sample 4")}) {
    weights[4] = weight;
    CHECK_THROWS_WITH_AS(
        (void)functional.value(model, inputs, contexts, labels, work, weights),
        doctest::Contains((std::string("weights: expected numbers of at least 0, ") + message).c_str()),
        wm::ArgumentError);
  }
  CHECK_THROWS_WITH_AS((void)functional.value(model, inputs, contexts, labels, work, std::span(huge).first(5)),
                       doctest::Contains("expected 6 weights, one per sample or none, got 5"), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(functional.gradient(model, inputs, contexts, labels, work, small),
                       doctest::Contains("gradient: expected 3 rows, got 2"), wm::ArgumentError);
  CHECK(model == before);
}

TEST_CASE("an infinite or NaN loss is an error, and leaves the model unchanged") {
  auto model = random_model<float>(wm::LayerList({3, 5, 2}, {"relu", "identity"}));
  model.weight(0, 1).setConstant(1e30F);
  model.bias(0, 0).setConstant(1e30F);
  auto const before = model;
  auto const inputs = support::matrix<float>(6, 3, 3);
  auto const targets = support::matrix<float>(6, 2, 4);
  Contexts<S1> const contexts(angles(6));
  wm::Workspace<float> work;
  wm::Parameters<float> gradient(3, model.parameters().columns());
  wm::LossFunctional<wm::MeanSquaredError> const functional;
  char const* const message = "expected a finite loss, got inf for sample 0 of 6";
  CHECK_THROWS_WITH_AS((void)functional.value(model, inputs, contexts, targets, work), doctest::Contains(message),
                       wm::NumericalError);
  CHECK_THROWS_WITH_AS(functional.gradient(model, inputs, contexts, targets, work, gradient),
                       doctest::Contains(message), wm::NumericalError);
  CHECK_THROWS_WITH_AS((void)wm::evaluate(model, wm::MeanSquaredError{}, inputs, contexts, targets),
                       doctest::Contains("evaluation: expected a finite loss, got inf for sample 0 of 6"),
                       wm::NumericalError);
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, {.rate = 0.1});
  CHECK_THROWS_WITH_AS(flow.step(inputs, contexts, targets), doctest::Contains(message), wm::NumericalError);
  CHECK(model == before);
}

TEST_CASE("relu does not hide infinities that cancel within the network") {
  auto model = random_model<float>(wm::LayerList({2, 2, 1}, {"relu", "identity"}));
  model.parameters().set_zero();
  model.weight(0, 0).col(0).setConstant(1e30F);
  model.weight(0, 0).col(1).setConstant(-1e30F);
  wm::Matrix<float> const inputs = wm::Matrix<float>::Constant(1, 2, 1e30F);
  wm::Matrix<float> const targets = wm::Matrix<float>::Zero(1, 1);
  wm::Workspace<float> work;
  CHECK_THROWS_AS(
      (void)wm::LossFunctional<wm::MeanSquaredError>{}.value(model, inputs, Contexts<S1>(angles(1)), targets, work),
      wm::NumericalError);
}

TEST_CASE("an infinite or NaN gradient is an error even if the loss is finite") {
  Model<float> model(wm::zeros, {}, wm::LayerList({1, 1}, {"identity"}));
  auto const before = model;
  wm::Matrix<float> const inputs = wm::Matrix<float>::Constant(1, 1, 1e25F);
  wm::Matrix<float> const targets = wm::Matrix<float>::Constant(1, 1, 1e15F);
  Contexts<S1> const contexts(angles(1));
  wm::Workspace<float> work;
  wm::Parameters<float> gradient(3, model.parameters().columns());
  wm::LossFunctional<wm::MeanSquaredError> const functional;
  CHECK(functional.value(model, inputs, contexts, targets, work) == doctest::Approx(1e30));
  CHECK_THROWS_WITH_AS(functional.gradient(model, inputs, contexts, targets, work, gradient),
                       doctest::Contains("expected a finite gradient, got a NaN or an infinity at a loss of"),
                       wm::NumericalError);
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, {.rate = 0.1});
  CHECK_THROWS_AS(flow.step(inputs, contexts, targets), wm::NumericalError);
  CHECK(model == before);
}

TEST_CASE("loss and accuracy over many samples agree with a count by hand") {
  auto const model = random_model<double>(wm::LayerList({3, 5, 4}, {"tanh", "identity"}));
  Index const samples = 700;  // several batches, the last not full
  auto const inputs = support::matrix<double>(samples, 3, 3);
  auto const targets = support::matrix<double>(samples, 4, 4);
  auto const labels = support::labels(samples, 4, 5);
  for (auto const& contexts :
       {Contexts<S1>(angles(samples)), Contexts<S1>::grouped(angles(4), std::vector<Index>{1, 300, 398, 1})}) {
    wm::Matrix<double> const outputs = model.predict(inputs, contexts);
    double error = 0;
    double entropy = 0;
    double hits = 0;
    for (Index b = 0; b < samples; ++b) {
      Eigen::VectorXd const y = outputs.row(b).transpose();
      int const label = labels[static_cast<std::size_t>(b)];
      Index best = 0;
      y.maxCoeff(&best);
      hits += best == label ? 1 : 0;
      error += squared_error(y, targets.row(b).transpose());
      entropy += cross_entropy(y, label);
    }
    auto const classified = wm::evaluate(model, wm::CrossEntropy{}, inputs, contexts, labels);
    CHECK(classified.loss == doctest::Approx(entropy / samples).epsilon(1e-12));
    REQUIRE(classified.accuracy.has_value());
    CHECK(*classified.accuracy == hits / samples);
    auto const fitted = wm::evaluate(model, wm::MeanSquaredError{}, inputs, contexts, targets);
    CHECK(fitted.loss == doctest::Approx(error / samples).epsilon(1e-12));
    CHECK(!fitted.accuracy.has_value());
  }
}

TEST_CASE("weights that take a mean of finite losses out of range are an error") {
  auto const model = random_model<double>(wm::LayerList({3, 5, 2}, {"tanh", "identity"}));
  wm::Workspace<double> work;
  wm::Matrix<double> const targets = wm::Matrix<double>::Constant(4, 2, 1e80);
  std::vector<double> const weights(4, 1e300);
  CHECK_THROWS_WITH_AS(
      (void)wm::LossFunctional(wm::MeanSquaredError{})
          .value(model, support::matrix<double>(4, 3, 3), Contexts<S1>(angles(4)), targets, work, weights),
      doctest::Contains("finite value of all samples"), wm::NumericalError);
}
