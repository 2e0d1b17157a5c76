#pragma once

#include <wmanifold/testing/probes.hpp>
#include <wmanifold/testing/report.hpp>

#include <cstdint>
#include <exception>
#include <limits>

namespace wmanifold::testing {

/// The laws of `Topology` and `SmoothTopology`, one function each. Lengths are in units of the coordinates, tangent
/// vectors have the Euclidean norm, and tolerances are relative to the diameter. A topology may have ends, at which
/// `exp` stops.
namespace laws {

/// Allowed rounding error: of angles near a whole turn, of normalised vectors.
inline constexpr double rounding = 1e-12;

/// Points are their own canonical form, and canonical is idempotent.
template <Topology T>
void canonical_keeps_points(Probes<T> const& probes, Report& report) {
  for (auto const& p : probes.points()) {
    try {
      auto const once = T::canonical(p.coordinates());
      report.hold("from_cube and exp land on canonical points", largest(sum(once, -1, p.coordinates())),
                  4e-16 * std::max(1.0, largest(once)), p);
      auto const twice = T::canonical(once);
      report.hold("canonical is idempotent", largest(sum(twice, -1, once)), 4e-16 * std::max(1.0, largest(once)), p);
    } catch (std::exception const& e) {
      report.hold_true("from_cube and exp land on canonical points", false, p, e.what());
    }
  }
}

/// Coordinates with NaN or infinity are refused.
template <Topology T>
void canonical_refuses_what_is_not_finite(Probes<T> const& probes, Report& report) {
  for (std::size_t i = 0; i < Coordinates<T>{}.size(); ++i) {
    for (double const bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity()}) {
      auto c = probes.random().front().coordinates();
      c[i] = bad;
      bool refused = false;
      try {
        static_cast<void>(T::canonical(c));
      } catch (ArgumentError const&) {
        refused = true;
      }
      report.hold_true("canonical refuses what is not finite with an ArgumentError", refused, c);
    }
  }
}

/// Other coordinates of a point name that point.
template <Topology T>
void other_names_name_the_point(Probes<T> const& probes, Report& report) {
  if constexpr (requires(Point<T> p) { T::other_names(p); }) {
    for (auto const& p : probes.points()) {
      for (auto const& c : T::other_names(p)) {
        report.hold_true("other names of a point differ from its own", c != p.coordinates(), p);
        try {
          report.hold("other names of a point are canonically that point", T::distance(Point<T>(c), p),
                      1e-15 * std::max(1.0, largest(c)), p, c);
        } catch (std::exception const& e) {
          report.hold_true("other names of a point are canonically that point", false, p, c, e.what());
        }
      }
    }
  }
}

/// distance is a metric.
template <Topology T>
void distance_is_a_metric(Probes<T> const& probes, Seed seed, Report& report) {
  double const allowed = rounding * probes.diameter();
  auto const& points = probes.points();
  for (auto const& p : points) {
    report.hold("a point has no distance to itself", std::abs(T::distance(p, p)), 1e-15 * probes.diameter(), p);
  }
  probes.each_pair([&](Point<T> const& p, Point<T> const& q) {
    double const d = T::distance(p, q);
    report.hold("distance is symmetric", std::abs(d - T::distance(q, p)), 1e-15 * probes.diameter(), p, q);
    report.hold_true("different points are apart", p == q || d > 0, p, q);
  });
  Random random{seed};
  auto const any = [&]() -> Point<T> const& {
    return points[static_cast<std::size_t>(random.below(static_cast<Index>(points.size())))];
  };
  for (int i = 0; i < 2000; ++i) {
    auto const& p = any();
    auto const& q = any();
    auto const& r = any();
    report.hold("the triangle inequality", T::distance(p, r) - T::distance(p, q) - T::distance(q, r), allowed, p, q, r);
  }
}

/// A smooth bump about `centre`, a third of the diameter wide, as a function to average.
template <Topology T>
[[nodiscard]] double bump(Probes<T> const& probes, Point<T> const& centre, Point<T> const& p) {
  double const d = probes.diameter() > 0 ? 3 * T::distance(centre, p) / probes.diameter() : 0;
  return std::exp(-d * d);
}

/// The mean of a bump by a quadrature.
template <Topology T>
[[nodiscard]] double bump_mean(Probes<T> const& probes, Point<T> const& centre, Quadrature<T> const& quadrature) {
  double mean = 0;
  for (std::size_t i = 0; i < std::min(quadrature.nodes.size(), quadrature.weights.size()); ++i) {
    mean += quadrature.weights[i] * bump(probes, centre, quadrature.nodes[i]);
  }
  return mean;
}

/// The largest degree, at most 32, whose quadrature is affordable in T's dimension.
template <Topology T>
[[nodiscard]] int affordable_degree() {
  int degree = 32;
  while (degree > 0 && std::pow(degree + 1, T::dimension) > 40000) {
    --degree;
  }
  return degree;
}

/// Symmetries preserve distances and means.
template <Topology T>
void symmetries_keep_distances_and_means(Probes<T> const& probes, Report& report) {
  if constexpr (requires(Point<T> p) { T::symmetries(p); }) {
    double const allowed = rounding * probes.diameter();
    probes.each_pair([&](Point<T> const& p, Point<T> const& q) {
      auto const of_p = T::symmetries(p);
      auto const of_q = T::symmetries(q);
      for (std::size_t i = 0; i < of_p.size(); ++i) {
        report.hold("symmetries keep distances", std::abs(T::distance(of_p[i], of_q[i]) - T::distance(p, q)), allowed,
                    "symmetry", i, "of", p, q);
      }
    });
    constexpr double cut_locus = 1e-5;  // a bump has a kink opposite its centre, where it is e^-9
    auto const fine = T::quadrature(affordable_degree<T>());
    auto const coarse = T::quadrature(affordable_degree<T>() / 2);
    for (auto const& centre : std::span(probes.random()).first(4)) {
      double const mean = bump_mean(probes, centre, fine);
      double const error = std::abs(mean - bump_mean(probes, centre, coarse));
      auto const images = T::symmetries(centre);
      for (std::size_t i = 0; i < images.size(); ++i) {
        double const there = bump_mean(probes, images[i], fine);
        double const error_there = std::abs(there - bump_mean(probes, images[i], coarse));
        report.hold("symmetries keep means", std::abs(there - mean), 4 * (error + error_there) + cut_locus, "symmetry",
                    i, "of", centre);
      }
    }
  }
}

/// The distance of close points has a small relative error; one by an arc cosine, for example, has not.
template <SmoothTopology T>
void distance_is_accurate_nearby(Probes<T> const& probes, Report& report) {
  for (auto const& p : probes.points()) {
    for (auto const& e : tangent_frame(p)) {
      if (probes.walks(p, scaled(1e-3 * probes.diameter(), e))) {
        double const step = 1e-8 * probes.diameter();
        double const d = T::distance(p, T::exp(p, scaled(step, e)));
        report.hold("distances of close points are accurate", std::abs(d - step), 1e-6 * step, p, e);
      }
    }
  }
}

/// tangent is the orthogonal projection onto a space of T's dimension.
template <SmoothTopology T>
void tangent_is_a_projection(Probes<T> const& probes, Seed seed, Report& report) {
  constexpr std::size_t n = static_cast<std::size_t>(T::coordinates);
  Random random{seed};
  for (auto const& p : probes.points()) {
    double rank = 0;  // the trace of a projection
    for (std::size_t i = 0; i < n; ++i) {
      Coordinates<T> axis{};
      axis[i] = 1;
      rank += T::tangent(p, axis)[i];
    }
    report.hold("the tangent space has the topology's dimension", std::abs(rank - T::dimension), rounding, p);
    auto const u = normal_vector<n>(random);
    auto const v = normal_vector<n>(random);
    auto const tu = T::tangent(p, u);
    auto const tv = T::tangent(p, v);
    double const allowed = rounding * (1 + norm(u)) * (1 + norm(v));
    report.hold("tangent is idempotent", largest(sum(T::tangent(p, tu), -1, tu)), allowed, p, u);
    report.hold("tangent is linear", largest(sum(T::tangent(p, sum(u, -0.3, v)), -1, sum(tu, -0.3, tv))), allowed, p, u,
                v);
    report.hold("tangent is an orthogonal projection", std::abs(dot(tu, v) - dot(u, tv)), allowed, p, u, v);
  }
}

/// log(p, q) is a tangent vector at p that leads to q and is as long as their distance; between opposite points, too.
template <SmoothTopology T>
void log_leads_to_the_other_point(Probes<T> const& probes, Report& report) {
  double const allowed = rounding * probes.diameter();
  probes.each_pair([&](Point<T> const& p, Point<T> const& q) {
    auto const v = T::log(p, q);
    report.hold("log is tangent", largest(sum(T::tangent(p, v), -1, v)), allowed, p, q);
    report.hold("log is as long as the distance", std::abs(norm(v) - T::distance(p, q)), allowed, p, q);
    report.hold("exp(p, log(p, q)) = q", T::distance(T::exp(p, v), q), allowed, p, q);
  });
}

/// log(p, exp(p, v)) = v if v is a shortest geodesic. Short geodesics are shortest in at least one direction (an
/// interval may end in the other one).
template <SmoothTopology T>
void log_inverts_exp(Probes<T> const& probes, Report& report) {
  double const diameter = probes.diameter();
  auto const hold = [&](Point<T> const& p, Coordinates<T> const& v) {
    bool const walks = probes.walks(p, v);
    if (walks) {
      auto const error = sum(T::log(p, T::exp(p, v)), -1, v);
      report.hold("log(p, exp(p, v)) = v", largest(error), rounding * diameter, p, v);
    }
    return walks;
  };
  for (auto const& p : probes.points()) {
    for (auto const& e : tangent_frame(p)) {
      for (double const part : {1e-6, 1e-3, 0.1, 0.4}) {
        hold(p, scaled(part * diameter, e));
        hold(p, scaled(-part * diameter, e));
      }
    }
  }
  for (auto const& p : probes.random()) {
    for (auto const& e : tangent_frame(p)) {
      bool const there = hold(p, scaled(1e-5 * diameter, e));
      bool const back = hold(p, scaled(-1e-5 * diameter, e));
      report.hold_true("short ways are shortest", there || back, p, e);
    }
  }
}

/// t -> exp(p, t log(p, q)) has constant speed; so distance(p, exp(p, h v)) = h |v| + o(h).
template <SmoothTopology T>
void exp_runs_at_constant_speed(Probes<T> const& probes, Report& report) {
  double const allowed = rounding * probes.diameter();
  probes.each_pair([&](Point<T> const& p, Point<T> const& q) {
    auto const v = T::log(p, q);
    double const d = T::distance(p, q);
    auto const at = [&](double t) { return T::exp(p, scaled(t, v)); };
    for (double const t : {0.25, 0.5, 0.75}) {
      report.hold("exp runs at constant speed", std::abs(T::distance(p, at(t)) - t * d), allowed, p, q, t);
    }
    report.hold("exp runs along a shortest way", std::abs(T::distance(at(0.25), at(0.75)) - 0.5 * d), allowed, p, q);
  });
}

/// exp stays on T for any length: it goes round, or stops at an end.
template <SmoothTopology T>
void exp_stays_on_the_topology(Probes<T> const& probes, Seed seed, Report& report) {
  Random random{seed};
  for (auto const& p : probes.points()) {
    report.hold("exp(p, 0) = p", T::distance(T::exp(p, {}), p), 1e-15 * probes.diameter(), p);
    for (double const part : {0.5, 3.0, 100.0}) {
      constexpr std::size_t n = static_cast<std::size_t>(T::coordinates);
      auto const v = T::tangent(p, scaled(part * probes.diameter(), normal_vector<n>(random)));
      auto const q = T::exp(p, v);
      try {
        report.hold("exp stays on the topology", largest(sum(T::canonical(q.coordinates()), -1, q.coordinates())),
                    4e-16 * std::max(1.0, largest(q.coordinates())), p, v);
      } catch (std::exception const& e) {
        report.hold_true("exp stays on the topology", false, p, v, e.what());
      }
    }
  }
}

/// Weights are positive and sum to 1, nodes are canonical.
template <Topology T>
void quadrature_is_a_mean(Report& report) {
  for (int degree = 0; degree <= std::min(12, affordable_degree<T>()); ++degree) {
    auto const quadrature = T::quadrature(degree);
    report.hold_true("quadrature has a weight per node",
                     quadrature.nodes.size() == quadrature.weights.size() && !quadrature.nodes.empty(), degree);
    double sum_of_weights = 0;
    for (double const w : quadrature.weights) {
      report.hold_true("quadrature weights are positive", w > 0, degree, w);
      sum_of_weights += w;
    }
    report.hold("quadrature weights sum to 1", std::abs(sum_of_weights - 1), 1e-12, degree);
    for (auto const& node : quadrature.nodes) {
      try {
        auto const c = T::canonical(node.coordinates());
        report.hold("quadrature nodes are canonical", largest(sum(c, -1, node.coordinates())),
                    4e-16 * std::max(1.0, largest(c)), degree, node);
      } catch (std::exception const& e) {
        report.hold_true("quadrature nodes are canonical", false, degree, node, e.what());
      }
    }
  }
}

/// Quadratures of growing degree converge. Exactness up to a degree is a law of bases (basis_laws.hpp), as it needs
/// their functions.
template <Topology T>
void quadrature_converges(Probes<T> const& probes, Report& report) {
  int const degree = affordable_degree<T>();
  auto const fine = T::quadrature(degree);
  auto const middle = T::quadrature(degree / 2);
  auto const coarse = T::quadrature(degree / 8);
  double error = 0;
  double coarse_error = 0;
  for (auto const& centre : probes.random()) {
    double const limit = bump_mean(probes, centre, fine);
    error += std::abs(bump_mean(probes, centre, middle) - limit);
    coarse_error += std::abs(bump_mean(probes, centre, coarse) - limit);
  }
  report.hold("quadratures of growing degree converge", error, 0.25 * coarse_error + rounding, degree);
}

/// from_cube maps the uniform measure to the one that quadrature integrates. Means of smooth functions agree within 5
/// standard deviations of Monte Carlo and the error of the quadrature.
template <Topology T>
void from_cube_preserves_measure(Probes<T> const& probes, Seed seed, Report& report) {
  constexpr Index samples = 20000;
  Random random{seed};
  auto const points = uniform_points<T>(samples, random);
  auto const fine = T::quadrature(affordable_degree<T>());
  auto const coarse = T::quadrature(affordable_degree<T>() / 2);
  for (std::size_t c = 0; c < 8; ++c) {
    auto const& centre = probes.random()[c];
    double first = 0;
    double second = 0;
    for (auto const& p : points) {
      double const f = bump(probes, centre, p);
      first += f;
      second += f * f;
    }
    double const mean = first / samples;
    double const variance = std::max(0.0, second / samples - mean * mean);
    double const expected = bump_mean(probes, centre, fine);
    report.hold("from_cube carries the uniform measure to quadrature's", std::abs(mean - expected),
                5 * std::sqrt(variance / samples) + std::abs(expected - bump_mean(probes, centre, coarse)) + rounding,
                centre);
  }
}

}  // namespace laws

/// Checks topology T against all laws. Returns the violations, one per law with its worst case; empty for a valid
/// topology. Takes some tens of milliseconds. The result depends on the seed alone.
template <Topology T>
[[nodiscard]] std::vector<Violation> topology_laws(Seed seed) {
  static_assert(T::dimension >= 0 && T::dimension <= T::coordinates,
                "wmanifold: a topology has at least as many coordinates as dimensions");
  Probes<T> const probes(seed.stream(0));
  Report report;
  laws::canonical_keeps_points(probes, report);
  laws::canonical_refuses_what_is_not_finite(probes, report);
  laws::other_names_name_the_point(probes, report);
  laws::distance_is_a_metric(probes, seed.stream(1), report);
  laws::symmetries_keep_distances_and_means(probes, report);
  if constexpr (SmoothTopology<T>) {
    laws::distance_is_accurate_nearby(probes, report);
    laws::tangent_is_a_projection(probes, seed.stream(2), report);
    laws::log_leads_to_the_other_point(probes, report);
    laws::log_inverts_exp(probes, report);
    laws::exp_runs_at_constant_speed(probes, report);
    laws::exp_stays_on_the_topology(probes, seed.stream(3), report);
  }
  laws::quadrature_is_a_mean<T>(report);
  laws::quadrature_converges(probes, report);
  laws::from_cube_preserves_measure(probes, seed.stream(4), report);
  return report.violations();
}

}  // namespace wmanifold::testing
