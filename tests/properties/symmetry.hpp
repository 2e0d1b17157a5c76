#pragma once

#include <properties/differences.hpp>

#include <Eigen/QR>

#include <array>
#include <numeric>

namespace properties {

using Quaternion = std::array<double, 4>;

/// Returns the product of two quaternions.
inline Quaternion times(Quaternion const& p, Quaternion const& q) {
  return {p[0] * q[0] - p[1] * q[1] - p[2] * q[2] - p[3] * q[3], p[0] * q[1] + p[1] * q[0] + p[2] * q[3] - p[3] * q[2],
          p[0] * q[2] - p[1] * q[3] + p[2] * q[0] + p[3] * q[1], p[0] * q[3] + p[1] * q[2] - p[2] * q[1] + p[3] * q[0]};
}

/// A symmetry of a topology that is no product, drawn at random: it maps points to points.
class FactorSymmetry {
 public:
  /// `basis` limits the symmetries: splines on a circle turn by whole knots.
  FactorSymmetry(std::string const& topology, std::string const& basis, wm::Random& random)
      : topology_(topology), mirrors_(random.below(2) == 0) {
    bool const has_knots = basis.starts_with("bspline") || basis.starts_with("catmull_rom");
    if (topology == "s1" || topology == "rp1") {
      double const turn = (topology == "s1" ? 2 : 1) * std::numbers::pi;
      Index const knots = number_in(basis.substr(basis.find('_') == std::string::npos ? 0 : basis.find('_')));
      angle_ = has_knots ? turn * static_cast<double>(random.below(knots)) / static_cast<double>(knots)
                         : turn * random.uniform();
    } else if (topology == "s2" || topology == "so3") {
      auto const q = direction(4, random);
      std::copy(q.begin(), q.end(), turn_.begin());
    } else if (topology != "point" && topology != "interval") {
      bool const may_permute = topology.starts_with("simplex") || basis == "one_per_context" || basis == "constant" ||
                               basis == "laplacian" + std::to_string(number_in(topology));
      order_.resize(static_cast<std::size_t>(number_in(topology) + (topology.starts_with("simplex") ? 1 : 0)));
      std::iota(order_.begin(), order_.end(), Index{0});
      if (may_permute) {
        random.shuffle(order_);
      }
    }
  }

  void operator()(std::span<double> s) const {
    if (topology_ == "interval") {
      s[0] = mirrors_ ? 1 - s[0] : s[0];
    } else if (topology_ == "s1" || topology_ == "rp1") {
      s[0] = (mirrors_ ? -s[0] : s[0]) + angle_;
    } else if (topology_ == "s2") {
      auto const v = times(times(turn_, {0, s[0], s[1], s[2]}), {turn_[0], -turn_[1], -turn_[2], -turn_[3]});
      std::transform(v.begin() + 1, v.end(), s.begin(), [&](double x) { return mirrors_ ? -x : x; });
    } else if (topology_ == "so3") {
      Quaternion const q{s[0], s[1], s[2], s[3]};
      auto const turned = mirrors_ ? times(q, turn_) : times(turn_, q);
      std::copy(turned.begin(), turned.end(), s.begin());
    } else if (topology_.starts_with("finite")) {
      s[0] = static_cast<double>(order_[static_cast<std::size_t>(s[0])]);
    } else if (!s.empty()) {
      std::vector<double> const before(s.begin(), s.end());
      for (std::size_t i = 0; i < s.size(); ++i) {
        s[i] = before[static_cast<std::size_t>(order_[i])];
      }
    }
  }

 private:
  std::string topology_;
  bool mirrors_;
  double angle_ = 0;
  Quaternion turn_{1, 0, 0, 0};
  std::vector<Index> order_ = {};
};

/// Returns the names of the bases of the factors, one for each.
inline std::vector<std::string> factor_bases_of(Case const& c) {
  auto const open = c.basis.find('(');
  auto names =
      wm::detail::split(open == std::string::npos ? c.basis : c.basis.substr(open + 1, c.basis.size() - open - 2), '*');
  names.resize(factors_of(c.topology).size(), names.back());  // a torus has one name for all circles
  return {names.begin(), names.end()};
}

/// A symmetry g of the topology acts on the functions of the basis by a matrix D, phi(g s) = D phi(s). So the outputs
/// at g s are those at s of the parameters D^T P. D is solved from random points and checked at the contexts.
struct SymmetryIsCarried {
  static constexpr char const* name = "SymmetryIsCarried";
  static constexpr char const* header = "properties/symmetry.hpp";

  std::string operator()(Case const& c) const {
    return in_both([&]<class R>(R) -> std::string {
      World<R> world(c);
      auto const factors = factors_of(c.topology);
      auto const bases = factor_bases_of(c);
      std::vector<FactorSymmetry> symmetries;
      for (std::size_t f = 0; f < factors.size(); ++f) {
        symmetries.emplace_back(factors[f], bases[f], world.random);
      }
      auto const moved = [&](std::vector<double> s) {
        std::size_t at = 0;
        for (std::size_t f = 0; f < factors.size(); ++f) {
          wm::Random unused(wm::Seed{0});
          std::size_t const count = point_of(factors[f], unused).size();
          symmetries[f](std::span(s).subspan(at, count));
          at += count;
        }
        return s;
      };
      auto const& basis = world.model.basis();
      Index const size = basis.size();
      auto const values = [&](std::vector<double> const& s) {
        Eigen::VectorXd phi(size);
        basis.values(s, {phi.data(), static_cast<std::size_t>(size)});
        return phi;
      };

      // D phi(s) = phi(g s) at random points, by least squares.
      Index const points = 8 * size + 64;  // enough to meet each of six discrete contexts
      Eigen::MatrixXd before(points, size);
      Eigen::MatrixXd after(points, size);
      for (Index i = 0; i < points; ++i) {
        auto const s = point_in(c.topology, world.random);
        before.row(i) = values(s);
        after.row(i) = values(moved(s));
      }
      Eigen::HouseholderQR<Eigen::MatrixXd> const qr(before);
      Eigen::MatrixXd const triangle = qr.matrixQR().topRows(size).triangularView<Eigen::Upper>();
      Eigen::MatrixXd const inverse =
          triangle.triangularView<Eigen::Upper>().solve(Eigen::MatrixXd::Identity(size, size));
      double const condition = triangle.norm() * inverse.norm();
      if (!(condition < 1e6)) {
        return "expected functions that random points tell apart, got a condition of " + std::to_string(condition);
      }
      Eigen::MatrixXd const transposed = qr.solve(after);  // D^T
      // Values at a point and at its image have errors of some roundings, times the slope of the functions in the
      // point's coordinates: a factor of 1e3 covers the bases of generate.hpp. Least squares amplify the errors by the
      // condition (Higham, section 20.1).
      double const largest = std::max(before.cwiseAbs().maxCoeff(), after.cwiseAbs().maxCoeff());
      double const of_values = 1e3 * std::numeric_limits<double>::epsilon() * largest;
      double const error = of_values * condition * static_cast<double>(points);

      Differences differences;
      wm::Matrix<double> turned = world.contexts;
      auto phi = coefficients(world.model, world.contexts);
      for (Index b = 0; b < turned.rows(); ++b) {
        std::vector<double> const s(world.contexts.row(b).begin(), world.contexts.row(b).end());
        auto const image = moved(s);
        std::copy(image.begin(), image.end(), turned.row(b).data());
        Eigen::VectorXd const expected = transposed.transpose() * values(s);
        auto const got = values(image);
        for (Index k = 0; k < size; ++k) {
          differences.add("function at the image of a context", b, k, got(k), expected(k), error);
          // The model sees phi in R. The rounding of each coefficient belongs to its error.
          phi(b, k).value = got(k);
          phi(b, k).error = error + support::Sum<R>::roundoff * std::abs(got(k));
        }
      }

      // The same network by rows mixed by D^T, at the contexts before the symmetry.
      auto mixed = world.model;
      auto const rows = world.model.parameters().matrix().template cast<double>().eval();
      Eigen::MatrixXd const of_mixed = transposed * rows;
      for (Index k = 0; k < size; ++k) {
        for (Index n = 0; n < rows.cols(); ++n) {
          mixed.parameters().row(k)[static_cast<std::size_t>(n)] = static_cast<R>(of_mixed(k, n));
        }
      }
      auto const got = run(mixed, world.inputs, world.contexts, world.slopes);
      auto const at_images = run(world.model, world.inputs, turned, world.slopes);
      auto const bounds = support::Reference<R>(world.model.stack(), support::exact(world.model.parameters()), phi,
                                                world.inputs, world.slopes);
      // In the mixed model: errors of rounded coefficients and of rounded rows.
      auto phi_mixed = coefficients(mixed, world.contexts);
      for (auto& coefficient : phi_mixed.numbers) {
        coefficient.error = support::Sum<R>::roundoff * std::abs(coefficient.value);
      }
      auto parameters = support::exact(mixed.parameters());
      for (auto& number : parameters.rows.numbers) {
        number.error = support::Sum<R>::roundoff * std::abs(number.value);
      }
      for (Index k = 0; k < size; ++k) {
        for (Index n = 0; n < rows.cols(); ++n) {
          parameters.rows(k, n).error += error * rows.col(n).cwiseAbs().sum();
        }
      }
      auto const bounds_mixed = support::Reference<R>(mixed.stack(), parameters, phi_mixed, world.inputs, world.slopes);
      for (Index i = 0; i < got.outputs.rows(); ++i) {
        for (Index j = 0; j < got.outputs.cols(); ++j) {
          differences.add("output at the image of a context", i, j, static_cast<double>(at_images.outputs(i, j)),
                          static_cast<double>(got.outputs(i, j)),
                          2 * (bounds.outputs(i, j).error + bounds_mixed.outputs(i, j).error));
        }
      }
      for (Index i = 0; i < got.outputs.rows(); ++i) {
        for (Index j = 0; j < got.input_gradient.cols(); ++j) {
          differences.add("gradient of an input at the image of a context", i, j,
                          static_cast<double>(at_images.input_gradient(i, j)),
                          static_cast<double>(got.input_gradient(i, j)),
                          2 * (bounds.input_gradient(i, j).error + bounds_mixed.input_gradient(i, j).error));
        }
      }
      return differences.found();
    });
  }
};

}  // namespace properties
