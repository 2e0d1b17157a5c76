#pragma once

#include "claims.hpp"
#include "text.hpp"

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace demo {

namespace wm = wmanifold;

/// One function of a basis, with points of its space: samples, and quadrature nodes that are exact for products of two
/// functions.
template <wm::Basis B>
class Exhibit {
 public:
  using Space = typename B::Topology;
  using Point = wm::Point<Space>;

  Exhibit(int function, wm::Index samples)
      : samples_(wm::low_discrepancy_points<Space>(0, samples, wm::Seed{1})),
        nodes_(wm::quadrature_of(basis_, 2 * B::degree)),
        function_(static_cast<std::size_t>(function)) {
    for (auto const& s : wm::low_discrepancy_points<Space>(0, 1 << 14, wm::Seed{2})) {
      most_ = std::max(most_, std::abs(wm::values_at(basis_, s)[function_]));
    }
  }

  /// Returns the function over its largest magnitude.
  [[nodiscard]] double operator()(Point const& s) const { return value(static_cast<int>(function_), s) / most_; }
  /// Returns any function without scaling.
  [[nodiscard]] double value(int k, Point const& s) const {
    return wm::values_at(basis_, s)[static_cast<std::size_t>(k)];
  }
  [[nodiscard]] std::vector<Point> const& samples() const noexcept { return samples_; }
  [[nodiscard]] wm::Quadrature<Space> const& nodes() const noexcept { return nodes_; }

  /// Checks that the nodes, as drawn, give exact means of functions and of their products. The basis has these in
  /// closed form.
  void check(Claims& claims, std::string_view space) const {
    wm::SmallMatrix const gram = wm::gram_matrix(basis_);
    wm::SmallMatrix products = wm::SmallMatrix::Zero(B::size, B::size);
    double sum = 0;
    double mean = 0;
    for (std::size_t i = 0; i < nodes_.nodes.size(); ++i) {
      auto const phi = wm::values_at(basis_, nodes_.nodes[i]);
      Eigen::Map<Eigen::VectorXd const> const v(phi.data(), B::size);
      products += nodes_.weights[i] * v * v.transpose();
      sum += nodes_.weights[i];
      mean += nodes_.weights[i] * phi[function_];
    }
    double exact = 0;
    for (int k = 0; k < B::size; ++k) {
      exact += gram(static_cast<wm::Index>(function_), k) * basis_.constant(k);
    }
    double const off = std::max({std::abs(sum - 1), std::abs(mean - exact), (products - gram).cwiseAbs().maxCoeff()});
    claims.check(joined(space, ": the weights sum to 1 and give the stated mean and Gram matrix of ", B::name(),
                        " (within ", scientific(off, 0), ")"),
                 off < 1e-13);
  }

 private:
  B basis_;
  std::vector<Point> samples_;
  wm::Quadrature<Space> nodes_;
  std::size_t function_;
  double most_ = 0;
};

}  // namespace demo
