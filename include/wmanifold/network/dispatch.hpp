#pragma once

#include <wmanifold/kernel/seam.hpp>
#include <wmanifold/network/activation.hpp>

#include <string_view>

/// Run-time dispatch, for those who ask for it: what is declared here is defined in the static library
/// `wmanifold::dispatch` (find_package(wmanifold COMPONENTS dispatch), or WMANIFOLD_DISPATCH), which holds the seam
/// compiled for several levels of processors.
namespace wmanifold {

/// What a processor may have. Those beyond the first exist on x86-64.
enum class Level {
  baseline,  ///< every processor of the architecture: SSE2, NEON
  avx2,      ///< AVX2 and FMA
  avx512,    ///< AVX-512 F, BW, CD, DQ and VL
};

[[nodiscard]] constexpr std::string_view name_of(Level level) noexcept {
  return level == Level::baseline ? "baseline" : level == Level::avx2 ? "avx2" : "avx512";
}

/// The seam at one level, for one kind of numbers, and what follows layers.
template <Real R>
struct LevelTable {
  using Activate = void (*)(kernel::IndexRange rows, kernel::IndexRange columns, Index stride, R* values,
                            R* derivatives);

  kernel::Seam<R> seam;
  Activate identity, relu, elu, tanh, sigmoid, silu, gelu, softplus;

  [[nodiscard]] Activate operator()(Identity) const noexcept { return identity; }
  [[nodiscard]] Activate operator()(Relu) const noexcept { return relu; }
  [[nodiscard]] Activate operator()(Elu) const noexcept { return elu; }
  [[nodiscard]] Activate operator()(Tanh) const noexcept { return tanh; }
  [[nodiscard]] Activate operator()(Sigmoid) const noexcept { return sigmoid; }
  [[nodiscard]] Activate operator()(Silu) const noexcept { return silu; }
  [[nodiscard]] Activate operator()(Gelu) const noexcept { return gelu; }
  [[nodiscard]] Activate operator()(Softplus) const noexcept { return softplus; }
};

/// Whether this processor runs a level, and the system saves its registers.
[[nodiscard]] bool is_available(Level level) noexcept;

/// The best level that is available: what Dispatched uses.
[[nodiscard]] Level dispatch_level() noexcept;

/// The functions of a level. Throws ArgumentError where it is not available.
template <Real R>
[[nodiscard]] LevelTable<R> const& table_of(Level level);
template <>
LevelTable<float> const& table_of<float>(Level level);
template <>
LevelTable<double> const& table_of<double>(Level level);

/// The functions of the best level, chosen once.
template <Real R>
[[nodiscard]] LevelTable<R> const& best_table() noexcept;
template <>
LevelTable<float> const& best_table<float>() noexcept;
template <>
LevelTable<double> const& best_table<double>() noexcept;

/// A target whose products, mixing, activations and losses are those of the best level, the rest and activations that
/// users write those of B: `model.predict<wm::Dispatched>(...)`.
template <class B>
struct DispatchedTarget : B {
  using Base = B;
  template <Real R>
  [[nodiscard]] static kernel::Seam<R> const& seam() noexcept {
    return best_table<R>().seam;
  }
  template <Real R, class A>
  requires std::invocable < LevelTable<R>
  const&, A const& > [[nodiscard]] static auto activation(A const& a) noexcept { return best_table<R>()(a); }
};
using Dispatched = DispatchedTarget<HostTarget>;

}  // namespace wmanifold
