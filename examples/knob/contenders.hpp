#pragma once

#include "circuit.hpp"

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/tensor.hpp>
#include <wmanifold/deploy/walker.hpp>
#include <wmanifold/manifold/custom.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/product.hpp>

#include <functional>
#include <memory>
#include <string>

namespace demo {

namespace wm = wmanifold;

using Knobs = wm::Product<wm::Interval, wm::Interval>;  ///< drive and tone
using KnobPoint = wm::Point<Knobs>;

[[nodiscard]] inline KnobPoint point_of(Setting s) {
  return Knobs::at(wm::Interval::at(s.drive), wm::Interval::at(s.tone));
}

inline constexpr wm::Index window = 48;  ///< samples that the network sees: the last is the newest
inline constexpr wm::Index width = 16;   ///< of both hidden layers
/// Delay of the network's output in samples: for its newest sample it gives the circuit's output this many samples ago.
/// So it sees as far ahead as the filters around the circuit do.
inline constexpr int latency = 10;

/// The network of each contender while the knobs rest, and so the cost of a sample: the same for all.
using Network = wm::Network<wm::Dense<window, width>, wm::Tanh, wm::Dense<width, width>, wm::Tanh, wm::Dense<width, 1>>;

/// Weights quadratic in each knob: K = 9 rows. Biases are held at zero, as the circuit is odd. So the network is odd
/// too, and answers silence with exact zeros at all knob positions.
using Manifold = wm::Manifold<wm::Bernstein<Knobs, 2>, wm::Dense<window, width>, wm::Tanh, wm::Dense<width, width>,
                              wm::Tanh, wm::Dense<width, 1>>;

/// The knobs, from -1 to 1, as two more inputs. While they rest, they are another bias of the first layer.
using WithKnobs = wm::Manifold<wm::Constant<Knobs>, wm::Dense<window + 2, width>, wm::Tanh, wm::Dense<width, width>,
                               wm::Tanh, wm::Dense<width, 1>>;

class Concatenated {
 public:
  using Scalar = float;
  using Topology = Knobs;
  using Network = demo::Network;
  using Stack = Network::Stack;

  explicit Concatenated(WithKnobs model) : network_(model.at(point_of({}))) {}

  [[nodiscard]] Stack stack() const noexcept { return {}; }
  [[nodiscard]] wm::Index inputs() const noexcept { return window; }
  [[nodiscard]] wm::Index outputs() const noexcept { return 1; }
  template <class T = wm::HostTarget>
  [[nodiscard]] Network at(KnobPoint const& s) const noexcept {
    Network network;
    at<T>(s, network);
    return network;
  }
  template <class T = wm::HostTarget>
  void at(KnobPoint const& s, Network& network) const noexcept {
    auto const from = network_.parameters();
    auto const to = network.parameters();
    auto const seen = static_cast<std::size_t>(window * width);
    auto const knobs = static_cast<std::size_t>(2 * width);
    std::copy_n(from.begin(), seen, to.begin());
    std::copy(from.begin() + seen + knobs, from.end(), to.begin() + seen);
    for (std::size_t o = 0; o < static_cast<std::size_t>(width); ++o) {
      to[seen + o] += static_cast<float>(2 * s[0] - 1) * from[seen + o] +
                      static_cast<float>(2 * s[1] - 1) * from[seen + static_cast<std::size_t>(width) + o];
    }
  }

 private:
  WithKnobs::Network network_;
};

/// Feature-wise linear modulation (FiLM): a small network of the knobs, 2-8-66, scales and shifts the sums of every
/// layer. While the knobs rest, that scales and shifts the rows of the weights.
struct FilmWeights {
  static constexpr wm::Index hidden = 8;
  static constexpr wm::Index sums = 2 * width + 1;
  static constexpr wm::Index generator = hidden * 3 + 2 * sums * (hidden + 1);
  static constexpr wm::Index own = wm::parameters_of(Network::Stack{});

  template <class S, class P, class To>
  void operator()(S const& s, P const& p, To const& to) const {
    using V = std::remove_cvref_t<decltype(p[0])>;
    using wm::tanh, std::tanh;
    auto const at = [&](wm::Index i) { return p[static_cast<std::size_t>(i)]; };
    wm::Index next = own;
    std::array<V, static_cast<std::size_t>(hidden)> h;
    for (V& unit : h) {
      unit = tanh(at(next) * (2 * s[0] - 1) + at(next + 1) * (2 * s[1] - 1) + at(next + 2));
      next += 3;
    }
    auto const read = [&] {  // one output of the modulating network
      V sum = at(next++);
      for (V const& unit : h) {
        sum = sum + at(next++) * unit;
      }
      return sum;
    };
    Network::Stack const stack{};
    wm::Index number = 0;
    for (wm::Index l = 0; l < stack.depth(); ++l) {
      auto const& shape = stack.dense(l);
      for (wm::Index o = 0; o < shape.outputs; ++o) {
        V const scale = read();
        V const shift = read();
        for (wm::Index i = 0; i < shape.inputs; ++i) {
          to.weight(l, o, i) = (1 + scale) * at(number + i * shape.outputs + o);
        }
        to.bias(l, o) = (1 + scale) * at(number + shape.weights() + o) + shift;
      }
      number += shape.size();
    }
  }
};
using FilmModel = wm::CustomManifold<float, Knobs, FilmWeights, wm::Dense<window, width>, wm::Tanh,
                                     wm::Dense<width, width>, wm::Tanh, wm::Dense<width, 1>>;

/// A model that a walker can follow. It allocates when the knobs move.
class Film {
 public:
  using Scalar = float;
  using Topology = Knobs;
  using Network = demo::Network;
  using Stack = Network::Stack;

  explicit Film(FilmModel model) : model_(std::move(model)) {}

  [[nodiscard]] Stack stack() const noexcept { return {}; }
  [[nodiscard]] wm::Index inputs() const noexcept { return window; }
  [[nodiscard]] wm::Index outputs() const noexcept { return 1; }
  [[nodiscard]] Network at(KnobPoint const& s) const { return model_.at(s); }
  template <class T = wm::HostTarget>
  void at(KnobPoint const& s, Network& network) const {
    network = model_.at(s);
  }

 private:
  FilmModel model_;
};

/// The way of streaming a signal: every `every` samples the network moves to the knobs' position `every` samples later.
struct Streaming {
  wm::Index every = 8;
};

/// A trained contender of any kind.
struct Contender {
  std::string name;
  std::string title;
  std::string colour;
  wm::Index parameters = 0;
  double seconds = 0;  ///< of its training
  std::function<Network(Setting)> at;
  /// Returns the output for each sample of `x`, with silence before it and the knobs moving.
  std::function<std::vector<float>(std::span<float const> x, KnobPath const&, Streaming)> stream;
};

/// Returns the samples with silence before them: sample n is the newest of the window that begins at n.
[[nodiscard]] std::vector<float> with_silence(std::span<float const> x);

/// Returns a network's output for each sample.
[[nodiscard]] std::vector<float> run(Network const& network, std::span<float const> x);

/// Streams `x` through a walker.
template <class Model>
[[nodiscard]] std::vector<float> stream(std::shared_ptr<Model const> const& model, std::span<float const> x,
                                        KnobPath const& knobs, Streaming how) {
  auto const padded = with_silence(x);
  // The target is the circuit's output of `latency` samples ago, with its knobs of that time.
  auto const at = [&](std::size_t n) { return point_of(knobs((static_cast<double>(n) - latency) / sample_rate)); };
  wm::Walker<Model> walker(model, at(0), {.speed = 1, .every = how.every});
  std::vector<float> y(x.size());
  auto const block = static_cast<std::size_t>(how.every);
  for (std::size_t n = 0; n < y.size(); n += block) {
    std::size_t const count = std::min(block, y.size() - n);
    walker.set_target(at(n + block));
    walker.process(std::span(padded).subspan(n, count + window - 1), 1, std::span(y).subspan(n, count));
  }
  return y;
}

template <class Model>
[[nodiscard]] Contender contender_of(std::string name, std::string title, std::string colour, wm::Index parameters,
                                     Model model) {
  auto const shared = std::make_shared<Model const>(std::move(model));
  return {std::move(name),
          std::move(title),
          std::move(colour),
          parameters,
          0,
          [shared](Setting s) { return shared->at(point_of(s)); },
          [shared](std::span<float const> x, KnobPath const& knobs, Streaming how) {
            return stream(shared, x, knobs, how);
          }};
}

}  // namespace demo
