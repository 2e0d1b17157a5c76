#pragma once

#include <wmanifold/core/random.hpp>
#include <wmanifold/io/layers_text.hpp>
#include <wmanifold/manifold/any_manifold.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <vector>

namespace properties {

namespace wm = wmanifold;
using wm::Index;

/// The case of a property: names, sizes and seeds. Parameters, contexts and samples follow from these alone, so a case
/// is printed as a few words of C++.
struct Case {
  std::string topology = "point";    ///< as in model files, such as "interval*s1"
  std::string basis = "constant";    ///< as in model files, such as "bernstein1*fourier2"
  std::string layers = "dense 1 1";  ///< as in model files, such as "dense 3 4, tanh, shared 4 2"
  std::vector<Index> groups = {1};   ///< samples of each context
  Index choice = 0;                  ///< of the property: a place to split at, a number of steps, ...
  std::uint64_t seed = 0;            ///< of all numbers
};

/// Returns the number of samples.
inline Index samples_of(Case const& c) {
  Index sum = 0;
  for (Index const size : c.groups) {
    sum += size;
  }
  return sum;
}

/// Returns the number behind a name: 3 for "simplex3".
inline Index number_in(std::string const& name) {
  auto const at = name.find_first_of("0123456789");
  return at == std::string::npos ? 0 : std::stol(name.substr(at));
}

/// Returns the topologies of a product's factors, a torus as its circles.
inline std::vector<std::string> factors_of(std::string const& topology) {
  std::vector<std::string> factors;
  for (auto const& part : wm::detail::split(topology, '*')) {
    bool const is_torus = part[0] == 't';
    factors.insert(factors.end(), static_cast<std::size_t>(is_torus ? number_in(part) : 1), is_torus ? "s1" : part);
  }
  return factors;
}

/// Returns a vector of unit length in a random direction.
inline std::vector<double> direction(Index dimension, wm::Random& random) {
  std::vector<double> v(static_cast<std::size_t>(dimension));
  double squares = 0;
  for (double& x : v) {
    x = random.normal();
    squares += x * x;
  }
  for (double& x : v) {
    x /= std::sqrt(squares);
  }
  return v;
}

/// Returns a number in [0, 1]. One in four is a multiple of 1/24, where knots and ends are.
inline double place(wm::Random& random) {
  return random.below(4) == 0 ? static_cast<double>(random.below(25)) / 24 : random.uniform();
}

/// Returns the coordinates of a random point of a topology that is no product.
inline std::vector<double> point_of(std::string const& factor, wm::Random& random) {
  if (factor == "point") {
    return {};
  }
  if (factor == "interval") {
    return {place(random)};
  }
  if (factor == "s2" || factor == "so3") {
    return direction(factor == "s2" ? 3 : 4, random);
  }
  if (factor.starts_with("finite")) {
    return {static_cast<double>(random.below(number_in(factor)))};
  }
  if (factor.starts_with("simplex")) {
    std::vector<double> shares(static_cast<std::size_t>(number_in(factor) + 1));
    double sum = 0;
    for (double& x : shares) {
      x = -std::log1p(-random.uniform());
      sum += x;
    }
    for (double& x : shares) {
      x /= sum;
    }
    return shares;
  }
  return {place(random) * std::numbers::pi * (factor == "s1" ? 2 : 1)};
}

/// Returns the coordinates of a random point. Of a point `before` it, if any, it keeps each factor's part one time in
/// four: neighbours that differ in some coordinates only are another context.
inline std::vector<double> point_in(std::string const& topology, wm::Random& random,
                                    std::vector<double> const& before = {}) {
  std::vector<double> point;
  for (auto const& factor : factors_of(topology)) {
    auto part = point_of(factor, random);
    if (!before.empty() && random.below(4) == 0) {
      std::copy_n(before.begin() + std::ssize(point), part.size(), part.begin());
    }
    point.insert(point.end(), part.begin(), part.end());
  }
  return point;
}

/// Fills a range with normal numbers of this deviation.
template <class Range>
void fill(Range&& numbers, double deviation, wm::Random& random) {
  for (auto& x : numbers) {
    x = static_cast<std::remove_reference_t<decltype(x)>>(deviation * random.normal());
  }
}

/// Fills parameters with normal numbers, as large in a layer as its number of inputs allows.
template <class Model>
void fill_parameters(Model& model, wm::Random& random) {
  double const deviation = 1 / std::sqrt(static_cast<double>(wm::widest_of(model.stack()) + model.inputs()));
  for (Index k = 0; k < model.parameters().rows(); ++k) {
    fill(model.parameters().row(k), deviation, random);
  }
  fill(model.parameters().shared(), deviation, random);
}

/// Returns random numbers, samples x columns.
template <wm::Real R>
wm::Matrix<R> numbers(Index rows, Index columns, wm::Random& random) {
  wm::Matrix<R> m(rows, columns);
  fill(std::span(m.data(), static_cast<std::size_t>(m.size())), 1, random);
  return m;
}

/// Returns the layers of a case.
inline wm::LayerList layers_of(Case const& c) { return wm::detail::layers_from("case", c.layers); }

/// The model and the batch of a case.
template <wm::Real R>
struct World {
  wm::Random random;            ///< for what else the property draws
  wm::AnyManifold<R> model;     ///< with random parameters
  wm::Matrix<R> inputs;         ///< samples x inputs
  wm::Matrix<double> contexts;  ///< samples x coordinates
  wm::Matrix<R> slopes;         ///< samples x outputs, the gradient of the outputs

  explicit World(Case const& c)
      : random(wm::Seed{c.seed}),
        model(wm::AnyBasis(c.topology, c.basis), wm::Stack<wm::LayerList>(layers_of(c))),
        contexts(samples_of(c), model.basis().coordinates()) {
    fill_parameters(model, random);
    Index begin = 0;
    std::vector<double> point;
    for (Index const size : c.groups) {
      point = point_in(c.topology, random, point);
      for (Index b = begin; b < begin + size; ++b) {
        std::copy(point.begin(), point.end(), contexts.row(b).data());
      }
      begin += size;
    }
    inputs = numbers<R>(begin, model.inputs(), random);
    slopes = numbers<R>(begin, model.outputs(), random);
  }
};

/// The numbers of one forward and backward pass.
template <wm::Real R>
struct Pass {
  wm::Matrix<R> outputs;         ///< samples x outputs
  wm::Matrix<R> input_gradient;  ///< samples x inputs
  wm::Parameters<R> gradient;    ///< of the parameters

  friend bool operator==(Pass const& a, Pass const& b) {
    return a.outputs == b.outputs && a.input_gradient == b.input_gradient && a.gradient == b.gradient;
  }
};

/// Runs a batch forward and backward.
template <wm::Real R>
Pass<R> run(wm::AnyManifold<R> const& model, wm::Matrix<R> const& inputs, wm::Matrix<double> const& contexts,
            wm::Matrix<R> const& slopes, wm::Mixing mixing = wm::Mixing::automatic) {
  wm::Workspace<R> work;
  work.mixing = mixing;
  Pass<R> pass{model.forward(inputs, contexts, work), {}, model.parameters().zeros_like()};
  pass.input_gradient = model.backward(inputs, contexts, slopes, work, pass.gradient, {.inputs = true}).inputs;
  return pass;
}

/// Runs the property for float and double. Returns the first violation, or "".
template <class Check>
std::string in_both(Check const& check) {
  auto in_float = check(float{});
  return in_float.empty() ? check(double{}) : "in float: " + in_float;
}

}  // namespace properties
