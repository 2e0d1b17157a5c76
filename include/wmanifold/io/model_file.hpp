#pragma once

#include <wmanifold/core/attempt.hpp>
#include <wmanifold/core/not_included.hpp>
#include <wmanifold/io/layers_text.hpp>
#include <wmanifold/io/notes.hpp>
#include <wmanifold/manifold/any_manifold.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/manifold/stored.hpp>
#include <wmanifold/topology/sampling.hpp>
#include <wmanifold/version.hpp>

#include <optional>

namespace wmanifold {

/// Options of loading a model.
struct LoadOptions {
  /// Whether the model must reproduce its test outputs, up to rounding.
  bool replay = true;
};

namespace detail {

template <class>
struct ModelFileIncluded {};

/// Whether a model has its parameters in 16 bits.
template <class Model>
struct IsStored : std::false_type {};
template <class Model, HalfNumber N>
struct IsStored<Stored<Model, N>> : std::true_type {};

inline constexpr char const* model_format = "wmanifold 1";
inline constexpr Index test_samples = 8;

/// Metadata that depend on a model's type: its topology and basis, if it has them, and its real type.
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

/// Throws FileError unless the file holds tensors of the sizes of these layers, for K rows. Runs before memory is
/// allocated.
template <Real R>
void require_layers(std::string const& where, TensorFile const& file, LayerList const& layers, Index rows) {
  for (std::size_t l = 0; l < layers.entries().size(); ++l) {
    std::string const name = "layer." + std::to_string(l);
    std::visit(
        [&](auto const& dense) {
          // A conditional expression of two shapes crashes Clang 14 under -fcoverage-mapping.
          if (dense.placement == Placement::manifold) {
            tensor_of<R>(where, file, name + ".weight", {rows, dense.outputs(), dense.inputs()});
          } else {
            tensor_of<R>(where, file, name + ".weight", {dense.outputs(), dense.inputs()});
          }
          if (dense.placement == Placement::gains) {
            tensor_of<R>(where, file, name + ".gain", {rows, dense.outputs()});
          }
          if (dense.placement == Placement::low_rank) {
            tensor_of<R>(where, file, name + ".left", {dense.outputs(), dense.rank()});
            tensor_of<R>(where, file, name + ".right", {dense.inputs() + 1, dense.rank()});
            tensor_of<R>(where, file, name + ".scales", {rows, dense.rank()});
          }
        },
        layers.entries()[l].dense);
  }
}

/// Calls body(name, shape, view, k) for every tensor of a model's layers. A tensor consists of equal parts, one after
/// the other: the rows of the manifold, or a single part. `view` is part k.
template <class Stack, class Block, class Body>
void for_each_tensor(Stack const& stack, Block& block, Body const& body) {
  using R = std::remove_pointer_t<decltype(block.data())>;
  using View = Eigen::Map<
      std::conditional_t<std::is_const_v<R>, Matrix<std::remove_const_t<R>> const, Matrix<std::remove_const_t<R>>>>;
  for (Index l = 0; l < stack.depth(); ++l) {
    DenseLayout const& dense = stack.dense(l);
    std::string const name = "layer." + std::to_string(l);
    if (dense.placement == Placement::manifold) {
      for (Index k = 0; k < block.rows(); ++k) {
        R* const layer = block.row(k).data() + dense.row_offset;
        body(name + ".weight", {block.rows(), dense.outputs, dense.inputs}, weight_at(dense, layer), k);
        body(name + ".bias", {block.rows(), dense.outputs}, bias_at(dense, layer), k);
      }
      continue;
    }
    R* const layer = block.shared().data() + dense.shared_offset;
    body(name + ".weight", {dense.outputs, dense.inputs}, weight_at(dense, layer), 0);
    if (dense.placement == Placement::gains) {
      for (Index k = 0; k < block.rows(); ++k) {
        R* const row = block.row(k).data() + dense.row_offset;
        body(name + ".gain", {block.rows(), dense.outputs}, gain_at(dense, row), k);
        body(name + ".bias", {block.rows(), dense.outputs}, gain_at(dense, row + dense.outputs), k);
      }
      continue;
    }
    body(name + ".bias", {dense.outputs}, bias_at(dense, layer), 0);
    if (dense.placement == Placement::low_rank) {
      auto const parts = low_rank_parts<R>(dense, block.data(), block.stride(), block.shared().data());
      body(name + ".right", {dense.inputs + 1, dense.rank}, View(parts.right, dense.inputs + 1, dense.rank), 0);
      body(name + ".left", {dense.outputs, dense.rank}, View(parts.left, dense.rank, dense.outputs).transpose(), 0);
      for (Index k = 0; k < block.rows(); ++k) {
        body(name + ".scales", {block.rows(), dense.rank}, View(parts.scales + k * parts.stride, 1, dense.rank), k);
      }
    }
  }
}

/// Stores the state of a model's basis beyond its type as a tensor; most bases have none.
template <class Model>
void store_state(TensorFile& file, Model const& model) {
  if constexpr (requires { state_of(model.basis()); }) {
    if (auto const state = state_of(model.basis()); !state.empty()) {
      file.tensors["basis.state"] = {{std::ssize(state)}, state};
    }
  }
}

/// The state of the basis that the model was trained in, from a file. Throws FileError for an invalid one.
inline std::vector<double> stored_state(std::string const& where, TensorFile const& file) {
  auto const found = file.tensors.find("basis.state");
  if (found == file.tensors.end()) {
    return {};
  }
  Index const count = found->second.shape.size() == 1 ? found->second.shape[0] : 0;
  return tensor_of<double>(where, file, "basis.state", {count});
}

/// Throws FileError unless this basis has the state in the file, number by number.
template <class B>
void require_state(std::string const& where, TensorFile const& file, B const& basis) {
  auto const expected = state_of(basis);
  auto const stored = stored_state(where, file);
  auto const text = [](std::vector<double> const& state) {
    std::string all;
    for (double const number : state) {
      all += all.empty() ? "" : ", ";
      all += exact_text(number);
    }
    return state.empty() ? std::string("that of the default constructor") : '[' + all + ']';
  };
  if (stored != expected) [[unlikely]] {
    fail<FileError>(where, ": expected the state of the basis (its knots) to be ", text(expected), ", got ",
                    text(stored), "; load it into the basis of its training");
  }
}

/// Throws FileError for a manifold with a learned warp, which older files may hold.
inline void require_no_warp(std::string const& where, TensorFile const& file) {
  if (auto const warp = file.metadata.find("warp"); warp != file.metadata.end()) [[unlikely]] {
    fail<FileError>(where, ": expected a model without a warp, got one of degree ", warp->second,
                    "; use the version that wrote it");
  }
}

/// Converts numbers of another type to R. Throws FileError for numbers out of its range.
template <Real R>
void convert_to(std::string const& what, StoredTensor& tensor) {
  auto converted = std::visit(
      [&]<class Number>(std::vector<Number> const& numbers) -> std::optional<std::vector<R>> {
        if constexpr (StoredNumber<Number> && !std::same_as<Number, R>) {
          std::vector<R> all;
          all.reserve(numbers.size());
          for (Number const stored : numbers) {
            auto const x = number_as<double>(stored);
            if (std::abs(x) > static_cast<double>(std::numeric_limits<R>::max())) [[unlikely]] {
              fail<FileError>(what, ": expected numbers in the range of ", number_name<R>, ", got ", x,
                              "; load it as double");
            }
            all.push_back(static_cast<R>(x));
          }
          return all;
        }
        return std::nullopt;
      },
      tensor.numbers);
  if (converted) {
    tensor.numbers = std::move(*converted);
  }
}

/// Returns whether a tensor holds parameters.
inline bool is_of_layers(std::string const& name) { return name.starts_with("layer."); }

/// Converts the parameters that a file has in 16 bits to R, which is exact.
template <Real R>
void widen_halves(std::string const& where, TensorFile& file) {
  for (auto& [name, tensor] : file.tensors) {
    if (is_of_layers(name) && bytes_of_type(type_name(tensor)) == 2) {
      convert_to<R>(where + ": tensor '" + name + "'", tensor);
    }
  }
}

/// Rounds the parameters in a file to 16 bits.
template <HalfNumber N>
void round_to_halves(TensorFile& file) {
  for (auto& [name, tensor] : file.tensors) {
    if (is_of_layers(name)) {
      tensor.numbers = std::visit(
          []<class Number>(std::vector<Number> const& numbers) {
            std::vector<N> halves;
            if constexpr (Real<Number>) {
              halves.resize(numbers.size());
              std::transform(numbers.begin(), numbers.end(), halves.begin(), [](Number x) { return N(x); });
            }
            return halves;
          },
          tensor.numbers);
    }
  }
}

/// Throws FileError unless all parameters in a file are of type N.
template <HalfNumber N>
void require_halves(std::string const& where, TensorFile const& file) {
  for (auto const& [name, tensor] : file.tensors) {
    if (is_of_layers(name) && !std::holds_alternative<std::vector<N>>(tensor.numbers)) [[unlikely]] {
      fail<FileError>(where, ": expected the stored parameters '", name, "' to be ", number_name<N>, ", got ",
                      type_name(tensor), "; load the model in full precision, then round it by stored_as");
    }
  }
}

/// The numbers of a matrix or vector in row-major order.
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

/// Loads a stack's parameters from a file. Throws FileError for a missing tensor or one of another shape or type.
template <Real R, class Stack>
void load_layers(std::string const& where, TensorFile const& file, Stack const& stack, Parameters<R>& block) {
  for_each_tensor(stack, block, [&](std::string const& name, std::vector<Index> const& shape, auto view, Index k) {
    auto const& numbers = tensor_of<R>(where, file, name, shape);
    for (Index i = 0, n = k * view.size(); i < view.rows(); ++i) {
      for (Index j = 0; j < view.cols(); ++j, ++n) {
        view(i, j) = numbers[static_cast<std::size_t>(n)];
      }
    }
  });
}

/// The file of a model.
template <class Model>
TensorFile file_from(std::string const& where, Model const& model, ModelNotes const& notes) {
  using R = typename Model::Scalar;
  using Space = typename Model::Topology;
  require_parameters(model.parameters());
  require_notes(where, notes, static_cast<std::size_t>(model.inputs()), Space::coordinates);
  TensorFile file;
  store_notes(file, notes);
  file.metadata["format"] = model_format;
  file.metadata["version"] = std::string(version);
  for (auto const& [key, value] : description_of<Model>()) {
    file.metadata[key] = value;
  }
  file.metadata["layers"] = layers_text(model.stack());
  for_each_tensor(model.stack(), model.parameters(),
                  [&](std::string const& name, std::vector<Index> const& shape, auto const& view, Index) {
                    auto& tensor = file.tensors.try_emplace(name, StoredTensor{shape, std::vector<R>{}}).first->second;
                    auto const numbers = row_major<R>(view);
                    auto& all = std::get<std::vector<R>>(tensor.numbers);
                    all.insert(all.end(), numbers.begin(), numbers.end());
                  });
  store_state(file, model);

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

/// The file of a model in 16 bits: that of the model of its numbers, with its parameters in 16 bits.
template <class Model, HalfNumber N>
TensorFile file_from(std::string const& where, Stored<Model, N> const& stored, ModelNotes const& notes) {
  TensorFile file = file_from(where, stored.model(), notes);
  round_to_halves<N>(file);
  return file;
}

/// The largest difference between numbers; NaN if one is not finite.
template <class A, class B>
double largest_difference(A const& a, B const& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    double const off = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    largest = is_nan(largest) || off <= largest ? largest : off;
  }
  return largest;
}

/// Throws FileError unless a model reproduces the outputs in the file, up to rounding. Another processor computed
/// those, in another order of sums, perhaps in the other real type. The size of the rounding depends on the network:
/// deep or steep ones amplify it. An error above the usual one is compared with the change of the outputs when all
/// parameters change by the error that the sums of a layer may have.
///
/// load() restores the file's numbers in the model's parameters; predict(inputs, contexts) takes two matrices.
template <Real R, class Model, class Load, class Predict>
void replay(std::string const& where, TensorFile const& file, Model& model, Index coordinates, Load const& load,
            Predict const& predict) {
  Index const inputs = model.inputs();
  auto const& x = tensor_of<R>(where, file, "test.inputs", {test_samples, inputs});
  auto const& s = tensor_of<double>(where, file, "test.contexts", {test_samples, coordinates});
  auto const& expected = tensor_of<R>(where, file, "test.outputs", {test_samples, model.outputs()});
  auto const outputs = [&] {
    Matrix<R> const y = predict(Matrix<R>(Eigen::Map<Matrix<R> const>(x.data(), test_samples, inputs)),
                                Matrix<double>(Eigen::Map<Matrix<double> const>(s.data(), test_samples, coordinates)));
    return std::vector<R>(y.data(), y.data() + y.size());
  };
  auto const got = rephrased(outputs, [&](char const* reason) {
    fail<FileError>(where, ": expected test contexts on the topology, got others (", reason, ")");
  });
  bool const in_double = std::same_as<R, double> && metadata_of(where, file, "real") == number_name<double>;
  double const error = largest_difference(got, expected);
  double const usual =
      (in_double ? 1e-12 : 1e-5) * std::max(1.0, largest_difference(expected, std::vector<R>(expected.size())));
  if (!is_nan(error) && error <= usual) {
    return;
  }
  constexpr std::uint64_t draws = 8;
  constexpr double margin = 8;  // times the largest move of these draws, each of which is far beyond rounding
  double const rounding = 0.5 * (in_double ? std::numeric_limits<double>::epsilon()
                                           : static_cast<double>(std::numeric_limits<float>::epsilon()));
  double const change = static_cast<double>(widest_of(model.stack()) + model.basis_size() + 8) * rounding;
  double moved = 0;
  for (std::uint64_t draw = 0; draw < draws; ++draw) {
    Random random{Seed{draw}};
    for (R& number : model.parameters().numbers()) {
      number *= static_cast<R>(random.uniform() < 0.5 ? 1 - change : 1 + change);
    }
    double const by = largest_difference(outputs(), got);
    if (is_finite(by)) {
      moved = std::max(moved, by);
    }
    load();
  }
  if (!(error <= margin * moved)) [[unlikely]] {
    fail<FileError>(where, ": expected the test outputs of the file to ", std::max(usual, margin * moved),
                    ", got an error of ", error, "; the file is damaged or was edited: save it again");
  }
}

template <class Model, class Load>
void replay(std::string const& where, TensorFile const& file, Model& model, Load const& load) {
  using R = typename Model::Scalar;
  using Space = typename Model::Topology;
  replay<R>(where, file, model, Space::coordinates, load, [&](Matrix<R> const& inputs, Matrix<double> const& contexts) {
    std::vector<Point<Space>> points;
    for (Index b = 0; b < contexts.rows(); ++b) {
      points.emplace_back(std::span(contexts.row(b).data(), static_cast<std::size_t>(Space::coordinates)));
    }
    return model.predict(inputs, Contexts<Space>(points));
  });
}

/// The model in a file; errors begin with `where`.
template <class Model>
requires(!IsStored<Model>::value) Model
    model_from(std::string const& where, TensorFile file, typename Model::Basis basis, LoadOptions options = {}) {
  using R = typename Model::Scalar;
  require_metadata(where, file, "format", model_format);
  require_checksum(where, file);
  widen_halves<R>(where, file);
  for (auto const& [key, expected] : description_of<Model>()) {
    require_metadata(where, file, key, expected);
  }
  require_state(where, file, basis);
  auto const stack = [&] {
    if constexpr (Model::Stack::is_static) {
      return typename Model::Stack{};
    } else {
      auto const& text = metadata_of(where, file, "layers");
      auto layers = layers_from(where, text);
      require_layers<R>(where, file, layers, Model::basis_size());
      return StackFrom<typename Model::Stack>::make(where, text, std::move(layers));
    }
  }();
  require_metadata(where, file, "layers", layers_text(stack));
  require_no_warp(where, file);
  Model model(zeros, std::move(basis), stack);
  auto const load = [&] { load_layers(where, file, stack, model.parameters()); };
  load();
  if (options.replay) {
    replay(where, file, model, load);
  }
  return model;
}

/// The model in a file of parameters in 16 bits. It is loaded in full precision, and tested, before it is rounded;
/// rounding changes no number.
template <class Model>
requires(IsStored<Model>::value) Model
    model_from(std::string const& where, TensorFile file, typename Model::Basis basis, LoadOptions options = {}) {
  require_metadata(where, file, "format", model_format);
  require_halves<typename Model::Number>(where, file);
  return Model(model_from<typename Model::Source>(where, std::move(file), std::move(basis), options));
}

/// The model in a file, of any type, with its numbers in R.
template <Real R>
AnyManifold<R> any_model_from(std::string const& where, TensorFile file, LoadOptions options = {}) {
  require_metadata(where, file, "format", model_format);
  require_checksum(where, file);
  require_no_warp(where, file);
  auto const& real = metadata_of(where, file, "real");
  if (real != "F32" && real != "F64") [[unlikely]] {
    fail<FileError>(where, ": expected real 'F32' or 'F64', got '", real, "'");
  }
  for (auto& [name, tensor] : file.tensors) {
    if (name != "test.contexts" && name != "basis.state") {
      convert_to<R>(where + ": tensor '" + name + "'", tensor);
    }
  }
  auto const basis = rephrased(
      [&] {
        return AnyBasis(metadata_of(where, file, "topology"), metadata_of(where, file, "basis"),
                        stored_state(where, file));
      },
      [&](char const* reason) { fail<FileError>(where, ": ", reason); });
  auto layers = layers_from(where, metadata_of(where, file, "layers"));
  require_layers<R>(where, file, layers, basis.size());
  AnyManifold<R> model(basis, Stack<LayerList>(std::move(layers)));
  auto const load = [&] { load_layers(where, file, model.stack(), model.parameters()); };
  load();
  if (options.replay) {
    replay<R>(where, file, model, basis.coordinates(), load,
              [&](Matrix<R> const& inputs, Matrix<double> const& contexts) { return model.predict(inputs, contexts); });
  }
  return model;
}

}  // namespace detail

/// Saves a manifold as one safetensors file: `layer.n.weight` (K x out x in), `layer.n.bias` (K x out), metadata that
/// describe them, a test vector, and a checksum of all of it. For a shared layer the shapes are out x in and out. A
/// layer of gains has a weight W_0 (out x in), `layer.n.gain` (A, K x out) and `layer.n.bias` (B, K x out). A low-rank
/// layer W_0 + U diag(A phi(s)) V^T stores its W_0 under these names, with `layer.n.right` (V, in + 1 x rank,
/// its last row the bias's), `layer.n.left` (U, out x rank) and `layer.n.scales` (A^T, K x rank). Knots that are not
/// uniform, or another `state()` of the basis, are `basis.state`, in double. The parameters of a Stored model are
/// written in its type, BF16 or F16; all else is that of its float model. An old file is replaced only by a complete
/// new one, as replace_file does. Throws FileError, also for notes that violate ModelNotes; then an old file stays.
template <class Model>
void save_model(std::filesystem::path const& path, Model const& model, ModelNotes const& notes = {}) {
  detail::write_with_checksum(path, detail::file_from("cannot write " + path.string(), model, notes));
}

/// Loads a manifold of this type. The file determines the layers of a LayerList, and sizes that are not in the type, as
/// of Dense<>. Parameters in BF16 and F16 are converted, which is exact; a Stored model needs a file of its own type.
/// Throws FileError, with the expected and the actual value, for a file that is incomplete, has a wrong checksum, holds
/// no model of this type, or fails its own test vector. Use read_notes for the user's notes.
template <class Model>
[[nodiscard]] Model load_model(std::filesystem::path const& path, typename Model::Basis basis = {},
                               LoadOptions options = {}) {
  std::string const where = path.string();
  return detail::within_memory(
      where, [&] { return detail::model_from<Model>(where, read_safetensors(path), std::move(basis), options); });
}
/// Loads a manifold with a default-constructed basis, with the same errors.
template <class Model>
[[nodiscard]] Model load_model(std::filesystem::path const& path, LoadOptions options) {
  return load_model<Model>(path, typename Model::Basis{}, options);
}

/// Loads a manifold of unknown type, with its numbers converted to R if necessary. Its basis must be one that AnyBasis
/// knows. Throws FileError as load_model does.
template <Real R = float>
[[nodiscard]] AnyManifold<R> load_any_model(std::filesystem::path const& path, LoadOptions options = {}) {
  std::string const where = path.string();
  return detail::within_memory(where,
                               [&] { return detail::any_model_from<R>(where, read_safetensors(path), options); });
}

}  // namespace wmanifold
