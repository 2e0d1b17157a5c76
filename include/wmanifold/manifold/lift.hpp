#pragma once

#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/metric/change.hpp>

namespace wmanifold {

namespace detail {

/// to.row(j) = sum_k change(j, k) from(k), summed in double.
template <Real R, class RowOf>
void recombine(SmallMatrix const& change, RowOf const& from, Parameters<R>& to) {
  std::vector<double> sums(static_cast<std::size_t>(to.columns()));
  for (Index j = 0; j < change.rows(); ++j) {
    std::fill(sums.begin(), sums.end(), 0.0);
    for (Index k = 0; k < change.cols(); ++k) {
      if (double const factor = change(j, k); factor != 0) {
        auto const row = from(k);
        for (std::size_t n = 0; n < sums.size(); ++n) {
          sums[n] += factor * static_cast<double>(row[n]);
        }
      }
    }
    std::transform(sums.begin(), sums.end(), to.row(j).begin(), [](double x) { return static_cast<R>(x); });
  }
}

/// The manifold of `basis` whose rows are `change` times those of another, with its shared part and frozen layers.
template <Basis To, Real R, Basis From, class... Layers>
[[nodiscard]] BasicManifold<R, To, Layers...> recombined(BasicManifold<R, From, Layers...> const& manifold,
                                                         SmallMatrix const& change, To basis) {
  require_parameters(manifold.parameters());
  BasicManifold<R, To, Layers...> result(zeros, std::move(basis), manifold.stack());
  recombine(
      change, [&](Index k) { return manifold.parameters().row(k); }, result.parameters());
  std::copy(manifold.parameters().shared().begin(), manifold.parameters().shared().end(),
            result.parameters().shared().begin());
  for (Index l = 0; l < manifold.stack().depth(); ++l) {
    if (manifold.is_frozen(l)) {
      result.freeze(l);
    }
  }
  return result;
}

}  // namespace detail

/// The manifold that is `network` at every context: a trained plain network becomes the centre.
template <Basis B, Real R, class... Layers>
[[nodiscard]] BasicManifold<R, B, Layers...> lift(BasicNetwork<R, Layers...> const& network, B basis = {}) {
  static_cast<void>(network.weight(0));  // throws for a network that was moved from
  SmallMatrix const centre =
      SmallMatrix::NullaryExpr(B::size, 1, [&](Index k) { return basis.constant(static_cast<int>(k)); });
  BasicManifold<R, B, Layers...> manifold(zeros, std::move(basis), network.stack());
  detail::recombine(
      centre, [&](Index) { return network.parameters(); }, manifold.parameters());
  return manifold;
}

/// The same manifold of weights in a basis that contains its own: a higher order, or other coordinates. Frozen layers
/// stay frozen. Throws ArgumentError if the new basis does not contain the old one.
template <Basis To, Real R, Basis From, class... Layers>
[[nodiscard]] BasicManifold<R, To, Layers...> rewrite(BasicManifold<R, From, Layers...> const& manifold,
                                                      To basis = {}) {
  require_parameters(manifold.parameters());
  auto const change = change_of_basis(manifold.basis(), basis);
  return detail::recombined(manifold, change, std::move(basis));
}

}  // namespace wmanifold
