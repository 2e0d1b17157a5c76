#pragma once

#include <wmanifold/version.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string_view>

/// Reals as text, the same under every locale.
namespace wmanifold::detail {

/// Replaces the decimal point of the C library's locale, which may have several bytes, and returns the text's new end.
inline char* with_classic_point(char* begin, int size) noexcept {
  char* to = begin;
  for (char const c : std::string_view(begin, static_cast<std::size_t>(size))) {
    bool const is_point = !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '+' || c == '-');
    if (!is_point || to[-1] != '.') {
      *to++ = is_point ? '.' : c;
    }
  }
  return to;
}

/// Writes a number with 9 significant digits by the C library and returns the end of its text.
inline char* print_rounded(char* begin, std::size_t room, double number) noexcept {
  return with_classic_point(begin, std::snprintf(begin, room, "%.9g", number));
}

/// Writes the shortest text that is read as the same finite number by the C library, and returns its end.
inline char* print_exact(char* begin, std::size_t room, double number) noexcept {
  int digits = -1;  // behind the point
  int size = 0;
  do {
    size = std::snprintf(begin, room, "%.*e", ++digits, number);
  } while (digits < 16 && std::strtod(begin, nullptr) != number);
  auto const exponent_at = std::string_view(begin, static_cast<std::size_t>(size)).rfind('e');
  int const behind_point = std::max(digits - std::atoi(begin + exponent_at + 1), 0);
  if (std::snprintf(nullptr, 0, "%.*f", behind_point, number) <= size) {
    size = std::snprintf(begin, room, "%.*f", behind_point, number);
  }
  return with_classic_point(begin, size);
}

#if defined(_LIBCPP_VERSION) && _LIBCPP_VERSION < 14000  // std::to_chars has no reals
inline constexpr bool has_to_chars = false;
#else
inline constexpr bool has_to_chars = true;
#endif

/// Writes a number with 9 significant digits and returns the end of its text, of at most 24 characters.
template <class Number>
char* write_rounded(char* begin, std::size_t room, Number number) noexcept {
  if constexpr (has_to_chars) {
    return std::to_chars(begin, begin + room, number, std::chars_format::general, 9).ptr;
  } else {
    return print_rounded(begin, room, number);
  }
}

/// Writes the shortest text that is read as the same number, of at most 32 characters, and returns its end. The number
/// is finite.
template <class Number>
char* write_exact(char* begin, std::size_t room, Number number) noexcept {
  if constexpr (has_to_chars) {
    return std::to_chars(begin, begin + room, number).ptr;
  } else {
    return print_exact(begin, room, number);
  }
}

}  // namespace wmanifold::detail
