#include <wmanifold/basis/one_per_context.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/metric/step_price.hpp>
#include <wmanifold/testing/basis_laws.hpp>

#include "support/laws.hpp"

namespace wm = wmanifold;
using wm::Finite, wm::OnePerContext;

using Speakers = OnePerContext<Finite<4>>;
using Turning = wm::Tensor<OnePerContext<Finite<3>>, wm::Ellipse>;
using Knob = wm::Tensor<OnePerContext<Finite<3>>, wm::Line>;

static_assert(wm::Basis<Speakers> && !wm::DifferentiableBasis<Speakers> && wm::support_of<Speakers>() == 1);
static_assert(wm::DifferentiableBasis<Turning> && wm::support_of<Turning>() == 3);
static_assert(!wm::DifferentiableBasis<wm::Tensor<Speakers, Speakers>>);

TEST_CASE_TEMPLATE("a network per context keeps the laws of a basis", B, Speakers, OnePerContext<Finite<1>>,
                   OnePerContext<Finite<5, wm::path_graph<5>()>>, Turning, Knob, wm::Tensor<Speakers, Speakers>) {
  support::check_laws(wm::testing::basis_laws(B{}, wm::Seed{1}));
}

TEST_CASE("one value is 1, all others are 0") {
  CHECK(Speakers::name() == "one_per_context");
  CHECK(wm::values_at(Speakers{}, Finite<4>::at(2)) == std::array<double, 4>{0, 0, 1, 0});
  CHECK(Speakers::gram(1, 1) == 0.25);
}

TEST_CASE("a smooth factor has derivatives") {
  using Space = Turning::Topology;
  auto const s = Space::at(Finite<3>::at(1), wm::S1::radians(0.5));
  std::array<double, 18> slopes{};
  Turning{}.derivatives(s, slopes);
  std::array<double, 18> expected{};
  expected[2 * 4 + 1] = -std::sin(0.5);
  expected[2 * 5 + 1] = std::cos(0.5);
  CHECK(slopes == expected);
}

TEST_CASE("the price of a step includes a knob's ends beside discrete contexts too") {
  wm::SmallMatrix const one = wm::step_price(wm::Line{}, 4);
  wm::SmallMatrix const all = wm::step_price(Knob{}, 4);
  for (wm::Index i = 0; i < 6; ++i) {
    for (wm::Index j = 0; j < 6; ++j) {
      CHECK(all(i, j) == doctest::Approx(i / 2 == j / 2 ? one(i % 2, j % 2) / 3 : 0));
    }
  }
}
