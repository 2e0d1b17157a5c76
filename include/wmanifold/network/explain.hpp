#pragma once

#include <wmanifold/core/matrix.hpp>
#include <wmanifold/topology/contexts.hpp>

#include <array>
#include <iterator>
#include <span>
#include <type_traits>
#include <vector>

/// Compile-time messages for calls with wrong arguments. A function of inputs, contexts and targets has a second
/// overload for arguments that do not fit. Its body calls one of these functions, which states what was expected and
/// how to get it. Calls with fitting arguments instantiate only `fits`.
namespace wmanifold::detail {

/// False for all types, for static_assert in a template.
template <class...>
inline constexpr bool never = false;

/// Whether arguments of types A convert to the parameters.
template <class Parameters, class... A>
inline constexpr bool fits = false;
template <class... P, class... A>
requires(sizeof...(P) ==
         sizeof...(A)) inline constexpr bool fits<std::tuple<P...>, A...> = (std::convertible_to<A, P> && ...);

/// The topology of a point or of points; void for other types.
template <class A>
struct SpaceOf {
  using type = void;
};
template <class S>
struct SpaceOf<Point<S>> {
  using type = S;
};
template <class S>
struct SpaceOf<Contexts<S>> {
  using type = S;
};
template <class A>
using Space = typename SpaceOf<std::remove_cvref_t<A>>::type;

/// The element type of a list (an array, or a type with data()); void for other types and for Eigen's.
template <class A>
struct ElementOf {
  using type = void;
};
template <class A>
concept EigenMatrix = std::derived_from<std::remove_cvref_t<A>, Eigen::EigenBase<std::remove_cvref_t<A>>>;
template <class A>
requires(!EigenMatrix<A> && requires(A const& a) { std::data(a); }) struct ElementOf<A> {
  using type = std::remove_cvref_t<decltype(*std::data(std::declval<A const&>()))>;
};
template <class A>
using Element = typename ElementOf<std::remove_cvref_t<A>>::type;

template <class A>
concept Number = std::is_arithmetic_v<std::remove_cvref_t<A>>;
/// A point, or several, of any topology.
template <class A>
concept Points = !std::is_void_v<Space<A>> || !std::is_void_v<Space<Element<A>>>;
/// A list or a vector of whole numbers.
template <class A>
concept Labels = std::integral<Element<A>> ||(EigenMatrix<A>&& std::integral<typename std::remove_cvref_t<A>::Scalar>);

/// States how inputs should be passed.
template <Real R, class A>
constexpr void explain_inputs() {
  constexpr bool is_float = std::same_as<R, float>;
  if constexpr (std::convertible_to<A, ConstMatrixRef<R>>) {
  } else if constexpr (Points<A>) {
    static_assert(never<A>, "wmanifold: expected the inputs first, then contexts, then targets, got contexts first");
  } else if constexpr (EigenMatrix<A> && is_float) {
    static_assert(never<A>,
                  "wmanifold: expected inputs of float, as the weights of this model are, got a matrix of other "
                  "numbers; keep them in a Matrix<float>, or convert them once by .cast<float>()");
  } else if constexpr (EigenMatrix<A>) {
    static_assert(never<A>,
                  "wmanifold: expected inputs of double, as the weights of this model are, got a matrix of other "
                  "numbers; keep them in a Matrix<double>, or convert them once by .cast<double>()");
  } else if constexpr (Number<Element<A>>) {
    static_assert(never<A>,
                  "wmanifold: expected inputs as a matrix, samples x inputs, got a list of numbers; wrap it as "
                  "Eigen::Map<Matrix<float> const>(list.data(), samples, inputs), with double for a double model");
  } else {
    static_assert(never<A>,
                  "wmanifold: expected inputs as a Matrix<float> (Matrix<double> for a double model), samples x "
                  "inputs, got another type");
  }
}

/// States how contexts should be passed.
template <class S, class A>
constexpr void explain_contexts() {
  if constexpr (std::convertible_to<A, Contexts<S>>) {
  } else if constexpr (std::same_as<Space<A>, S> && !std::same_as<std::remove_cvref_t<A>, Contexts<S>>) {
    static_assert(never<A>,
                  "wmanifold: expected a context per sample, got one point; share it as Contexts<S>::constant(point, "
                  "inputs.rows()), S being the model's topology");
  } else if constexpr (std::same_as<Space<Element<A>>, S>) {
    static_assert(never<A>,
                  "wmanifold: expected contexts as a std::vector of points, or as Contexts, got another list of "
                  "points; copy it as std::vector(list.begin(), list.end())");
  } else if constexpr (Points<A>) {
    static_assert(never<A>,
                  "wmanifold: expected contexts of the model's topology, got points of another one; use the topology "
                  "of its basis, such as S1 of Fourier<S1, 1>");
  } else if constexpr (Number<A>) {
    static_assert(
        never<A>,
        "wmanifold: expected a context per sample, got a plain number; make it a point by "
        "S1::degrees(angle), S1::radians(angle), Interval::at(value, low, high) or Point<S>{{...}}, and share it as "
        "Contexts<S>::constant(point, inputs.rows())");
  } else if constexpr (Number<Element<A>> || Number<Element<Element<A>>>) {
    static_assert(never<A>,
                  "wmanifold: expected contexts as points, got plain numbers; make each a point by "
                  "S1::degrees(angle), S1::radians(angle), Interval::at(value, low, high) or Point<S>{{...}}, in a "
                  "std::vector<Point<S>>");
  } else if constexpr (EigenMatrix<A>) {
    static_assert(
        never<A>,
        "wmanifold: expected contexts between inputs and targets, as points, got a matrix; make each row a point by "
        "S1::degrees(angle), S1::radians(angle), Interval::at(value, low, high) or Point<S>{{...}}, in a "
        "std::vector<Point<S>>");
  } else {
    static_assert(never<A>,
                  "wmanifold: expected contexts as a std::vector<Point<S>> with a point per sample, or as Contexts<S>, "
                  "of the model's topology S, got another type");
  }
}

/// States how targets should be passed. `Targets` is the type that the loss takes.
template <Real R, class Targets, class A>
constexpr void explain_targets() {
  if constexpr (std::convertible_to<A, Targets>) {
  } else if constexpr (Points<A>) {
    static_assert(never<A>, "wmanifold: expected the targets after the contexts, got contexts last");
  } else if constexpr (std::same_as<Targets, std::span<int const>>) {
    if constexpr (Labels<A>) {
      static_assert(never<A>,
                    "wmanifold: expected labels as a list of int, got whole numbers of another type or in an Eigen "
                    "vector; convert them once by std::vector<int> labels(others.begin(), others.end())");
    } else if constexpr (EigenMatrix<A>) {
      static_assert(never<A>,
                    "wmanifold: expected labels, an int per sample, as this loss takes classes (CrossEntropy), got a "
                    "matrix; pass the class of each sample, or use MeanSquaredError{} for rows of numbers");
    } else if constexpr (Number<Element<A>>) {
      static_assert(never<A>,
                    "wmanifold: expected labels, an int per sample in 0, ..., outputs - 1, got a list of real numbers; "
                    "convert them once by std::vector<int> labels(others.begin(), others.end())");
    } else {
      static_assert(never<A>,
                    "wmanifold: expected labels as a list of int, one per sample (std::vector<int> or std::span<int "
                    "const>), got another type");
    }
  } else if constexpr (std::same_as<Targets, ConstMatrixRef<R>>) {
    if constexpr (Labels<A>) {
      static_assert(never<A>,
                    "wmanifold: expected targets as a matrix, samples x outputs, as this loss takes rows of numbers "
                    "(MeanSquaredError, Pinball), got labels; use CrossEntropy{} for classes");
    } else if constexpr (EigenMatrix<A> && std::same_as<R, float>) {
      static_assert(never<A>,
                    "wmanifold: expected targets of float, as the weights of this model are, got a matrix of other "
                    "numbers; keep them in a Matrix<float>, or convert them once by .cast<float>()");
    } else if constexpr (EigenMatrix<A>) {
      static_assert(never<A>,
                    "wmanifold: expected targets of double, as the weights of this model are, got a matrix of other "
                    "numbers; keep them in a Matrix<double>, or convert them once by .cast<double>()");
    } else if constexpr (Number<Element<A>>) {
      static_assert(never<A>,
                    "wmanifold: expected targets as a matrix, samples x outputs, got a list of numbers; wrap it as "
                    "Eigen::Map<Matrix<float> const>(list.data(), samples, outputs), with double for a double model");
    } else {
      static_assert(never<A>,
                    "wmanifold: expected targets as a Matrix<float> (Matrix<double> for a double model), samples x "
                    "outputs, got another type");
    }
  } else {
    static_assert(never<A>,
                  "wmanifold: expected targets of the type that the loss names, L::Targets<R>, got another type");
  }
}

/// States which of inputs, contexts and the remaining argument is wrong.
template <Real R, class S, class I, class C, class... More>
constexpr void explain_predict() {
  if constexpr (Points<I> && std::convertible_to<C, ConstMatrixRef<R>>) {
    static_assert(never<I>, "wmanifold: expected the inputs first, then contexts, got contexts first");
  } else if constexpr (!fits<std::tuple<ConstMatrixRef<R>, Contexts<S>>, I, C>) {
    explain_inputs<R, I>();
    explain_contexts<S, C>();
  } else {
    static_assert(sizeof...(More) <= 1,
                  "wmanifold: expected inputs, contexts and at most a workspace, got more than that");
    static_assert(
        sizeof...(More) > 1,
        "wmanifold: expected a Workspace as the third argument, of float or double as the model is, got another type");
  }
}
template <Real R, class S, class... A>
requires(sizeof...(A) < 2) constexpr void explain_predict() {
  static_assert(never<R, A...>,
                "wmanifold: expected a context per sample after the inputs, got none; pass "
                "Contexts<S>::constant(point, inputs.rows()) for one context");
}

/// States which of inputs, contexts, targets and optional weights is wrong.
template <Real R, class S, class Targets, class I, class C, class Y, class W = std::span<double const>, class... More>
constexpr void explain_batch() {
  static_assert(sizeof...(More) == 0, "wmanifold: expected inputs, contexts, targets and weights, got more than that");
  if constexpr (Points<Y> && !Points<C>) {
    static_assert(never<I>, "wmanifold: expected the inputs first, then contexts, then targets, got contexts last");
  } else if constexpr (Points<I> && !Points<C>) {
    static_assert(never<I>, "wmanifold: expected the inputs first, then contexts, then targets, got contexts first");
  } else {
    explain_inputs<R, I>();
    explain_contexts<S, C>();
    explain_targets<R, Targets, Y>();
    static_assert(std::convertible_to<W, std::span<double const>>,
                  "wmanifold: expected weights as a list of double, one per sample, got another type");
  }
}
template <Real R, class S, class Targets, class... A>
requires(sizeof...(A) < 3) constexpr void explain_batch() {
  if constexpr (sizeof...(A) == 2 && S::coordinates == 0) {
    [&]<class I, class Y>(std::tuple<I, Y>*) {
      explain_inputs<R, I>();
      explain_targets<R, Targets, Y>();
    }(static_cast<std::tuple<A...>*>(nullptr));
  } else if constexpr ((Points<A> || ...)) {
    static_assert(never<S, A...>, "wmanifold: expected inputs, contexts and targets, got no targets");
  } else {
    static_assert(
        never<S, A...>,
        "wmanifold: expected inputs, contexts and targets, got no contexts; pass Contexts<S>::constant(point, "
        "inputs.rows()) for one context, or train a Manifold<Constant<>, ...> for none");
  }
}

/// States which argument of a single-sample call is wrong: input, output or scratch.
template <Real R, class X, class Y, class... More>
constexpr void explain_sample() {
  if constexpr (EigenMatrix<X>) {
    static_assert(never<X>,
                  "wmanifold: expected one sample as a span of numbers, got an Eigen matrix or vector; use "
                  "network.predict(inputs, workspace) for a batch, network(std::span<float const>(x.data(), size), y) "
                  "for a vector");
  } else if constexpr (Number<Element<X>> && !std::same_as<Element<X>, R>) {
    static_assert(never<X>,
                  "wmanifold: expected a sample of the network's own numbers (float in a Manifold, double in a "
                  "BasicManifold<double, ...>), got others; write std::array{1.0F, 0.5F} for float");
  } else if constexpr (!std::convertible_to<X, std::span<R const>>) {
    static_assert(never<X>,
                  "wmanifold: expected a sample as a list of numbers, got another type; pass a std::array<float, "
                  "inputs> or a std::span");
  } else if constexpr (!std::convertible_to<Y, std::span<R>>) {
    static_assert(never<Y>,
                  "wmanifold: expected the outputs as the second argument, a named list of the network's own numbers "
                  "that is not const, got another type; write std::array<float, outputs> y; network(x, y)");
  } else {
    static_assert(never<X>,
                  "wmanifold: expected a sample, its outputs and optional scratch, all of them lists of the network's "
                  "own numbers, got others; call network(x, y, scratch)");
  }
}
template <Real R, class... A>
requires(sizeof...(A) < 2) constexpr void explain_sample() {
  static_assert(never<R, A...>,
                "wmanifold: expected the outputs as the second argument, got none; write std::array<float, outputs> y; "
                "network(x, y)");
}

/// States which argument of a block of samples is missing or wrong.
template <Real R, class... A>
constexpr void explain_block() {
  if constexpr (fits<std::tuple<std::span<R const>, Index, std::span<R>>, A...>) {
    static_assert(
        never<R, A...>,
        "wmanifold: expected scratch after the outputs, as this network has sizes at run time, got none; pass "
        "network.block_scratch_size(32) numbers, for 32 samples at once");
  } else {
    static_assert(never<R, A...>,
                  "wmanifold: expected a block of samples as a list of the network's own numbers, the step from one "
                  "sample to the next, the outputs and optional scratch, got others; call network.process(x, "
                  "network.inputs(), y, scratch)");
  }
}

/// States how a point of a topology is made.
template <class S, class A>
constexpr void explain_point() {
  if constexpr (Number<A>) {
    static_assert(never<A>,
                  "wmanifold: expected a point of the model's topology, got a plain number; make it one by "
                  "S1::degrees(angle), S1::radians(angle), Interval::at(value, low, high) or Point<S>{{...}}");
  } else if constexpr (!std::is_void_v<Space<A>> && requires { typename std::remove_cvref_t<A>::Topology; }) {
    static_assert(never<A>,
                  "wmanifold: expected a point of the model's topology, got one of another; use the topology of its "
                  "basis, such as S1 of Fourier<S1, 1>");
  } else if constexpr (Points<A>) {
    static_assert(never<A>,
                  "wmanifold: expected one point, got several; use predict(inputs, contexts) for one per sample");
  } else {
    static_assert(never<A>,
                  "wmanifold: expected a point of the model's topology, got another type; make it by "
                  "S1::degrees(angle), S1::radians(angle), Interval::at(value, low, high) or Point<S>{{...}}");
  }
}

}  // namespace wmanifold::detail
