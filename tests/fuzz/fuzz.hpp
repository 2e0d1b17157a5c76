#pragma once

// Included by the targets of this folder. Each defines LLVMFuzzerTestOneInput, which libFuzzer calls with bytes of its
// own. A target lets the documented errors pass; every other exception, and every failed demand, ends the program.

#include <wmanifold/core/error.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace fuzz {

/// Ends the program, with a reason, unless `holds`.
inline void demand(bool holds, char const* what) {
  if (!holds) {
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
  }
}

/// Calls body(). Returns whether it threw none of `Errors`.
template <class... Errors, class Body>
bool passes(Body const& body) {
  try {
    body();
    return true;
  } catch (std::exception const& e) {
    if (!((dynamic_cast<Errors const*>(&e) != nullptr) || ...)) {
      throw;
    }
    return false;
  }
}

/// Numbers taken from the bytes one after the other; zeros behind their end.
class Source {
 public:
  explicit Source(std::span<std::uint8_t const> bytes) : bytes_(bytes) {}

  std::uint8_t byte() { return number<std::uint8_t>(); }
  /// A whole number in [low, high], from one byte.
  int within(int low, int high) { return low + byte() % (high - low + 1); }
  /// Any bits of a number.
  template <class Number>
  Number number() {
    std::array<std::uint8_t, sizeof(Number)> own{};
    std::size_t const count = std::min(own.size(), bytes_.size());
    std::copy_n(bytes_.begin(), count, own.begin());
    bytes_ = bytes_.subspan(count);
    Number number;
    std::memcpy(&number, own.data(), own.size());
    return number;
  }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  /// All other bytes as text.
  [[nodiscard]] std::string_view text() const { return {reinterpret_cast<char const*>(bytes_.data()), bytes_.size()}; }

 private:
  std::span<std::uint8_t const> bytes_;
};

/// A file in memory, under a path of this process. It costs no disk, and no two runs share it.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(memfd_create("fuzz", 0)), path_("/proc/self/fd/" + std::to_string(descriptor_)) {
    demand(descriptor_ >= 0, "a file in memory can be made");
  }
  MemoryFile(MemoryFile const&) = delete;
  MemoryFile& operator=(MemoryFile const&) = delete;
  ~MemoryFile() { ::close(descriptor_); }

  [[nodiscard]] std::filesystem::path const& path() const { return path_; }
  void write(std::string_view bytes) {
    bool const is_written = ::ftruncate(descriptor_, 0) == 0 &&
                            ::pwrite(descriptor_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
    demand(is_written, "a file in memory can be written");
  }

 private:
  int descriptor_;
  std::filesystem::path path_;
};

}  // namespace fuzz
