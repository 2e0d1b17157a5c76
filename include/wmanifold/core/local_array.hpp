#pragma once

#include <wmanifold/version.hpp>

#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>

namespace wmanifold {
namespace detail {

/// A std::array with an alignment of 32 bytes. It converts to and from std::array.
template <class T, std::size_t n>
struct alignas(32) WideArray : std::array<T, n> {
  WideArray() = default;
  constexpr WideArray(std::array<T, n> const& numbers) noexcept : std::array<T, n>(numbers) {}
  template <class... Numbers>
  requires(sizeof...(Numbers) > 0 && sizeof...(Numbers) <= n &&
           (std::is_convertible_v<Numbers, T> && ...)) constexpr WideArray(Numbers const&... numbers) noexcept
      : std::array<T, n>{static_cast<T>(numbers)...} {}
};

}  // namespace detail

/// The small array of this library for all uses on the stack: a std::array, aligned to 32 bytes if it has at least 16.
///
/// GCC 12.2 stores with aligned moves into arrays that it has not aligned. It does so in functions that call no other
/// function and fill or copy such arrays by vectors of at least 32 bytes (docs/compilers.md). An alignment of 32 bytes
/// makes GCC align the stack. The alignment, and with it all layouts, does not depend on flags.
template <class T, std::size_t n>
using LocalArray = std::conditional_t<(n * sizeof(T) < 16), std::array<T, n>, detail::WideArray<T, n>>;

}  // namespace wmanifold

/// Support for structured bindings: auto const [w, x, y, z] = rotation.coordinates().
template <class T, std::size_t n>
struct std::tuple_size<wmanifold::detail::WideArray<T, n>> : std::tuple_size<std::array<T, n>> {};
template <std::size_t i, class T, std::size_t n>
struct std::tuple_element<i, wmanifold::detail::WideArray<T, n>> : std::tuple_element<i, std::array<T, n>> {};
