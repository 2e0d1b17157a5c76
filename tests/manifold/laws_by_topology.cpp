#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/testing/manifold_laws.hpp>

#include <doctest/doctest.h>

#include <support/manifolds.hpp>

namespace wm = wmanifold;
using support::check, support::listed;
using wm::Bernstein, wm::Constant, wm::Fourier, wm::Index, wm::Interval, wm::Legendre, wm::S1, wm::S2,
    wm::SphericalHarmonics, wm::Tensor, wm::Torus;

TEST_CASE_TEMPLATE("the laws hold over every topology, for every activation, in double", B, Bernstein<Interval, 2>,
                   Legendre<Interval, 3>, Fourier<S1, 1>, Fourier<Torus<2>, 1>, SphericalHarmonics<S2, 2>,
                   Tensor<Bernstein<Interval, 1>, Fourier<S1, 1>>, wm::CatmullRom<S1, 4>, wm::CatmullRom<S1, 7>,
                   Tensor<wm::CatmullRom<S1, 5>, Fourier<S1, 1>>, Constant<>) {
  check(listed<double, B>({"tanh", "gelu", "identity"}));
  check(listed<double, B>({"sigmoid", "softplus", "tanh"}));
  check(listed<double, B>({"silu", "elu", "identity"}));
  check(listed<double, B>({"identity", "relu", "softplus"}));
}
