#pragma once

#include <wmanifold/autodiff/dual.hpp>
#include <wmanifold/functional/loss.hpp>

#include <cstddef>
#include <iterator>
#include <utility>

namespace wmanifold {

/// A prediction as a custom loss sees it while it is differentiated: numbers of which four in a row, from `first`, are
/// variables.
template <Real R>
class DualRow {
 public:
  using value_type = Dual<R, 4>;

  DualRow(std::span<R const> values, std::size_t first) noexcept : values_(values), first_(first) {}

  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  [[nodiscard]] value_type operator[](std::size_t o) const noexcept {
    return o - first_ < 4 ? value_type::variable(values_[o], static_cast<int>(o - first_)) : value_type(values_[o]);
  }

  class Iterator {
   public:
    using value_type = DualRow::value_type;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;

    Iterator() = default;
    Iterator(DualRow const& row, std::size_t at) noexcept : row_(&row), at_(at) {}
    value_type operator*() const noexcept { return (*row_)[at_]; }
    Iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    Iterator operator++(int) noexcept { return {*row_, at_++}; }
    friend bool operator==(Iterator const& a, Iterator const& b) noexcept { return a.at_ == b.at_; }

   private:
    DualRow const* row_ = nullptr;
    std::size_t at_ = 0;
  };
  [[nodiscard]] Iterator begin() const noexcept { return {*this, 0}; }
  [[nodiscard]] Iterator end() const noexcept { return {*this, size()}; }

 private:
  std::span<R const> values_;
  std::size_t first_;
};

/// The targets of a custom loss: rows of numbers, or classes.
struct TargetRows {
  template <Real R>
  using Targets = ConstMatrixRef<R>;
  template <Real R>
  static void check(ConstMatrixRef<R> const& targets, Index samples, Index) {
    require_batch<R>("targets", targets, targets.cols());
    require_count("targets", "rows", samples, Index{targets.rows()});
  }
  template <Real R>
  static std::span<R const> of(ConstMatrixRef<R> const& targets, Index b) noexcept {
    return {targets.row(b).data(), static_cast<std::size_t>(targets.cols())};
  }
};
struct TargetClasses {
  template <Real R>
  using Targets = std::span<int const>;
  static void check(std::span<int const> labels, Index samples, Index outputs) {
    CrossEntropy{}.check(labels, samples, outputs);
  }
  static int of(std::span<int const> labels, Index b) noexcept { return labels[static_cast<std::size_t>(b)]; }
};

/// A loss that a user writes as one function, `f(prediction, target)`, or `f(s, prediction, target)` where it sees the
/// context s (a Point). `prediction` has size(), [] and iterators, of numbers or of dual numbers, which differentiate
/// f; `target` is a row of numbers (of any width), or a class.
template <class F, class Against = TargetRows>
class CustomLoss {
 public:
  template <Real R>
  using Targets = typename Against::template Targets<R>;
  template <Real R>
  using Target = decltype(Against::of(std::declval<Targets<R> const&>(), Index{}));

  explicit CustomLoss(F f) : f_(std::move(f)) {}

  template <class T>
  void check(T const& targets, Index samples, Index outputs) const {
    Against::check(targets, samples, outputs);
  }

  template <Real R>
  requires std::invocable<F const&, std::span<R const>, Target<R>> R operator()(std::span<R const> prediction,
                                                                                Targets<R> const& targets, Index b,
                                                                                std::span<R> gradient) const {
    auto const target = Against::of(targets, b);
    return differentiate(prediction, gradient, [&](auto const& y) { return f_(y, target); });
  }

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

/// The loss f against rows of numbers.
template <class F>
[[nodiscard]] CustomLoss<F> custom_loss(F f) {
  return CustomLoss<F>(std::move(f));
}

/// The loss f against classes.
template <class F>
[[nodiscard]] CustomLoss<F, TargetClasses> custom_class_loss(F f) {
  return CustomLoss<F, TargetClasses>(std::move(f));
}

}  // namespace wmanifold
