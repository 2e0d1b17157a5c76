#include "cifar10.hpp"

#include <wmanifold/core/error.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace demo;
namespace wm = wmanifold;
namespace fs = std::filesystem;

class Folder {
 public:
  Folder() { fs::create_directories(path_); }
  ~Folder() { fs::remove_all(path_); }
  Folder(Folder const&) = delete;
  Folder& operator=(Folder const&) = delete;
  [[nodiscard]] fs::path operator/(std::string const& name) const { return path_ / name; }
  [[nodiscard]] fs::path const& path() const noexcept { return path_; }

 private:
  fs::path path_ = fs::temp_directory_path() / "wmanifold_study_cifar10";
};

void write(fs::path const& file, std::string const& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

std::uint8_t byte_of(int plane, int row, int column, int image) {
  return static_cast<std::uint8_t>(60 * plane + 3 * row + 2 * column + image);
}

/// Returns an image of slopes.
std::string record(int label, int image) {
  std::string bytes(1, static_cast<char>(label));
  for (int plane = 0; plane < 3; ++plane) {
    for (int r = 0; r < 32; ++r) {
      for (int c = 0; c < 32; ++c) {
        bytes += static_cast<char>(byte_of(plane, r, c, image));
      }
    }
  }
  return bytes;
}

template <class Read>
std::string refusal(Read const& read) {
  try {
    read();
  } catch (wm::FileError const& error) {
    return error.what();
  }
  return "nothing was refused";
}

bool contains(std::string const& text, std::string const& part) { return text.find(part) != std::string::npos; }

TEST_CASE("CIFAR-10 files are read, in colour and grey, at any side") {
  Folder const folder;
  std::vector<fs::path> const files{folder / "one.bin", folder / "two.bin"};
  write(files[0], record(3, 0) + record(9, 5));
  write(files[1], record(0, 7));

  auto const whole = read_cifar10(files, 32, Colours::rgb);
  CHECK(whole.count() == 3);
  CHECK(whole.labels == std::vector<std::uint8_t>{3, 9, 0});
  CHECK(whole.rows == 32);
  CHECK(whole.columns == 32);
  CHECK(whole.planes == 3);
  REQUIRE(whole.image(2).size() == 3072);
  CHECK(whole.image(1)[2 * 1024 + 31 * 32 + 4] == byte_of(2, 31, 4, 5));

  auto const small = read_cifar10(files, 8, Colours::rgb);
  REQUIRE(small.image(0).size() == 192);
  // The mean of 4 x 4 pixels of a slope lies at their middle, 1.5 below and right of the first; halves are rounded up.
  CHECK(small.image(2)[64 + 2 * 8 + 5] == byte_of(1, 8, 20, 7) + 8);

  auto const grey = read_cifar10(files);
  CHECK(grey.rows == 16);
  CHECK(grey.planes == 1);
  REQUIRE(grey.image(1).size() == 256);
  double const red = byte_of(0, 6, 20, 5) + 2.5;
  CHECK(grey.image(1)[3 * 16 + 10] == static_cast<int>(red + 60 * 0.587 + 120 * 0.114 + 0.5));

  auto const dot = read_cifar10(files, 1);
  CHECK(dot.pixels.size() == 3);
  CHECK_THROWS_WITH_AS(static_cast<void>(read_cifar10(files, 12)),
                       "wmanifold: cifar10: expected a side that divides 32 (1, 2, 4, 8, 16, 32), got 12",
                       wm::ArgumentError);
}

TEST_CASE("white stays white, black stays black") {
  Folder const folder;
  std::vector<fs::path> const files{folder / "extremes.bin"};
  write(files[0], std::string(1, '\1') + std::string(3072, '\xFF') + std::string(3073, '\0'));
  for (auto const colours : {Colours::grey, Colours::rgb}) {
    for (int const side : {1, 16, 32}) {
      auto const images = read_cifar10(files, side, colours);
      for (std::size_t i = 0; i < images.image(0).size(); ++i) {
        REQUIRE(images.image(0)[i] == 255);
        REQUIRE(images.image(1)[i] == 0);
      }
    }
  }
}

TEST_CASE("a folder of CIFAR-10 is the official one, or has two files") {
  Folder const folder;
  auto const read = [&] { return read_cifar10_folder(folder.path()); };
  auto const nothing = refusal(read);
  CHECK(
      contains(nothing, "expected data_batch_1.bin to data_batch_5.bin and test_batch.bin, or train.bin and test.bin"));
  CHECK(contains(nothing, folder.path().string()));
  CHECK(contains(nothing, "download the binary version of CIFAR-10"));

  write(folder / "train.bin", record(1, 0) + record(2, 0));
  write(folder / "test.bin", record(4, 0));
  auto const two = read();
  CHECK(two.training.labels == std::vector<std::uint8_t>{1, 2});
  CHECK(two.test.labels == std::vector<std::uint8_t>{4});
  CHECK(two.classes == 10);

  for (int n = 1; n <= 5; ++n) {
    if (n == 5) {
      CHECK(contains(refusal(read), "data_batch_5.bin: expected a file that can be read, got none"));
    }
    write(folder / ("data_batch_" + std::to_string(n) + ".bin"), record(n, n));
  }
  CHECK(contains(refusal(read), "test_batch.bin: expected a file that can be read, got none"));
  write(folder / "test_batch.bin", record(6, 0));
  auto const official = read();
  CHECK(official.training.labels == std::vector<std::uint8_t>{1, 2, 3, 4, 5});
  CHECK(official.test.labels == std::vector<std::uint8_t>{6});
}

TEST_CASE("files that are no CIFAR-10 files are refused") {
  Folder const folder;
  std::vector<fs::path> const files{folder / "cut.bin"};
  auto const said_of = [&](std::string const& bytes) {
    write(files[0], bytes);
    return refusal([&] { static_cast<void>(read_cifar10(files)); });
  };
  auto const cut = said_of(record(1, 0) + record(2, 0).substr(0, 3000));
  CHECK(contains(cut, files[0].string()));
  CHECK(contains(cut, "expected a multiple of 3073 bytes"));
  CHECK(contains(cut, "got 6073 bytes: 1 images and 3000 bytes"));
  CHECK(contains(said_of(""), "got 0 bytes"));
  CHECK(contains(said_of(record(1, 0) + record(10, 0)), "expected labels from 0 to 9, got 10 for image 1"));
}

}  // namespace
