#pragma once

#include <filesystem>
#include <span>
#include <vector>

namespace demo {

enum class WavFormat { pcm16, float32 };

/// Reads the samples of a WAV file: mono, 48 kHz, PCM of 16 bits (from -1 to 1) or float of 32. Of a recording that was
/// not closed, with size 0 or too large a size, it reads all whole samples present. Throws wm::FileError, with the
/// expected and the actual contents, for all other files and for files without samples.
[[nodiscard]] std::vector<float> read_wav(std::filesystem::path const& path);

/// Writes a WAV file. PCM clips samples to [-1, 1]. Throws wm::FileError.
void write_wav(std::filesystem::path const& path, std::span<float const> samples,
               WavFormat format = WavFormat::float32);

}  // namespace demo
