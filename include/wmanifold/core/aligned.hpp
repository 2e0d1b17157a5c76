#pragma once

#include <wmanifold/version.hpp>

#include <cstddef>
#include <new>
#include <utility>
#include <vector>

namespace wmanifold {

/// Bytes: a cache line, and the widest register of any target. The same in every translation unit,
/// whatever its flags, so that the layout of public types never depends on them.
inline constexpr std::size_t alignment = 64;

template <class T>
struct AlignedAllocator {
  using value_type = T;

  AlignedAllocator() = default;
  template <class U>
  constexpr AlignedAllocator(AlignedAllocator<U> const&) noexcept {}

  T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / sizeof(T)) {
      throw std::bad_array_new_length{};
    }
    return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{alignment}));
  }
  void deallocate(T* pointer, std::size_t) noexcept { ::operator delete (pointer, std::align_val_t{alignment}); }
  friend bool operator==(AlignedAllocator, AlignedAllocator) noexcept { return true; }
};

/// A size kept beside a vector: 0 once it was moved from, as the vector is empty then.
class MovedSize {
 public:
  MovedSize() = default;
  constexpr MovedSize(std::ptrdiff_t size) noexcept : size_(size) {}
  MovedSize(MovedSize const&) = default;
  MovedSize& operator=(MovedSize const&) = default;
  constexpr MovedSize(MovedSize&& other) noexcept : size_(std::exchange(other.size_, 0)) {}
  constexpr MovedSize& operator=(MovedSize&& other) noexcept {
    size_ = std::exchange(other.size_, 0);
    return *this;
  }
  constexpr operator std::ptrdiff_t() const noexcept { return size_; }

 private:
  std::ptrdiff_t size_ = 0;
};

/// A vector whose storage starts on a cache line.
template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace wmanifold
