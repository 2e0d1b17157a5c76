#pragma once

#include <wmanifold/version.hpp>

#include <cstddef>
#include <locale>
#include <sstream>
#include <stdexcept>
#include <string>

namespace wmanifold {

/// A caller handed over something of the wrong size, range or kind. Nothing was changed.
struct ArgumentError : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// A computation left the finite numbers (a loss or gradient is NaN or infinite). Nothing was changed.
struct NumericalError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A file is missing, unreadable, unwritable, or not what it claims to be.
struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws `Error` with its arguments streamed into one message, the same under every locale; out of line, so that
/// checks stay small.
template <class Error = ArgumentError, class... Parts>
[[noreturn, gnu::cold, gnu::noinline]] void fail(Parts const&... parts) {
  std::ostringstream message;
  message.imbue(std::locale::classic());
  message.precision(9);
  message << "wmanifold: ";
  (message << ... << parts);
  throw Error(message.str());
}

/// The check of every boundary: `what` must have `expected` of its `unit`.
constexpr void require_count(char const* what, char const* unit, std::ptrdiff_t expected, std::ptrdiff_t got) {
  if (expected != got) [[unlikely]] {
    fail(what, ": expected ", expected, ' ', unit, ", got ", got);
  }
}

}  // namespace wmanifold
