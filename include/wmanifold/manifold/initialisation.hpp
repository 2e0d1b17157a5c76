#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/core/random.hpp>
#include <wmanifold/layer/stack.hpp>
#include <wmanifold/manifold/parameters.hpp>

namespace wmanifold {

/// How a manifold starts. Each network is drawn with weights N(0, 2 / in), in the last layer N(0, 1 / in), biases 0.
///
/// By default the manifold is one network for all contexts, its centre: rows P_k = c_k W with c the coefficients of the
/// constant function. In a basis with a constant function (Fourier, Legendre, harmonics) this is W, then zero rows; in
/// Bernstein's, all control points are W.
struct Initialisation {
  /// What is added to each row that is not the centre itself: this fraction of a network of its own.
  double fraction = 0;
  /// Do the rows that make the centre (the ends of a line) start as networks of their own instead of equal?
  bool independent = false;

  [[nodiscard]] constexpr Initialisation spread(double of_a_network) const noexcept {
    return {of_a_network, independent};
  }
  [[nodiscard]] constexpr Initialisation with_independent_ends() const noexcept { return {fraction, true}; }
};

/// The centre alone.
inline constexpr Initialisation he_normal{};

/// All parameters zero, to be filled by hand.
struct Zeros {};
inline constexpr Zeros zeros{};

/// Draws a network into the N numbers of `network`.
template <Real R, class Stack>
void draw_network(Stack const& stack, Random& random, std::span<R> network) {
  for (Index l = 0; l < stack.depth(); ++l) {
    DenseShape const& shape = stack.dense(l);
    bool const last = l + 1 == stack.depth();
    double const deviation = std::sqrt((last ? 1.0 : 2.0) / static_cast<double>(shape.inputs));
    auto weights = network.subspan(static_cast<std::size_t>(shape.offset), static_cast<std::size_t>(shape.weights()));
    for (R& w : weights) {
      w = static_cast<R>(deviation * random.normal());
    }
    auto biases = network.subspan(static_cast<std::size_t>(shape.offset + shape.weights()),
                                  static_cast<std::size_t>(shape.outputs));
    std::fill(biases.begin(), biases.end(), R{0});
  }
}

/// Fills `parameters` (K x N) as `how` says. ArgumentError for a fraction that is negative or not finite.
template <Real R, Basis B, class Stack>
void initialise(Initialisation how, Seed seed, B const& basis, Stack const& stack, Parameters<R>& parameters) {
  if (!(how.fraction >= 0 && std::isfinite(how.fraction))) [[unlikely]] {
    fail("initialisation: expected a fraction of at least 0, got ", how.fraction);
  }
  int in_centre = 0;
  for (int k = 0; k < B::size; ++k) {
    in_centre += basis.constant(k) != 0 ? 1 : 0;
  }
  auto const columns = static_cast<std::size_t>(parameters.columns());
  std::vector<R> centre(columns);
  std::vector<R> own(columns);
  Random random(seed);
  draw_network<R>(stack, random, centre);
  for (int k = 0; k < B::size; ++k) {
    double const c = basis.constant(k);
    bool const is_centre = c != 0 && in_centre == 1;
    bool const alone = how.independent && c != 0 && !is_centre;
    Random row_random(seed.stream(static_cast<std::uint64_t>(k) + 1));
    draw_network<R>(stack, row_random, own);
    auto row = parameters.row(k);
    for (std::size_t n = 0; n < columns; ++n) {
      double const shared = alone ? 0 : c * static_cast<double>(centre[n]);
      double const extra = alone ? 1 : is_centre ? 0 : how.fraction;
      row[n] = static_cast<R>(shared + extra * static_cast<double>(own[n]));
    }
  }
}

}  // namespace wmanifold
