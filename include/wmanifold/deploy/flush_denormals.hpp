#pragma once

#include <wmanifold/version.hpp>

#include <cstdint>

namespace wmanifold {

/// While it lives, numbers too small to be normal count as zero on this thread: they cost up to a hundred times as
/// much, and signals that fade away are full of them. On x86-64 and 64-bit ARM; elsewhere it does nothing. Real time.
class FlushDenormals {
 public:
  // `does`: whether it does anything on this processor.
#if defined(__x86_64__)
  static constexpr bool does = true;
  FlushDenormals() noexcept : before_(__builtin_ia32_stmxcsr()) { __builtin_ia32_ldmxcsr(before_ | 0x8040U); }
  ~FlushDenormals() { __builtin_ia32_ldmxcsr(before_); }
#elif defined(__aarch64__)
  static constexpr bool does = true;
  FlushDenormals() noexcept {
    asm volatile("mrs %0, fpcr" : "=r"(before_));
    asm volatile("msr fpcr, %0" : : "r"(before_ | (std::uint64_t{1} << 24)));
  }
  ~FlushDenormals() { asm volatile("msr fpcr, %0" : : "r"(before_)); }
#else
  static constexpr bool does = false;
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
