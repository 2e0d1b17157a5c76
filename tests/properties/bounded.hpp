#pragma once

#include <properties/case.hpp>

#include <limits>
#include <sstream>

namespace properties {

/// A number and a bound of its error.
struct Bounded {
  double value = 0;
  double error = 0;
};

/// A sum of products of bounded numbers. The bound of its error holds for every order of the additions and for R with
/// or without fused multiply-adds: u times the sum of the absolute values times the largest number of roundings on the
/// way of a term, `additions` + 2 (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2), plus the
/// errors of the factors. u is the unit roundoff of R. Underflow adds the smallest normal number per term.
template <wm::Real R>
class Sum {
 public:
  explicit Sum(Index additions) : additions_(static_cast<double>(additions)) {}

  void add(Bounded a, Bounded b) {
    value_ += a.value * b.value;
    error_ += std::abs(a.value) * b.error + std::abs(b.value) * a.error + a.error * b.error +
              static_cast<double>(std::numeric_limits<R>::min());
    absolute_ += (std::abs(a.value) + a.error) * (std::abs(b.value) + b.error);
  }
  void add(Bounded a) { add(a, {1, 0}); }

  [[nodiscard]] Bounded result() const { return {value_, error_ + roundoff * (additions_ + 2) * absolute_}; }

  static constexpr double roundoff = static_cast<double>(std::numeric_limits<R>::epsilon()) / 2;

 private:
  double additions_;
  double value_ = 0;
  double error_ = 0;
  double absolute_ = 0;
};

/// Numbers with bounds, row by row.
struct BoundedMatrix {
  Index rows = 0;
  Index columns = 0;
  std::vector<Bounded> numbers = {};

  BoundedMatrix() = default;
  BoundedMatrix(Index r, Index c) : rows(r), columns(c), numbers(static_cast<std::size_t>(r * c)) {}

  Bounded& operator()(Index i, Index j) { return numbers[static_cast<std::size_t>(i * columns + j)]; }
  Bounded const& operator()(Index i, Index j) const { return numbers[static_cast<std::size_t>(i * columns + j)]; }
};

/// Returns numbers without errors.
template <class M>
BoundedMatrix exact(M const& m) {
  BoundedMatrix out(m.rows(), m.cols());
  for (Index i = 0; i < m.rows(); ++i) {
    for (Index j = 0; j < m.cols(); ++j) {
      out(i, j).value = static_cast<double>(m(i, j));
    }
  }
  return out;
}

/// The parameters of a model with bounds, or a gradient: rows and the shared part.
struct BoundedParameters {
  BoundedMatrix rows;
  BoundedMatrix shared;
};

template <wm::Real R>
BoundedParameters exact(wm::Parameters<R> const& p) {
  BoundedParameters out{exact(p.matrix()), {1, std::ssize(p.shared())}};
  for (Index n = 0; n < out.shared.columns; ++n) {
    out.shared(0, n).value = static_cast<double>(p.shared()[static_cast<std::size_t>(n)]);
  }
  return out;
}

/// Returns a bounded value of an activation and of its derivative. The library's activations and derivatives have
/// slopes of at most 1.2, apart from relu's step, and are computed to 16 roundoffs.
template <wm::Real R, class A>
std::pair<Bounded, Bounded> activated(A const& activation, Bounded x) {
  if constexpr (std::same_as<A, wm::Identity>) {
    return {x, {1, 0}};
  } else {
    auto const [f, slope] = activation(x.value);
    double const computed = 16 * Sum<R>::roundoff;
    bool const is_at_step = std::same_as<A, wm::Relu> && std::abs(x.value) <= x.error;
    double const slope_error = std::same_as<A, wm::Relu> ? (is_at_step ? 1 : 0) : 1.2 * x.error + computed;
    return {{f, 1.2 * x.error + computed * std::abs(f) + static_cast<double>(std::numeric_limits<R>::min())},
            {slope, slope_error}};
  }
}

/// The results of a pass with bounds, computed by plain loops from coefficients (a row per sample) and parameters. The
/// bounds hold for every order and grouping of the sums.
struct Reference {
  BoundedMatrix outputs;
  BoundedMatrix input_gradient;
  BoundedParameters gradient;

  template <wm::Real R>
  static Reference of(wm::AnyManifold<R> const& model, BoundedParameters const& parameters, BoundedMatrix const& phi,
                      wm::Matrix<R> const& inputs, wm::Matrix<R> const& slopes) {
    Index const samples = inputs.rows();
    Index const depth = model.stack().depth();
    auto const& shared = parameters.shared;
    auto const column = [&](Index n) -> Bounded const& { return shared(0, n); };

    std::vector<BoundedMatrix> values{exact(inputs)};  // of each layer, with a 1 behind the values
    std::vector<BoundedMatrix> derivatives;
    std::vector<BoundedMatrix> projected(static_cast<std::size_t>(depth));
    std::vector<BoundedMatrix> scales(static_cast<std::size_t>(depth));
    auto const input = [&](Index l, Index b, Index i) {
      auto const& x = values[static_cast<std::size_t>(l)];
      return i < x.columns ? x(b, i) : Bounded{1, 0};
    };
    // Samples of equal coefficients have the same weights, which are mixed once.
    std::vector<std::size_t> run{0};
    for (Index b = 1; b < samples; ++b) {
      bool is_same = true;
      for (Index k = 0; k < phi.columns; ++k) {
        is_same = is_same && phi(b, k).value == phi(b - 1, k).value && phi(b, k).error == phi(b - 1, k).error;
      }
      run.push_back(run.back() + (is_same ? 0 : 1));
    }
    std::vector<std::vector<BoundedMatrix>> mixed(static_cast<std::size_t>(depth));
    // The mixing of a weight counts as if all terms of the layer were one sum.
    auto const mix = [&](wm::DenseLayout const& s, Index b) {
      BoundedMatrix weights(s.inputs + 1, s.outputs);
      for (Index n = 0; n < s.size(); ++n) {
        Sum<R> sum(phi.columns * std::max(s.inputs + 1, s.outputs));
        for (Index k = 0; k < phi.columns; ++k) {
          sum.add(phi(b, k), parameters.rows(k, s.row_offset + n));
        }
        weights.numbers[static_cast<std::size_t>(n)] = sum.result();
      }
      return weights;
    };
    // The weight of input i and output o of layer l for sample b.
    auto const weight = [&](Index l, Index b, Index i, Index o) -> Bounded const& {
      auto const& s = model.stack().dense(l);
      return s.placement == wm::Placement::manifold
                 ? mixed[static_cast<std::size_t>(l)][run[static_cast<std::size_t>(b)]](i, o)
                 : column(s.shared_offset + i * s.outputs + o);
    };

    for (Index l = 0; l < depth; ++l) {
      auto const& s = model.stack().dense(l);
      auto const at = static_cast<std::size_t>(l);
      BoundedMatrix y(samples, s.outputs);
      BoundedMatrix slope(samples, s.outputs);
      projected[at] = scales[at] = BoundedMatrix(samples, s.rank);
      for (Index b = 0; b < samples; ++b) {
        if (s.placement == wm::Placement::manifold && run[static_cast<std::size_t>(b)] == mixed[at].size()) {
          mixed[at].push_back(mix(s, b));
        }
        for (Index r = 0; r < s.rank; ++r) {
          Sum<R> t(s.inputs + 1);
          Sum<R> a(phi.columns);
          for (Index i = 0; i <= s.inputs; ++i) {
            t.add(input(l, b, i), column(s.right_offset() + i * s.rank + r));
          }
          for (Index k = 0; k < phi.columns; ++k) {
            a.add(phi(b, k), parameters.rows(k, s.row_offset + r));
          }
          projected[at](b, r) = t.result();
          scales[at](b, r) = a.result();
        }
        for (Index o = 0; o < s.outputs; ++o) {
          Sum<R> sum(s.inputs + 1 + 2 * s.rank);
          for (Index i = 0; i <= s.inputs; ++i) {
            sum.add(input(l, b, i), weight(l, b, i, o));
          }
          for (Index r = 0; r < s.rank; ++r) {
            sum.add(product<R>(projected[at](b, r), scales[at](b, r)), column(s.left_offset() + r * s.outputs + o));
          }
          model.stack().with_activation(
              l, [&](auto const& f) { std::tie(y(b, o), slope(b, o)) = activated<R>(f, sum.result()); });
        }
      }
      values.push_back(std::move(y));
      derivatives.push_back(std::move(slope));
    }

    Reference out;
    out.outputs = values.back();
    out.gradient = {{parameters.rows.rows, parameters.rows.columns}, {1, shared.columns}};
    BoundedMatrix delta = exact(slopes);
    for (Index l = depth; l-- > 0;) {
      auto const& s = model.stack().dense(l);
      auto const at = static_cast<std::size_t>(l);
      for (std::size_t n = 0; n < delta.numbers.size(); ++n) {
        delta.numbers[n] = product<R>(delta.numbers[n], derivatives[at].numbers[n]);
      }
      BoundedMatrix e(samples, s.rank);  // of the scaled values of a low-rank layer
      for (Index b = 0; b < samples; ++b) {
        for (Index r = 0; r < s.rank; ++r) {
          Sum<R> sum(s.outputs);
          for (Index o = 0; o < s.outputs; ++o) {
            sum.add(delta(b, o), column(s.left_offset() + r * s.outputs + o));
          }
          e(b, r) = sum.result();
        }
      }
      auto const over_samples = [&](auto const& a, auto const& b) {
        Sum<R> sum(samples);
        for (Index i = 0; i < samples; ++i) {
          sum.add(a(i), b(i));
        }
        return sum.result();
      };
      for (Index i = 0; i <= s.inputs; ++i) {
        auto const x = [&](Index b) { return input(l, b, i); };
        for (Index o = 0; o < s.outputs; ++o) {
          auto const d = [&](Index b) { return delta(b, o); };
          Index const n = i * s.outputs + o;
          if (s.placement != wm::Placement::manifold) {
            out.gradient.shared(0, s.shared_offset + n) = over_samples(x, d);
            continue;
          }
          for (Index k = 0; k < phi.columns; ++k) {
            out.gradient.rows(k, s.row_offset + n) =
                over_samples([&](Index b) { return product<R>(phi(b, k), x(b)); }, d);
          }
        }
        for (Index r = 0; r < s.rank; ++r) {
          out.gradient.shared(0, s.right_offset() + i * s.rank + r) =
              over_samples(x, [&](Index b) { return product<R>(e(b, r), scales[at](b, r)); });
        }
      }
      for (Index r = 0; r < s.rank; ++r) {
        for (Index o = 0; o < s.outputs; ++o) {
          out.gradient.shared(0, s.left_offset() + r * s.outputs + o) =
              over_samples([&](Index b) { return product<R>(projected[at](b, r), scales[at](b, r)); },
                           [&](Index b) { return delta(b, o); });
        }
        for (Index k = 0; k < phi.columns; ++k) {
          out.gradient.rows(k, s.row_offset + r) = over_samples(
              [&](Index b) { return phi(b, k); }, [&](Index b) { return product<R>(e(b, r), projected[at](b, r)); });
        }
      }
      BoundedMatrix before(samples, s.inputs);
      for (Index b = 0; b < samples; ++b) {
        for (Index i = 0; i < s.inputs; ++i) {
          Sum<R> sum(s.outputs + s.rank);
          for (Index o = 0; o < s.outputs; ++o) {
            sum.add(delta(b, o), weight(l, b, i, o));
          }
          for (Index r = 0; r < s.rank; ++r) {
            sum.add(product<R>(e(b, r), scales[at](b, r)), column(s.right_offset() + i * s.rank + r));
          }
          before(b, i) = sum.result();
        }
      }
      delta = std::move(before);
    }
    out.input_gradient = std::move(delta);
    return out;
  }

  /// The reference of a model, at the coefficients of its basis.
  template <wm::Real R>
  static Reference of(wm::AnyManifold<R> const& model, wm::Matrix<R> const& inputs, wm::Matrix<double> const& contexts,
                      wm::Matrix<R> const& slopes) {
    return of(model, exact(model.parameters()), coefficients(model, contexts), inputs, slopes);
  }

  /// The coefficients of samples as the model has them: computed in double, rounded to R.
  template <wm::Real R>
  static BoundedMatrix coefficients(wm::AnyManifold<R> const& model, wm::Matrix<double> const& contexts) {
    BoundedMatrix phi(contexts.rows(), model.basis_size());
    std::vector<double> at(static_cast<std::size_t>(model.basis_size()));
    for (Index b = 0; b < contexts.rows(); ++b) {
      model.basis().values({contexts.row(b).data(), static_cast<std::size_t>(contexts.cols())}, at);
      for (Index k = 0; k < phi.columns; ++k) {
        phi(b, k).value = static_cast<double>(static_cast<R>(at[static_cast<std::size_t>(k)]));
      }
    }
    return phi;
  }

 private:
  template <wm::Real R>
  static Bounded product(Bounded a, Bounded b) {
    Sum<R> sum(0);
    sum.add(a, b);
    return sum.result();
  }
};

/// Compares numbers of the library with others, or with the reference, and remembers the first that differ too much.
class Differences {
 public:
  /// Compares two numbers that may be `allowed` apart.
  void add(char const* what, Index row, Index column, double got, double expected, double allowed) {
    if (found_.empty() && !(std::abs(got - expected) <= allowed)) {
      std::ostringstream text;
      text.precision(17);
      text << what << " (" << row << ", " << column << "): expected " << expected << " to " << allowed << ", got "
           << got;
      found_ = text.str();
    }
  }

  /// Compares results with the same results computed in another way. Each has the error of the reference's bound.
  template <class A, class B>
  void add(char const* what, A const& got, B const& expected, BoundedMatrix const& bounds) {
    if (got.rows() != bounds.rows || got.cols() != bounds.columns || expected.rows() != bounds.rows ||
        expected.cols() != bounds.columns) {
      found_ = std::string(what) + ": other sizes";
      return;
    }
    for (Index i = 0; i < bounds.rows; ++i) {
      for (Index j = 0; j < bounds.columns; ++j) {
        add(what, i, j, static_cast<double>(got(i, j)), static_cast<double>(expected(i, j)), 2 * bounds(i, j).error);
      }
    }
  }

  /// Compares results with the reference itself, which has an error too if R is double.
  template <class A>
  void add(char const* what, A const& got, BoundedMatrix const& reference) {
    wm::Matrix<double> expected(reference.rows, reference.columns);
    for (Index i = 0; i < reference.rows; ++i) {
      for (Index j = 0; j < reference.columns; ++j) {
        expected(i, j) = reference(i, j).value;
      }
    }
    add(what, got, expected, reference);
  }

  /// Compares parameters or gradients.
  template <wm::Real R>
  void add(char const* what, wm::Parameters<R> const& got, wm::Parameters<R> const& expected,
           BoundedParameters const& bounds) {
    add(what, got.matrix(), expected.matrix(), bounds.rows);
    add(what, shared_of(got), shared_of(expected), bounds.shared);
  }
  template <wm::Real R>
  void add(char const* what, wm::Parameters<R> const& got, BoundedParameters const& reference) {
    add(what, got.matrix(), reference.rows);
    add(what, shared_of(got), reference.shared);
  }

  /// Compares passes.
  template <wm::Real R>
  void add(Pass<R> const& got, Pass<R> const& expected, Reference const& bounds) {
    add("output", got.outputs, expected.outputs, bounds.outputs);
    add("gradient of an input", got.input_gradient, expected.input_gradient, bounds.input_gradient);
    add("gradient of a parameter", got.gradient, expected.gradient, bounds.gradient);
  }
  template <wm::Real R>
  void add(Pass<R> const& got, Reference const& reference) {
    add("output", got.outputs, reference.outputs);
    add("gradient of an input", got.input_gradient, reference.input_gradient);
    add("gradient of a parameter", got.gradient, reference.gradient);
  }

  /// The first difference, or "".
  [[nodiscard]] std::string const& found() const { return found_; }

 private:
  template <wm::Real R>
  static Eigen::Map<wm::Matrix<R> const> shared_of(wm::Parameters<R> const& p) {
    return {p.shared().data(), 1, std::ssize(p.shared())};
  }

  std::string found_;
};

}  // namespace properties
