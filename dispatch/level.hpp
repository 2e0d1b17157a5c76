#pragma once

#include <wmanifold/network/dispatch.hpp>

namespace wmanifold::detail {

/// The target of one level. It is part of the name of all code compiled for the level, so that the linker never takes a
/// function of one level for that of another.
template <Level L>
struct LevelTarget : HostTarget {};

/// Defined by the object of each level.
template <Level L, Real R>
[[nodiscard]] LevelTable<R> const& level_table() noexcept;

}  // namespace wmanifold::detail
