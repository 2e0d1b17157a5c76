#pragma once

#include <wmanifold/core/error.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <locale>
#include <string>
#include <string_view>
#include <system_error>

#if defined(__unix__) || defined(__APPLE__)
#define WMANIFOLD_POSIX_FILES
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace wmanifold {
namespace detail {

/// Returns a path for a message; a relative one with the folder that it begins in.
inline std::string shown(std::filesystem::path const& path) {
  std::error_code error;
  auto const folder = path.is_relative() ? std::filesystem::current_path(error) : std::filesystem::path{};
  return folder.empty() ? path.string() : path.string() + " in " + folder.string();
}

/// Throws the FileError of a path that the system refuses: its reason, and the folder of a relative path.
[[noreturn]] inline void fail_by_system(char const* cannot, std::filesystem::path const& path,
                                        std::error_code const& reason) {
  fail<FileError>(cannot, shown(path), ": ", reason.message());
}

/// The status of a path that names a file or, if `may_be_new`, nothing. Throws FileError for everything else.
inline std::filesystem::file_status require_file(char const* cannot, std::filesystem::path const& path,
                                                 bool may_be_new) {
  using Type = std::filesystem::file_type;
  std::error_code error;
  auto const status = std::filesystem::status(path, error);
  Type const type = status.type();
  if (type == Type::regular || (may_be_new && type == Type::not_found)) {
    return status;
  }
  if (type == Type::not_found || type == Type::none) [[unlikely]] {
    fail_by_system(cannot, path, error ? error : std::error_code(ENOENT, std::generic_category()));
  }
  fail<FileError>(cannot, path.string(), ": expected a file, got ",
                  type == Type::directory                          ? "a folder"
                  : type == Type::fifo                             ? "a pipe"
                  : type == Type::socket                           ? "a socket"
                  : type == Type::character || type == Type::block ? "a device"
                                                                   : "something else");
}

/// The target of a path's symbolic links; it need not exist.
inline std::filesystem::path followed(std::filesystem::path path) {
  auto const first = path;
  std::error_code error;
  for (int links = 0; std::filesystem::is_symlink(path, error); ++links) {
    auto const to = std::filesystem::read_symlink(path, error);
    if (error || links == 40) [[unlikely]] {
      fail<FileError>("cannot write ", first.string(), ": expected at most 40 symbolic links, got more");
    }
    path = path.parent_path() / to;
  }
  return path;
}

/// The target of a write: a new file, or a writable one and its mode. Throws FileError for any other.
struct Place {
  std::filesystem::path given;  // the caller's, for messages
  std::filesystem::path path;
  bool is_new;
  std::filesystem::perms mode;

  explicit Place(std::filesystem::path const& named) : given(named) {
    constexpr char const* cannot = "cannot write ";
    static_cast<void>(require_file(cannot, named, true));
    path = followed(named);
    if (!path.has_filename() || path.native().find(std::filesystem::path::value_type{}) != std::string::npos)
        [[unlikely]] {
      fail<FileError>(cannot, '\'', named.string().c_str(),
                      "': expected the name of a file, got none or one with a zero byte");
    }
    auto const status = require_file(cannot, path, true);
    is_new = status.type() == std::filesystem::file_type::not_found;
    mode = status.permissions();
    using std::filesystem::perms;
    bool is_writable =
        is_new || (mode & (perms::owner_write | perms::group_write | perms::others_write)) != perms::none;
#ifdef WMANIFOLD_POSIX_FILES
    is_writable = is_writable && (is_new || ::access(path.c_str(), W_OK) == 0);
#endif
    if (!is_writable) [[unlikely]] {
      fail<FileError>(cannot, path.string(),
                      ": expected a writable file, got a write-protected one; change its permissions");
    }
  }
};

/// A new, empty file beside a target, under a name that no other writer has. It is removed unless it takes the target's
/// place, and locked while this object lives. A file without a lock is left over from a process that was killed; the
/// next writer of the target removes it.
class Beside {
 public:
  explicit Beside(Place const& place) {
    // The name is cut so that the suffix fits; O_EXCL decides between simultaneous writers. Paths are made of texts:
    // the operators that change a path of libstdc++ 12 crash if memory runs out.
    auto const name = place.path.filename().native();
    auto const before = place.path.native().substr(0, place.path.native().size() - name.size());
    std::string const stem = std::filesystem::path(name.substr(0, 100)).string() + ".part";
    folder_ = before.empty() ? std::filesystem::path(".") : std::filesystem::path(before);
    remove_left_over(stem);
    auto const now = std::chrono::steady_clock::now().time_since_epoch().count();
    bool is_made = false;
    for (int i = 0; i < 100 && !is_made; ++i) {
      std::string const number = std::to_string(now + i);
      std::string const suffix = std::string(digits - std::min(digits, number.size()), '0') + number;
      path_ = std::filesystem::path(before + std::filesystem::path(stem + suffix).native());
      is_made = make(place);
    }
    if (!is_made) [[unlikely]] {
      std::string const reason = std::generic_category().message(errno);
      fail<FileError>("cannot write ", shown(place.given), ": expected a writable folder, got none (", reason,
                      "); create it or change its permissions");
    }
  }
  Beside(Beside const&) = delete;
  Beside& operator=(Beside const&) = delete;
  ~Beside() {
    std::error_code error;
    if (!path_.empty()) {
      std::filesystem::remove(path_, error);
    }
    close();
  }

  [[nodiscard]] std::filesystem::path const& path() const noexcept { return path_; }

  /// Gives the file the mode, group and, if possible, owner of the file that it replaces.
  bool keep_attributes(Place const& place) const noexcept {
    if (place.is_new) {
      return true;
    }
    auto mode = place.mode;
#ifdef WMANIFOLD_POSIX_FILES
    struct ::stat old {};
    struct ::stat own {};
    bool const differs = ::stat(place.path.c_str(), &old) == 0 && ::stat(path_.c_str(), &own) == 0 &&
                         (old.st_uid != own.st_uid || old.st_gid != own.st_gid);
    if (differs && ::chown(path_.c_str(), old.st_uid, old.st_gid) != 0) {
      using std::filesystem::perms;
      mode &= ~(perms::set_uid | perms::set_gid);
      if (::chown(path_.c_str(), static_cast<::uid_t>(-1), old.st_gid) != 0) {
        // Another group may do no more than all others.
        mode &= ~perms::group_all | static_cast<perms>(static_cast<unsigned>(mode & perms::others_all) << 3U);
      }
    }
#endif
    std::error_code error;
    std::filesystem::permissions(path_, mode, error);
    return !error || std::filesystem::status(path_, error).permissions() == mode;
  }

  /// Writes the file to the disk, if the system offers it.
  [[nodiscard]] bool synchronise() const noexcept { return synchronise(path_); }

  /// Renames the file to the target. Throws FileError if the system refuses.
  void take(Place const& place) {
    std::error_code error;
    std::filesystem::rename(path_, place.path, error);
    if (error) [[unlikely]] {
      fail<FileError>("cannot rename ", path_.string(), " to ", place.path.string(), ": ", error.message());
    }
    path_.clear();
    synchronise(folder_);  // for the name; its failure is ignored
  }

 private:
  /// Digits behind ".part". No name that a user gives has as many.
  static constexpr std::size_t digits = 20;

  /// Creates and locks the file. Returns false if the name is taken or the file cannot be created.
  [[nodiscard]] bool make([[maybe_unused]] Place const& place) noexcept {
#ifdef WMANIFOLD_POSIX_FILES
    // A replacement is private until it has the mode of the file that it replaces.
    descriptor_ =
        ::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, place.is_new ? mode_t{0666} : mode_t{0600});
    if (descriptor_ < 0) {
      return false;
    }
    // Another writer may have taken the file for one left over before it was locked. Some file systems have no locks.
    struct ::stat own {};
    bool const is_taken = (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) ||
                          (::fstat(descriptor_, &own) == 0 && own.st_nlink == 0);
    if (is_taken) {
      close();
    }
    return !is_taken;
#else
    std::FILE* const file = std::fopen(path_.string().c_str(), "wbx");
    return file != nullptr && std::fclose(file) == 0;
#endif
  }

  void close() noexcept {
#ifdef WMANIFOLD_POSIX_FILES
    if (descriptor_ >= 0) {
      ::close(descriptor_);
      descriptor_ = -1;
    }
#endif
  }

  /// Removes the files of this target that no writer has locked.
  void remove_left_over([[maybe_unused]] std::string const& stem) const noexcept {
#ifdef WMANIFOLD_POSIX_FILES
    ::DIR* const folder = ::opendir(folder_.c_str());  // std's iterator ends the program if memory runs out
    if (folder == nullptr) {
      return;
    }
    while (::dirent const* const entry = ::readdir(folder)) {
      std::string_view const name = entry->d_name;
      if (!name.starts_with(stem) || name.size() != stem.size() + digits ||
          name.find_first_not_of("0123456789", stem.size()) != std::string_view::npos) {
        continue;
      }
      int const left_over = ::openat(::dirfd(folder), entry->d_name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
      if (left_over >= 0) {
        if (::flock(left_over, LOCK_EX | LOCK_NB) == 0) {
          ::unlinkat(::dirfd(folder), entry->d_name, 0);
        }
        ::close(left_over);
      }
    }
    ::closedir(folder);
#endif
  }

  static bool synchronise([[maybe_unused]] std::filesystem::path const& file_or_folder) noexcept {
#ifdef WMANIFOLD_POSIX_FILES
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

  std::filesystem::path path_;
  std::filesystem::path folder_;
#ifdef WMANIFOLD_POSIX_FILES
  int descriptor_ = -1;  // holds the lock
#endif
};

}  // namespace detail

/// Writes a file by write(std::ostream&), in the classic locale: beside the old file (under its name, ".part" and a
/// number of 20 digits), flushed to the disk, then renamed. A reader sees the complete old file or the complete new
/// one, also after a crash. Files of simultaneous writers are complete, and the last one stays. A ".part" that a crash
/// has left over is removed by the next write to the same file.
///
/// The new file has the old one's mode, group and, if possible, owner; without an old one, the defaults of new files.
/// If `path` is a symbolic link, its target is written, which may be new, and the link stays. Throws FileError, also
/// for a file that may not be written, for one without a write bit in its mode (even for root), and for folders,
/// devices, pipes and sockets. Then the old file stays, and no other file is left.
template <class Write>
void replace_file(std::filesystem::path const& path, Write const& write) {
  detail::Place const place(path);
  detail::Beside beside(place);
  bool is_written = false;
  {
    std::ofstream out(beside.path(), std::ios::binary | std::ios::trunc);
    out.imbue(std::locale::classic());
    write(static_cast<std::ostream&>(out));
    out.close();
    is_written = static_cast<bool>(out);
  }
  if (!is_written || !beside.synchronise() || !beside.keep_attributes(place)) [[unlikely]] {
    fail<FileError>("cannot write all of ", place.given.string(), "; check the free space of the disk");
  }
  beside.take(place);
}

}  // namespace wmanifold

#undef WMANIFOLD_POSIX_FILES
