#include <wmanifold/flow/shortest_solution.hpp>

#include "support/doctest.hpp"

#include <Eigen/Eigenvalues>

#include <limits>

namespace wm = wmanifold;

namespace {

Eigen::MatrixXd numbers(wm::Index rows, wm::Index columns, double from) {
  return Eigen::MatrixXd::NullaryExpr(rows, columns, [from](wm::Index i, wm::Index j) {
    auto const k = static_cast<double>(i * i + 3 * j);
    return std::cos(from + 3.7 * k + 0.1 * k * k);
  });
}

Eigen::VectorXd shortest(Eigen::MatrixXd const& matrix, Eigen::VectorXd const& right, double tolerance) {
  auto const x = wm::detail::shortest_solution(matrix, {right.data(), right.data() + right.size()}, tolerance);
  return Eigen::Map<Eigen::VectorXd const>(x.data(), right.size());
}

Eigen::VectorXd by_eigen(Eigen::MatrixXd const& matrix, Eigen::VectorXd const& right, double tolerance) {
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> const spectrum(matrix);
  auto const& values = spectrum.eigenvalues();
  Eigen::VectorXd along = spectrum.eigenvectors().transpose() * right;
  for (wm::Index n = 0; n < along.size(); ++n) {
    along[n] = values[n] > tolerance * values[values.size() - 1] ? along[n] / values[n] : 0;
  }
  return spectrum.eigenvectors() * along;
}

}  // namespace

TEST_CASE("the shortest solution agrees with Eigen's eigenvectors, of full and of lower rank") {
  for (wm::Index const n : {1, 2, 3, 8, 40, 120}) {
    for (wm::Index const rank : {n, (n + 1) / 2, wm::Index{1}}) {
      for (double const unit : {1.0, 1e-180, 1e150}) {
        CAPTURE(n);
        CAPTURE(rank);
        CAPTURE(unit);
        Eigen::MatrixXd const j = numbers(rank, n, 1);
        Eigen::MatrixXd const a = unit * (j.transpose() * j);
        Eigen::VectorXd const b = numbers(n, 1, 0.3).col(0);
        Eigen::VectorXd const x = shortest(a, b, 1e-10);
        Eigen::VectorXd const reference = by_eigen(a / unit, b, 1e-10) / unit;
        CHECK((x - reference).cwiseAbs().maxCoeff() <= 1e-9 * reference.cwiseAbs().maxCoeff());
        if (rank == n) {
          CHECK((a * x - b).cwiseAbs().maxCoeff() <= 1e-9);
        }
      }
    }
  }
}

TEST_CASE("blocks and diagonals have their own solutions") {
  Eigen::MatrixXd a = Eigen::MatrixXd::Zero(5, 5);
  a.diagonal() << 2, 0, 1e-14, 4, 1;
  Eigen::VectorXd const b = Eigen::VectorXd::Ones(5);
  Eigen::VectorXd const x = shortest(a, b, 1e-10);
  CHECK(x == Eigen::Matrix<double, 5, 1>(0.5, 0, 0, 0.25, 1));
  a.setZero();
  a.topLeftCorner(2, 2) << 2, 1, 1, 2;
  a.bottomRightCorner(2, 2) << 1, 1, 1, 1;
  Eigen::VectorXd const y = shortest(a, b, 1e-10);
  CHECK((y - Eigen::Matrix<double, 5, 1>(1.0 / 3, 1.0 / 3, 0, 0.5, 0.5)).cwiseAbs().maxCoeff() <= 1e-15);
}

TEST_CASE("the shortest solution for zero is zero; NaN and infinities have none") {
  Eigen::VectorXd const b = Eigen::VectorXd::Ones(2);
  CHECK(shortest(Eigen::MatrixXd::Zero(2, 2), b, 1e-10) == Eigen::VectorXd::Zero(2));
  Eigen::MatrixXd a = Eigen::MatrixXd::Identity(2, 2);
  for (double const bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    a(1, 0) = a(0, 1) = bad;
    CHECK(wm::is_nan(shortest(a, b, 1e-10)[0]));
  }
}
