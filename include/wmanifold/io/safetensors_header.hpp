#pragma once

#include <wmanifold/version.hpp>

// Only this header includes nlohmann_json. Without that library the include in #else ends the compilation, so that one
// error follows at most. It is spelt differently, as GCC 12 silently skips a file that __has_include has not found.
#if __has_include(<nlohmann/json.hpp>)
#include <nlohmann/json.hpp>
#else
#error "wmanifold: model files need nlohmann_json, as their header is JSON; install it (Debian: nlohmann-json3-dev)"
#include <nlohmann/./json.hpp>
#endif

#include <wmanifold/core/attempt.hpp>
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

/// A text as JSON writes it. Throws FileError for text that is not UTF-8.
inline std::string quoted(std::string const& text) {
  return rephrased<nlohmann::json::exception>(
      [&] { return nlohmann::json(text).dump(); },
      [](char const* reason) {
        fail<FileError>("cannot write a safetensors header: expected text in UTF-8 (", reason, ")");
      });
}

/// A listener to a parser's events that makes a header of them. Throws FileError where they are no header. There is no
/// JSON value in between: the destructor of one with members allocates memory, and ends the process if there is none.
class HeaderListener {
 public:
  explicit HeaderListener(std::string const& where) : where_(where) {}

  [[nodiscard]] TensorHeader take() { return std::move(header_); }

  bool key(std::string const& name) {
    (depth_ == 1 ? name_ : field_) = depth_ <= 2 ? name : field_;
    return true;
  }
  bool start_object(std::size_t) {
    if (depth_ == 1) {
      tensor_ = {};
      has_type_ = has_shape_ = false;
      offsets_.clear();
    } else {
      see("object");
    }
    ++depth_;
    return true;
  }
  bool end_object() {
    --depth_;
    if (depth_ == 1 && !is_metadata()) {
      if (!has_type_ || !has_shape_ || offsets_.size() != 2) [[unlikely]] {
        refuse_tensor();
      }
      tensor_.begin = offsets_[0];
      tensor_.end = offsets_[1];
      header_.tensors.emplace(name_, std::move(tensor_));
    }
    return true;
  }
  bool start_array(std::size_t) {
    if (depth_ == 2 && !is_metadata()) {
      has_shape_ = has_shape_ || field_ == "shape";
    } else {
      see("array");
    }
    ++depth_;
    return true;
  }
  bool end_array() {
    --depth_;
    return true;
  }
  bool null() { return see("null"); }
  bool boolean(bool) { return see("boolean"); }
  bool number_integer(nlohmann::json::number_integer_t) { return see("number"); }
  bool number_float(nlohmann::json::number_float_t, std::string const&) { return see("number"); }
  bool number_unsigned(nlohmann::json::number_unsigned_t number) {
    if (depth_ != 3 || is_metadata()) {
      return see("number");
    }
    if (field_ == "shape") {
      if (number > most_numbers) [[unlikely]] {
        fail<FileError>(at(), ": expected a shape of at most 2^40 numbers, got ", number);
      }
      tensor_.shape.push_back(static_cast<Index>(number));
    } else if (field_ == "data_offsets") {
      offsets_.push_back(number);
    }
    return true;
  }
  bool string(std::string const& text) {
    if (depth_ == 2 && is_metadata()) {
      header_.metadata[field_] = text;
    } else if (depth_ == 2 && field_ == "dtype") {
      tensor_.type = text;
      has_type_ = true;
    } else {
      see("string");
    }
    return true;
  }
  bool binary(nlohmann::json::binary_t&) { return true; }
  bool parse_error(std::size_t, std::string const&, nlohmann::json::exception const&) { return false; }

 private:
  [[nodiscard]] bool is_metadata() const { return name_ == metadata_name; }
  [[nodiscard]] std::string at() const { return where_ + ": tensor '" + name_ + "'"; }

  [[noreturn]] void refuse_tensor() const {
    fail<FileError>(at(), ": expected dtype, shape and two data_offsets, got something else");
  }

  /// Throws FileError for a value that is none of those above. Other members of a tensor are ignored.
  bool see(char const* type) const {
    if (depth_ == 1 && is_metadata()) [[unlikely]] {
      fail<FileError>(where_, ": expected metadata as an object of texts, got ", type);
    }
    if (depth_ == 2 && is_metadata()) [[unlikely]] {
      fail<FileError>(where_, ": expected metadata '", field_, "' to be a text, got ", type);
    }
    if (depth_ == 3 && field_ == "shape") [[unlikely]] {
      fail<FileError>(at(), ": expected whole numbers as shape, got ", type);
    }
    bool const is_field = field_ == "dtype" || field_ == "shape" || field_ == "data_offsets";
    if (depth_ == 1 || (depth_ == 2 && is_field) || (depth_ == 3 && field_ == "data_offsets")) [[unlikely]] {
      refuse_tensor();
    }
    return true;
  }

  std::string const& where_;
  TensorHeader header_;
  int depth_ = 0;      // of open objects and arrays
  std::string name_;   // the last key in the header
  std::string field_;  // the last key in that member
  TensorEntry tensor_;
  bool has_type_ = false;
  bool has_shape_ = false;
  std::vector<std::uint64_t> offsets_;
};

/// The text of a JSON object. Throws FileError for anything before it, or anything but spaces behind it.
inline std::string_view object_text(std::string const& where, std::string_view text) {
  text = text.substr(0, text.find_last_not_of(' ') + 1);  // npos + 1 is 0
  if (!text.starts_with('{') || !text.ends_with('}') || text.find('\0') != std::string_view::npos) [[unlikely]] {
    fail<FileError>(where, ": expected a JSON object as header, with only spaces behind it, got something else");
  }
  if (has_fraction(text)) [[unlikely]] {
    fail<FileError>(where, ": expected whole numbers in the header, got a fraction");
  }
  RepeatedKey look;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &look)) [[unlikely]] {
    fail<FileError>(where, ": expected a JSON object as header, got something else");
  }
  if (look.repeated) [[unlikely]] {
    fail<FileError>(where, ": expected each key once in the header, got '", *look.repeated, "' again");
  }
  return text;
}

}  // namespace detail

/// The header as JSON, padded with spaces to a multiple of 8 bytes. Throws FileError for text that is not UTF-8, a
/// tensor with the name of the metadata, and a header larger than the reader's limit.
[[nodiscard]] inline std::string header_text(TensorHeader const& header) {
  // In the order of the names, the metadata among the tensors.
  std::map<std::string, std::string> members;
  if (!header.metadata.empty()) {
    std::string& text = members[detail::metadata_name];
    for (auto const& [key, value] : header.metadata) {
      text += (text.empty() ? "{" : ",") + detail::quoted(key) + ':' + detail::quoted(value);
    }
    text += '}';
  }
  for (auto const& [name, entry] : header.tensors) {
    if (name == detail::metadata_name) [[unlikely]] {
      fail<FileError>(
          "cannot write a safetensors header: expected another tensor name than that of the metadata, got '", name,
          "'; rename it");
    }
    std::string& text = members[name];
    text = "{\"data_offsets\":[" + std::to_string(entry.begin) + ',' + std::to_string(entry.end) +
           "],\"dtype\":" + detail::quoted(entry.type) + ",\"shape\":[";
    for (std::size_t i = 0; i < entry.shape.size(); ++i) {
      text += i == 0 ? "" : ",";
      text += std::to_string(entry.shape[i]);
    }
    text += "]}";
  }
  std::string text = "{";
  for (auto const& [name, member] : members) {
    text += text.size() == 1 ? "" : ",";
    text += detail::quoted(name) + ':' + member;
  }
  text += '}';
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
  auto const json = detail::object_text(where, {text.data(), text.size()});
  detail::HeaderListener listener(where);
  nlohmann::json::sax_parse(json.begin(), json.end(), &listener);
  return listener.take();
}

}  // namespace wmanifold
