// Picks the processor's best level.

#include "level.hpp"

#include <wmanifold/core/error.hpp>

#ifdef __x86_64__
#include <cpuid.h>
#endif

namespace wmanifold {

#ifdef __x86_64__
namespace {

/// Returns whether the processor converts numbers of 16 bits. Clang 14 has no name for it in __builtin_cpu_supports.
bool has_f16c() noexcept {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
}

}  // namespace
#endif

bool is_available(Level level) noexcept {
  switch (level) {
    case Level::baseline:
      return true;
#ifdef __x86_64__
    case Level::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c();
    case Level::avx512:
      return is_available(Level::avx2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
             __builtin_cpu_supports("avx512vl");
#endif
    default:
      return false;
  }
}

Level dispatch_level() noexcept {
  static Level const best = is_available(Level::avx512) ? Level::avx512
                            : is_available(Level::avx2) ? Level::avx2
                                                        : Level::baseline;
  return best;
}

namespace {

template <Real R>
LevelTable<R> const& find(Level level) noexcept {
#ifdef __x86_64__
  if (level == Level::avx512) {
    return detail::level_table<Level::avx512, R>();
  }
  if (level == Level::avx2) {
    return detail::level_table<Level::avx2, R>();
  }
#endif
  static_cast<void>(level);
  return detail::level_table<Level::baseline, R>();
}

template <Real R>
LevelTable<R> const& find_available(Level level) {
  if (!is_available(level)) {
    fail("dispatch: expected a level that this processor has, up to ", name_of(dispatch_level()), ", got ",
         name_of(level));
  }
  return find<R>(level);
}

}  // namespace

template <>
LevelTable<float> const& table_of<float>(Level level) {
  return find_available<float>(level);
}
template <>
LevelTable<double> const& table_of<double>(Level level) {
  return find_available<double>(level);
}

template <>
LevelTable<float> const& best_table<float>() noexcept {
  static LevelTable<float> const& best = find<float>(dispatch_level());
  return best;
}
template <>
LevelTable<double> const& best_table<double>() noexcept {
  static LevelTable<double> const& best = find<double>(dispatch_level());
  return best;
}

}  // namespace wmanifold
