#include "files.hpp"

#include <wmanifold/core/error.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace demo {

namespace wm = wmanifold;
namespace fs = std::filesystem;

void make_folder(fs::path const& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder)) {
    wm::fail<wm::FileError>(folder.string(), ": expected a folder that exists or can be made, got the error '",
                            error ? error.message() : "Not a directory", "'; name another folder");
  }
}

void require_writable(fs::path const& file) {
  std::error_code ignored;
  bool const was_there = fs::exists(file, ignored);
  errno = 0;
  if (!std::ofstream(file, std::ios::app)) {
    wm::fail<wm::FileError>(file.string(), ": expected a file that can be written, got the error '",
                            std::strerror(errno), "'; name another file or folder");
  }
  if (!was_there) {
    fs::remove(file, ignored);
  }
}

void write_text(fs::path const& file, std::string const& text) {
  errno = 0;
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) {
    wm::fail<wm::FileError>(file.string(), ": expected to write ", text.size(), " bytes, got the error '",
                            std::strerror(errno), "'; check the free space");
  }
}

}  // namespace demo
