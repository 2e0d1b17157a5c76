#pragma once

#include <wmanifold/version.hpp>

namespace wmanifold::detail {

/// Copies `before` back to `target` at the end of its life, unless it is cancelled. The copy must not throw.
template <class T>
class Undo {
 public:
  Undo(T& target, T const& before) noexcept : target_(&target), before_(&before) {}
  ~Undo() {
    if (target_ != nullptr) {
      *target_ = *before_;
    }
  }
  Undo(Undo const&) = delete;
  Undo& operator=(Undo const&) = delete;

  void cancel() noexcept { target_ = nullptr; }

 private:
  T* target_;
  T const* before_;
};

}  // namespace wmanifold::detail
