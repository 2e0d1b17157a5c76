#include <wmanifold/io/model_file.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/total_degree.hpp>
#include <wmanifold/metric/orthonormal.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>
#include <support/locales.hpp>

#include <unistd.h>
#include <functional>

namespace wm = wmanifold;

namespace {

using Model = wm::Manifold<wm::Ellipse, wm::Dense<3, 5>, wm::Tanh, wm::Dense<5, 2>>;
using OfData = wm::Manifold<wm::Ellipse, wm::LayerList>;
using Placed = wm::Manifold<wm::Ellipse, wm::SharedDense<3, 5>, wm::Tanh, wm::LowRankDense<2, 5, 4>, wm::Dense<4, 2>>;

/// A file name of this process, removed at the end of the test.
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

/// A file edited with a correct checksum.
void rewrite(std::filesystem::path const& path, wm::TensorFile content) {
  content.metadata["checksum"] = wm::checksum_of(content);
  wm::write_safetensors(path, content);
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

TEST_CASE("a loaded model equals the saved one, also as a model with layers as data") {
  Scratch const file;
  Model const model(wm::he_normal.spread(0.5), wm::Seed{1});
  wm::save_model(file.path, model, {.metadata = {{"input_mean", "0.286"}}});
  CHECK(wm::load_model<Model>(file.path) == model);
  auto const of_data = wm::load_model<OfData>(file.path);
  CHECK(of_data.parameters() == model.parameters());
  CHECK(of_data.stack().depth() == 2);
  CHECK(wm::read_notes(file.path).metadata == std::map<std::string, std::string>{{"input_mean", "0.286"}});
  CHECK(wm::read_safetensors(file.path).tensors.at("layer.0.weight").shape == std::vector<wm::Index>{3, 5, 3});
}

TEST_CASE("sizes that are not in the type are the file's") {
  Scratch const file;
  Placed const model = random_placed();
  wm::save_model(file.path, model);
  using Sized = wm::Manifold<wm::Ellipse, wm::SharedDense<>, wm::Tanh, wm::LowRankDense<>, wm::Dense<4>>;
  auto const sized = wm::load_model<Sized>(file.path);
  CHECK(sized.parameters() == model.parameters());
  CHECK(sized.stack().dense(1).rank == 2);
  using Half = wm::Stored<Sized, wm::BFloat16>;
  wm::save_model(file.path, wm::stored_as<wm::BFloat16>(sized));
  CHECK(wm::load_model<Half>(file.path) == wm::stored_as<wm::BFloat16>(sized));

  using Other = wm::Manifold<wm::Ellipse, wm::SharedDense<>, wm::Relu, wm::LowRankDense<>, wm::Dense<>>;
  using Fewer = wm::Manifold<wm::Ellipse, wm::SharedDense<>, wm::Tanh, wm::LowRankDense<>>;
  using Wider = wm::Manifold<wm::Ellipse, wm::SharedDense<>, wm::Tanh, wm::LowRankDense<>, wm::Dense<5>>;
  using Ranked = wm::Manifold<wm::Ellipse, wm::LowRankDense<>, wm::Tanh, wm::LowRankDense<>, wm::Dense<>>;
  wm::save_model(file.path, model);
  CHECK(message_of([&] { (void)wm::load_model<Other>(file.path); })
            .find("expected layers 'shared 3 5, relu, low_rank 5 4 2, dense 4 2', got 'shared 3 5, tanh, low_rank 5 4 "
                  "2, dense 4 2'") != std::string::npos);
  CHECK(message_of([&] { (void)wm::load_model<Fewer>(file.path); })
            .find("expected layers that fit the type of the model, got 'shared 3 5, tanh, low_rank 5 4 2, dense 4 2' "
                  "(wmanifold: layers: expected 2 dense layers, got 3)") != std::string::npos);
  CHECK(message_of([&] { (void)wm::load_model<Wider>(file.path); })
            .find("(wmanifold: dense layer: expected sizes of at least 1 that agree with the type, got 4 inputs and 2 "
                  "outputs)") != std::string::npos);
  CHECK(message_of([&] {
          (void)wm::load_model<Ranked>(file.path);
        }).find("agree with the type, got 3 inputs and 5 outputs of rank 0)") != std::string::npos);
}

TEST_CASE("weights lie in the file as K x out x in, row-major") {
  Scratch const file;
  Model model(wm::he_normal.spread(0.5), wm::Seed{1});
  wm::save_model(file.path, model);
  auto const tensor = wm::read_safetensors(file.path).tensors.at("layer.0.weight");
  auto const& numbers = std::get<std::vector<float>>(tensor.numbers);
  CHECK(numbers[(2 * 5 + 4) * 3 + 1] == model.weight(2, 0)(4, 1));
}

TEST_CASE("shared and low-rank layers are loaded as saved, also in a model with layers as data") {
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
  wm::DenseLayout const& shape = model.stack().dense(1);
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

TEST_CASE("gains are loaded as saved, and are diag(1 + A^T phi(s)) W_0 and B^T phi(s)") {
  Scratch const file;
  using Gains = wm::Manifold<wm::Ellipse, wm::GainDense<3, 5>, wm::Tanh, wm::Dense<5, 2>>;
  Gains model(wm::he_normal, wm::Seed{1});
  support::randomise(model, 2);
  wm::save_model(file.path, model);
  CHECK(wm::load_model<Gains>(file.path) == model);
  auto const of_data = wm::load_model<OfData>(file.path);
  CHECK(of_data.parameters() == model.parameters());
  CHECK(of_data.stack().dense(0) == model.stack().dense(0));

  auto content = wm::read_safetensors(file.path);
  CHECK(content.metadata.at("layers") == "gains 3 5, tanh, dense 5 2");
  auto const matrix = [&](char const* name, wm::Index rows, wm::Index columns) {
    auto const& tensor = content.tensors.at(name);
    CHECK(tensor.shape == std::vector<wm::Index>{rows, columns});
    return wm::Matrix<float>(
        Eigen::Map<wm::Matrix<float> const>(std::get<std::vector<float>>(tensor.numbers).data(), rows, columns));
  };
  auto const phi = wm::values_at(model.basis(), wm::S1::degrees(37));
  wm::Matrix<float> gain = wm::Matrix<float>::Ones(1, 5);
  wm::Matrix<float> bias = wm::Matrix<float>::Zero(1, 5);
  for (wm::Index k = 0; k < 3; ++k) {
    gain += static_cast<float>(phi[static_cast<std::size_t>(k)]) * matrix("layer.0.gain", 3, 5).row(k);
    bias += static_cast<float>(phi[static_cast<std::size_t>(k)]) * matrix("layer.0.bias", 3, 5).row(k);
  }
  auto const network = model.at(wm::S1::degrees(37));
  CHECK((gain.row(0).asDiagonal() * matrix("layer.0.weight", 5, 3) - network.weight(0)).norm() < 1e-5F);
  CHECK((bias.row(0).transpose() - network.bias(0)).norm() < 1e-5F);

  auto const refuses = [&](auto const& change, char const* message) {
    auto changed = content;
    change(changed);
    rewrite(file.path, changed);
    CHECK(message_of([&] { (void)wm::load_model<OfData>(file.path); }).find(message) != std::string::npos);
    CHECK(message_of([&] { (void)wm::load_any_model(file.path); }).find(message) != std::string::npos);
  };
  refuses(
      [](auto& c) {
        c.tensors.at("layer.0.gain").shape = {5, 3};
      },
      "expected tensor 'layer.0.gain' to be F32 of 3 x 5, got F32 of 5 x 3");
  refuses(
      [](auto& c) {
        c.tensors.at("layer.0.bias").shape = {5, 3};
      },
      "expected tensor 'layer.0.bias' to be F32 of 3 x 5, got F32 of 5 x 3");
  refuses([](auto& c) { c.tensors.erase("layer.0.gain"); }, "expected a tensor 'layer.0.gain'");
  refuses([](auto& c) { c.metadata["layers"] = "gains 3 1000000, tanh, dense 1000000 2"; },
          "expected tensor 'layer.0.weight' to be F32 of 1000000 x 3");
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
  rewrite(file.path, content);
  CHECK(message_of([&] {
          (void)wm::load_model<OfData>(file.path);
        }).find("expected tensor 'layer.1.scales' to be F32 of 3 x 2, got F32 of 2 x 3") != std::string::npos);
}

TEST_CASE("a file of another model is refused with the expected and the actual value") {
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

using Week = wm::Finite<7, wm::cycle_graph<7>()>;

TEST_CASE("a file of discrete contexts with another graph is refused") {
  Scratch const file;
  using Layer = wm::Dense<3, 2>;
  wm::save_model(file.path, wm::Manifold<wm::LaplacianEigenvectors<Week, 3>, Layer>(wm::he_normal, wm::Seed{1}));
  CHECK_NOTHROW((void)wm::load_model<wm::Manifold<wm::LaplacianEigenvectors<Week, 3>, Layer>>(file.path));
  CHECK(message_of([&] {
          (void)wm::load_model<wm::Manifold<wm::LaplacianEigenvectors<wm::Finite<7>, 3>, Layer>>(file.path);
        }).find("expected topology 'finite7', got 'finite7[0-1,1-2,2-3,3-4,4-5,0-6,5-6]'") != std::string::npos);
}

TEST_CASE("no memory is allocated for layers without tensors") {
  Scratch const file;
  wm::save_model(file.path, random_placed());
  auto const refuses = [&](std::string const& layers, char const* message) {
    auto content = wm::read_safetensors(file.path);
    content.metadata.at("layers") = layers;
    rewrite(file.path, content);
    CHECK(message_of([&] { (void)wm::load_model<OfData>(file.path); }).find(message) != std::string::npos);
  };
  refuses("shared 1000000 1000000", "expected tensor 'layer.0.weight' to be F32 of 1000000 x 1000000");
  refuses("dense 9223372036854775807 9223372036854775807", "expected at most 2^40 numbers, got 8.5");
  refuses("shared 3 5, low_rank 5 4 100000000000", "expected tensor 'layer.1.left' to be F32 of 4 x 100000000000");
  refuses("shared 3 5, low_rank 5 4 2, dense 4 2, dense 2 1", "expected a tensor 'layer.3.weight'");

  // Tensors of a few numbers whose layer needs a third of a billion: right is (inputs + 1) x rank.
  auto content = wm::read_safetensors(file.path);
  auto const zeros = [](std::size_t count) { return std::vector<float>(count); };
  content.tensors = {{"layer.0.weight", {{1, 30000}, zeros(30000)}}, {"layer.0.left", {{1, 10000}, zeros(10000)}}};
  content.metadata["layers"] = "low_rank 30000 1 10000";
  rewrite(file.path, content);
  CHECK(message_of([&] { (void)wm::load_model<OfData>(file.path); }).find("expected a tensor 'layer.0.right'") !=
        std::string::npos);
  CHECK(message_of([&] { (void)wm::load_any_model(file.path); }).find("expected a tensor 'layer.0.right'") !=
        std::string::npos);
  content.metadata["layers"] = "low_rank 1 1 10000";  // and scales, K x rank
  content.tensors = {{"layer.0.weight", {{1, 1}, zeros(1)}},
                     {"layer.0.left", {{1, 10000}, zeros(10000)}},
                     {"layer.0.right", {{2, 10000}, zeros(20000)}}};
  rewrite(file.path, content);
  CHECK(message_of([&] { (void)wm::load_any_model(file.path); }).find("expected a tensor 'layer.0.scales'") !=
        std::string::npos);
}

TEST_CASE("a model that does not reproduce its test outputs is refused, unless the check is off") {
  Scratch const file;
  wm::save_model(file.path, Model(wm::he_normal, wm::Seed{1}));
  auto content = wm::read_safetensors(file.path);
  std::get<std::vector<float>>(content.tensors.at("layer.1.bias").numbers)[0] += 0.01F;
  rewrite(file.path, content);
  CHECK(message_of([&] { (void)wm::load_model<Model>(file.path); }).find("test outputs") != std::string::npos);
  CHECK(message_of([&] { (void)wm::load_any_model(file.path); }).find("test outputs") != std::string::npos);
  auto const model = wm::load_model<Model>(file.path, {.replay = false});
  CHECK(model.bias(0, 1)[0] == std::get<std::vector<float>>(content.tensors.at("layer.1.bias").numbers)[0]);
  CHECK_NOTHROW((void)wm::load_model<Model>(file.path, wm::Ellipse{}, {.replay = false}));
  CHECK_NOTHROW((void)wm::load_any_model(file.path, {.replay = false}));
}

TEST_CASE("a network whose outputs overflow at a slight change is still checked against its test outputs") {
  Scratch const file;
  using Steep = wm::Manifold<wm::Constant<wm::OnePoint>, wm::Dense<1, 1>, wm::Dense<1, 1>>;
  Steep model(wm::zeros);
  wm::save_model(file.path, model);
  auto content = wm::read_safetensors(file.path);
  auto const inputs = std::get<std::vector<float>>(content.tensors.at("test.inputs").numbers);
  auto const widest = *std::max_element(inputs.begin(), inputs.end());
  model.weight(0, 0).setConstant(std::numeric_limits<float>::max() / widest / 2);
  model.weight(0, 1).setConstant(std::nextafter(2.0F, 0.0F));
  wm::save_model(file.path, model);
  content = wm::read_safetensors(file.path);
  for (float& y : std::get<std::vector<float>>(content.tensors.at("test.outputs").numbers)) {
    y = -y;
  }
  rewrite(file.path, content);
  CHECK_THROWS_WITH_AS((void)wm::load_model<Steep>(file.path), doctest::Contains("test outputs"), wm::FileError);
}

TEST_CASE("the checksum detects every flipped sign; older files have none, and load") {
  Scratch const file;
  wm::save_model(file.path, Model(wm::he_normal.spread(0.5), wm::Seed{1}), {.metadata = {{"note", "mine"}}});
  auto const whole = wm::read_safetensors(file.path);
  std::size_t flips = 0;
  for (auto const& [name, tensor] : whole.tensors) {
    if (name != "test.contexts") {
      for (std::size_t i = 0; i < std::get<std::vector<float>>(tensor.numbers).size(); i += 5) {
        auto content = whole;
        auto& number = std::get<std::vector<float>>(content.tensors.at(name).numbers)[i];
        number = -number;
        CHECK_THROWS_WITH_AS((void)wm::detail::model_from<Model>("here", content, {}, {.replay = false}),
                             doctest::Contains("expected checksum 'crc32:"), wm::FileError);
        CHECK_THROWS_AS((void)wm::detail::any_model_from<float>("here", content), wm::FileError);
        ++flips;
      }
    }
  }
  CHECK(flips > 20);
  auto content = whole;
  content.metadata["note"] = "Mine";
  CHECK_THROWS_AS((void)wm::detail::model_from<Model>("here", content, {}), wm::FileError);
  content.metadata.erase("checksum");
  CHECK_NOTHROW((void)wm::detail::model_from<Model>("here", content, {}));
}

TEST_CASE("saved models load even if rounding grows along a deep and steep network, in each real type") {
  Scratch const file;
  auto const deep = [&]<class R>(R, char const* activation) {
    std::vector<wm::Index> widths(41, 16);
    std::vector<std::string> activations(40, activation);
    wm::BasicManifold<R, wm::Ellipse, wm::LayerList> model(wm::zeros, {}, wm::LayerList(widths, activations));
    auto const numbers = support::normals<R>(static_cast<wm::Index>(model.parameters().numbers().size()), 4);
    std::copy(numbers.begin(), numbers.end(), model.parameters().numbers().begin());
    wm::save_model(file.path, model);
    using Saved = decltype(model);
    CHECK(wm::load_model<Saved>(file.path) == model);
    CHECK(wm::load_any_model<float>(file.path).parameters().numbers().size() == model.parameters().numbers().size());
    auto const any = wm::load_any_model<double>(file.path);
    CHECK(
        std::equal(any.parameters().row(1).begin(), any.parameters().row(1).end(), model.parameters().row(1).begin()));
    // The usual bound must be too small for this test.
    auto const content = wm::read_safetensors(file.path);
    auto const& x = std::get<std::vector<R>>(content.tensors.at("test.inputs").numbers);
    auto const& s = std::get<std::vector<double>>(content.tensors.at("test.contexts").numbers);
    auto const in = [&]<class Q>(Q) {
      wm::Matrix<Q> const inputs = Eigen::Map<wm::Matrix<R> const>(x.data(), 8, 16).template cast<Q>();
      return wm::Matrix<double>(wm::load_any_model<Q>(file.path)
                                    .predict(inputs, Eigen::Map<wm::Matrix<double> const>(s.data(), 8, 1))
                                    .template cast<double>());
    };
    return (in(float{}) - in(double{})).cwiseAbs().maxCoeff();
  };
  CHECK(deep(float{}, "tanh") > 1e-3);
  CHECK(deep(double{}, "tanh") > 1e-3);
  CHECK_NOTHROW(deep(float{}, "sigmoid"));
}

TEST_CASE("a user's notes are loaded as saved, and the library's own keys are refused") {
  Scratch const file;
  Model const model(wm::he_normal, wm::Seed{1});
  wm::ModelNotes const notes{.metadata = {{"", "empty name"}, {"made by", "\t\"\\\n\xc3\xa4"}, {"nul", {"a\0b", 3}}},
                             .input_scaling = {{0.1, 0.3}, {-1e-300, 1}, {5, 1e10}},
                             .knob_ranges = {{wm::Range::linear(0, 360), "angle", "\xc2\xb0"}}};
  wm::save_model(file.path, model, notes);
  CHECK(wm::read_notes(file.path) == notes);
  CHECK(wm::load_model<Model>(file.path) == model);
  CHECK_NOTHROW((void)wm::load_any_model(file.path));
  auto const refuses = [&](wm::ModelNotes const& wrong, char const* message) {
    CHECK(message_of([&] { wm::save_model(file.path, model, wrong); }).find(message) != std::string::npos);
    CHECK(wm::read_notes(file.path) == notes);
  };
  refuses({{{"warp", "speed"}}},
          "metadata 'warp': expected a name that the library does not use, got one of format, version, ");
  refuses({{{"checksum", "mine"}}}, "metadata 'checksum'");
  refuses({{{"test.inputs", "mine"}}}, "metadata 'test.inputs'");
  refuses({{{"note", "\xff"}}}, "UTF-8");
  refuses({.input_scaling = {{0, 1}}}, "input_scaling: expected one for each of 3 inputs, got 1");
  refuses({.knob_ranges = std::vector<wm::KnobRange>(2, {wm::Range::linear(0, 1)})},
          "knob_ranges: expected one for each of 1 coordinates of the context, got 2");
  auto content = wm::read_safetensors(file.path);
  content.metadata["made by"] = "somebody else";
  wm::write_safetensors(file.path, content);
  CHECK(message_of([&] { (void)wm::read_notes(file.path); }).find("expected checksum") != std::string::npos);
}

TEST_CASE("files do not depend on the locale") {
  Scratch const file;
  using Wide = wm::Manifold<wm::BSpline<wm::Interval, 2, 4>, wm::Dense<1024, 3>, wm::Relu, wm::Dense<3, 2>>;
  std::vector<double> const knots{0, 0, 0, 0.375, 1, 1, 1};
  Wide const wide(wm::he_normal, wm::Seed{1}, wm::BSpline<wm::Interval, 2, 4>(knots));
  wm::ModelNotes const notes{.knob_ranges = {{wm::Range::logarithmic(0.5, 1024), "cutoff", "Hz"}}};
  auto const bytes = [&] {
    std::ifstream in(file.path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  wm::save_model(file.path, wide, notes);
  auto const classic = bytes();
  support::GroupingLocale const locale;
  wm::save_model(file.path, wide, notes);
  CHECK(bytes() == classic);
  CHECK(wm::read_safetensors(file.path).metadata.at("layers") == "dense 1024 3, relu, dense 3 2");
  CHECK(wm::load_model<Wide>(file.path, wide.basis()) == wide);
  using Listed = wm::Manifold<wm::BSpline<wm::Interval, 2, 4>, wm::LayerList>;
  CHECK(wm::load_model<Listed>(file.path, wide.basis()).parameters() == wide.parameters());
  CHECK(wm::load_any_model(file.path).inputs() == 1024);
  CHECK(wm::read_notes(file.path) == notes);
  CHECK(message_of([&] { (void)wm::load_model<Wide>(file.path); }).find("got [0, 0, 0, 0.375, 1, 1, 1]") !=
        std::string::npos);
}

TEST_CASE("the error for a missing or unwritable file names it") {
  CHECK(message_of([] { (void)wm::load_model<Model>("/no/such/model"); }) ==
        "wmanifold: cannot open /no/such/model: No such file or directory");
  CHECK(message_of([] {
          wm::save_model("/no/such/folder/model", Model(wm::zeros));
        }).find("cannot write /no/such/folder/model: expected a writable folder, got none (No such file") !=
        std::string::npos);
}

TEST_CASE("saving replaces an old file") {
  Scratch const file;
  wm::save_model(file.path, Model(wm::he_normal, wm::Seed{1}));
  wm::save_model(file.path, Model(wm::he_normal, wm::Seed{2}));
  CHECK(wm::load_model<Model>(file.path) == Model(wm::he_normal, wm::Seed{2}));
}

namespace {

/// Checks that a model loaded without its type agrees with the saved one, by its network and in batches.
template <wm::Real R, wm::Real Stored, class B, class... Layers>
void comes_back_as_any(Layers... layers) {
  using Space = typename B::Topology;
  Scratch const file;
  wm::BasicManifold<Stored, B, Layers...> const model(wm::he_normal.spread(0.5), wm::Seed{1}, B{}, layers...);
  wm::save_model(file.path, model);
  auto const any = wm::load_any_model<R>(file.path);
  CHECK(any.basis().topology() == Space::name());
  CHECK(any.basis().name() == B::name());
  CHECK(any.basis_size() == B::size);
  CHECK(any.parameters().row(0).size() == static_cast<std::size_t>(model.parameters().columns()));

  wm::Random random(wm::Seed{2});
  auto const points = wm::stratified_points<Space>(5, random);
  wm::Matrix<double> contexts(5, Space::coordinates);
  for (std::size_t b = 0; b < points.size(); ++b) {
    std::copy_n(points[b].coordinates().begin(), Space::coordinates, contexts.row(static_cast<wm::Index>(b)).begin());
  }
  auto const numbers = support::normals<Stored>(5 * model.inputs(), 3);
  wm::Matrix<Stored> const inputs = Eigen::Map<wm::Matrix<Stored> const>(numbers.data(), 5, model.inputs());
  wm::Matrix<Stored> const expected = model.predict(inputs, wm::Contexts<Space>(points));
  double const allowed = std::same_as<R, Stored> && std::same_as<R, double> ? 1e-13 : 1e-5;
  auto const got = any.predict(inputs.template cast<R>(), contexts);
  CHECK((got.template cast<double>() - expected.template cast<double>()).norm() <= allowed * expected.norm());

  auto network = any.at(points[1].coordinates());
  any.at(points[0].coordinates(), network);
  std::vector<R> scratch(static_cast<std::size_t>(network.scratch_size()));
  wm::Matrix<R> const x = inputs.template cast<R>().row(0);
  wm::Matrix<R> y(1, model.outputs());
  network({x.data(), static_cast<std::size_t>(x.size())}, {y.data(), static_cast<std::size_t>(y.size())}, scratch);
  CHECK((y.template cast<double>() - expected.row(0).template cast<double>()).norm() <= allowed * expected.norm());
}

}  // namespace

TEST_CASE("a model loads without its type") {
  using Strip = wm::Tensor<wm::Bernstein<wm::Interval, 2>, wm::Ellipse>;
  comes_back_as_any<float, float, wm::Ellipse>(wm::Dense<3, 5>{}, wm::Tanh{}, wm::Dense<5, 2>{});
  comes_back_as_any<double, double, Strip>(wm::SharedDense<3, 5>{}, wm::Relu{}, wm::LowRankDense<2, 5, 4>{},
                                           wm::Dense<4, 2>{});
  comes_back_as_any<float, double, wm::Line>(wm::Dense<3, 5>{}, wm::Gelu{}, wm::GainDense<5, 2>{});
  comes_back_as_any<double, float, wm::Constant<>>(wm::Dense<3, 2>{});
  comes_back_as_any<double, double, wm::Tensor<wm::LaplacianEigenvectors<Week, 3>, wm::Fourier<wm::RP1, 1>>>(
      wm::Dense<3, 2>{});
}

TEST_CASE("a model without its type is refused if names, numbers or layers do not fit") {
  Scratch const file;
  wm::save_model(file.path, wm::BasicManifold<double, wm::Ellipse, wm::Dense<3, 2>>(wm::he_normal, wm::Seed{1}));
  auto const whole = wm::read_safetensors(file.path);
  auto const refuses = [&](auto const& change, char const* message) {
    auto content = whole;
    change(content);
    rewrite(file.path, content);
    CHECK(message_of([&] { (void)wm::load_any_model(file.path); }).find(message) != std::string::npos);
  };
  refuses([](auto& c) { c.metadata["basis"] = "bernstein1"; }, "got 's1' and 'bernstein1'");
  refuses([](auto& c) { c.metadata["basis"] = "fourier2"; },
          "'layer.0.weight' to be F32 of 5 x 2 x 3, got F32 of 3 x 2 x");
  refuses([](auto& c) { c.metadata.erase("topology"); }, "expected metadata 'topology', got none");
  refuses([](auto& c) { c.metadata["real"] = "F16"; }, "expected real 'F32' or 'F64', got 'F16'");
  refuses([](auto& c) { c.metadata["layers"] = "dense 9 9"; }, "to be F32 of 3 x 9 x 9");
  refuses([](auto& c) { std::get<std::vector<double>>(c.tensors["layer.0.bias"].numbers)[0] = 1e300; },
          "tensor 'layer.0.bias': expected numbers in the range of F32, got 1e+300");
  refuses([](auto& c) { std::get<std::vector<double>>(c.tensors["layer.0.bias"].numbers)[0] += 1; }, "test outputs");
  refuses([](auto& c) { c.tensors["test.contexts"].shape = {4, 2}; }, "'test.contexts' to be F64 of 8 x 1");
}

TEST_CASE("a model with invalid test contexts is refused") {
  Scratch const file;
  using Curve = wm::Manifold<wm::Line, wm::Dense<3, 2>>;
  wm::save_model(file.path, Curve(wm::he_normal, wm::Seed{1}));
  auto content = wm::read_safetensors(file.path);
  std::get<std::vector<double>>(content.tensors["test.contexts"].numbers)[3] = 1.5;
  rewrite(file.path, content);
  CHECK(message_of([&] { (void)wm::load_model<Curve>(file.path); }).find("test contexts on the topology") !=
        std::string::npos);
  CHECK(message_of([&] { (void)wm::load_any_model(file.path); }).find("test contexts on the topology") !=
        std::string::npos);
}

TEST_CASE("a model with a learned warp, from an older version, is refused with a sentence") {
  Scratch const file;
  using Curve = wm::Manifold<wm::Bernstein<wm::Interval, 2>, wm::Dense<3, 5>, wm::Tanh, wm::Dense<5, 2>>;
  wm::save_model(file.path, Curve(wm::he_normal, wm::Seed{1}));
  auto content = wm::read_safetensors(file.path);
  content.metadata["warp"] = "4";
  content.tensors["warp.theta"] = {{4}, std::vector<float>(4)};
  content.tensors["warp.price"] = {{}, std::vector{1.0}};
  rewrite(file.path, content);
  char const* const refusal = "expected a model without a warp, got one of degree 4; use the version that wrote it";
  CHECK(message_of([&] { (void)wm::load_model<Curve>(file.path); }).find(refusal) != std::string::npos);
  CHECK(message_of([&] { (void)wm::load_any_model(file.path); }).find(refusal) != std::string::npos);
}

TEST_CASE("a user's knots are in the file, and a model loads only with the same knots") {
  Scratch const file;
  using Basis = wm::BSpline<wm::Interval, 2, 4>;
  using OnSpline = wm::BasicManifold<double, Basis, wm::Dense<2, 3>>;
  Basis const basis(std::vector<double>{0, 0, 0, 0.375, 1, 1, 1});
  OnSpline const model(wm::he_normal, wm::Seed{1}, basis, wm::Dense<2, 3>{});
  wm::save_model(file.path, model);
  CHECK(wm::read_safetensors(file.path).tensors.at("basis.state").shape == std::vector<wm::Index>{7});
  CHECK(wm::load_model<OnSpline>(file.path, basis) == model);
  CHECK(
      message_of([&] { (void)wm::load_model<OnSpline>(file.path); })
          .find(
              "expected the state of the basis (its knots) to be that of the default constructor, got [0, 0, 0, 0.375, "
              "1, 1, 1]") != std::string::npos);
  Basis const other(std::vector<double>{0, 0, 0, 0.31, 1, 1, 1});
  CHECK(message_of([&] { (void)wm::load_model<OnSpline>(file.path, other); }).find("got [0, 0, 0, 0.375, 1, 1, 1]") !=
        std::string::npos);
  // Without its type: by the file.
  auto const any = wm::load_any_model<double>(file.path);
  auto const inputs = support::normals<double>(2, 3);
  std::vector<double> expected(3);
  std::vector<double> got(3);
  model.at(wm::Interval::at(0.7))(inputs, expected);
  std::vector<double> scratch(static_cast<std::size_t>(any.at(std::array{0.7}).scratch_size()));
  any.at(std::array{0.7})(inputs, got, scratch);
  CHECK(got == expected);

  // Uniform knots are in the type's name. A file without knots has uniform ones.
  OnSpline const uniform(wm::he_normal, wm::Seed{1});
  wm::save_model(file.path, uniform);
  CHECK(wm::read_safetensors(file.path).tensors.count("basis.state") == 0);
  CHECK(wm::load_model<OnSpline>(file.path) == uniform);
  CHECK(!(uniform == model));
  CHECK(message_of([&] {
          (void)wm::load_model<OnSpline>(file.path, basis);
        }).find("got that of the default constructor") != std::string::npos);
}

TEST_CASE(
    "parts of products are loaded without their type; orthonormal versions are refused by name, and with it loaded") {
  Scratch const file;
  using Part = wm::Manifold<wm::TotalDegree<wm::Product<wm::Interval, wm::S1>, 2>, wm::Dense<2, 1>>;
  Part const part(wm::he_normal, wm::Seed{1});
  wm::save_model(file.path, part);
  CHECK(wm::load_model<Part>(file.path) == part);
  CHECK(wm::load_any_model(file.path).basis().name() == "total2(legendre2*fourier2)");
  using White = wm::Manifold<wm::Orthonormal<wm::Line>, wm::Dense<2, 1>>;
  White const white(wm::he_normal, wm::Seed{1});
  wm::save_model(file.path, white);
  CHECK(wm::load_model<White>(file.path) == white);
  CHECK(message_of([&] { (void)wm::load_any_model(file.path); }).find("got 'interval' and 'orthonormal(bernstein1)'") !=
        std::string::npos);
}

TEST_CASE_TEMPLATE("a model in 16 bits is loaded as saved, and into models in full precision", N, wm::BFloat16,
                   wm::Float16) {
  Scratch const file;
  Scratch const again{file.path.string() + ".again"};
  auto const check = [&]<class M>(M const& model) {
    auto const stored = wm::stored_as<N>(model);
    wm::save_model(file.path, stored, {.metadata = {{"note", "mine"}}});
    CHECK(wm::load_model<wm::Stored<M, N>>(file.path) == stored);
    CHECK(wm::load_model<M>(file.path) == stored.model());
    CHECK(wm::stored_as<N>(wm::load_model<M>(file.path)) == stored);
    auto const any = wm::load_any_model<float>(file.path);
    CHECK(any.parameters() == stored.model().parameters());
    CHECK(wm::stored_as<N>(any).parameters() == stored.parameters());
    auto const in_double = wm::load_any_model<double>(file.path);
    CHECK(in_double.parameters().row(1)[2] == static_cast<double>(stored.model().parameters().row(1)[2]));
    CHECK(wm::read_notes(file.path).metadata.at("note") == "mine");

    wm::save_model(again.path, stored.model(), {.metadata = {{"note", "mine"}}});
    auto halves = wm::read_safetensors(file.path);
    auto const floats = wm::read_safetensors(again.path);
    CHECK(halves.metadata.at("real") == "F32");
    CHECK(halves.metadata.at("checksum") != floats.metadata.at("checksum"));
    CHECK(halves.metadata.at("layers") == floats.metadata.at("layers"));
    for (auto const& [name, tensor] : floats.tensors) {
      CHECK(halves.tensors.at(name).shape == tensor.shape);
      CHECK(std::holds_alternative<std::vector<N>>(halves.tensors.at(name).numbers) == name.starts_with("layer."));
      CHECK((name.starts_with("layer.") || halves.tensors.at(name) == tensor));
    }
    std::get<std::vector<N>>(halves.tensors.at("layer.0.bias").numbers)[0] = N(0.75F);
    wm::write_safetensors(file.path, halves);
    using Same = wm::Stored<M, N>;
    CHECK_THROWS_WITH_AS((void)wm::load_model<Same>(file.path), doctest::Contains("expected checksum"), wm::FileError);
    rewrite(file.path, halves);
    CHECK_THROWS_WITH_AS((void)wm::load_model<Same>(file.path), doctest::Contains("test outputs"), wm::FileError);
    CHECK(wm::load_model<Same>(file.path, {.replay = false}).inputs() == 3);
  };
  check(Model(wm::he_normal.spread(0.5), wm::Seed{1}));
  check(random_placed());
  Scratch const knots;
  using Spline = wm::BSpline<wm::Interval, 2, 4>;
  using Curve = wm::Manifold<Spline, wm::Dense<3, 2>>;
  Spline const basis(std::vector<double>{0, 0, 0, 0.375, 1, 1, 1});
  auto const stored = wm::stored_as<N>(Curve(wm::he_normal.spread(0.5), wm::Seed{1}, basis));
  wm::save_model(knots.path, stored);
  CHECK(wm::load_model<wm::Stored<Curve, N>>(knots.path, basis) == stored);
  CHECK_THROWS_AS((void)(wm::load_model<wm::Stored<Curve, N>>(knots.path)), wm::FileError);
}

TEST_CASE("a stored model is loaded only from a file of its type; each tensor of a float model may have its own") {
  Scratch const file;
  using Bfloat = wm::Stored<Model, wm::BFloat16>;
  Model const model = Bfloat(Model(wm::he_normal.spread(0.5), wm::Seed{1})).model();
  wm::save_model(file.path, model);
  auto const refuses = [&](char const* message) {
    CHECK_THROWS_WITH_AS(
        (void)wm::load_model<Bfloat>(file.path),
        doctest::Contains(
            (std::string(message) + "; load the model in full precision, then round it by stored_as").c_str()),
        wm::FileError);
  };
  refuses("expected the stored parameters 'layer.0.bias' to be BF16, got F32");
  wm::save_model(file.path, wm::stored_as<wm::Float16>(model));
  refuses("expected the stored parameters 'layer.0.bias' to be BF16, got F16");

  wm::save_model(file.path, wm::stored_as<wm::BFloat16>(model));
  auto content = wm::read_safetensors(file.path);
  auto const numbers = std::get<std::vector<wm::BFloat16>>(content.tensors.at("layer.1.weight").numbers);
  std::vector<float> wide;
  for (auto const x : numbers) {
    wide.push_back(wm::number_as<float>(x));
  }
  content.tensors.at("layer.1.weight").numbers = wide;
  rewrite(file.path, content);
  CHECK(wm::load_model<Model>(file.path) == model);
  refuses("expected the stored parameters 'layer.1.weight' to be BF16, got F32");

  std::get<std::vector<wm::BFloat16>>(content.tensors.at("layer.0.weight").numbers)[0] = wm::BFloat16::of_bits(0x7f80);
  CHECK_THROWS_WITH_AS(rewrite(file.path, content), doctest::Contains("expected finite numbers"), wm::FileError);
}
