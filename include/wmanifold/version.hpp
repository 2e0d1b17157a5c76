// The version of the library. The build reads it from here; it is stated nowhere else.
#pragma once

// Every header includes this one before any other, so that this error comes first (`ctest -R below_cpp20`).
#if (defined(_MSVC_LANG) ? _MSVC_LANG : __cplusplus) < 202002L
#error "wmanifold needs C++20 or later (GCC 12, Clang 14): add -std=c++20, or in CMake link wmanifold::wmanifold"
#endif

#include <string_view>

/// The parts of the version.
#define WMANIFOLD_VERSION_MAJOR 0
#define WMANIFOLD_VERSION_MINOR 1
#define WMANIFOLD_VERSION_PATCH 0

#define WMANIFOLD_DETAIL_TEXT(x) #x
#define WMANIFOLD_DETAIL_VERSION(major, minor, patch) \
  WMANIFOLD_DETAIL_TEXT(major) "." WMANIFOLD_DETAIL_TEXT(minor) "." WMANIFOLD_DETAIL_TEXT(patch)

namespace wmanifold {

/// The version as text: "major.minor.patch".
inline constexpr std::string_view version =
    WMANIFOLD_DETAIL_VERSION(WMANIFOLD_VERSION_MAJOR, WMANIFOLD_VERSION_MINOR, WMANIFOLD_VERSION_PATCH);

}  // namespace wmanifold

#undef WMANIFOLD_DETAIL_VERSION
#undef WMANIFOLD_DETAIL_TEXT
