#pragma once

#include <wmanifold/metric/change.hpp>
#include <wmanifold/testing/probes.hpp>
#include <wmanifold/testing/report.hpp>

namespace wmanifold::testing {
namespace laws {

/// Values agree everywhere under R = `change`: phi_from(s) = R^T phi_to(s).
template <Basis From, Basis To>
void change_keeps_values(SmallMatrix const& change, From const& from, To const& to,
                         Probes<typename From::Topology> const& probes, Report& report) {
  double const scale = std::max(1.0, change.cwiseAbs().maxCoeff()) * To::size;
  for (auto const& p : probes.points()) {
    auto const phi = values_at(from, p);
    auto const through = values_at(to, p);
    for (Index j = 0; j < From::size; ++j) {
      double value = 0;
      for (Index k = 0; k < To::size; ++k) {
        value += change(k, j) * through[static_cast<std::size_t>(k)];
      }
      report.hold("values agree after a change of basis", std::abs(value - phi[static_cast<std::size_t>(j)]),
                  1e-12 * scale * std::max(1.0, largest(through)), p);
    }
  }
}

/// Gram matrices agree: G_from = R^T G_to R.
template <Basis From, Basis To>
void change_keeps_the_metric(SmallMatrix const& change, From const& from, To const& to, Report& report) {
  SmallMatrix const half = gram_matrix(to) * change;
  SmallMatrix const through = change.transpose() * half;
  report.hold("Gram matrices agree after a change of basis", (through - gram_matrix(from)).cwiseAbs().maxCoeff(),
              1e-12 * To::size * std::max(1.0, change.cwiseAbs().maxCoeff()));
}

/// Constants agree: c_to = R c_from.
template <Basis From, Basis To>
void change_keeps_the_constant(SmallMatrix const& change, From const& from, To const& to, Report& report) {
  // Coefficients of an ill-conditioned basis (Bernstein's of a high degree) are less accurate than values.
  double const allowed = 1e-10 * std::max(1.0, change.cwiseAbs().maxCoeff());
  for (Index k = 0; k < To::size; ++k) {
    double constant = 0;
    for (Index j = 0; j < From::size; ++j) {
      constant += change(k, j) * from.constant(static_cast<int>(j));
    }
    report.hold("constants agree after a change of basis", std::abs(constant - to.constant(static_cast<int>(k))),
                allowed, "coefficient", k);
  }
}

}  // namespace laws

/// Checks two bases, of which `to` contains `from`, against each other. With R = change_of_basis(from, to), values,
/// Gram matrices and constants agree. Throws ArgumentError if `to` does not contain `from`.
template <Basis From, Basis To>
[[nodiscard]] std::vector<Violation> nested_laws(From const& from, To const& to, Seed seed) {
  SmallMatrix const change = change_of_basis(from, to);
  Probes<typename From::Topology> const probes(seed);
  Report report;
  laws::change_keeps_values(change, from, to, probes, report);
  laws::change_keeps_the_metric(change, from, to, report);
  laws::change_keeps_the_constant(change, from, to, report);
  return report.violations();
}

}  // namespace wmanifold::testing
