// Times files: the checksum and the parser in memory, and models, networks and checkpoints in a temporary file.

#include "micro.hpp"

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/io/checkpoint.hpp>
#include <wmanifold/io/checksum.hpp>
#include <wmanifold/io/model_file.hpp>
#include <wmanifold/io/network_file.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/network/layer_list.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace wm = wmanifold;

namespace {

using Basis = wm::Fourier<wm::S1, 1>;
/// Sizes of layers are data, which the file holds.
using Model = wm::Manifold<Basis, wm::LayerList>;

Model model_of(wm::Index width) {
  return Model(wm::he_normal.spread(0.3), wm::Seed{1}, Basis{},
               wm::LayerList({width, width, width, 10}, {"relu", "relu", "identity"}));
}

/// A path in the folder of temporary files, under a name of its own; the file is removed at the end.
class TemporaryFile {
 public:
  TemporaryFile()
      : path_(std::filesystem::temp_directory_path() /
              ("wmanifold_micro_" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()) +
               ".safetensors")) {}
  TemporaryFile(TemporaryFile const&) = delete;
  TemporaryFile& operator=(TemporaryFile const&) = delete;
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  [[nodiscard]] std::filesystem::path const& path() const { return path_; }
  [[nodiscard]] double size() const { return static_cast<double>(std::filesystem::file_size(path_)); }
  [[nodiscard]] std::vector<char> bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

 private:
  std::filesystem::path path_;
};

void checksum(benchmark::State& state) {
  std::vector<char> const bytes(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    wm::Crc32 crc;
    crc.add(bytes.data(), bytes.size());
    benchmark::DoNotOptimize(crc.value());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

/// Runs body(model, file) over and over. The time is the real one, as a write waits for the disk.
template <class Before, class Body>
void on_file(benchmark::State& state, Before const& before, Body const& body) {
  auto model = model_of(state.range(0));
  TemporaryFile const file;
  before(model, file);
  for (auto _ : state) {
    body(model, file);
  }
  micro::count<float>(state, {.bytes = file.size()});
}

void parse(benchmark::State& state) {
  auto const model = model_of(state.range(0));
  TemporaryFile const file;
  wm::save_model(file.path(), model);
  auto const bytes = file.bytes();
  for (auto _ : state) {
    benchmark::DoNotOptimize(wm::parse_safetensors("bytes", bytes).tensors.size());
  }
  micro::count<float>(state, {.bytes = static_cast<double>(bytes.size())});
}

/// A checkpoint of model and momentum, written and read again.
void checkpoint(benchmark::State& state) {
  auto model = model_of(state.range(0));
  wm::GradientFlow flow{model, wm::MeanSquaredError{}, {.rate = 0.01, .momentum = 0.9}};
  TemporaryFile const file;
  for (auto _ : state) {
    wm::save_checkpoint(file.path(), model, flow);
    wm::load_checkpoint(file.path(), model, flow);
  }
  micro::count<float>(state, {.bytes = 2 * file.size()});
}

void add_files() {
  auto const add = [](char const* what, auto const& body) {
    return micro::add(micro::named<float>(std::string("io/") + what, Basis::size), body)
        ->ArgName("width")
        ->RangeMultiplier(4)
        ->Range(16, 256)
        ->Unit(benchmark::kMicrosecond);
  };
  auto const save = [](Model const& model, TemporaryFile const& file) { wm::save_model(file.path(), model); };
  auto const nothing = [](Model const&, TemporaryFile const&) {};
  add("parse", parse);
  add("save_model", [=](benchmark::State& state) { on_file(state, nothing, save); })->UseRealTime();
  add("load_model", [=](benchmark::State& state) {
    on_file(state, save, [](Model const&, TemporaryFile const& file) {
      benchmark::DoNotOptimize(wm::load_model<Model>(file.path()));
    });
  })->UseRealTime();
  add("load_model_without_replay", [=](benchmark::State& state) {
    on_file(state, save, [](Model const&, TemporaryFile const& file) {
      benchmark::DoNotOptimize(wm::load_model<Model>(file.path(), wm::LoadOptions{.replay = false}));
    });
  })->UseRealTime();
  add("save_network", [=](benchmark::State& state) {
    on_file(state, nothing, [](Model const& model, TemporaryFile const& file) {
      wm::save_network(file.path(), model.at(wm::S1::degrees(90)));
    });
  })->UseRealTime();
  add("checkpoint", checkpoint)->UseRealTime();
}

}  // namespace

int main(int argc, char** argv) {
  micro::add("io/checksum", checksum)->ArgName("bytes")->RangeMultiplier(16)->Range(256, 1 << 24);
  add_files();
  return micro::run(argc, argv);
}
