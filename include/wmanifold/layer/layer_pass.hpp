#pragma once

#include <wmanifold/kernel/seam.hpp>
#include <wmanifold/layer/low_rank.hpp>
#include <wmanifold/layer/stack.hpp>
#include <wmanifold/layer/workspace.hpp>

namespace wmanifold {

/// The parameters of a stack: K rows, `stride` apart, and what all contexts share.
template <class R>
struct ParametersView {
  R* data;
  Index rows;
  Index stride;
  R* shared = nullptr;
  bool row_per_group = false;  ///< nothing is mixed: row g is the network of group g (without groups, of sample g)
};

namespace detail {

/// One layer on its way through a batch: where its parameters and inputs are, and how they are mixed (work.plan).
template <class T, Real R>
class LayerPass {
 public:
  LayerPass(DenseShape const& shape, ParametersView<R const> parameters, bool plain, Index l,
            kernel::Samples<R const> x, Workspace<R>& work)
      : shape_(shape),
        parameters_(parameters),
        rows_(shape.placement == Placement::shared
                  ? kernel::DenseRows<R>{parameters.shared + shape.shared_offset, 1, 0, shape.inputs, shape.outputs}
                  : kernel::DenseRows<R>{parameters.data + shape.row_offset, parameters.rows, parameters.stride,
                                         shape.inputs, shape.outputs}),
        coefficients_(plain || shape.placement == Placement::shared ? nullptr : work.coefficients.data()),
        grouped_(coefficients_ != nullptr && work.plan.mixing == Mixing::by_groups),
        l_(l),
        x_(x),
        work_(work) {}

  void forward(R* y, kernel::WhenDone done) {
    kernel::Samples<R> const to{y, shape_.outputs};
    if (shape_.placement == Placement::low_rank) {
      low_rank_forward<T, R>(shape_, parts(), coefficients_, parameters_.rows, x_, y, trace(), work_);
      done({0, work_.samples}, {0, shape_.outputs});
    } else if (parameters_.row_per_group) {
      for_each_network([&](Index g, Index begin, Index end) {
        kernel::dense_forward<T, R>(network(g), nullptr, end - begin, from(x_, begin), from(to, begin));
      });
      done({0, work_.samples}, {0, shape_.outputs});
    } else if (grouped_) {
      kernel::grouped_forward<T, R>(rows_, groups(), x_, to, scratch(), done);
    } else {
      kernel::dense_forward<T, R>(rows_, coefficients_, work_.samples, x_, to, done);
    }
  }

  /// Gradients: of the parameters unless frozen; where not null of the inputs, times `slope` where that is not null,
  /// and of the coefficients.
  void backward(R const* dy, bool frozen, ParametersView<R> gradient, R* dx, R const* slope, R* dphi) {
    if (shape_.placement == Placement::low_rank) {
      low_rank_backward<T, R>(shape_, parts(),
                              low_rank_parts<R>(shape_, gradient.data, gradient.stride, gradient.shared), coefficients_,
                              parameters_.rows, x_, dy, dx, dphi, trace(), work_);
      if (dx != nullptr && slope != nullptr) {
        for (Index n = 0; n < work_.samples * shape_.inputs; ++n) {
          dx[n] *= slope[n];
        }
      }
    } else {
      kernel::Samples<R const> const slopes{dy, shape_.outputs};
      if (!frozen) {
        backward_parameters(slopes, gradient);
      }
      if (dphi != nullptr && shape_.placement == Placement::manifold) {
        kernel::dense_backward_coefficients<T, R>(rows_, work_.samples, x_, slopes, dphi, scratch());
      }
      if (dx != nullptr) {
        backward_inputs(slopes, dx, slope);
      }
    }
    if (frozen) {
      clear(gradient);
    }
  }

  /// Zero where this layer's gradient goes.
  void clear(ParametersView<R> gradient) const {
    for (Index k = 0; k < gradient.rows; ++k) {
      std::fill_n(gradient.data + k * gradient.stride + shape_.row_offset, shape_.row_size(), R{0});
    }
    std::fill_n(gradient.shared + shape_.shared_offset, shape_.shared_size(), R{0});
  }

 private:
  template <class S>
  static kernel::Samples<S> from(kernel::Samples<S> samples, Index first) noexcept {
    return {samples.data + first * samples.stride, samples.stride};
  }

  [[nodiscard]] LowRankParts<R const> parts() const noexcept {
    return low_rank_parts<R const>(shape_, parameters_.data, parameters_.stride, parameters_.shared);
  }
  [[nodiscard]] LowRankTrace<R> trace() { return low_rank_trace(work_, l_, shape_.rank); }

  [[nodiscard]] kernel::Groups<R> groups() const noexcept {
    return {work_.ends.data(), static_cast<Index>(work_.ends.size()), work_.group_coefficients.data()};
  }
  [[nodiscard]] kernel::DenseRows<R> network(Index g) const noexcept {
    return {rows_.parameters + g * rows_.stride, 1, 0, shape_.inputs, shape_.outputs};
  }

  [[nodiscard]] R* scratch() {
    Index const rows = coefficients_ == nullptr ? 1 : rows_.rows;
    grow(work_.tiles,
         std::max(kernel::dense_scratch<T, R>(work_.samples, shape_.inputs, shape_.outputs, rows),
                  grouped_ ? kernel::grouped_scratch<T, R>(work_.samples, groups().count, shape_.outputs) : Index{0}));
    return work_.tiles.data();
  }

  /// Calls body(g, begin, end) for the samples of each group, or each sample where there are none.
  template <class Body>
  void for_each_network(Body const& body) const {
    Index const count = work_.ends.empty() ? work_.samples : static_cast<Index>(work_.ends.size());
    for (Index g = 0, begin = 0; g < count; ++g) {
      Index const end = work_.ends.empty() ? begin + 1 : work_.ends[static_cast<std::size_t>(g)];
      body(g, begin, end);
      begin = end;
    }
  }

  void backward_parameters(kernel::Samples<R const> dy, ParametersView<R> gradient) {
    kernel::MutableDenseRows<R> to{gradient.data + shape_.row_offset, rows_.rows, gradient.stride, shape_.inputs,
                                   shape_.outputs};
    if (shape_.placement == Placement::shared) {
      to.parameters = gradient.shared + shape_.shared_offset;
    }
    if (parameters_.row_per_group) {
      to.rows = 1;
      for_each_network([&](Index g, Index begin, Index end) {
        kernel::MutableDenseRows<R> own = to;
        own.parameters += g * gradient.stride;
        kernel::dense_backward_parameters<T, R>(own, nullptr, end - begin, from(x_, begin), from(dy, begin));
      });
    } else if (grouped_) {
      kernel::grouped_backward_parameters<T, R>(to, groups(), x_, dy, scratch());
    } else {
      kernel::dense_backward_parameters<T, R>(to, coefficients_, work_.samples, x_, dy);
    }
  }

  void backward_inputs(kernel::Samples<R const> dy, R* dx, R const* slope) {
    kernel::Samples<R> const to{dx, shape_.inputs};
    if (parameters_.row_per_group) {
      for_each_network([&](Index g, Index begin, Index end) {
        kernel::dense_backward_inputs<T, R>(network(g), nullptr, end - begin, from(dy, begin), from(to, begin),
                                            slope == nullptr ? nullptr : slope + begin * to.stride, scratch());
      });
    } else if (grouped_) {
      kernel::grouped_backward_inputs<T, R>(rows_, groups(), dy, to, slope, scratch());
    } else {
      kernel::dense_backward_inputs<T, R>(rows_, coefficients_, work_.samples, dy, to, slope, scratch());
    }
  }

  DenseShape const& shape_;
  ParametersView<R const> parameters_;
  kernel::DenseRows<R> rows_;
  R const* coefficients_;
  bool grouped_;
  Index l_;
  kernel::Samples<R const> x_;
  Workspace<R>& work_;
};

}  // namespace detail
}  // namespace wmanifold
