#pragma once

#include <wmanifold/core/not_included.hpp>
#include <wmanifold/io/layers_text.hpp>
#include <wmanifold/io/notes.hpp>
#include <wmanifold/network/network.hpp>
#include <wmanifold/topology/topology.hpp>
#include <wmanifold/version.hpp>

namespace wmanifold {
namespace detail {

template <class>
struct NetworkFileIncluded {};

inline constexpr char const* network_format = "wmanifold network 1";

/// Stores a network's weights (out x in) and biases under the names that torch.nn.Sequential gives to its linear
/// layers. Activations take a number, too: 0.weight, 0.bias, 2.weight, ...
template <class Network>
void store_network(TensorFile& file, std::string const& prefix, Network const& network) {
  using R = typename Network::Scalar;
  Index place = 0;
  for (Index l = 0; l < network.stack().depth(); ++l) {
    Matrix<R> const weight = network.weight(l);
    auto const bias = network.bias(l);
    std::string const name = prefix + std::to_string(place);
    file.tensors[name + ".weight"] = {{weight.rows(), weight.cols()},
                                      std::vector<R>(weight.data(), weight.data() + weight.size())};
    file.tensors[name + ".bias"] = {{bias.size()}, std::vector<R>(bias.data(), bias.data() + bias.size())};
    network.stack().with_activation(
        l, [&]<class A>(A const&) { place += std::same_as<A, Identity> ? Index{1} : Index{2}; });
  }
  file.metadata["format"] = network_format;
  file.metadata["version"] = std::string(version);
  file.metadata["layers"] = layers_text(network.stack());
}

}  // namespace detail

/// Writes an ordinary network, such as model.at(s), as safetensors: weights (out x in) and biases under the names of a
/// torch.nn.Sequential (0.weight, 0.bias, 2.weight, ...), and the layers as metadata. Its notes have no knob ranges, as
/// it has no context. Throws FileError.
template <class Network>
void save_network(std::filesystem::path const& path, Network const& network, ModelNotes const& notes = {}) {
  detail::require_notes("cannot write " + path.string(), notes, static_cast<std::size_t>(network.inputs()), 0);
  TensorFile file;
  detail::store_notes(file, notes);
  detail::store_network(file, "", network);
  detail::write_with_checksum(path, std::move(file));
}

/// Writes the networks of a manifold at some points, one after the other: the network of point i as i.0.weight,
/// i.0.bias, ..., and the tensor `contexts`, points x coordinates. Throws FileError, and ArgumentError if there is no
/// point.
template <class Model>
void save_networks(std::filesystem::path const& path, Model const& model,
                   std::span<Point<typename Model::Topology> const> points, ModelNotes const& notes = {}) {
  if (points.empty()) [[unlikely]] {
    fail("save_networks: expected at least one point, got none");
  }
  detail::require_notes("cannot write " + path.string(), notes, static_cast<std::size_t>(model.inputs()),
                        Model::Topology::coordinates);
  TensorFile file;
  detail::store_notes(file, notes);
  std::vector<double> contexts;
  for (std::size_t i = 0; i < points.size(); ++i) {
    detail::store_network(file, std::to_string(i) + ".", model.at(points[i]));
    contexts.insert(contexts.end(), points[i].coordinates().begin(), points[i].coordinates().end());
  }
  file.tensors["contexts"] = {{std::ssize(points), Model::Topology::coordinates}, std::move(contexts)};
  detail::write_with_checksum(path, std::move(file));
}

}  // namespace wmanifold
