#pragma once

#include <wmanifold/network/dispatch.hpp>

#include <concepts>

namespace support {

/// A target of the chosen level.
struct AtLevel : wmanifold::HostTarget {
  using Base = wmanifold::HostTarget;
  static inline wmanifold::Level level = wmanifold::Level::baseline;
  template <class R>
  static wmanifold::kernel::Seam<R> const& seam() {
    return wmanifold::table_of<R>(level).seam;
  }
  template <class R, class A>
  requires std::invocable < wmanifold::LevelTable<R>
  const&, A const& > static auto activation(A const& a) { return wmanifold::table_of<R>(level)(a); }
};

}  // namespace support
