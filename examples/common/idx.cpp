#include "idx.hpp"

#include <wmanifold/core/error.hpp>

#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

namespace demo {
namespace {

namespace wm = wmanifold;
namespace fs = std::filesystem;

constexpr std::uint32_t image_magic = 0x00000803;  // bytes in three dimensions
constexpr std::uint32_t label_magic = 0x00000801;  // bytes in one
constexpr std::uint32_t largest_side = 512;
constexpr std::uint32_t largest_count = 10'000'000;

/// A file read through zlib, which passes uncompressed files on as they are.
class IdxFile {
 public:
  explicit IdxFile(fs::path const& path) : name_(path.string()), file_(gzopen(path.c_str(), "rb"), &gzclose) {
    if (!file_) {
      reject("a file that can be read", "none; check its permissions");
    }
  }

  [[noreturn]] void reject(std::string const& expected, std::string const& got) const {
    wm::fail<wm::FileError>(name_, ": expected ", expected, ", got ", got);
  }

  void require_magic(std::uint32_t expected, std::string const& kind) {
    std::uint32_t const magic = header_number();
    if (magic != expected) {
      reject("an idx file of " + kind + " (magic number " + std::to_string(expected) + ")",
             "magic number " + std::to_string(magic));
    }
  }

  std::size_t size(std::string const& what, std::uint32_t largest) {
    std::uint32_t const value = header_number();
    if (value < 1 || value > largest) {
      reject("from 1 to " + std::to_string(largest) + " " + what, std::to_string(value));
    }
    return value;
  }

  /// Reads all that follows the header, which must be `count` bytes. Memory grows with the bytes present, not with the
  /// count that the header claims.
  std::vector<std::uint8_t> rest(std::size_t count) {
    constexpr std::size_t piece = std::size_t{1} << 22;
    std::string const expected = std::to_string(count) + " bytes after the header, by its sizes";
    std::vector<std::uint8_t> bytes;
    while (bytes.size() < count) {
      std::size_t const begin = bytes.size();
      bytes.resize(begin + std::min(piece, count - begin));
      std::size_t const end = begin + read(std::span(bytes).subspan(begin));
      if (end < bytes.size()) {
        reject(expected, std::to_string(end));
      }
    }
    std::array<std::uint8_t, 1> more{};
    if (read(more) != 0) {  // zlib compares the checksum only at the end of the file
      reject(expected, "more");
    }
    return bytes;
  }

 private:
  std::uint32_t header_number() {
    std::array<std::uint8_t, 4> bytes{};
    if (read(bytes) != bytes.size()) {
      reject("an idx file", "one that ends within its header; copy it again");
    }
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 | bytes[3];
  }

  /// Reads bytes and returns their number.
  std::size_t read(std::span<std::uint8_t> to) {
    int const got = gzread(file_.get(), to.data(), static_cast<unsigned>(to.size()));
    int code = Z_OK;
    char const* const trouble = gzerror(file_.get(), &code);
    if (got < 0 || code == Z_BUF_ERROR) {
      std::string const text(trouble);  // zlib begins it with the name of the file
      reject("a whole file",
             code == Z_BUF_ERROR ? "a gzip file that is cut short; copy it again" : text.substr(text.find(": ") + 2));
    }
    return static_cast<std::size_t>(got);
  }

  std::string name_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
};

fs::path find(fs::path const& folder, std::string const& name) {
  for (std::string const suffix : {"", ".gz"}) {
    std::error_code ignored;
    if (fs::path path = folder / (name + suffix); fs::exists(path, ignored)) {
      return path;
    }
  }
  wm::fail<wm::FileError>(folder.string(), ": expected ", name, " or ", name,
                          ".gz, got neither; install Fashion-MNIST (Debian: apt-get install dataset-fashion-mnist) or "
                          "name the folder of an idx data set (--data DIR; in the studies --folder DIR)");
}

LabelledImages read_part(fs::path const& folder, std::string const& prefix) {
  fs::path const images_path = find(folder, prefix + "-images-idx3-ubyte");
  fs::path const labels_path = find(folder, prefix + "-labels-idx1-ubyte");

  IdxFile images(images_path);
  images.require_magic(image_magic, "images");
  std::size_t const count = images.size("images", largest_count);
  std::size_t const rows = images.size("rows", largest_side);
  std::size_t const columns = images.size("columns", largest_side);
  if (rows % 2 != 0 || columns % 2 != 0) {
    images.reject("an even number of rows and of columns", std::to_string(rows) + " x " + std::to_string(columns));
  }

  IdxFile labels(labels_path);
  labels.require_magic(label_magic, "labels");
  std::size_t const label_count = labels.size("labels", largest_count);
  if (label_count != count) {
    labels.reject(std::to_string(count) + " labels, one for each image of " + images_path.string(),
                  std::to_string(label_count));
  }
  return {static_cast<int>(rows), static_cast<int>(columns), images.rest(count * rows * columns), labels.rest(count)};
}

}  // namespace

DataSet read_data_set(fs::path const& folder) {
  DataSet data{read_part(folder, "train"), read_part(folder, "t10k")};
  auto const& [training, test, classes] = data;
  if (training.rows != test.rows || training.columns != test.columns) {
    wm::fail<wm::FileError>(folder.string(), ": expected test images as large as the training images (", training.rows,
                            " x ", training.columns, "), got ", test.rows, " x ", test.columns);
  }
  int const last = *std::max_element(training.labels.begin(), training.labels.end());
  int const last_tested = *std::max_element(test.labels.begin(), test.labels.end());
  if (last < 1 || last_tested > last) {
    wm::fail<wm::FileError>(folder.string(),
                            ": expected at least two classes, and no test label above the training labels, ",
                            "got labels up to ", last, " in training and up to ", last_tested, " in test");
  }
  data.classes = last + 1;
  return data;
}

}  // namespace demo
