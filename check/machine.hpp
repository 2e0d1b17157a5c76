#pragma once

#include <wmanifold/core/simd.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <string>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif
#if __has_include(<sys/utsname.h>)
#include <sys/utsname.h>
#endif
#ifdef _OPENMP
#include <omp.h>
#endif

#include "report.hpp"

namespace check {

#if defined(__x86_64__) || defined(__i386__)

/// Returns the name that the processor gives itself.
inline std::string processor() {
  unsigned words[12] = {};
  for (unsigned part = 0; part < 3; ++part) {
    unsigned* const to = words + 4 * part;
    if (__get_cpuid(0x80000002U + part, to, to + 1, to + 2, to + 3) == 0) {
      return "x86 without a name";
    }
  }
  char name[sizeof words + 1] = {};
  std::memcpy(name, words, sizeof words);
  std::string const all = name;
  std::size_t const first = std::min(all.find_first_not_of(' '), all.size());
  return all.substr(first, all.find_last_not_of(' ') + 1 - first);
}

/// Returns the vector extensions that the processor has.
inline std::string extensions() {
  __builtin_cpu_init();
  std::string names;
  auto const add = [&](bool has, char const* name) {
    names += has ? std::string(names.empty() ? "" : " ") + name : "";
  };
  add(__builtin_cpu_supports("sse2"), "sse2");
  add(__builtin_cpu_supports("sse4.2"), "sse4.2");
  add(__builtin_cpu_supports("avx"), "avx");
  add(__builtin_cpu_supports("avx2"), "avx2");
  add(__builtin_cpu_supports("fma"), "fma");
  add(__builtin_cpu_supports("avx512f"), "avx512f");
  add(__builtin_cpu_supports("avx512dq"), "avx512dq");
  add(__builtin_cpu_supports("avx512bw"), "avx512bw");
  add(__builtin_cpu_supports("avx512vl"), "avx512vl");
  return names;
}

#else

inline std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name") || line.starts_with("Model")) {
      return line.substr(std::min(line.find(':') + 2, line.size()));
    }
  }
  return "unknown";
}

inline std::string extensions() {
#ifdef __aarch64__
  return "neon";  // every 64-bit ARM has it
#else
  return "unknown";
#endif
}

#endif

/// Returns the operating system, its version and the kind of processor.
inline std::string operating_system() {
  std::string name;
  std::ifstream file("/etc/os-release");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("PRETTY_NAME=")) {
      name = line.substr(12);
      std::erase(name, '"');
      name += ", ";
    }
  }
#if __has_include(<sys/utsname.h>)
  utsname system{};
  if (uname(&system) == 0) {
    return name + system.sysname + ' ' + system.release + ", " + system.machine;
  }
#endif
  return name + "unknown kernel";
}

inline std::string compiler() {
#if defined(__clang__)
  return "Clang " __clang_version__;
#elif defined(__GNUC__)
  return "GCC " __VERSION__;
#else
  return "unknown";
#endif
}

inline std::string standard_library() {
#if defined(_LIBCPP_VERSION)
  return text("libc++ %d", _LIBCPP_VERSION);
#elif defined(__GLIBCXX__)
  return text("libstdc++ %d (%d)", _GLIBCXX_RELEASE, __GLIBCXX__);
#else
  return "unknown";
#endif
}

/// Returns the name of a SIMD architecture.
template <class Arch>
std::string name_of_arch() {
  if constexpr (std::same_as<Arch, wmanifold::Scalar>) {
    return "scalar";
  } else {
    return Arch::name();
  }
}

/// Returns the sanitizer that watches this program, or nothing.
constexpr char const* sanitizer() {
#if defined(__SANITIZE_ADDRESS__)
  return "address";
#elif defined(__SANITIZE_THREAD__)
  return "thread";
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  return "address";
#elif __has_feature(thread_sanitizer)
  return "thread";
#elif __has_feature(memory_sanitizer)
  return "memory";
#else
  return nullptr;
#endif
#else
  return nullptr;
#endif
}

inline std::string flags() {
#ifdef __OPTIMIZE__
  std::string all = "optimised";
#else
  std::string all = "not optimised";
#endif
#ifdef NDEBUG
  all += ", NDEBUG";
#else
  all += ", no NDEBUG";
#endif
#ifdef __cpp_exceptions
  all += ", exceptions";
#else
  all += ", no exceptions";
#endif
#ifdef __cpp_rtti
  all += ", RTTI";
#else
  all += ", no RTTI";
#endif
#ifdef WMANIFOLD_COMPILED
  all += ", wmanifold::compiled";
#endif
  if (sanitizer() != nullptr) {
    all += text(", %s sanitizer", sanitizer());
  }
  return all;
}

/// Prints the machine and the build.
inline void print_machine(Report& report) {
  using T = wmanifold::HostTarget;
  report.section("Machine and build");
  report.fact("library", text("wmanifold %s, Eigen %d.%d.%d, xsimd %d.%d.%d", wmanifold::version.data(),
                              EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION, XSIMD_VERSION_MAJOR,
                              XSIMD_VERSION_MINOR, XSIMD_VERSION_PATCH));
  report.fact("processor", processor());
  report.fact("it has", extensions());
  report.fact("compiled for",
              text("%s: %d floats in a vector, %d registers", name_of_arch<wmanifold::HostArch>().c_str(),
                   static_cast<int>(wmanifold::simd::lanes<T, float>), wmanifold::simd::registers<T>));
  report.fact("system", operating_system());
  report.fact("compiler", compiler() + ", " + standard_library());
  report.fact("language", text("C++%02ld (%ld)", __cplusplus / 100 % 100, __cplusplus));
  report.fact("flags", flags());
#ifdef _OPENMP
  report.fact("OpenMP", text("%d, %d threads, %d processors", _OPENMP, omp_get_max_threads(), omp_get_num_procs()));
#else
  report.fact("OpenMP", "off");
#endif
}

}  // namespace check
