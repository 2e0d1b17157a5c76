#include <wmanifold/infer/descent.hpp>
#include <wmanifold/infer/posterior.hpp>
#include <wmanifold/topology/box.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/simplex.hpp>
#include <wmanifold/topology/so3.hpp>

#include <support/doctest.hpp>

namespace wm = wmanifold;

namespace {

/// Half the sum of the squares a_i . (s - centre) as a function on a space, by coordinates.
template <class T>
struct Valley {
  wm::Coordinates<T> centre;
  std::vector<wm::Coordinates<T>> normals;
  int evaluations = 0;

  void at(std::span<wm::detail::Candidate<T>> trials) {
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

TEST_CASE("for a valley that leaves the space, the lowest point of the boundary is found, not the first one met") {
  using Box = wm::Box<2>;
  double const w = 0.03;
  Valley<Box> valley{{1.3, 1.1}, {{1, -1}, {w, w}}};
  auto const found = lowest(valley, {0.2, 0.6});
  CHECK(found[0] == 1);
  // (1 - y - 0.2)^2 + w^2 (1 + y - 2.4)^2 is least at y.
  CHECK(found[1] == doctest::Approx((0.8 + 1.4 * w * w) / (1 + w * w)).epsilon(1e-4));

  // The third of the shares is zero.
  using Shares = wm::Simplex<2>;
  Valley<Shares> out{{0.7, 0.6, -0.3}, {{1, 0, 0}, {0, 1, 0}, {0, 0, 3}}};
  auto const share = lowest(out, {0.2, 0.2, 0.6});
  CHECK(share[2] == 0);
  CHECK(share[0] == doctest::Approx(0.55).epsilon(1e-4));
}

TEST_CASE("rotations whose quaternions change their sign during the descent behave like others") {
  using wm::SO3;
  using Vector = wm::Coordinates<SO3>;
  // Half turns, with first quaternion coordinate 0: sum of w (a . q)^2 / 2 over three a beside the lowest.
  Vector const lowest{0, 0.6, 0.8, 0};
  std::array<Vector, 3> const beside{{{1, 0, 0, 0}, {0, 0, 0, 1}, {0, 0.8, -0.6, 0}}};
  std::array<double, 3> const weights{1, 0.3, 0.05};
  struct Losses {
    std::array<Vector, 3> const& beside;
    std::array<double, 3> const& weights;
    int evaluations = 0;
    void at(std::span<wm::detail::Candidate<SO3>> trials) {
      for (auto& trial : trials) {
        ++evaluations;
        trial.value = 0;
        Vector slope{};
        for (std::size_t i = 0; i < beside.size(); ++i) {
          double const across = wm::detail::dot(beside[i], trial.point.coordinates());
          trial.value += weights[i] * across * across / 2;
          for (std::size_t c = 0; c < slope.size(); ++c) {
            slope[c] += weights[i] * across * beside[i][c] / 2;  // an angle is twice the quaternion's movement
          }
        }
        trial.gradient = SO3::tangent(trial.point, slope);
      }
    }
  } losses{beside, weights};
  wm::Point<SO3> const centre(lowest);
  for (double const side : {-1.0, 1.0}) {
    std::vector<wm::detail::Descent<SO3>> descents;
    double const w = 0.3 * side;
    descents.emplace_back(0, wm::Point<SO3>(Vector{w, 0.6, std::sqrt(1 - w * w - 0.36 - 0.16), 0.4}), 0.5, 1e-7);
    wm::detail::descend(losses, descents, 30);
    CHECK(SO3::distance(descents.front().best().point, centre) < 1e-5);
    CHECK(descents.front().is_done());
  }
  CHECK(losses.evaluations < 40);

  wm::detail::Curved<SO3> curved({0, centre, 0, {}}, 1e-4);
  losses.at(std::span(curved.beside));
  double variance = 0;
  for (double const weight : weights) {
    variance += 4 / (100 * weight);
  }
  CHECK(curved.width(100, 1e6, 1e-4).variance == doctest::Approx(variance).epsilon(1e-4));
}
