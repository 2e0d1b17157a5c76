// Computations at points, for more bases than networks can be compiled over: small arrays, filled and copied in loops
// that call no function. Each is in a function of its own, so that the compiler sees it alone under the flags. Exits with
// 1 if a computation dies.

#include "children.hpp"

#include <wmanifold/wmanifold.hpp>

namespace wm = wmanifold;

namespace {

template <class B>
using PointOf = wm::Point<typename B::Topology>;

/// Writes phi at each context, and for each of its samples, as in a forward pass.
template <class R, class B>
[[gnu::noinline]] void values(B const& basis, wm::Contexts<typename B::Topology> const& contexts, R* groups,
                              R* samples) {
  contexts.for_each([&](PointOf<B> const& s, wm::Index begin, wm::Index end) {
    auto const phi = wm::values_at(basis, s);
    std::transform(phi.begin(), phi.end(), groups, [](double x) { return static_cast<R>(x); });
    for (wm::Index b = begin; b < end; ++b) {
      for (wm::Index k = 0; k < B::size; ++k) {
        samples[b * B::size + k] = groups[k];
      }
    }
    groups += B::size;
  });
}

/// Sums the slopes of phi at each context, as in a backward pass.
template <class B>
[[gnu::noinline]] void slopes(B const& basis, wm::Contexts<typename B::Topology> const& contexts, double* to) {
  constexpr auto width = static_cast<std::size_t>(B::Topology::coordinates);
  contexts.for_each([&](PointOf<B> const& s, wm::Index begin, wm::Index end) {
    wm::LocalArray<double, static_cast<std::size_t>(B::size) * width> all{};
    basis.derivatives(s, all);
    for (wm::Index b = begin; b < end; ++b) {
      for (std::size_t c = 0; c < width; ++c) {
        double sum = 0;
        for (std::size_t k = 0; k < static_cast<std::size_t>(B::size); ++k) {
          sum += all[k * width + c];
        }
        to[static_cast<std::size_t>(b) * width + c] = sum;
      }
    }
  });
}

/// Computes points half-way from each point to the next, and frames there.
template <class T>
[[gnu::noinline]] void ways(std::vector<wm::Point<T>>& points, double* to) {
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    points[i] = wm::geodesic(points[i], points[i + 1], 0.5);
    for (auto const& e : wm::tangent_frame(points[i])) {
      *to += e[0];
    }
    points[i] = wm::retraction(points[i], T::log(points[i], points[i + 1]));
  }
}

template <class B>
void basis(flags::Children& children) {
  using T = typename B::Topology;
  constexpr wm::Index count = 8;
  std::string const name = T::name() + " " + B::name();
  wm::Random random{wm::Seed{1}};
  auto const points = wm::uniform_points<T>(count, random);
  wm::Contexts<T> const single(points);
  auto const shared = wm::Contexts<T>::grouped({points[0], points[1]}, count / 2);
  B const basis{};
  auto const in = [&]<class R>(R) {
    std::vector<R> groups(static_cast<std::size_t>(count * B::size));
    std::vector<R> samples(groups.size());
    values(basis, single, groups.data(), samples.data());
    values(basis, shared, groups.data(), samples.data());
  };
  children.run(name, "values in float", [&] { in(float{}); });
  children.run(name, "values in double", [&] { in(double{}); });
  if constexpr (wm::DifferentiableBasis<B>) {
    children.run(name, "derivatives", [&] {
      std::vector<double> to(static_cast<std::size_t>(count * T::coordinates));
      slopes(basis, single, to.data());
      slopes(basis, shared, to.data());
    });
  }
  children.run(name, "Gram and energy matrices, quadrature", [&] {
    static_cast<void>(wm::gram_matrix(basis));
    static_cast<void>(wm::quadrature_of(basis, 2 * B::degree));
    if constexpr (wm::DifferentiableBasis<B> && wm::SmoothTopology<T>) {
      static_cast<void>(wm::frame_derivatives(basis, points[0]));
    }
  });
}

template <class... Bases>
void bases(flags::Children& children) {
  (basis<Bases>(children), ...);
}

template <class... Spaces>
void topologies(flags::Children& children) {
  auto const one = [&]<class T>(std::type_identity<T>) {
    children.run(T::name(), "geodesics and frames", [] {
      wm::Random random{wm::Seed{1}};
      auto points = wm::uniform_points<T>(8, random);
      double sum = 0;
      ways(points, &sum);
      static_cast<void>(T::quadrature(2));
    });
  };
  (one(std::type_identity<Spaces>{}), ...);
}

}  // namespace

int main() {
  using namespace wm;
  flags::Children children;
  topologies<Interval, S1, RP1, S2, SO3, Simplex<2>, Simplex<5>, Torus<2>, Torus<6>, Box<3>, Product<S2, Interval>,
             Product<SO3, S2>>(children);
  [&]<int... n>(std::integer_sequence<int, n...>) {
    bases<CatmullRom<S1, n + 3>..., Bernstein<Interval, n + 1>..., BSpline<Interval, 2, n + 3>...>(children);
  }
  (std::make_integer_sequence<int, 10>{});
  bases<Fourier<S1, 1>, Fourier<S1, 2>, Fourier<S1, 3>, Fourier<RP1, 2>, Legendre<Interval, 5>, Legendre<Interval, 9>,
        PeriodicBSpline<S1, 3, 6>, PeriodicBSpline<S1, 3, 10>, PolygonalChain<S1, 6>, SphericalHarmonics<S2, 1>,
        SphericalHarmonics<S2, 2>, HypersphericalHarmonics<SO3, 2>, BernsteinBezier<Simplex<2>, 2>,
        BernsteinBezier<Simplex<3>, 2>, OnePerContext<Finite<6>>, OnePerContext<Finite<10>>,
        LaplacianEigenvectors<Finite<7>, 6>, Fourier<Torus<2>, 1>, Fourier<Torus<3>, 1>, CatmullRom<Torus<2>, 6>,
        Bernstein<Box<2>, 2>, TotalDegree<Box<3>, 2>, Additive<Torus<3>, 1>, Tensor<Line, CatmullRom<S1, 6>>,
        Tensor<SphericalHarmonics<S2, 1>, Line>, Tensor<OnePerContext<Finite<3>>, Line>>(children);
  return children.status();
}
