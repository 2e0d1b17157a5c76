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

/// The parts of a low-rank layer, or a step of them. Memory is kept where sizes stay.
struct LowRankStep {
  SmallMatrix base;    // (inputs + 1) x outputs
  SmallMatrix right;   // (inputs + 1) x rank
  SmallMatrix left;    // rank x outputs, U^T
  SmallMatrix scales;  // rank x K, A

  template <class R>
  void load(DenseShape const& shape, Index rows, LowRankParts<R const> parts) {
    auto const read = [](R const* data, Index r, Index c, SmallMatrix& to) {
      to = Eigen::Map<Matrix<R> const>(data, r, c).template cast<double>();
    };
    read(parts.base, shape.inputs + 1, shape.outputs, base);
    read(parts.right, shape.inputs + 1, shape.rank, right);
    read(parts.left, shape.rank, shape.outputs, left);
    scales.resize(shape.rank, rows);
    for (Index k = 0; k < rows; ++k) {
      for (Index j = 0; j < shape.rank; ++j) {
        scales(j, k) = static_cast<double>(parts.scales[k * parts.stride + j]);
      }
    }
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

  /// a * this + b * o
  void blend(double a, double b, LowRankStep const& o) {
    base = a * base + b * o.base;
    right = a * right + b * o.right;
    left = a * left + b * o.left;
    scales = a * scales + b * o.scales;
  }
};

/// The sum of products of all numbers.
inline double inner(LowRankStep const& a, LowRankStep const& b) {
  return a.base.cwiseProduct(b.base).sum() + a.right.cwiseProduct(b.right).sum() + a.left.cwiseProduct(b.left).sum() +
         a.scales.cwiseProduct(b.scales).sum();
}

/// The metric of one low-rank layer, and the memory of its solution, which is kept from step to step.
class LowRankMetric {
 public:
  /// At the parameters in `at`. `gram` and `mean`, E phi phi^T and E phi, must outlive what follows.
  void prepare(SmallMatrix const& gram, SmallMatrix const& mean) {
    gram_ = &gram;
    mean_ = &mean;
    scale_mean_.noalias() = at.scales.lazyProduct(mean);
    scale_phi_.noalias() = at.scales.lazyProduct(gram);
    scale_scale_.noalias() = scale_phi_.lazyProduct(at.scales.transpose());
    right_right_.noalias() = at.right.transpose().lazyProduct(at.right);
    left_left_.noalias() = at.left.lazyProduct(at.left.transpose());
    both_ = scale_scale_.cwiseProduct(left_left_);
    scaled_left_ = scale_mean_.col(0).asDiagonal() * at.left;
  }

  /// <step, E_s J^T J step>, less what the metric of linear layers with this G makes of the parts of u and v.
  [[nodiscard]] double excess(LowRankStep const& u, LowRankStep const& v) {
    apply(u, image_);
    turn_phi_.noalias() = u.scales.lazyProduct(*gram_);
    return inner(v, image_) - u.base.cwiseProduct(v.base).sum() - u.right.cwiseProduct(v.right).sum() -
           u.left.cwiseProduct(v.left).sum() - turn_phi_.cwiseProduct(v.scales).sum();
  }

  /// The shortest d with E_s J^T J d = gradient, by conjugate gradients from zero: the metric is singular (scaling V up
  /// and U down moves nothing), and what starts in its range stays there. The result stays until the next.
  /// A gradient that was rounded is in the range only so far: `tolerance`, of what is left of it, must be above that.
  LowRankStep const& solve(LowRankStep const& gradient, double tolerance) {
    solution_ = gradient;
    solution_.blend(0, 0, gradient);
    rest_ = gradient;
    towards_ = gradient;
    double square = inner(rest_, rest_);
    double const enough = square * tolerance * tolerance;
    for (int i = 0; i < most_iterations && square > enough; ++i) {
      apply(towards_, image_);
      double const curvature = inner(towards_, image_);
      if (!(curvature > 0)) {
        break;
      }
      double const length = square / curvature;
      solution_.blend(1, length, towards_);
      rest_.blend(1, -length, image_);
      double const next = inner(rest_, rest_);
      towards_.blend(next / square, 1, rest_);
      square = next;
    }
    return solution_;
  }

  LowRankStep at;     // the parameters
  LowRankStep given;  // a gradient or a step on its way in
  LowRankStep other;  // and a second one

 private:
  static constexpr int most_iterations = 500;

  /// out = E_s J^T J d. Products are lazy: others would allocate.
  void apply(LowRankStep const& d, LowRankStep& out) {
    auto const& [base, right, left, scales] = at;
    turn_mean_.noalias() = d.scales.lazyProduct(*mean_);                // E da
    turn_phi_.noalias() = d.scales.lazyProduct(*gram_);                 // E da phi^T
    turn_scale_.noalias() = turn_phi_.lazyProduct(scales.transpose());  // E da a^T
    right_turn_.noalias() = right.transpose().lazyProduct(d.right);     // V^T dV
    left_turn_.noalias() = d.left.lazyProduct(left.transpose());        // dU^T U
    right_base_.noalias() = right.transpose().lazyProduct(d.base);      // V^T dW_0
    auto const diagonal = [](SmallMatrix const& v) { return v.col(0).asDiagonal(); };

    turned_left_ = diagonal(scale_mean_) * d.left;
    turned_left_ += diagonal(turn_mean_) * left;
    out.base = d.base;
    out.base.noalias() += right.lazyProduct(turned_left_);
    out.base.noalias() += d.right.lazyProduct(scaled_left_);

    small_ = scale_scale_.cwiseProduct(right_right_);
    out.left = diagonal(scale_mean_) * right_base_;
    out.left.noalias() += small_.lazyProduct(d.left);
    small_ = turn_scale_.transpose().cwiseProduct(right_right_) + scale_scale_.cwiseProduct(right_turn_);
    out.left.noalias() += small_.lazyProduct(left);

    out.right.noalias() = d.base.lazyProduct(scaled_left_.transpose());
    small_ = scale_scale_.cwiseProduct(left_turn_) + turn_scale_.cwiseProduct(left_left_);
    out.right.noalias() += right.lazyProduct(small_);
    out.right.noalias() += d.right.lazyProduct(both_);

    sums_ = right_base_.cwiseProduct(left).rowwise().sum();
    out.scales.noalias() = sums_.lazyProduct(mean_->transpose());
    small_ = right_right_.cwiseProduct(left_turn_.transpose()) + right_turn_.cwiseProduct(left_left_);
    out.scales.noalias() += small_.lazyProduct(scale_phi_);
    small_ = right_right_.cwiseProduct(left_left_);
    out.scales.noalias() += small_.lazyProduct(turn_phi_);
  }

  SmallMatrix const* gram_ = nullptr;
  SmallMatrix const* mean_ = nullptr;
  SmallMatrix scale_mean_;   // E a
  SmallMatrix scale_phi_;    // E a phi^T
  SmallMatrix scale_scale_;  // E a a^T
  SmallMatrix right_right_;  // V^T V
  SmallMatrix left_left_;    // U^T U
  SmallMatrix both_;         // E a a^T * U^T U
  SmallMatrix scaled_left_;  // D(E a) U^T
  SmallMatrix turn_mean_, turn_phi_, turn_scale_, right_turn_, left_turn_, right_base_, turned_left_, small_, sums_;
  LowRankStep solution_, rest_, towards_, image_;
};

}  // namespace wmanifold::detail
