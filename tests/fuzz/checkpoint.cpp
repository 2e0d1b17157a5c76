// Continues trainings from checkpoints of any bytes. Each is loaded, and the training goes on, or refused with a
// FileError, and the training is as before.

#include <wmanifold/io/checkpoint.hpp>

#include "checksum.hpp"
#include "training.hpp"

namespace wm = wmanifold;

namespace {

template <class Rule>
void load(std::filesystem::path const& path) {
  fuzz::Training<Rule> training;
  auto& model = training.model;
  auto& flow = training.flow;
  auto& progress = training.progress;
  auto const model_before = model;
  auto const progress_before = progress;
  bool const is_loaded = fuzz::passes<wm::FileError>([&] { wm::load_checkpoint(path, model, flow, progress); });
  if (!is_loaded) {
    fuzz::demand(model == model_before && progress == progress_before && flow.state().steps == 0,
                 "a refused checkpoint changes nothing");
    return;
  }
  auto const numbers = model.parameters().numbers();
  fuzz::demand(wm::all_finite(numbers.data(), std::ssize(numbers)), "a loaded checkpoint has finite parameters");
  wm::Matrix<float> const inputs = wm::Matrix<float>::Constant(3, 2, 0.5F);
  wm::Matrix<float> const targets = wm::Matrix<float>::Zero(3, 1);
  auto const contexts = wm::Contexts<wm::S1>::constant(wm::S1::degrees(20), 3);
  // The file's numbers may be too large for a step.
  fuzz::passes<wm::NumericalError>([&] { flow.step(inputs, contexts, targets); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  static fuzz::MemoryFile file;
  file.write(fuzz::with_own_checksum({reinterpret_cast<char const*>(data), size}));
  load<wm::HeavyBall>(file.path());
  load<wm::Adam>(file.path());
  return 0;
}
