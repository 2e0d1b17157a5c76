#include <wmanifold/io/replace_file.hpp>

#include <doctest/doctest.h>

#include <support/locales.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <atomic>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace wm = wmanifold;
namespace fs = std::filesystem;

namespace {

/// An empty folder, removed at the end of the test.
struct Folder {
  fs::path path = fs::temp_directory_path() / ("wmanifold_files_" + std::to_string(getpid()));
  Folder() { fs::create_directory(path); }
  ~Folder() { fs::remove_all(path); }
  [[nodiscard]] long entries() const { return std::distance(fs::directory_iterator(path), {}); }
};

std::string content_of(fs::path const& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

void write(fs::path const& file, std::string const& text) {
  wm::replace_file(file, [&](std::ostream& out) { out << text; });
}

/// Checks that writing is refused with this message, before the writer is called.
void refuses(fs::path const& file, std::string const& message) {
  CHECK_THROWS_WITH_AS(wm::replace_file(file, [](std::ostream&) { FAIL("written"); }),
                       doctest::Contains(message.c_str()), wm::FileError);
}

unsigned mode_of(fs::path const& file) { return static_cast<unsigned>(fs::status(file).permissions()); }

}  // namespace

TEST_CASE("a new file replaces the old one as a whole, and nothing else is left") {
  Folder const folder;
  auto const file = folder.path / "file";
  write(file, "old");
  wm::replace_file(file, [&](std::ostream& out) {
    out << "new";
    CHECK(content_of(file) == "old");
  });
  CHECK(content_of(file) == "new");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a failed write keeps the old file, leaves nothing else, and names a remedy") {
  Folder const folder;
  auto const file = folder.path / "file";
  write(file, "old");
  CHECK_THROWS_WITH_AS(
      wm::replace_file(file, [](std::ostream& out) { out.setstate(std::ios::failbit); }),
      ("wmanifold: cannot write all of " + file.string() + "; check the free space of the disk").c_str(),
      wm::FileError);
  CHECK_THROWS_AS(wm::replace_file(file, [](std::ostream&) { throw std::bad_alloc(); }), std::bad_alloc);
  CHECK(content_of(file) == "old");
  CHECK(folder.entries() == 1);
  CHECK_THROWS_WITH_AS(write(folder.path / "none" / "file", ""),
                       ("wmanifold: cannot write " + (folder.path / "none" / "file").string() +
                        ": expected a writable folder, got none (No such file or directory); create it or change its "
                        "permissions")
                           .c_str(),
                       wm::FileError);
  refuses(folder.path / "file" / "file", "got none (Not a directory)");
  refuses("none/file", "cannot write none/file in " + fs::current_path().string() + ": expected a writable folder");
  std::filesystem::create_symlink("link", folder.path / "link");
  CHECK_THROWS_WITH_AS((void)wm::detail::followed(folder.path / "link"),
                       doctest::Contains("expected at most 40 symbolic links, got more"), wm::FileError);
  std::filesystem::remove(folder.path / "link");
  refuses("", "expected the name of a file");
  refuses(folder.path / "new" / "", "expected the name of a file");
  refuses(folder.path / std::string("a\0b", 3), "expected the name of a file");
}

TEST_CASE("written text does not depend on the locale") {
  Folder const folder;
  support::GroupingLocale const locale;
  wm::replace_file(folder.path / "file", [](std::ostream& out) { out << 1024.5; });
  CHECK(content_of(folder.path / "file") == "1024.5");
}

TEST_CASE("simultaneous writers and readers see whole files") {
  Folder const folder;
  auto const file = folder.path / std::string(250, 'n');  // the longest possible name
  auto const text = [](char letter) { return std::string(100'000, letter); };
  write(file, text('a'));
  std::atomic<int> writing = 3;
  std::atomic<int> failed = 0;
  auto const writer = [&](char letter) {
    try {
      for (int i = 0; i < 15; ++i) {
        write(file, text(letter));
      }
    } catch (wm::FileError const&) {
      ++failed;
    }
    --writing;
  };
  std::vector<std::thread> threads;
  for (char const letter : {'a', 'b', 'c'}) {
    threads.emplace_back(writer, letter);
  }
  while (writing > 0) {
    auto const seen = content_of(file);
    CHECK((seen == text('a') || seen == text('b') || seen == text('c')));
  }
  for (auto& thread : threads) {
    thread.join();
  }
  CHECK(failed == 0);
  CHECK(folder.entries() == 1);
}

TEST_CASE("a new file has the usual mode, and a replaced one keeps its mode and group") {
  Folder const folder;
  auto const file = folder.path / "file";
  auto const before = ::umask(027);
  write(file, "new");
  ::umask(before);
  CHECK(mode_of(file) == 0640);
  for (unsigned const mode : {0600U, 0664U, 0644U, 0755U, 0200U}) {
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    write(file, "newer");
    CHECK(mode_of(file) == mode);
  }
  struct ::stat status {};
  if (::chown(file.c_str(), 1234, 4321) == 0) {  // only root may
    write(file, "newest");
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK(status.st_uid == 1234);
    CHECK(status.st_gid == 4321);
    CHECK(mode_of(file) == 0200);
  }
}

TEST_CASE("a write removes what a killed one has left over, and nothing else") {
  Folder const folder;
  auto const file = folder.path / "file";
  std::string const digits = "00000000123456789012";
  write(folder.path / ("file.part" + digits), "left over");
  std::vector<fs::path> const others{
      "file.part1",    "file.part" + digits + "0", "file.part" + digits.substr(1) + "x", "file2.part" + digits,
      "part" + digits, "file.old" + digits};
  for (auto const& other : others) {
    std::ofstream(folder.path / other) << "a user's";
  }
  write(file, "new");
  CHECK(!fs::exists(folder.path / ("file.part" + digits)));
  CHECK(folder.entries() == static_cast<long>(others.size()) + 1);
  for (auto const& other : others) {
    CHECK(content_of(folder.path / other) == "a user's");
  }
}

TEST_CASE("a write does not remove the file of another that is not done") {
  Folder const folder;
  auto const file = folder.path / "file";
  wm::replace_file(file, [&](std::ostream& out) {
    out << "outer";
    write(file, "inner");
    CHECK(content_of(file) == "inner");
    CHECK(folder.entries() == 2);
  });
  CHECK(content_of(file) == "outer");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a file that cannot take the name of its target is removed") {
  Folder const folder;
  wm::detail::Place const place(folder.path / "file");
  {
    wm::detail::Beside beside(place);
    std::filesystem::create_directory(place.path);
    CHECK_THROWS_WITH_AS(beside.take(place), doctest::Contains("cannot rename "), wm::FileError);
  }
  CHECK(folder.entries() == 1);
}

TEST_CASE("a file without write permission for anybody is refused, for all users") {
  Folder const folder;
  auto const file = folder.path / "file";
  write(file, "old");
  for (unsigned const mode : {0444U, 0400U, 0555U, 0U}) {
    REQUIRE(::chmod(file.c_str(), mode) == 0);
    refuses(file, "expected a writable file, got a write-protected one");
    CHECK(mode_of(file) == mode);
  }
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  CHECK(content_of(file) == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("writing through a symbolic link writes its target, existing or not, and keeps the link") {
  Folder const folder;
  fs::create_directory(folder.path / "inside");
  auto const link = folder.path / "link";
  fs::create_symlink("inside/one", folder.path / "step");
  fs::create_symlink(folder.path / "step", link);
  write(link, "new");
  CHECK(content_of(folder.path / "inside" / "one") == "new");
  write(link, "newer");
  CHECK(content_of(folder.path / "inside" / "one") == "newer");
  CHECK(fs::read_symlink(link) == folder.path / "step");
  CHECK(fs::is_symlink(folder.path / "step"));
  CHECK(folder.entries() == 3);
  CHECK(std::distance(fs::directory_iterator(folder.path / "inside"), {}) == 1);

  fs::create_symlink("round", folder.path / "around");
  fs::create_symlink("around", folder.path / "round");
  refuses(folder.path / "round", "cannot write");
  fs::create_symlink("/dev/null", folder.path / "nothing");
  refuses(folder.path / "nothing", "expected a file, got a device");
  fs::create_symlink("inside", folder.path / "folder");
  refuses(folder.path / "folder", "expected a file, got a folder");
}

TEST_CASE("folders, devices, pipes and sockets are refused") {
  Folder const folder;
  refuses(folder.path, "expected a file, got a folder");
  refuses("/dev/null", "cannot write /dev/null: expected a file, got a device");
  auto const pipe = folder.path / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  refuses(pipe, "expected a file, got a pipe");
  ::sockaddr_un address{};
  address.sun_family = AF_UNIX;
  auto const name = (folder.path / "socket").string();
  if (name.size() < sizeof address.sun_path) {
    name.copy(address.sun_path, name.size());
    int const socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    REQUIRE(::bind(socket, reinterpret_cast<::sockaddr const*>(&address), sizeof address) == 0);
    refuses(name, "expected a file, got a socket");
    ::close(socket);
  }
}
