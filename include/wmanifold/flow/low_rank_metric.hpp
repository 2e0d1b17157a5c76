#pragma once

#include <wmanifold/core/matrix.hpp>
#include <wmanifold/layer/low_rank.hpp>

#include <cmath>

/// The metric of a low-rank layer W(s) = W_0 + V D(a) U^T, a = A phi(s), D(a) the diagonal matrix: under a step of its
/// parts
///
///     dW(s) = dW_0 + V D(a) dU^T + V D(da) U^T + dV D(a) U^T,   da = dA phi(s)                                 (12)
///
/// and E_s || dW(s) ||^2 needs no more than the moments E phi and E phi phi^T = G, whatever the number of contexts. W
/// here is (inputs + 1) x outputs, the bias its last row. In double.
namespace wmanifold::detail {

/// The parts of a low-rank layer, or a step of them.
struct LowRankStep {
  SmallMatrix base;    // (inputs + 1) x outputs
  SmallMatrix right;   // (inputs + 1) x rank
  SmallMatrix left;    // rank x outputs, U^T
  SmallMatrix scales;  // rank x K, A

  template <class R>
  static LowRankStep from(DenseShape const& shape, Index rows, LowRankParts<R const> parts) {
    auto const matrix = [](R const* data, Index r, Index c) -> SmallMatrix {
      return Eigen::Map<Matrix<R> const>(data, r, c).template cast<double>();
    };
    LowRankStep step{matrix(parts.base, shape.inputs + 1, shape.outputs),
                     matrix(parts.right, shape.inputs + 1, shape.rank), matrix(parts.left, shape.rank, shape.outputs),
                     SmallMatrix(shape.rank, rows)};
    for (Index k = 0; k < rows; ++k) {
      for (Index j = 0; j < shape.rank; ++j) {
        step.scales(j, k) = static_cast<double>(parts.scales[k * parts.stride + j]);
      }
    }
    return step;
  }

  template <class R>
  void store(LowRankParts<R> parts) const {
    auto const write = [](SmallMatrix const& m, R* data) {
      Eigen::Map<Matrix<R>>(data, m.rows(), m.cols()) = m.cast<R>();
    };
    write(base, parts.base);
    write(right, parts.right);
    write(left, parts.left);
    for (Index k = 0; k < scales.cols(); ++k) {
      for (Index j = 0; j < scales.rows(); ++j) {
        parts.scales[k * parts.stride + j] = static_cast<R>(scales(j, k));
      }
    }
  }

  LowRankStep& operator+=(LowRankStep const& o) {
    base += o.base;
    right += o.right;
    left += o.left;
    scales += o.scales;
    return *this;
  }
  friend LowRankStep operator*(LowRankStep s, double factor) {
    s.base *= factor;
    s.right *= factor;
    s.left *= factor;
    s.scales *= factor;
    return s;
  }
};

/// The sum of products of all numbers.
inline double inner(LowRankStep const& a, LowRankStep const& b) {
  return a.base.cwiseProduct(b.base).sum() + a.right.cwiseProduct(b.right).sum() + a.left.cwiseProduct(b.left).sum() +
         a.scales.cwiseProduct(b.scales).sum();
}

/// The same with G between the columns of A: what the metric of linear layers makes of the two steps.
inline double plain_inner(SmallMatrix const& gram, LowRankStep const& a, LowRankStep const& b) {
  return a.base.cwiseProduct(b.base).sum() + a.right.cwiseProduct(b.right).sum() + a.left.cwiseProduct(b.left).sum() +
         (a.scales * gram).cwiseProduct(b.scales).sum();
}

class LowRankMetric {
 public:
  LowRankMetric(LowRankStep at, SmallMatrix const& gram, SmallMatrix const& mean)
      : at_(std::move(at)),
        gram_(gram),
        mean_(mean),
        scale_mean_(at_.scales * mean),
        scale_phi_(at_.scales * gram),
        scale_scale_(scale_phi_ * at_.scales.transpose()),
        right_right_(at_.right.transpose() * at_.right),
        left_left_(at_.left * at_.left.transpose()) {}

  /// E_s J^T J step.
  [[nodiscard]] LowRankStep apply(LowRankStep const& d) const {
    auto const& [base, right, left, scales] = at_;
    SmallMatrix const turn_mean = d.scales * mean_;                // E da
    SmallMatrix const turn_phi = d.scales * gram_;                 // E da phi^T
    SmallMatrix const turn_scale = turn_phi * scales.transpose();  // E da a^T
    SmallMatrix const right_turn = right.transpose() * d.right;    // V^T dV
    SmallMatrix const left_turn = d.left * left.transpose();       // dU^T U
    SmallMatrix const right_base = right.transpose() * d.base;     // V^T dW_0
    auto const diagonal = [](SmallMatrix const& v) { return v.col(0).asDiagonal(); };

    LowRankStep out;
    out.base = d.base + right * (diagonal(scale_mean_) * d.left + diagonal(turn_mean) * left) +
               d.right * (diagonal(scale_mean_) * left);
    out.left = diagonal(scale_mean_) * right_base + scale_scale_.cwiseProduct(right_right_) * d.left +
               (turn_scale.transpose().cwiseProduct(right_right_) + scale_scale_.cwiseProduct(right_turn)) * left;
    out.right = d.base * (left.transpose() * diagonal(scale_mean_)) +
                right * (scale_scale_.cwiseProduct(left_turn) + turn_scale.cwiseProduct(left_left_)) +
                d.right * scale_scale_.cwiseProduct(left_left_);
    out.scales = (right_base.cwiseProduct(left)).rowwise().sum() * mean_.transpose() +
                 right_right_.cwiseProduct(left_turn.transpose()) * scale_phi_ +
                 right_right_.cwiseProduct(left_left_) * turn_phi + right_turn.cwiseProduct(left_left_) * scale_phi_;
    return out;
  }

  /// The shortest d with apply(d) = gradient, by conjugate gradients from zero: the metric is singular (scaling V up
  /// and U down moves nothing), and what starts in its range stays there.
  [[nodiscard]] LowRankStep solve(LowRankStep const& gradient) const {
    LowRankStep d = gradient * 0.0;
    LowRankStep rest = gradient;
    LowRankStep towards = gradient;
    double square = inner(rest, rest);
    double const enough = square * tolerance * tolerance;
    for (int i = 0; i < most_iterations && square > enough; ++i) {
      LowRankStep const image = apply(towards);
      double const curvature = inner(towards, image);
      if (!(curvature > 0)) {
        break;
      }
      double const length = square / curvature;
      d += towards * length;
      rest += image * -length;
      double const next = inner(rest, rest);
      towards = towards * (next / square);
      towards += rest;
      square = next;
    }
    return d;
  }

 private:
  static constexpr double tolerance = 1e-10;
  static constexpr int most_iterations = 500;

  LowRankStep at_;
  SmallMatrix const& gram_;
  SmallMatrix const& mean_;
  SmallMatrix scale_mean_;   // E a
  SmallMatrix scale_phi_;    // E a phi^T
  SmallMatrix scale_scale_;  // E a a^T
  SmallMatrix right_right_;  // V^T V
  SmallMatrix left_left_;    // U^T U
};

}  // namespace wmanifold::detail
