#pragma once

#include <wmanifold/core/aligned.hpp>

#include <support/batches.hpp>

#include <cmath>

namespace support {

/// A block of rows with a stride larger than their width, and marks before, between and behind them that a kernel must
/// not change.
template <wmanifold::Real R>
class Canvas {
 public:
  Canvas(wmanifold::Index rows, wmanifold::Index columns, wmanifold::Index gap = 3)
      : rows_(rows),
        columns_(columns),
        stride_(columns + gap),
        numbers_(static_cast<std::size_t>(rows * stride_ + 2 * margin), mark) {}

  /// Fills all but the marks with standard normal numbers.
  Canvas(wmanifold::Index rows, wmanifold::Index columns, wmanifold::Index gap, std::uint64_t seed)
      : Canvas(rows, columns, gap) {
    auto const values = normals<R>(rows * columns, seed);
    for (wmanifold::Index r = 0; r < rows; ++r) {
      std::copy_n(values.begin() + r * columns, columns, row(r));
    }
  }

  R* data() { return numbers_.data() + margin; }
  R const* data() const { return numbers_.data() + margin; }
  R* row(wmanifold::Index r) { return data() + r * stride_; }
  wmanifold::Index stride() const { return stride_; }
  double operator()(wmanifold::Index r, wmanifold::Index c) const {
    return static_cast<double>(numbers_[static_cast<std::size_t>(margin + r * stride_ + c)]);
  }

  /// Compares to the last bit.
  bool same_numbers(Canvas const& other) const { return numbers_ == other.numbers_; }

  bool marks_untouched() const {
    for (wmanifold::Index n = 0; n < static_cast<wmanifold::Index>(numbers_.size()); ++n) {
      wmanifold::Index const at = n - margin;
      bool const inside = at >= 0 && at < rows_ * stride_ && at % stride_ < columns_;
      if (!inside && numbers_[static_cast<std::size_t>(n)] != mark) {
        return false;
      }
    }
    return true;
  }

 private:
  static constexpr wmanifold::Index margin = 16;
  static constexpr R mark = R{-7.25};

  wmanifold::Index rows_;
  wmanifold::Index columns_;
  wmanifold::Index stride_;
  wmanifold::AlignedVector<R> numbers_;
};

/// The largest error of a computed sum, in units of the rounding of its terms. `terms` is the sum of their absolute
/// values.
class SumError {
 public:
  explicit SumError(double epsilon) : epsilon_(epsilon) {}
  void add(double got, double expected, double terms) {
    double const error = std::abs(got - expected) / (epsilon_ * terms + 1e-300);
    largest_ = error > largest_ || std::isnan(error) ? error : largest_;  // keeps a NaN: nothing is greater
  }
  double largest() const { return largest_; }

 private:
  double epsilon_;
  double largest_ = 0;
};

}  // namespace support
