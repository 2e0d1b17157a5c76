#pragma once

// Counts a thread's requests to the system on demand: allocations, releases and locks. Makes allocations fail on
// demand, of all threads. Replaces operator new and delete and, with the GNU library, malloc, free and
// pthread_mutex_lock (Eigen allocates by malloc). One source of an executable includes it.

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WITHOUT_TRAPS  // sanitizers that watch the heap have their own functions
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define WITHOUT_TRAPS
#endif
#endif

#ifndef WITHOUT_TRAPS

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

#ifdef __GLIBC__
#include <dlfcn.h>
#include <pthread.h>
#endif

namespace support {

struct Calls {
  int allocations = 0;
  int releases = 0;
  int locks = 0;
};

inline thread_local bool counting = false;
inline thread_local Calls calls;

/// Counts the requests of `action` on this thread.
template <class Action>
Calls calls_of(Action const& action) {
  calls = {};
  counting = true;
  action();
  counting = false;
  return calls;
}

/// Counts the allocations of `action`.
template <class Action>
int allocations_of(Action const& action) {
  return calls_of(action).allocations;
}

/// The failures of allocations: none, a single one, or all from one on.
enum class Shortage { none, once, lasting };

inline std::atomic<Shortage> shortage = Shortage::none;
inline std::atomic<long> granted = 0;  // allocations that still succeed
inline std::atomic<long> refused = 0;  // allocations that have failed

/// Returns whether this allocation must fail.
inline bool is_refused() noexcept {
  Shortage const kind = shortage;
  if (kind == Shortage::none) [[likely]] {
    return false;
  }
  long const left = granted--;
  bool const fails = kind == Shortage::lasting ? left <= 0 : left == 0;
  refused += fails ? 1 : 0;
  return fails;
}

/// Lets allocations fail during `action`, after the first `granted_ones`. Passes its exception on.
template <class Action>
void short_of_memory(Shortage kind, long granted_ones, Action const& action) {
  struct End {
    ~End() { shortage = Shortage::none; }
  } const end;
  granted = granted_ones;
  refused = 0;
  shortage = kind;
  action();
}

inline void* counted(std::size_t size, std::size_t alignment) noexcept {
  calls.allocations += counting ? 1 : 0;
  if (is_refused()) [[unlikely]] {
    return nullptr;
  }
  return std::aligned_alloc(alignment, (size + alignment) / alignment * alignment);
}
inline void* counted_or_throw(std::size_t size, std::size_t alignment) {
  void* const memory = counted(size, alignment);
  if (memory == nullptr) {
#ifdef __cpp_exceptions
    throw std::bad_alloc();
#else
    std::abort();
#endif
  }
  return memory;
}
inline void release(void* memory) noexcept {
#ifndef __GLIBC__
  calls.releases += counting ? 1 : 0;
#endif
  std::free(memory);
}

inline constexpr std::size_t usual = alignof(std::max_align_t);

}  // namespace support

// Not inlined: GCC would see a replaced delete that frees as a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) { return support::counted_or_throw(size, support::usual); }
[[gnu::noinline]] void* operator new[](std::size_t size) { return support::counted_or_throw(size, support::usual); }
[[gnu::noinline]] void* operator new(std::size_t size, std::nothrow_t const&) noexcept {
  return support::counted(size, support::usual);
}
[[gnu::noinline]] void* operator new[](std::size_t size, std::nothrow_t const&) noexcept {
  return support::counted(size, support::usual);
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  return support::counted_or_throw(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void* operator new[](std::size_t size, std::align_val_t alignment) {
  return support::counted_or_throw(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment, std::nothrow_t const&) noexcept {
  return support::counted(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void* operator new[](std::size_t size, std::align_val_t alignment, std::nothrow_t const&) noexcept {
  return support::counted(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { support::release(memory); }
[[gnu::noinline]] void operator delete[](void* memory) noexcept { support::release(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { support::release(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept { support::release(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::nothrow_t const&) noexcept { support::release(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::nothrow_t const&) noexcept { support::release(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { support::release(memory); }
[[gnu::noinline]] void operator delete[](void* memory, std::align_val_t) noexcept { support::release(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  support::release(memory);
}
[[gnu::noinline]] void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  support::release(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t, std::nothrow_t const&) noexcept {
  support::release(memory);
}
[[gnu::noinline]] void operator delete[](void* memory, std::align_val_t, std::nothrow_t const&) noexcept {
  support::release(memory);
}

#ifdef __GLIBC__
extern "C" void* __libc_malloc(std::size_t size);
extern "C" void __libc_free(void* memory);

extern "C" void* malloc(std::size_t size) noexcept {
  support::calls.allocations += support::counting ? 1 : 0;
  if (support::is_refused()) [[unlikely]] {
    errno = ENOMEM;
    return nullptr;
  }
  return __libc_malloc(size);
}
extern "C" void free(void* memory) noexcept {
  support::calls.releases += support::counting ? 1 : 0;
  __libc_free(memory);
}
extern "C" int pthread_mutex_lock(pthread_mutex_t* mutex) noexcept {
  static auto const lock = reinterpret_cast<int (*)(pthread_mutex_t*)>(dlsym(RTLD_NEXT, "pthread_mutex_lock"));
  support::calls.locks += support::counting ? 1 : 0;
  return lock(mutex);
}
#endif

#endif
