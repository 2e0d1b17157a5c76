#include <wmanifold/network/network.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

#include <limits>

namespace wm = wmanifold;
using wm::Dense;
using wm::Index;

namespace {

template <class R>
using Small = wm::BasicNetwork<R, Dense<5, 17>, wm::Tanh, Dense<17, 33>, wm::Gelu, Dense<33, 3>>;
template <class R>
using Listed = wm::BasicNetwork<R, wm::LayerList>;

wm::LayerList small_list() { return {Dense<>(5, 17), wm::Tanh{}, Dense<>(17, 33), wm::Gelu{}, Dense<>(33, 3)}; }

template <class Network>
void fill(Network& network, std::uint64_t seed) {
  using R = typename Network::Scalar;
  auto const numbers = support::normals<R>(static_cast<Index>(network.parameters().size()), seed);
  std::transform(numbers.begin(), numbers.end(), network.parameters().begin(), [](R x) { return x / 4; });
}

/// Computes the network by definition, layer by layer, in double.
template <class Network>
Eigen::VectorXd by_hand(Network const& network, Eigen::VectorXd x) {
  for (Index l = 0; l < network.stack().depth(); ++l) {
    x = (network.weight(l).template cast<double>() * x + network.bias(l).template cast<double>()).eval();
    network.stack().with_activation(l, [&](auto const& f) { x = x.unaryExpr([&](double y) { return f(y).value; }); });
  }
  return x;
}

template <class Network>
bool same_function(Network const& a, Network const& b) {
  using R = typename Network::Scalar;
  auto const x = support::matrix<R>(4, a.inputs(), 7);
  wm::Workspace<R> work_a;
  wm::Workspace<R> work_b;
  return a.predict(x, work_a) == b.predict(x, work_b);
}

template <class Network>
void check_values(Network const& network) {
  using R = typename Network::Scalar;
  double const allowed = 64 * static_cast<double>(std::numeric_limits<R>::epsilon());
  wm::Workspace<R> work;
  for (Index const samples : {1, 2, 19, 3}) {  // a larger workspace serves a smaller batch
    auto const x = support::matrix<R>(samples, network.inputs(), 7);
    auto const outputs = network.predict(x, work);
    REQUIRE(outputs.rows() == samples);
    REQUIRE(outputs.cols() == network.outputs());
    std::vector<R> scratch(static_cast<std::size_t>(network.scratch_size()));
    std::vector<R> y(static_cast<std::size_t>(network.outputs()));
    for (Index b = 0; b < samples; ++b) {
      std::vector<R> const one(x.row(b).begin(), x.row(b).end());
      network(one, y, scratch);
      Eigen::VectorXd const expected = by_hand(network, x.row(b).transpose().template cast<double>());
      for (Index o = 0; o < network.outputs(); ++o) {
        CHECK(std::abs(outputs(b, o) - expected(o)) < allowed);
        CHECK(std::abs(y[static_cast<std::size_t>(o)] - expected(o)) < allowed);
      }
    }
  }
}

template <class Network>
void check_value_semantics(Network network, Network const& other) {
  REQUIRE(network != other);
  REQUIRE(!same_function(network, other));
  Network const original = network;
  CHECK(network == original);
  CHECK(same_function(network, original));

  Network copy = network;
  copy.parameters()[3] += 1;
  CHECK(network == original);  // a copy is its own

  Network moved = std::move(copy);
  CHECK(same_function(moved, moved));
  CHECK(moved != original);
  moved = original;
  CHECK(moved == original);
  Network target = other;
  target = std::move(moved);
  CHECK(target == original);
  CHECK(same_function(target, original));
  auto const& self = target;
  target = self;
  CHECK(target == original);
  std::swap(target, network);
  CHECK(target == original);
}

}  // namespace

TEST_CASE_TEMPLATE("a sample, a batch and the definition agree", R, float, double) {
  Small<R> network;
  fill(network, 1);
  check_values(network);

  Listed<R> listed(small_list());
  std::copy(network.parameters().begin(), network.parameters().end(), listed.parameters().begin());
  check_values(listed);

  wm::BasicNetwork<R, Dense<>, wm::Relu, Dense<>> sized(Dense<>(49, 130), wm::Relu{}, Dense<>(130, 1));
  fill(sized, 2);
  check_values(sized);

  wm::BasicNetwork<R, Dense<1, 1>> least;
  fill(least, 3);
  check_values(least);
}

TEST_CASE_TEMPLATE("a block of samples equals single samples within rounding, whatever the block", R, float, double) {
  constexpr double allowed = 64 * static_cast<double>(std::numeric_limits<R>::epsilon());
  auto const check = [&](auto const& network, auto const& process) {
    Index const inputs = network.inputs();
    auto const outputs = static_cast<std::size_t>(network.outputs());
    std::vector<R> scratch(static_cast<std::size_t>(network.scratch_size()));
    for (Index const step : {Index{1}, inputs, inputs + 2}) {
      constexpr Index samples = 41;
      auto const numbers = support::normals<R>((samples - 1) * step + inputs, 5);
      std::span<R const> const x(numbers);
      std::vector<R> whole(samples * outputs);
      process(x, step, std::span<R>(whole));
      std::vector<R> parts(samples * outputs);
      for (Index first = 0; first < samples; first += 10) {
        auto const count = static_cast<std::size_t>(std::min<Index>(10, samples - first));
        process(x.subspan(static_cast<std::size_t>(first * step)), step,
                std::span(parts).subspan(static_cast<std::size_t>(first) * outputs, count * outputs));
      }
      CHECK(parts == whole);
      std::vector<R> one(outputs);
      double largest = 0;
      for (Index b = 0; b < samples; ++b) {
        network(x.subspan(static_cast<std::size_t>(b * step), static_cast<std::size_t>(inputs)), one, scratch);
        for (std::size_t o = 0; o < outputs; ++o) {
          largest = std::max(largest, std::abs(static_cast<double>(whole[static_cast<std::size_t>(b) * outputs + o]) -
                                               static_cast<double>(one[o])));
        }
      }
      CHECK(largest < allowed);
    }
  };
  auto const on_the_stack = [](auto const& network) {
    return [&](std::span<R const> x, Index step, std::span<R> y) { network.process(x, step, y); };
  };
  auto const with_scratch = [](auto const& network, std::vector<R>& scratch, Index at_once) {
    scratch.assign(static_cast<std::size_t>(network.block_scratch_size(at_once)), R{0});
    return [&](std::span<R const> x, Index step, std::span<R> y) { network.process(x, step, y, scratch); };
  };
  Small<R> network;
  fill(network, 1);
  std::vector<R> scratch;
  check(network, on_the_stack(network));
  check(network, with_scratch(network, scratch, 1));
  Listed<R> listed(small_list());
  std::copy(network.parameters().begin(), network.parameters().end(), listed.parameters().begin());
  check(listed, with_scratch(listed, scratch, 32));
  wm::BasicNetwork<R, Dense<1, 1>> least;
  fill(least, 3);
  check(least, on_the_stack(least));
  std::vector<R> in_place{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  std::vector<R> apart(in_place.size());
  least.process(in_place, 1, apart);
  least.process(in_place, 1, in_place);
  CHECK(in_place == apart);
}

TEST_CASE("blocks that do not fit are refused with the expected and the actual value") {
  Small<double> network;
  fill(network, 1);
  std::vector<double> x(30);
  std::vector<double> y(18);
  CHECK_NOTHROW(network.process(x, 5, y));
  CHECK_NOTHROW(network.process(x, 1, std::span<double>()));
  CHECK_THROWS_WITH_AS(
      network.process(x, 6, y),
      doctest::Contains("network: expected at least 35 numbers for 6 samples of 5 inputs, 6 apart, got 30"),
      wm::ArgumentError);
  CHECK_THROWS_WITH_AS(network.process(x, 0, y),
                       doctest::Contains("network: expected samples at least 1 apart and whole samples of 3 outputs, "
                                         "got samples 0 apart and 18 outputs"),
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(network.process(x, 5, std::span(y).first(17)), doctest::Contains("and 17 outputs"),
                       wm::ArgumentError);
  // The needed count is exact, or the largest where it would overflow.
  Index const most = std::numeric_limits<Index>::max();
  for (auto const& [step, samples, needed] :
       {std::array<Index, 3>{most / 4 * 3, 2, most / 4 * 3 + 5}, std::array<Index, 3>{most - 5, 2, most},
        std::array<Index, 3>{most - 4, 2, most}, std::array<Index, 3>{most, 2, most},
        std::array<Index, 3>{most / 4 * 3, 3, most}, std::array<Index, 3>{most / 4, 3, most / 4 * 2 + 5}}) {
    CHECK_THROWS_WITH_AS(network.process(x, step, std::span(y).first(static_cast<std::size_t>(3 * samples))),
                         doctest::Contains(("at least " + std::to_string(needed) + " numbers for").c_str()),
                         wm::ArgumentError);
  }
  CHECK_NOTHROW(network.process(std::span(x).first(5), most, std::span(y).first(3)));
  CHECK_THROWS_WITH_AS(network.process(std::span(x).first(4), most, std::span(y).first(3)),
                       doctest::Contains("expected at least 5 numbers for 1 samples"), wm::ArgumentError);
  std::vector<double> scratch(static_cast<std::size_t>(network.block_scratch_size(1)) - 1);
  CHECK_THROWS_WITH_AS(network.process(x, 5, y, scratch), doctest::Contains("network scratch: expected at least"),
                       wm::ArgumentError);
}

TEST_CASE("sizes in the type and sizes as data give the same numbers, but for the order of sums in a single sample") {
  Small<double> network;
  fill(network, 1);
  Listed<double> listed(small_list());
  std::copy(network.parameters().begin(), network.parameters().end(), listed.parameters().begin());
  auto const x = support::matrix<double>(6, 5, 7);
  wm::Workspace<double> one;
  wm::Workspace<double> other;
  CHECK(network.predict(x, one) == listed.predict(x, other));

  std::vector<double> const sample(x.row(0).begin(), x.row(0).end());
  std::vector<double> scratch(static_cast<std::size_t>(network.scratch_size()));
  std::array<double, 3> without{};
  std::array<double, 3> with{};
  std::array<double, 3> from_list{};
  network(sample, without);
  network(sample, with, scratch);
  listed(sample, from_list, scratch);
  CHECK(without == with);
  for (std::size_t o = 0; o < 3; ++o) {
    CHECK(std::abs(without[o] - from_list[o]) < 1e-14 * (1 + std::abs(from_list[o])));
  }
}

TEST_CASE("a batch may be a part of a larger one, or lie by columns") {
  Small<double> network;
  fill(network, 1);
  auto const x = support::matrix<double>(6, 8, 7);
  wm::Workspace<double> one;
  wm::Workspace<double> other;
  wm::Matrix<double> const part = x.block(1, 2, 4, 5);
  CHECK(network.predict(x.block(1, 2, 4, 5), one) == network.predict(part, other));
  Eigen::MatrixXd const by_columns = part;
  CHECK(network.predict(by_columns, one) == network.predict(part, other));
}

TEST_CASE("small networks lie in the object, large ones on the heap, both on a cache line") {
  using Large = wm::Network<Dense<784, 128>, wm::Relu, Dense<128, 10>>;
  static_assert(sizeof(Large) < 1024);
  static_assert(sizeof(Small<float>) >= sizeof(float) * (6 * 17 + 18 * 33 + 34 * 3));
  auto const aligned = [](auto const& network) {
    return reinterpret_cast<std::uintptr_t>(network.parameters().data()) % wm::alignment == 0;
  };
  CHECK(aligned(Large{}));
  CHECK(aligned(Small<float>{}));
  CHECK(aligned(Listed<double>(small_list())));
  Large const large;
  CHECK(large.parameters().size() == 785 * 128 + 129 * 10);
  CHECK(std::all_of(large.parameters().begin(), large.parameters().end(), [](float w) { return w == 0; }));
}

TEST_CASE("networks are copied and moved as values") {
  Small<double> a;
  Small<double> b;
  fill(a, 1);
  fill(b, 2);
  check_value_semantics(a, b);

  Listed<double> c(small_list());
  Listed<double> d(wm::LayerList({5, 2}, {"relu"}));
  fill(c, 1);
  fill(d, 2);
  Listed<double> e = c;
  fill(e, 3);
  check_value_semantics(c, e);
  d = c;  // the other layers are copied too
  CHECK(d == c);
  CHECK(same_function(d, c));
}

TEST_CASE("arguments that do not fit are refused with the expected and the actual value") {
  Small<double> network;
  fill(network, 1);
  auto const before = network;
  std::vector<double> x(5);
  std::vector<double> y(3);
  std::vector<double> scratch(static_cast<std::size_t>(network.scratch_size()));  // two rows of 33, in whole lines
  CHECK_THROWS_WITH_AS(network(std::vector<double>(4), y), doctest::Contains("expected 5 numbers, got 4"),
                       wm::ArgumentError);
  std::vector<double> wide(4);
  CHECK_THROWS_WITH_AS(network(x, wide), doctest::Contains("network output: expected 3 numbers, got 4"),
                       wm::ArgumentError);
  std::vector<double> little(79);
  CHECK_THROWS_WITH_AS(network(x, y, little), doctest::Contains("scratch: expected at least 80 numbers, got 79"),
                       wm::ArgumentError);
  CHECK_NOTHROW(network(x, y, scratch));
  for (Index const l : {-1, 3}) {
    CHECK_THROWS_WITH_AS((void)network.weight(l), doctest::Contains("expected a dense layer in [0, 2], got"),
                         wm::ArgumentError);
    CHECK_THROWS_AS((void)network.bias(l), wm::ArgumentError);
  }

  wm::Workspace<double> work;
  auto const refuses = [&](wm::Matrix<double> const& batch, char const* message) {
    CHECK_THROWS_WITH_AS(network.predict(batch, work), doctest::Contains(message), wm::ArgumentError);
  };
  refuses(wm::Matrix<double>(0, 5), "inputs: expected at least one sample, got an empty batch");
  refuses(wm::Matrix<double>::Zero(2, 4), "inputs: expected 5 columns, got 4");
  wm::Matrix<double> batch = wm::Matrix<double>::Zero(3, 5);
  batch(2, 4) = std::numeric_limits<double>::quiet_NaN();
  refuses(batch, "inputs: expected finite numbers, got nan in row 2, column 4");
  CHECK(network == before);
}

TEST_CASE("layers that belong to manifolds are refused") {
  auto const message =
      doctest::Contains("network: expected Dense layers alone, as a network has no contexts, got dense layer");
  CHECK_THROWS_WITH_AS((wm::Network<wm::GainDense<2, 3>>()), message, wm::ArgumentError);
  CHECK_THROWS_WITH_AS((wm::Network<wm::Dense<2, 3>, wm::SharedDense<3, 1>>()), message, wm::ArgumentError);
  CHECK_THROWS_WITH_AS((wm::Network<wm::LowRankDense<1, 2, 3>>()), message, wm::ArgumentError);
  wm::LayerList const layers{wm::Dense<>(2, 3), wm::Tanh{}, wm::GainDense<>(3, 1)};
  CHECK_THROWS_WITH_AS(wm::Network<wm::LayerList>{layers}, message, wm::ArgumentError);
  wm::Network<wm::LayerList> const plain(layers.at_point());
  CHECK(plain.parameters().size() == 13);
}
