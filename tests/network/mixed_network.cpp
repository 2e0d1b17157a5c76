#include <wmanifold/network/mixed_network.hpp>

#include <wmanifold/network/network.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

#include <array>

namespace wm = wmanifold;
using wm::Index, wm::Mixing;
using Host = wm::HostTarget;

namespace {

using Layers = wm::Stack<wm::LayerList>;
constexpr Index K = 3;
constexpr Index samples = 6;

wm::MixedNetwork<double, Layers> random_network(wm::LayerList layers) {
  wm::MixedNetwork<double, Layers> network(K, Layers(std::move(layers)));
  auto const numbers = support::normals<double>(std::ssize(network.parameters().numbers()), 1);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    network.parameters().numbers()[i] = numbers[i] / 2;
  }
  return network;
}

wm::LayerList placed() {
  return {wm::Dense<>(4, 5),     wm::Tanh{}, wm::SharedDense<>(5, 3), wm::Softplus{}, wm::LowRankDense<>(3, 4, 2),
          wm::GainDense<>(4, 3), wm::Tanh{}, wm::Dense<>(3, 2)};
}

/// A batch whose groups have random coefficients.
struct Batch {
  std::vector<Index> ends;
  wm::Matrix<double> phi;  // groups x K
  wm::BatchCoefficients<double> coefficients;
  wm::Matrix<double> inputs = support::matrix<double>(samples, 4, 2);
  wm::Matrix<double> slopes = support::matrix<double>(samples, 2, 3);
  wm::ForwardCache<double> cache;
  wm::PassScratch<double> scratch;

  Batch(std::vector<Index> group_ends, Mixing mixing)
      : ends(std::move(group_ends)), phi(support::matrix<double>(ends.empty() ? samples : std::ssize(ends), K, 4)) {
    set(mixing);
  }
  void set(Mixing mixing) {
    coefficients.set_mixed(samples, ends, K, wm::plan_batch(ends, samples, K, K, mixing),
                           [&](Index g, double* out) { std::copy_n(phi.row(g).data(), K, out); });
  }
  [[nodiscard]] wm::kernel::ChosenRows<double> rows_of(wm::MixedNetwork<double, Layers> const& network, Index g) const {
    static constexpr std::array<Index, K> all{0, 1, 2};
    return {phi.row(g).data(), all.data(), K, network.parameters().stride()};
  }
  wm::Matrix<double> forward(wm::MixedNetwork<double, Layers> const& network) {
    return network.forward<Host>(inputs, coefficients, true, cache, scratch);
  }
};

std::vector<Index> const each{};
std::vector<Index> const shared{2, 3, 6};

}  // namespace

TEST_CASE("a batch, a sample and the formed network agree, for every way of mixing rows") {
  auto const network = random_network(placed());
  for (auto const& ends : {each, shared}) {
    for (Mixing const mixing : {Mixing::per_sample, Mixing::by_groups}) {
      Batch batch(ends, mixing);
      CHECK(batch.coefficients.plan.mixing == mixing);
      auto const outputs = batch.forward(network);
      std::vector<double> scratch(static_cast<std::size_t>(network.scratch_size()));
      batch.coefficients.for_each_group([&](Index g, Index begin, Index end) {
        wm::BasicNetwork<double, wm::LayerList> formed(network.point_stack());
        network.at<Host>(batch.rows_of(network, g), formed.parameters().data());
        for (Index b = begin; b < end; ++b) {
          std::array<double, 2> y{};
          network.operator()<Host>(batch.rows_of(network, g), batch.inputs.row(b).data(), y.data(), scratch.data());
          std::array<double, 2> of_formed{};
          formed(std::span<double const>(batch.inputs.row(b).data(), 4), of_formed, scratch);
          for (Index o = 0; o < 2; ++o) {
            CHECK(outputs(b, o) == doctest::Approx(y[static_cast<std::size_t>(o)]).epsilon(1e-12));
            CHECK(outputs(b, o) == doctest::Approx(of_formed[static_cast<std::size_t>(o)]).epsilon(1e-12));
          }
        }
      });
    }
  }
}

TEST_CASE("gradients of parameters, inputs and coefficients are slopes") {
  auto network = random_network(placed());
  for (auto const& ends : {each, shared}) {
    for (Mixing const mixing : {Mixing::per_sample, Mixing::by_groups}) {
      Batch batch(ends, mixing);
      auto const loss = [&] {
        batch.set(mixing);
        return batch.forward(network).cwiseProduct(batch.slopes).sum();
      };
      auto const slope_in = [&](double& x) {
        double const at = x;
        x = at + 1e-5;
        double const above = loss();
        x = at - 1e-5;
        double const below = loss();
        x = at;
        return (above - below) / 2e-5;
      };
      loss();
      auto gradient = network.parameters().zeros_like();
      auto const views =
          network.backward<Host>(batch.inputs, batch.coefficients, batch.slopes, {.inputs = true, .contexts = true},
                                 batch.cache, batch.scratch, gradient);
      wm::Matrix<double> const in_inputs = views.inputs;
      wm::Matrix<double> const in_coefficients = views.coefficients;
      double worst = 0;
      for (Index k = 0; k < K; ++k) {
        for (std::size_t n = 0; n < gradient.row(k).size(); ++n) {
          worst = support::larger(worst, std::abs(gradient.row(k)[n] - slope_in(network.parameters().row(k)[n])));
        }
      }
      for (std::size_t n = 0; n < gradient.shared().size(); ++n) {
        worst = support::larger(worst, std::abs(gradient.shared()[n] - slope_in(network.parameters().shared()[n])));
      }
      for (Index b = 0; b < samples; ++b) {
        for (Index i = 0; i < 4; ++i) {
          worst = support::larger(worst, std::abs(in_inputs(b, i) - slope_in(batch.inputs(b, i))));
        }
      }
      batch.coefficients.for_each_group([&](Index g, Index begin, Index end) {
        for (Index k = 0; k < K; ++k) {
          double const sum = in_coefficients.block(begin, k, end - begin, 1).sum();
          worst = support::larger(worst, std::abs(sum - slope_in(batch.phi(g, k))));
        }
      });
      CHECK(worst < 1e-7);
    }
  }
}

TEST_CASE("a frozen layer has no gradient, and its neighbours keep theirs") {
  auto network = random_network(placed());
  Batch batch(shared, Mixing::automatic);
  batch.forward(network);
  auto before = network.parameters().zeros_like();
  network.backward<Host>(batch.inputs, batch.coefficients, batch.slopes, {}, batch.cache, batch.scratch, before);
  for (Index l = 0; l < network.stack().depth(); ++l) {
    CAPTURE(l);
    network.freeze(l);
    auto gradient = network.parameters().zeros_like();
    std::fill(gradient.numbers().begin(), gradient.numbers().end(), 1.0);  // must be overwritten
    network.backward<Host>(batch.inputs, batch.coefficients, batch.slopes, {}, batch.cache, batch.scratch, gradient);
    auto expected = before;
    network.zero_frozen(expected);
    CHECK(gradient.matrix() == expected.matrix());
    CHECK(std::equal(gradient.shared().begin(), gradient.shared().end(), expected.shared().begin()));
    network.unfreeze(l);
  }
}

TEST_CASE("one row is the network of all samples, and a row for each group is that of its samples") {
  auto const network = random_network({wm::Dense<>(4, 5), wm::Tanh{}, wm::Dense<>(5, 2)});
  Batch batch(shared, Mixing::per_sample);
  batch.coefficients.set_row_of_groups(samples, batch.ends);
  auto const outputs = batch.forward(network);
  batch.coefficients.for_each_group([&](Index g, Index begin, Index end) {
    wm::MixedNetwork<double, Layers> alone(1, network.stack());
    std::copy(network.parameters().row(g).begin(), network.parameters().row(g).end(),
              alone.parameters().row(0).begin());
    Batch own(shared, Mixing::per_sample);
    own.coefficients.set_one_row(samples, {});
    auto const all = own.forward(alone);
    CHECK((outputs.middleRows(begin, end - begin) - all.middleRows(begin, end - begin)).norm() < 1e-13);
  });
}
