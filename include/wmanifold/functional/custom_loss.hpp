#pragma once

#include <wmanifold/autodiff/dual.hpp>
#include <wmanifold/functional/loss.hpp>

#include <cstddef>
#include <iterator>
#include <utility>

namespace wmanifold {

/// A prediction that a custom loss receives while it is differentiated: four consecutive numbers, from `first`, are
/// variables.
template <Real R>
class DualRow {
 public:
  using value_type = Dual<R, 4>;  ///< number with four derivatives

  /// A view of `values`, of which four from `first` are variables.
  DualRow(std::span<R const> values, std::size_t first) noexcept : values_(values), first_(first) {}

  /// Number of outputs.
  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  /// Output o, as a variable or a constant.
  [[nodiscard]] value_type operator[](std::size_t o) const noexcept {
    return o - first_ < 4 ? value_type::variable(values_[o], static_cast<int>(o - first_)) : value_type(values_[o]);
  }

  /// An input iterator over the outputs.
  class Iterator {
   public:
    using value_type = DualRow::value_type;             ///< number with four derivatives
    using difference_type = std::ptrdiff_t;             ///< for the standard library
    using iterator_category = std::input_iterator_tag;  ///< for the standard library

    /// An iterator into no row.
    Iterator() = default;
    /// An iterator at output `at` of a row.
    Iterator(DualRow const& row, std::size_t at) noexcept : row_(&row), at_(at) {}
    /// The output at the iterator.
    value_type operator*() const noexcept { return (*row_)[at_]; }
    /// Moves to the next output.
    Iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    /// Moves to the next output, and returns the iterator before it.
    Iterator operator++(int) noexcept { return {*row_, at_++}; }
    friend bool operator==(Iterator const& a, Iterator const& b) noexcept { return a.at_ == b.at_; }

   private:
    DualRow const* row_ = nullptr;
    std::size_t at_ = 0;
  };
  /// Iterator at the first output.
  [[nodiscard]] Iterator begin() const noexcept { return {*this, 0}; }
  /// Iterator behind the last output.
  [[nodiscard]] Iterator end() const noexcept { return {*this, size()}; }

 private:
  std::span<R const> values_;
  std::size_t first_;
};

/// Targets of a custom loss: rows of numbers.
struct TargetRows {
  /// Targets of a batch, samples x width.
  template <Real R>
  using Targets = ConstMatrixRef<R>;
  /// Throws ArgumentError unless there is a row of finite numbers for each sample.
  template <Real R>
  static void check(ConstMatrixRef<R> const& targets, Index samples, Index) {
    require_batch<R>("targets", targets, targets.cols());
    require_count("targets", "rows", samples, Index{targets.rows()});
  }
  /// Row of sample b.
  template <Real R>
  static std::span<R const> of(ConstMatrixRef<R> const& targets, Index b) noexcept {
    return {targets.row(b).data(), static_cast<std::size_t>(targets.cols())};
  }
};
/// Targets of a custom loss: classes.
struct TargetClasses {
  /// Targets of a batch, a class per sample.
  template <Real R>
  using Targets = std::span<int const>;
  /// Throws ArgumentError unless there is a class in 0, ..., outputs - 1 for each sample.
  static void check(std::span<int const> labels, Index samples, Index outputs) {
    CrossEntropy{}.check(labels, samples, outputs);
  }
  /// Class of sample b.
  static int of(std::span<int const> labels, Index b) noexcept { return labels[static_cast<std::size_t>(b)]; }
};

/// A loss that a user writes as one function: `f(prediction, target)`, or `f(s, prediction, target)` with the context s
/// (a Point). `prediction` has size(), [] and iterators. Its elements are numbers, or dual numbers, which differentiate
/// f. `target` is a row of numbers (of any width), or a class.
template <class F, class Against = TargetRows>
class CustomLoss {
 public:
  /// Targets of a batch.
  template <Real R>
  using Targets = typename Against::template Targets<R>;
  /// Target of one sample.
  template <Real R>
  using Target = decltype(Against::of(std::declval<Targets<R> const&>(), Index{}));

  /// The loss f.
  explicit CustomLoss(F f) : f_(std::move(f)) {}

  /// Throws ArgumentError if the targets do not fit.
  template <class T>
  void check(T const& targets, Index samples, Index outputs) const {
    Against::check(targets, samples, outputs);
  }

  /// The loss of sample b, without its context. Writes its derivative unless `gradient` is empty.
  template <Real R>
  requires std::invocable<F const&, std::span<R const>, Target<R>> R operator()(std::span<R const> prediction,
                                                                                Targets<R> const& targets, Index b,
                                                                                std::span<R> gradient) const {
    auto const target = Against::of(targets, b);
    return differentiate(prediction, gradient, [&](auto const& y) { return f_(y, target); });
  }

  /// The loss of sample b at its context s. Writes its derivative unless `gradient` is empty.
  template <class P, Real R>
  requires std::invocable<F const&, P const&, std::span<R const>, Target<R>> R operator()(
      P const& s, std::span<R const> prediction, Targets<R> const& targets, Index b, std::span<R> gradient) const {
    auto const target = Against::of(targets, b);
    return differentiate(prediction, gradient, [&](auto const& y) { return f_(s, y, target); });
  }

 private:
  template <Real R, class G>
  static R differentiate(std::span<R const> prediction, std::span<R> gradient, G const& loss) {
    if (gradient.empty()) {
      return loss(prediction);
    }
    R value = 0;
    for (std::size_t first = 0; first < prediction.size(); first += 4) {
      Dual<R, 4> const result = loss(DualRow<R>(prediction, first));
      value = result.value;
      for (std::size_t o = first; o < std::min(prediction.size(), first + 4); ++o) {
        gradient[o] = result.derivatives[o - first];
      }
    }
    return value;
  }

  F f_;
};

/// A custom loss f against rows of numbers.
template <class F>
[[nodiscard]] CustomLoss<F> custom_loss(F f) {
  return CustomLoss<F>(std::move(f));
}

/// A custom loss f against classes.
template <class F>
[[nodiscard]] CustomLoss<F, TargetClasses> custom_class_loss(F f) {
  return CustomLoss<F, TargetClasses>(std::move(f));
}

}  // namespace wmanifold
