#pragma once

#include <filesystem>
#include <span>
#include <vector>

namespace demo {

enum class WavFormat { pcm16, float32 };

/// The samples of a WAV file: mono, 48 kHz, PCM of 16 bits (from -1 to 1) or float of 32. Of a recording that was not
/// closed, whose size is 0 or more than there is, all whole samples that are there. Throws wm::FileError, with what was
/// expected and what came, for all else, and where there are no samples.
[[nodiscard]] std::vector<float> read_wav(std::filesystem::path const& path);

/// Writes one; samples beyond -1 and 1 are cut in PCM. Throws wm::FileError.
void write_wav(std::filesystem::path const& path, std::span<float const> samples,
               WavFormat format = WavFormat::float32);

}  // namespace demo
