#pragma once

#include <wmanifold/version.hpp>

#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>

namespace wmanifold {
namespace detail {

/// A std::array on a boundary of 32 bytes; to and from one it converts.
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

/// The small array of this library, wherever one may lie on the stack: a std::array, from 16 bytes on aligned to 32.
///
/// GCC 12.2 stores with aligned moves into arrays that it has not aligned, where a function that calls no other fills
/// or copies them by vectors of 32 bytes and more (docs/compilers.md). An array that asks for 32 bytes makes it align
/// the stack. The alignment does not depend on flags, so that layouts do not either.
template <class T, std::size_t n>
using LocalArray = std::conditional_t<(n * sizeof(T) < 16), std::array<T, n>, detail::WideArray<T, n>>;

}  // namespace wmanifold

/// Structured bindings: auto const [w, x, y, z] = rotation.coordinates().
template <class T, std::size_t n>
struct std::tuple_size<wmanifold::detail::WideArray<T, n>> : std::tuple_size<std::array<T, n>> {};
template <std::size_t i, class T, std::size_t n>
struct std::tuple_element<i, wmanifold::detail::WideArray<T, n>> : std::tuple_element<i, std::array<T, n>> {};
