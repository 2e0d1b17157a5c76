#include <wmanifold/testing/basis_laws.hpp>
#include <wmanifold/wmanifold.hpp>

#include "support/laws.hpp"

namespace wm = wmanifold;

namespace {

#ifdef __OPTIMIZE__
constexpr wm::Index samples = 1'000'000;
#else
constexpr wm::Index samples = 20'000;  // for bases that would take minutes
#endif

/// Checks the Gram matrix within the error of this many uniform samples.
template <wm::Basis B>
void check_gram(B const& basis = {}) {
  CAPTURE(basis.name());
  wm::testing::Report report;
  wm::testing::laws::gram_equals_sampling(basis, samples, wm::Seed{1}, report);
  support::check_laws(report.violations());
}

/// A Gram matrix that is off by one in a hundred: too little for some thousand samples.
struct SlightlyWrong : wm::Fourier<wm::S1, 1> {
  double gram(int i, int j) const noexcept { return 1.01 * wm::Fourier<wm::S1, 1>::gram(i, j); }
};

constexpr auto cycle = wm::cycle_graph<6>();

}  // namespace

TEST_CASE("Gram matrices agree with a million uniform samples: intervals and boxes") {
  check_gram<wm::Line>();
  check_gram<wm::Bernstein<wm::Interval, 4>>();
  check_gram<wm::Legendre<wm::Interval, 4>>();
  std::array const knots{0.0, 0.0, 0.1, 0.6, 1.0, 1.0};
  check_gram(wm::PolygonalChain<wm::Interval, 4>{knots});
  check_gram<wm::BSpline<wm::Interval, 3, 7>>();
  check_gram<wm::Bernstein<wm::Box<3>, 1>>();
  check_gram<wm::TotalDegree<wm::Box<2>, 3>>();
}

TEST_CASE("Gram matrices agree with a million uniform samples: circles and tori") {
  check_gram<wm::Ellipse>();
  check_gram<wm::Fourier<wm::S1, 4>>();
  check_gram<wm::PeriodicBSpline<wm::S1, 3, 7>>();
  check_gram<wm::CatmullRom<wm::S1, 6>>();
  check_gram<wm::Fourier<wm::Torus<2>, 2>>();
  check_gram<wm::Fourier<wm::RP1, 2>>();
  check_gram<wm::TotalDegree<wm::Torus<2>, 2>>();
  check_gram<wm::Additive<wm::Torus<3>, 2>>();
}

TEST_CASE("Gram matrices agree with a million uniform samples: spheres, rotations, mixtures, discrete contexts") {
  check_gram<wm::SphericalHarmonics<wm::S2, 6>>();
  check_gram<wm::HypersphericalHarmonics<wm::SO3, 2>>();
  check_gram<wm::BernsteinBezier<wm::Simplex<2>, 2>>();
  check_gram<wm::OnePerContext<wm::Finite<5>>>();
  check_gram<wm::LaplacianEigenvectors<wm::Finite<6, cycle>, 4>>();
  check_gram<wm::Tensor<wm::SphericalHarmonics<wm::S2, 1>, wm::Ellipse, wm::OnePerContext<wm::Finite<2>>>>();
  check_gram(wm::orthonormal(wm::Bernstein<wm::Interval, 4>{}));
}

TEST_CASE("a Gram matrix that is off by one in a hundred is found") {
  auto const found = [](wm::Index count) {
    wm::testing::Report report;
    wm::testing::laws::gram_equals_sampling(SlightlyWrong{}, count, wm::Seed{1}, report);
    return report.violations().size();
  };
  CHECK(found(1'000'000) == 1);
  CHECK(found(4'000) == 0);
}
