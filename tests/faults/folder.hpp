#pragma once

#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace faults {

/// A new, empty folder, removed with its contents.
struct Folder {
  std::filesystem::path path;

  Folder() {
    static int count = 0;
    path = std::filesystem::temp_directory_path() /
           ("wmanifold_faults_" + std::to_string(getpid()) + "_" + std::to_string(count++));
    std::filesystem::create_directory(path);
  }
  Folder(Folder const&) = delete;
  Folder& operator=(Folder const&) = delete;
  ~Folder() {
    std::error_code error;
    std::filesystem::remove_all(path, error);
  }

  /// The number of its entries.
  [[nodiscard]] long entries() const { return std::distance(std::filesystem::directory_iterator(path), {}); }
};

/// The bytes of a file; none if it does not exist.
inline std::string bytes_of(std::filesystem::path const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Writes a file's bytes, in place.
inline void put(std::filesystem::path const& path, std::string const& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace faults
