#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/io/model_file.hpp>

#include <doctest/doctest.h>

#include <unistd.h>
#include <functional>

namespace wm = wmanifold;

namespace {

using Model = wm::Manifold<wm::Ellipse, wm::Dense<3, 5>, wm::Tanh, wm::Dense<5, 2>>;
using OfData = wm::Manifold<wm::Ellipse, wm::LayerList>;

/// A file name of this process's own, gone with the test.
struct Scratch {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("wmanifold_model_" + std::to_string(getpid()) + ".safetensors");
  ~Scratch() { std::filesystem::remove(path); }
};

std::string message_of(std::function<void()> const& act) {
  try {
    act();
  } catch (wm::FileError const& e) {
    return e.what();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("a model comes back as it was, also as a model whose layers are data") {
  Scratch const file;
  Model const model(wm::he_normal.spread(0.5), wm::Seed{1});
  wm::save_model(file.path, model, {.metadata = {{"input_mean", "0.286"}}});
  CHECK(wm::load_model<Model>(file.path) == model);
  auto const of_data = wm::load_model<OfData>(file.path);
  CHECK(of_data.parameters() == model.parameters());
  CHECK(of_data.stack().depth() == 2);
  CHECK(wm::read_safetensors(file.path).metadata.at("input_mean") == "0.286");
  CHECK(wm::read_safetensors(file.path).tensors.at("layer.0.weight").shape == std::vector<wm::Index>{3, 5, 3});
}

TEST_CASE("weights lie in the file as K x out x in, row-major") {
  Scratch const file;
  Model model(wm::he_normal.spread(0.5), wm::Seed{1});
  wm::save_model(file.path, model);
  auto const tensor = wm::read_safetensors(file.path).tensors.at("layer.0.weight");
  auto const& numbers = std::get<std::vector<float>>(tensor.numbers);
  CHECK(numbers[(2 * 5 + 4) * 3 + 1] == model.weight(2, 0)(4, 1));
}

TEST_CASE("a file of another model is refused with what was expected and what came") {
  Scratch const file;
  wm::save_model(file.path, Model(wm::he_normal, wm::Seed{1}));
  using Line = wm::Manifold<wm::Line, wm::Dense<3, 5>, wm::Tanh, wm::Dense<5, 2>>;
  using Double = wm::BasicManifold<double, wm::Ellipse, wm::Dense<3, 5>, wm::Tanh, wm::Dense<5, 2>>;
  using Wider = wm::Manifold<wm::Ellipse, wm::Dense<3, 6>, wm::Tanh, wm::Dense<6, 2>>;
  using Order2 = wm::Manifold<wm::Fourier<wm::S1, 2>, wm::Dense<3, 5>, wm::Tanh, wm::Dense<5, 2>>;
  CHECK(message_of([&] { (void)wm::load_model<Line>(file.path); }).find("expected topology 'interval', got 's1'") !=
        std::string::npos);
  CHECK(message_of([&] {
          (void)wm::load_model<Order2>(file.path);
        }).find("expected basis 'fourier2', got 'fourier1'") != std::string::npos);
  CHECK(message_of([&] { (void)wm::load_model<Double>(file.path); }).find("expected real 'F64', got 'F32'") !=
        std::string::npos);
  CHECK(message_of([&] {
          (void)wm::load_model<Wider>(file.path);
        }).find("expected layers 'dense 3 6, tanh, dense 6 2', got 'dense 3 5, tanh, dense 5 2'") != std::string::npos);
}

TEST_CASE("a model that does not give its own test outputs is refused") {
  Scratch const file;
  wm::save_model(file.path, Model(wm::he_normal, wm::Seed{1}));
  auto content = wm::read_safetensors(file.path);
  std::get<std::vector<float>>(content.tensors.at("layer.1.bias").numbers)[0] += 0.01F;
  wm::write_safetensors(file.path, content);
  CHECK(message_of([&] { (void)wm::load_model<Model>(file.path); }).find("test outputs") != std::string::npos);
}

TEST_CASE("a missing or unwritable file is named") {
  CHECK(message_of([] { (void)wm::load_model<Model>("/no/such/model"); }) == "wmanifold: cannot open /no/such/model");
  CHECK(message_of([] { wm::save_model("/no/such/folder/model", Model(wm::zeros)); }).find("cannot write") !=
        std::string::npos);
}

TEST_CASE("saving replaces an old file only by a whole new one, and leaves nothing beside it") {
  Scratch const file;
  wm::save_model(file.path, Model(wm::he_normal, wm::Seed{1}));
  wm::save_model(file.path, Model(wm::he_normal, wm::Seed{2}));
  CHECK(wm::load_model<Model>(file.path) == Model(wm::he_normal, wm::Seed{2}));
  CHECK_FALSE(std::filesystem::exists(file.path.string() + ".part"));
}

TEST_CASE("layers as text, there and back") {
  wm::LayerList const layers{wm::Dense<>(2, 3), wm::Relu{}, wm::Dense<>(3, 4), wm::Dense<>(4, 1), wm::Softplus{}};
  auto const text = wm::detail::layers_text(wm::Stack<wm::LayerList>(layers));
  CHECK(text == "dense 2 3, relu, dense 3 4, dense 4 1, softplus");
  CHECK(wm::detail::layers_from("here", text) == layers);
  for (auto const* bad : {"", "dense", "dense 2 0", "dense 2 3, dense 4 1", "relu, dense 2 3", "dense 2 3, bent"}) {
    CHECK_THROWS_AS((void)wm::detail::layers_from("here", bad), wm::FileError);
  }
}
