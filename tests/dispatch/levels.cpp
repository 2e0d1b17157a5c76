#include <wmanifold/wmanifold.hpp>

#include "support/doctest.hpp"

#include <support/at_level.hpp>
#include <support/batches.hpp>
#include <support/targets.hpp>

namespace wm = wmanifold;
using support::AtLevel;
using wm::Index;

namespace {

/// Returns the largest difference over the largest number.
template <class R>
double distance(std::vector<R> const& a, std::vector<R> const& b) {
  REQUIRE(a.size() == b.size());
  double difference = 0;
  double largest = 0;
  for (std::size_t n = 0; n < a.size(); ++n) {
    difference = support::larger(std::abs(static_cast<double>(a[n]) - static_cast<double>(b[n])), difference);
    largest = std::max(largest, std::abs(static_cast<double>(b[n])));
  }
  return difference / largest;
}

/// Promised agreement between levels, relative to the largest number.
template <class R>
constexpr double agreement = std::same_as<R, double> ? 1e-13 : 1e-5;

template <class R>
struct Results {
  std::vector<R> outputs, gradient, input_gradient, context_gradient, stepped, at_point, sampled, spline;
  double loss;
};

/// An activation without a table entry: x / (1 + x^2).
struct Bump {
  static constexpr std::string_view name = "bump";
  template <class V>
  wm::WithDerivative<V> operator()(V const& x) const noexcept {
    V const q = V(1) / (V(1) + x * x);
    return {x * q, (V(1) - x * x) * q * q};
  }
};

template <class R>
using Model = wm::BasicManifold<R, wm::Fourier<wm::S1, 1>, wm::Dense<13, 37>, wm::Tanh, wm::Dense<37, 19>, Bump,
                                wm::SharedDense<19, 11>, wm::Gelu, wm::Dense<11, 5>>;

/// Returns all results of passes and a step on a target, with a context per sample or with four groups.
template <class T, class R>
Results<R> run(bool in_groups) {
  constexpr Index samples = 48;
  Model<R> model{wm::he_normal, wm::Seed{2}};
  support::randomise(model, 3);
  auto const inputs = support::matrix<R>(samples, 13, 4);
  auto const labels = support::labels(samples, 5, 5);
  wm::Random random{wm::Seed{6}};
  auto const points = wm::uniform_points<wm::S1>(in_groups ? 4 : samples, random);
  auto const contexts = in_groups ? wm::Contexts<wm::S1>::grouped(points, samples / 4) : wm::Contexts<wm::S1>(points);
  wm::Workspace<R> work;
  Results<R> results;

  auto const outputs = model.template forward<T>(inputs, contexts, work);
  results.outputs.assign(outputs.data(), outputs.data() + outputs.size());

  auto gradient = model.parameters().zeros_like();
  auto const output_gradient = support::matrix<R>(samples, 5, 7);
  auto const views =
      model.template backward<T>(inputs, contexts, output_gradient, work, gradient, {.inputs = true, .contexts = true});
  results.gradient.assign(gradient.numbers().begin(), gradient.numbers().end());
  results.input_gradient.assign(views.inputs.data(), views.inputs.data() + views.inputs.size());
  results.context_gradient.assign(views.contexts.data(), views.contexts.data() + views.contexts.size());

  wm::GradientFlow flow{model, wm::CrossEntropy{}, {.rate = 0.05}};
  results.loss = flow.template step<T>(inputs, contexts, labels).loss;
  auto const stepped = model.parameters().numbers();
  results.stepped.assign(stepped.begin(), stepped.end());

  auto const network = model.template at<T>(wm::S1::degrees(40));
  results.at_point.resize(5);
  std::span<R const> const x(inputs.data(), 13);
  network.template operator()<T>(x, std::span<R>(results.at_point));
  results.sampled.resize(5);
  model.template operator()<T>(wm::S1::degrees(40), x, results.sampled);

  wm::BasicManifold<R, wm::CatmullRom<wm::S1, 7>, wm::Dense<13, 200>> const spline{wm::he_normal.spread(1),
                                                                                   wm::Seed{8}};
  auto const mixed = spline.template at<T>(wm::S1::degrees(40));
  results.spline.assign(mixed.parameters().begin(), mixed.parameters().end());
  std::vector<R> wide(200);
  spline.template operator()<T>(wm::S1::degrees(40), x, wide);
  results.spline.insert(results.spline.end(), wide.begin(), wide.end());
  return results;
}

/// Returns a product of the kind in low-rank layers.
template <class T, class R>
std::vector<R> product() {
  auto const a = support::normals<R>(17 * 9, 1);
  auto const b = support::normals<R>(9 * 23, 2);
  std::vector<R> c(17 * 23);
  wm::kernel::multiply<T, R>(17, 23, 9, {a.data(), 9, 1}, {b.data(), 1, 9}, c.data(), 23);
  return c;
}

/// Returns values and derivatives of an activation at some places.
template <class R, class A>
std::vector<R> activate(typename wm::LevelTable<R>::Activate function) {
  auto numbers = support::normals<R>(101, 8);
  std::vector<R> derivatives(numbers.size());
  auto const count = static_cast<Index>(numbers.size());
  function({0, 1}, {0, count}, count, numbers.data(), derivatives.data());
  numbers.insert(numbers.end(), derivatives.begin(), derivatives.end());
  return numbers;
}

std::vector<wm::Level> available_levels() {
  std::vector<wm::Level> levels{wm::Level::baseline, wm::Level::avx2, wm::Level::avx512};
  std::erase_if(levels, [](wm::Level level) { return !wm::is_available(level); });
  return levels;
}

}  // namespace

TEST_CASE_TEMPLATE("every level of the processor agrees with plain loops", R, float, double) {
  for (bool const in_groups : {false, true}) {
    auto const expected = run<support::ScalarTarget, R>(in_groups);
    for (auto const level : available_levels()) {
      CAPTURE(wm::name_of(level));
      CAPTURE(in_groups);
      AtLevel::level = level;
      auto const ours = run<AtLevel, R>(in_groups);
      CHECK(distance(ours.outputs, expected.outputs) < agreement<R>);
      CHECK(distance(ours.gradient, expected.gradient) < agreement<R>);
      CHECK(distance(ours.input_gradient, expected.input_gradient) < agreement<R>);
      CHECK(distance(ours.context_gradient, expected.context_gradient) < agreement<R>);
      CHECK(distance(ours.stepped, expected.stepped) < agreement<R>);
      CHECK(distance(ours.at_point, expected.at_point) < agreement<R>);
      CHECK(distance(ours.sampled, expected.sampled) < agreement<R>);
      CHECK(distance(ours.spline, expected.spline) < agreement<R>);
      CHECK(distance(product<AtLevel, R>(), product<support::ScalarTarget, R>()) < agreement<R>);
      CHECK(std::abs(ours.loss - expected.loss) < agreement<R> * std::abs(expected.loss));
    }
  }
}

TEST_CASE_TEMPLATE("every level reads parameters of 16 bits, with the numbers of their full ones, to the bit", R, float,
                   double) {
  using Placed = wm::BasicManifold<R, wm::CatmullRom<wm::S1, 4>, wm::Dense<13, 37>, wm::Tanh, wm::SharedDense<37, 150>,
                                   wm::Relu, wm::LowRankDense<3, 150, 11>>;
  auto const check = [&]<class N>(N) {
    auto const stored = wm::stored_as<N>(Placed{wm::he_normal.spread(0.5), wm::Seed{2}});
    auto const model = stored.model();
    auto const x = support::normals<R>(13, 4);
    std::vector<R> y(11), expected(11);
    for (auto const level : available_levels()) {
      CAPTURE(wm::name_of(level));
      AtLevel::level = level;
      for (double const angle : {0.0, 45.0, 200.0}) {
        auto const s = wm::S1::degrees(angle);
        CHECK(stored.template at<AtLevel>(s) == model.template at<AtLevel>(s));
        stored.template operator()<AtLevel>(s, x, y);
        model.template operator()<AtLevel>(s, x, expected);
        CHECK(y == expected);
      }
    }
  };
  check(wm::BFloat16());
  check(wm::Float16());
}

TEST_CASE_TEMPLATE("every level has all activations", R, float, double) {
  auto const check = [&]<class A>(A a) {
    CAPTURE(A::name);
    auto const expected =
        activate<R, A>([](wm::kernel::IndexRange, wm::kernel::IndexRange columns, Index, R* x, R* dx) {
          wm::kernel::activate<support::ScalarTarget, R>(A{}, columns.size(), x, dx);
        });
    for (auto const level : available_levels()) {
      CAPTURE(wm::name_of(level));
      CHECK(distance(activate<R, A>(wm::table_of<R>(level)(a)), expected) < agreement<R>);
    }
  };
  check(wm::Identity{});
  check(wm::Relu{});
  check(wm::Elu{});
  check(wm::Tanh{});
  check(wm::Sigmoid{});
  check(wm::Silu{});
  check(wm::Gelu{});
  check(wm::Softplus{});
}

TEST_CASE_TEMPLATE("levels have functions of their own, and the best level is used", R, float, double) {
  auto const levels = available_levels();
  CHECK(levels.front() == wm::Level::baseline);
  CHECK(levels.back() == wm::dispatch_level());
  CHECK(&wm::Dispatched::seam<R>() == &wm::table_of<R>(wm::dispatch_level()).seam);
  for (std::size_t i = 1; i < levels.size(); ++i) {
    bool const same =
        wm::table_of<R>(levels[i]).seam.dense_forward == wm::table_of<R>(levels[i - 1]).seam.dense_forward;
    CHECK_FALSE(same);
  }

  wm::BasicManifold<R, wm::Fourier<wm::S1, 1>, wm::Dense<13, 7>, wm::Tanh, wm::Dense<7, 3>> const model{wm::he_normal,
                                                                                                        wm::Seed{3}};
  auto const inputs = support::matrix<R>(9, 13, 4);
  auto const contexts = wm::Contexts<wm::S1>::constant(wm::S1::degrees(20), 9);
  AtLevel::level = wm::dispatch_level();
  auto const expected = [&] {
    wm::Workspace<R> work;
    return wm::Matrix<R>(model.template predict<AtLevel>(inputs, contexts, work));
  }();
  wm::Workspace<R> work;
  CHECK(wm::Matrix<R>(model.template predict<wm::Dispatched>(inputs, contexts, work)) == expected);
}

TEST_CASE_TEMPLATE("a missing level is refused", R, float, double) {
  for (auto const level : {wm::Level::avx2, wm::Level::avx512}) {
    if (wm::is_available(level)) {
      CHECK_NOTHROW(wm::table_of<R>(level));
    } else {
      CHECK_THROWS_WITH_AS(wm::table_of<R>(level), doctest::Contains("expected a level that this processor has"),
                           wm::ArgumentError);
    }
  }
}
