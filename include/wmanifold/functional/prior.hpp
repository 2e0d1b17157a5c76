#pragma once

#include <wmanifold/core/symmetric.hpp>
#include <wmanifold/kernel/optimiser/descent.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/metric/energy.hpp>

#include <span>

namespace wmanifold {

namespace detail {

inline void check_strengths(double weight_decay, double energy) {
  for (double const strength : {weight_decay, energy}) {
    if (!(is_finite(strength) && strength >= 0)) [[unlikely]] {
      fail("prior: expected a strength of at least 0, got ", strength);
    }
  }
}

}  // namespace detail

/// The terms that an objective adds to the loss of a manifold (equations 10 and 11):
///
///     weight_decay / 2 E_s ||M(s)||^2 + energy / 2 E_s ||dM/ds||^2 = 1/2 trace(P^T (weight_decay G + energy E) P)
///
/// over rows on the manifold, and weight_decay / 2 ||w||^2 over the shared part; of a low-rank layer, over its parts.
/// The prior is the same in every basis, unlike ||P||^2. Frozen layers count in neither value nor gradient.
template <class Model>
class Prior {
  using R = typename Model::Scalar;

 public:
  /// A prior of these strengths. Throws ArgumentError for a strength that is negative or not finite, and for an energy
  /// over discrete contexts.
  Prior(Model const& model, double weight_decay, double energy) : weight_decay_(weight_decay) {
    detail::check_strengths(weight_decay, energy);
    require_parameters(model.parameters());
    if (weight_decay > 0 || energy > 0) {
      matrix_ = detail::zero_matrix(model.basis_size(), model.basis_size());
      detail::add_scaled(weight_decay, gram_matrix(model.basis()), matrix_);
      if constexpr (DifferentiableBasis<typename Model::Basis>) {
        detail::add_scaled(energy, energy_matrix(model.basis()), matrix_);
      } else if (energy > 0) {
        fail("prior: expected no energy on ", Model::Topology::name(), ", got ", energy,
             "; leave it at 0, as discrete contexts have no derivatives");
      }
    }
  }

  /// Returns whether both strengths are 0.
  [[nodiscard]] bool empty() const noexcept { return matrix_.size() == 0; }

  /// Value at the model's parameters.
  [[nodiscard]] double value(Model const& model) const {
    double sum = 0;
    for_each_layer(model, [&](DenseLayout const& shape) {
      double of_rows = 0;
      for (Index k = 0; k < matrix_.rows(); ++k) {
        for (Index j = 0; j < matrix_.cols(); ++j) {
          of_rows += matrix_(k, j) * dot(rows_of(shape, model.parameters(), k), rows_of(shape, model.parameters(), j));
        }
      }
      auto const shared = shared_of(shape, model.parameters());
      sum += 0.5 * of_rows + 0.5 * weight_decay_ * dot(shared, shared);
    });
    return sum;
  }

  /// Adds the derivative of the value to `gradient`.
  void add_gradient(Model const& model, Parameters<R>& gradient) const {
    for_each_layer(model, [&](DenseLayout const& shape) {
      for (Index k = 0; k < matrix_.rows(); ++k) {
        for (Index j = 0; j < matrix_.cols(); ++j) {
          add_scaled(matrix_(k, j), rows_of(shape, model.parameters(), j), rows_of(shape, gradient, k));
        }
      }
      add_scaled(weight_decay_, shared_of(shape, model.parameters()), shared_of(shape, gradient));
    });
  }

 private:
  /// Calls body(shape) for each layer that is not frozen, unless the prior is empty.
  template <class Body>
  void for_each_layer(Model const& model, Body const& body) const {
    if (empty()) {
      return;
    }
    require_parameters(model.parameters());
    for (Index l = 0; l < model.stack().depth(); ++l) {
      if (!model.is_frozen(l)) {
        body(model.stack().dense(l));
      }
    }
  }
  /// The numbers of a layer in row k.
  template <class Block>
  static auto rows_of(DenseLayout const& shape, Block& block, Index k) {
    return std::span(block.row(k))
        .subspan(static_cast<std::size_t>(shape.row_offset), static_cast<std::size_t>(shape.row_size()));
  }
  /// The numbers of a layer in the shared part.
  template <class Block>
  static auto shared_of(DenseLayout const& shape, Block& block) {
    return std::span(block.shared())
        .subspan(static_cast<std::size_t>(shape.shared_offset), static_cast<std::size_t>(shape.shared_size()));
  }
  static double dot(std::span<R const> a, std::span<R const> b) noexcept {
    double sum = 0;
    for (std::size_t n = 0; n < a.size(); ++n) {
      sum += static_cast<double>(a[n]) * static_cast<double>(b[n]);
    }
    return sum;
  }
  [[gnu::noinline]] static void add_scaled(double factor, std::span<R const> from, std::span<R> to) noexcept {
    if (factor != 0) {
      auto const count = static_cast<Index>(from.size());
      kernel::add_scaled<HostTarget, R>(static_cast<R>(factor), count, from.data(), to.data());
    }
  }

  double weight_decay_;
  SmallMatrix matrix_;
};

}  // namespace wmanifold
