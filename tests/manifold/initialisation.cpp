#include <wmanifold/manifold/initialisation.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/manifold/manifold.hpp>

#include <doctest/doctest.h>

#include <limits>

namespace wm = wmanifold;
using wm::Dense;
using wm::Index;

namespace {

template <class B>
using Model = wm::BasicManifold<double, B, Dense<40, 120>, wm::Relu, Dense<120, 60>, wm::Relu, Dense<60, 50>>;

double norm(std::span<double const> row) {
  return Eigen::Map<Eigen::VectorXd const>(row.data(), static_cast<Index>(row.size())).norm();
}
double distance(std::span<double const> a, std::span<double const> b) {
  auto const n = static_cast<Index>(a.size());
  return (Eigen::Map<Eigen::VectorXd const>(a.data(), n) - Eigen::Map<Eigen::VectorXd const>(b.data(), n)).norm();
}

template <class M>
bool draws_a_network(M const& model, Index k, double fraction) {
  bool good = true;
  for (Index l = 0; l < model.stack().depth(); ++l) {
    Eigen::MatrixXd const w = model.weight(k, l);
    auto const count = static_cast<double>(w.size());
    bool const last = l + 1 == model.stack().depth();
    double const variance = fraction * fraction * (last ? 1.0 : 2.0) / static_cast<double>(w.cols());
    // Four standard errors of a mean, and of a variance, of this many normal numbers.
    good = good && std::abs(w.mean()) < 4 * std::sqrt(variance / count);
    good = good && std::abs(w.squaredNorm() / count / variance - 1) < 4 * std::sqrt(2 / count);
    good = good && model.bias(k, l).isZero(0);
  }
  return good;
}

}  // namespace

TEST_CASE_TEMPLATE("with a constant function, the first row is a network and the others are zero", B, wm::Ellipse,
                   wm::Legendre<wm::Interval, 2>, wm::SphericalHarmonics<wm::S2, 1>) {
  Model<B> const model(wm::he_normal, wm::Seed{1});
  CHECK(draws_a_network(model, 0, 1));
  for (Index k = 1; k < B::size; ++k) {
    CHECK(norm(model.parameters().row(k)) == 0);
  }
}

TEST_CASE("a spread draws the other rows, at that fraction, and keeps the centre") {
  Model<wm::Ellipse> const centre(wm::he_normal, wm::Seed{1});
  Model<wm::Ellipse> const model(wm::he_normal.spread(0.25), wm::Seed{1});
  CHECK(distance(model.parameters().row(0), centre.parameters().row(0)) == 0);
  CHECK(draws_a_network(model, 1, 0.25));
  CHECK(draws_a_network(model, 2, 0.25));
  CHECK(distance(model.parameters().row(1), model.parameters().row(2)) > 0.1 * norm(model.parameters().row(1)));
}

TEST_CASE("a line starts with equal or independent ends, by choice") {
  Model<wm::Line> const equal(wm::he_normal, wm::Seed{1});
  CHECK(draws_a_network(equal, 0, 1));
  CHECK(distance(equal.parameters().row(0), equal.parameters().row(1)) == 0);

  Model<wm::Line> const independent(wm::he_normal.with_independent_ends(), wm::Seed{1});
  CHECK(draws_a_network(independent, 0, 1));
  CHECK(draws_a_network(independent, 1, 1));
  Eigen::MatrixXd const a = independent.weight(0, 1);
  Eigen::MatrixXd const b = independent.weight(1, 1);
  CHECK(std::abs(a.cwiseProduct(b).sum() / (a.norm() * b.norm())) < 4 / std::sqrt(static_cast<double>(a.size())));

  Model<wm::Line> const spread(wm::he_normal.spread(0.1), wm::Seed{1});
  for (Index k = 0; k < 2; ++k) {
    double const apart = distance(spread.parameters().row(k), equal.parameters().row(k));
    CHECK(apart / norm(equal.parameters().row(k)) == doctest::Approx(0.1).epsilon(0.05));
  }
}

TEST_CASE("all control points of a Bernstein polynomial are the centre") {
  Model<wm::Bernstein<wm::Interval, 3>> const model(wm::he_normal, wm::Seed{1});
  for (Index k = 1; k < 4; ++k) {
    CHECK(distance(model.parameters().row(k), model.parameters().row(0)) == 0);
  }
}

TEST_CASE("the seed alone decides") {
  auto const how = wm::he_normal.spread(0.5).with_independent_ends();
  CHECK(Model<wm::Ellipse>(how, wm::Seed{1}) == Model<wm::Ellipse>(how, wm::Seed{1}));
  CHECK(Model<wm::Ellipse>(how, wm::Seed{1}) != Model<wm::Ellipse>(how, wm::Seed{2}));
  Model<wm::Ellipse> const fixed(how, wm::Seed{3});
  wm::BasicManifold<double, wm::Ellipse, wm::LayerList> const listed(
      how, wm::Seed{3}, {}, wm::LayerList({40, 120, 60, 50}, {"relu", "relu", "identity"}));
  CHECK(fixed.parameters() == listed.parameters());
  wm::BasicManifold<float, wm::Ellipse, wm::LayerList> const rounded(
      how, wm::Seed{3}, {}, wm::LayerList({40, 120, 60, 50}, {"relu", "relu", "identity"}));
  CHECK(rounded.parameters().matrix().cast<double>().isApprox(listed.parameters().matrix(), 1e-7));
}

TEST_CASE("zeros are zeros, padding included") {
  Model<wm::Ellipse> const model(wm::zeros);
  CHECK(model.parameters() == wm::Parameters<double>(3, model.parameters().columns()));
  Model<wm::Ellipse> const drawn(wm::he_normal.spread(1), wm::Seed{1});
  auto const& block = drawn.parameters();
  for (Index k = 0; k < block.rows(); ++k) {
    for (Index n = block.columns(); n < block.stride(); ++n) {
      CHECK(block.data()[k * block.stride() + n] == 0);
    }
  }
}

TEST_CASE("invalid fractions are refused") {
  for (double const bad : {-0.1, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH_AS((void)Model<wm::Line>(wm::he_normal.spread(bad), wm::Seed{1}),
                         doctest::Contains("expected a fraction of at least 0, got"), wm::ArgumentError);
  }
  CHECK_THROWS_WITH_AS((void)Model<wm::Line>(wm::he_normal.spread(1e300), wm::Seed{1}),
                       doctest::Contains("expected a fraction in the range of the model's numbers, got 1e+300"),
                       wm::ArgumentError);
}

TEST_CASE("the directions of a low-rank layer have unit length on average") {
  wm::Stack<wm::LayerList> const stack(wm::LayerList{wm::LowRankDense<>(300, 200, 4)});
  auto const& shape = stack.dense(0);
  std::vector<double> shared(static_cast<std::size_t>(wm::shared_parameters_of(stack)), 7);
  wm::Random random(wm::Seed{1});
  wm::detail::draw_directions<double>(shape, random, shared.data());
  auto const mean_square = [&](Index from, Index count) {
    double sum = 0;
    for (Index n = 0; n < count; ++n) {
      sum += shared[static_cast<std::size_t>(from + n)] * shared[static_cast<std::size_t>(from + n)];
    }
    return sum / static_cast<double>(count);
  };
  CHECK(300 * mean_square(shape.right_offset(), 4 * 301) == doctest::Approx(1).epsilon(0.1));
  CHECK(200 * mean_square(shape.left_offset(), 4 * 200) == doctest::Approx(1).epsilon(0.1));
}
