#pragma once

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/basis/tensor.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/metric/metric.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/torus.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "flat.hpp"
#include "golden_values.hpp"
#include "report.hpp"

/// The library beside reference values, which were computed independently of it.
namespace check {

namespace wm = wmanifold;

/// Largest errors allowed, in parts of the largest number of an array.
template <class R>
inline constexpr double values_within = std::same_as<R, double> ? 1e-12 : 1e-5;
template <class R>
inline constexpr double gradients_within = std::same_as<R, double> ? 1e-10 : 1e-4;

/// Returns max |ours - theirs| / max |theirs|.
template <class Ours>
double relative_error(Ours const& ours, golden::Numbers theirs) {
  if (ours.size() != theirs.size()) {
    return std::numeric_limits<double>::infinity();
  }
  double difference = 0;
  double size = 0;
  for (std::size_t i = 0; i < theirs.size(); ++i) {
    double const d = std::abs(static_cast<double>(ours[i]) - theirs[i]);
    difference = d > difference || wm::is_nan(d) ? d : difference;
    size = std::max(size, std::abs(theirs[i]));
  }
  return size > 0 ? difference / size : difference;
}

/// Returns the parts of ambient vectors, a row each, that are tangent at a point.
template <class T>
std::vector<double> tangent_parts(golden::Numbers ambient, std::vector<wm::Point<T>> const& at) {
  constexpr auto coordinates = static_cast<std::size_t>(T::coordinates);
  std::vector<double> result;
  for (std::size_t row = 0; row < ambient.size() / coordinates; ++row) {
    wm::Coordinates<T> v{};
    std::copy_n(ambient.data() + row * coordinates, coordinates, v.data());
    auto const tangent = T::tangent(at[at.size() == 1 ? 0 : row], v);
    result.insert(result.end(), tangent.begin(), tangent.end());
  }
  return result;
}

/// The errors of a file's cases in both kinds of numbers.
struct FileErrors {
  Errors in_double;
  Errors in_float;

  /// Those of R.
  template <class R>
  Errors& of() {
    if constexpr (std::same_as<R, double>) {
      return in_double;
    } else {
      return in_float;
    }
  }
};

// ---- bases and Gram matrices ----------------------------------------------------------------------------------------

/// Calls look(basis) for the bases of the reference values. Returns whether one has these names.
template <class Look>
bool with_basis(std::string_view topology, std::string_view name, Look const& look) {
  auto const try_one = [&]<class B>(B const& basis) {
    bool const is_it = B::Topology::name() == topology && B::name() == name;
    if (is_it) {
      look(basis);
    }
    return is_it;
  };
  using wm::Bernstein, wm::Fourier, wm::Interval, wm::S1, wm::S2, wm::SphericalHarmonics, wm::Torus;
  return try_one(Bernstein<Interval, 1>{}) || try_one(Bernstein<Interval, 3>{}) ||
         try_one(wm::Legendre<Interval, 4>{}) || try_one(Fourier<S1, 1>{}) || try_one(Fourier<S1, 3>{}) ||
         try_one(Fourier<Torus<2>, 1>{}) || try_one(Fourier<Torus<2>, 2>{}) || try_one(Fourier<Torus<3>, 1>{}) ||
         try_one(SphericalHarmonics<S2, 1>{}) || try_one(SphericalHarmonics<S2, 2>{}) ||
         try_one(SphericalHarmonics<S2, 4>{}) || try_one(wm::Tensor<Bernstein<Interval, 1>, Fourier<S1, 1>>{});
}

template <class B>
void check_basis(B const& basis, golden::BasisCase const& c, std::string const& place, FileErrors& errors) {
  using T = typename B::Topology;
  wm::Point<T> const s(c.context);
  std::vector<double> phi(static_cast<std::size_t>(B::size));
  std::vector<float> coefficients(phi.size());
  std::vector<double> slopes(phi.size() * T::coordinates);
  basis.values(s, phi);
  basis.derivatives(s, slopes);
  wm::write_coefficients(basis, s, coefficients.data());
  errors.in_double.add(relative_error(phi, c.phi), values_within<double>, place);
  errors.in_float.add(relative_error(coefficients, c.phi), values_within<float>, place + " in float");
  errors.in_double.add(relative_error(slopes, tangent_parts<T>(c.slopes, {s})), values_within<double>,
                       place + ", derivatives");
}

template <class B>
void check_gram(B const& basis, golden::GramCase const& c, std::string const& place, FileErrors& errors) {
  wm::Metric const metric(basis);
  errors.in_double.add(relative_error(flat(metric.gram()), c.gram), values_within<double>, place);
  errors.in_double.add(relative_error(flat(metric.inverse()), c.inverse), values_within<double>, place + ", inverse");
}

// ---- integrals ------------------------------------------------------------------------------------------------------

template <class T, class F>
double mean(F const& f) {
  auto const quadrature = T::quadrature(31);
  double sum = 0;
  for (std::size_t i = 0; i < quadrature.nodes.size(); ++i) {
    sum += quadrature.weights[i] * f(quadrature.nodes[i].coordinates());
  }
  return sum;
}

/// Returns an integral by its name; NaN if there is no such name.
inline double integral(std::string_view integrand) {
  using std::exp, std::cos;
  if (integrand == "exp(s)") {
    return mean<wm::Interval>([](auto const& c) { return exp(c[0]); });
  }
  if (integrand == "exp(cos(theta))") {
    return mean<wm::S1>([](auto const& c) { return exp(cos(c[0])); });
  }
  if (integrand == "exp(cos(theta0)+cos(theta1))") {
    return mean<wm::Torus<2>>([](auto const& c) { return exp(cos(c[0]) + cos(c[1])); });
  }
  if (integrand == "exp(cos(theta0)+cos(theta1)+cos(theta2))") {
    return mean<wm::Torus<3>>([](auto const& c) { return exp(cos(c[0]) + cos(c[1]) + cos(c[2])); });
  }
  if (integrand == "exp(z)") {
    return mean<wm::S2>([](auto const& c) { return exp(c[2]); });
  }
  if (integrand == "x^2 y^2") {
    return mean<wm::S2>([](auto const& c) { return c[0] * c[0] * c[1] * c[1]; });
  }
  if (integrand == "s*exp(cos(theta))") {
    return mean<wm::Product<wm::Interval, wm::S1>>([](auto const& c) { return c[0] * exp(cos(c[1])); });
  }
  return std::numeric_limits<double>::quiet_NaN();
}

// ---- networks -------------------------------------------------------------------------------------------------------

/// Returns the targets of a file's case in the type of a loss.
template <class L, class R>
auto targets_of(golden::NetworkCase const& c, wm::Index samples) {
  if constexpr (std::same_as<L, wm::CrossEntropy>) {
    return std::vector<int>(c.targets.begin(), c.targets.end());
  } else {
    wm::Matrix<R> targets(samples, static_cast<wm::Index>(c.targets.size()) / samples);
    std::transform(c.targets.begin(), c.targets.end(), targets.data(), [](double x) { return static_cast<R>(x); });
    return targets;
  }
}

template <class R, class B, class A, class L>
void check_network(golden::NetworkCase const& c, std::string const& place, Errors& errors) {
  using T = typename B::Topology;
  using wm::Dense;
  using wm::Index;
  wm::BasicManifold<R, B, Dense<>, A, Dense<>> model(wm::zeros, B{}, Dense<>(c.widths[0], c.widths[1]), A{},
                                                     Dense<>(c.widths[1], c.widths[2]));
  auto const samples = static_cast<Index>(c.contexts.size()) / T::coordinates;
  wm::Matrix<R> inputs(samples, model.inputs());
  std::transform(c.inputs.begin(), c.inputs.end(), inputs.data(), [](double x) { return static_cast<R>(x); });
  auto const targets = targets_of<L, R>(c, samples);
  std::vector<wm::Point<T>> points;
  for (Index b = 0; b < samples; ++b) {
    points.emplace_back(c.contexts.subspan(static_cast<std::size_t>(b) * T::coordinates, T::coordinates));
  }

  // Files hold layers, in each of them rows, in each of these outputs x inputs weights.
  auto const each_number = [&](auto& block, auto const& weight, auto const& bias) {
    for (Index l = 0, w = 0, b = 0; l < model.stack().depth(); ++l) {
      for (Index k = 0; k < model.basis_size(); ++k) {
        auto weights = model.weight(block, k, l);
        auto biases = model.bias(block, k, l);
        for (Index o = 0; o < weights.rows(); ++o) {
          for (Index i = 0; i < weights.cols(); ++i) {
            weight(weights(o, i), static_cast<std::size_t>(w++));
          }
          bias(biases(o), static_cast<std::size_t>(b++));
        }
      }
    }
  };
  each_number(
      model.parameters(), [&](R& x, std::size_t n) { x = static_cast<R>(c.weights[n]); },
      [&](R& x, std::size_t n) { x = static_cast<R>(c.biases[n]); });
  auto const compare = [&](wm::Parameters<R>& block, golden::Numbers weights, golden::Numbers biases,
                           char const* what) {
    std::vector<double> w;
    std::vector<double> b;
    each_number(
        block, [&](R x, std::size_t) { w.push_back(static_cast<double>(x)); },
        [&](R x, std::size_t) { b.push_back(static_cast<double>(x)); });
    errors.add(relative_error(w, weights), gradients_within<R>, place + ", weights of the " + what);
    errors.add(relative_error(b, biases), gradients_within<R>, place + ", biases of the " + what);
  };

  for (bool const grouped : {false, true}) {
    auto const contexts = grouped ? wm::Contexts<T>::runs(points) : wm::Contexts<T>(points);
    wm::Workspace<R> work;
    work.mixing = grouped ? wm::Mixing::by_groups : wm::Mixing::per_sample;
    errors.add(relative_error(flat(model.predict(inputs, contexts, work)), c.outputs), values_within<R>,
               place + ", outputs");
    wm::Parameters<R> gradient = model.parameters().zeros_like();
    auto const result = wm::LossFunctional<L>().gradient(model, inputs, contexts, targets, work, gradient,
                                                         {.inputs = true, .contexts = true});
    errors.add(relative_error(std::vector{result.value}, {&c.loss_value, 1}), values_within<R>, place + ", loss");
    compare(gradient, c.grad_weights, c.grad_biases, "gradient");
    errors.add(relative_error(flat(result.views.inputs), c.grad_inputs), gradients_within<R>,
               place + ", gradient of inputs");
    errors.add(relative_error(flat(result.views.contexts), tangent_parts<T>(c.grad_contexts_ambient, points)),
               gradients_within<R>, place + ", gradient of contexts");
    auto moved = model;
    moved.parameters().set_zero();  // the parameters afterwards are the step without rounding
    wm::GradientFlow flow{moved, L{}, {.rate = 1.0, .stiffness = 0}};
    double const length = flow.descend(gradient);
    compare(moved.parameters(), c.flow_weights, c.flow_biases, "step");
    errors.add(relative_error(std::vector{length}, {&c.movement, 1}), gradients_within<R>, place + ", movement");
  }
}

template <class B, class A, class L>
bool check_network_if(char const* loss, golden::NetworkCase const& c, std::string const& place, FileErrors& errors) {
  if (B::Topology::name() != c.topology || B::name() != c.basis || A::name != c.activation ||
      std::string_view(loss) != c.loss) {
    return false;
  }
  check_network<double, B, A, L>(c, place + " in double", errors.in_double);
  check_network<float, B, A, L>(c, place + " in float", errors.in_float);
  return true;
}

// ---- files ----------------------------------------------------------------------------------------------------------

/// Calls check(case, place, errors) for each case of a file; it returns whether it knows the case. Prints the result.
template <class Case, std::size_t count, class Check>
void check_file(Report& report, char const* file, Case const (&cases)[count], bool has_gradients, bool has_floats,
                Check const& check) {
  FileErrors errors;
  int number = 0;
  for (auto const& c : cases) {
    std::string place = text("case %d of %s.json, %s", number++, file, c.topology);
    if constexpr (requires { c.basis; }) {
      place += std::string(" ") + c.basis;
    }
    if (!check(c, place, errors)) {
      errors.in_double.add(std::numeric_limits<double>::infinity(), 0, place + " (unknown to this program)");
    }
  }
  bool const both = has_gradients;
  auto const allowed = [&](double values, double gradients) {
    return both ? text("%.0e, %.0e", values, gradients) : text("%.0e", values);
  };
  std::string line = text("%-14s %5d  %-9.1e %-13s", file, number, errors.in_double.largest(),
                          allowed(values_within<double>, gradients_within<double>).c_str());
  line += has_floats ? text("  %-9.1e %s", errors.in_float.largest(),
                            allowed(values_within<float>, gradients_within<float>).c_str())
                     : "  -         always in double";
  report.result(line, errors.in_double.hold() && errors.in_float.hold(),
                errors.in_double.places() + errors.in_float.places());
}

/// Compares the library with all reference values.
inline void check_golden_values(Report& report) {
  report.section("Golden values: largest error, in parts of an array's largest number (allowed: values, gradients)");
  report.headings(text("%-14s %5s  %-9s %-13s  %-9s %s", "", "cases", "double", "allowed", "float", "allowed"));
  check_file(report, "basis", golden::basis, false, true, [](auto const& c, std::string const& place, auto& errors) {
    return with_basis(c.topology, c.basis, [&](auto const& basis) { check_basis(basis, c, place, errors); });
  });
  check_file(report, "gram", golden::gram, false, false, [](auto const& c, std::string const& place, auto& errors) {
    return with_basis(c.topology, c.basis, [&](auto const& basis) { check_gram(basis, c, place, errors); });
  });
  check_file(report, "integrals", golden::integrals, false, false,
             [](auto const& c, std::string const& place, auto& errors) {
               double const value = integral(c.integrand);
               errors.in_double.add(relative_error(std::vector{value}, {&c.value, 1}), values_within<double>,
                                    place + ' ' + c.integrand);
               return true;
             });
  using wm::Bernstein, wm::Fourier, wm::SphericalHarmonics;
  check_file(
      report, "networks", golden::networks, true, true, [](auto const& c, std::string const& place, auto& errors) {
        using wm::CrossEntropy, wm::MeanSquaredError;
        return check_network_if<Bernstein<wm::Interval, 1>, wm::Tanh, MeanSquaredError>("mse", c, place, errors) ||
               check_network_if<Fourier<wm::S1, 1>, wm::Softplus, CrossEntropy>("cross_entropy", c, place, errors) ||
               check_network_if<SphericalHarmonics<wm::S2, 1>, wm::Gelu, MeanSquaredError>("mse", c, place, errors);
      });
}

}  // namespace check
