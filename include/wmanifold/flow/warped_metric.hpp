#pragma once

#include <wmanifold/flow/movement.hpp>
#include <wmanifold/flow/shortest_solution.hpp>
#include <wmanifold/manifold/warped.hpp>

namespace wmanifold {

/// The movement of a warped manifold, at its parameters (equation 13): with q = du/dtheta, the weights move by
///
///     dM(s) = phi(u)^T dP + (phi'(u)^T P) q^T dtheta,
///
/// so that all there is to know are small matrices over contexts, exact by quadrature:
/// E phi phi^T, A_j = E q_j phi phi'^T and D_ij = E q_i q_j phi'^T P P^T phi'.
template <Real R_, Basis B, int degree, class... Layers>
class MovementMetric<WarpedManifold<R_, B, degree, Layers...>> {
  static_assert(!PiecewiseBasis<B>, "wmanifold: under a warp, a basis is made of polynomials on the whole interval");

 public:
  using Model = WarpedManifold<R_, B, degree, Layers...>;
  using R = R_;
  static constexpr double default_stiffness = 0;
  static constexpr bool may_stand_still = false;
  static constexpr bool may_change = true;
  struct Scratch {};

  /// ArgumentError for a stiffness: a warped manifold has no such price.
  explicit MovementMetric(Model const&, double stiffness = 0) {
    if (stiffness != 0) [[unlikely]] {
      fail("flow: expected no stiffness for a warped manifold, got ", stiffness);
    }
  }

  /// E_s <dM_a(s), dM_b(s)>, without the price of the warp.
  template <class T = HostTarget>
  [[nodiscard]] double inner(Model const& model, Parameters<R> const& a, Parameters<R> const& b, Scratch = {}) const {
    Moments const m(model);
    SmallMatrix const u = rows(a), v = rows(b);
    SmallMatrix const p = rows(model.parameters());
    Eigen::VectorXd const x = theta(a), y = theta(b);
    double sum = (m.gram * u).cwiseProduct(v).sum() + x.dot(m.squares * y);
    sum += u.cwiseProduct(m.along(y) * p).sum() + v.cwiseProduct(m.along(x) * p).sum();
    for (std::size_t n = 0; n + size < a.shared().size(); ++n) {
      sum += static_cast<double>(a.shared()[n]) * static_cast<double>(b.shared()[n]);
    }
    return sum;
  }

  template <class T = HostTarget>
  [[nodiscard]] double movement(Model const& model, Parameters<R> const& step, Scratch = {}) const {
    return std::sqrt(std::max(inner<T>(model, step, step), 0.0));
  }

  /// As MovementMetric::rise; of several solutions, one with the shortest dtheta.
  template <class T = HostTarget>
  void rise(Model const& model, Parameters<R> const& gradient, Parameters<R>& to, Scratch = {}) const {
    Moments const m(model);
    SmallMatrix const p = rows(model.parameters());
    SmallMatrix const g = rows(gradient);
    SmallMatrix const inverse = Metric(m.gram).inverse();
    // dP is eliminated, of the layers that are free to move: what is left is for dtheta alone.
    SmallMatrix free = p;
    for (Index l = 0; l < model.stack().depth(); ++l) {
      if (model.is_frozen(l)) {
        free.middleCols(model.stack().dense(l).row_offset, model.stack().dense(l).row_size()).setZero();
      }
    }
    SmallMatrix const free_free = free * free.transpose();
    SmallMatrix const slope_free = inverse * (g * free.transpose());  // G^-1 g P^T
    SmallMatrix schur = m.squares + model.price() * (m.warps + 1e-3 * SmallMatrix::Identity(degree, degree));
    Eigen::VectorXd right = theta(gradient);
    for (Index j = 0; j < degree; ++j) {
      SmallMatrix const& along = m.crossed[static_cast<std::size_t>(j)];
      right[j] -= along.cwiseProduct(slope_free).sum();
      SmallMatrix const solved = inverse * along * free_free;
      for (Index i = 0; i < degree; ++i) {
        schur(i, j) -= m.crossed[static_cast<std::size_t>(i)].cwiseProduct(solved).sum();
      }
    }
    Eigen::VectorXd const turn = detail::shortest_solution(schur, right, 1e-10);
    SmallMatrix const d = inverse * (g - m.along(turn) * free);

    to.matrix() = d.template cast<R>();
    std::copy(gradient.shared().begin(), gradient.shared().end(), to.shared().begin());
    for (Index j = 0; j < degree; ++j) {
      Model::theta_in(to)[static_cast<std::size_t>(j)] = static_cast<R>(turn[j]);
    }
  }

 private:
  static constexpr auto size = static_cast<std::size_t>(degree);

  static SmallMatrix rows(Parameters<R> const& block) { return block.matrix().template cast<double>(); }
  static Eigen::VectorXd theta(Parameters<R> const& block) {
    auto const from = Model::theta_in(block);
    return Eigen::VectorXd::NullaryExpr(
        degree, [&](Index j) { return static_cast<double>(from[static_cast<std::size_t>(j)]); });
  }

  struct Moments {
    SmallMatrix gram = SmallMatrix::Zero(B::size, B::size);   // E phi phi^T
    std::array<SmallMatrix, size> crossed;                    // E q_j phi phi'^T
    SmallMatrix squares = SmallMatrix::Zero(degree, degree);  // E q q^T phi'^T P P^T phi'
    SmallMatrix warps = SmallMatrix::Zero(degree, degree);    // E q q^T

    explicit Moments(Model const& model) {
      crossed.fill(SmallMatrix::Zero(B::size, B::size));
      SmallMatrix const p = rows(model.parameters());
      SmallMatrix const p_p = p * p.transpose();
      auto const warp = model.warp();
      auto const quadrature = Interval::quadrature(2 * degree * (B::degree + 1));
      Eigen::VectorXd phi(B::size), slope(B::size);
      for (std::size_t i = 0; i < quadrature.nodes.size(); ++i) {
        double const share = quadrature.weights[i];
        auto const here = warp(quadrature.nodes[i][0]);
        auto const u = Point<Interval>::unchecked({here.u});
        model.basis().values(u, {phi.data(), static_cast<std::size_t>(B::size)});
        model.basis().derivatives(u, {slope.data(), static_cast<std::size_t>(B::size)});
        Eigen::Map<Eigen::VectorXd const> const q(here.in_theta.data(), degree);
        gram += share * phi * phi.transpose();
        squares += share * slope.dot(p_p * slope) * q * q.transpose();
        warps += share * q * q.transpose();
        for (std::size_t j = 0; j < size; ++j) {
          crossed[j] += share * here.in_theta[j] * phi * slope.transpose();
        }
      }
    }

    /// sum_j turn_j A_j
    [[nodiscard]] SmallMatrix along(Eigen::VectorXd const& turn) const {
      SmallMatrix sum = SmallMatrix::Zero(B::size, B::size);
      for (Index j = 0; j < degree; ++j) {
        sum += turn[j] * crossed[static_cast<std::size_t>(j)];
      }
      return sum;
    }
  };
};

}  // namespace wmanifold
