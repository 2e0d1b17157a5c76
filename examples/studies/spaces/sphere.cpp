#include "contenders/chosen.hpp"

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/topology/s2.hpp>

namespace demo {
namespace {

namespace wm = wmanifold;
using wm::S2;

/// The longitude alone.
wm::Point<wm::S1> longitude(Context const& context) { return wm::S1::radians(std::atan2(context[1], context[0])); }

}  // namespace

std::vector<Contender> sphere_manifolds() {
  ManifoldOptions const plain{.geometry = wm::Geometry::euclidean};
  std::vector<Contender> all{
      manifold_contender<wm::SphericalHarmonics<S2, 1>>("order1", "ellipsoid"),
      manifold_contender<wm::SphericalHarmonics<S2, 2>>("order2", "order 2"),
      manifold_contender<wm::SphericalHarmonics<S2, 3>>("order3", "order 3"),
      manifold_contender<wm::SphericalHarmonics<S2, 1>>("order1-plain", "ellipsoid, plain descent", plain),
      manifold_contender<wm::SphericalHarmonics<S2, 2>>("order2-plain", "order 2, plain descent", plain),
      manifold_contender<wm::SphericalHarmonics<S2, 1>>("low-rank", "ellipsoid, rank 8", plain, same_point<S2>, 8),
      by_batch(manifold_contender<wm::SphericalHarmonics<S2, 1>>("order1-by-batch", "ellipsoid, a context per batch",
                                                                 plain)),
      manifold_contender<wm::Fourier<wm::S1, 1>>("wrong", "wrong topology: longitude", {}, longitude),
  };
  all[0].in_plots = all[1].in_plots = true;
  auto const choices =
      chosen_manifolds<wm::SphericalHarmonics<S2, 1>, wm::SphericalHarmonics<S2, 2>, wm::SphericalHarmonics<S2, 3>>(
          Named{"order1", "ellipsoid"}, Named{"order2", "order 2"}, Named{"order3", "order 3"});
  all.insert(all.end(), choices.begin(), choices.end());
  return all;
}

}  // namespace demo
