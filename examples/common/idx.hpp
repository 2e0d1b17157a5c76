#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace demo {

/// Images of one size, each with its class.
struct LabelledImages {
  int rows = 0;
  int columns = 0;
  std::vector<std::uint8_t> pixels;  ///< image by image, plane by plane, row by row
  std::vector<std::uint8_t> labels;
  int planes = 1;  ///< of an image: 1 for grey, 3 for red, green and blue

  [[nodiscard]] std::size_t count() const noexcept { return labels.size(); }
  [[nodiscard]] std::span<std::uint8_t const> image(std::size_t i) const noexcept {
    auto const size =
        static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns) * static_cast<std::size_t>(planes);
    return std::span(pixels).subspan(i * size, size);
  }
};

struct DataSet {
  LabelledImages training;
  LabelledImages test;
  int classes = 0;  ///< one more than the largest label
};

/// Reads the four idx files of a folder, plain or compressed by gzip. Throws wm::FileError with the expected and the
/// actual contents and a remedy.
[[nodiscard]] DataSet read_data_set(std::filesystem::path const& folder);

}  // namespace demo
