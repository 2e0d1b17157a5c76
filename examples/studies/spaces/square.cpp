#include "contenders/chosen.hpp"

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/total_degree.hpp>
#include <wmanifold/topology/box.hpp>

namespace demo {
namespace {

namespace wm = wmanifold;
using Square = wm::Box<2>;

/// Opposite sides are one.
wm::Point<wm::Torus<2>> closed(Context const& context) {
  return same_point<wm::Torus<2>>({2 * std::numbers::pi * context[0], 2 * std::numbers::pi * context[1], 0});
}

}  // namespace

std::vector<Contender> square_manifolds() {
  using wm::Bernstein;
  ManifoldOptions const plain{.geometry = wm::Geometry::euclidean};
  ManifoldOptions const bare{.stiffness = 0};
  std::vector<Contender> all{
      manifold_contender<Bernstein<Square, 1>>("order1", "bilinear"),
      manifold_contender<Bernstein<Square, 2>>("order2", "order 2 in each"),
      manifold_contender<wm::TotalDegree<Square, 1>>("total1", "linear"),
      manifold_contender<wm::TotalDegree<Square, 2>>("total2", "quadratic"),
      manifold_contender<Bernstein<Square, 1>>("order1-bare", "bilinear, stiffness 0", bare),
      manifold_contender<Bernstein<Square, 2>>("order2-bare", "order 2 in each, stiffness 0", bare),
      manifold_contender<Bernstein<Square, 1>>("order1-plain", "bilinear, plain descent", plain),
      manifold_contender<Bernstein<Square, 2>>("order2-plain", "order 2 in each, plain descent", plain),
      manifold_contender<Bernstein<Square, 1>>("low-rank", "bilinear, rank 8", plain, same_point<Square>, 8),
      manifold_contender<wm::PolygonalChain<Square, 3>>("chain", "patches between 3 x 3"),
      by_batch(
          manifold_contender<wm::PolygonalChain<Square, 3>>("chain-by-batch", "patches, a context per batch", plain)),
      manifold_contender<wm::Additive<wm::Torus<2>, 1>>("wrong", "wrong topology: torus", {}, closed),
  };
  all[0].in_plots = all[1].in_plots = true;
  auto const choices = chosen_manifolds<Bernstein<Square, 1>, Bernstein<Square, 2>, wm::TotalDegree<Square, 2>>(
      Named{"order1", "bilinear"}, Named{"order2", "order 2 in each"}, Named{"total2", "quadratic"});
  all.insert(all.end(), choices.begin(), choices.end());
  return all;
}

}  // namespace demo
