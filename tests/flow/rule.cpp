#include <wmanifold/flow/rule.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/flow/adam.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/network/layer_list.hpp>

#include <Eigen/Eigenvalues>

#include <doctest/doctest.h>

#include <support/batches.hpp>

#include <limits>

/// Compares each rule's steps along given gradients with the rule written with Eigen.
namespace wm = wmanifold;
using wm::Index;

namespace {

using Model = wm::BasicManifold<double, wm::Bernstein<wm::Interval, 3>, wm::LayerList>;
template <class Rule>
using FlowOf = wm::GradientFlow<Model, wm::MeanSquaredError, Rule>;
using Flow = FlowOf<wm::HeavyBall>;

Model model_of() {
  Model model(wm::zeros, {}, wm::LayerList{wm::Dense<>(3, 4), wm::Tanh{}, wm::SharedDense<>(4, 2)});
  support::randomise(model, 1);
  return model;
}

struct Gradient {
  wm::Parameters<double> block;
  wm::SmallMatrix rows;
  Eigen::VectorXd shared;

  Gradient(Model const& model, std::uint64_t seed) : block(model.parameters().zeros_like()) {
    rows = support::matrix<double>(4, block.columns(), seed);
    block.matrix() = rows;
    auto const numbers = support::normals<double>(static_cast<Index>(block.shared().size()), seed + 50);
    std::copy(numbers.begin(), numbers.end(), block.shared().begin());
    shared = Eigen::Map<Eigen::VectorXd const>(numbers.data(), static_cast<Index>(numbers.size()));
  }
};

/// Compares four steps with a computation by hand: rows and shared part of the parameters after `directions(t,
/// gradient)`.
template <class Rule, class Point>
void follows(Rule const& rule, wm::RuleOptions const& options, Point point, double decay = 0) {
  auto model = model_of();
  FlowOf<Rule> flow(model, {}, rule, options);
  wm::SmallMatrix rows = model.parameters().matrix();
  Eigen::VectorXd shared = Eigen::Map<Eigen::VectorXd const>(model.parameters().shared().data(),
                                                             static_cast<Index>(model.parameters().shared().size()));
  for (int t = 1; t <= 4; ++t) {
    Gradient const gradient(model, static_cast<std::uint64_t>(t));
    auto const [of_rows, of_shared] = point(t, gradient);
    rows -= *options.rate * (of_rows + decay * rows);
    shared -= *options.rate * (of_shared + decay * shared);
    flow.descend(gradient.block);
    CHECK(model.parameters().matrix().isApprox(rows, 1e-12));
    CHECK(Eigen::Map<Eigen::VectorXd const>(model.parameters().shared().data(), shared.size()).isApprox(shared, 1e-12));
  }
}

wm::SmallMatrix const gram = wm::gram_matrix(wm::Bernstein<wm::Interval, 3>{});

}  // namespace

TEST_CASE("Nesterov looks ahead of its velocity") {
  wm::SmallMatrix velocity = wm::SmallMatrix::Zero(4, 16);
  Eigen::VectorXd shared = Eigen::VectorXd::Zero(10);
  follows(wm::Nesterov{0.7}, {.rate = 0.1, .stiffness = 0}, [&](int, Gradient const& g) {
    wm::SmallMatrix const d = gram.inverse() * g.rows;
    velocity = (0.7 * velocity + d).eval();
    shared = (0.7 * shared + g.shared).eval();
    return std::pair(wm::SmallMatrix(0.7 * velocity + d), Eigen::VectorXd(0.7 * shared + g.shared));
  });
}

TEST_CASE("a stiff price replaces G") {
  wm::SmallMatrix const price = wm::step_price(wm::Bernstein<wm::Interval, 3>{}, 0.7);
  follows(wm::HeavyBall{}, {.rate = 0.1, .stiffness = 0.7},
          [&](int, Gradient const& g) { return std::pair(wm::SmallMatrix(price.inverse() * g.rows), g.shared); });
}

// A flow keeps one block of numbers for each; checkpoints have as many.
static_assert(wm::HeavyBall::moments == 1 && wm::Nesterov::moments == 1 && wm::Adam::moments == 2);

TEST_CASE("Adam works in whitened coordinates, with a second moment shared over rows or not") {
  wm::SmallMatrix const c = Eigen::LLT<wm::SmallMatrix>(gram).matrixL();
  for (auto const second : {wm::SecondMoment::over_rows, wm::SecondMoment::each}) {
    for (double const decay : {0.0, 0.1}) {
      wm::SmallMatrix m = wm::SmallMatrix::Zero(4, 16), v = m;
      Eigen::VectorXd sm = Eigen::VectorXd::Zero(10), sv = sm;
      wm::Adam const adam{.beta1 = 0.8, .beta2 = 0.9, .epsilon = 1e-3, .second_moment = second, .decay = decay};
      follows(
          adam, {.rate = 0.1, .stiffness = 0},
          [&](int t, Gradient const& g) {
            wm::SmallMatrix const q = c.inverse() * g.rows;
            wm::SmallMatrix squares = q.cwiseAbs2();
            if (second == wm::SecondMoment::over_rows) {
              squares = squares.colwise().mean().eval().replicate(4, 1).eval();
            }
            m = (0.8 * m + 0.2 * q).eval();
            v = (0.9 * v + 0.1 * squares).eval();
            sm = (0.8 * sm + 0.2 * g.shared).eval();
            sv = (0.9 * sv + 0.1 * g.shared.cwiseAbs2()).eval();
            double const first = 1 / (1 - std::pow(0.8, t));
            double const last = 1 / (1 - std::pow(0.9, t));
            wm::SmallMatrix const step = (first * m.array() / ((last * v.array()).sqrt() + 1e-3)).matrix();
            return std::pair(wm::SmallMatrix(c.transpose().inverse() * step),
                             Eigen::VectorXd((first * sm.array() / ((last * sv.array()).sqrt() + 1e-3)).matrix()));
          },
          decay);
    }
  }
}

TEST_CASE("no clipped step moves the manifold by more than the limit; shorter ones are unchanged") {
  auto model = model_of();
  Flow flow(model, {}, {.rate = 5e-4, .momentum = 0.9, .stiffness = 0, .clip = 0.05});
  bool was_clipped = false;
  bool was_free = false;
  for (std::uint64_t t = 1; t <= 10; ++t) {
    auto const before = model.parameters();
    double const movement = flow.descend(Gradient(model, t).block);
    auto moved = model.parameters();
    moved.matrix() -= before.matrix();
    for (std::size_t n = 0; n < moved.shared().size(); ++n) {
      moved.shared()[n] -= before.shared()[n];
    }
    CHECK(movement <= 0.05 * (1 + 1e-12));
    CHECK(flow.metric().movement(model, moved) == doctest::Approx(movement).epsilon(1e-11));
    was_clipped = was_clipped || movement > 0.05 * (1 - 1e-12);
    was_free = was_free || movement < 0.049;
  }
  CHECK(was_clipped);
  CHECK(was_free);
}

TEST_CASE("priors add to the gradient") {
  auto model = model_of();
  auto const start = model.parameters();
  Flow flow(model, {}, {.rate = 0.1, .stiffness = 0, .weight_decay = 0.3, .energy = 0.2});
  wm::Matrix<double> const x = support::matrix<double>(5, 3, 1);
  wm::Matrix<double> const y = support::matrix<double>(5, 2, 2);
  wm::Contexts<wm::Interval> const contexts = wm::Contexts<wm::Interval>::constant(wm::Interval::at(0.3), 5);
  auto gradient = start.zeros_like();
  wm::Workspace<double> work;
  wm::LossFunctional<wm::MeanSquaredError>{}.gradient(model, x, contexts, y, work, gradient);
  wm::SmallMatrix const rows =
      gram.inverse() *
      (gradient.matrix() + (0.3 * gram + 0.2 * wm::energy_matrix(model.basis())) * wm::SmallMatrix(start.matrix()));
  flow.step(x, contexts, y);
  CHECK(model.parameters().matrix().isApprox(start.matrix() - 0.1 * rows, 1e-12));
  CHECK(model.parameters().shared()[3] ==
        doctest::Approx(start.shared()[3] - 0.1 * (gradient.shared()[3] + 0.3 * start.shared()[3])).epsilon(1e-13));
}

TEST_CASE("beside a frozen layer, others move and decay as without it") {
  auto model = model_of();
  auto frozen = model_of();
  frozen.freeze(0);
  wm::Adam const adam{.decay = 0.1};
  wm::RuleOptions const options{.rate = 0.1, .stiffness = 0};
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, adam, options);
  wm::GradientFlow beside(frozen, wm::MeanSquaredError{}, adam, options);
  for (std::uint64_t t = 1; t <= 3; ++t) {
    flow.descend(Gradient(model, t).block);
    beside.descend(Gradient(model, t).block);
    for (std::size_t n = 0; n < model.parameters().shared().size(); ++n) {
      CHECK(frozen.parameters().shared()[n] == doctest::Approx(model.parameters().shared()[n]).epsilon(1e-12));
    }
  }
  CHECK(frozen.parameters().matrix() == model_of().parameters().matrix());
}

TEST_CASE("frozen layers rest under every rule, and all others move") {
  auto const rests = [](auto const& rule, wm::RuleOptions const& options) {
    auto model = model_of();
    wm::GradientFlow flow(model, wm::MeanSquaredError{}, rule, options);
    flow.descend(Gradient(model, 1).block);  // earlier momentum
    model.freeze(0);
    auto const before = model;
    auto gradient = Gradient(model, 2).block;  // without zeros in the frozen part
    flow.descend(gradient);
    model.zero_frozen(gradient);
    CHECK(flow.gradient() == gradient);
    flow.descend(gradient);
    CHECK(model.parameters().matrix() == before.parameters().matrix());
    CHECK(model.parameters().shared()[0] != before.parameters().shared()[0]);
    CHECK(flow.state().moments[0].row(1)[2] == 0);
  };
  for (wm::RuleOptions const& options : {wm::RuleOptions{.rate = 0.1}, wm::RuleOptions{.movement = 0.1}}) {
    rests(wm::HeavyBall{0.9}, options);
    rests(wm::Nesterov{}, options);
    rests(wm::Adam{}, options);
    rests(wm::Adam{.decay = 0.1}, options);
  }
}

TEST_CASE("rules without meaning are refused") {
  auto model = model_of();
  auto const refuses = [&]<class Rule>(Rule const& rule, char const* message) {
    CHECK_THROWS_WITH_AS(FlowOf<Rule>(model, {}, rule, {.rate = 0.1}), doctest::Contains(message), wm::ArgumentError);
  };
  refuses(wm::Nesterov{1}, "expected a momentum in [0, 1), got 1");
  refuses(wm::Adam{.beta1 = -0.1}, "expected a beta1 in [0, 1), got -0.1");
  refuses(wm::Adam{.beta2 = 1}, "expected a beta2 in [0, 1), got 1");
  refuses(wm::Adam{.epsilon = -1}, "expected an epsilon of at least 0, got -1");
  refuses(wm::Adam{.decay = std::numeric_limits<double>::infinity()}, "expected a decay of at least 0, got inf");
  CHECK_THROWS_WITH_AS(Flow(model, {}, {.rate = 0.1, .stiffness = -1}),
                       doctest::Contains("expected a stiffness of at least 0, got -1"), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(Flow(model, {}, {.rate = 0.1, .clip = 0.0}),
                       doctest::Contains("expected a positive movement to clip at, got 0"), wm::ArgumentError);
}

namespace {

/// Calls body with one rule of each kind.
template <class Body>
void for_each_rule(Body const& body) {
  body(wm::HeavyBall{0.9});
  body(wm::Nesterov{});
  body(wm::Adam{});
  body(wm::Adam{.second_moment = wm::SecondMoment::each, .decay = 0.1});
}

}  // namespace

TEST_CASE("a state continues in another flow, and one of another kind of flow is refused") {
  for_each_rule([](auto const& rule) {
    auto model = model_of();
    wm::GradientFlow flow(model, wm::MeanSquaredError{}, rule, {.rate = 0.1});
    flow.descend(Gradient(model, 1).block);
    auto resumed = model;
    wm::GradientFlow other(resumed, wm::MeanSquaredError{}, rule, {.rate = 0.1});
    other.restore(flow.state());
    flow.descend(Gradient(model, 2).block);
    other.descend(Gradient(model, 2).block);
    CHECK(model == resumed);
    CHECK(flow.state() == other.state());
    auto wrong = flow.state();
    wrong.moments.pop_back();
    CHECK_THROWS_WITH_AS(other.restore(wrong),
                         doctest::Contains("got one of another flow; use the same model and rule"), wm::ArgumentError);
  });
}

TEST_CASE("a step under a rate or a budget of 0 moves nothing, and the moments go on as usual") {
  for_each_rule([](auto const& rule) {
    auto model = model_of();
    auto twin = model;
    wm::GradientFlow flow(model, wm::MeanSquaredError{}, rule, {.rate = 0});
    wm::GradientFlow other(twin, wm::MeanSquaredError{}, rule, {.rate = 0.1});
    auto const before = model;
    auto const step = [&](std::uint64_t seed) { return flow.descend(Gradient(model, seed).block); };
    CHECK(step(1) == 0);
    other.descend(Gradient(model, 1).block);
    CHECK(flow.state() == other.state());
    CHECK(model == before);
    flow.set_movement(0);
    CHECK(step(2) == 0);
    CHECK(model == before);
    flow.set_rate(0);
    CHECK(step(3) == 0);
    CHECK(model == before);
    flow.set_rate(0.1);
    CHECK(step(4) > 0);
    CHECK(!(model == before));
  });
}

TEST_CASE_TEMPLATE("after an error a flow of any rule goes on as if the step had not been tried", R, float, double) {
  using InR = wm::BasicManifold<R, wm::Bernstein<wm::Interval, 3>, wm::LayerList>;
  constexpr R most = std::numeric_limits<R>::max();
  for (wm::RuleOptions const& options :
       {wm::RuleOptions{.rate = 0.1}, wm::RuleOptions{.movement = 0.1}, wm::RuleOptions{.rate = 0.1, .clip = 0.01}}) {
    for_each_rule([&](auto const& rule) {
      InR model(wm::zeros, {}, wm::LayerList{wm::Dense<>(3, 4), wm::Tanh{}, wm::SharedDense<>(4, 2)});
      support::randomise(model, 1);
      wm::GradientFlow flow(model, wm::MeanSquaredError{}, rule, options);
      auto gradient = model.parameters().zeros_like();
      gradient.matrix() = support::matrix<R>(4, gradient.columns(), 3);
      flow.descend(gradient);
      auto const before = model;
      auto const state = flow.state();
      // The last ones are finite, but their results are not.
      for (R const bad : {std::numeric_limits<R>::quiet_NaN(), std::numeric_limits<R>::infinity(), most, -most / 16}) {
        auto wrong = gradient;
        wrong.row(2)[5] = bad;
        CHECK_THROWS_AS(flow.descend(wrong), wm::NumericalError);
        CHECK(model == before);
        CHECK(flow.state() == state);
      }
      auto twin = before;
      wm::GradientFlow undisturbed(twin, wm::MeanSquaredError{}, rule, options);
      undisturbed.restore(state);
      CHECK(flow.descend(gradient) == undisturbed.descend(gradient));
      CHECK(model == twin);
      CHECK(flow.state() == undisturbed.state());
    });
  }
}

TEST_CASE_TEMPLATE("the largest accepted gradient never leaves the range, and one beyond it is refused", R, float,
                   double) {
  using Plain = wm::BasicManifold<R, wm::Line, wm::Dense<1, 1>>;
  auto const holds = [](auto const& rule, wm::RuleOptions const& options) {
    CAPTURE(rule.name());
    Plain model(wm::zeros);
    wm::GradientFlow flow(model, wm::MeanSquaredError{}, rule, options);
    // G^-1 of the line has rows (4, -2) and (-2, 4), C^-1 and C^-T less.
    auto gradient = model.parameters().zeros_like();
    gradient.row(0)[0] = gradient.row(1)[0] = static_cast<R>(-wm::largest_input<R> / 32);
    gradient.row(1)[1] = static_cast<R>(wm::largest_input<R> / 64);
    for (int i = 0; i < 2000; ++i) {
      double const movement = flow.descend(gradient);
      CHECK(wm::is_finite(movement));
      CHECK((movement > 0 || i > 1000));  // Adam's step from tiny gradients is zero
      if (i == 1000) {
        gradient.set_zero();  // from now on with tiny gradients
        gradient.row(0)[0] = R{1e-10F};
      }
    }
    CHECK(wm::all_finite(model.parameters().data(), std::ssize(model.parameters().numbers())));
    for (auto const& block : flow.state().moments) {
      CHECK(wm::all_finite(block.data(), std::ssize(block.numbers())));
    }
    auto const before = model;
    auto const state = flow.state();
    gradient.row(1)[1] = static_cast<R>(wm::largest_input<R> * 1.01);
    CHECK_THROWS_WITH_AS(flow.descend(gradient), doctest::Contains("to keep steps in the range of numbers, got "),
                         wm::NumericalError);
    CHECK(model == before);
    CHECK(flow.state() == state);
  };
  for (wm::RuleOptions const& options :
       {wm::RuleOptions{.rate = 1e5, .stiffness = 0}, wm::RuleOptions{.rate = 0.1, .stiffness = 0},
        wm::RuleOptions{.movement = 1e5, .stiffness = 0}, wm::RuleOptions{.rate = 1e5, .stiffness = 0, .clip = 0.1},
        wm::RuleOptions{.rate = 1e5, .geometry = wm::Geometry::euclidean}}) {
    holds(wm::HeavyBall{}, options);
    holds(wm::HeavyBall{0.999}, options);
    holds(wm::Nesterov{0.999}, options);
    holds(wm::Adam{}, options);
    holds(wm::Adam{.second_moment = wm::SecondMoment::each, .decay = 1e-9}, options);
  }
}

TEST_CASE("decay of parameters near the end of the range is refused before anything moves") {
  wm::BasicManifold<float, wm::Line, wm::Dense<1, 1>> model(wm::zeros);
  model.parameters().row(0)[0] = 1e30F;
  auto const before = model;
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, wm::Adam{.decay = 0.1}, {.rate = 1e-3});
  auto const state = flow.state();
  auto gradient = model.parameters().zeros_like();
  gradient.row(0)[0] = 1;
  CHECK_THROWS_WITH_AS(flow.descend(gradient), doctest::Contains("expected parameters of at most 1.75921"),
                       wm::NumericalError);
  CHECK(model == before);
  CHECK(flow.state() == state);
}

TEST_CASE_TEMPLATE("small and large gradients have a movement, and it is zero for those too short to be squared", R,
                   float, double) {
  R const small = std::same_as<R, float> ? R{1e-16F} : static_cast<R>(1e-149);
  for (R const size : {small, R{1}, static_cast<R>(wm::largest_input<R> / 8)}) {
    wm::BasicManifold<R, wm::Line, wm::Dense<1, 1>> model(wm::zeros);
    wm::GradientFlow flow(model, wm::MeanSquaredError{}, {.rate = 0.25, .stiffness = 0});
    auto gradient = model.parameters().zeros_like();
    gradient.row(0)[0] = size;  // G^-1 of it is (4, -2), its movement the root of 4
    CHECK(flow.descend(gradient) / static_cast<double>(size) == doctest::Approx(0.5).epsilon(1e-6));
  }
  wm::BasicManifold<R, wm::Line, wm::Dense<1, 1>> model(wm::zeros);
  auto const before = model;
  auto gradient = model.parameters().zeros_like();
  gradient.row(0)[0] = small / 1000;
  for (wm::FlowOptions const& options :
       {wm::FlowOptions{.movement = 0.1}, wm::FlowOptions{.rate = 0.1, .clip = 0.01}}) {
    wm::GradientFlow flow(model, wm::MeanSquaredError{}, options);
    CHECK(flow.descend(gradient) == 0);
    CHECK(model == before);
  }
}

TEST_CASE("rates and budgets beyond 1e5 are refused, and states that no flow has left") {
  wm::BasicManifold<float, wm::Line, wm::Dense<1, 1>> model(wm::zeros);
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, {.rate = 1e5});
  CHECK_THROWS_WITH_AS(flow.set_rate(1.1e5), doctest::Contains("expected a rate of at most 100000, got 110000"),
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(flow.set_movement(1e30), doctest::Contains("expected a movement budget of at most 100000"),
                       wm::ArgumentError);
  CHECK(flow.options().rate == 1e5);
  for (float const bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN(), 1e30F}) {
    auto state = flow.state();
    state.moments[0].row(0)[0] = bad;
    CHECK_THROWS_WITH_AS(flow.restore(state), doctest::Contains("expected moments from a flow's state, got a NaN"),
                         wm::ArgumentError);
  }

  wm::GradientFlow adam(model, wm::MeanSquaredError{}, wm::Adam{}, {.rate = 1e-3});
  auto state = adam.state();
  state.moments[0].row(0)[0] = -1;
  adam.restore(state);
  state.moments[1].row(1)[0] = -1;
  CHECK_THROWS_WITH_AS(adam.restore(state), doctest::Contains("or a negative square"), wm::ArgumentError);
}

namespace {

/// A user's rule in scalar loops: each number moves by the sign of its velocity.
struct SignOfVelocity {
  double momentum = 0.5;
  static constexpr std::size_t moments = 1;
  static constexpr wm::RuleInput input = wm::RuleInput::preconditioned;
  static std::string name() { return "sign of velocity"; }
  void check() const {}
  template <class T, wm::Real R>
  auto at(Index) const {
    return [m = static_cast<R>(momentum)](wm::kernel::Tile<R> const& tile) {
      for (Index k = 0; k < tile.rows; ++k) {
        for (Index n = 0; n < tile.width; ++n) {
          R& v = tile.moment(0, k)[n];
          R& d = tile.towards(k)[n];
          v = m * v + d;
          d = static_cast<R>((v > 0) - (v < 0));
        }
      }
    };
  }
};

}  // namespace

TEST_CASE("a user's own rule is a struct") {
  wm::SmallMatrix velocity = wm::SmallMatrix::Zero(4, 16);
  Eigen::VectorXd shared = Eigen::VectorXd::Zero(10);
  follows(SignOfVelocity{0.7}, {.rate = 0.1, .geometry = wm::Geometry::euclidean}, [&](int, Gradient const& g) {
    velocity = (0.7 * velocity + g.rows).eval();
    shared = (0.7 * shared + g.shared).eval();
    return std::pair(wm::SmallMatrix(velocity.cwiseSign()), Eigen::VectorXd(shared.cwiseSign()));
  });
}
