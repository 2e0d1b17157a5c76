#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/flow/backtracking.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/flow/integrate.hpp>
#include <wmanifold/functional/evaluate.hpp>
#include <wmanifold/functional/objective.hpp>
#include <wmanifold/manifold/any_manifold.hpp>
#include <wmanifold/manifold/custom.hpp>
#include <wmanifold/manifold/lift.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

namespace wm = wmanifold;
using wm::Index;

namespace {

template <class Call>
void refuses(Call const& call) {
  CHECK_THROWS_WITH_AS(static_cast<void>(call()), doctest::Contains("got a moved-from one"), wm::ArgumentError);
}

/// Checks that a moved-from model refuses all requests with a sentence, reads no missing memory, and can be copied and
/// assigned to. With `known_sizes`, `at` does not throw.
template <bool known_sizes, class Model>
void check_moved_from(Model model) {
  using R = typename Model::Scalar;
  using Point = typename Model::Point;
  wm::Matrix<R> const inputs = support::matrix<R>(4, 2, 1);
  wm::Matrix<R> const targets = support::matrix<R>(4, 3, 2);
  std::vector<Point> const contexts(4, Point({0.25}));
  wm::MeanSquaredError const loss;
  wm::LossFunctional<wm::MeanSquaredError> const functional;
  wm::Workspace<R> work;
  wm::Objective<Model, wm::LossFunctional<wm::MeanSquaredError>> objective(model, loss, inputs, contexts, targets);
  wm::GradientFlow flow{model, loss, {.rate = 0.1, .momentum = 0.9}};
  flow.step(inputs, contexts, targets);
  auto network = model.at(contexts[0]);
  Model const kept = model;
  Model const taken = std::move(model);
  CHECK(taken == kept);

  auto const& left = std::as_const(model);
  CHECK(left.parameters().rows() == 0);
  CHECK(left.parameters().numbers().empty());
  refuses([&] { return left.predict(inputs, contexts); });
  refuses([&] { return left.predict(inputs, contexts, work); });
  refuses([&] { return left.forward(inputs, contexts, work); });
  refuses([&] { return functional.value(left, inputs, contexts, targets, work); });
  refuses([&] { return wm::evaluate(left, loss, inputs, contexts, targets); });
  refuses([&] { return objective.value(left); });
  refuses([&] { return flow.step(inputs, contexts, targets).loss; });
  refuses([&] { return flow.descend(left.parameters().zeros_like()); });
  refuses([&] { return wm::GradientFlow{model, loss, {.rate = 0.1}}.options().rate; });
  refuses([&] { return wm::Backtracking(model).step(objective).rate; });
  refuses([&] { return wm::integrate(model, objective, 1).loss; });
  refuses([&] { return wm::Prior<Model>(left, 1, 0).empty(); });
  refuses([&] { return wm::rewrite(left, typename Model::Basis{}).parameters().rows(); });
  refuses([&] { return left.weight(0, 0).rows(); });
  refuses([&] { return left.bias(0, 0).rows(); });
  refuses([&] { return left.shared_weight(0).rows(); });
  refuses([&] { return left.is_frozen(0); });
  refuses([&] { return model.freeze(0); });
  std::vector<R> numbers(16);
  refuses([&] { return left(contexts[0], std::span(numbers).first(2), std::span(numbers).first(3), numbers); });
  auto block = kept.parameters();
  left.zero_frozen(block);
  CHECK(block == kept.parameters());
  if constexpr (known_sizes) {
    static_assert(noexcept(left.at(contexts[0]))&& noexcept(left.at(contexts[0], network)));
    left.at(contexts[0], network);
    for (auto const& nothing : {left.at(contexts[0]), network}) {
      for (R const weight : nothing.parameters()) {
        CHECK(std::isnan(weight));
      }
    }
  } else {
    refuses([&] { return left.at(contexts[0]).inputs(); });
    refuses([&] { left.at(contexts[0], network); });
  }
  Model const copy = left;
  CHECK(copy == left);
  CHECK(!(left == kept));
  model = kept;
  CHECK(model == kept);
  CHECK(model.at(contexts[0]) == kept.at(contexts[0]));
  CHECK(flow.step(inputs, contexts, targets).movement > 0);
}

}  // namespace

TEST_CASE("a moved-from model refuses with a sentence, and can be assigned to") {
  check_moved_from<true>(
      wm::BasicManifold<double, wm::Ellipse, wm::Dense<2, 4>, wm::Tanh, wm::Dense<4, 3>>(wm::he_normal, wm::Seed{1}));
  check_moved_from<false>(wm::BasicManifold<double, wm::BSpline<wm::Interval, 2, 5>, wm::LayerList>(
      wm::he_normal, wm::Seed{1}, {}, wm::LayerList{wm::Dense<>(2, 4), wm::Tanh{}, wm::SharedDense<>(4, 3)}));
  check_moved_from<false>(wm::BasicManifold<float, wm::Ellipse, wm::Dense<>, wm::Dense<>>(
      wm::he_normal, wm::Seed{1}, {}, wm::Dense<>(2, 4), wm::Dense<>(4, 3)));
}

TEST_CASE("the same for custom manifolds, manifolds without types, and networks") {
  wm::Matrix<double> const inputs = support::matrix<double>(4, 2, 1);
  std::vector const contexts(4, wm::Interval::at(0.25, 0, 1));
  auto written = wm::custom_manifold<double, wm::Interval>(
      [](auto const& s, auto const& p, auto const& to) { to.bias(0, 0) = p[0] * s[0]; }, {1.0}, {}, wm::Dense<2, 1>{});
  auto const also = std::move(written);
  refuses([&] { return written.predict(inputs, contexts); });
  refuses([&] { return written.at(contexts[0]).inputs(); });

  wm::AnyManifold<double> any(wm::AnyBasis("interval", "bernstein1"), wm::Stack<wm::LayerList>({wm::Dense<>(2, 3)}));
  auto const third = std::move(any);
  refuses([&] { return any.predict(inputs, wm::Matrix<double>::Zero(4, 1)); });
  refuses([&] { return any.at(std::array{0.25}).inputs(); });

  auto const check_network = [&](auto network) {
    std::array<double, 2> const x{1, 2};
    std::array<double, 3> y{};
    std::vector<double> scratch(1000);
    wm::Workspace<double> work;
    auto const kept = std::move(network);
    CHECK(network.parameters().empty());
    CHECK_THROWS_WITH_AS((void)network.weight(0),
                         doctest::Contains("network: expected a network with parameters, got a moved-from one"),
                         wm::ArgumentError);
    refuses([&] { return network.weight(0).rows(); });
    refuses([&] { return network.bias(0).rows(); });
    refuses([&] { network(x, y, scratch); });
    refuses([&] { return network.predict(inputs, work); });
    refuses([&] { return wm::lift<wm::Line>(network).basis_size(); });
    network = kept;
    CHECK(network == kept);
  };
  check_network(wm::BasicNetwork<double, wm::LayerList>(wm::LayerList{wm::Dense<>(2, 3)}));
  check_network(wm::BasicNetwork<double, wm::Dense<2, 4096>, wm::Dense<4096, 3>>());  // too large for the object itself
}
