#pragma once

#include <wmanifold/core/attempt.hpp>
#include <wmanifold/version.hpp>

// Only this header includes nlohmann_json. Without that library the include in #else ends the compilation, so that one
// error follows at most. It is spelt differently, as GCC 12 silently skips a file that __has_include has not found.
#if __has_include(<nlohmann/json.hpp>)
#include <nlohmann/json.hpp>
#else
#error "wmanifold: model files need nlohmann_json, as their header is JSON; install it (Debian: nlohmann-json3-dev)"
#include <nlohmann/./json.hpp>
#endif

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/real.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wmanifold {

/// The entry of a tensor in a safetensors file's header: its type ("F32", ...), its shape, and its range of the bytes
/// behind the header.
struct TensorEntry {
  std::string type;          ///< as in the file
  std::vector<Index> shape;  ///< sizes, outermost first
  std::uint64_t begin = 0;   ///< first byte
  std::uint64_t end = 0;     ///< behind the last byte

  friend bool operator==(TensorEntry const&, TensorEntry const&) = default;
};

/// The header of a safetensors file, which is JSON. Only this header file reads and writes it.
struct TensorHeader {
  std::map<std::string, std::string> metadata;  ///< texts by key
  std::map<std::string, TensorEntry> tensors;   ///< entries by tensor name

  friend bool operator==(TensorHeader const&, TensorHeader const&) = default;
};

namespace detail {

/// Largest header in bytes. Larger ones are neither read nor written.
inline constexpr std::uint64_t largest_header = 16U << 20;

inline constexpr char const* metadata_name = "__metadata__";

/// Upper bound of the numbers in a tensor: more than any memory holds.
inline constexpr std::uint64_t most_numbers = std::uint64_t{1} << 40;

/// Numbers in a shape. Throws FileError for more than most_numbers, even if another size is 0.
inline std::uint64_t count_of(std::string const& where, std::span<Index const> shape) {
  std::uint64_t count = 1;
  for (Index const size : shape) {
    auto const n = static_cast<std::uint64_t>(size);
    if (n > most_numbers || (n != 0 && count > most_numbers / n)) [[unlikely]] {
      fail<FileError>(where, ": expected a shape of at most 2^40 numbers, got ", n, " after ", count);
    }
    count *= n;
  }
  return count;
}

/// Returns whether there is a '.' outside of strings, and so in a number. Sizes and offsets have none. JSON's parser
/// takes the decimal point from C's locale, so it must not see one.
inline bool has_fraction(std::string_view json) {
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '"') {
      in_string = !in_string;
    } else if (in_string && json[i] == '\\') {
      ++i;
    } else if (!in_string && json[i] == '.') {
      return true;
    }
  }
  return false;
}

/// A listener to a parser's events that keeps the first repeated key of an object. Its time grows linearly with the
/// text; that of a parser's callback grows with the square of the number of members.
struct RepeatedKey {
  std::vector<std::set<std::string>> open;  // keys of each open object
  std::optional<std::string> repeated;

  bool key(std::string& name) {
    if (!open.back().insert(name).second && !repeated) {
      repeated = name;
    }
    return true;
  }
  bool start_object(std::size_t) {
    open.emplace_back();
    return true;
  }
  bool end_object() {
    open.pop_back();
    return true;
  }
  bool start_array(std::size_t) { return true; }
  bool end_array() { return true; }
  bool null() { return true; }
  bool boolean(bool) { return true; }
  bool number_integer(nlohmann::json::number_integer_t) { return true; }
  bool number_unsigned(nlohmann::json::number_unsigned_t) { return true; }
  bool number_float(nlohmann::json::number_float_t, std::string const&) { return true; }
  bool string(std::string&) { return true; }
  bool binary(nlohmann::json::binary_t&) { return true; }
  bool parse_error(std::size_t, std::string const&, nlohmann::json::exception const&) { return false; }
};

/// The JSON object of a header. Throws FileError for anything before it, or anything but spaces behind it.
inline nlohmann::json parsed_object(std::string const& where, std::string_view text) {
  text = text.substr(0, text.find_last_not_of(' ') + 1);  // npos + 1 is 0
  if (!text.starts_with('{') || !text.ends_with('}') || text.find('\0') != std::string_view::npos) [[unlikely]] {
    fail<FileError>(where, ": expected a JSON object as header, with only spaces behind it, got something else");
  }
  if (has_fraction(text)) [[unlikely]] {
    fail<FileError>(where, ": expected whole numbers in the header, got a fraction");
  }
  RepeatedKey look;
  nlohmann::json::sax_parse(text.begin(), text.end(), &look);
  auto const json = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (!json.is_object()) [[unlikely]] {
    fail<FileError>(where, ": expected a JSON object as header, got something else");
  }
  if (look.repeated) [[unlikely]] {
    fail<FileError>(where, ": expected each key once in the header, got '", *look.repeated, "' again");
  }
  return json;
}

}  // namespace detail

/// The header as JSON, padded with spaces to a multiple of 8 bytes. Throws FileError for text that is not UTF-8, a
/// tensor with the name of the metadata, and a header larger than the reader's limit.
[[nodiscard]] inline std::string header_text(TensorHeader const& header) {
  auto json = nlohmann::json::object();
  if (!header.metadata.empty()) {
    json[detail::metadata_name] = header.metadata;
  }
  for (auto const& [name, entry] : header.tensors) {
    if (name == detail::metadata_name) [[unlikely]] {
      fail<FileError>(
          "cannot write a safetensors header: expected another tensor name than that of the metadata, got '", name,
          "'; rename it");
    }
    json[name] = {{"dtype", entry.type}, {"shape", entry.shape}, {"data_offsets", {entry.begin, entry.end}}};
  }
  auto text = detail::rephrased<nlohmann::json::exception>(
      [&] { return json.dump(); },
      [](char const* reason) {
        fail<FileError>("cannot write a safetensors header: expected text in UTF-8 (", reason, ")");
      });
  text.resize((text.size() + 7) / 8 * 8, ' ');
  if (text.size() > detail::largest_header) [[unlikely]] {
    fail<FileError>("cannot write a safetensors header: expected at most ", detail::largest_header, " bytes, got ",
                    text.size(), "; shorten the metadata");
  }
  return text;
}

/// Parses a header from any source. It must be one object with only spaces behind it, without repeated keys, and with
/// valid types, counts and sizes. The reader of the file checks the offsets. Errors begin with `where`. Throws
/// FileError.
[[nodiscard]] inline TensorHeader parse_header(std::string const& where, std::span<char const> text) {
  auto const json = detail::parsed_object(where, {text.data(), text.size()});
  TensorHeader header;
  for (auto const& [name, entry] : json.items()) {
    if (name == detail::metadata_name) {
      if (!entry.is_object()) [[unlikely]] {
        fail<FileError>(where, ": expected metadata as an object of texts, got ", entry.type_name());
      }
      for (auto const& [key, value] : entry.items()) {
        if (!value.is_string()) [[unlikely]] {
          fail<FileError>(where, ": expected metadata '", key, "' to be a text, got ", value.type_name());
        }
        header.metadata[key] = value.get<std::string>();
      }
      continue;
    }
    std::string const at = where + ": tensor '" + name + "'";
    bool const well_formed = entry.is_object() && entry.contains("dtype") && entry["dtype"].is_string() &&
                             entry.contains("shape") && entry["shape"].is_array() && entry.contains("data_offsets") &&
                             entry["data_offsets"].is_array() && entry["data_offsets"].size() == 2 &&
                             entry["data_offsets"][0].is_number_unsigned() &&
                             entry["data_offsets"][1].is_number_unsigned();
    if (!well_formed) [[unlikely]] {
      fail<FileError>(at, ": expected dtype, shape and two data_offsets, got something else");
    }
    TensorEntry tensor{entry["dtype"].get<std::string>(),
                       {},
                       entry["data_offsets"][0].get<std::uint64_t>(),
                       entry["data_offsets"][1].get<std::uint64_t>()};
    for (auto const& size : entry["shape"]) {
      if (!size.is_number_unsigned()) [[unlikely]] {
        fail<FileError>(at, ": expected whole numbers as shape, got ", size.type_name());
      }
      auto const n = size.get<std::uint64_t>();
      if (n > detail::most_numbers) [[unlikely]] {
        fail<FileError>(at, ": expected a shape of at most 2^40 numbers, got ", n);
      }
      tensor.shape.push_back(static_cast<Index>(n));
    }
    header.tensors.emplace(name, std::move(tensor));
  }
  return header;
}

}  // namespace wmanifold
