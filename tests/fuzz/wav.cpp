// Reads sounds of any bytes. Each is read, and written and read again as the same samples, or refused with a FileError.

#include "fuzz.hpp"

#include <knob/wav.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static fuzz::MemoryFile file;
  file.write({reinterpret_cast<char const*>(data), size});
  fuzz::passes<wmanifold::FileError>([&] {
    auto const samples = demo::read_wav(file.path());
    fuzz::demand(!samples.empty(), "a sound has samples");
    demo::write_wav(file.path(), samples, demo::WavFormat::float32);
    fuzz::demand(demo::read_wav(file.path()) == samples, "samples are read as written");
    demo::write_wav(file.path(), samples, demo::WavFormat::pcm16);
    fuzz::demand(demo::read_wav(file.path()).size() == samples.size(), "PCM has as many samples");
  });
  return 0;
}
