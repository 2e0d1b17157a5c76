#pragma once

#include <wmanifold/basis/metric.hpp>
#include <wmanifold/basis/step_price.hpp>
#include <wmanifold/flow/low_rank_metric.hpp>
#include <wmanifold/kernel/descend.hpp>
#include <wmanifold/manifold/manifold.hpp>

namespace wmanifold {

namespace detail {

/// The entries of a K x K matrix that are not zero, in R.
template <Real R>
class MatrixEntries {
 public:
  MatrixEntries() = default;
  explicit MatrixEntries(SmallMatrix const& m) { assign(m); }

  /// Allocates only where the matrix is larger than those before.
  void assign(SmallMatrix const& m) {
    auto const all = static_cast<std::size_t>(m.size());
    columns_.reserve(all);
    values_.reserve(all);
    columns_.clear();
    values_.clear();
    starts_.assign(1, 0);
    norm_ = 0;
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
  /// How far the largest number of a vector can grow: the largest sum of a row.
  [[nodiscard]] double norm() const noexcept { return norm_; }

 private:
  std::vector<Index> starts_{0};
  std::vector<Index> columns_;
  std::vector<R> values_;
  double norm_ = 0;
};

/// Has a stack low-rank layers? `where` holds for some, for all: known from the types, or neither.
template <class Stack>
[[nodiscard]] constexpr bool may_have_low_rank(bool should) {
  if constexpr (Stack::is_static) {
    Stack const stack;
    bool any = false;
    for (Index l = 0; l < stack.depth(); ++l) {
      any = any || stack.dense(l).placement == Placement::low_rank;
    }
    return any == should;
  } else {
    return true;
  }
}

}  // namespace detail

/// How far a manifold of weights moves when its parameters do: the metric E_s || dM(s) ||^2 at the model's parameters
/// (equations 4 and 12), layer by layer. Rows on the manifold move by G, what all contexts share by itself, a low-rank
/// layer by E_s J(s)^T J(s).
template <class Model>
class MovementMetric {
 public:
  using R = typename Model::Scalar;
  /// Of a flow that is told none.
  static constexpr double default_stiffness = wmanifold::default_stiffness;
  /// What the types tell: may the metric stay as it is when parameters move, may it change?
  static constexpr bool may_stand_still = detail::may_have_low_rank<typename Model::Stack>(false);
  static constexpr bool may_change = detail::may_have_low_rank<typename Model::Stack>(true);

  /// The memory of low-rank layers, one each. It belongs to the caller; with it, nothing is allocated after the first
  /// time.
  using Scratch = std::vector<detail::LowRankMetric>;

  /// `stiffness` is that of the price of a step (step_price); ArgumentError where it is negative or not finite.
  explicit MovementMetric(Model const& model, double stiffness = 0)
      : metric_(model.basis()), price_(step_price(model.basis(), stiffness)), rise_(price_.inverse()) {
    SmallMatrix centre(model.rows(), 1);
    for (int k = 0; k < model.rows(); ++k) {
      centre(k, 0) = model.basis().constant(k);
    }
    mean_ = metric_.gram() * centre;
    // H = C C^T and Q = C^T P: gradients in Q are C^-1 grad, steps in P are C^-T dQ.
    SmallMatrix const whiten = detail::inverse_of_lower(price_.cholesky());
    whiten_.assign(whiten);
    unwhiten_.assign(whiten.transpose());
    root_.assign(metric_.cholesky().transpose());
    longest_ = detail::MatrixEntries<R>(detail::inverse_of_lower(metric_.cholesky()).transpose()).norm();
  }

  /// The inner product of two steps: E_s <dM_a(s), dM_b(s)>.
  template <class T = HostTarget>
  [[nodiscard]] double inner(Model const& model, Parameters<R> const& a, Parameters<R> const& b,
                             Scratch& scratch) const {
    double sum =
        kernel::metric_product<T, R>(metric_.gram().data(), a.rows(), a.stride(), a.columns(), a.data(), b.data());
    for (std::size_t n = 0; n < a.shared().size(); ++n) {
      sum += static_cast<double>(a.shared()[n]) * static_cast<double>(b.shared()[n]);
    }
    for_each_low_rank(model, metric_, scratch, [&](DenseShape const& shape, detail::LowRankMetric& layer) {
      // What the two sums above took for this layer is not its metric.
      load(layer.given, shape, a);
      load(layer.other, shape, b);
      sum += layer.excess(layer.given, layer.other);
    });
    return sum;
  }
  template <class T = HostTarget>
  [[nodiscard]] double inner(Model const& model, Parameters<R> const& a, Parameters<R> const& b) const {
    Scratch scratch;
    return inner<T>(model, a, b, scratch);
  }

  /// sqrt(E_s || dM(s) ||^2) over all weights and biases.
  template <class T = HostTarget>
  [[nodiscard]] double movement(Model const& model, Parameters<R> const& step, Scratch& scratch) const {
    return std::sqrt(std::max(inner<T>(model, step, step, scratch), 0.0));
  }
  template <class T = HostTarget>
  [[nodiscard]] double movement(Model const& model, Parameters<R> const& step) const {
    Scratch scratch;
    return movement<T>(model, step, scratch);
  }

  /// to = H^-1 gradient: the direction in which the loss rises most for its price (equation 5). Where the metric of a
  /// low-rank layer is singular, the shortest solution. `to` is another block.
  template <class T = HostTarget>
  void rise(Model const& model, Parameters<R> const& gradient, Parameters<R>& to, Scratch& scratch) const {
    in_rows<T>(rise_, gradient, to);
    for_each_low_rank(model, price_, scratch, [&](DenseShape const& shape, detail::LowRankMetric& layer) {
      load(layer.given, shape, gradient);
      layer.solve(layer.given, tolerance)
          .store(detail::low_rank_parts<R>(shape, to.data(), to.stride(), to.shared().data()));
    });
  }
  template <class T = HostTarget>
  void rise(Model const& model, Parameters<R> const& gradient, Parameters<R>& to) const {
    Scratch scratch;
    rise<T>(model, gradient, to, scratch);
  }

  /// Does the metric stay as it is when parameters move? Not with low-rank layers.
  [[nodiscard]] static bool stands_still(Model const& model) noexcept {
    for (Index l = 0; l < model.stack().depth(); ++l) {
      if (model.stack().dense(l).placement == Placement::low_rank) {
        return false;
      }
    }
    return true;
  }

  /// Where it does: gradients in whitened coordinates, and steps back from them, into another block.
  template <class T = HostTarget>
  void whiten(Parameters<R> const& gradient, Parameters<R>& to) const {
    in_rows<T>(whiten_, gradient, to);
  }
  template <class T = HostTarget>
  void unwhiten(Parameters<R> const& step, Parameters<R>& to) const {
    in_rows<T>(unwhiten_, step, to);
  }

  /// And the matrices of a step: H^-1, C^-1 and C^-T for H = C C^T, C^T for G = C C^T.
  [[nodiscard]] detail::MatrixEntries<R> const& rise_entries() const noexcept { return rise_; }
  [[nodiscard]] detail::MatrixEntries<R> const& whiten_entries() const noexcept { return whiten_; }
  [[nodiscard]] detail::MatrixEntries<R> const& unwhiten_entries() const noexcept { return unwhiten_; }
  [[nodiscard]] detail::MatrixEntries<R> const& root_entries() const noexcept { return root_; }
  /// No number of a step that moves the manifold by 1 exceeds this.
  [[nodiscard]] double longest() const noexcept { return std::max(longest_, 1.0); }

 private:
  static constexpr double tolerance = std::max(1e-10, 100.0 * std::numeric_limits<R>::epsilon());

  template <class T>
  static void in_rows(detail::MatrixEntries<R> const& matrix, Parameters<R> const& from, Parameters<R>& to) {
    kernel::combine_rows<T, R>(matrix.rows(), from.stride(), from.stride(), from.data(), to.data());
    std::copy(from.shared().begin(), from.shared().end(), to.shared().begin());
  }

  /// Calls body(shape, metric at the model's parameters) for each that is not frozen.
  template <class Body>
  void for_each_low_rank(Model const& model, Metric const& metric, Scratch& scratch, Body const& body) const {
    if constexpr (may_change) {
      scratch.resize(static_cast<std::size_t>(model.stack().depth()));
      for (Index l = 0; l < model.stack().depth(); ++l) {
        DenseShape const& shape = model.stack().dense(l);
        if (shape.placement == Placement::low_rank && !model.is_frozen(l)) {
          auto& layer = scratch[static_cast<std::size_t>(l)];
          load(layer.at, shape, model.parameters());
          layer.prepare(metric.gram(), mean_);
          body(shape, layer);
        }
      }
    }
  }
  static void load(detail::LowRankStep& to, DenseShape const& shape, Parameters<R> const& block) {
    to.load(shape, block.rows(),
            detail::low_rank_parts<R const>(shape, block.data(), block.stride(), block.shared().data()));
  }

  Metric metric_;
  Metric price_;
  SmallMatrix mean_;  // E phi, whatever the price: constants do not bend
  detail::MatrixEntries<R> rise_;
  detail::MatrixEntries<R> whiten_;
  detail::MatrixEntries<R> unwhiten_;
  detail::MatrixEntries<R> root_;
  double longest_ = 0;
};

}  // namespace wmanifold
