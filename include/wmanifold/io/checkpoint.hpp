#pragma once

#include <wmanifold/core/attempt.hpp>
#include <wmanifold/core/not_included.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/io/model_file.hpp>

namespace wmanifold {

/// The state of a training beyond its model and its flow: the caller's generators and numbers, by name.
struct Progress {
  std::map<std::string, Random> random;   ///< generators of batches and contexts
  std::map<std::string, double> numbers;  ///< epoch, position, best loss, ...; finite

  friend bool operator==(Progress const&, Progress const&) = default;
};

namespace detail {

template <class>
struct CheckpointIncluded {};

inline constexpr char const* checkpoint_format = "wmanifold checkpoint 1";

template <class Value>
std::string names_of(std::map<std::string, Value> const& values) {
  std::string names;
  for (auto const& [name, value] : values) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

/// The properties that must agree between a checkpoint and its target, as text. Tensors carry the sizes.
template <class Model, class Flow>
std::vector<std::pair<std::string, std::string>> checkpoint_description(Model const& model, Flow const& flow,
                                                                        Progress const& progress) {
  auto description = description_of<Model>();
  if constexpr (requires { layers_text(model.stack()); }) {
    description.emplace_back("layers", layers_text(model.stack()));
  }
  if constexpr (requires { flow.rule(); }) {
    description.emplace_back("rule", flow.rule().name());
    description.emplace_back("geometry", flow.options().geometry == Geometry::movement ? "movement" : "euclidean");
  }
  description.emplace_back("moments", std::to_string(flow.state().moments.size()));
  description.emplace_back("random", names_of(progress.random));
  description.emplace_back("numbers", names_of(progress.numbers));
  return description;
}

template <class Model>
inline constexpr bool can_freeze = requires(Model& model, Index l) {
  model.stack().depth();
  model.is_frozen(l);
  model.freeze(l);
  model.unfreeze(l);
};

template <Real R>
void store_block(TensorFile& file, std::string const& name, Parameters<R> const& block) {
  std::vector<R> rows;
  for (Index k = 0; k < block.rows(); ++k) {
    rows.insert(rows.end(), block.row(k).begin(), block.row(k).end());
  }
  std::vector<R> shared(block.shared().begin(), block.shared().end());
  file.tensors[name + ".shared"] = {{static_cast<Index>(shared.size())}, std::move(shared)};
  file.tensors[name + ".rows"] = {{block.rows(), block.columns()}, std::move(rows)};
}

template <Real R>
void load_block(std::string const& where, TensorFile const& file, std::string const& name, Parameters<R>& block) {
  auto const& rows = tensor_of<R>(where, file, name + ".rows", {block.rows(), block.columns()});
  auto const& shared = tensor_of<R>(where, file, name + ".shared", {static_cast<Index>(block.shared().size())});
  for (Index k = 0; k < block.rows(); ++k) {
    std::copy_n(rows.begin() + k * block.columns(), block.columns(), block.row(k).begin());
  }
  std::copy(shared.begin(), shared.end(), block.shared().begin());
}

/// Throws FileError for a non-empty "factor". Older files have one, of 0 x 0 unless the rule had a matrix of its own
/// (Shampoo).
inline void require_no_factor(std::string const& where, TensorFile const& file) {
  auto const found = file.tensors.find("factor");
  if (found != file.tensors.end() && found->second.shape != std::vector<Index>{0, 0}) [[unlikely]] {
    fail<FileError>(where,
                    ": expected a checkpoint of a rule of this version, got one with a 'factor' (Shampoo's); use the "
                    "version that wrote it");
  }
}

}  // namespace detail

/// Saves the whole state of a training as one safetensors file: the model's parameters and frozen layers, the flow's
/// `state()`, generators and numbers. A training that continues from it gives the same numbers, bit for bit, as one
/// that did not stop. An old file is replaced only by a complete new one. Throws FileError.
///
/// Works for every model with `parameters()`. Options of the flow are not in the file: the flow is constructed with
/// them. The caller restores a rate that was set later.
template <class Model, class Flow>
void save_checkpoint(std::filesystem::path const& path, Model const& model, Flow const& flow,
                     Progress const& progress = {}) {
  require_parameters(model.parameters());
  auto const& state = flow.state();
  TensorFile file;
  for (auto const& [key, value] : detail::checkpoint_description(model, flow, progress)) {
    file.metadata[key] = value;
  }
  file.metadata["format"] = detail::checkpoint_format;
  file.metadata["version"] = std::string(version);
  detail::store_block(file, "parameters", model.parameters());
  detail::store_state(file, model);
  if constexpr (detail::can_freeze<Model>) {
    std::vector<std::uint64_t> frozen;
    for (Index l = 0; l < model.stack().depth(); ++l) {
      frozen.push_back(model.is_frozen(l) ? 1 : 0);
    }
    file.tensors["frozen"] = {{model.stack().depth()}, std::move(frozen)};
  }
  file.tensors["steps"] = {{}, std::vector{static_cast<std::uint64_t>(state.steps)}};
  for (std::size_t i = 0; i < state.moments.size(); ++i) {
    detail::store_block(file, "moment." + std::to_string(i), state.moments[i]);
  }
  for (auto const& [name, random] : progress.random) {
    auto const& words = random.state();
    file.tensors["random." + name] = {{static_cast<Index>(words.size())},
                                      std::vector<std::uint64_t>(words.begin(), words.end())};
  }
  for (auto const& [name, number] : progress.numbers) {
    file.tensors["number." + name] = {{}, std::vector{number}};
  }
  detail::write_with_checksum(path, std::move(file));
}

/// Continues from a checkpoint. The model must have the saved topology, basis, layers and real type, the flow its rule
/// and geometry, and `progress` generators and numbers of the same names, whose values are replaced. Throws FileError,
/// with the expected and the actual value, if something differs or the file is incomplete. Then nothing has changed.
template <class Model, class Flow>
void load_checkpoint(std::filesystem::path const& path, Model& model, Flow& flow, Progress& progress) {
  require_parameters(model.parameters());
  std::string const where = path.string();
  TensorFile const file = read_safetensors(path);
  detail::require_metadata(where, file, "format", detail::checkpoint_format);
  static_cast<void>(detail::metadata_of(where, file, "checksum"));
  detail::require_checksum(where, file);
  detail::require_no_factor(where, file);
  for (auto const& [key, expected] : detail::checkpoint_description(model, flow, progress)) {
    detail::require_metadata(where, file, key, expected);
  }
  if constexpr (requires { state_of(model.basis()); }) {
    detail::require_state(where, file, model.basis());
  }
  auto parameters = model.parameters();
  detail::load_block(where, file, "parameters", parameters);
  std::vector<std::uint64_t> frozen;
  if constexpr (detail::can_freeze<Model>) {
    frozen = detail::tensor_of<std::uint64_t>(where, file, "frozen", {model.stack().depth()});
  }
  auto state = flow.state();
  auto const steps = detail::tensor_of<std::uint64_t>(where, file, "steps", {}).front();
  constexpr std::uint64_t most_steps = std::uint64_t{1} << 62U;  // leaves room for more steps
  if (steps > most_steps) [[unlikely]] {
    fail<FileError>(where, ": expected at most ", most_steps, " steps, got ", steps);
  }
  state.steps = static_cast<Index>(steps);
  for (std::size_t i = 0; i < state.moments.size(); ++i) {
    detail::load_block(where, file, "moment." + std::to_string(i), state.moments[i]);
  }
  Progress loaded;
  for (auto const& generator : progress.random) {
    auto const& name = generator.first;
    Random::State words = generator.second.state();
    auto const& stored = detail::tensor_of<std::uint64_t>(where, file, "random." + name, {std::ssize(words)});
    std::copy(stored.begin(), stored.end(), words.begin());
    detail::rephrased([&] { loaded.random.emplace(name, words); },
                      [&](char const* reason) { fail<FileError>(where, ": generator '", name, "': ", reason); });
  }
  for (auto const& [name, number] : progress.numbers) {
    loaded.numbers[name] = detail::tensor_of<double>(where, file, "number." + name, {}).front();
  }

  // restore throws, before any change, for the flow of another model. Nothing below throws.
  detail::rephrased([&] { flow.restore(std::move(state)); },
                    [&](char const* reason) { fail<FileError>(where, ": ", reason); });
  std::copy(parameters.numbers().begin(), parameters.numbers().end(), model.parameters().numbers().begin());
  if constexpr (detail::can_freeze<Model>) {
    for (Index l = 0; l < model.stack().depth(); ++l) {
      if (frozen[static_cast<std::size_t>(l)] != 0) {
        model.freeze(l);
      } else {
        model.unfreeze(l);
      }
    }
  }
  // Copied value by value: the caller may hold references to them.
  for (auto& [name, random] : progress.random) {
    random = loaded.random.at(name);
  }
  for (auto& [name, number] : progress.numbers) {
    number = loaded.numbers.at(name);
  }
}

/// Continues from a checkpoint without generators and numbers.
template <class Model, class Flow>
void load_checkpoint(std::filesystem::path const& path, Model& model, Flow& flow) {
  Progress none;
  load_checkpoint(path, model, flow, none);
}

}  // namespace wmanifold
