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
                  "numbers: keep them in a Matrix<float>, or convert them once by .cast<float>()");
  } else if constexpr (EigenMatrix<A>) {
    static_assert(never<A>,
                  "wmanifold: expected inputs of double, as the weights of this model are, got a matrix of other "
                  "numbers: keep them in a Matrix<double>, or convert them once by .cast<double>()");
  } else if constexpr (Number<Element<A>>) {
    static_assert(
        never<A>,
        "wmanifold: expected inputs as a matrix, samples x inputs, got a list of numbers: it is seen as one by "
        "Eigen::Map<Matrix<float> const>(list.data(), samples, inputs); Matrix<double> for a double model");
  } else {
    static_assert(
        never<A>,
        "wmanifold: expected inputs as a Matrix<float> (Matrix<double> for a double model), samples x inputs");
  }
}

/// States how contexts should be passed.
template <class S, class A>
constexpr void explain_contexts() {
  if constexpr (std::convertible_to<A, Contexts<S>>) {
  } else if constexpr (std::same_as<Space<A>, S> && !std::same_as<std::remove_cvref_t<A>, Contexts<S>>) {
    static_assert(
        never<A>,
        "wmanifold: expected a context per sample, got one point: Contexts<S>::constant(point, inputs.rows()) of "
        "the model's topology S is one for all samples");
  } else if constexpr (std::same_as<Space<Element<A>>, S>) {
    static_assert(
        never<A>,
        "wmanifold: expected contexts as a std::vector of points, or as Contexts, got another list of points: "
        "std::vector(list.begin(), list.end())");
  } else if constexpr (Points<A>) {
    static_assert(never<A>,
                  "wmanifold: expected contexts of the model's topology, got points of another one: the model's basis "
                  "says which it is, S1 of a Fourier<S1, 1>");
  } else if constexpr (Number<A>) {
    static_assert(never<A>,
                  "wmanifold: expected a context per sample, got a plain number: a number is made a point by "
                  "S1::radians(angle), Interval::at(value, low, high) or Point<S>{{...}}, and shared by all samples by "
                  "Contexts<S>::constant(point, inputs.rows())");
  } else if constexpr (Number<Element<A>> || Number<Element<Element<A>>>) {
    static_assert(never<A>,
                  "wmanifold: expected contexts as points, got plain numbers: each is made a point by "
                  "S1::radians(angle), Interval::at(value, low, high) or Point<S>{{...}}, and they go into a "
                  "std::vector<Point<S>>");
  } else if constexpr (EigenMatrix<A>) {
    static_assert(
        never<A>,
        "wmanifold: expected contexts between inputs and targets, as points, got a matrix: each row is made a "
        "point by S1::radians(angle), Interval::at(value, low, high) or Point<S>{{...}}, and they go into a "
        "std::vector<Point<S>>");
  } else {
    static_assert(
        never<A>,
        "wmanifold: expected contexts as a std::vector<Point<S>> with a point per sample, or as Contexts<S>, of "
        "the model's topology S");
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
                    "wmanifold: expected labels as a list of int, got whole numbers of another type or in a vector of "
                    "Eigen's: convert them once, std::vector<int> labels(others.begin(), others.end())");
    } else if constexpr (EigenMatrix<A>) {
      static_assert(
          never<A>,
          "wmanifold: expected labels, an int per sample, as this loss takes classes (CrossEntropy), got a "
          "matrix: for rows of numbers the loss is MeanSquaredError{}, and of rows that are one-hot the class "
          "is where the one stands");
    } else if constexpr (Number<Element<A>>) {
      static_assert(never<A>,
                    "wmanifold: expected labels, an int per sample in 0, ..., outputs - 1, got a list of real numbers: "
                    "convert them once, std::vector<int> labels(others.begin(), others.end())");
    } else {
      static_assert(never<A>,
                    "wmanifold: expected labels as a list of int, one per sample: std::vector<int>, or a "
                    "std::span<int const>");
    }
  } else if constexpr (std::same_as<Targets, ConstMatrixRef<R>>) {
    if constexpr (Labels<A>) {
      static_assert(never<A>,
                    "wmanifold: expected targets as a matrix, samples x outputs, as this loss takes rows of numbers "
                    "(MeanSquaredError, Pinball), got labels: for classes the loss is CrossEntropy{}");
    } else if constexpr (EigenMatrix<A> && std::same_as<R, float>) {
      static_assert(never<A>,
                    "wmanifold: expected targets of float, as the weights of this model are, got a matrix of other "
                    "numbers: keep them in a Matrix<float>, or convert them once by .cast<float>()");
    } else if constexpr (EigenMatrix<A>) {
      static_assert(never<A>,
                    "wmanifold: expected targets of double, as the weights of this model are, got a matrix of other "
                    "numbers: keep them in a Matrix<double>, or convert them once by .cast<double>()");
    } else if constexpr (Number<Element<A>>) {
      static_assert(
          never<A>,
          "wmanifold: expected targets as a matrix, samples x outputs, got a list of numbers: it is seen as "
          "one by Eigen::Map<Matrix<float> const>(list.data(), samples, outputs); Matrix<double> for a double "
          "model");
    } else {
      static_assert(never<A>,
                    "wmanifold: expected targets as a Matrix<float> (Matrix<double> for a double model), samples x "
                    "outputs");
    }
  } else {
    static_assert(never<A>, "wmanifold: expected targets of the type that the loss names, L::Targets<R>");
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
    static_assert(sizeof...(More) <= 1, "wmanifold: expected inputs, contexts, and a workspace or nothing");
    static_assert(sizeof...(More) > 1,
                  "wmanifold: expected a Workspace as the third argument, of float or double as the model is");
  }
}
template <Real R, class S, class... A>
requires(sizeof...(A) < 2) constexpr void explain_predict() {
  static_assert(never<R, A...>,
                "wmanifold: expected a context per sample behind the inputs, predict(inputs, contexts): "
                "Contexts<S>::constant(point, inputs.rows()) is one for all samples");
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
                  "wmanifold: expected weights as a list of double, one per sample");
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
    static_assert(never<S, A...>,
                  "wmanifold: expected inputs, contexts and targets, got no contexts: Contexts<S>::constant(point, "
                  "inputs.rows()) is one for all samples, and a model without contexts is a Manifold<Constant<>, ...>");
  }
}

/// States which argument of a single-sample call is wrong: input, output or scratch.
template <Real R, class X, class Y, class... More>
constexpr void explain_sample() {
  if constexpr (EigenMatrix<X>) {
    static_assert(
        never<X>,
        "wmanifold: expected one sample as a span of numbers, got a matrix or vector of Eigen's: a batch goes "
        "through network.predict(inputs, workspace), a vector through network(std::span<float const>(x.data(), "
        "size), y)");
  } else if constexpr (Number<Element<X>> && !std::same_as<Element<X>, R>) {
    static_assert(never<X>,
                  "wmanifold: expected a sample of the network's own numbers, float of a Manifold and double of a "
                  "BasicManifold<double, ...>, got others: std::array{1.0F, 0.5F} is of float");
  } else if constexpr (!std::convertible_to<X, std::span<R const>>) {
    static_assert(never<X>, "wmanifold: expected a sample as a list of numbers, std::array<float, inputs> or a span");
  } else if constexpr (!std::convertible_to<Y, std::span<R>>) {
    static_assert(
        never<Y>,
        "wmanifold: expected where the outputs are written as the second argument, a list of the network's own "
        "numbers that has a name and is not const: std::array<float, outputs> y; network(x, y)");
  } else {
    static_assert(never<X>,
                  "wmanifold: expected a sample, where its outputs are written and perhaps scratch, all of them "
                  "lists of the network's own numbers: network(x, y, scratch)");
  }
}
template <Real R, class... A>
requires(sizeof...(A) < 2) constexpr void explain_sample() {
  static_assert(never<R, A...>,
                "wmanifold: expected a second argument, where the outputs are written: std::array<float, outputs> y; "
                "network(x, y)");
}

/// States how a point of a topology is made.
template <class S, class A>
constexpr void explain_point() {
  if constexpr (Number<A>) {
    static_assert(never<A>,
                  "wmanifold: expected a point of the model's topology, got a plain number: it is made one by "
                  "S1::radians(angle), S1::degrees(angle), Interval::at(value, low, high) or Point<S>{{...}}");
  } else if constexpr (!std::is_void_v<Space<A>> && requires { typename std::remove_cvref_t<A>::Topology; }) {
    static_assert(
        never<A>,
        "wmanifold: expected a point of the model's topology, got one of another: the model's basis says which "
        "it is, S1 of a Fourier<S1, 1>");
  } else if constexpr (Points<A>) {
    static_assert(never<A>,
                  "wmanifold: expected one point, got several: predict(inputs, contexts) takes one per sample");
  } else {
    static_assert(never<A>,
                  "wmanifold: expected a point of the model's topology: S1::radians(angle), Interval::at(value, low, "
                  "high) or Point<S>{{...}}");
  }
}

}  // namespace wmanifold::detail
