#include <wmanifold/flow/gradient_flow.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/flow/schedule.hpp>
#include <wmanifold/functional/evaluate.hpp>
#include <wmanifold/manifold/lift.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <Eigen/LU>

#include <doctest/doctest.h>

#include <support/batches.hpp>

#include <limits>
#include <memory>

namespace wm = wmanifold;
using wm::Contexts, wm::Index, wm::Interval;

namespace {

using Cubic = wm::BasicManifold<double, wm::Bernstein<Interval, 3>, wm::LayerList>;
using CubicFlow = wm::GradientFlow<Cubic, wm::MeanSquaredError>;

Cubic cubic(std::uint64_t seed = 1) {
  Cubic model(wm::zeros, {}, wm::LayerList({3, 5, 2}, {"tanh", "identity"}));
  support::randomise(model, seed);
  return model;
}

struct Batch {
  wm::Matrix<double> inputs = support::matrix<double>(8, 3, 2);
  wm::Matrix<double> targets = support::matrix<double>(8, 2, 3);
  Contexts<Interval> contexts{[] {
    wm::Random random(wm::Seed{4});
    return wm::uniform_points<Interval>(8, random);
  }()};

  template <class Flow>
  wm::Step step(Flow& flow) const {
    return flow.step(inputs, contexts, targets);
  }
  /// K x N.
  wm::SmallMatrix gradient(Cubic const& model) const {
    wm::Workspace<double> work;
    wm::Parameters<double> block(4, model.parameters().columns());
    wm::LossFunctional<wm::MeanSquaredError>{}.gradient(model, inputs, contexts, targets, work, block);
    return block.matrix();
  }
};

double distance(wm::SmallMatrix const& a, wm::SmallMatrix const& b) {
  return (a - b).norm() / b.norm();  // unlike a maximum, it keeps a NaN
}

void refuses(wm::FlowOptions const& options, char const* message) {
  auto model = cubic();
  CHECK_THROWS_WITH_AS(CubicFlow(model, {}, options), doctest::Contains(message), wm::ArgumentError);
}

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("under a rate, a step is P - rate (momentum v + G^-1 grad), in every geometry") {
  Batch const batch;
  for (auto const geometry : {wm::Geometry::movement, wm::Geometry::euclidean}) {
    for (double const momentum : {0.0, 0.75}) {
      double const rate = 0.05;
      auto model = cubic();
      CubicFlow flow(model, {}, {.rate = rate, .momentum = momentum, .geometry = geometry, .stiffness = 0});
      wm::SmallMatrix const gram = wm::gram_matrix(model.basis());
      wm::SmallMatrix const inverse =
          geometry == wm::Geometry::movement ? wm::SmallMatrix(gram.inverse()) : wm::SmallMatrix::Identity(4, 4);
      wm::SmallMatrix by_hand = model.parameters().matrix();
      wm::SmallMatrix velocity = wm::SmallMatrix::Zero(by_hand.rows(), by_hand.cols());
      for (int i = 0; i < 3; ++i) {
        velocity = (momentum * velocity + inverse * batch.gradient(model)).eval();
        by_hand -= rate * velocity;
        wm::Workspace<double> work;
        double const loss =
            wm::LossFunctional<wm::MeanSquaredError>{}.value(model, batch.inputs, batch.contexts, batch.targets, work);
        auto const step = batch.step(flow);
        CHECK(step.loss == loss);
        CHECK(step.movement ==
              doctest::Approx(rate * std::sqrt((velocity.transpose() * gram * velocity).trace())).epsilon(1e-11));
        CHECK(distance(model.parameters().matrix(), by_hand) < 1e-12);
      }
    }
  }
}

TEST_CASE("under a budget, every step moves by exactly the budget") {
  Batch const batch;
  for (auto const geometry : {wm::Geometry::movement, wm::Geometry::euclidean}) {
    for (double const momentum : {0.0, 0.9}) {
      auto model = cubic();
      CubicFlow flow(model, {}, {.movement = 0.25, .momentum = momentum, .geometry = geometry, .stiffness = 0});
      for (int i = 0; i < 10; ++i) {
        auto const before = model;
        auto const step = batch.step(flow);
        wm::Parameters<double> moved(4, model.parameters().columns());
        moved.matrix() = model.parameters().matrix() - before.parameters().matrix();
        CHECK(std::abs(flow.metric().movement(model, moved) / 0.25 - 1) < 1e-12);
        CHECK(std::abs(step.movement / 0.25 - 1) < 1e-15);
      }
    }
  }
}

TEST_CASE("a zero gradient makes no step, and a movement of 0") {
  auto model = cubic();
  Batch batch;
  batch.targets = model.predict(batch.inputs, batch.contexts);
  auto const before = model;
  for (auto const& options : {wm::FlowOptions{.rate = 0.1, .momentum = 0.9}, wm::FlowOptions{.movement = 0.1}}) {
    CubicFlow flow(model, {}, options);
    wm::Workspace<double> work;
    // The functional's own pass must agree to the last bit.
    batch.targets = model.forward(batch.inputs, batch.contexts, work);
    auto const step = batch.step(flow);
    CHECK(step.loss == 0);
    CHECK(step.movement == 0);
    CHECK(flow.descend(wm::Parameters<double>(4, model.parameters().columns())) == 0);
    CHECK(model == before);
  }
}

TEST_CASE("a budget is not spent on momentum alone: with a zero gradient nothing moves") {
  auto model = cubic();
  Batch const batch;
  CubicFlow flow(model, {}, {.movement = 0.1, .momentum = 0.9});
  batch.step(flow);
  auto const before = model;
  CHECK(flow.descend(wm::Parameters<double>(4, model.parameters().columns())) == 0);
  CHECK(model == before);
}

TEST_CASE("options without meaning are refused, with the expected and the actual value") {
  refuses({}, "expected either a rate or a movement budget, got neither");
  refuses({.rate = 0.1, .movement = 0.1}, "expected either a rate or a movement budget, got both");
  refuses({.rate = -0.5}, "expected a rate of at least 0, got -0.5");
  refuses({.rate = not_a_number}, "expected a rate of at least 0, got nan");
  refuses({.rate = infinity}, "expected a rate of at least 0, got inf");
  refuses({.movement = -1.0}, "expected a movement budget of at least 0, got -1");
  refuses({.movement = not_a_number}, "expected a movement budget of at least 0, got nan");
  refuses({.rate = 0.1, .momentum = 1}, "expected a momentum in [0, 1), got 1");
  refuses({.rate = 0.1, .momentum = -0.1}, "expected a momentum in [0, 1), got -0.1");
  refuses({.rate = 0.1, .momentum = not_a_number}, "expected a momentum in [0, 1), got nan");
}

// A flow refers to the address of its model, so an object that holds both cannot be moved.
struct Trainer {
  Cubic model = cubic();
  CubicFlow flow{model, {}, {.rate = 0.1}};
};
static_assert(!std::is_move_constructible_v<CubicFlow> && !std::is_move_assignable_v<CubicFlow>);
static_assert(!std::is_move_constructible_v<Trainer> && !std::is_copy_constructible_v<Trainer>);

TEST_CASE("a flow can be returned from a function") {
  auto const made = [](Cubic& model) { return CubicFlow(model, {}, {.rate = 0.1}); };
  auto model = cubic();
  auto const before = model;
  CubicFlow flow = made(model);
  Batch{}.step(flow);
  CHECK(!(model == before));
  auto const trainer = std::make_unique<Trainer>();
  Batch{}.step(trainer->flow);
  CHECK(trainer->model == model);
}

TEST_CASE("schedules that end at 0 fit a flow, also beyond their end") {
  Batch const batch;
  auto model = cubic();
  wm::LinearSchedule const rate{0.1, 0, 3};
  CubicFlow flow(model, {}, {.rate = rate(0), .momentum = 0.9});
  for (Index i = 0; i < 3; ++i) {
    flow.set_rate(rate(i));
    CHECK(batch.step(flow).movement > 0);
  }
  auto const end = model;
  for (Index i = 3; i < 6; ++i) {
    flow.set_rate(rate(i));
    CHECK(batch.step(flow).movement == 0);
  }
  CHECK(model == end);
}

TEST_CASE("a new rate or budget keeps the momentum and the velocity") {
  Batch const batch;
  auto model = cubic();
  CubicFlow flow(model, {}, {.rate = 0.1, .momentum = 0.5, .stiffness = 0});
  wm::SmallMatrix const inverse = wm::gram_matrix(model.basis()).inverse();
  wm::SmallMatrix velocity = inverse * batch.gradient(model);
  batch.step(flow);

  flow.set_rate(0.02);
  wm::SmallMatrix by_hand = model.parameters().matrix();
  velocity = (0.5 * velocity + inverse * batch.gradient(model)).eval();
  by_hand -= 0.02 * velocity;
  batch.step(flow);
  CHECK(distance(model.parameters().matrix(), by_hand) < 1e-12);

  flow.set_movement(0.3);
  CHECK(flow.rule().momentum == 0.5);
  CHECK(!flow.options().rate.has_value());
  velocity = (0.5 * velocity + inverse * batch.gradient(model)).eval();
  double const unit = std::sqrt((velocity.transpose() * wm::gram_matrix(model.basis()) * velocity).trace());
  by_hand = model.parameters().matrix();
  by_hand -= 0.3 / unit * velocity;
  CHECK(batch.step(flow).movement == doctest::Approx(0.3).epsilon(1e-15));
  CHECK(distance(model.parameters().matrix(), by_hand) < 1e-12);

  CHECK_THROWS_WITH_AS(flow.set_rate(-1), doctest::Contains("expected a rate of at least 0, got -1"),
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(flow.set_movement(not_a_number),
                       doctest::Contains("expected a movement budget of at least 0, got nan"), wm::ArgumentError);
  CHECK(flow.options().movement == 0.3);
}

TEST_CASE("an error changes neither parameters nor velocity") {
  Batch const batch;
  auto model = cubic();
  auto twin = cubic();
  CubicFlow flow(model, {}, {.rate = 0.05, .momentum = 0.9});
  CubicFlow undisturbed(twin, {}, {.rate = 0.05, .momentum = 0.9});
  batch.step(flow);
  batch.step(undisturbed);

  Index const columns = model.parameters().columns();
  wm::Parameters<double> bad(4, columns);
  bad.row(3)[7] = not_a_number;
  CHECK_THROWS_WITH_AS(flow.descend(bad), doctest::Contains("flow: expected a finite gradient"), wm::NumericalError);
  bad.row(3)[7] = -infinity;
  CHECK_THROWS_AS(flow.descend(bad), wm::NumericalError);
  bad.row(3)[7] = 1e308;  // finite, but its G^-1 product is not
  CHECK_THROWS_WITH_AS(flow.descend(bad), doctest::Contains("expected a gradient of at most "), wm::NumericalError);
  CHECK_THROWS_WITH_AS(flow.descend(wm::Parameters<double>(3, columns)),
                       doctest::Contains("gradient: expected 4 rows, got 3"), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(flow.descend(wm::Parameters<double>(4, columns + 1)), doctest::Contains("columns, got"),
                       wm::ArgumentError);
  Batch spoiled;
  spoiled.inputs(5, 1) = not_a_number;
  CHECK_THROWS_WITH_AS(spoiled.step(flow), doctest::Contains("got nan in row 5, column 1"), wm::ArgumentError);
  spoiled = {};
  spoiled.targets(0, 0) = infinity;
  CHECK_THROWS_AS(spoiled.step(flow), wm::ArgumentError);
  CHECK(model == twin);

  batch.step(flow);
  batch.step(undisturbed);
  CHECK(model == twin);
}

TEST_CASE("frozen layers do not move, also with momentum, and start from rest when thawed") {
  Batch const batch;
  auto model = cubic();
  CubicFlow flow(model, {}, {.rate = 0.05, .momentum = 0.9});
  for (int i = 0; i < 3; ++i) {
    batch.step(flow);
  }
  model.freeze(0);
  auto const before = model;
  for (int i = 0; i < 3; ++i) {
    batch.step(flow);
  }
  for (Index k = 0; k < 4; ++k) {
    CHECK(model.weight(k, 0) == before.weight(k, 0));
    CHECK(model.bias(k, 0) == before.bias(k, 0));
    CHECK(model.weight(k, 1) != before.weight(k, 1));
  }
  wm::Parameters<double> ones(4, model.parameters().columns());  // from elsewhere, with ones in place of zeros
  ones.matrix().setOnes();
  flow.descend(ones);
  CHECK(model.weight(0, 0) == before.weight(0, 0));

  model.unfreeze(0);
  flow.descend(wm::Parameters<double>(4, model.parameters().columns()));
  CHECK(model.weight(0, 0) == before.weight(0, 0));
}

TEST_CASE("the flow does not depend on the manifold's basis; plain descent does") {
  Batch const batch;
  using Legendre = wm::Legendre<Interval, 3>;
  auto const largest_difference = [&](wm::FlowOptions const& options) {
    auto bernstein = cubic();
    auto legendre = wm::rewrite<Legendre>(bernstein);
    wm::GradientFlow one(bernstein, wm::MeanSquaredError{}, options);
    wm::GradientFlow other(legendre, wm::MeanSquaredError{}, options);
    for (int i = 0; i < 20; ++i) {
      auto const a = batch.step(one);
      auto const b = batch.step(other);
      if (options.geometry == wm::Geometry::movement) {
        CHECK(a.movement == doctest::Approx(b.movement).epsilon(1e-9));
      }
    }
    return distance(wm::rewrite<Legendre>(bernstein).parameters().matrix(), legendre.parameters().matrix());
  };
  CHECK(largest_difference({.rate = 0.05}) < 1e-10);
  CHECK(largest_difference({.rate = 0.05, .momentum = 0.9}) < 1e-10);
  CHECK(largest_difference({.movement = 0.1, .momentum = 0.9}) < 1e-10);
  CHECK(largest_difference({.rate = 0.05, .geometry = wm::Geometry::euclidean}) > 1e-3);
}

TEST_CASE("batches mixed by plan or by request train alike") {
  Batch const batch;
  auto const shared = Contexts<Interval>::grouped({Interval::at(0.2), Interval::at(0.7)}, 4);
  for (auto const& contexts : {batch.contexts, shared}) {
    std::vector<wm::SmallMatrix> results;
    for (auto const wish : {wm::Mixing::automatic, wm::Mixing::per_sample, wm::Mixing::by_groups}) {
      auto model = cubic();
      CubicFlow flow{model, {}, {.rate = 0.1, .momentum = 0.9}};
      flow.workspace().mixing = wish;
      for (int i = 0; i < 5; ++i) {
        flow.step(batch.inputs, contexts, batch.targets);
      }
      CHECK(flow.workspace().plan().groups == contexts.groups());
      CHECK(flow.workspace().plan().mixing == (wish == wm::Mixing::automatic ? model.plan(contexts).mixing : wish));
      results.emplace_back(model.parameters().matrix());
    }
    CHECK(distance(results[1], results[2]) < 1e-13);
    CHECK(distance(results[0], results[1]) < 1e-13);
  }
}

TEST_CASE("an ellipse learns a target hidden by a rotation") {
  // The target depends on the input before its turn by the context.
  Index const samples = 256;
  wm::Random random(wm::Seed{1});
  auto const points = wm::uniform_points<wm::S1>(samples, random);
  auto const upright = support::matrix<float>(samples, 2, 2);
  wm::Matrix<float> inputs(samples, 2);
  wm::Matrix<float> targets(samples, 1);
  for (Index b = 0; b < samples; ++b) {
    auto const cosine = static_cast<float>(std::cos(points[static_cast<std::size_t>(b)][0]));
    auto const sine = static_cast<float>(std::sin(points[static_cast<std::size_t>(b)][0]));
    inputs(b, 0) = cosine * upright(b, 0) - sine * upright(b, 1);
    inputs(b, 1) = sine * upright(b, 0) + cosine * upright(b, 1);
    targets(b, 0) = std::tanh(upright(b, 0));
  }
  using Model = wm::Manifold<wm::Ellipse, wm::Dense<2, 8>, wm::Tanh, wm::Dense<8, 1>>;
  for (auto const& options :
       {wm::FlowOptions{.rate = 0.1, .momentum = 0.9}, wm::FlowOptions{.movement = 0.05, .momentum = 0.5}}) {
    Model model(wm::he_normal, wm::Seed{3});
    wm::GradientFlow flow(model, wm::MeanSquaredError{}, options);
    double const first = flow.step(inputs, points, targets).loss;
    for (int i = 0; i < 300; ++i) {
      flow.step(inputs, points, targets);
    }
    double const last = wm::evaluate(model, wm::MeanSquaredError{}, inputs, points, targets).loss;
    CHECK(first > 0.3);
    CHECK(last < 0.01);
  }
}

TEST_CASE("a manifold without contexts is a plain network, and takes batches without contexts") {
  wm::BasicManifold<double, wm::Constant<>, wm::LayerList> model(wm::he_normal, wm::Seed{1}, {},
                                                                 wm::LayerList({3, 4, 2}, {"tanh", "identity"}));
  auto twin = model;
  Batch const batch;
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, {.rate = 0.1});
  wm::GradientFlow with_contexts(twin, wm::MeanSquaredError{}, {.rate = 0.1});
  auto const contexts = Contexts<wm::OnePoint>::constant(wm::OnePoint::point(), 8);
  double const first = flow.step(batch.inputs, batch.targets).loss;
  CHECK(with_contexts.step(batch.inputs, contexts, batch.targets).loss == doctest::Approx(first).epsilon(1e-14));
  CHECK(distance(model.parameters().matrix(), twin.parameters().matrix()) < 1e-14);
}
