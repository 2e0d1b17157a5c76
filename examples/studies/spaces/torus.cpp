#include "contenders/chosen.hpp"

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/total_degree.hpp>
#include <wmanifold/topology/box.hpp>
#include <wmanifold/topology/torus.hpp>

namespace demo {
namespace {

namespace wm = wmanifold;
using T2 = wm::Torus<2>;

/// Both circles cut open.
wm::Point<wm::Box<2>> cut_open(Context const& context) {
  auto const cut = [](double angle) { return std::min(wm::S1::radians(angle)[0] / (2 * std::numbers::pi), 1.0); };
  return same_point<wm::Box<2>>({cut(context[0]), cut(context[1]), 0});
}

}  // namespace

std::vector<Contender> torus_manifolds() {
  ManifoldOptions const plain{.geometry = wm::Geometry::euclidean};
  std::vector<Contender> all{
      manifold_contender<wm::Fourier<T2, 1>>("order1", "tensor of ellipses"),
      manifold_contender<wm::Additive<T2, 1>>("additive1", "additive, order 1"),
      manifold_contender<wm::Additive<T2, 2>>("additive2", "additive, order 2"),
      manifold_contender<wm::TotalDegree<T2, 2>>("total2", "total order 2"),
      manifold_contender<wm::Fourier<T2, 2>>("order2", "tensor, order 2"),
      manifold_contender<wm::Fourier<T2, 1>>("order1-plain", "tensor of ellipses, plain descent", plain),
      manifold_contender<wm::Fourier<T2, 2>>("order2-plain", "tensor, order 2, plain descent", plain),
      manifold_contender<wm::Fourier<T2, 1>>("low-rank", "tensor of ellipses, rank 8", plain, same_point<T2>, 8),
      manifold_contender<wm::PolygonalChain<T2, 4>>("chain", "patches between 4 x 4"),
      by_batch(manifold_contender<wm::PolygonalChain<T2, 4>>("chain-by-batch", "patches, a context per batch", plain)),
      manifold_contender<wm::Bernstein<wm::Box<2>, 2>>("wrong", "wrong topology: square", {}, cut_open),
  };
  all[0].in_plots = all[1].in_plots = true;
  auto const choices = chosen_manifolds<wm::Fourier<T2, 1>, wm::Additive<T2, 2>, wm::Fourier<T2, 2>>(
      Named{"order1", "tensor of ellipses"}, Named{"additive2", "additive, order 2"},
      Named{"order2", "tensor, order 2"});
  all.insert(all.end(), choices.begin(), choices.end());
  return all;
}

}  // namespace demo
