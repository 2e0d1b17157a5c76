#pragma once

#include <wmanifold/io/safetensors.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/topology/sampling.hpp>
#include <wmanifold/version.hpp>

#include <sstream>

namespace wmanifold {

/// What a user adds to a model file.
struct ModelNotes {
  std::map<std::string, std::string> metadata;
};

namespace detail {

inline constexpr char const* model_format = "1";
inline constexpr Index test_samples = 8;

/// "dense 196 32, relu, shared 32 16, low_rank 16 10 4": the layers of a stack as text, a rank last.
template <class Stack>
std::string layers_text(Stack const& stack) {
  std::ostringstream text;
  for (Index l = 0; l < stack.depth(); ++l) {
    DenseShape const& shape = stack.dense(l);
    text << (l == 0 ? "" : ", ")
         << (shape.placement == Placement::manifold ? "dense "
             : shape.placement == Placement::shared ? "shared "
                                                    : "low_rank ")
         << shape.inputs << ' ' << shape.outputs;
    if (shape.placement == Placement::low_rank) {
      text << ' ' << shape.rank;
    }
    stack.with_activation(l, [&]<class A>(A const&) {
      if constexpr (!std::same_as<A, Identity>) {
        text << ", " << A::name;
      }
    });
  }
  return text.str();
}

/// The reverse. Throws FileError for text that is no list of layers.
inline LayerList layers_from(std::string const& where, std::string const& text) {
  std::vector<LayerList::Item> items;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) {
    std::istringstream words(part);
    std::string word;
    words >> word;
    try {
      Index inputs = 0;
      Index outputs = 0;
      Index rank = 0;
      if (word == "dense" || word == "shared" || word == "low_rank") {
        words >> inputs >> outputs;
      }
      if (word == "dense") {
        items.emplace_back(Dense<>(inputs, outputs));
      } else if (word == "shared") {
        items.emplace_back(SharedDense<>(inputs, outputs));
      } else if (word == "low_rank") {
        words >> rank;
        items.emplace_back(LowRankDense<>(inputs, outputs, rank));
      } else {
        std::visit([&](auto activation) { items.emplace_back(activation); }, activation_named(word));
      }
    } catch (ArgumentError const& e) {
      fail<FileError>(where, ": expected layers, got '", text, "' (", e.what(), ")");
    }
  }
  try {
    return LayerList(items);
  } catch (ArgumentError const& e) {
    fail<FileError>(where, ": expected layers, got '", text, "' (", e.what(), ")");
  }
}

inline std::string const& metadata_of(std::string const& where, TensorFile const& file, std::string const& key) {
  auto const found = file.metadata.find(key);
  if (found == file.metadata.end()) [[unlikely]] {
    fail<FileError>(where, ": expected metadata '", key, "', got none");
  }
  return found->second;
}

inline void require_metadata(std::string const& where, TensorFile const& file, std::string const& key,
                             std::string const& expected) {
  auto const& got = metadata_of(where, file, key);
  if (got != expected) [[unlikely]] {
    fail<FileError>(where, ": expected ", key, " '", expected, "', got '", got, "'");
  }
}

/// What files say of any model of this type: its topology and basis, where it has them, and its numbers.
template <class Model>
std::vector<std::pair<std::string, std::string>> description_of() {
  std::vector<std::pair<std::string, std::string>> description;
  if constexpr (requires { Model::Topology::name(); }) {
    description.emplace_back("topology", Model::Topology::name());
  }
  if constexpr (requires { Model::Basis::name(); }) {
    description.emplace_back("basis", Model::Basis::name());
  }
  description.emplace_back("real", number_name<typename Model::Scalar>);
  return description;
}

/// The numbers of a tensor that must be there with this shape and type.
template <class Number>
std::vector<Number> const& tensor_of(std::string const& where, TensorFile const& file, std::string const& name,
                                     std::vector<Index> const& shape) {
  auto const found = file.tensors.find(name);
  auto const text = [](std::vector<Index> const& sizes) {
    std::string joined;
    for (Index const size : sizes) {
      joined += (joined.empty() ? "" : " x ") + std::to_string(size);
    }
    return joined;
  };
  if (found == file.tensors.end()) [[unlikely]] {
    fail<FileError>(where, ": expected a tensor '", name, "' of ", text(shape), ", got none");
  }
  auto const* const numbers = std::get_if<std::vector<Number>>(&found->second.numbers);
  if (numbers == nullptr || found->second.shape != shape) [[unlikely]] {
    fail<FileError>(where, ": expected tensor '", name, "' to be ", number_name<Number>, " of ", text(shape), ", got ",
                    type_name(found->second), " of ", text(found->second.shape));
  }
  return *numbers;
}

/// Layers of which the file holds tensors as large as they say, for K rows: only then is memory made for them.
template <Real R>
void require_layers(std::string const& where, TensorFile const& file, LayerList const& layers, Index rows) {
  for (std::size_t l = 0; l < layers.entries().size(); ++l) {
    std::string const name = "layer." + std::to_string(l);
    std::visit(
        [&](auto const& dense) {
          bool const is_manifold = dense.placement == Placement::manifold;
          tensor_of<R>(where, file, name + ".weight",
                       is_manifold ? std::vector{rows, dense.outputs(), dense.inputs()}
                                   : std::vector{dense.outputs(), dense.inputs()});
          if (dense.placement == Placement::low_rank) {
            tensor_of<R>(where, file, name + ".left", {dense.outputs(), dense.rank()});
          }
        },
        layers.entries()[l].dense);
  }
}

/// Calls body(name, shape, view, k) for every tensor of a model; `view` is the k-th of the equal parts that a tensor
/// lies in one after the other, its rows of the manifold, or else all of it.
template <class Model, class Body>
void for_each_tensor(Model& model, Body const& body) {
  using R = std::remove_reference_t<decltype(*model.parameters().data())>;
  using View = Eigen::Map<
      std::conditional_t<std::is_const_v<R>, Matrix<typename Model::Scalar> const, Matrix<typename Model::Scalar>>>;
  for (Index l = 0; l < model.stack().depth(); ++l) {
    DenseShape const& dense = model.stack().dense(l);
    std::string const name = "layer." + std::to_string(l);
    if (dense.placement == Placement::manifold) {
      for (Index k = 0; k < model.rows(); ++k) {
        body(name + ".weight", {model.rows(), dense.outputs, dense.inputs}, model.weight(k, l), k);
        body(name + ".bias", {model.rows(), dense.outputs}, model.bias(k, l), k);
      }
      continue;
    }
    body(name + ".weight", {dense.outputs, dense.inputs}, model.shared_weight(l), 0);
    body(name + ".bias", {dense.outputs}, model.shared_bias(l), 0);
    if (dense.placement == Placement::low_rank) {
      auto& block = model.parameters();
      auto const parts = low_rank_parts<R>(dense, block.data(), block.stride(), block.shared().data());
      body(name + ".right", {dense.inputs + 1, dense.rank}, View(parts.right, dense.inputs + 1, dense.rank), 0);
      body(name + ".left", {dense.outputs, dense.rank}, View(parts.left, dense.rank, dense.outputs).transpose(), 0);
      for (Index k = 0; k < model.rows(); ++k) {
        body(name + ".scales", {model.rows(), dense.rank}, View(parts.scales + k * parts.stride, 1, dense.rank), k);
      }
    }
  }
}

/// Rows of a matrix or vector as numbers in row-major order.
template <class Number, class Derived>
std::vector<Number> row_major(Eigen::DenseBase<Derived> const& m) {
  std::vector<Number> numbers;
  for (Index i = 0; i < m.rows(); ++i) {
    for (Index j = 0; j < m.cols(); ++j) {
      numbers.push_back(m.derived().coeff(i, j));
    }
  }
  return numbers;
}

template <class Model>
TensorFile file_from(Model const& model, ModelNotes const& notes) {
  using R = typename Model::Scalar;
  using Space = typename Model::Topology;
  TensorFile file;
  file.metadata = notes.metadata;
  file.metadata["format"] = std::string("wmanifold ") + model_format;
  file.metadata["version"] = std::string(version);
  for (auto const& [key, value] : description_of<Model>()) {
    file.metadata[key] = value;
  }
  file.metadata["layers"] = layers_text(model.stack());
  for_each_tensor(model, [&](std::string const& name, std::vector<Index> const& shape, auto const& view, Index) {
    auto& tensor = file.tensors.try_emplace(name, StoredTensor{shape, std::vector<R>{}}).first->second;
    auto const numbers = row_major<R>(view);
    auto& all = std::get<std::vector<R>>(tensor.numbers);
    all.insert(all.end(), numbers.begin(), numbers.end());
  });

  Random random(Seed{0});
  auto const points = uniform_points<Space>(test_samples, random);
  Matrix<R> inputs(test_samples, model.inputs());
  for (R& x : inputs.reshaped()) {
    x = static_cast<R>(random.normal());
  }
  std::vector<double> coordinates;
  for (auto const& s : points) {
    coordinates.insert(coordinates.end(), s.coordinates().begin(), s.coordinates().end());
  }
  file.tensors["test.contexts"] = {{test_samples, Space::coordinates}, coordinates};
  file.tensors["test.inputs"] = {{test_samples, model.inputs()}, row_major<R>(inputs)};
  file.tensors["test.outputs"] = {{test_samples, model.outputs()},
                                  row_major<R>(model.predict(inputs, Contexts<Space>(points)))};
  return file;
}

/// Does the model give the outputs that the file says it gave when it was saved?
template <class Model>
void replay(std::string const& where, Model const& model, TensorFile const& file) {
  using R = typename Model::Scalar;
  using Space = typename Model::Topology;
  auto const& coordinates = tensor_of<double>(where, file, "test.contexts", {test_samples, Space::coordinates});
  auto const& inputs = tensor_of<R>(where, file, "test.inputs", {test_samples, model.inputs()});
  auto const& expected = tensor_of<R>(where, file, "test.outputs", {test_samples, model.outputs()});
  std::vector<Point<Space>> points;
  for (std::size_t b = 0; b < static_cast<std::size_t>(test_samples); ++b) {
    constexpr auto width = static_cast<std::size_t>(Space::coordinates);
    points.emplace_back(std::span<double const>(coordinates).subspan(b * width, width));
  }
  Eigen::Map<Matrix<R> const> const batch(inputs.data(), test_samples, model.inputs());
  auto const got = row_major<R>(model.predict(batch, Contexts<Space>(points)));
  double largest = 0;
  double error = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    largest = std::max(largest, static_cast<double>(std::abs(expected[i])));
    error = std::max(error, static_cast<double>(std::abs(got[i] - expected[i])));
  }
  double const allowed = (std::same_as<R, float> ? 1e-5 : 1e-12) * std::max(largest, 1.0);
  if (!(error <= allowed)) [[unlikely]] {
    fail<FileError>(where, ": expected the model to give its test outputs to ", allowed, ", got an error of ", error);
  }
}

/// The model that a file holds; errors begin with `where`.
template <class Model>
Model model_from(std::string const& where, TensorFile const& file, typename Model::Basis basis) {
  using R = typename Model::Scalar;
  require_metadata(where, file, "format", std::string("wmanifold ") + model_format);
  for (auto const& [key, expected] : description_of<Model>()) {
    require_metadata(where, file, key, expected);
  }
  auto model = [&] {
    if constexpr (Model::Stack::is_static) {
      return Model(zeros, std::move(basis), typename Model::Stack{});
    } else {
      auto layers = layers_from(where, metadata_of(where, file, "layers"));
      require_layers<R>(where, file, layers, Model::rows());
      return Model(zeros, std::move(basis), typename Model::Stack(std::move(layers)));
    }
  }();
  require_metadata(where, file, "layers", layers_text(model.stack()));
  for_each_tensor(model, [&](std::string const& name, std::vector<Index> const& shape, auto view, Index k) {
    auto const& numbers = tensor_of<R>(where, file, name, shape);
    for (Index i = 0, n = k * view.size(); i < view.rows(); ++i) {
      for (Index j = 0; j < view.cols(); ++j, ++n) {
        view(i, j) = numbers[static_cast<std::size_t>(n)];
      }
    }
  });
  replay(where, model, file);
  return model;
}

}  // namespace detail

/// Saves a manifold as one safetensors file: `layer.n.weight` (K x out x in) and `layer.n.bias` (K x out), metadata
/// that says what they are, and a test vector. For a layer that is shared these are out x in and out; a low-rank layer
/// W_0 + U diag(A phi(s)) V^T has its W_0 there, and `layer.n.right` (V, in + 1 x rank, its last row the bias's),
/// `layer.n.left` (U, out x rank) and `layer.n.scales` (A^T, K x rank). The old file, if any, is replaced only by a
/// whole new one. Throws FileError.
template <class Model>
void save_model(std::filesystem::path const& path, Model const& model, ModelNotes const& notes = {}) {
  write_safetensors(path, detail::file_from(model, notes));
}

/// Loads a manifold of this type; its layers may be a LayerList, which then is as the file says. Throws FileError, with
/// what was expected and what came, when the file is not whole, not a model of this type, or fails its own test vector.
template <class Model>
[[nodiscard]] Model load_model(std::filesystem::path const& path, typename Model::Basis basis = {}) {
  return detail::model_from<Model>(path.string(), read_safetensors(path), std::move(basis));
}

}  // namespace wmanifold
