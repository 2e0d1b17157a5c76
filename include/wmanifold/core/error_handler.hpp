#pragma once

#include <wmanifold/version.hpp>

#ifndef __cpp_exceptions  // with exceptions, this header is empty

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <utility>

/// Errors of programs that are compiled without exceptions (-fno-exceptions).
///
/// No error can be recovered from then: it ends the process, after its text went to a handler that the program may set.
namespace wmanifold {

/// The kind of an error: the exception that it is in programs with exceptions.
enum class ErrorKind {
  argument,   ///< ArgumentError
  numerical,  ///< NumericalError
  file        ///< FileError
};

/// A function that is called for an error with the text of the exception, and may end the process
/// in its own way.
using ErrorHandler = void (*)(ErrorKind kind, char const* message) noexcept;

namespace detail {

inline std::atomic<ErrorHandler> error_handler = nullptr;

[[noreturn, gnu::cold]] inline void end_by_error(ErrorKind kind, char const* message) noexcept {
  if (ErrorHandler const handler = error_handler.load()) {
    handler(kind, message);
  } else {
    std::fprintf(stderr, "%s\n", message);
  }
  std::abort();
}

/// During its life, an ArgumentError on this thread goes to a function that makes another error of it.
class Rephrasing {
 public:
  template <class Tell>
  explicit Rephrasing(Tell const& tell) noexcept
      : tell_(&tell),
        call_([](void const* self, char const* message) { (*static_cast<Tell const*>(self))(message); }),
        outer_(std::exchange(innermost(), this)) {}
  ~Rephrasing() { innermost() = outer_; }
  Rephrasing(Rephrasing const&) = delete;
  Rephrasing& operator=(Rephrasing const&) = delete;

  /// Passes the text of an ArgumentError to the innermost one, which ends the process; returns if there is none.
  static void tell_innermost(char const* message) {
    if (Rephrasing const* const one = innermost()) {
      innermost() = one->outer_;
      one->call_(one->tell_, message);
    }
  }

 private:
  static Rephrasing const*& innermost() noexcept {
    static thread_local Rephrasing const* one = nullptr;
    return one;
  }

  void const* tell_;
  void (*call_)(void const*, char const*);
  Rephrasing const* outer_;
};

}  // namespace detail

/// Sets the function that errors are passed to on all threads, and returns the former one. By default there is none, a
/// null pointer, and the text goes to standard error. std::abort ends the process afterwards.
inline ErrorHandler set_error_handler(ErrorHandler handler) noexcept { return detail::error_handler.exchange(handler); }

}  // namespace wmanifold

#endif
