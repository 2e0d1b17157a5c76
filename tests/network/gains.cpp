#include <wmanifold/network/gains.hpp>

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

/// A manifold with a layer of gains between two others, and the equal dense one: W_k = (c_k + diag(A_k)) W_0, b_k =
/// B_k, with c the coefficients of the constant function.
template <class Basis>
struct Pair {
  using Model = wm::BasicManifold<double, Basis, wm::LayerList>;
  Model gains{wm::zeros,
              {},
              wm::LayerList{wm::Dense<>(3, inputs), wm::Tanh{}, wm::GainDense<>(inputs, hidden), wm::Silu{},
                            wm::SharedDense<>(hidden, outputs)}};
  Model full{wm::zeros,
             {},
             wm::LayerList{wm::Dense<>(3, inputs), wm::Tanh{}, wm::Dense<>(inputs, hidden), wm::Silu{},
                           wm::Dense<>(hidden, outputs)}};

  static double constant(Index k) { return Basis{}.constant(static_cast<int>(k)); }

  Pair() {
    support::randomise(gains, 1);
    auto const numbers = support::normals<double>(static_cast<Index>(gains.parameters().shared().size()), 7);
    std::copy(numbers.begin(), numbers.end(), gains.parameters().shared().begin());
    for (Index k = 0; k < Basis::size; ++k) {
      full.weight(k, 0) = gains.weight(k, 0);
      full.bias(k, 0) = gains.bias(k, 0);
      full.weight(k, 1) = constant(k) * gains.shared_weight(1);
      full.weight(k, 1) += gains.gain(k, 1).asDiagonal() * gains.shared_weight(1);
      full.bias(k, 1) = gains.bias(k, 1);
      full.weight(k, 2) = constant(k) * gains.shared_weight(2);
      full.bias(k, 2) = constant(k) * gains.shared_bias(2);
    }
  }
};

}  // namespace

TEST_CASE_TEMPLATE("a manifold of gains and the equal dense one", Basis, wm::Fourier<wm::S1, 2>,
                   wm::Bernstein<wm::Interval, 2>) {
  using Space = typename Basis::Topology;
  Pair<Basis> pair;
  wm::Random random(wm::Seed{3});
  auto const x = support::matrix<double>(12, 3, 4);
  auto const slopes = support::matrix<double>(12, outputs, 5);
  auto const points = wm::uniform_points<Space>(4, random);
  for (auto const& contexts :
       {wm::Contexts<Space>::grouped(points, 3), wm::Contexts<Space>(wm::uniform_points<Space>(12, random))}) {
    auto const [gradient, full_gradient] = support::gradients_of_equal(pair.gains, pair.full, x, contexts, slopes);

    // The chain rule by hand, from the dense gradient.
    auto const& model = pair.gains;
    Eigen::MatrixXd base = Eigen::MatrixXd::Zero(hidden, inputs);
    for (Index k = 0; k < Basis::size; ++k) {
      Eigen::MatrixXd const g = pair.full.weight(full_gradient, k, 1);
      base += pair.constant(k) * g;
      base += model.gain(k, 1).asDiagonal() * g;
      Eigen::VectorXd const of_gains = g.cwiseProduct(model.shared_weight(1)).rowwise().sum();
      CHECK(model.gain(gradient, k, 1).isApprox(of_gains, 1e-11));
      CHECK(model.bias(gradient, k, 1).isApprox(pair.full.bias(full_gradient, k, 1), 1e-11));
      CHECK(model.weight(gradient, k, 0).isApprox(pair.full.weight(full_gradient, k, 0), 1e-11));
    }
    auto const& shape = model.stack().dense(1);
    CHECK(wm::weight_at(shape, gradient.shared().data() + shape.shared_offset).isApprox(base, 1e-11));

    auto const network = pair.gains.at(points[1]);
    auto const full_network = pair.full.at(points[1]);
    for (std::size_t n = 0; n < network.parameters().size(); ++n) {
      CHECK(std::abs(network.parameters()[n] - full_network.parameters()[n]) < 1e-13);
    }
    wm::Matrix<double> const y = model.predict(x, contexts);
    std::vector<double> sample(outputs);
    std::vector<double> scratch(static_cast<std::size_t>(model.scratch_size()));
    model(contexts.points()[0], std::span(x.row(0).data(), 3), sample, scratch);
    for (Index o = 0; o < outputs; ++o) {
      CHECK(std::abs(sample[static_cast<std::size_t>(o)] - y(0, o)) < 1e-12);
    }
  }
}

TEST_CASE("a layer of gains holds in out + 2 K out numbers") {
  auto const numbers = []<class Basis>(Basis) {
    wm::BasicManifold<double, Basis, wm::GainDense<inputs, hidden>> const model(wm::zeros);
    return model.basis_size() * model.parameters().columns() + static_cast<Index>(model.parameters().shared().size());
  };
  CHECK(numbers(wm::Fourier<wm::S1, 1>{}) == inputs * hidden + 2 * 3 * hidden);
  CHECK(numbers(wm::Fourier<wm::S1, 4>{}) == inputs * hidden + 2 * 9 * hidden);
}

TEST_CASE("a layer of gains starts as one network for all contexts") {
  wm::BasicManifold<double, wm::Ellipse, wm::GainDense<inputs, hidden>, wm::Tanh, wm::GainDense<hidden, outputs>> const
      model(wm::he_normal, wm::Seed{1});
  auto const one = model.at(wm::S1::degrees(10));
  CHECK(one.parameters().size() == (inputs + 1) * hidden + (hidden + 1) * outputs);
  auto const other = model.at(wm::S1::degrees(200));
  CHECK(std::equal(one.parameters().begin(), one.parameters().end(), other.parameters().begin()));
  CHECK(one.weight(0).norm() > 0.5);
  CHECK(one.bias(0).norm() == 0);

  wm::BasicManifold<double, wm::Ellipse, wm::GainDense<inputs, hidden>> const spread(wm::he_normal.spread(0.25),
                                                                                     wm::Seed{1});
  CHECK(spread.gain(0, 0).norm() == 0);
  for (Index k : {1, 2}) {
    double const size = spread.gain(k, 0).norm() / std::sqrt(static_cast<double>(hidden));
    CHECK(size > 0.25 / 4);
    CHECK(size < 0.25 * 4);
    CHECK(spread.bias(k, 0).norm() == 0);
  }
}
