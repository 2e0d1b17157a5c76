#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/io/model_file.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>

#include <unistd.h>
#include <functional>

namespace wm = wmanifold;

namespace {

using Model = wm::Manifold<wm::Ellipse, wm::Dense<3, 5>, wm::Tanh, wm::Dense<5, 2>>;
using OfData = wm::Manifold<wm::Ellipse, wm::LayerList>;
using Placed = wm::Manifold<wm::Ellipse, wm::SharedDense<3, 5>, wm::Tanh, wm::LowRankDense<2, 5, 4>, wm::Dense<4, 2>>;

/// A file name of this process's own, gone with the test.
struct Scratch {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("wmanifold_model_" + std::to_string(getpid()) + ".safetensors");
  ~Scratch() { std::filesystem::remove(path); }
};

Placed random_placed() {
  Placed model(wm::zeros);
  auto const numbers = model.parameters().shared();
  auto const drawn = support::normals<float>(static_cast<wm::Index>(numbers.size()), 1);
  std::copy(drawn.begin(), drawn.end(), numbers.begin());
  support::randomise(model, 2);
  return model;
}

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

TEST_CASE("layers that are shared or low-rank come back as they were, also in a model whose layers are data") {
  Scratch const file;
  Placed const model = random_placed();
  wm::save_model(file.path, model);
  CHECK(wm::load_model<Placed>(file.path) == model);
  auto const of_data = wm::load_model<OfData>(file.path);
  CHECK(of_data.parameters() == model.parameters());
  CHECK(of_data.stack().dense(1) == model.stack().dense(1));

  auto const content = wm::read_safetensors(file.path);
  CHECK(content.metadata.at("layers") == "shared 3 5, tanh, low_rank 5 4 2, dense 4 2");
  auto const number = [&](char const* name, std::vector<wm::Index> const& shape, std::size_t n) {
    CHECK(content.tensors.at(name).shape == shape);
    return std::get<std::vector<float>>(content.tensors.at(name).numbers)[n];
  };
  CHECK(number("layer.0.weight", {5, 3}, 4 * 3 + 1) == model.shared_weight(0)(4, 1));
  CHECK(number("layer.0.bias", {5}, 3) == model.shared_bias(0)(3));
  CHECK(number("layer.1.weight", {4, 5}, 3 * 5 + 2) == model.shared_weight(1)(3, 2));
  CHECK(number("layer.1.bias", {4}, 1) == model.shared_bias(1)(1));
  wm::DenseShape const& shape = model.stack().dense(1);
  float const* const shared = model.parameters().shared().data();
  CHECK(number("layer.1.right", {6, 2}, 5 * 2 + 1) == shared[shape.right_offset() + 5 * 2 + 1]);
  CHECK(number("layer.1.left", {4, 2}, 3 * 2 + 1) == shared[shape.left_offset() + 1 * 4 + 3]);
  CHECK(number("layer.1.scales", {3, 2}, 2 * 2 + 1) == model.parameters().row(2)[1]);
}

TEST_CASE("the low-rank tensors of a file make the weights W_0 + U diag(A phi(s)) V^T") {
  Scratch const file;
  Placed const model = random_placed();
  wm::save_model(file.path, model);
  auto const content = wm::read_safetensors(file.path);
  auto const matrix = [&](char const* name, wm::Index rows, wm::Index columns) {
    auto const& numbers = std::get<std::vector<float>>(content.tensors.at(name).numbers);
    return wm::Matrix<float>(Eigen::Map<wm::Matrix<float> const>(numbers.data(), rows, columns));
  };
  auto const s = wm::S1::degrees(37);
  auto const phi = wm::values_at(model.basis(), s);
  wm::Matrix<float> a = wm::Matrix<float>::Zero(1, 2);
  for (wm::Index k = 0; k < 3; ++k) {
    a += static_cast<float>(phi[static_cast<std::size_t>(k)]) * matrix("layer.1.scales", 3, 2).row(k);
  }
  wm::Matrix<float> const moves =
      matrix("layer.1.left", 4, 2) * a.row(0).asDiagonal() * matrix("layer.1.right", 6, 2).transpose();
  auto const network = model.at(s);
  CHECK(moves.norm() > 0.1F);
  CHECK((matrix("layer.1.weight", 4, 5) + moves.leftCols(5) - network.weight(1)).norm() < 1e-5F);
  CHECK((matrix("layer.1.bias", 4, 1) + moves.col(5) - network.bias(1)).norm() < 1e-5F);
}

TEST_CASE("a file with layers of another placement or rank is refused") {
  Scratch const file;
  wm::save_model(file.path, Placed(wm::he_normal, wm::Seed{1}));
  using AllDense = wm::Manifold<wm::Ellipse, wm::Dense<3, 5>, wm::Tanh, wm::Dense<5, 4>, wm::Dense<4, 2>>;
  using Rank3 = wm::Manifold<wm::Ellipse, wm::SharedDense<3, 5>, wm::Tanh, wm::LowRankDense<3, 5, 4>, wm::Dense<4, 2>>;
  CHECK(message_of([&] { (void)wm::load_model<AllDense>(file.path); })
            .find("expected layers 'dense 3 5, tanh, dense 5 4, dense 4 2', got 'shared 3 5, tanh, low_rank 5 4 2, "
                  "dense 4 2'") != std::string::npos);
  CHECK(message_of([&] { (void)wm::load_model<Rank3>(file.path); })
            .find("expected layers 'shared 3 5, tanh, low_rank 5 4 3, dense 4 2', got 'shared 3 5, tanh, low_rank 5 4 "
                  "2, dense 4 2'") != std::string::npos);
  auto content = wm::read_safetensors(file.path);
  content.tensors.at("layer.1.scales").shape = {2, 3};
  wm::write_safetensors(file.path, content);
  CHECK(message_of([&] {
          (void)wm::load_model<OfData>(file.path);
        }).find("expected tensor 'layer.1.scales' to be F32 of 3 x 2, got F32 of 2 x 3") != std::string::npos);
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

TEST_CASE("no memory is made for layers whose tensors are not there") {
  Scratch const file;
  wm::save_model(file.path, random_placed());
  auto const refuses = [&](std::string const& layers, char const* message) {
    auto content = wm::read_safetensors(file.path);
    content.metadata.at("layers") = layers;
    wm::write_safetensors(file.path, content);
    CHECK(message_of([&] { (void)wm::load_model<OfData>(file.path); }).find(message) != std::string::npos);
  };
  refuses("shared 1000000000000 1000000000000",
          "expected tensor 'layer.0.weight' to be F32 of 1000000000000 x 1000000000000");
  refuses("dense 9223372036854775807 9223372036854775807", "expected tensor 'layer.0.weight'");
  refuses("shared 3 5, low_rank 5 4 1000000000000", "expected tensor 'layer.1.left' to be F32 of 4 x 1000000000000");
  refuses("shared 3 5, low_rank 5 4 2, dense 4 2, dense 2 1", "expected a tensor 'layer.3.weight'");
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
  wm::LayerList const placed{wm::SharedDense<>(2, 3), wm::Relu{}, wm::LowRankDense<>(3, 4, 2), wm::Dense<>(4, 1)};
  auto const placed_text = wm::detail::layers_text(wm::Stack<wm::LayerList>(placed));
  CHECK(placed_text == "shared 2 3, relu, low_rank 3 4 2, dense 4 1");
  CHECK(wm::detail::layers_from("here", placed_text) == placed);
  for (auto const* bad : {"", "dense", "dense 2 0", "dense 2 3, dense 4 1", "relu, dense 2 3", "dense 2 3, bent",
                          "shared 2", "low_rank 2 3", "low_rank 2 3 0"}) {
    CHECK_THROWS_AS((void)wm::detail::layers_from("here", bad), wm::FileError);
  }
}
