#pragma once

#ifdef WMANIFOLD_COMPILED

#include <wmanifold/kernel/optimiser/descent.hpp>
#include <wmanifold/kernel/seam.hpp>
#include <wmanifold/network/activation.hpp>

/// Declarations of the kernels that the static library `wmanifold::compiled` defines once (docs/building.md). Linking
/// the library defines WMANIFOLD_COMPILED; without it, this header is empty.
///
/// The target of a translation unit (HostTarget) is part of each name. A unit whose flags allow other instructions than
/// the library's does not link, and the linker names the missing target.

// Undefined again below. The library defines it as `template`, which defines the functions that are declared here.
#ifndef WMANIFOLD_INSTANCE
#define WMANIFOLD_INSTANCE extern template
#endif

#define WMANIFOLD_KERNELS(R)                                                                                           \
  WMANIFOLD_INSTANCE void multiply<HostTarget, R>(Index, Index, Index, Strided<R>, Strided<R>, R*, Index, bool);       \
  WMANIFOLD_INSTANCE Index dense_scratch<HostTarget, R>(Index, Index, Index, Index) noexcept;                          \
  WMANIFOLD_INSTANCE void dense_forward<HostTarget, R>(DenseRows<R>, Coefficients<R>, Index, Samples<R const>,         \
                                                       Samples<R>, Epilogue);                                          \
  WMANIFOLD_INSTANCE void dense_backward_parameters<HostTarget, R>(MutableDenseRows<R>, Coefficients<R>, Index,        \
                                                                   Samples<R const>, Samples<R const>);                \
  WMANIFOLD_INSTANCE void dense_backward_inputs<HostTarget, R>(DenseRows<R>, Coefficients<R>, Index, Samples<R const>, \
                                                               Samples<R>, R const*, R*);                              \
  WMANIFOLD_INSTANCE void dense_backward_coefficients<HostTarget, R>(DenseRows<R>, RowRuns const&, Index,              \
                                                                     Samples<R const>, Samples<R const>, R*, R*);      \
  WMANIFOLD_INSTANCE Index grouped_scratch<HostTarget, R>(Index, Index, Index) noexcept;                               \
  WMANIFOLD_INSTANCE void grouped_forward<HostTarget, R>(DenseRows<R>, Groups<R>, Samples<R const>, Samples<R>, R*,    \
                                                         Epilogue);                                                    \
  WMANIFOLD_INSTANCE void grouped_backward_parameters<HostTarget, R>(MutableDenseRows<R>, Groups<R>, Samples<R const>, \
                                                                     Samples<R const>, R*);                            \
  WMANIFOLD_INSTANCE void grouped_backward_inputs<HostTarget, R>(DenseRows<R>, Groups<R>, Samples<R const>,            \
                                                                 Samples<R>, R const*, R*);                            \
  WMANIFOLD_INSTANCE void mix_rows<HostTarget, R>(R const*, Index, Index, Index, R const*, R*) noexcept;               \
  WMANIFOLD_INSTANCE void mix_chosen_rows<HostTarget, R>(ChosenRows<R>, Index, R const*, R*) noexcept;                 \
  WMANIFOLD_INSTANCE void mixed_sample<HostTarget, R>(ChosenRows<R>, Index, Index, R const*, R const*, R*) noexcept;   \
  WMANIFOLD_INSTANCE void dense_sample<HostTarget, R>(R const*, Index, Index, R const*, R*) noexcept;                  \
  WMANIFOLD_INSTANCE void dense_block<HostTarget, R>(R const*, Index, Index, Index, Samples<R const>,                  \
                                                     Samples<R>) noexcept;                                             \
  WMANIFOLD_INSTANCE R softmax_cross_entropy<HostTarget, R>(Index, R const*, Index, R*) noexcept;                      \
  WMANIFOLD_INSTANCE double largest<HostTarget, R>(Index, R const*);                                                   \
  WMANIFOLD_INSTANCE void add_scaled<HostTarget, R>(R, Index, R const*, R*);                                           \
  WMANIFOLD_INSTANCE void combine_rows<HostTarget, R>(SparseRows<R> const&, Index, Index, R const*, R*);               \
  WMANIFOLD_INSTANCE double metric_product<HostTarget, R>(double const*, Index, Index, Index, R const*, R const*);     \
  WMANIFOLD_INSTANCE void heavy_ball<HostTarget, R>(R, bool, Tile<R> const&) noexcept;                                 \
  WMANIFOLD_INSTANCE void adam<HostTarget, R>(AdamTerms<R> const&, bool, Tile<R> const&) noexcept;                     \
  WMANIFOLD_INSTANCE double descend<HostTarget, R>(DescentBlocks<R> const&, DescentTerms<R> const&, TileRule<R>)

#define WMANIFOLD_HALF_KERNELS(R, N)                                                                        \
  WMANIFOLD_INSTANCE void mix_rows<HostTarget, R, N>(R const*, Index, Index, Index, N const*, R*) noexcept; \
  WMANIFOLD_INSTANCE void mix_chosen_rows<HostTarget, R, N>(ChosenRows<R>, Index, N const*, R*) noexcept;   \
  WMANIFOLD_INSTANCE void mixed_sample<HostTarget, R, N>(ChosenRows<R>, Index, Index, N const*, R const*,   \
                                                         R*) noexcept;                                      \
  WMANIFOLD_INSTANCE void dense_sample<HostTarget, R, N>(N const*, Index, Index, R const*, R*) noexcept

#define WMANIFOLD_ACTIVATION(A)                                                                                 \
  WMANIFOLD_INSTANCE void activate<HostTarget, float>(A const&, IndexRange, IndexRange, Index, float*, float*); \
  WMANIFOLD_INSTANCE void activate<HostTarget, double>(A const&, IndexRange, IndexRange, Index, double*, double*)

namespace wmanifold::kernel {

WMANIFOLD_KERNELS(float);
WMANIFOLD_KERNELS(double);
WMANIFOLD_HALF_KERNELS(float, BFloat16);
WMANIFOLD_HALF_KERNELS(float, Float16);
WMANIFOLD_HALF_KERNELS(double, BFloat16);
WMANIFOLD_HALF_KERNELS(double, Float16);
WMANIFOLD_ACTIVATION(Identity);
WMANIFOLD_ACTIVATION(Relu);
WMANIFOLD_ACTIVATION(Elu);
WMANIFOLD_ACTIVATION(Tanh);
WMANIFOLD_ACTIVATION(Sigmoid);
WMANIFOLD_ACTIVATION(Silu);
WMANIFOLD_ACTIVATION(Gelu);
WMANIFOLD_ACTIVATION(Softplus);

}  // namespace wmanifold::kernel

#undef WMANIFOLD_ACTIVATION
#undef WMANIFOLD_HALF_KERNELS
#undef WMANIFOLD_KERNELS
#undef WMANIFOLD_INSTANCE

#endif
