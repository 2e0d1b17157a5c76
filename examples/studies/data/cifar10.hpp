#pragma once

#include "idx.hpp"
#include "turning.hpp"

#include <filesystem>
#include <span>

namespace demo {

enum class Colours {
  grey,  ///< 0.299 red + 0.587 green + 0.114 blue
  rgb,   ///< three planes
};

inline constexpr int cifar10_side = 32;
/// Scale of pixels over all three colours.
inline constexpr PixelScale cifar10_pixels{0.474, 0.251};

/// Reads the images of official binary files, one file after the other, box-averaged to `side` x `side` (which divides
/// 32). A record is a label byte, then the red, green and blue planes of 32 x 32 bytes, row by row. Throws
/// wm::FileError with the file, the expected and the actual contents; wm::ArgumentError for other sides.
[[nodiscard]] LabelledImages read_cifar10(std::span<std::filesystem::path const> files, int side = 16,
                                          Colours colours = Colours::grey);

/// Reads training and test images of a folder, from data_batch_1.bin to data_batch_5.bin and test_batch.bin, or else
/// from train.bin and test.bin.
[[nodiscard]] DataSet read_cifar10_folder(std::filesystem::path const& folder, int side = 16,
                                          Colours colours = Colours::grey);

}  // namespace demo
