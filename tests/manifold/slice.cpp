#include <wmanifold/manifold/slice.hpp>

#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/one_per_context.hpp>
#include <wmanifold/basis/total_degree.hpp>
#include <wmanifold/topology/box.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <support/batches.hpp>
#include <support/doctest.hpp>

#include <limits>

namespace wm = wmanifold;
using wm::Box, wm::Finite, wm::Fourier, wm::Interval, wm::Legendre, wm::Product, wm::S1, wm::S2, wm::SO3, wm::Tensor,
    wm::TotalDegree, wm::Torus;

namespace {

template <class R, class B>
using Model = wm::BasicManifold<R, B, wm::Dense<3, 4>, wm::Tanh, wm::SharedDense<4, 4>, wm::GainDense<4, 4>, wm::Silu,
                                wm::LowRankDense<2, 4, 2>>;

template <class R, class B>
Model<R, B> random_model(B basis = {}) {
  Model<R, B> model(wm::zeros, std::move(basis), typename Model<R, B>::Stack{});
  support::randomise(model, 1);
  auto const shared = support::normals<R>(static_cast<wm::Index>(model.parameters().shared().size()), 100);
  std::copy(shared.begin(), shared.end(), model.parameters().shared().begin());
  model.freeze(1);
  return model;
}

template <class Space>
wm::Point<Space> joined(wm::Point<Space> const& point) {
  return point;
}
template <class Space, class... Points>
wm::Point<Space> joined(Points const&... parts) requires(sizeof...(Points) > 1) {
  return Space::at(parts...);
}

/// Checks the law of slices at random points. A remaining part that is a single factor gives the point itself.
template <std::size_t... places, class M>
void check_slice(M const& model) {
  using R = typename M::Scalar;
  using Space = typename M::Topology;
  wm::Random random(wm::Seed{1});
  double worst = 0;
  for (int i = 0; i < 5; ++i) {
    auto const whole = wm::uniform_point<Space>(random);
    auto const sliced = wm::slice<places...>(model, Space::template part<places>(whole)...);
    using Rest = typename decltype(sliced)::Topology;
    using Holding = wm::detail::Holding<Space, decltype(wm::hold<places...>(Space::template part<places>(whole)...))>;
    auto const rest = [&]<std::size_t... I>(std::index_sequence<I...>) {
      return joined<Rest>(Space::template part<Holding::left[I]>(whole)...);
    }
    (std::make_index_sequence<Holding::left.size()>{});
    static_assert(std::same_as<decltype(rest), wm::Point<Rest> const>);
    auto const at_whole = model.at(whole);
    auto const at_rest = sliced.at(rest);
    auto const expected = at_whole.parameters();
    auto const got = at_rest.parameters();
    for (std::size_t n = 0; n < expected.size(); ++n) {
      worst = support::larger(worst, std::abs(static_cast<double>(got[n] - expected[n])));
    }
    CHECK(std::equal(sliced.parameters().shared().begin(), sliced.parameters().shared().end(),
                     model.parameters().shared().begin(), model.parameters().shared().end()));
    CHECK(sliced.is_frozen(1));
    CHECK_FALSE(sliced.is_frozen(0));
  }
  CHECK(worst < 200 * std::numeric_limits<R>::epsilon());
}

template <class B>
using Slice0 = typename decltype(wm::slice<0>(
    std::declval<Model<double, B>>(), std::declval<wm::Point<typename B::Topology::template Factor<0>>>()))::Basis;

}  // namespace

static_assert(std::same_as<Slice0<TotalDegree<Box<3>, 2>>, TotalDegree<Box<2>, 2>>);
static_assert(std::same_as<Slice0<wm::Additive<Product<S2, S1, Interval>, 2>>, wm::Additive<Product<S1, Interval>, 2>>);
static_assert(std::same_as<Slice0<Fourier<Torus<3>, 1>>, Fourier<Torus<2>, 1>>);
static_assert(std::same_as<Slice0<TotalDegree<Box<2>, 2>>, Legendre<Interval, 2>>);
static_assert(std::same_as<Slice0<wm::Constant<Product<S1, S2, Interval>>>, wm::Constant<Product<S2, Interval>>>);
static_assert(std::same_as<Slice0<wm::Constant<Product<S1, S2>>>, wm::Constant<S2>>);

TEST_CASE_TEMPLATE("a slice equals the manifold at the held and the remaining contexts", R, float, double) {
  check_slice<0>(random_model<R, TotalDegree<Box<3>, 2>>());
  check_slice<2, 0>(random_model<R, TotalDegree<Box<3>, 2>>());
  check_slice<1>(random_model<R, wm::Additive<Product<S2, S1, Interval>, 2>>());
  check_slice<1>(random_model<R, Fourier<Torus<2>, 1>>());
  check_slice<0, 2>(random_model<R, Fourier<Torus<3>, 1>>());
  using Modes = Tensor<wm::HypersphericalHarmonics<SO3, 2>, wm::OnePerContext<Finite<3>>, Legendre<Interval, 1>>;
  check_slice<0>(random_model<R, Modes>());
  check_slice<1>(random_model<R, Modes>());
  check_slice<2, 1>(random_model<R, Modes>());
  using Attitude = TotalDegree<Product<SO3, Interval>, 2>;
  check_slice<0>(random_model<R, Attitude>());
  check_slice<1>(random_model<R, Attitude>());
  check_slice<0>(random_model<R, wm::Subset<wm::OneAlone, wm::Constant<Finite<3>>, Fourier<S1, 2>>>());
}

TEST_CASE("a slice keeps the knots of the remaining factors, and none of the held ones") {
  using Bent = wm::BSpline<Interval, 2, 4>;
  using Both = Tensor<Bent, Bent>;
  Bent const early(std::array<double, 7>{0, 0, 0, 0.2, 1, 1, 1});
  Bent const late(std::array<double, 7>{0, 0, 0, 0.9, 1, 1, 1});
  auto const model = random_model<double, Both>(Both(early, late));
  check_slice<0>(model);
  check_slice<1>(model);
  CHECK(wm::state_of(wm::slice<0>(model, Interval::at(0.3)).basis()) == wm::state_of(late));
  CHECK(wm::state_of(wm::slice<1>(model, Interval::at(0.3)).basis()) == wm::state_of(early));
}

TEST_CASE("layers as data, factors that are products, and a rule that cuts its only factor") {
  using Inner = Tensor<Fourier<S1, 1>, wm::OnePerContext<Finite<2>>>;
  using Nested = Tensor<Inner, Legendre<Interval, 1>>;
  wm::BasicManifold<double, Nested, wm::LayerList> model(wm::zeros, {}, wm::LayerList({3, 4, 2}, {"tanh", "identity"}));
  support::randomise(model, 2);
  auto const at = Product<S1, Finite<2>>::at(S1::degrees(40), Finite<2>::at(1));
  auto const knob = Interval::at(0.7);
  auto const whole = Nested::Topology::at(at, knob);
  auto const by_knob = wm::slice<0>(model, at);
  auto const by_inner = wm::slice<1>(model, knob);
  static_assert(std::same_as<decltype(by_inner)::Basis, Inner>);
  auto const network_there = model.at(whole);
  auto const expected = network_there.parameters();
  auto const check = [&](auto const& network) {
    for (std::size_t n = 0; n < expected.size(); ++n) {
      CHECK(network.parameters()[n] == doctest::Approx(expected[n]).epsilon(1e-12));
    }
  };
  check(by_knob.at(knob));
  check(by_inner.at(at));

  using Cut = wm::Subset<wm::TotalAtMost<1>, Legendre<Interval, 2>, Legendre<Interval, 2>>;
  auto const sliced = wm::slice<0>(random_model<double, Cut>(), knob);
  static_assert(std::same_as<decltype(sliced)::Basis const, Legendre<Interval, 2> const>);
  CHECK(std::all_of(sliced.parameters().row(2).begin(), sliced.parameters().row(2).end(),
                    [](double p) { return p == 0; }));
  check_slice<0>(random_model<double, Cut>());
}

TEST_CASE("a slice of a moved-from model is refused") {
  using Space = wm::Product<wm::Interval, S1>;
  using Basis = Tensor<Legendre<Interval, 1>, Fourier<S1, 1>>;
  wm::Manifold<Basis, wm::Dense<2, 3>> model(wm::he_normal, wm::Seed{1});
  auto const kept = std::move(model);
  CHECK(kept.inputs() == 2);
  static_assert(std::same_as<typename Basis::Topology, Space>);
  CHECK_THROWS_WITH_AS((void)wm::slice<0>(std::as_const(model), wm::Interval::at(0.5)),
                       doctest::Contains("got a moved-from one"), wm::ArgumentError);
}
