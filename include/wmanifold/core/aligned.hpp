#pragma once

#include <wmanifold/version.hpp>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <utility>
#include <vector>

namespace wmanifold {

/// Alignment of all storage, in bytes: a cache line, and the widest register of any target. It is the same in every
/// translation unit, whatever its flags, and so is the layout of public types.
inline constexpr std::size_t alignment = 64;

/// An allocator of the standard library's kind whose storage starts on a multiple of `alignment` bytes.
template <class T>
struct AlignedAllocator {
  /// The type of the elements.
  using value_type = T;

  /// An allocator. All allocators of this kind are equal.
  AlignedAllocator() = default;
  /// Conversion from the allocator of another element type.
  template <class U>
  constexpr AlignedAllocator(AlignedAllocator<U> const&) noexcept {}

  /// Allocates storage for `count` elements. Throws std::bad_array_new_length where its size in bytes overflows.
  T* allocate(std::size_t count) {
    if (count > static_cast<std::size_t>(-1) / sizeof(T)) {
#ifdef __cpp_exceptions
      throw std::bad_array_new_length{};
#else
      std::abort();
#endif
    }
    return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{alignment}));
  }
  /// Releases storage that `allocate` returned.
  void deallocate(T* pointer, std::size_t) noexcept { ::operator delete (pointer, std::align_val_t{alignment}); }
  /// Returns true: each allocator can release what another allocated.
  friend bool operator==(AlignedAllocator, AlignedAllocator) noexcept { return true; }
};

/// The size of a vector, stored beside it. A move sets the source to 0, as it empties the vector.
class MovedSize {
 public:
  /// A size of 0.
  MovedSize() = default;
  /// A size of `size`.
  constexpr MovedSize(std::ptrdiff_t size) noexcept : size_(size) {}
  /// A copy; the source stays as it is.
  MovedSize(MovedSize const&) = default;
  /// Takes the value.
  MovedSize& operator=(MovedSize const&) = default;
  /// A move sets the source to 0.
  constexpr MovedSize(MovedSize&& other) noexcept : size_(std::exchange(other.size_, 0)) {}
  /// Takes the value, and leaves zero behind.
  constexpr MovedSize& operator=(MovedSize&& other) noexcept {
    size_ = std::exchange(other.size_, 0);
    return *this;
  }
  /// The size.
  constexpr operator std::ptrdiff_t() const noexcept { return size_; }

 private:
  std::ptrdiff_t size_ = 0;
};

/// A std::vector whose storage starts on a cache line.
template <class T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

}  // namespace wmanifold
