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
#include <vector>

#include "activation.hpp"
#include "flat.hpp"
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
  if (name == "identity") {
    return {in, Bounded{1, 0}};
  }
  auto const [f, slope] = activation_at(name, in.value);
  return {Bounded{f, 1.2 * in.bound + 4 * (std::abs(f) + std::abs(in.value))}, Bounded{slope, in.bound + 4}};
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

/// Compares numbers, row by row, with the first columns of a table whose bounds are in units of `epsilon`.
inline void compare(std::vector<double> const& ours, Table const& theirs, wm::Index columns, double epsilon,
                    Errors& errors, std::string const& place, wm::Index first_row = 0) {
  for (std::size_t i = 0; i < ours.size(); ++i) {
    auto const at = static_cast<wm::Index>(i);
    Bounded const& expected = theirs(first_row + at / columns, at % columns);
    double const error = std::abs(ours[i] - expected.value);
    errors.add(error == 0 ? 0 : error / (expected.bound * epsilon), 1, place);
  }
}

/// Compares a manifold with the reference. What depends on no target is compiled once for all levels.
template <class R, class B, class... Layers>
class ManifoldCheck {
 public:
  using Index = wm::Index;
  using Model = wm::BasicManifold<R, B, Layers...>;
  using Space = typename B::Topology;

  explicit ManifoldCheck(Layers... layers)
      : model_(wm::zeros, B{}, layers...), gradient_(model_.parameters().zeros_like()), contexts_(draw_contexts()) {
    set_parameters();
    set_batch();
    reference_.run(samples, B::size);
    set_step();
  }

  /// Runs all kernels of a target.
  template <class T>
  void run(std::string const& level, KernelErrors& errors) {
    std::string const here = level + ", " + B::name() + ", " + sizes_;
    for (auto const mixing : {wm::Mixing::per_sample, wm::Mixing::by_groups}) {
      std::string const place = here + ", " + std::string(name_of(mixing));
      wm::Workspace<R> work;
      work.mixing = mixing;
      auto const result = wm::LossFunctional<wm::MeanSquaredError>().template gradient<T>(
          model_, inputs_, contexts_, targets_, work, gradient_, {.inputs = true, .contexts = true});
      compare(flat(result.views.inputs), reference_.input_gradient, model_.inputs(), epsilon, errors.inputs,
              place + ", gradient of inputs");
      compare(flat(result.views.contexts), reference_.context_gradient, Space::coordinates, epsilon, errors.contexts,
              place + ", gradient of contexts");
      compare_block(gradient_, gradients_, errors.parameters, place + ", gradient of parameters");
      compare(flat(model_.template predict<T>(inputs_, contexts_, work)), reference_.outputs, model_.outputs(), epsilon,
              errors.forward, place + ", outputs");
    }
    run_samples<T>(here, errors.sample);
    Model moved = model_;
    wm::GradientFlow flow{moved, wm::MeanSquaredError{}, {.rate = rate, .momentum = momentum, .stiffness = 0}};
    flow.template descend<T>(direction_);
    flow.template descend<T>(direction_);
    compare_block(moved.parameters(), after_steps_, errors.step, here + ", step");
  }

 private:
  static constexpr Index samples = 19;
  static constexpr double rate = 0.1;
  static constexpr double momentum = 0.9;
  static constexpr double epsilon = static_cast<double>(std::numeric_limits<R>::epsilon());

  /// Returns a random number that R represents.
  double draw() { return static_cast<double>(static_cast<R>(random_.normal())); }

  /// Returns contexts that groups of 1, 7 and 11 samples share.
  wm::Contexts<Space> draw_contexts() {
    std::vector<wm::Point<Space>> points;
    for (int group = 0; group < 3; ++group) {
      points.push_back(Space::from_cube({random_.uniform()}));
    }
    return wm::Contexts<Space>::grouped(points, {1, 7, 11});
  }

  void set_parameters() {
    for (Index l = 0; l < model_.stack().depth(); ++l) {
      auto const& dense = model_.stack().dense(l);
      Layer layer{dense.inputs, dense.outputs, {}, {}, {}};
      model_.stack().with_activation(l, [&]<class A>(A const&) { layer.activation = A::name; });
      sizes_ += std::to_string(dense.inputs) + "-";
      for (Index k = 0; k < B::size; ++k) {
        Table numbers(layer.outputs, layer.inputs + 1);
        for (Index o = 0; o < layer.outputs; ++o) {
          for (Index i = 0; i <= layer.inputs; ++i) {
            auto const x = static_cast<R>(draw() / std::sqrt(static_cast<double>(layer.inputs)));
            numbers(o, i) = {static_cast<double>(x), 0};
            number(model_.parameters(), k, l, o, i) = x;
          }
        }
        layer.rows.push_back(std::move(numbers));
      }
      reference_.layers.push_back(std::move(layer));
    }
    sizes_ += std::to_string(model_.outputs());
  }

  /// Weight i of output o, or its bias after the last weight.
  R& number(wm::Parameters<R>& block, Index k, Index l, Index o, Index i) {
    return i < model_.stack().dense(l).inputs ? model_.weight(block, k, l)(o, i) : model_.bias(block, k, l)(o);
  }

  void set_batch() {
    constexpr auto K = static_cast<std::size_t>(B::size);
    constexpr auto coordinates = static_cast<std::size_t>(Space::coordinates);
    reference_.coefficients = Table(samples, B::size);
    reference_.derivatives.assign(coordinates, Table(samples, B::size));
    contexts_.for_each([&](wm::Point<Space> const& s, Index begin, Index end) {
      std::array<double, K> phi{};
      std::array<double, K * coordinates> slopes{};
      model_.basis().values(s, phi);
      model_.basis().derivatives(s, slopes);
      for (Index b = begin; b < end; ++b) {
        for (std::size_t k = 0; k < K; ++k) {
          reference_.coefficients(b, static_cast<Index>(k)) = rounded(phi[k]);
          for (std::size_t c = 0; c < coordinates; ++c) {
            reference_.derivatives[c](b, static_cast<Index>(k)) = rounded(slopes[k * coordinates + c]);
          }
        }
      }
    });
    reference_.inputs = drawn(inputs_, model_.inputs());
    reference_.targets = drawn(targets_, model_.outputs());
  }
  Table drawn(wm::Matrix<R>& numbers, Index columns) {
    numbers.resize(samples, columns);
    Table table(samples, columns);
    for (Index b = 0; b < samples; ++b) {
      for (Index i = 0; i < columns; ++i) {
        table(b, i) = {draw(), 0};
        numbers(b, i) = static_cast<R>(table(b, i).value);
      }
    }
    return table;
  }

  /// Draws a direction, and computes the gradient's tables and the parameters after two steps along it.
  void set_step() {
    wm::SmallMatrix const inverse = wm::Metric(model_.basis()).inverse();
    direction_ = model_.parameters().zeros_like();
    for (R& x : direction_.numbers()) {
      x = static_cast<R>(draw());
    }
    Bounded factor = rounded(momentum);  // the velocities of both steps are 2 + momentum times the direction
    factor += rounded(2);
    for (Index l = 0; l < model_.stack().depth(); ++l) {
      auto const& layer = reference_.layers[static_cast<std::size_t>(l)];
      for (Index k = 0; k < B::size; ++k) {
        gradients_.push_back(layer.gradient[static_cast<std::size_t>(k)]);
        Table after(layer.outputs, layer.inputs + 1);
        for (Index o = 0; o < layer.outputs; ++o) {
          for (Index i = 0; i <= layer.inputs; ++i) {
            Bounded steepest;
            for (Index j = 0; j < B::size; ++j) {
              steepest += rounded(inverse(k, j)) * Bounded{static_cast<double>(number(direction_, j, l, o, i)), 0};
            }
            auto const before = static_cast<double>(number(model_.parameters(), k, l, o, i));
            after(o, i) = {before, 2 * std::abs(before)};
            after(o, i) += rounded(-rate) * (factor * steepest);
          }
        }
        after_steps_.push_back(std::move(after));
      }
    }
  }

  /// Compares a block of parameters with tables, of each layer one of each row.
  void compare_block(wm::Parameters<R>& block, std::vector<Table> const& theirs, Errors& errors,
                     std::string const& place) {
    for (Index l = 0, table = 0; l < model_.stack().depth(); ++l) {
      auto const& dense = model_.stack().dense(l);
      for (Index k = 0; k < B::size; ++k, ++table) {
        std::vector<double> ours;
        for (Index o = 0; o < dense.outputs; ++o) {
          for (Index i = 0; i <= dense.inputs; ++i) {
            ours.push_back(static_cast<double>(number(block, k, l, o, i)));
          }
        }
        compare(ours, theirs[static_cast<std::size_t>(table)], dense.inputs + 1, epsilon, errors,
                place + " of layer " + std::to_string(l));
      }
    }
  }

  /// Runs single samples: through the network at a point, alone and in blocks, and without forming it.
  template <class T>
  void run_samples(std::string const& here, Errors& errors) {
    auto const outputs = static_cast<std::size_t>(model_.outputs());
    std::vector<R> y(outputs);
    contexts_.for_each([&](wm::Point<Space> const& s, Index begin, Index end) {
      auto const network = model_.template at<T>(s);
      std::vector<R> scratch(static_cast<std::size_t>(network.block_scratch_size(4) + model_.scratch_size()));
      for (Index b = begin; b < end; ++b) {
        std::span<R const> const x(inputs_.row(b).data(), static_cast<std::size_t>(model_.inputs()));
        network.template operator()<T>(x, y, scratch);
        compare_rows(y, b, errors, here + ", network at a point");
        model_.template operator()<T>(s, x, y, scratch);
        compare_rows(y, b, errors, here + ", model(s, x, y)");
      }
      std::vector<R> block(outputs * static_cast<std::size_t>(end - begin));
      std::span<R const> const x(inputs_.row(begin).data(), static_cast<std::size_t>((end - begin) * model_.inputs()));
      network.template process<T>(x, model_.inputs(), block, scratch);
      compare_rows(block, begin, errors, here + ", block of samples");
    });
  }
  void compare_rows(std::vector<R> const& y, Index first, Errors& errors, std::string const& place) {
    compare({y.begin(), y.end()}, reference_.outputs, model_.outputs(), epsilon, errors, place, first);
  }

  wm::Random random_{wm::Seed{1}};
  Model model_;
  std::string sizes_;
  wm::Parameters<R> gradient_;
  wm::Parameters<R> direction_;
  wm::Contexts<Space> contexts_;
  wm::Matrix<R> inputs_;
  wm::Matrix<R> targets_;
  Reference reference_;
  std::vector<Table> gradients_;
  std::vector<Table> after_steps_;
};

/// Two manifolds: sizes at run time, and sizes in types, whose networks at a point are unrolled. The second basis has
/// local support.
template <class R>
struct Manifolds {
  ManifoldCheck<R, wm::Fourier<wm::S1, 2>, wm::Dense<>, wm::Tanh, wm::Dense<>, wm::Gelu, wm::Dense<>, wm::Softplus,
                wm::Dense<>>
      large{{13, 37}, {}, {37, 19}, {}, {19, 11}, {}, {11, 5}};
  ManifoldCheck<R, wm::CatmullRom<wm::S1, 7>, wm::Dense<2, 8>, wm::Silu, wm::Dense<8, 1>> small{{}, {}, {}};
};

// ---- levels ---------------------------------------------------------------------------------------------------------

/// Checks one level in one kind of numbers, and prints a line.
template <class Arch, class R>
void check_level(Report& report, Manifolds<R>& manifolds) {
  using T = wm::Target<Arch, wm::HostTarget::threads>;
  char const* const numbers = std::same_as<R, float> ? "float" : "double";
  std::string const level = name_of_arch<Arch>() + ", " + numbers;
  KernelErrors errors;
  manifolds.large.template run<T>(level, errors);
  manifolds.small.template run<T>(level, errors);
  std::string line = text("%-11s %-7s", name_of_arch<Arch>().c_str(), numbers);
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

/// Checks those of these levels that the flags allow, and the best one.
template <class... Arch>
void check_levels(Report& report) {
  Manifolds<float> in_float;
  Manifolds<double> in_double;
  auto const check = [&]<class One>(One const*) {
    if constexpr (requires { requires One::supported(); } || std::same_as<One, wm::Scalar>) {
      check_level<One>(report, in_float);
      check_level<One>(report, in_double);
    }
  };
  (check(static_cast<Arch const*>(nullptr)), ...);
  if constexpr (!(std::same_as<Arch, wm::HostArch> || ...)) {
    check(static_cast<wm::HostArch const*>(nullptr));
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
