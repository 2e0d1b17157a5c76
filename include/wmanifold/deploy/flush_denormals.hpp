#pragma once

#include <wmanifold/version.hpp>

#include <cstdint>
#include <type_traits>

namespace wmanifold {

/// Sets numbers too small to be normal to zero on this thread, during its lifetime. Such numbers cost up to a hundred
/// times as much, and fading signals are full of them. Works on x86-64, on 32-bit x86 with SSE2 arithmetic, and on
/// 64-bit ARM. On other targets it does not compile, and `does` is false. Real time.
class FlushDenormals {
 public:
#if defined(__x86_64__) || defined(__SSE2_MATH__)
  /// Whether the library can flush on this target.
  static constexpr bool does = true;
  /// Switches flushing on.
  FlushDenormals() noexcept : before_(__builtin_ia32_stmxcsr()) { __builtin_ia32_ldmxcsr(before_ | 0x8040U); }
  /// Restores the previous mode.
  ~FlushDenormals() { __builtin_ia32_ldmxcsr(before_); }
#elif defined(__aarch64__)
  static constexpr bool does = true;  ///< see above
  /// Switches flushing on.
  FlushDenormals() noexcept {
    asm volatile("mrs %0, fpcr" : "=r"(before_));
    asm volatile("msr fpcr, %0" : : "r"(before_ | (std::uint64_t{1} << 24)));
  }
  /// Restores the previous mode.
  ~FlushDenormals() { asm volatile("msr fpcr, %0" : : "r"(before_)); }
#else
  static constexpr bool does = false;  ///< see above
  /// Does not compile.
  template <class T = void>
  FlushDenormals() noexcept {
    static_assert(
        !std::is_void_v<T>,
        "wmanifold: FlushDenormals expected x86 with SSE2 or 64-bit ARM, got another processor; leave it out there, "
        "by #if defined(__x86_64__) || defined(__aarch64__)");
  }
#endif
  FlushDenormals(FlushDenormals const&) = delete;
  FlushDenormals& operator=(FlushDenormals const&) = delete;

 private:
#if defined(__x86_64__) || defined(__SSE2_MATH__)
  unsigned before_;
#elif defined(__aarch64__)
  std::uint64_t before_ = 0;
#endif
};

}  // namespace wmanifold
