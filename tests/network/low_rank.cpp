#include <wmanifold/network/low_rank.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/network/layer_list.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>
#include <support/equal_models.hpp>

namespace wm = wmanifold;
using wm::Index;

namespace {

constexpr Index inputs = 4;
constexpr Index hidden = 5;
constexpr Index outputs = 3;
constexpr Index rank = 2;

/// A manifold with a low-rank layer between two others, and the equal dense one. In a basis whose function 0 is the
/// constant, W_k = U diag(a_k) V^T, plus W_0 for k = 0.
template <class Basis>
struct Pair {
  using Model = wm::BasicManifold<double, Basis, wm::LayerList>;
  Model low{wm::zeros,
            {},
            wm::LayerList{wm::Dense<>(3, inputs), wm::Tanh{}, wm::LowRankDense<>(inputs, hidden, rank), wm::Silu{},
                          wm::SharedDense<>(hidden, outputs)}};
  Model full{wm::zeros,
             {},
             wm::LayerList{wm::Dense<>(3, inputs), wm::Tanh{}, wm::Dense<>(inputs, hidden), wm::Silu{},
                           wm::Dense<>(hidden, outputs)}};
  wm::DenseLayout const& shape = low.stack().dense(1);

  Eigen::Map<wm::Matrix<double>> right(wm::Parameters<double>& p) const {
    return {p.shared().data() + shape.right_offset(), inputs + 1, rank};
  }
  Eigen::Map<wm::Matrix<double>> left(wm::Parameters<double>& p) const {
    return {p.shared().data() + shape.left_offset(), rank, hidden};
  }
  Eigen::Map<wm::Matrix<double>> base(wm::Parameters<double>& p) const {
    return {p.shared().data() + shape.shared_offset, inputs + 1, hidden};
  }
  Eigen::Map<Eigen::VectorXd> scales(wm::Parameters<double>& p, Index k) const {
    return {p.row(k).data() + shape.row_offset, rank};
  }
  /// Returns the layer of `full` in row k, with the bias as last row.
  Eigen::Map<wm::Matrix<double>> full_layer(wm::Parameters<double>& p, Index k) const {
    return {p.row(k).data() + full.stack().dense(1).row_offset, inputs + 1, hidden};
  }

  Pair() {
    support::randomise(low, 1);
    auto const numbers = support::normals<double>(static_cast<Index>(low.parameters().shared().size()), 7);
    std::copy(numbers.begin(), numbers.end(), low.parameters().shared().begin());
    auto& p = low.parameters();
    for (Index k = 0; k < Basis::size; ++k) {
      full.weight(k, 0) = low.weight(k, 0);
      full.bias(k, 0) = low.bias(k, 0);
      full_layer(full.parameters(), k) = right(p) * scales(p, k).asDiagonal() * left(p);
      double const constant = Basis{}.constant(static_cast<int>(k));
      full_layer(full.parameters(), k) += constant * base(p);
      full.weight(k, 2) = constant * low.shared_weight(2);
      full.bias(k, 2) = constant * low.shared_bias(2);
    }
  }
};

}  // namespace

TEST_CASE_TEMPLATE("a low-rank manifold and the equal dense one", Basis, wm::Fourier<wm::S1, 2>,
                   wm::Bernstein<wm::Interval, 2>) {
  using Space = typename Basis::Topology;
  Pair<Basis> pair;
  wm::Random random(wm::Seed{3});
  auto const x = support::matrix<double>(12, 3, 4);
  auto const slopes = support::matrix<double>(12, outputs, 5);
  auto const points = wm::uniform_points<Space>(4, random);
  for (auto const& contexts :
       {wm::Contexts<Space>::grouped(points, 3), wm::Contexts<Space>(wm::uniform_points<Space>(12, random))}) {
    auto [gradient, full_gradient] = support::gradients_of_equal(pair.low, pair.full, x, contexts, slopes);

    // The chain rule by hand, from the dense gradient.
    auto& p = pair.low.parameters();
    wm::Matrix<double> base = wm::Matrix<double>::Zero(inputs + 1, hidden);
    wm::Matrix<double> right = wm::Matrix<double>::Zero(inputs + 1, rank);
    wm::Matrix<double> left = wm::Matrix<double>::Zero(rank, hidden);
    for (Index k = 0; k < Basis::size; ++k) {
      auto const g = pair.full_layer(full_gradient, k);
      base += Basis{}.constant(static_cast<int>(k)) * g;
      right += g * pair.left(p).transpose() * pair.scales(p, k).asDiagonal();
      left += pair.scales(p, k).asDiagonal() * pair.right(p).transpose() * g;
      Eigen::VectorXd const scales = (pair.right(p).transpose() * g * pair.left(p).transpose()).diagonal();
      CHECK(pair.scales(gradient, k).isApprox(scales, 1e-11));
      CHECK(pair.low.weight(gradient, k, 0).isApprox(pair.full.weight(full_gradient, k, 0), 1e-11));
    }
    CHECK(pair.base(gradient).isApprox(base, 1e-11));
    CHECK(pair.right(gradient).isApprox(right, 1e-11));
    CHECK(pair.left(gradient).isApprox(left, 1e-11));
    auto const s = points[1];
    auto const network = pair.low.at(s);
    auto const full_network = pair.full.at(s);
    for (std::size_t n = 0; n < network.parameters().size(); ++n) {
      CHECK(network.parameters()[n] == doctest::Approx(full_network.parameters()[n]).epsilon(1e-12));
    }
  }
}

TEST_CASE("a low-rank layer grows with K by its rank only") {
  auto const numbers = []<class Basis>(Basis) {
    wm::BasicManifold<double, Basis, wm::LayerList> const model(
        wm::zeros, {}, wm::LayerList{wm::LowRankDense<>(inputs, hidden, rank)});
    return model.basis_size() * model.parameters().columns() + static_cast<Index>(model.parameters().shared().size());
  };
  Index const network = (inputs + 1) * hidden;
  CHECK(numbers(wm::Fourier<wm::S1, 1>{}) == network + rank * (inputs + 1 + hidden + 3));
  CHECK(numbers(wm::Fourier<wm::S1, 4>{}) == network + rank * (inputs + 1 + hidden + 9));
}
