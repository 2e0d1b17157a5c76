// A small training that saves a checkpoint after every step and continues from the one that it finds.
//   training FOLDER STEPS
// Writes the bits of the last state to FOLDER/final. kill.py kills and restarts it.

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/data/gather.hpp>
#include <wmanifold/data/mini_batches.hpp>
#include <wmanifold/flow/adam.hpp>
#include <wmanifold/io/checkpoint.hpp>
#include <wmanifold/network/layer_list.hpp>

#include <support/batches.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace wm = wmanifold;

namespace {

void train(std::filesystem::path const& folder, wm::Index steps) {
  constexpr wm::Index samples = 40, per_epoch = 5;
  auto const inputs = support::matrix<double>(samples, 2, 1);
  wm::Matrix<double> const targets = inputs.col(0).cwiseProduct(inputs.col(1));
  wm::MiniBatches const batches(samples, 8, wm::Seed{2});

  wm::BasicManifold<double, wm::Ellipse, wm::LayerList> model(
      wm::he_normal.spread(0.5), wm::Seed{3}, {},
      {wm::Dense<>(2, 8), wm::Tanh{}, wm::LowRankDense<>(8, 4, 2), wm::Tanh{}, wm::Dense<>(4, 1)});
  wm::GradientFlow flow(model, wm::MeanSquaredError{}, wm::Adam{.decay = 0.01}, {.rate = 0.01});
  wm::Progress progress{.random = {{"contexts", wm::Random{wm::Seed{4}}}}, .numbers = {{"best", 1e10}}};

  auto const checkpoint = folder / "training.safetensors";
  if (std::filesystem::exists(checkpoint)) {
    wm::load_checkpoint(checkpoint, model, flow, progress);
  }
  while (flow.state().steps < steps) {
    wm::Index const epoch = flow.state().steps / per_epoch;
    auto const batch = batches.epoch(epoch)[static_cast<std::size_t>(flow.state().steps % per_epoch)];
    auto const points = wm::uniform_points<wm::S1>(std::ssize(batch), progress.random.at("contexts"));
    auto const step = flow.step(wm::gather(inputs, batch), wm::Contexts<wm::S1>(points), wm::gather(targets, batch));
    progress.numbers.at("best") = std::min(progress.numbers.at("best"), step.loss);
    wm::save_checkpoint(checkpoint, model, flow, progress);
  }
  wm::replace_file(folder / "final", [&](std::ostream& out) {
    auto const write = [&](auto const& numbers) {
      out.write(reinterpret_cast<char const*>(numbers.data()),
                static_cast<std::streamsize>(numbers.size() * sizeof numbers[0]));
    };
    write(model.parameters().numbers());
    for (auto const& block : flow.state().moments) {
      write(block.numbers());
    }
    write(progress.random.at("contexts").state());
    write(std::array{progress.numbers.at("best")});
  });
}

}  // namespace

int main(int count, char** arguments) try {
  if (count != 3) {
    std::fprintf(stderr, "expected FOLDER and STEPS\n");
    return 2;
  }
  train(arguments[1], std::atoll(arguments[2]));
} catch (std::exception const& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
