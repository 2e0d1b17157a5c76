#include "cifar10.hpp"

#include <wmanifold/core/error.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>

namespace demo {
namespace {

namespace wm = wmanifold;
namespace fs = std::filesystem;

constexpr int planes = 3;
constexpr std::size_t plane_size = std::size_t{cifar10_side} * cifar10_side;
constexpr std::size_t record_size = 1 + planes * plane_size;
constexpr int classes = 10;

using Record = std::array<std::uint8_t, record_size>;

/// Adds `weight` times the sum of the pixels in each square of factor x factor.
void add_sums(std::uint8_t const* plane, int factor, std::uint32_t weight, std::span<std::uint32_t> sums) {
  int const side = cifar10_side / factor;
  for (int r = 0; r < cifar10_side; ++r) {
    std::uint32_t* const to = sums.data() + std::ptrdiff_t{r / factor} * side;
    for (int c = 0; c < cifar10_side; ++c) {
      to[c / factor] += weight * *plane++;
    }
  }
}

class Averager {
 public:
  Averager(int side, Colours colours)
      : factor_(cifar10_side / side), colours_(colours), sums_(static_cast<std::size_t>(side * side)) {}

  void append(Record const& record, std::vector<std::uint8_t>& pixels) {
    constexpr std::array<std::uint32_t, planes> luminance{299, 587, 114};
    std::uint8_t const* const first = record.data() + 1;
    for (std::size_t p = 0; p < planes; ++p) {
      bool const is_rgb = colours_ == Colours::rgb;
      add_sums(first + p * plane_size, factor_, is_rgb ? 1000 : luminance[p], sums_);
      if (is_rgb || p + 1 == planes) {
        finish(pixels);
      }
    }
  }

 private:
  /// Rounded only once, here.
  void finish(std::vector<std::uint8_t>& pixels) {
    auto const whole = static_cast<std::uint32_t>(1000 * factor_ * factor_);
    for (std::uint32_t& sum : sums_) {
      pixels.push_back(static_cast<std::uint8_t>((sum + whole / 2) / whole));
      sum = 0;
    }
  }

  int factor_;
  Colours colours_;
  std::vector<std::uint32_t> sums_;
};

constexpr char const* what_to_do =
    "; download the binary version of CIFAR-10 (cifar-10-binary.tar.gz) and unpack it, or name files of its layout";

/// Returns the number of records in a file.
std::size_t count_of(fs::path const& file) {
  std::error_code error;
  auto const size = fs::file_size(file, error);
  if (error) {
    wm::fail<wm::FileError>(file.string(), ": expected a file that can be read, got none", what_to_do);
  }
  if (size == 0 || size % record_size != 0) {
    wm::fail<wm::FileError>(file.string(), ": expected a multiple of ", record_size,
                            " bytes (a label and 3 x 32 x 32 pixels an image), got ", size,
                            " bytes: ", size / record_size, " images and ", size % record_size,
                            " bytes; the file is cut off or still packed: get it again or unpack it");
  }
  return size / record_size;
}

void append(fs::path const& file, std::size_t count, Averager& averager, LabelledImages& images) {
  std::ifstream stream(file, std::ios::binary);
  Record record;
  for (std::size_t i = 0; i < count; ++i) {
    if (!stream.read(reinterpret_cast<char*>(record.data()), record_size)) {
      wm::fail<wm::FileError>(file.string(), ": expected ", count, " images of ", record_size,
                              " bytes that can be read, got ", i);
    }
    if (record[0] >= classes) {
      wm::fail<wm::FileError>(file.string(), ": expected labels from 0 to 9, got ", int{record[0]}, " for image ", i,
                              "; give files of CIFAR-10 (CIFAR-100 has two label bytes per image and is not read)");
    }
    images.labels.push_back(record[0]);
    averager.append(record, images.pixels);
  }
}

bool is_there(fs::path const& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

}  // namespace

LabelledImages read_cifar10(std::span<fs::path const> files, int side, Colours colours) {
  if (side < 1 || cifar10_side % side != 0) {
    wm::fail("cifar10: expected a side that divides 32 (1, 2, 4, 8, 16, 32), got ", side);
  }
  std::vector<std::size_t> counts;
  std::transform(files.begin(), files.end(), std::back_inserter(counts), count_of);
  LabelledImages images{side, side, {}, {}, colours == Colours::rgb ? planes : 1};
  Averager averager(side, colours);
  for (std::size_t n = 0; n < files.size(); ++n) {
    append(files[n], counts[n], averager, images);
  }
  return images;
}

DataSet read_cifar10_folder(fs::path const& folder, int side, Colours colours) {
  std::vector<fs::path> training;
  for (int n = 1; n <= 5; ++n) {
    training.push_back(folder / ("data_batch_" + std::to_string(n) + ".bin"));
  }
  fs::path test = folder / "test_batch.bin";
  if (!is_there(training.front()) && is_there(folder / "train.bin")) {
    training = {folder / "train.bin"};
    test = folder / "test.bin";
  } else if (!is_there(training.front())) {
    wm::fail<wm::FileError>(
        folder.string(),
        ": expected data_batch_1.bin to data_batch_5.bin and test_batch.bin, or train.bin and test.bin, got neither "
        "data_batch_1.bin nor train.bin",
        what_to_do);
  }
  return {read_cifar10(training, side, colours), read_cifar10(std::span(&test, 1), side, colours), classes};
}

}  // namespace demo
