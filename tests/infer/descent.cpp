#include <wmanifold/infer/descent.hpp>
#include <wmanifold/topology/box.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/simplex.hpp>

#include <support/doctest.hpp>

namespace wm = wmanifold;

namespace {

/// Half the sum of the squares a_i . (s - centre) as a function on a space, by coordinates.
template <class T>
struct Valley {
  wm::Coordinates<T> centre;
  std::vector<wm::Coordinates<T>> normals;
  int evaluations = 0;

  void at(std::span<wm::detail::Trial<T>> trials) {
    for (auto& trial : trials) {
      ++evaluations;
      trial.value = 0;
      wm::Coordinates<T> slope{};
      for (auto const& a : normals) {
        double across = 0;
        for (std::size_t c = 0; c < a.size(); ++c) {
          across += a[c] * (trial.point[c] - centre[c]);
        }
        trial.value += across * across / 2;
        for (std::size_t c = 0; c < a.size(); ++c) {
          slope[c] += across * a[c];
        }
      }
      trial.gradient = T::tangent(trial.point, slope);
    }
  }
};

template <class T>
wm::Point<T> lowest(Valley<T>& valley, wm::Coordinates<T> const& start) {
  std::vector<wm::detail::Descent<T>> descents;
  descents.emplace_back(0, wm::Point<T>(start), 0.3, 1e-6);
  wm::detail::descend(valley, descents, 30);
  CHECK(descents.front().is_done());
  return descents.front().best().point;
}

}  // namespace

TEST_CASE("a valley a thousand times as steep across as along is followed to its end in 30 evaluations") {
  using Box = wm::Box<2>;
  Valley<Box> valley{{0.7, 0.6}, {{1, -1}, {0.03, 0.03}}};
  CHECK(Box::distance(lowest(valley, {0.1, 0.2}), wm::Point<Box>({0.7, 0.6})) < 1e-4);

  Valley<wm::S2> on_sphere{{0.6, 0, 0.8}, {{1, -1, 0}, {0.03, 0.03, 0}}};
  CHECK(wm::S2::distance(lowest(on_sphere, {0, 0.6, 0.8}), wm::Point<wm::S2>({0.6, 0, 0.8})) < 1e-3);
}

TEST_CASE("where a valley runs out of the space, the lowest point of the end is found, not where the way met it") {
  using Box = wm::Box<2>;
  double const w = 0.03;
  Valley<Box> valley{{1.3, 1.1}, {{1, -1}, {w, w}}};
  auto const found = lowest(valley, {0.2, 0.6});
  CHECK(found[0] == 1);
  // (1 - y - 0.2)^2 + w^2 (1 + y - 2.4)^2 is least at y.
  CHECK(found[1] == doctest::Approx((0.8 + 1.4 * w * w) / (1 + w * w)).epsilon(1e-4));

  // Of shares, the third is none.
  using Shares = wm::Simplex<2>;
  Valley<Shares> out{{0.7, 0.6, -0.3}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 3}}};
  auto const share = lowest(out, {0.2, 0.2, 0.6});
  CHECK(share[2] == 0);
  CHECK(share[0] == doctest::Approx(0.55).epsilon(1e-4));
}
