#include "contenders/chosen.hpp"

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/fourier.hpp>

namespace demo {
namespace {

namespace wm = wmanifold;

/// The circle, cut open where the angle is zero.
wm::Point<wm::Interval> cut_open(Context const& context) {
  return wm::Interval::clamped(wm::S1::radians(context[0])[0] / (2 * std::numbers::pi));
}

}  // namespace

std::vector<Contender> circle_manifolds() {
  ManifoldOptions const plain{.geometry = wm::Geometry::euclidean};
  std::vector<Contender> all{
      manifold_contender<wm::Fourier<wm::S1, 1>>("order1", "ellipse"),
      manifold_contender<wm::Fourier<wm::S1, 2>>("order2", "order 2"),
      manifold_contender<wm::Fourier<wm::S1, 3>>("order3", "order 3"),
      manifold_contender<wm::Fourier<wm::S1, 1>>("order1-plain", "ellipse, plain descent", plain),
      manifold_contender<wm::Fourier<wm::S1, 2>>("order2-plain", "order 2, plain descent", plain),
      manifold_contender<wm::Fourier<wm::S1, 3>>("order3-plain", "order 3, plain descent", plain),
      manifold_contender<wm::Fourier<wm::S1, 1>>("low-rank", "ellipse, rank 8", plain, same_point<wm::S1>, 8),
      manifold_contender<wm::PolygonalChain<wm::S1, 4>>("chain", "closed polygon of 4"),
      by_batch(manifold_contender<wm::PolygonalChain<wm::S1, 4>>("chain-by-batch",
                                                                 "closed polygon of 4, a context per batch", plain)),
      manifold_contender<wm::Bernstein<wm::Interval, 1>>("wrong-line", "wrong topology: line", {}, cut_open),
      manifold_contender<wm::Bernstein<wm::Interval, 2>>("wrong", "wrong topology: parabola", {}, cut_open),
  };
  all[0].in_plots = all[1].in_plots = true;
  auto const choices = chosen_manifolds<wm::Fourier<wm::S1, 1>, wm::Fourier<wm::S1, 2>, wm::Fourier<wm::S1, 3>>(
      Named{"order1", "ellipse"}, Named{"order2", "order 2"}, Named{"order3", "order 3"});
  all.insert(all.end(), choices.begin(), choices.end());
  return all;
}

}  // namespace demo
