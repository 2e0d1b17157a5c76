#include <wmanifold/basis/basis.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>

#include "support/doctest.hpp"

#include <type_traits>

namespace wm = wmanifold;

namespace {

struct NoGram {
  using Topology = wm::S1;
  static constexpr int size = 1;
  static constexpr int degree = 0;
  static std::string name() { return "no gram"; }
  void values(wm::Point<wm::S1> const&, std::span<double>) const noexcept;
  void derivatives(wm::Point<wm::S1> const&, std::span<double>) const noexcept;
  static double constant(int) noexcept;
};
struct WithGram : NoGram {
  static double gram(int, int) noexcept;
};
struct Throwing : WithGram {
  void values(wm::Point<wm::S1> const&, std::span<double>) const;
};
struct OnNoTopology : WithGram {
  using Topology = int;
};
struct Changing : WithGram {  // values of a basis do not change it
  void values(wm::Point<wm::S1> const&, std::span<double>) noexcept;
};

using Product = wm::Tensor<wm::Line, wm::SphericalHarmonics<wm::S2, 1>>;

}  // namespace

static_assert(wm::Basis<wm::Line> && wm::Basis<wm::Ellipse> && wm::Basis<wm::Constant<>> && wm::Basis<Product>);
static_assert(wm::Basis<wm::Legendre<wm::Interval, 3>> && wm::Basis<wm::SphericalHarmonics<wm::S2, 2>>);
static_assert(!wm::Basis<int> && !wm::Basis<wm::S1> && !wm::Basis<wm::Point<wm::S1>> && !wm::Basis<wm::Line*>);
static_assert(wm::Basis<WithGram> && !wm::Basis<NoGram> && !wm::Basis<Throwing> && !wm::Basis<OnNoTopology> &&
              !wm::Basis<Changing>);

TEST_CASE_TEMPLATE("stateless bases are empty, trivial values", B, wm::Line, wm::Ellipse, wm::Constant<>, Product,
                   wm::Legendre<wm::Interval, 3>, wm::SphericalHarmonics<wm::S2, 2>) {
  static_assert(std::is_empty_v<B> && std::semiregular<B>);
  static_assert(std::is_nothrow_move_constructible_v<B> && std::is_nothrow_move_assignable_v<B>);
  B original;
  B copy = original;
  copy = std::move(original);
  auto const s = B::Topology::from_cube({});
  CHECK(wm::values_at(copy, s) == wm::values_at(B{}, s));
}

TEST_CASE("values as an array, Gram matrices as a matrix") {
  auto const phi = wm::values_at(wm::Line{}, wm::Interval::at(0.25));
  CHECK(phi == std::array<double, 2>{0.75, 0.25});
  wm::SmallMatrix const gram = wm::gram_matrix(wm::Ellipse{});
  CHECK(gram == wm::SmallMatrix(Eigen::Vector3d(1, 0.5, 0.5).asDiagonal()));
}
