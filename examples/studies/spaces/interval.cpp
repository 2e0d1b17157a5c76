#include "contenders/chosen.hpp"

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/fourier.hpp>

namespace demo {
namespace {

namespace wm = wmanifold;

/// Both ends are one point.
wm::Point<wm::S1> closed(Context const& context) { return wm::S1::radians(2 * std::numbers::pi * context[0]); }

}  // namespace

std::vector<Contender> interval_manifolds() {
  using wm::Bernstein, wm::Interval;
  ManifoldOptions const plain{.geometry = wm::Geometry::euclidean};
  ManifoldOptions const bare{.stiffness = 0};
  std::vector<Contender> all{
      manifold_contender<Bernstein<Interval, 1>>("order1", "line"),
      manifold_contender<Bernstein<Interval, 2>>("order2", "order 2"),
      manifold_contender<Bernstein<Interval, 3>>("order3", "order 3"),
      manifold_contender<Bernstein<Interval, 1>>("order1-bare", "line, stiffness 0", bare),
      manifold_contender<Bernstein<Interval, 2>>("order2-bare", "order 2, stiffness 0", bare),
      manifold_contender<Bernstein<Interval, 1>>("order1-plain", "line, plain descent", plain),
      manifold_contender<Bernstein<Interval, 2>>("order2-plain", "order 2, plain descent", plain),
      manifold_contender<Bernstein<Interval, 3>>("order3-plain", "order 3, plain descent", plain),
      manifold_contender<Bernstein<Interval, 1>>("low-rank", "line, rank 8", plain, same_point<Interval>, 8),
      manifold_contender<wm::PolygonalChain<Interval, 4>>("chain", "chain of 4"),
      by_batch(manifold_contender<wm::PolygonalChain<Interval, 4>>("chain-by-batch", "chain of 4, a context per batch",
                                                                   plain)),
      manifold_contender<wm::Fourier<wm::S1, 1>>("wrong", "wrong topology: ellipse", {}, closed),
  };
  all[0].in_plots = all[1].in_plots = true;
  auto const choices = chosen_manifolds<Bernstein<Interval, 1>, Bernstein<Interval, 2>, Bernstein<Interval, 3>>(
      Named{"order1", "line"}, Named{"order2", "order 2"}, Named{"order3", "order 3"});
  all.insert(all.end(), choices.begin(), choices.end());
  return all;
}

}  // namespace demo
