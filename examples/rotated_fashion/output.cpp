#include "output.hpp"

#include <wmanifold/core/error.hpp>

#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace demo {
namespace {

namespace wm = wmanifold;
namespace fs = std::filesystem;

/// Opens a file to write at its end, and leaves things as they were.
void require_writable(fs::path const& path) {
  std::error_code ignored;
  bool const was_there = fs::exists(path, ignored);
  errno = 0;
  if (!std::ofstream(path, std::ios::app)) {
    wm::fail<wm::FileError>(path.string(), ": expected a file that can be written, got: ", std::strerror(errno));
  }
  if (!was_there) {
    fs::remove(path, ignored);
  }
}

}  // namespace

void Output::prepare() const {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || !fs::is_directory(folder)) {
    wm::fail<wm::FileError>(folder.string(), ": expected a folder that exists or can be made, got: ",
                            error ? error.message() : "something else");
  }
  for (fs::path const& path : {report(), results(), model()}) {
    require_writable(path);
  }
  if (!json.empty()) {
    require_writable(json);
  }
}

void write_text(fs::path const& path, std::string const& text) {
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) {
    wm::fail<wm::FileError>(path.string(), ": expected to write ", text.size(), " bytes, got: ", std::strerror(errno));
  }
}

std::string json_of(std::span<Summary const> summaries) {
  auto list = nlohmann::ordered_json::array();
  for (Summary const& one : summaries) {
    list.push_back({{"study", one.study->name},
                    {"contender", one.contender->name},
                    {"mean", one.mean},
                    {"std", one.spread},
                    {"seeds", one.seeds},
                    {"parameters", one.parameters},
                    {"multiply_adds", one.multiply_adds},
                    {"seconds", one.seconds}});
  }
  return list.dump(2) + '\n';
}

}  // namespace demo
