#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/real.hpp>

#include <concepts>

namespace wmanifold {

/// A dense layer, y = W x + b: `In` inputs, `Out` outputs, in the type where they are known, else given to the
/// constructor. It holds sizes only; the weights belong to the network or manifold.
template <Index In = dynamic, Index Out = dynamic>
class Dense {
  static_assert((In > 0 || In == dynamic) && (Out > 0 || Out == dynamic),
                "wmanifold: a Dense layer has at least one input and one output");

 public:
  static constexpr Index static_inputs = In;
  static constexpr Index static_outputs = Out;
  static constexpr bool is_static = In != dynamic && Out != dynamic;

  constexpr Dense() requires(is_static) = default;

  /// Throws ArgumentError for sizes below 1 or other than those in the type.
  constexpr Dense(Index inputs, Index outputs) : inputs_(inputs), outputs_(outputs) {
    if (inputs < 1 || outputs < 1 || (In != dynamic && inputs != In) || (Out != dynamic && outputs != Out)) {
      fail("dense layer: expected sizes of at least 1 that agree with the type, got ", inputs, " inputs and ", outputs,
           " outputs");
    }
  }

  [[nodiscard]] constexpr Index inputs() const noexcept { return inputs_; }
  [[nodiscard]] constexpr Index outputs() const noexcept { return outputs_; }

  friend bool operator==(Dense const&, Dense const&) = default;

 private:
  Index inputs_ = In;
  Index outputs_ = Out;
};

template <class L>
concept DenseLayer = requires(L const& layer) {
  { L::is_static } -> std::convertible_to<bool>;
  { layer.inputs() } -> std::same_as<Index>;
  { layer.outputs() } -> std::same_as<Index>;
};

}  // namespace wmanifold
