#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/core/random.hpp>
#include <wmanifold/network/parameters.hpp>
#include <wmanifold/network/stack.hpp>

#include <cmath>
#include <limits>

namespace wmanifold {

/// The initial state of a manifold. Each network is drawn with weights N(0, 2 / in), in the last layer N(0, 1 / in),
/// biases 0.
///
/// By default the manifold is one network W for all contexts, its centre: rows P_k = c_k W with c the coefficients of
/// the constant function. In a basis with a constant function (Fourier, Legendre, harmonics) the first row is W, the
/// others zero. In Bernstein's basis all control points are W. Layers of gains start with gains of 1 and biases of 0.
struct Initialisation {
  /// Fraction of an independent network, or of gains N(0, 1), that is added to each row other than the centre itself.
  double fraction = 0;
  /// Whether the rows that make the centre (the ends of a line) start as independent networks instead of equal ones.
  bool independent = false;

  /// This initialisation with another fraction.
  [[nodiscard]] constexpr Initialisation spread(double of_a_network) const noexcept {
    return {of_a_network, independent};
  }
  /// This initialisation with independent rows.
  [[nodiscard]] constexpr Initialisation with_independent_ends() const noexcept { return {fraction, true}; }
};

/// The centre alone.
inline constexpr Initialisation he_normal{};

/// A manifold's initial state with all parameters zero.
struct Zeros {};
/// The value of Zeros.
inline constexpr Zeros zeros{};

namespace detail {

/// Draws weights for one layer: N(0, 2 / inputs), in the last layer N(0, 1 / inputs); biases 0.
template <Real R>
void draw_layer(DenseLayout const& shape, bool last, Random& random, R* layer) {
  double const deviation = std::sqrt((last ? 1.0 : 2.0) / static_cast<double>(shape.inputs));
  for (Index n = 0; n < shape.weights(); ++n) {
    layer[n] = static_cast<R>(deviation * random.normal());
  }
  std::fill_n(layer + shape.weights(), shape.outputs, R{0});
}

/// Draws U and V of a low-rank layer, with unit rows and columns on average. A is zero, so the layer starts as W_0 at
/// every context and the gradient of A is not zero.
template <Real R>
void draw_directions(DenseLayout const& shape, Random& random, R* shared) {
  R* const right = shared + shape.right_offset();
  for (Index n = 0; n < shape.rank * (shape.inputs + 1); ++n) {
    right[n] = static_cast<R>(random.normal() / std::sqrt(static_cast<double>(shape.inputs)));
  }
  R* const left = shared + shape.left_offset();
  for (Index n = 0; n < shape.rank * shape.outputs; ++n) {
    left[n] = static_cast<R>(random.normal() / std::sqrt(static_cast<double>(shape.outputs)));
  }
}

}  // namespace detail

/// Draws a network into its N numbers.
template <Real R, class Stack>
void draw_network(Stack const& stack, Random& random, std::span<R> network) {
  for (Index l = 0; l < stack.depth(); ++l) {
    detail::draw_layer(stack.dense(l), l + 1 == stack.depth(), random, network.data() + stack.dense(l).offset);
  }
}

/// Fills `parameters` as `how` says. Shared layers are the centre's. Throws ArgumentError for a fraction that is
/// negative, not finite, or too large for R.
template <Real R, Basis B, class Stack>
void initialise(Initialisation how, Seed seed, B const& basis, Stack const& stack, Parameters<R>& parameters) {
  if (!(is_finite(how.fraction) && how.fraction >= 0)) [[unlikely]] {
    fail("initialisation: expected a fraction of at least 0, got ", how.fraction);
  }
  if (how.fraction > std::sqrt(static_cast<double>(std::numeric_limits<R>::max()))) [[unlikely]] {
    fail("initialisation: expected a fraction in the range of the model's numbers, got ", how.fraction);
  }
  int in_centre = 0;
  for (int k = 0; k < B::size; ++k) {
    in_centre += basis.constant(k) != 0 ? 1 : 0;
  }
  auto const size = static_cast<std::size_t>(parameters_of(stack));
  std::vector<R> centre(size);
  std::vector<R> own(size);
  Random random(seed);
  draw_network<R>(stack, random, centre);
  for (Index l = 0; l < stack.depth(); ++l) {
    DenseLayout const& shape = stack.dense(l);
    if (shape.placement != Placement::manifold) {
      Index const numbers = shape.placement == Placement::gains ? shape.weights() : shape.size();
      std::copy_n(centre.data() + shape.offset, numbers, parameters.shared().data() + shape.shared_offset);
    }
    if (shape.placement == Placement::low_rank) {
      detail::draw_directions(shape, random, parameters.shared().data());
    }
  }
  for (int k = 0; k < B::size; ++k) {
    double const c = basis.constant(k);
    bool const is_centre = c != 0 && in_centre == 1;
    bool const alone = how.independent && c != 0 && !is_centre;
    Random row_random(seed.stream(static_cast<std::uint64_t>(k) + 1));
    draw_network<R>(stack, row_random, own);
    for (Index l = 0; l < stack.depth(); ++l) {
      DenseLayout const& shape = stack.dense(l);
      R* const row = parameters.row(k).data() + shape.row_offset;
      double const extra = alone ? 1 : is_centre ? 0 : how.fraction;
      if (shape.placement == Placement::gains && !alone && extra > 0) {
        for (Index o = 0; o < shape.outputs; ++o) {
          row[o] = static_cast<R>(extra * row_random.normal());
        }
      }
      if (shape.placement != Placement::manifold) {
        continue;
      }
      for (Index n = 0; n < shape.size(); ++n) {
        auto const at = static_cast<std::size_t>(shape.offset + n);
        double const shared = alone ? 0 : c * static_cast<double>(centre[at]);
        row[n] = static_cast<R>(shared + extra * static_cast<double>(own[at]));
      }
    }
  }
}

}  // namespace wmanifold
