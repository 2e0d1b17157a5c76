#pragma once

#include <wmanifold/core/error.hpp>

#include <cstdlib>

/// Calls whose errors become a value or another error; the library catches exceptions nowhere else. Programs without
/// exceptions compile them too, and are told the same texts.
namespace wmanifold::detail {

/// Returns the result of call(), or of otherwise() if call() throws an Error. Without exceptions such an Error ends the
/// process.
template <class Error, class Call, class Otherwise>
auto attempt(Call const& call, [[maybe_unused]] Otherwise const& otherwise) {
#ifdef __cpp_exceptions
  try {
    return call();
  } catch (Error const&) {
    return otherwise();
  }
#else
  return call();
#endif
}

/// Returns the result of call(). If call() throws an Error, its text is passed to rephrase(char const*), which throws.
template <class Error = ArgumentError, class Call, class Rephrase>
auto rephrased(Call const& call, Rephrase const& rephrase) {
#ifdef __cpp_exceptions
  try {
    return call();
  } catch (Error const& e) {
    rephrase(e.what());
    std::abort();  // not reached
  }
#else
  Rephrasing const during_the_call(rephrase);
  return call();
#endif
}

}  // namespace wmanifold::detail
