#pragma once

#include <wmanifold/core/attempt.hpp>
#include <wmanifold/core/text.hpp>
#include <wmanifold/data/standardisation.hpp>
#include <wmanifold/io/checksum.hpp>
#include <wmanifold/topology/range.hpp>

namespace wmanifold {

/// The scaling of an input for training: the network receives (x - mean) / scale.
struct InputScaling {
  double mean = 0;   ///< subtracted
  double scale = 1;  ///< positive

  /// The scaled input.
  [[nodiscard]] double operator()(double x) const noexcept { return (x - mean) / scale; }
  friend bool operator==(InputScaling const&, InputScaling const&) = default;
};

/// The scaling of a Standardisation of the inputs, for the notes of a model.
template <Real R>
[[nodiscard]] std::vector<InputScaling> input_scaling_of(Standardisation<R> const& inputs) {
  std::vector<InputScaling> scaling;
  for (Index i = 0; i < inputs.columns(); ++i) {
    auto const at = static_cast<std::size_t>(i);
    scaling.push_back({inputs.mean()[at], inputs.scale()[at]});
  }
  return scaling;
}
/// The Standardisation of a scaling from a model's notes.
template <Real R>
[[nodiscard]] Standardisation<R> standardisation_of(std::vector<InputScaling> const& scaling) {
  std::vector<double> mean;
  std::vector<double> scale;
  for (auto const& input : scaling) {
    mean.push_back(input.mean);
    scale.push_back(input.scale);
  }
  return {std::move(mean), std::move(scale)};
}

/// The user's range of a coordinate of the context. Its ends stand for 0 and 1 on an interval, for 0 and a whole turn
/// on a circle.
struct KnobRange {
  Range range;            ///< ends, and a linear or logarithmic scale
  std::string name = {};  ///< "cutoff", for example; without tabs and line breaks
  std::string unit = {};  ///< "Hz", for example; without tabs and line breaks

  friend bool operator==(KnobRange const&, KnobRange const&) = default;
};

/// The notes that a user adds to a file.
struct ModelNotes {
  /// Texts in UTF-8 by name. Reserved names are format, version, topology, basis, layers, real, warp, test, layer,
  /// checksum, input_scaling, knob_ranges, rule, geometry, moments, random, numbers and wmanifold, and names that begin
  /// with one of these and a '.'.
  std::map<std::string, std::string> metadata = {};
  std::vector<InputScaling> input_scaling = {};  ///< one per input, or empty
  std::vector<KnobRange> knob_ranges = {};       ///< one per coordinate of the context, or empty

  friend bool operator==(ModelNotes const&, ModelNotes const&) = default;
};

namespace detail {

inline constexpr std::array<std::string_view, 18> reserved_names{
    "format",   "version",       "topology",    "basis", "layers",   "real",    "warp",   "test",    "layer",
    "checksum", "input_scaling", "knob_ranges", "rule",  "geometry", "moments", "random", "numbers", "wmanifold"};

inline bool is_reserved(std::string_view key) {
  return std::find(reserved_names.begin(), reserved_names.end(), key.substr(0, key.find('.'))) != reserved_names.end();
}

/// Throws FileError for malformed notes, and for lists that are neither empty nor one per input or coordinate.
inline void require_notes(std::string const& where, ModelNotes const& notes, std::size_t inputs,
                          std::size_t coordinates) {
  for (auto const& [key, value] : notes.metadata) {
    if (is_reserved(key)) [[unlikely]] {
      std::string names;
      for (auto const name : reserved_names) {
        names.append(names.empty() ? "" : ", ").append(name);
      }
      fail<FileError>(where, ": metadata '", key, "': expected a name that the library does not use, got one of ",
                      names, ", or one of these before a '.'; rename it");
    }
  }
  auto const require_each = [&](char const* key, char const* each, std::size_t expected, std::size_t got) {
    if (got != 0 && got != expected) [[unlikely]] {
      fail<FileError>(where, ": ", key, ": expected one for each of ", expected, ' ', each, ", got ", got);
    }
  };
  require_each("input_scaling", "inputs", inputs, notes.input_scaling.size());
  require_each("knob_ranges", "coordinates of the context", coordinates, notes.knob_ranges.size());
  for (auto const& scaling : notes.input_scaling) {
    if (!(is_finite(scaling.mean) && is_finite(scaling.scale) && scaling.scale > 0)) [[unlikely]] {
      fail<FileError>(where, ": input_scaling: expected a finite mean and a positive scale, got ", scaling.mean,
                      " and ", scaling.scale);
    }
  }
  for (auto const& knob : notes.knob_ranges) {
    if ((knob.name + knob.unit).find_first_of("\t\n\r") != std::string::npos) [[unlikely]] {
      fail<FileError>(where, ": knob_ranges: expected a name and a unit without tabs and line breaks, got '", knob.name,
                      "' and '", knob.unit, "'");
    }
  }
}

/// "0.286 0.353, 0 1": mean and scale of each input.
inline std::string text_of(std::vector<InputScaling> const& inputs) {
  std::string text;
  for (auto const& [mean, scale] : inputs) {
    text += text.empty() ? "" : ", ";
    text += exact_text(mean) + ' ' + exact_text(scale);
  }
  return text;
}

/// A line for each coordinate: "20 20000 logarithmic", a tab, the name, a tab, the unit.
inline std::string text_of(std::vector<KnobRange> const& knobs) {
  std::string text;
  for (auto const& [range, name, unit] : knobs) {
    text += text.empty() ? "" : "\n";  // apart from the sum: at -O3 GCC 12 warns of it (-Wrestrict)
    text += exact_text(range.low()) + ' ' + exact_text(range.high()) +
            (range.is_logarithmic() ? " logarithmic" : " linear") + '\t' + name + '\t' + unit;
  }
  return text;
}

/// The first two numbers of a text's words. Throws FileError for fewer, or words that are no numbers.
inline std::pair<double, double> two_numbers(std::string const& where, std::vector<std::string> const& words) {
  auto const first = words.size() >= 2 ? number_from(words[0]) : std::nullopt;
  auto const second = words.size() >= 2 ? number_from(words[1]) : std::nullopt;
  if (!first || !second) [[unlikely]] {
    fail<FileError>(where, ": expected two numbers, got '", words[0], "'", words.size() > 1 ? " and more" : "");
  }
  return {*first, *second};
}

inline std::vector<InputScaling> input_scaling_from(std::string const& where, std::string const& text) {
  std::vector<InputScaling> inputs;
  for (std::string_view part : split(text, ',')) {
    part.remove_prefix(!inputs.empty() && part.starts_with(' ') ? 1 : 0);
    auto const words = split(part, ' ');
    auto const [mean, scale] = two_numbers(where, words);
    if (words.size() != 2) [[unlikely]] {
      fail<FileError>(where, ": expected a mean and a scale, got '", part, "'");
    }
    inputs.push_back({mean, scale});
  }
  return inputs;
}

inline std::vector<KnobRange> knob_ranges_from(std::string const& where, std::string const& text) {
  std::vector<KnobRange> knobs;
  for (auto const& line : split(text, '\n')) {
    auto const parts = split(line, '\t');
    auto const words = split(parts[0], ' ');
    auto const ends = two_numbers(where, words);
    bool const is_linear = words.back() == "linear";
    if (parts.size() != 3 || words.size() != 3 || !(is_linear || words[2] == "logarithmic")) [[unlikely]] {
      fail<FileError>(where, ": expected two ends, 'linear' or 'logarithmic', a tab, a name, a tab, a unit, got '",
                      line, "'");
    }
    auto const range = rephrased([&] { return std::apply(is_linear ? Range::linear : Range::logarithmic, ends); },
                                 [&](char const* reason) { fail<FileError>(where, ": ", reason); });
    knobs.push_back({range, parts[1], parts[2]});
  }
  return knobs;
}

/// Stores well-formed notes in a file.
inline void store_notes(TensorFile& file, ModelNotes const& notes) {
  file.metadata = notes.metadata;
  if (!notes.input_scaling.empty()) {
    file.metadata["input_scaling"] = text_of(notes.input_scaling);
  }
  if (!notes.knob_ranges.empty()) {
    file.metadata["knob_ranges"] = text_of(notes.knob_ranges);
  }
}

/// The user's notes in a file. Throws FileError for malformed ones.
inline ModelNotes notes_from(std::string const& where, TensorFile const& file) {
  ModelNotes notes;
  for (auto const& [key, value] : file.metadata) {
    if (key == "input_scaling") {
      notes.input_scaling = input_scaling_from(where + ": input_scaling", value);
    } else if (key == "knob_ranges") {
      notes.knob_ranges = knob_ranges_from(where + ": knob_ranges", value);
    } else if (!is_reserved(key)) {
      notes.metadata.emplace(key, value);
    }
  }
  auto const columns = [&](char const* name, std::size_t otherwise) {
    auto const found = file.tensors.find(name);
    return found != file.tensors.end() && found->second.shape.size() == 2
               ? static_cast<std::size_t>(found->second.shape[1])
               : otherwise;
  };
  require_notes(where, notes, columns("test.inputs", notes.input_scaling.size()),
                columns("test.contexts", notes.knob_ranges.size()));
  return notes;
}

}  // namespace detail

/// Returns the user's notes in one of the library's files, byte for byte as saved. Throws FileError, also for a damaged
/// file.
[[nodiscard]] inline ModelNotes read_notes(std::filesystem::path const& path) {
  auto const file = read_safetensors(path);
  detail::require_checksum(path.string(), file);
  return detail::notes_from(path.string(), file);
}

}  // namespace wmanifold
