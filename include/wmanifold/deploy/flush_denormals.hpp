#pragma once

#include <wmanifold/version.hpp>

#include <cstdint>

namespace wmanifold {

/// Sets numbers too small to be normal to zero on this thread, during its lifetime. Such numbers cost up to a hundred
/// times as much, and fading signals are full of them. Works on x86-64 and 64-bit ARM, and does nothing elsewhere. Real
/// time.
class FlushDenormals {
 public:
#if defined(__x86_64__)
  /// Whether it has an effect on this processor.
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
  /// Does nothing.
  FlushDenormals() noexcept {}
#endif
  FlushDenormals(FlushDenormals const&) = delete;
  FlushDenormals& operator=(FlushDenormals const&) = delete;

 private:
#if defined(__x86_64__)
  unsigned before_;
#elif defined(__aarch64__)
  std::uint64_t before_ = 0;
#endif
};

}  // namespace wmanifold
