#pragma once

#include <wmanifold/kernel/seam.hpp>
#include <wmanifold/network/activation.hpp>

#include <string_view>

/// Run-time dispatch. The static library `wmanifold::dispatch` (find_package(wmanifold COMPONENTS dispatch), or
/// WMANIFOLD_DISPATCH) defines the functions declared here. It holds the seam, compiled for several levels of
/// processors.
namespace wmanifold {

/// An instruction set of a processor. Levels beyond the first exist on x86-64.
enum class Level {
  baseline,  ///< every processor of the architecture: SSE2, NEON
  avx2,      ///< AVX2, FMA and F16C
  avx512,    ///< AVX-512 F, BW, CD, DQ and VL
};

/// Name of a level.
[[nodiscard]] constexpr std::string_view name_of(Level level) noexcept {
  return level == Level::baseline ? "baseline" : level == Level::avx2 ? "avx2" : "avx512";
}

/// The functions of the seam and the activations, compiled for one level and one type of numbers.
template <Real R>
struct LevelTable {
  /// Function that activates values, and writes derivatives unless that pointer is null.
  using Activate = void (*)(kernel::IndexRange rows, kernel::IndexRange columns, Index stride, R* values,
                            R* derivatives);

  kernel::Seam<R> seam;  ///< kernels of the seam
  Activate identity;     ///< pass of Identity
  Activate relu;         ///< pass of Relu
  Activate elu;          ///< pass of Elu
  Activate tanh;         ///< pass of Tanh
  Activate sigmoid;      ///< pass of Sigmoid
  Activate silu;         ///< pass of Silu
  Activate gelu;         ///< pass of Gelu
  Activate softplus;     ///< pass of Softplus

  /// Function of an activation.
  [[nodiscard]] Activate operator()(Identity) const noexcept { return identity; }
  /// Returns the pass of Relu.
  [[nodiscard]] Activate operator()(Relu) const noexcept { return relu; }
  /// Returns the pass of Elu.
  [[nodiscard]] Activate operator()(Elu) const noexcept { return elu; }
  /// Returns the pass of Tanh.
  [[nodiscard]] Activate operator()(Tanh) const noexcept { return tanh; }
  /// Returns the pass of Sigmoid.
  [[nodiscard]] Activate operator()(Sigmoid) const noexcept { return sigmoid; }
  /// Returns the pass of Silu.
  [[nodiscard]] Activate operator()(Silu) const noexcept { return silu; }
  /// Returns the pass of Gelu.
  [[nodiscard]] Activate operator()(Gelu) const noexcept { return gelu; }
  /// Returns the pass of Softplus.
  [[nodiscard]] Activate operator()(Softplus) const noexcept { return softplus; }
};

/// Returns whether the processor has a level's instructions and the system saves its registers.
[[nodiscard]] bool is_available(Level level) noexcept;

/// The best available level, which Dispatched uses.
[[nodiscard]] Level dispatch_level() noexcept;

/// Functions of a level. Throws ArgumentError if the level is not available.
template <Real R>
[[nodiscard]] LevelTable<R> const& table_of(Level level);
/// The specialisation that the library defines.
template <>
LevelTable<float> const& table_of<float>(Level level);
/// The specialisation that the library defines.
template <>
LevelTable<double> const& table_of<double>(Level level);

/// Functions of the best level, chosen once.
template <Real R>
[[nodiscard]] LevelTable<R> const& best_table() noexcept;
/// The specialisation that the library defines.
template <>
LevelTable<float> const& best_table<float>() noexcept;
/// The specialisation that the library defines.
template <>
LevelTable<double> const& best_table<double>() noexcept;

/// A target with the best level's products, mixing, activations and losses: `model.predict<wm::Dispatched>(...)`. All
/// other functions, and activations that users write, are those of B.
template <class B>
struct DispatchedTarget : B {
  using Base = B;  ///< target of all other functions
  /// Kernels of the best level.
  template <Real R>
  [[nodiscard]] static kernel::Seam<R> const& seam() noexcept {
    return best_table<R>().seam;
  }
  /// The best level's function of a library activation.
  template <Real R, class A>
  requires std::invocable < LevelTable<R>
  const&, A const& > [[nodiscard]] static auto activation(A const& a) noexcept { return best_table<R>()(a); }
};
/// The dispatched form of the target of this translation unit.
using Dispatched = DispatchedTarget<HostTarget>;

}  // namespace wmanifold
