// Reads files of networks of any bytes: text and tensors, the user's notes, the layers. Each is read, and a network of
// its layers written and read again, or refused with a FileError.

#include <wmanifold/io/network_file.hpp>

#include <wmanifold/network/layer_list.hpp>

#include <unistd.h>

#include "checksum.hpp"

namespace wm = wmanifold;

namespace {

constexpr wm::Index most_parameters = 2048;

/// A folder of this process in the place for temporary files, removed at its end.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("wmanifold_fuzz_" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  Folder(Folder const&) = delete;
  Folder& operator=(Folder const&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::filesystem::path const& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Writes a network of these layers with the notes, and reads both.
void write_again(wm::LayerList const& layers, wm::ModelNotes const& notes) {
  static Folder const folder;
  auto const path = folder.path() / "network.safetensors";
  wm::BasicNetwork<float, wm::LayerList> network(layers.at_point());
  float number = 0;
  for (float& p : network.parameters()) {
    p = number += 0.25F;
  }
  if (!fuzz::passes<wm::FileError>([&] { wm::save_network(path, network, notes); })) {
    return;  // the file's notes are for other inputs, or for knobs
  }
  fuzz::demand(wm::read_notes(path) == notes, "notes are read as written");
  auto const again = wm::read_safetensors(path);
  fuzz::demand(wm::detail::layers_from("fuzz", again.metadata.at("layers")) == layers.at_point(),
               "layers are read as written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static fuzz::MemoryFile file;
  file.write(fuzz::with_own_checksum({reinterpret_cast<char const*>(data), size}));
  fuzz::passes<wm::FileError>([&] {
    auto const notes = wm::read_notes(file.path());
    auto const content = wm::read_safetensors(file.path());
    auto const layers = wm::detail::layers_from("fuzz", wm::detail::metadata_of("fuzz", content, "layers"));
    if (wm::parameters_of(wm::Stack<wm::LayerList>(layers)) <= most_parameters) {
      write_again(layers, notes);
    }
  });
  return 0;
}
