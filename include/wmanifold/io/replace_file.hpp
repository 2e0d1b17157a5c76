#pragma once

#include <wmanifold/core/error.hpp>

#include <filesystem>
#include <fstream>
#include <system_error>

#if __has_include(<fcntl.h>) && __has_include(<unistd.h>)
#include <fcntl.h>
#include <unistd.h>
#endif

namespace wmanifold {
namespace detail {

/// Has the system bring what was written to the disk, where it knows how.
inline bool synchronise([[maybe_unused]] std::filesystem::path const& file_or_folder) noexcept {
#if __has_include(<fcntl.h>) && __has_include(<unistd.h>)
  int const descriptor = ::open(file_or_folder.c_str(), O_RDONLY | O_CLOEXEC);
  bool const done = descriptor >= 0 && ::fsync(descriptor) == 0;
  if (descriptor >= 0) {
    ::close(descriptor);
  }
  return done;
#else
  return true;
#endif
}

}  // namespace detail

/// Writes a file by write(std::ostream&): beside the old one (`path` and ".part"), brought to the disk, then renamed.
/// A crash leaves the old file whole, or the new one. Throws FileError; then nothing is left beside it.
template <class Write>
void replace_file(std::filesystem::path const& path, Write const& write) {
  auto const beside = std::filesystem::path(path) += ".part";
  std::error_code error;
  bool is_written = false;
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    if (!out) [[unlikely]] {
      fail<FileError>("cannot write ", beside.string(), "; does its folder exist, and may you write there?");
    }
    write(static_cast<std::ostream&>(out));
    is_written = static_cast<bool>(out.flush());
  }
  if (!is_written || !detail::synchronise(beside)) [[unlikely]] {
    std::filesystem::remove(beside, error);
    fail<FileError>("cannot write all of ", beside.string(), "; is the disk full?");
  }
  std::filesystem::rename(beside, path, error);
  if (error) [[unlikely]] {
    auto const reason = error.message();
    std::filesystem::remove(beside, error);
    fail<FileError>("cannot rename ", beside.string(), " to ", path.string(), ": ", reason);
  }
  detail::synchronise(path.has_parent_path() ? path.parent_path() : ".");  // the name; no folder can be refused it
}

}  // namespace wmanifold
