#include <wmanifold/io/replace_file.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>

namespace wm = wmanifold;

namespace {

/// An empty folder, gone with the test.
struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("wmanifold_files_" + std::to_string(getpid()));
  Folder() { std::filesystem::create_directory(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

std::string content_of(std::filesystem::path const& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("a file is replaced by a whole new one, and nothing is left beside it") {
  Folder const folder;
  auto const file = folder.path / "file";
  wm::replace_file(file, [](std::ostream& out) { out << "old"; });
  wm::replace_file(file, [&](std::ostream& out) {
    out << "new";
    CHECK(content_of(file) == "old");
  });
  CHECK(content_of(file) == "new");
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 1);
}

TEST_CASE("what cannot be written leaves the old file, and says what to do") {
  Folder const folder;
  auto const file = folder.path / "file";
  wm::replace_file(file, [](std::ostream& out) { out << "old"; });
  CHECK_THROWS_WITH_AS(wm::replace_file(file, [](std::ostream& out) { out.setstate(std::ios::failbit); }),
                       doctest::Contains("cannot write all of"), wm::FileError);
  CHECK(content_of(file) == "old");
  CHECK_THROWS_WITH_AS(wm::replace_file(folder.path / "none" / "file", [](std::ostream&) {}),
                       doctest::Contains("does its folder exist"), wm::FileError);
  std::filesystem::create_directory(folder.path / "taken");
  CHECK_THROWS_WITH_AS(wm::replace_file(folder.path / "taken", [](std::ostream&) {}), doctest::Contains("cannot rename"),
                       wm::FileError);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path), {}) == 2);
}
