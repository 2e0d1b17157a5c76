// Phase-functioned networks (Holden, Komura and Saito, 2017): a closed Catmull-Rom spline of weights, written here as
// in the paper, in double and plain loops.

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/network/layer_list.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>
#include <support/threads.hpp>

#include <limits>

namespace wm = wmanifold;
using wm::CatmullRom, wm::Dense, wm::Index, wm::S1;

namespace {

constexpr double turn = 2 * std::numbers::pi;

template <class R>
using Walking =
    wm::BasicManifold<R, CatmullRom<S1, 4>, Dense<342, 512>, wm::Elu, Dense<512, 512>, wm::Elu, Dense<512, 311>>;
template <class R, int n>
using Small = wm::BasicManifold<R, CatmullRom<S1, n>, Dense<13, 37>, wm::Elu, Dense<37, 130>, wm::Elu, Dense<130, 5>>;

double cubic(double y0, double y1, double y2, double y3, double mu) {
  return (-0.5 * y0 + 1.5 * y1 - 1.5 * y2 + 0.5 * y3) * mu * mu * mu + (y0 - 2.5 * y1 + 2.0 * y2 - 0.5 * y3) * mu * mu +
         (-0.5 * y0 + 0.5 * y2) * mu + y1;
}

/// Computes weights and biases at a phase, layer by layer, and the outputs for x.
template <class M>
struct PhaseFunctioned {
  std::vector<double> numbers;
  std::vector<double> outputs;

  template <class R>
  PhaseFunctioned(M const& model, double phase, std::vector<R> const& x) : outputs(x.begin(), x.end()) {
    Index const n = model.basis_size();
    auto const span = static_cast<Index>(std::floor(phase / turn * static_cast<double>(n)));
    double const mu = phase / turn * static_cast<double>(n) - static_cast<double>(span);
    auto const blend = [&](auto const& number) {
      return cubic(static_cast<double>(number((span + n - 1) % n)), static_cast<double>(number(span % n)),
                   static_cast<double>(number((span + 1) % n)), static_cast<double>(number((span + 2) % n)), mu);
    };
    for (Index l = 0; l < model.stack().depth(); ++l) {
      auto const& shape = model.stack().dense(l);
      std::vector<double> y;
      for (Index o = 0; o < shape.outputs; ++o) {
        y.push_back(blend([&](Index k) { return model.bias(k, l)(o); }));
      }
      auto const bias = y;
      for (Index i = 0; i < shape.inputs; ++i) {
        for (Index o = 0; o < shape.outputs; ++o) {
          double const w = blend([&](Index k) {
            return model.parameters().row(k)[static_cast<std::size_t>(shape.row_offset + i * shape.outputs + o)];
          });
          numbers.push_back(w);
          y[static_cast<std::size_t>(o)] += w * outputs[static_cast<std::size_t>(i)];
        }
      }
      numbers.insert(numbers.end(), bias.begin(), bias.end());
      for (double& value : y) {
        value = l + 1 < model.stack().depth() && value < 0 ? std::exp(value) - 1 : value;
      }
      outputs = y;
    }
  }
};

/// Returns the largest difference over the largest number.
template <class A>
double distance(A const& a, std::vector<double> const& b) {
  REQUIRE(static_cast<std::size_t>(a.size()) == b.size());
  double difference = 0;
  double largest = 0;
  for (std::size_t n = 0; n < b.size(); ++n) {
    difference = support::larger(std::abs(static_cast<double>(a[n]) - b[n]), difference);
    largest = std::max(largest, std::abs(b[n]));
  }
  return difference / largest;
}

template <class M>
auto sample(M const& model, double phase, std::vector<typename M::Scalar> const& x) {
  std::vector<typename M::Scalar> y(static_cast<std::size_t>(model.outputs()));
  std::vector<typename M::Scalar> scratch(static_cast<std::size_t>(model.scratch_size()));
  model(S1::radians(phase), x, y, scratch);
  return y;
}

template <class M>
void check_formula(M const& model, std::vector<double> const& phases) {
  using R = typename M::Scalar;
  constexpr double tolerance = std::same_as<R, double> ? 1e-12 : 1e-5;
  auto const x = support::normals<R>(model.inputs(), 7);
  for (double const phase : phases) {
    CAPTURE(phase);
    PhaseFunctioned<M> const expected(model, phase, x);
    auto const network = model.at(S1::radians(phase));
    CHECK(distance(network.parameters(), expected.numbers) < tolerance);
    std::vector<R> y(expected.outputs.size());
    network(x, y);
    CHECK(distance(y, expected.outputs) < tolerance);
    CHECK(distance(sample(model, phase, x), expected.outputs) < tolerance);
    model(S1::radians(phase), x, y);
    CHECK(distance(y, expected.outputs) < tolerance);
  }
}

}  // namespace

TEST_CASE_TEMPLATE("342-512-512-311 with four control points agrees with the formula", R, float, double) {
  Walking<R> const model(wm::he_normal.spread(0.5), wm::Seed{1});
  check_formula(model, {0, 0.1, turn / 4, 2.5, 4, 5.5, turn - 1e-9});
}

TEST_CASE_TEMPLATE("small ones agree too, with three control points and with many", M, Small<float, 3>,
                   Small<double, 3>, Small<float, 4>, Small<double, 5>, Small<float, 9>, Small<double, 9>) {
  M model(wm::zeros);
  support::randomise(model, 2);
  std::vector<double> phases;
  for (double phase = 0; phase < turn; phase += 0.31) {
    phases.push_back(phase);
  }
  check_formula(model, phases);
}

TEST_CASE_TEMPLATE("the cycle closes: the gap at the seam goes to zero with the distance from it", R, float, double) {
  Small<R, 4> model(wm::zeros);
  support::randomise(model, 2);
  auto const x = support::normals<R>(13, 7);
  auto const start = sample(model, 0, x);
  std::vector<double> const first(start.begin(), start.end());
  double before = 1;
  for (double const rest : {1e-1, 1e-2, 1e-3, 1e-4}) {
    double const gap = distance(sample(model, turn - rest, x), first);
    CHECK(gap < before / 5);
    CHECK(gap < 20 * rest);
    before = gap;
  }
  CHECK(distance(sample(model, std::nextafter(turn, 0.0), x), first) < (std::same_as<R, double> ? 1e-13 : 1e-5));
}

TEST_CASE("four rows at a time: the other rows have no influence") {
  using M = Small<double, 9>;
  M model(wm::zeros);
  support::randomise(model, 2);
  auto const x = support::normals<double>(13, 7);
  double const phase = 3.5 * turn / 9;  // rows 2, 3, 4, 5
  auto const network = model.at(S1::radians(phase));
  auto const y = sample(model, phase, x);
  for (Index const k : {0, 1, 6, 7, 8}) {
    auto const row = model.parameters().row(k);
    std::fill(row.begin(), row.end(), std::numeric_limits<double>::quiet_NaN());
  }
  CHECK(model.at(S1::radians(phase)) == network);
  CHECK(sample(model, phase, x) == y);
}

TEST_CASE_TEMPLATE("samples at contexts: layers of all placements, with few rows and many", B, CatmullRom<S1, 4>,
                   CatmullRom<S1, 8>, wm::Ellipse, wm::Fourier<S1, 3>) {
  wm::BasicManifold<double, B, wm::LayerList> model(
      wm::zeros, {},
      wm::LayerList{Dense<>(3, 70), wm::Elu{}, wm::LowRankDense<>(70, 4, 9), wm::Silu{}, wm::SharedDense<>(4, 150),
                    wm::Tanh{}, wm::LowRankDense<>(150, 2, 1)});
  support::randomise(model, 3);
  auto const numbers = support::normals<double>(static_cast<Index>(model.parameters().shared().size()), 6);
  std::copy(numbers.begin(), numbers.end(), model.parameters().shared().begin());
  auto const x = support::normals<double>(3, 7);
  for (double phase = 0; phase < turn; phase += 0.37) {
    auto const network = model.at(S1::radians(phase));
    std::vector<double> expected(2);
    std::vector<double> scratch(static_cast<std::size_t>(network.scratch_size()));
    network(x, expected, scratch);
    CHECK(distance(sample(model, phase, x), expected) < 1e-13);
  }
}

TEST_CASE_TEMPLATE("results do not depend on threads", R, float, double) {
  Walking<R> const model(wm::he_normal.spread(0.5), wm::Seed{1});
  auto const x = support::normals<R>(342, 7);
  auto const on = [&](int threads) {
    support::Threads const guard(threads);
    return sample(model, 1.2, x);
  };
  auto const one = on(1);
  CHECK(on(2) == one);
  CHECK(on(3) == one);
}

TEST_CASE("samples of wrong sizes are refused") {
  Small<float, 4> const model(wm::he_normal, wm::Seed{1});
  auto const s = S1::radians(1);
  std::vector<float> x(13), y(5), scratch(static_cast<std::size_t>(model.scratch_size()));
  CHECK_NOTHROW(model(s, x, y, scratch));
  auto const refuses = [](auto const& action, char const* message) {
    CHECK_THROWS_WITH_AS(action(), doctest::Contains(message), wm::ArgumentError);
  };
  refuses([&] { model(s, std::span<float const>(x).first(12), y); }, "network input");
  refuses([&] { model(s, x, std::span<float>(y).first(4), scratch); }, "network output");
  refuses([&] { model(s, x, y, std::span<float>(scratch).first(10)); }, "network scratch: expected at least 260");
}
