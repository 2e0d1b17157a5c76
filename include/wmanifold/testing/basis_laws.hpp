#pragma once

#include <wmanifold/metric/energy.hpp>
#include <wmanifold/testing/probes.hpp>
#include <wmanifold/testing/report.hpp>

#include <exception>
#include <limits>

namespace wmanifold::testing {

/// The laws of `Basis`, one function each.
namespace laws {

/// A basis's numbers at one point, and the sizes that errors are relative to.
template <Basis B>
struct Sample {
  using Space = typename B::Topology;                                                 ///< topology of the basis
  static constexpr std::size_t size = static_cast<std::size_t>(B::size);              ///< K
  static constexpr std::size_t width = static_cast<std::size_t>(Space::coordinates);  ///< coordinates of a point

  /// Evaluates a basis at s.
  Sample(B const& basis, Point<Space> const& s) : values(values_at(basis, s)) {
    if constexpr (DifferentiableBasis<B>) {
      LocalArray<double, size * width> flat{};
      basis.derivatives(s, flat);
      for (std::size_t k = 0; k < size; ++k) {
        std::copy_n(flat.begin() + k * width, width, derivatives[k].begin());
      }
    }
  }
  /// Lower bound of the allowed change of the values per length: `degree` times their size per diameter.
  [[nodiscard]] double slope(double diameter) const noexcept {
    double result = std::max(1, B::degree) * largest(values) / (diameter > 0 ? diameter : 1);
    for (auto const& row : derivatives) {
      result = std::max(result, largest(row));
    }
    return result;
  }

  LocalArray<double, size> values;                     ///< phi_k
  LocalArray<Coordinates<Space>, size> derivatives{};  ///< d phi_k / ds; zero for bases without
};

/// values writes K numbers, derivatives K x coordinates; all are finite, and none lies beyond.
template <Basis B>
void sizes_are_as_stated(B const& basis, Probes<typename B::Topology> const& probes, Report& report) {
  constexpr std::size_t beyond = 8;
  auto const hold = [&](char const* law, std::size_t count, auto const& write) {
    for (auto const& p : probes.points()) {
      std::vector<double> out(count + beyond, std::numeric_limits<double>::quiet_NaN());
      write(p, std::span<double>(out).first(count));
      double wrong = 0;
      for (std::size_t i = 0; i < out.size(); ++i) {
        wrong += is_finite(out[i]) == (i < count) ? 0 : 1;
      }
      report.hold(law, wrong, 0, p);
    }
  };
  hold("values writes K finite numbers", Sample<B>::size,
       [&](auto const& p, std::span<double> out) { basis.values(p, out); });
  if constexpr (DifferentiableBasis<B>) {
    hold("derivatives writes K x coordinates finite numbers", Sample<B>::size * Sample<B>::width,
         [&](auto const& p, std::span<double> out) { basis.derivatives(p, out); });
  }
}

/// At most `support` values differ from zero at any point, if a basis states a support.
template <Basis B>
void support_is_as_stated(B const& basis, Probes<typename B::Topology> const& probes, Report& report) {
  for (auto const& p : probes.points()) {
    auto const phi = values_at(basis, p);
    auto const others = B::size - static_cast<int>(std::count(phi.begin(), phi.end(), 0.0));
    report.hold("at most `support` values are not zero", std::max(0, others - support_of<B>()), 0, p);
  }
}

/// sum_k constant(k) phi_k = 1 everywhere.
template <Basis B>
void constant_is_in_the_span(B const& basis, Probes<typename B::Topology> const& probes, Report& report) {
  for (auto const& p : probes.points()) {
    double value = 0;
    double size = 1;
    int k = 0;
    for (double const phi : values_at(basis, p)) {
      double const term = basis.constant(k++) * phi;
      value += term;
      size += std::abs(term);
    }
    report.hold("the constant's coefficients give 1", std::abs(value - 1), 1e-14 * size, p);
  }
}

/// Values do not depend on the name of a point. Continuity across seams, where names change, is a law of its own.
template <Basis B>
void values_are_glued(B const& basis, Probes<typename B::Topology> const& probes, Report& report) {
  using Space = typename B::Topology;
  if constexpr (requires(Point<Space> p) { Space::other_names(p); }) {
    for (auto const& p : probes.points()) {
      Sample<B> const here(basis, p);
      for (auto const& c : Space::other_names(p)) {
        report.hold("values do not depend on a point's name",
                    largest(sum(values_at(basis, Point<Space>(c)), -1, here.values)),
                    2e-14 * largest(here.values) + 1e-15 * largest(c) * here.slope(probes.diameter()), p, c);
      }
    }
  }
}

/// Across seams, poles and ends, values move no further than their slopes allow.
template <Basis B>
void values_are_continuous(B const& basis, Probes<typename B::Topology> const& probes, Report& report) {
  using Space = typename B::Topology;
  for (auto const& p : probes.points()) {
    Sample<B> const here(basis, p);
    for (auto const& e : tangent_frame(p)) {
      for (double const sign : {-1.0, 1.0}) {
        double const step = 1e-9 * probes.diameter();
        auto const there = values_at(basis, Space::exp(p, scaled(sign * step, e)));
        report.hold("values are continuous", largest(sum(there, -1, here.values)),
                    2e-14 * largest(here.values) +
                        4 * step * static_cast<double>(Sample<B>::width) * here.slope(probes.diameter()),
                    p, e);
      }
    }
  }
}

/// Derivatives are tangent vectors, and equal differences of order 4 along geodesics. The differences are central, or
/// one-sided at an end of the topology. For a piecewise basis, which may have a knot nearby, agreement on one side
/// suffices.
template <Basis B>
void derivatives_are_slopes(B const& basis, Probes<typename B::Topology> const& probes, Report& report) {
  using Space = typename B::Topology;
  double const h = 1e-3 * probes.diameter() / std::max(1, B::degree);
  for (auto const& p : probes.points()) {
    Sample<B> const here(basis, p);
    double const slope = here.slope(probes.diameter());
    for (auto const& row : here.derivatives) {
      report.hold("derivatives are tangent", largest(sum(Space::tangent(p, row), -1, row)), 1e-13 * slope, p);
    }
    for (auto const& e : tangent_frame(p)) {
      auto const at = [&](double steps) { return values_at(basis, Space::exp(p, scaled(steps * h, e))); };
      bool const forwards = probes.walks(p, scaled(4 * h, e));
      bool const backwards = probes.walks(p, scaled(-4 * h, e));
      std::vector<LocalArray<double, Sample<B>::size>> differences;  // one of them should agree
      if (forwards && backwards && !PiecewiseBasis<B>) {
        auto const near = scaled(8 / (12 * h), sum(at(1), -1, at(-1)));
        differences.push_back(sum(near, -1 / (12 * h), sum(at(2), -1, at(-2))));
      } else {
        for (double const side : {1.0, -1.0}) {
          if (side > 0 ? forwards : backwards) {
            constexpr double weights[] = {-25, 48, -36, 16, -3};
            auto& difference = differences.emplace_back();
            for (int i = 0; i < 5; ++i) {
              difference = sum(difference, side * weights[i] / (12 * h), at(side * i));
            }
          }
        }
      }
      for (std::size_t k = 0; k < Sample<B>::size && !differences.empty(); ++k) {
        double error = std::numeric_limits<double>::infinity();
        for (auto const& difference : differences) {
          error = std::min(error, std::abs(dot(here.derivatives[k], e) - difference[k]));
        }
        report.hold("derivatives are what differences along geodesics say", error, 1e-9 * slope, "function", k, "at", p,
                    "along", e);
      }
    }
  }
}

/// G is symmetric up to a few roundings (with fused products x y - x y is not 0), and positive definite (it has a
/// Cholesky factor).
template <Basis B>
void gram_is_a_metric(B const& basis, Report& report) {
  constexpr int size = B::size;
  std::vector<double> factor(Sample<B>::size * Sample<B>::size);
  auto const at = [&](int i, int j) -> double& { return factor[static_cast<std::size_t>(i * size + j)]; };
  bool definite = true;
  for (int i = 0; i < size; ++i) {
    for (int j = 0; j <= i; ++j) {
      double rest = basis.gram(i, j);
      double const scale = std::sqrt(std::abs(basis.gram(i, i) * basis.gram(j, j)));
      report.hold("the Gram matrix is symmetric", std::abs(rest - basis.gram(j, i)), 4e-15 * scale, "entry", i, j);
      for (int k = 0; k < j; ++k) {
        rest -= at(i, k) * at(j, k);
      }
      definite = definite && (i != j || rest > 0);
      at(i, j) = i == j ? std::sqrt(rest) : rest / at(j, j);
    }
  }
  report.hold_true("the Gram matrix is positive definite", definite);
}

/// G = E[phi phi^T] by quadrature_of(2 * degree). Requires a quadrature that is exact to its degree.
template <Basis B>
void gram_equals_quadrature(B const& basis, Report& report) {
  constexpr std::size_t size = Sample<B>::size;
  auto const quadrature = quadrature_of(basis, 2 * B::degree);
  std::vector<double> mean(size * size);
  for (std::size_t n = 0; n < quadrature.nodes.size(); ++n) {
    auto const phi = values_at(basis, quadrature.nodes[n]);
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) {
        mean[i * size + j] += quadrature.weights[n] * phi[i] * phi[j];
      }
    }
  }
  double scale = 0;
  for (int k = 0; k < B::size; ++k) {
    scale = std::max(scale, std::abs(basis.gram(k, k)));
  }
  for (int i = 0; i < B::size; ++i) {
    for (int j = 0; j < B::size; ++j) {
      report.hold("the Gram matrix equals quadrature(2 * degree)",
                  std::abs(basis.gram(i, j) - mean[static_cast<std::size_t>(i * B::size + j)]), 1e-12 * scale, "entry",
                  i, j);
    }
  }
}

/// E[<grad phi_i, grad phi_j>] by quadrature_of(2 * degree) equals that of a finer quadrature, and constants have no
/// energy.
template <DifferentiableBasis B>
void energy_is_exact(B const& basis, Report& report) {
  std::array<bool, Sample<B>::width> all;
  all.fill(true);
  SmallMatrix const energy = energy_matrix(basis, all);
  SmallMatrix const finer = energy_matrix(basis, all, quadrature_of(basis, 2 * B::degree + 3));
  double const scale = energy.size() > 0 ? energy.cwiseAbs().maxCoeff() : 0;
  for (Index i = 0; i < B::size; ++i) {
    double along = 0;
    double terms = scale;
    for (Index j = 0; j < B::size; ++j) {
      report.hold("the energy matrix is exact by quadrature(2 * degree)", std::abs(energy(i, j) - finer(i, j)),
                  1e-12 * scale, "entry", i, j);
      along += energy(i, j) * basis.constant(static_cast<int>(j));
      terms += std::abs(energy(i, j) * basis.constant(static_cast<int>(j)));
    }
    report.hold("constants have no energy", std::abs(along), 1e-12 * terms, "row", i);
  }
}

/// c^T G c = E (c^T phi)^2 over uniform samples, for some c, within 6 standard deviations.
template <Basis B>
void gram_equals_sampling(B const& basis, Index count, Seed seed, Report& report) {
  double const samples = static_cast<double>(count);
  Random random{seed};
  LocalArray<LocalArray<double, Sample<B>::size>, 8> directions;
  LocalArray<double, 8> first{};
  LocalArray<double, 8> second{};
  for (auto& c : directions) {
    c = normal_vector<Sample<B>::size>(random);
  }
  for (Index n = 0; n < count; ++n) {
    auto const phi = values_at(basis, uniform_point<typename B::Topology>(random));
    for (std::size_t d = 0; d < directions.size(); ++d) {
      double const square = std::pow(dot(directions[d], phi), 2);
      first[d] += square / samples;
      second[d] += square * square / samples;
    }
  }
  for (std::size_t d = 0; d < directions.size(); ++d) {
    auto const& c = directions[d];
    double expected = 0;
    for (int i = 0; i < B::size; ++i) {
      for (int j = 0; j < B::size; ++j) {
        expected += c[static_cast<std::size_t>(i)] * basis.gram(i, j) * c[static_cast<std::size_t>(j)];
      }
    }
    double const variance = std::max(0.0, second[d] - first[d] * first[d]);
    report.hold("the Gram matrix equals means of uniform samples", std::abs(first[d] - expected),
                6 * std::sqrt(variance / samples) + 1e-12 * expected, "direction", d);
  }
}

/// A point rounded to float, as contexts often are, is still a point, and its values agree to float precision.
template <Basis B>
void points_may_come_in_float(B const& basis, Probes<typename B::Topology> const& probes, Report& report) {
  using Space = typename B::Topology;
  for (auto const& p : probes.points()) {
    Sample<B> const here(basis, p);
    auto c = p.coordinates();
    for (double& x : c) {
      x = static_cast<double>(static_cast<float>(x));
    }
    try {
      auto const there = values_at(basis, Point<Space>(c));
      double const step = 1e-7 * std::max(1.0, largest(c)) * static_cast<double>(c.size());
      report.hold("values at points rounded to float agree", largest(sum(there, -1, here.values)),
                  2 * step * here.slope(probes.diameter()), p);
    } catch (std::exception const& e) {
      report.hold_true("values at points rounded to float agree", false, p, e.what());
    }
  }
}

}  // namespace laws

/// Checks a basis against all laws. Returns the violations, one per law with its worst case; empty for a valid basis.
/// Assumes a valid topology, see topology_laws.hpp. The result depends on the seed alone. More uniform samples reveal
/// smaller errors of a Gram matrix.
template <Basis B>
[[nodiscard]] std::vector<Violation> basis_laws(B const& basis, Seed seed, Index samples = 4000) {
  static_assert(B::size >= 1 && B::degree >= 0, "wmanifold: a basis has at least one function and a degree");
  Probes<typename B::Topology> const probes(seed.stream(0));
  Report report;
  laws::sizes_are_as_stated(basis, probes, report);
  laws::support_is_as_stated(basis, probes, report);
  laws::constant_is_in_the_span(basis, probes, report);
  laws::values_are_glued(basis, probes, report);
  if constexpr (SmoothTopology<typename B::Topology>) {
    laws::values_are_continuous(basis, probes, report);
    laws::derivatives_are_slopes(basis, probes, report);
  }
  laws::gram_is_a_metric(basis, report);
  laws::gram_equals_quadrature(basis, report);
  if constexpr (DifferentiableBasis<B>) {
    laws::energy_is_exact(basis, report);
  }
  laws::gram_equals_sampling(basis, samples, seed.stream(1), report);
  laws::points_may_come_in_float(basis, probes, report);
  return report.violations();
}

}  // namespace wmanifold::testing
