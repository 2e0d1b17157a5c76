#include <wmanifold/autodiff/tape.hpp>
#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/one_per_context.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/functional/loss_functional.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/network/layer_list.hpp>
#include <wmanifold/topology/finite.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

/// Compares the hand-written backward passes with the tape, which computes the same networks number by number, without
/// batches, groups or kernels.
namespace wm = wmanifold;
using wm::Index, wm::Placement;

namespace {

using Var = wm::Variable<double>;

/// All parts of a network, as variables.
template <class Model>
struct Recorded {
  Model const& model;
  wm::Tape<double> tape;
  std::vector<Var> numbers;  // all parameters, as they lie in memory
  std::vector<Var> inputs;
  std::vector<Var> phi;

  explicit Recorded(Model const& of) : model(of) {
    for (double const x : model.parameters().numbers()) {
      numbers.push_back(tape.variable(x));
    }
  }
  Var row(Index k, Index n) const { return numbers[static_cast<std::size_t>(k * model.parameters().stride() + n)]; }
  Var shared(Index n) const {
    return numbers[static_cast<std::size_t>(model.basis_size() * model.parameters().stride() + n)];
  }

  /// Returns the mix of number n of all rows.
  Var mixed(Index n) const {
    Var sum = 0.0;
    for (Index k = 0; k < model.basis_size(); ++k) {
      sum += phi[static_cast<std::size_t>(k)] * row(k, n);
    }
    return sum;
  }

  /// Returns W(s) for the weight from `input` (the bias after the last) to `output`, by its definition.
  Var weight(wm::DenseLayout const& shape, Index input, Index output) const {
    Index const n = input * shape.outputs + output;
    Var sum = 0.0;
    switch (shape.placement) {
      case Placement::manifold:
        return mixed(shape.row_offset + n);
      case Placement::shared:
        return shared(shape.shared_offset + n);
      case Placement::low_rank:
        sum = shared(shape.shared_offset + n);
        for (Index j = 0; j < shape.rank; ++j) {
          sum += mixed(shape.row_offset + j) * shared(shape.right_offset() + input * shape.rank + j) *
                 shared(shape.left_offset() + j * shape.outputs + output);
        }
        return sum;
      case Placement::gains:
        if (input < shape.inputs) {
          return (1.0 + mixed(shape.row_offset + output)) * shared(shape.shared_offset + n);
        }
        return mixed(shape.row_offset + shape.outputs + output);
    }
    return sum;
  }

  std::vector<Var> outputs() const {
    std::vector<Var> x = inputs;
    for (Index l = 0; l < model.stack().depth(); ++l) {
      auto const& shape = model.stack().dense(l);
      std::vector<Var> y(static_cast<std::size_t>(shape.outputs), Var(0.0));
      for (Index o = 0; o < shape.outputs; ++o) {
        Var sum = weight(shape, shape.inputs, o);
        for (Index i = 0; i < shape.inputs; ++i) {
          sum += weight(shape, i, o) * x[static_cast<std::size_t>(i)];
        }
        model.stack().with_activation(
            l, [&](auto const& activation) { y[static_cast<std::size_t>(o)] = activation(sum).value; });
      }
      x = y;
    }
    return x;
  }
};

Var squared_error(std::vector<Var> const& y, double const* target) {
  Var sum = 0.0;
  for (std::size_t o = 0; o < y.size(); ++o) {
    sum += (y[o] - target[o]) * (y[o] - target[o]);
  }
  return sum / static_cast<double>(y.size());
}

Var entropy(std::vector<Var> const& y, int label) {
  Var sum = 0.0;
  for (auto const& logit : y) {
    sum += exp(logit);
  }
  return log(sum) - y[static_cast<std::size_t>(label)];
}

/// Every kind of layer, every activation.
wm::LayerList layers() {
  return wm::LayerList{wm::Dense<>(3, 4),       wm::Tanh{},     wm::LowRankDense<>(4, 3, 2), wm::Silu{},
                       wm::SharedDense<>(3, 4), wm::Softplus{}, wm::Dense<>(4, 3),           wm::Gelu{},
                       wm::Dense<>(3, 3),       wm::Sigmoid{},  wm::LowRankDense<>(3, 4, 1), wm::Relu{},
                       wm::GainDense<>(4, 3),   wm::Elu{},      wm::GainDense<>(3, 3),       wm::Identity{}};
}

double distance(wm::SmallMatrix const& a, wm::SmallMatrix const& b) { return (a - b).norm() / b.norm(); }

}  // namespace

TEST_CASE_TEMPLATE("backward passes agree with the tape: every layer, activation, loss and topology", Basis,
                   wm::Bernstein<wm::Interval, 3>, wm::Fourier<wm::S1, 2>, wm::Fourier<wm::Torus<2>, 1>,
                   wm::SphericalHarmonics<wm::S2, 2>, wm::Tensor<wm::Line, wm::Ellipse>) {
  using Space = typename Basis::Topology;
  using Model = wm::BasicManifold<double, Basis, wm::LayerList>;
  constexpr Index samples = 6;
  Model model(wm::zeros, {}, layers());
  support::randomise(model, 1);
  auto const extra = support::normals<double>(static_cast<Index>(model.parameters().shared().size()), 7);
  std::copy(extra.begin(), extra.end(), model.parameters().shared().begin());
  wm::Random random(wm::Seed{2});
  wm::Matrix<double> const x = support::matrix<double>(samples, 3, 4);
  wm::Matrix<double> const targets = support::matrix<double>(samples, 3, 5);
  auto const labels = support::labels(samples, 3, 6);
  auto const contexts = wm::Contexts<Space>::grouped(wm::uniform_points<Space>(2, random), samples / 2);

  for (bool const classes : {false, true}) {
    CAPTURE(classes);
    wm::Workspace<double> work;
    auto gradient = model.parameters().zeros_like();
    wm::GradientRequest const request{.inputs = true, .contexts = true};
    auto const ours =
        classes
            ? wm::LossFunctional(wm::CrossEntropy{}).gradient(model, x, contexts, labels, work, gradient, request)
            : wm::LossFunctional(wm::MeanSquaredError{}).gradient(model, x, contexts, targets, work, gradient, request);

    wm::SmallMatrix parameters = wm::SmallMatrix::Zero(static_cast<Index>(gradient.numbers().size()), 1);
    wm::SmallMatrix inputs(samples, 3);
    wm::SmallMatrix along(samples, Space::coordinates);
    double value = 0;
    contexts.for_each([&](wm::Point<Space> const& s, Index begin, Index end) {
      std::vector<double> slopes(static_cast<std::size_t>(Basis::size * Space::coordinates));
      model.basis().derivatives(s, slopes);
      for (Index b = begin; b < end; ++b) {
        Recorded<Model> recorded(model);
        for (double const p : wm::values_at(model.basis(), s)) {
          recorded.phi.push_back(recorded.tape.variable(p));
        }
        for (Index i = 0; i < 3; ++i) {
          recorded.inputs.push_back(recorded.tape.variable(x(b, i)));
        }
        auto const y = recorded.outputs();
        Var const loss =
            (classes ? entropy(y, labels[static_cast<std::size_t>(b)]) : squared_error(y, targets.row(b).data())) /
            static_cast<double>(samples);
        recorded.tape.backward(loss);
        value += loss.value;
        for (std::size_t n = 0; n < recorded.numbers.size(); ++n) {
          parameters(static_cast<Index>(n), 0) += recorded.tape.gradient(recorded.numbers[n]);
        }
        for (Index i = 0; i < 3; ++i) {
          inputs(b, i) = recorded.tape.gradient(recorded.inputs[static_cast<std::size_t>(i)]);
        }
        for (Index c = 0; c < Space::coordinates; ++c) {
          along(b, c) = 0;
          for (Index k = 0; k < Basis::size; ++k) {
            along(b, c) += recorded.tape.gradient(recorded.phi[static_cast<std::size_t>(k)]) *
                           slopes[static_cast<std::size_t>(k * Space::coordinates + c)];
          }
        }
      }
    });
    CHECK(ours.value == doctest::Approx(value).epsilon(1e-12));
    CHECK(distance(Eigen::Map<Eigen::VectorXd const>(gradient.data(), parameters.rows()), parameters) < 1e-11);
    CHECK(distance(ours.views.inputs, inputs) < 1e-11);
    CHECK(distance(ours.views.contexts, along) < 1e-11);
  }
}

TEST_CASE_TEMPLATE("gradients of contexts over the rows that meet are those over all rows, to the bit", Basis,
                   wm::CatmullRom<wm::S1, 9>, wm::PolygonalChain<wm::Interval, 8>,
                   wm::Tensor<wm::OnePerContext<wm::Finite<3>>, wm::CatmullRom<wm::S1, 5>>) {
  using Space = typename Basis::Topology;
  using Model = wm::BasicManifold<float, Basis, wm::Dense<5, 40>, wm::Tanh, wm::Dense<40, 3>>;
  constexpr std::size_t width = Space::coordinates;
  Model model(wm::zeros);
  support::randomise(model, 1);
  wm::Random random(wm::Seed{2});
  auto points = wm::uniform_points<Space>(30, random);
  constexpr std::array<double, width> zeros{};
  points.emplace_back(std::span<double const>(zeros));  // at a knot: few rows, and derivatives of others
  for (Index const per_context : {1, 4}) {
    CAPTURE(per_context);
    Index const samples = per_context * std::ssize(points);
    auto const contexts =
        per_context == 1 ? wm::Contexts<Space>(points) : wm::Contexts<Space>::grouped(points, per_context);
    wm::Matrix<float> const x = support::matrix<float>(samples, 5, 4);
    wm::Matrix<float> const slopes = support::matrix<float>(samples, 3, 5);
    auto gradient = model.parameters().zeros_like();
    wm::Workspace<float> work;
    static_cast<void>(model.forward(x, contexts, work));
    REQUIRE(!work.coefficients.spans.empty());
    auto const ours = model.backward(x, contexts, slopes, work, gradient, {.contexts = true}).contexts;
    std::vector<double> const few(ours.data(), ours.data() + ours.size());
    wm::MixedNetwork<float, typename Model::Stack> network(Basis::size, model.stack());
    network.parameters() = model.parameters();
    auto const all = network
                         .template backward<wm::HostTarget>(x, work.coefficients, slopes, {.contexts = true},
                                                            work.cache, work.scratch, gradient)
                         .coefficients;
    bool is_equal = true;
    contexts.for_each([&](wm::Point<Space> const& s, Index begin, Index end) {
      std::vector<double> derivatives(Basis::size * width);
      model.basis().derivatives(s, std::span<double, Basis::size * width>(derivatives));
      for (Index b = begin; b < end; ++b) {
        for (std::size_t c = 0; c < width; ++c) {
          double sum = 0;
          for (std::size_t k = 0; k < Basis::size; ++k) {
            sum += derivatives[k * width + c] * static_cast<double>(all(b, static_cast<Index>(k)));
          }
          is_equal = is_equal && sum == few[static_cast<std::size_t>(b) * width + c];
        }
      }
    });
    CHECK(is_equal);
  }
}
