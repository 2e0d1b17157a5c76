#include <wmanifold/io/network_file.hpp>

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/manifold/manifold.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

namespace wm = wmanifold;

namespace {

using Model = wm::Manifold<wm::Ellipse, wm::Dense<3, 5>, wm::Tanh, wm::SharedDense<5, 4>, wm::Dense<4, 2>>;

struct Scratch {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("wmanifold_network_" + std::to_string(getpid()) + ".safetensors");
  ~Scratch() { std::filesystem::remove(path); }
};

/// Returns number (i, j) of a tensor that must have this shape.
float number(wm::TensorFile const& file, std::string const& name, std::vector<wm::Index> const& shape, std::size_t i,
             std::size_t j = 0) {
  auto const& tensor = file.tensors.at(name);
  REQUIRE(tensor.shape == shape);
  return std::get<std::vector<float>>(
      tensor.numbers)[shape.size() == 1 ? i : i * static_cast<std::size_t>(shape[1]) + j];
}

}  // namespace

TEST_CASE("a network is ordinary weights and biases, numbered as in a sequence of layers and activations") {
  Scratch const file;
  auto const network = Model(wm::he_normal.spread(0.5), wm::Seed{1}).at(wm::S1::degrees(40));
  wm::save_network(file.path, network);
  auto const content = wm::read_safetensors(file.path);
  CHECK(content.metadata.at("layers") == "dense 3 5, tanh, dense 5 4, dense 4 2");
  CHECK(content.metadata.at("checksum") == wm::checksum_of(content));
  CHECK(content.tensors.size() == 6);
  CHECK(number(content, "0.weight", {5, 3}, 4, 1) == network.weight(0)(4, 1));
  CHECK(number(content, "0.bias", {5}, 3) == network.bias(0)(3));
  CHECK(number(content, "2.weight", {4, 5}, 1, 4) == network.weight(1)(1, 4));
  CHECK(number(content, "3.weight", {2, 4}, 1, 2) == network.weight(2)(1, 2));
  CHECK(number(content, "3.bias", {2}, 1) == network.bias(2)(1));
}

TEST_CASE("a grid of points is stored as a network each, and the points") {
  Scratch const file;
  Model const model(wm::he_normal.spread(0.5), wm::Seed{1});
  std::vector const points{wm::S1::degrees(0), wm::S1::degrees(120), wm::S1::degrees(240)};
  wm::save_networks(file.path, model, points);
  auto const content = wm::read_safetensors(file.path);
  CHECK(content.tensors.size() == 3 * 6 + 1);
  CHECK(content.tensors.at("contexts").shape == std::vector<wm::Index>{3, 1});
  CHECK(std::get<std::vector<double>>(content.tensors.at("contexts").numbers)[2] == points[2][0]);
  CHECK(number(content, "2.0.weight", {5, 3}, 4, 1) == model.at(points[2]).weight(0)(4, 1));
  CHECK(number(content, "1.3.bias", {2}, 1) == model.at(points[1]).bias(2)(1));
  CHECK_THROWS_WITH_AS(wm::save_networks(file.path, model, {}),
                       "wmanifold: save_networks: expected at least one point, got none", wm::ArgumentError);
}

TEST_CASE("a network's file has the scaling of inputs, and no knobs") {
  Scratch const file;
  auto const network = Model(wm::zeros).at(wm::S1::degrees(40));
  wm::ModelNotes notes{.metadata = {{"note", "mine"}}, .input_scaling = {{0, 1}, {1, 2}, {2, 3}}};
  wm::save_network(file.path, network, notes);
  CHECK(wm::read_notes(file.path) == notes);
  notes.knob_ranges = {{wm::Range::linear(0, 1)}};
  CHECK_THROWS_WITH_AS(wm::save_network(file.path, network, notes),
                       doctest::Contains("for each of 0 coordinates of the context, got 1"), wm::FileError);
  wm::save_networks(file.path, Model(wm::zeros), std::vector{wm::S1::degrees(40)}, notes);
  CHECK(wm::read_notes(file.path) == notes);
}
