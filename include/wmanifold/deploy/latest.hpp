#pragma once

#include <wmanifold/core/aligned.hpp>

#include <array>
#include <atomic>
#include <utility>

namespace wmanifold {

/// The latest value that one thread hands to another. One writer and one reader never wait: each owns one of three
/// slots, and they exchange them through the third. Values that nobody took are dropped. Values are destroyed by the
/// writer, or with this object.
template <class V>
class Latest {
 public:
  /// All slots hold `first`.
  explicit Latest(V const& first) : slots_{Slot{first}, Slot{first}, Slot{first}} {}

  /// For the writer: replaces the latest value. Real time if assigning a V is.
  void put(V const& value) {
    slots_[writing_].value = value;
    pass_on();
  }
  /// The same for a value that is moved in.
  void put(V&& value) {
    slots_[writing_].value = std::move(value);
    pass_on();
  }

  /// For the reader: takes the latest value. Returns whether it is newer than the last one taken. Real time.
  bool take() noexcept {
    if ((shared_.load(std::memory_order_relaxed) & fresh) == 0) {
      return false;
    }
    reading_ = shared_.exchange(reading_, std::memory_order_acq_rel) & ~fresh;
    return true;
  }

  /// For the reader: the value taken last, or the first value. Constant until the next take(). Real time.
  [[nodiscard]] V const& value() const noexcept { return slots_[reading_].value; }

 private:
  static constexpr unsigned fresh = 4;
  static_assert(std::atomic<unsigned>::is_always_lock_free);

  void pass_on() noexcept { writing_ = shared_.exchange(writing_ | fresh, std::memory_order_acq_rel) & ~fresh; }

  struct alignas(alignment) Slot {
    V value;
  };

  std::array<Slot, 3> slots_;
  alignas(alignment) unsigned writing_ = 0;
  alignas(alignment) std::atomic<unsigned> shared_{1};
  alignas(alignment) unsigned reading_ = 2;
};

}  // namespace wmanifold
