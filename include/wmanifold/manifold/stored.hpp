#pragma once

#include <wmanifold/core/half.hpp>
#include <wmanifold/manifold/initialisation.hpp>
#include <wmanifold/manifold/rows_at.hpp>
#include <wmanifold/network/explain.hpp>
#include <wmanifold/network/mixed_network.hpp>
#include <wmanifold/network/network.hpp>

#include <cmath>

namespace wmanifold {
namespace detail {

/// The topology of a model, if its type has one.
template <class Model>
struct TopologyOf {};
template <class Model>
requires requires { typename Model::Topology; }
struct TopologyOf<Model> {
  using Topology = typename Model::Topology;  ///< space of contexts
};

/// Name of a type of stored numbers in messages.
template <HalfNumber S>
inline constexpr char const* half_name = std::same_as<S, BFloat16> ? "bfloat16" : "float16";

/// A model of these layers in this basis, with all parameters zero.
template <class Model>
Model model_of_zeros(typename Model::Basis const& basis, typename Model::Stack const& stack) {
  if constexpr (std::constructible_from<Model, Zeros, typename Model::Basis, typename Model::Stack>) {
    return Model(zeros, basis, stack);
  } else {
    return Model(basis, stack);  // an AnyManifold
  }
}

}  // namespace detail

/// A trained model for use, with its parameters in 16 bits (BFloat16 or Float16): half of the memory, and half of the
/// bytes that a moving context reads. `stored_as` makes it. Basis and layers are those of the model, a BasicManifold or
/// an AnyManifold. Kernels convert parameters while they read them; inputs, outputs, sums and the network at a point
/// are in the model's type. All results equal to the last bit those of `model()`, the model of the rounded numbers.
///
/// Rounding changes a parameter P by at most u |P| in the range of normal numbers, u = 2^-8 for BFloat16 and 2^-11 for
/// Float16, and by at most 2^-25 below 2^-14 in Float16. So M(s) is off by at most u sum_k |phi_k(s) P_k| in each
/// parameter (docs/mathematics.md, equation 22).
///
/// It has no batches, no training and no gradients: `model()` has. After a move it is like a model that was moved from.
template <class Model, HalfNumber N>
class Stored : public detail::TopologyOf<Model> {
  using Rows = RowsAt<typename Model::Scalar, typename Model::Basis>;
  using R = typename Model::Scalar;

 public:
  using Scalar = R;                         ///< type of inputs, outputs and sums
  using Number = N;                         ///< type of the stored parameters
  using Source = Model;                     ///< the model in full precision
  using Basis = typename Model::Basis;      ///< type of the basis
  using Point = typename Rows::Context;     ///< type of a context
  using Stack = typename Model::Stack;      ///< type of the layers
  using Network = typename Model::Network;  ///< type of the network at a point

  /// The model with rounded parameters. Throws ArgumentError for a model that was moved from, and for a finite
  /// parameter that the stored type rounds to an infinity.
  explicit Stored(Model const& model) : basis_(model.basis()), network_(model.basis_size(), checked(model).stack()) {
    Parameters<R> const& from = model.parameters();
    for (Index k = 0; k < from.rows(); ++k) {
      round(from.row(k), network_.parameters().row(k));
    }
    round(from.shared(), network_.parameters().shared());
  }

  /// Basis.
  [[nodiscard]] Basis const& basis() const noexcept { return basis_; }
  /// Layers.
  [[nodiscard]] Stack const& stack() const noexcept { return network_.stack(); }
  /// Number of inputs.
  [[nodiscard]] Index inputs() const noexcept { return network_.inputs(); }
  /// Number of outputs.
  [[nodiscard]] Index outputs() const noexcept { return network_.outputs(); }
  /// K, the number of basis functions.
  [[nodiscard]] Index basis_size() const noexcept { return network_.rows(); }
  /// The K x N block and the part that all contexts share, in 16 bits.
  [[nodiscard]] Parameters<N> const& parameters() const noexcept { return network_.parameters(); }

  /// The model of the rounded parameters in full precision, with no layer frozen. Rounding it again changes nothing.
  [[nodiscard]] Model model() const {
    require_parameters(parameters());
    Model model = detail::model_of_zeros<Model>(basis_, stack());
    for (Index k = 0; k < parameters().rows(); ++k) {
      widen(parameters().row(k), model.parameters().row(k));
    }
    widen(parameters().shared(), model.parameters().shared());
    return model;
  }

  /// The network at a point, in full precision. One pass over the parameters. Allocates and throws as the model's `at`.
  template <class T = HostTarget>
  [[nodiscard]] Network at(Point const& s) const noexcept(is_noexcept&& detail::in_place<R, Stack::static_parameters>) {
    Network network(network_.point_stack());
    form<T>(s, network);
    return network;
  }

  /// Writes the network at a point into an existing network with the layers that `at` returns. Allocates only for a
  /// run-time basis. Throws ArgumentError if a run-time network has other layers.
  template <class T = HostTarget>
  void at(Point const& s, Network& network) const noexcept(is_noexcept) {
    if constexpr (!Stack::is_static) {
      require_parameters(parameters());
      network_.require_layers_of(network);
    }
    form<T>(s, network);
  }

  /// Overload for an argument that is no point: a compile-time message says why.
  template <class T = HostTarget, class A, class... More>
  requires(!std::convertible_to<A, Point>) [[nodiscard]] Network at(A&&, More&...) const {
    if constexpr (requires { typename Model::Topology; }) {
      detail::explain_point<typename Model::Topology, A>();
    } else {
      static_assert(detail::never<A>,
                    "wmanifold: expected a context as a list of double, as the topology is known only at run time, got "
                    "another type; write model.at(std::array{0.25})");
    }
    return Network(network_.point_stack());
  }

  /// Runs one sample at a context, y = f(x; M(s)), without forming a network, as BasicManifold does: it reads the rows
  /// with coefficients other than 0 once. `x` has inputs() numbers, `y` outputs(), `scratch` at least scratch_size().
  /// Throws ArgumentError for other sizes, and nothing otherwise. Real time: no allocation and no lock, unless the
  /// basis is a run-time one, or T has threads and the layers are large enough to use them.
  template <class T = HostTarget>
  void operator()(Point const& s, std::span<R const> x, std::span<R> y, std::span<R> scratch) const {
    require_parameters(parameters());
    detail::require_sample<R>(inputs(), outputs(), x, y);
    detail::require_scratch<R>(scratch_size(), scratch);
    run<T>(s, x, y, scratch);
  }

  /// Runs one sample at a context with the scratch on the stack. All sizes are known at compile time.
  template <class T = HostTarget>
  void operator()(Point const& s, std::span<R const> x, std::span<R> y) const requires(Stack::is_static) {
    require_parameters(parameters());
    detail::require_sample<R>(inputs(), outputs(), x, y);
    alignas(alignment) std::array<R, static_cast<std::size_t>(sample_scratch_of(Stack{}))> scratch;
    run<T>(s, x, y, scratch);
  }

  /// Numbers of scratch that a sample at a context needs.
  [[nodiscard]] Index scratch_size() const noexcept { return network_.scratch_size(); }

  /// Not available: a compile-time message says why.
  template <class T = HostTarget, class... A>
  Matrix<R> predict(A&&...) const {
    explain_no_batches<A...>();
    return {};
  }
  /// Not available: a compile-time message says why.
  template <class... A>
  void forward(A&&...) const {
    explain_no_batches<A...>();
  }
  /// Not available: a compile-time message says why.
  template <class... A>
  void backward(A&&...) const {
    explain_no_batches<A...>();
  }

  friend bool operator==(Stored const& a, Stored const& b) {
    bool same = a.network_ == b.network_;
    if constexpr (wmanifold::Basis<Basis>) {
      same = same && state_of(a.basis_) == state_of(b.basis_);
    }
    return same;
  }

 private:
  static constexpr bool is_noexcept = Stack::is_static && std::is_nothrow_constructible_v<Rows, Basis const&, Point>;

  template <class... A>
  static constexpr void explain_no_batches() {
    static_assert(detail::never<Model, A...>,
                  "wmanifold: expected a sample at a point, as a Stored model has neither batches nor gradients, got a "
                  "batch; take stored.model(), the model of the same numbers");
  }

  /// The model, if it can be stored.
  static Model const& checked(Model const& model) {
    require_parameters(model.parameters());
    R largest = 0;
    for (R const x : model.parameters().numbers()) {
      largest = is_finite(x) && std::abs(x) > largest ? std::abs(x) : largest;
    }
    if (!is_finite(N(largest))) [[unlikely]] {
      fail("stored_as: expected finite parameters of at most ", number_as<double>(N::largest()), " for ",
           detail::half_name<N>, ", got ", largest, "; use a type of larger range, or scale the layers");
    }
    return model;
  }

  static void round(std::span<R const> from, std::span<N> to) noexcept {
    std::transform(from.begin(), from.end(), to.begin(), [](R x) { return N(x); });
  }
  static void widen(std::span<N const> from, std::span<R> to) noexcept {
    std::transform(from.begin(), from.end(), to.begin(), [](N x) { return number_as<R>(x); });
  }

  template <class T>
  void run(Point const& s, std::span<R const> x, std::span<R> y, std::span<R> scratch) const {
    Rows const rows(basis_, s);
    network_.template operator()<T>(rows.of(parameters().stride()), x.data(), y.data(), scratch.data());
  }

  template <class T>
  void form(Point const& s, Network& into) const noexcept(is_noexcept) {
    if (into.parameters().empty()) [[unlikely]] {  // moved from
      into = Network(network_.point_stack());
    }
    if (parameters().numbers().empty()) [[unlikely]] {
      if constexpr (!Stack::is_static) {
        require_parameters(parameters());
      }
      std::fill(into.parameters().begin(), into.parameters().end(), std::numeric_limits<R>::quiet_NaN());
      return;
    }
    Rows const rows(basis_, s);
    network_.template at<T>(rows.of(parameters().stride()), into.parameters().data());
  }

  [[no_unique_address]] Basis basis_;
  MixedNetwork<R, Stack, N> network_;
};

/// Returns a trained model with its parameters rounded to 16 bits: `stored_as<BFloat16>(model)`. The model stays as it
/// is. Throws ArgumentError for a finite parameter that becomes infinite, such as 70000 in Float16.
template <HalfNumber N, class Model>
[[nodiscard]] Stored<Model, N> stored_as(Model const& model) {
  return Stored<Model, N>(model);
}
/// Overload for another type of numbers: a compile-time message says why.
template <class N, class Model>
requires(!HalfNumber<N>) Model const& stored_as(Model const& model) {
  static_assert(detail::never<N>,
                "wmanifold: expected BFloat16 or Float16 as the type of the stored parameters, got another type; write "
                "stored_as<BFloat16>(model)");
  return model;
}

}  // namespace wmanifold
