#include <wmanifold/manifold/any_manifold.hpp>
#include <wmanifold/manifold/manifold.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

namespace wm = wmanifold;

namespace {

/// The same parameters in a manifold with a type, and in one without.
struct Pair {
  using Layers = wm::Stack<wm::LayerList>;
  using Typed = wm::BasicManifold<double, wm::Ellipse, wm::LayerList>;

  explicit Pair(wm::LayerList const& layers)
      : typed(wm::he_normal.spread(0.5), wm::Seed{1}, {}, Layers(layers)),
        any(wm::AnyBasis("s1", "fourier1"), Layers(layers)) {
    any.parameters() = typed.parameters();
  }

  Typed typed;
  wm::AnyManifold<double> any;
};

}  // namespace

TEST_CASE("the network at a point equals that of the manifold with a type, for all placements of layers") {
  Pair const pair({wm::Dense<>(2, 3), wm::Tanh{}, wm::SharedDense<>(3, 4), wm::LowRankDense<>(4, 2, 2)});
  auto const s = wm::S1::degrees(200);
  auto const expected = pair.typed.at(s);
  auto network = pair.any.at(s.coordinates());
  CHECK(network == expected);
  pair.any.at(wm::S1::degrees(10).coordinates(), network);
  CHECK_FALSE(network == expected);
  pair.any.at(s.coordinates(), network);
  CHECK(network == expected);
}

TEST_CASE("samples that share a context use one network, others each their own") {
  Pair const pair({wm::Dense<>(2, 3), wm::Relu{}, wm::Dense<>(3, 1)});
  std::vector<wm::Point<wm::S1>> points;
  wm::Matrix<double> contexts(6, 1);
  for (wm::Index b = 0; b < 6; ++b) {
    points.push_back(wm::S1::degrees(b < 4 ? 30.0 : 90.0 + static_cast<double>(b)));
    contexts(b, 0) = points.back()[0];
  }
  auto const numbers = support::normals<double>(12, 2);
  wm::Matrix<double> const inputs = Eigen::Map<wm::Matrix<double> const>(numbers.data(), 6, 2);
  wm::Matrix<double> const expected = pair.typed.predict(inputs, wm::Contexts<wm::S1>(points));
  CHECK((pair.any.predict(inputs, contexts) - expected).norm() <= 1e-14 * expected.norm());
}

TEST_CASE("a batch runs forward and back as in the manifold with a type, with the same plan") {
  Pair const pair({wm::Dense<>(2, 3), wm::Tanh{}, wm::SharedDense<>(3, 4), wm::LowRankDense<>(4, 2, 2)});
  std::vector<wm::Point<wm::S1>> points;
  wm::Matrix<double> contexts(32, 1);
  for (wm::Index b = 0; b < 32; ++b) {
    points.push_back(wm::S1::degrees(b < 30 ? 30.0 : 90.0 + static_cast<double>(b)));
    contexts(b, 0) = points.back()[0];
  }
  auto const inputs = support::matrix<double>(32, 2, 2);
  auto const slopes = support::matrix<double>(32, 2, 3);
  auto const runs = wm::Contexts<wm::S1>::runs(points);
  for (auto const wish : {wm::Mixing::automatic, wm::Mixing::per_sample, wm::Mixing::by_groups}) {
    wm::Workspace<double> work;
    wm::Workspace<double> of_typed;
    work.mixing = of_typed.mixing = wish;
    wm::Matrix<double> const outputs = pair.any.forward(inputs, contexts, work);
    wm::Matrix<double> const expected = pair.typed.forward(inputs, runs, of_typed);
    CHECK(work.plan().mixing == of_typed.plan().mixing);
    CHECK(pair.any.plan(contexts, wish).groups == 3);
    CHECK(outputs == expected);
    auto gradient = pair.any.parameters().zeros_like();
    auto of_typed_gradient = gradient;
    wm::Matrix<double> const in_inputs =
        pair.any.backward(inputs, contexts, slopes, work, gradient, {.inputs = true}).inputs;
    CHECK(in_inputs ==
          wm::Matrix<double>(
              pair.typed.backward(inputs, runs, slopes, of_typed, of_typed_gradient, {.inputs = true}).inputs));
    CHECK(gradient == of_typed_gradient);
    CHECK_THROWS_WITH_AS(pair.any.backward(inputs, contexts, slopes, work, gradient, {.contexts = true}),
                         doctest::Contains("no request for gradients of contexts of an AnyManifold, got one"),
                         wm::ArgumentError);
  }
}

TEST_CASE("arguments that do not fit are refused") {
  Pair const pair({wm::Dense<>(2, 3), wm::Relu{}, wm::Dense<>(3, 1)});
  wm::BasicNetwork<double, wm::LayerList> other(wm::LayerList{wm::Dense<>(2, 1)});
  CHECK_THROWS_WITH_AS(pair.any.at(std::array{0.5}, other), doctest::Contains("expected a network of the manifold's"),
                       wm::ArgumentError);
  CHECK_THROWS_AS((void)pair.any.at(std::array{0.5, 0.5}), wm::ArgumentError);
  wm::Matrix<double> const inputs = wm::Matrix<double>::Zero(2, 2);
  CHECK_THROWS_AS((void)pair.any.predict(inputs, wm::Matrix<double>::Zero(3, 1)), wm::ArgumentError);
  CHECK_THROWS_AS((void)pair.any.predict(inputs, wm::Matrix<double>::Zero(2, 2)), wm::ArgumentError);
  CHECK_THROWS_AS((void)pair.any.predict(wm::Matrix<double>::Zero(2, 3), wm::Matrix<double>::Zero(2, 1)),
                  wm::ArgumentError);
}
