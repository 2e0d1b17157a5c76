#pragma once

#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/core/random.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/metric/metric.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "machine.hpp"
#include "report.hpp"

/// The kernels of every level beside plain loops in double.
namespace check {

namespace wm = wmanifold;

// ---- the reference --------------------------------------------------------------------------------------------------

/// A number with a bound of its error, in units of the compared type's epsilon: the sum of the absolute terms that were
/// rounded on the way. It holds for every order of the sums.
struct Bounded {
  double value = 0;
  double bound = 0;

  Bounded& operator+=(Bounded const& other) {
    value += other.value;
    bound += other.bound;
    return *this;
  }
  friend Bounded operator*(Bounded const& a, Bounded const& b) {
    return {a.value * b.value, std::abs(a.value) * b.bound + std::abs(b.value) * a.bound + std::abs(a.value * b.value)};
  }
};

/// Returns a number that was rounded once.
inline Bounded rounded(double x) { return {x, std::abs(x)}; }

/// Returns an activation's value and derivative. The bound allows 4 units for each elementary function. Slopes are at
/// most 1.2, derivatives of slopes at most 1.
inline std::array<Bounded, 2> activated(std::string const& name, Bounded const& in) {
  double const x = in.value;
  double const s = 1 / (1 + std::exp(-x));
  double const cdf = 0.5 * std::erfc(-x / std::numbers::sqrt2);
  double const density = std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi);
  std::array<double, 2> f{x, 1};
  if (name == "relu") {
    f = {x > 0 ? x : 0, x > 0 ? 1.0 : 0.0};
  } else if (name == "elu") {
    f = {x < 0 ? std::expm1(x) : x, x < 0 ? std::exp(x) : 1};
  } else if (name == "tanh") {
    f = {std::tanh(x), 1 - std::tanh(x) * std::tanh(x)};
  } else if (name == "sigmoid") {
    f = {s, s * (1 - s)};
  } else if (name == "silu") {
    f = {x * s, s + x * s * (1 - s)};
  } else if (name == "gelu") {
    f = {x * cdf, cdf + x * density};
  } else if (name == "softplus") {
    f = {std::log1p(std::exp(x)), s};
  }
  if (name == "identity") {
    return {in, Bounded{1, 0}};
  }
  return {Bounded{f[0], 1.2 * in.bound + 4 * (std::abs(f[0]) + std::abs(x))}, Bounded{f[1], in.bound + 4}};
}

/// A rectangle of numbers with bounds.
class Table {
 public:
  Table() = default;
  Table(wm::Index rows, wm::Index columns)
      : columns_(static_cast<std::size_t>(columns)), numbers_(static_cast<std::size_t>(rows) * columns_) {}
  Bounded& operator()(wm::Index row, wm::Index column) {
    return numbers_[static_cast<std::size_t>(row) * columns_ + static_cast<std::size_t>(column)];
  }
  Bounded const& operator()(wm::Index row, wm::Index column) const {
    return numbers_[static_cast<std::size_t>(row) * columns_ + static_cast<std::size_t>(column)];
  }

 private:
  std::size_t columns_ = 0;
  std::vector<Bounded> numbers_;
};

/// A layer of the reference: in each row of the manifold (outputs x (inputs + 1)) numbers, the biases last.
struct Layer {
  wm::Index inputs;
  wm::Index outputs;
  std::string activation;
  std::vector<Table> rows;
  std::vector<Table> gradient;
};

/// A batch through plain loops, forward and back, under the mean squared error.
struct Reference {
  std::vector<Layer> layers;
  Table coefficients;              ///< samples x K
  std::vector<Table> derivatives;  ///< per coordinate, samples x K
  Table inputs;                    ///< samples x inputs
  Table targets;                   ///< samples x outputs

  Table outputs;           ///< samples x outputs
  Table input_gradient;    ///< samples x inputs
  Table context_gradient;  ///< samples x coordinates

  /// Computes the outputs and all gradients.
  void run(wm::Index samples, wm::Index k) {
    using wm::Index;
    outputs = Table(samples, layers.back().outputs);
    input_gradient = Table(samples, layers.front().inputs);
    context_gradient = Table(samples, static_cast<Index>(derivatives.size()));
    for (auto& layer : layers) {
      layer.gradient.assign(static_cast<std::size_t>(k), Table(layer.outputs, layer.inputs + 1));
    }
    for (Index b = 0; b < samples; ++b) {
      // Down. `values` are the inputs of each layer and a 1 for its biases.
      std::vector<std::vector<Bounded>> values{{}};
      std::vector<std::vector<Bounded>> slopes;
      for (Index i = 0; i < layers.front().inputs; ++i) {
        values[0].push_back(inputs(b, i));
      }
      for (auto const& layer : layers) {
        values.back().push_back({1, 0});
        std::vector<Bounded> after;
        slopes.emplace_back();
        for (Index o = 0; o < layer.outputs; ++o) {
          Bounded sum;
          for (Index i = 0; i <= layer.inputs; ++i) {
            sum += mixed(layer, b, o, i) * values.back()[static_cast<std::size_t>(i)];
          }
          auto const [value, slope] = activated(layer.activation, sum);
          after.push_back(value);
          slopes.back().push_back(slope);
        }
        values.push_back(std::move(after));
      }
      // And back.
      std::vector<Bounded> delta;
      double const scale = 2.0 / static_cast<double>(samples * layers.back().outputs);
      for (Index o = 0; o < layers.back().outputs; ++o) {
        outputs(b, o) = values.back()[static_cast<std::size_t>(o)];
        Bounded const y = outputs(b, o);
        Bounded const t = targets(b, o);
        delta.push_back(rounded(scale) * Bounded{y.value - t.value, y.bound + std::abs(y.value) + std::abs(t.value)});
      }
      std::vector<Bounded> of_coefficients(static_cast<std::size_t>(k));
      for (std::size_t l = layers.size(); l-- > 0;) {
        auto& layer = layers[l];
        std::vector<Bounded> before(static_cast<std::size_t>(layer.inputs));
        for (Index o = 0; o < layer.outputs; ++o) {
          Bounded const d = delta[static_cast<std::size_t>(o)] * slopes[l][static_cast<std::size_t>(o)];
          for (Index i = 0; i <= layer.inputs; ++i) {
            Bounded const x = values[l][static_cast<std::size_t>(i)];
            for (Index row = 0; row < k; ++row) {
              auto const at = static_cast<std::size_t>(row);
              layer.gradient[at](o, i) += coefficients(b, row) * (d * x);
              of_coefficients[at] += layer.rows[at](o, i) * (d * x);
            }
            if (i < layer.inputs) {
              before[static_cast<std::size_t>(i)] += mixed(layer, b, o, i) * d;
            }
          }
        }
        delta = std::move(before);
      }
      for (Index i = 0; i < layers.front().inputs; ++i) {
        input_gradient(b, i) = delta[static_cast<std::size_t>(i)];
      }
      for (std::size_t c = 0; c < derivatives.size(); ++c) {
        for (Index row = 0; row < k; ++row) {
          context_gradient(b, static_cast<Index>(c)) +=
              of_coefficients[static_cast<std::size_t>(row)] * derivatives[c](b, row);
        }
      }
    }
  }

 private:
  /// Weight i of output o at the context of sample b.
  Bounded mixed(Layer const& layer, wm::Index b, wm::Index o, wm::Index i) const {
    Bounded sum;
    for (std::size_t row = 0; row < layer.rows.size(); ++row) {
      sum += coefficients(b, static_cast<wm::Index>(row)) * layer.rows[row](o, i);
    }
    return sum;
  }
};

// ---- one manifold ---------------------------------------------------------------------------------------------------

/// The errors of a level's kernels, in units of their bounds.
struct KernelErrors {
  Errors forward, sample, parameters, inputs, contexts, step;
};

/// Compares a manifold with the reference.
template <class T, class R, class B, class... Layers>
class ManifoldCheck {
 public:
  using Index = wm::Index;
  using Model = wm::BasicManifold<R, B, Layers...>;
  using Space = typename B::Topology;

  ManifoldCheck(std::string const& level, KernelErrors& errors, Layers... layers)
      : place_(level + ", " + B::name()),
        errors_(errors),
        model_(wm::zeros, B{}, layers...),
        gradient_(model_.parameters().zeros_like()) {
    set_parameters();
    set_batch();
    reference_.run(samples, B::size);
  }

  void run() {
    auto const contexts = wm::Contexts<Space>::runs(points_);
    for (auto const mixing : {wm::Mixing::per_sample, wm::Mixing::by_groups}) {
      std::string const place = place_ + ", " + std::string(name_of(mixing));
      wm::Workspace<R> work;
      work.mixing = mixing;
      auto const result = wm::LossFunctional<wm::MeanSquaredError>().template gradient<T>(
          model_, inputs_, contexts, targets_, work, gradient_, {.inputs = true, .contexts = true});
      compare(result.views.inputs, reference_.input_gradient, errors_.inputs, place + ", gradient of inputs");
      compare(result.views.contexts, reference_.context_gradient, errors_.contexts, place + ", gradient of contexts");
      for (Index l = 0; l < model_.stack().depth(); ++l) {
        auto const& layer = reference_.layers[static_cast<std::size_t>(l)];
        for (Index k = 0; k < B::size; ++k) {
          Table const& expected = layer.gradient[static_cast<std::size_t>(k)];
          auto const weights = model_.weight(gradient_, k, l);
          auto const biases = model_.bias(gradient_, k, l);
          std::string const what = place + text(", gradient of layer %d", static_cast<int>(l));
          compare(weights, expected, errors_.parameters, what);
          for (Index o = 0; o < layer.outputs; ++o) {
            compare_one(biases(o), expected(o, layer.inputs), errors_.parameters, what);
          }
        }
      }
      compare(model_.template predict<T>(inputs_, contexts, work), reference_.outputs, errors_.forward,
              place + ", outputs");
    }
    check_samples();
    check_steps();
  }

 private:
  static constexpr Index samples = 19;

  /// Returns a random number that R represents.
  double draw() { return static_cast<double>(static_cast<R>(random_.normal())); }

  void set_parameters() {
    for (Index l = 0; l < model_.stack().depth(); ++l) {
      auto const& dense = model_.stack().dense(l);
      Layer layer{dense.inputs, dense.outputs, {}, {}, {}};
      model_.stack().with_activation(l, [&]<class A>(A const&) { layer.activation = A::name; });
      place_ += text("%s%d", l == 0 ? ", " : "-", static_cast<int>(dense.inputs));
      for (Index k = 0; k < B::size; ++k) {
        Table numbers(layer.outputs, layer.inputs + 1);
        auto weights = model_.weight(k, l);
        auto biases = model_.bias(k, l);
        for (Index o = 0; o < layer.outputs; ++o) {
          for (Index i = 0; i <= layer.inputs; ++i) {
            auto const x = static_cast<R>(draw() / std::sqrt(static_cast<double>(layer.inputs)));
            numbers(o, i) = {static_cast<double>(x), 0};
            (i < layer.inputs ? weights(o, i) : biases(o)) = x;
          }
        }
        layer.rows.push_back(std::move(numbers));
      }
      reference_.layers.push_back(std::move(layer));
    }
    place_ += text("-%d", static_cast<int>(model_.outputs()));
  }

  /// Sets inputs, targets and contexts, which groups of 1, 7 and 11 samples share.
  void set_batch() {
    constexpr auto K = static_cast<std::size_t>(B::size);
    constexpr auto coordinates = static_cast<std::size_t>(Space::coordinates);
    inputs_.resize(samples, model_.inputs());
    targets_.resize(samples, model_.outputs());
    reference_.inputs = Table(samples, model_.inputs());
    reference_.targets = Table(samples, model_.outputs());
    reference_.coefficients = Table(samples, B::size);
    reference_.derivatives.assign(coordinates, Table(samples, B::size));
    for (Index b = 0; b < samples; ++b) {
      if (b == 0 || b == 1 || b == 8) {
        points_.push_back(Space::from_cube({random_.uniform()}));
      } else {
        points_.push_back(points_.back());
      }
      std::array<double, K> phi{};
      std::array<double, K * coordinates> slopes{};
      model_.basis().values(points_.back(), phi);
      model_.basis().derivatives(points_.back(), slopes);
      for (std::size_t k = 0; k < K; ++k) {
        reference_.coefficients(b, static_cast<Index>(k)) = rounded(phi[k]);
        for (std::size_t c = 0; c < coordinates; ++c) {
          reference_.derivatives[c](b, static_cast<Index>(k)) = rounded(slopes[k * coordinates + c]);
        }
      }
      fill(inputs_, reference_.inputs, b);
      fill(targets_, reference_.targets, b);
    }
  }
  void fill(wm::Matrix<R>& numbers, Table& table, Index row) {
    for (Index i = 0; i < numbers.cols(); ++i) {
      table(row, i) = {draw(), 0};
      numbers(row, i) = static_cast<R>(table(row, i).value);
    }
  }

  template <wm::Real Number>  // gradients of contexts are in double
  static void compare_one(Number ours, Bounded const& theirs, Errors& errors, std::string const& place) {
    double const error = std::abs(static_cast<double>(ours) - theirs.value);
    double const bound = theirs.bound * static_cast<double>(std::numeric_limits<R>::epsilon());
    errors.add(error == 0 ? 0 : error / bound, 1, place);
  }
  /// Compares a matrix with the first columns of a table.
  template <class M>
  static void compare(M const& ours, Table const& theirs, Errors& errors, std::string const& place) {
    for (Index row = 0; row < ours.rows(); ++row) {
      for (Index column = 0; column < ours.cols(); ++column) {
        compare_one(ours(row, column), theirs(row, column), errors, place);
      }
    }
  }

  /// Compares single samples: through the network at a point, alone and in blocks, and without forming it.
  void check_samples() {
    auto const outputs = static_cast<std::size_t>(model_.outputs());
    std::vector<R> y(outputs);
    std::vector<R> block(outputs * 2);
    for (Index b = 0; b < samples; ++b) {
      auto const& s = points_[static_cast<std::size_t>(b)];
      std::span<R const> const x(inputs_.row(b).data(), static_cast<std::size_t>(model_.inputs()));
      auto const network = model_.template at<T>(s);
      std::vector<R> scratch(static_cast<std::size_t>(network.block_scratch_size(2) + model_.scratch_size()));
      network.template operator()<T>(x, y, scratch);
      compare_sample(y, b, "network at a point");
      model_.template operator()<T>(s, x, y, scratch);
      compare_sample(y, b, "model(s, x, y)");
      if (b > 0 && points_[static_cast<std::size_t>(b - 1)] == s) {
        network.template process<T>({inputs_.row(b - 1).data(), 2 * x.size()}, model_.inputs(), block, scratch);
        compare_sample({block.data() + outputs, outputs}, b, "block of samples");
      }
    }
  }
  void compare_sample(std::span<R const> y, Index b, char const* what) {
    for (std::size_t o = 0; o < y.size(); ++o) {
      compare_one(y[o], reference_.outputs(b, static_cast<Index>(o)), errors_.sample, place_ + ", " + what);
    }
  }

  /// Compares two steps with momentum along a random gradient.
  void check_steps() {
    wm::SmallMatrix const inverse = wm::Metric(model_.basis()).inverse();
    Bounded const minus_rate = rounded(-0.1);
    Bounded factor = rounded(0.9);  // v1 + v2 = (2 + momentum) d
    factor += rounded(2);
    Model moved = model_;
    wm::GradientFlow flow{moved, wm::MeanSquaredError{}, {.rate = 0.1, .momentum = 0.9, .stiffness = 0}};
    for (R& number : gradient_.numbers()) {
      number = static_cast<R>(draw());
    }
    flow.template descend<T>(gradient_);
    flow.template descend<T>(gradient_);
    std::string const place = place_ + ", step";
    for (Index l = 0; l < model_.stack().depth(); ++l) {
      for (Index k = 0; k < B::size; ++k) {
        auto const each = [&](auto const& of) {
          auto const after = of(moved.parameters(), k);
          auto const before = of(model_.parameters(), k);
          for (Index i = 0; i < after.size(); ++i) {
            Bounded direction;
            for (Index j = 0; j < B::size; ++j) {
              direction += rounded(inverse(k, j)) * Bounded{static_cast<double>(of(gradient_, j).data()[i]), 0};
            }
            auto const old = static_cast<double>(before.data()[i]);
            Bounded expected{old, 2 * std::abs(old)};
            expected += minus_rate * (factor * direction);
            compare_one(after.data()[i], expected, errors_.step, place);
          }
        };
        each([&](auto& block, Index row) { return model_.weight(block, row, l); });
        each([&](auto& block, Index row) { return model_.bias(block, row, l); });
      }
    }
  }

  std::string place_;
  KernelErrors& errors_;
  wm::Random random_{wm::Seed{1}};
  Model model_;
  wm::Parameters<R> gradient_;
  Reference reference_;
  std::vector<wm::Point<Space>> points_;
  wm::Matrix<R> inputs_;
  wm::Matrix<R> targets_;
};

// ---- levels ---------------------------------------------------------------------------------------------------------

/// Checks one level in one kind of numbers, and prints a line.
template <class Arch, class R>
void check_level(Report& report) {
  using T = wm::Target<Arch, wm::HostTarget::threads>;
  using wm::Dense, wm::Fourier, wm::CatmullRom, wm::S1;
  std::string const level = name_of_arch<Arch>() + (std::same_as<R, float> ? ", float" : ", double");
  KernelErrors errors;
  // Sizes at run time, and sizes in types, whose networks at a point are unrolled.
  ManifoldCheck<T, R, Fourier<S1, 2>, Dense<>, wm::Tanh, Dense<>, wm::Gelu, Dense<>, wm::Softplus, Dense<>>(
      level, errors, {13, 37}, {}, {37, 19}, {}, {19, 11}, {}, {11, 5})
      .run();
  ManifoldCheck<T, R, CatmullRom<S1, 7>, Dense<2, 8>, wm::Silu, Dense<8, 1>>(level, errors, {}, {}, {}).run();
  std::string line = text("%-11s %-7s", name_of_arch<Arch>().c_str(), std::same_as<R, float> ? "float" : "double");
  std::string places;
  bool holds = true;
  for (Errors const* const one :
       {&errors.forward, &errors.sample, &errors.parameters, &errors.inputs, &errors.contexts, &errors.step}) {
    line += text(" %10.2g", one->largest());
    holds = holds && one->hold();
    places += one->places();
  }
  report.result(line, holds, places);
}

/// Checks a level if the compiler's flags allow it.
template <class Arch>
void check_level_if_allowed(Report& report) {
  if constexpr (requires { requires Arch::supported(); } || std::same_as<Arch, wm::Scalar>) {
    check_level<Arch, float>(report);
    check_level<Arch, double>(report);
  }
}

/// Checks those of these levels that the flags allow, and the best one.
template <class... Arch>
void check_levels(Report& report) {
  (check_level_if_allowed<Arch>(report), ...);
  if constexpr (!(std::same_as<Arch, wm::HostArch> || ...)) {
    check_level_if_allowed<wm::HostArch>(report);
  }
}

/// Checks a level for each width of registers.
inline void check_kernels(Report& report) {
  report.section("Kernels beside plain loops in double: largest error, in parts of its bound (allowed: 1)");
  report.headings(text("%-11s %-7s %10s %10s %10s %10s %10s %10s", "level", "numbers", "outputs", "one sample",
                       "parameters", "inputs", "contexts", "flow step"));
  check_levels<wm::Scalar, xsimd::sse2, xsimd::fma3<xsimd::avx2>, xsimd::avx512bw, xsimd::neon64>(report);
}

}  // namespace check
