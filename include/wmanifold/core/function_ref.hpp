#pragma once

#include <wmanifold/version.hpp>

#include <concepts>

namespace wmanifold::detail {

/// A reference to a callable with these arguments, or to nothing; calling nothing does nothing. The callable must
/// outlive the reference. All callables share this one type, and code that takes it is compiled once.
template <class... Arguments>
class FunctionRef {
 public:
  FunctionRef() = default;
  FunctionRef(FunctionRef const&) = default;
  FunctionRef& operator=(FunctionRef const&) = default;
  template <std::invocable<Arguments...> F>
  FunctionRef(F const& f) noexcept
      : object_(&f),
        call_([](void const* object, Arguments... arguments) { (*static_cast<F const*>(object))(arguments...); }) {}

  void operator()(Arguments... arguments) const {
    if (call_ != nullptr) {
      call_(object_, arguments...);
    }
  }

 private:
  void const* object_ = nullptr;
  void (*call_)(void const*, Arguments...) = nullptr;
};

}  // namespace wmanifold::detail
