#pragma once

#include <wmanifold/kernel/optimiser/descent.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/metric/metric.hpp>
#include <wmanifold/metric/step_price.hpp>

namespace wmanifold {

namespace detail {

/// The non-zero entries of a K x K matrix, in R.
template <Real R>
class MatrixEntries {
 public:
  MatrixEntries() = default;
  explicit MatrixEntries(SmallMatrix const& m) {
    for (Index i = 0; i < m.rows(); ++i) {
      double sum = 0;
      for (Index j = 0; j < m.cols(); ++j) {
        if (m(i, j) != 0) {
          columns_.push_back(j);
          values_.push_back(static_cast<R>(m(i, j)));
        }
        sum += std::abs(m(i, j));
      }
      starts_.push_back(static_cast<Index>(values_.size()));
      norm_ = is_nan(sum) || sum > norm_ ? sum : norm_;
    }
  }

  [[nodiscard]] kernel::SparseRows<R> rows() const noexcept {
    return {std::ssize(starts_) - 1, starts_.data(), columns_.data(), values_.data()};
  }
  /// Largest absolute row sum: the bound by which a product can increase the largest number of a vector.
  [[nodiscard]] double norm() const noexcept { return norm_; }

 private:
  std::vector<Index> starts_{0};
  std::vector<Index> columns_;
  std::vector<R> values_;
  double norm_ = 0;
};

}  // namespace detail

/// The movement of a manifold of weights under a step of its parameters. There is one metric per model, constant while
/// the parameters change. Rows move by G, the shared part by the identity:
///
///     movement(dP)^2 = trace(dP^T G dP) + ||dS||^2      (equations 4 and 13)
///
/// For dense layers, on the manifold or shared, this is E_s || dM(s) ||^2. For a low-rank layer it is the movement of
/// its rows A^T and of its shared W_0, U and V, not that of the weights W_0 + U diag(A phi(s)) V^T.
template <class Model>
class MovementMetric {
 public:
  using R = typename Model::Scalar;  ///< type of the numbers
  /// Stiffness of a flow without that option.
  static constexpr double default_stiffness = wmanifold::default_stiffness;

  /// A metric of this model. `stiffness` belongs to the price of a step (step_price). Throws ArgumentError for one that
  /// is negative or not finite.
  explicit MovementMetric(Model const& model, double stiffness = 0) : metric_(model.basis()) {
    Metric const price(step_price(model.basis(), stiffness));
    preconditioner_ = Entries(price.inverse());
    // H = C C^T and Q = C^T P: gradients in Q are C^-1 grad, steps in P are C^-T dQ.
    SmallMatrix const whiten = detail::inverse_of_lower(price.cholesky());
    whiten_ = Entries(whiten);
    unwhiten_ = Entries(detail::transposed(whiten));
    root_ = Entries(detail::transposed(metric_.cholesky()));
  }

  /// The inner product of two steps.
  template <class T = HostTarget>
  [[nodiscard]] double inner(Model const&, Parameters<R> const& a, Parameters<R> const& b) const {
    double sum =
        kernel::metric_product<T, R>(metric_.gram().data(), a.rows(), a.stride(), a.columns(), a.data(), b.data());
    for (std::size_t n = 0; n < a.shared().size(); ++n) {
      sum += static_cast<double>(a.shared()[n]) * static_cast<double>(b.shared()[n]);
    }
    return sum;
  }

  /// The movement of the manifold under a step.
  template <class T = HostTarget>
  [[nodiscard]] double movement(Model const& model, Parameters<R> const& step) const {
    return std::sqrt(std::max(inner<T>(model, step, step), 0.0));
  }

  /// to = H^-1 gradient: the direction of the steepest rise of the loss for its price (equation 5). `to` is another
  /// block.
  template <class T = HostTarget>
  void precondition(Model const&, Parameters<R> const& gradient, Parameters<R>& to) const {
    in_rows<T>(preconditioner_, gradient, to);
  }

  /// Writes a gradient in whitened coordinates to another block.
  template <class T = HostTarget>
  void whiten(Parameters<R> const& gradient, Parameters<R>& to) const {
    in_rows<T>(whiten_, gradient, to);
  }
  /// Writes a step from whitened coordinates back to another block.
  template <class T = HostTarget>
  void unwhiten(Parameters<R> const& step, Parameters<R>& to) const {
    in_rows<T>(unwhiten_, step, to);
  }

  /// Entries of H^-1.
  [[nodiscard]] detail::MatrixEntries<R> const& preconditioner_entries() const noexcept { return preconditioner_; }
  /// Entries of C^-1, H = C C^T.
  [[nodiscard]] detail::MatrixEntries<R> const& whiten_entries() const noexcept { return whiten_; }
  /// Entries of C^-T, H = C C^T.
  [[nodiscard]] detail::MatrixEntries<R> const& unwhiten_entries() const noexcept { return unwhiten_; }
  /// Entries of C^T, G = C C^T.
  [[nodiscard]] detail::MatrixEntries<R> const& root_entries() const noexcept { return root_; }

 private:
  using Entries = detail::MatrixEntries<R>;

  template <class T>
  static void in_rows(Entries const& matrix, Parameters<R> const& from, Parameters<R>& to) {
    kernel::combine_rows<T, R>(matrix.rows(), from.stride(), from.stride(), from.data(), to.data());
    std::copy(from.shared().begin(), from.shared().end(), to.shared().begin());
  }

  Metric metric_;
  Entries preconditioner_;
  Entries whiten_;
  Entries unwhiten_;
  Entries root_;
};

}  // namespace wmanifold
