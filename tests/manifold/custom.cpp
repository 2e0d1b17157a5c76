#include <wmanifold/manifold/custom.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/functional/loss_functional.hpp>
#include <wmanifold/manifold/custom.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <wmanifold/testing/probes.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

#include <limits>

namespace wm = wmanifold;
using wm::Index;

namespace {

/// A line of weights, written by hand: row 0 of the parameters, then row 1, of the network 3-4-2.
auto const line = [](auto const& s, auto const& p, auto const& to) {
  std::size_t const size = to.numbers().size();
  for (std::size_t n = 0; n < size; ++n) {
    to.numbers()[n] = (1 - s[0]) * p[n] + s[0] * p[size + n];
  }
};

/// A manifold on the sphere that is not linear in its parameters.
auto const curved = [](auto const& s, auto const& p, auto const& to) {
  using std::exp, std::sin, std::tanh;
  for (int o = 0; o < 4; ++o) {
    for (int i = 0; i < 3; ++i) {
      to.weight(0, o, i) = tanh(p[static_cast<std::size_t>(3 * o + i)] + s[0] * p[12]) * exp(p[13] * s[2]);
    }
    to.bias(0, o) = sin(p[14] * s[1]);
    to.weight(1, 0, o) = p[15] + p[16] * s[0] * s[1];
    to.weight(1, 1, o) = p[17] * p[static_cast<std::size_t>(o)];
  }
};

template <class Space, class F>
auto model_of(F f, Index parameters) {
  return wm::custom_manifold<double, Space>(f, support::normals<double>(parameters, 3), {}, wm::Dense<3, 4>{},
                                            wm::Tanh{}, wm::Dense<4, 2>{});
}

}  // namespace

TEST_CASE("a user's line equals the library's line, gradients too") {
  wm::BasicManifold<double, wm::Line, wm::Dense<3, 4>, wm::Tanh, wm::Dense<4, 2>> library(wm::zeros);
  support::randomise(library, 1);
  std::vector<double> numbers(library.parameters().row(0).begin(), library.parameters().row(0).end());
  numbers.insert(numbers.end(), library.parameters().row(1).begin(), library.parameters().row(1).end());
  auto const written =
      wm::custom_manifold<double, wm::Interval>(line, numbers, {}, wm::Dense<3, 4>{}, wm::Tanh{}, wm::Dense<4, 2>{});
  static_assert(wm::WeightManifold<std::remove_const_t<decltype(written)>> && wm::WeightManifold<decltype(library)>);
  wm::Random random(wm::Seed{2});
  auto const x = support::matrix<double>(12, 3, 4);
  auto const slopes = support::matrix<double>(12, 2, 5);
  for (auto const& contexts : {wm::Contexts<wm::Interval>::grouped(wm::uniform_points<wm::Interval>(4, random), 3),
                               wm::Contexts<wm::Interval>(wm::uniform_points<wm::Interval>(12, random))}) {
    wm::Workspace<double> work;
    wm::Workspace<double> library_work;
    wm::Matrix<double> const y = written.forward(x, contexts, work);
    CHECK(y.isApprox(library.forward(x, contexts, library_work), 1e-13));
    CHECK(written.predict(x, contexts).isApprox(y, 1e-13));
    auto gradient = written.parameters().zeros_like();
    auto library_gradient = library.parameters().zeros_like();
    auto const views = written.backward(x, contexts, slopes, work, gradient, {.inputs = true, .contexts = true});
    auto const library_views =
        library.backward(x, contexts, slopes, library_work, library_gradient, {.inputs = true, .contexts = true});
    CHECK(views.inputs.isApprox(library_views.inputs, 1e-12));
    // For a shared context, the sum over its samples is the only gradient.
    Index begin = 0;
    for (Index end = 0; end < 12; begin = end) {
      end = contexts.per_sample() ? begin + 1 : begin + 3;
      CHECK(views.contexts.middleRows(begin, end - begin).sum() ==
            doctest::Approx(library_views.contexts.middleRows(begin, end - begin).sum()).epsilon(1e-11));
    }
    for (std::size_t n = 0; n < numbers.size(); ++n) {
      auto const row = library_gradient.row(static_cast<Index>(n / (numbers.size() / 2)));
      CHECK(gradient.row(0)[n] == doctest::Approx(row[n % (numbers.size() / 2)]).epsilon(1e-11));
    }
  }
}

TEST_CASE("a manifold that is not linear in its parameters: gradients are slopes") {
  using Space = wm::S2;
  auto model = model_of<Space>(curved, 18);
  wm::Random random(wm::Seed{2});
  wm::Matrix<double> x = support::matrix<double>(7, 3, 4);
  wm::Matrix<double> const targets = support::matrix<double>(7, 2, 5);
  auto points = wm::uniform_points<Space>(3, random);
  std::vector<Index> const sizes{2, 4, 1};
  auto const contexts = wm::Contexts<Space>::grouped(points, sizes);
  wm::LossFunctional const functional(wm::MeanSquaredError{});
  wm::Workspace<double> work;
  wm::Workspace<double> other;
  auto gradient = model.parameters().zeros_like();
  auto const found =
      functional.gradient(model, x, contexts, targets, work, gradient, {.inputs = true, .contexts = true});
  auto const slope = [&](double& at, auto const& value) {
    double const before = at;
    at = before + 1e-5;
    double const above = value();
    at = before - 1e-5;
    double const below = value();
    at = before;
    return (above - below) / 2e-5;
  };
  auto const value = [&] { return functional.value(model, x, contexts, targets, other); };
  for (std::size_t n = 0; n < 18; ++n) {
    CHECK(gradient.row(0)[n] == doctest::Approx(slope(model.parameters().row(0)[n], value)).epsilon(1e-8));
  }
  for (Index n = 0; n < x.size(); ++n) {
    CHECK(found.views.inputs.data()[n] == doctest::Approx(slope(x.data()[n], value)).epsilon(1e-8));
  }
  wm::Coordinates<Space> along{};
  for (Index b = 2; b < 6; ++b) {
    for (std::size_t c = 0; c < 3; ++c) {
      along[c] += found.views.contexts(b, static_cast<Index>(c));
    }
  }
  for (auto const& e : wm::tangent_frame(points[1])) {
    double step = 0;
    double const by_difference = slope(step, [&] {
      auto moved = points;
      moved[1] = Space::exp(points[1], wm::testing::scaled(step, e));
      return functional.value(model, x, wm::Contexts<Space>::grouped(moved, sizes), targets, other);
    });
    CHECK(wm::testing::dot(along, e) == doctest::Approx(by_difference).epsilon(1e-8));
  }
}

TEST_CASE("a custom manifold without parameters, or with an invalid metric, is refused") {
  auto const make = [](std::vector<double> const& start, wm::CustomMetric metric) {
    return wm::custom_manifold<double, wm::Interval>(line, start, metric, wm::Dense<3, 4>{});
  };
  CHECK_THROWS_WITH_AS(make({}, {}), doctest::Contains("expected at least one parameter, all of them finite, got 0"),
                       wm::ArgumentError);
  CHECK_THROWS_AS(make({std::numeric_limits<double>::infinity()}, {}), wm::ArgumentError);
  CHECK_THROWS_WITH_AS(make({1}, {.damping = -1}),
                       doctest::Contains("a tolerance in (0, 1) and at least 1 iteration, got 16, -1,"),
                       wm::ArgumentError);
  CHECK_THROWS_AS(make({1}, {.tolerance = 0}), wm::ArgumentError);
  CHECK_THROWS_AS(make({1}, {.degree = -1}), wm::ArgumentError);
}
