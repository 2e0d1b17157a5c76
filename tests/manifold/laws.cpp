#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/testing/manifold_laws.hpp>

#include <doctest/doctest.h>

#include <support/manifolds.hpp>

namespace wm = wmanifold;
using support::check, support::check_laws, support::listed;
using wm::Bernstein, wm::Dense, wm::Fourier, wm::Index, wm::Interval, wm::S1, wm::S2, wm::SphericalHarmonics;

namespace {

template <class B>
using Static = wm::BasicManifold<double, B, Dense<3, 5>, wm::Silu, Dense<5, 4>, wm::Relu, Dense<4, 2>>;

}  // namespace

TEST_CASE_TEMPLATE("the laws hold in float", B, Bernstein<Interval, 2>, SphericalHarmonics<S2, 1>) {
  check(listed<float, B>({"tanh", "gelu", "identity"}));
  check(listed<float, B>({"sigmoid", "softplus", "elu"}));
}

TEST_CASE("the laws hold for layers in the type") {
  check(Static<Fourier<S1, 1>>(wm::zeros));
  check(wm::BasicManifold<double, Bernstein<Interval, 2>, Dense<>, wm::Tanh, Dense<>>(wm::zeros, {}, Dense<>(3, 17),
                                                                                      wm::Tanh{}, Dense<>(17, 2)));
}

TEST_CASE("the laws hold for frozen layers: at both ends, in the middle, all") {
  for (auto const& frozen : std::vector<std::vector<Index>>{{0}, {1}, {2}, {0, 1}, {0, 2}, {1, 2}, {0, 1, 2}}) {
    CAPTURE(frozen.size());
    auto model = listed<double, Fourier<S1, 1>>({"tanh", "silu", "identity"});
    for (Index const l : frozen) {
      model.freeze(l);
    }
    check(model);
  }
}

TEST_CASE("the laws hold for layers that are shared, low-rank or of gains, frozen or not") {
  wm::BasicManifold<double, Fourier<S1, 1>, wm::LayerList> model(
      wm::zeros, {},
      wm::LayerList{Dense<>(3, 5), wm::Tanh{}, wm::LowRankDense<>(5, 4, 2), wm::Silu{}, wm::SharedDense<>(4, 3),
                    wm::Tanh{}, wm::GainDense<>(3, 4), wm::Elu{}, wm::LowRankDense<>(4, 2, 1)});
  auto const numbers = support::normals<double>(static_cast<Index>(model.parameters().shared().size()), 6);
  std::copy(numbers.begin(), numbers.end(), model.parameters().shared().begin());
  check(model);
  model.freeze(1);
  check(model);
  model.freeze(2);
  check(model);
  model.freeze(3);
  check(model);
}

TEST_CASE_TEMPLATE("a batch large enough for three threads gives the same numbers on one, two and three", P,
                   std::pair<float, Fourier<S1, 1>>, std::pair<double, Fourier<S1, 1>>,
                   std::pair<float, wm::CatmullRom<S1, 12>>, std::pair<double, wm::CatmullRom<S1, 12>>) {
  using R = typename P::first_type;
  wm::BasicManifold<R, typename P::second_type, wm::LayerList> model(wm::zeros, {},
                                                                     wm::LayerList({63, 64, 10}, {"tanh", "identity"}));
  support::randomise(model, 1);
  Index const samples = 1100;
  static_assert(3 * samples * 64 * 64 > 3 * wm::parallel_threshold, "three threads are worth it");
  static_assert(samples / 2 * 64 * 64 > wm::parallel_threshold, "and two within a group");
  auto const inputs = support::matrix<R>(samples, 63, 2);
  auto const labels = support::labels(samples, 10, 3);
  wm::CrossEntropy const loss;
  wm::ConstMatrixRef<R> const view(inputs);
  std::span<int const> const targets(labels);
  wm::Random random(wm::Seed{4});
  wm::testing::Trial<decltype(model), wm::CrossEntropy> const single{model, loss, view, targets,
                                                                     wm::uniform_points<S1>(samples, random)};
  wm::testing::Report report;
  wm::testing::laws::threads_change_nothing(single, report);
  auto const grouped = single.with(wm::Contexts<S1>::grouped(wm::uniform_points<S1>(2, random), samples / 2));
  wm::testing::laws::threads_change_nothing(grouped, report);
  check_laws(report.violations());
#ifdef _OPENMP
  CHECK(report.checks() == 20);
#endif
}
