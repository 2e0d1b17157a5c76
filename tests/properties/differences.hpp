#pragma once

#include <properties/case.hpp>
#include <support/reference.hpp>

#include <sstream>

namespace properties {

/// The coefficients of samples as the model has them: computed in double, rounded to R.
template <wm::Real R>
support::BoundedMatrix coefficients(wm::AnyManifold<R> const& model, wm::Matrix<double> const& contexts) {
  support::BoundedMatrix phi(contexts.rows(), model.basis_size());
  std::vector<double> at(static_cast<std::size_t>(model.basis_size()));
  for (Index b = 0; b < contexts.rows(); ++b) {
    model.basis().values({contexts.row(b).data(), static_cast<std::size_t>(contexts.cols())}, at);
    for (Index k = 0; k < phi.columns; ++k) {
      phi(b, k) = static_cast<double>(static_cast<R>(at[static_cast<std::size_t>(k)]));
    }
  }
  return phi;
}

/// The reference of a model and a batch.
template <wm::Real R>
support::Reference<R> reference_of(wm::AnyManifold<R> const& model, wm::Matrix<R> const& inputs,
                                   wm::Matrix<double> const& contexts, wm::Matrix<R> const& slopes) {
  return {model.stack(), support::exact(model.parameters()), coefficients(model, contexts), inputs, slopes};
}

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
  void add(char const* what, A const& got, B const& expected, support::BoundedMatrix const& bounds) {
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
  void add(char const* what, A const& got, support::BoundedMatrix const& reference) {
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
           support::BoundedParameters const& bounds) {
    add(what, got.matrix(), expected.matrix(), bounds.rows);
    add(what, shared_of(got), shared_of(expected), bounds.shared);
  }
  template <wm::Real R>
  void add(char const* what, wm::Parameters<R> const& got, support::BoundedParameters const& reference) {
    add(what, got.matrix(), reference.rows);
    add(what, shared_of(got), reference.shared);
  }

  /// Compares passes.
  template <wm::Real R>
  void add(Pass<R> const& got, Pass<R> const& expected, support::Reference<R> const& bounds) {
    add("output", got.outputs, expected.outputs, bounds.outputs);
    add("gradient of an input", got.input_gradient, expected.input_gradient, bounds.input_gradient);
    add("gradient of a parameter", got.gradient, expected.gradient, bounds.gradient);
  }
  template <wm::Real R>
  void add(Pass<R> const& got, support::Reference<R> const& reference) {
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
