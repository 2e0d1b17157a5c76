// Reads data sets of any bytes. The first byte chooses the file that has them; the others are whole. The set is read,
// or refused with a FileError.

#include "fuzz.hpp"

#include <common/idx.hpp>

namespace {

using namespace std::string_view_literals;

/// Two images of 2 x 2, and their labels.
constexpr std::string_view images = "\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x02\x10\x20\x30\x40\x50\x60\x70\x80"sv;
constexpr std::string_view labels = "\0\0\x08\x01\0\0\0\x02\0\x01"sv;

/// The four files of a folder, in memory: the folder has links to them.
struct Files {
  static constexpr std::array<char const*, 4> names{"train-images-idx3-ubyte", "train-labels-idx1-ubyte",
                                                    "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"};

  Files() : folder(std::filesystem::temp_directory_path() / ("wmanifold_fuzz_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder);
    for (std::size_t i = 0; i < names.size(); ++i) {
      std::filesystem::create_symlink(files[i].path(), folder / names[i]);
    }
  }
  Files(Files const&) = delete;
  Files& operator=(Files const&) = delete;
  ~Files() { std::filesystem::remove_all(folder); }

  std::filesystem::path folder;
  std::array<fuzz::MemoryFile, names.size()> files;
};

void require_labels(demo::LabelledImages const& part, int classes) {
  auto const pixels = static_cast<std::size_t>(part.rows) * static_cast<std::size_t>(part.columns);
  fuzz::demand(part.count() > 0 && part.pixels.size() == part.count() * pixels, "every image has its pixels");
  for (auto const label : part.labels) {
    fuzz::demand(label < classes, "every label names a class");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static Files files;
  fuzz::Source source({data, size});
  std::size_t const chosen = source.byte() % Files::names.size();
  for (std::size_t i = 0; i < Files::names.size(); ++i) {
    files.files[i].write(i == chosen ? source.text() : i % 2 == 0 ? images : labels);
  }
  fuzz::passes<wmanifold::FileError>([&] {
    auto const set = demo::read_data_set(files.folder);
    require_labels(set.training, set.classes);
    require_labels(set.test, set.classes);
  });
  return 0;
}
