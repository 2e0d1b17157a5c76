#pragma once

#include <wmanifold/core/matrix.hpp>

#include <cmath>
#include <span>
#include <utility>
#include <vector>

namespace wmanifold {

/// A map of columns to mean 0 and deviation 1, measured on training data: y = (x - mean) / scale per column. Fit it on
/// the training inputs and apply it to all inputs. Fit one on targets to bring predictions back by `undo`. Network
/// initialisation and the recommended rates assume inputs of about this size.
template <Real R>
class Standardisation {
 public:
  /// Fits the mean and the population deviation of each column; the scale of a constant column is 1. ArgumentError for
  /// no rows or numbers that are not finite, NumericalError for a column too wide for its deviation.
  explicit Standardisation(ConstMatrixRef<R> const& training)
      : mean_(static_cast<std::size_t>(training.cols())), scale_(mean_.size()) {
    require_batch<R>("standardisation", training, training.cols());
    auto const rows = static_cast<double>(training.rows());
    for (std::size_t c = 0; c < mean_.size(); ++c) {
      auto const x = training.col(static_cast<Index>(c)).template cast<double>().array();
      double mean = (x / rows).sum();
      mean += ((x - mean) / rows).sum();
      double const widest = (x - mean).abs().maxCoeff();
      bool const is_constant = x.minCoeff() == x.maxCoeff();
      double const deviation = widest * std::sqrt(((x - mean) / widest).square().mean());
      mean_[c] = is_constant ? x(0) : mean;
      scale_[c] = is_constant ? 1 : deviation;
      if (!(is_finite(mean_[c]) && is_finite(scale_[c]) && scale_[c] > 0)) [[unlikely]] {
        fail<NumericalError>("standardisation: expected a positive, finite deviation, got ", scale_[c], " for column ",
                             c, "; rescale the column");
      }
    }
  }

  /// A standardisation with a known mean and scale per column. ArgumentError for sizes that differ, numbers that are
  /// not finite, or a scale that is not positive.
  Standardisation(std::vector<double> mean, std::vector<double> scale)
      : mean_(std::move(mean)), scale_(std::move(scale)) {
    require_count("standardisation", "scales, one per mean", std::ssize(mean_), std::ssize(scale_));
    for (std::size_t c = 0; c < mean_.size(); ++c) {
      if (!(is_finite(mean_[c]) && is_finite(scale_[c]) && scale_[c] > 0)) [[unlikely]] {
        fail("standardisation: expected a finite mean and a positive scale, got ", mean_[c], " and ", scale_[c],
             " for column ", c);
      }
    }
  }

  /// Returns the number of columns.
  [[nodiscard]] Index columns() const noexcept { return static_cast<Index>(mean_.size()); }
  /// Returns the mean of each column.
  [[nodiscard]] std::span<double const> mean() const noexcept { return mean_; }
  /// Returns the scale of each column.
  [[nodiscard]] std::span<double const> scale() const noexcept { return scale_; }

  /// Standardises a batch (samples x columns). ArgumentError for another number of columns.
  [[nodiscard]] Matrix<R> apply(ConstMatrixRef<R> const& batch) const {
    return each_row(batch, [&](std::span<R const> x, std::span<R> y) { apply(x, y); });
  }
  /// Reverses `apply` for a batch (samples x columns). ArgumentError for another number of columns.
  [[nodiscard]] Matrix<R> undo(ConstMatrixRef<R> const& batch) const {
    return each_row(batch, [&](std::span<R const> x, std::span<R> y) { undo(x, y); });
  }

  /// Standardises one sample, `columns` numbers, into y, which may be x. ArgumentError for other sizes; nothing is
  /// allocated.
  void apply(std::span<R const> x, std::span<R> y) const {
    require_sizes(x, y);
    for (std::size_t c = 0; c < mean_.size(); ++c) {
      y[c] = static_cast<R>((static_cast<double>(x[c]) - mean_[c]) / scale_[c]);
    }
  }
  /// Reverses `apply` for one sample, `columns` numbers, into y, which may be x. ArgumentError for other sizes; nothing
  /// is allocated.
  void undo(std::span<R const> x, std::span<R> y) const {
    require_sizes(x, y);
    for (std::size_t c = 0; c < mean_.size(); ++c) {
      y[c] = static_cast<R>(static_cast<double>(x[c]) * scale_[c] + mean_[c]);
    }
  }

  /// Returns whether two standardisations have the same means and scales.
  friend bool operator==(Standardisation const&, Standardisation const&) = default;

 private:
  void require_sizes(std::span<R const> x, std::span<R> y) const {
    require_count("standardisation", "columns", columns(), std::ssize(x));
    require_count("standardisation", "columns in the result", columns(), std::ssize(y));
  }
  template <class Map>
  [[nodiscard]] Matrix<R> each_row(ConstMatrixRef<R> const& batch, Map const& map) const {
    require_count("standardisation", "columns", columns(), Index{batch.cols()});
    Matrix<R> result(batch.rows(), batch.cols());
    for (Index b = 0; b < batch.rows(); ++b) {
      map({batch.row(b).data(), mean_.size()}, {result.row(b).data(), mean_.size()});
    }
    return result;
  }

  std::vector<double> mean_;
  std::vector<double> scale_;
};

/// Deduces R from a matrix.
template <class Derived>
Standardisation(Eigen::MatrixBase<Derived> const&) -> Standardisation<typename Derived::Scalar>;

}  // namespace wmanifold
