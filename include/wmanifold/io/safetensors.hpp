#pragma once

#include <wmanifold/core/error.hpp>
#include <wmanifold/core/real.hpp>

#include <nlohmann/json.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace wmanifold {

static_assert(std::endian::native == std::endian::little,
              "wmanifold: safetensors files are read and written as they "
              "lie in memory, which must be little-endian");

/// Numbers in row-major order and the shape they have.
struct StoredTensor {
  std::vector<Index> shape;
  std::variant<std::vector<float>, std::vector<double>, std::vector<std::uint64_t>> numbers;

  friend bool operator==(StoredTensor const&, StoredTensor const&) = default;
};

/// What a safetensors file holds: named tensors of the types F32, F64 and U64, and text. Reals are finite.
struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::map<std::string, StoredTensor> tensors;

  friend bool operator==(TensorFile const&, TensorFile const&) = default;
};

namespace detail {

/// Larger headers are not ours, and not read.
inline constexpr std::uint64_t largest_header = 16U << 20;

template <class Number>
inline constexpr char const* number_name = std::same_as<Number, float>    ? "F32"
                                           : std::same_as<Number, double> ? "F64"
                                                                          : "U64";

inline char const* type_name(StoredTensor const& tensor) {
  return std::visit([]<class Number>(std::vector<Number> const&) { return number_name<Number>; }, tensor.numbers);
}

inline std::size_t bytes_of(StoredTensor const& tensor) {
  return std::visit([](auto const& v) { return v.size() * sizeof(v[0]); }, tensor.numbers);
}

/// A tensor of this many numbers is none that memory could hold.
inline constexpr std::uint64_t most_numbers = std::uint64_t{1} << 40;

/// How many numbers a shape holds; FileError for more than most_numbers, also where another size is 0.
inline std::uint64_t count_of(std::string const& where, nlohmann::json const& shape) {
  std::uint64_t count = 1;
  for (auto const& size : shape) {
    if (!size.is_number_unsigned()) [[unlikely]] {
      fail<FileError>(where, ": expected a shape of whole numbers, got one of ", size.type_name());
    }
    auto const n = size.get<std::uint64_t>();
    if (n > most_numbers || (n != 0 && count > most_numbers / n)) [[unlikely]] {
      fail<FileError>(where, ": expected a shape of at most 2^40 numbers, got ", n, " after ", count);
    }
    count *= n;
  }
  return count;
}

template <class Number>
void require_finite(std::string const& where, std::vector<Number> const& numbers) {
  if constexpr (Real<Number>) {
    if (!all_finite(numbers.data(), static_cast<Index>(numbers.size()))) [[unlikely]] {
      fail<FileError>(where, ": expected finite numbers, got some that are not");
    }
  }
}

template <class Number>
std::vector<Number> numbers_from(std::string const& where, char const* bytes, std::uint64_t count) {
  std::vector<Number> numbers(count);
  if (count > 0) {
    std::memcpy(numbers.data(), bytes, count * sizeof(Number));
  }
  require_finite(where, numbers);
  return numbers;
}

}  // namespace detail

/// Writes next to `path` first and then renames: a crash leaves an old file whole. Throws FileError, also for numbers
/// that are not finite; then an old file stays.
inline void write_safetensors(std::filesystem::path const& path, TensorFile const& file) {
  nlohmann::json header = nlohmann::json::object();
  if (!file.metadata.empty()) {
    header["__metadata__"] = file.metadata;
  }
  std::size_t offset = 0;
  for (auto const& [name, tensor] : file.tensors) {
    std::string const what = "cannot write " + path.string() + ": tensor '" + name + "'";
    std::visit([&](auto const& v) { detail::require_finite(what, v); }, tensor.numbers);
    std::size_t const end = offset + detail::bytes_of(tensor);
    header[name] = {{"dtype", detail::type_name(tensor)}, {"shape", tensor.shape}, {"data_offsets", {offset, end}}};
    offset = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  std::uint64_t const length = text.size();

  auto const beside = std::filesystem::path(path) += ".part";
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<char const*>(&length), sizeof length);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    for (auto const& [name, tensor] : file.tensors) {
      std::visit(
          [&](auto const& v) {
            out.write(reinterpret_cast<char const*>(v.data()), static_cast<std::streamsize>(v.size() * sizeof(v[0])));
          },
          tensor.numbers);
    }
    out.flush();
    if (!out) [[unlikely]] {
      fail<FileError>("cannot write ", beside.string(), "; does its folder exist, and may you write there?");
    }
  }
  std::error_code error;
  std::filesystem::rename(beside, path, error);
  if (error) [[unlikely]] {
    fail<FileError>("cannot rename ", beside.string(), " to ", path.string(), ": ", error.message());
  }
}

/// What the bytes of a file hold, whoever wrote it: every size, type and offset is checked before it is used. `where`
/// is what errors begin with. Throws FileError.
inline TensorFile parse_safetensors(std::string const& where, std::span<char const> bytes) {
  std::uint64_t length = 0;
  if (bytes.size() >= sizeof length) {
    std::memcpy(&length, bytes.data(), sizeof length);
  }
  if (bytes.size() < sizeof length || length > bytes.size() - sizeof length || length > detail::largest_header)
      [[unlikely]] {
    fail<FileError>(where, ": expected a safetensors file, got ", bytes.size(), " bytes that name a header of ",
                    length);
  }
  auto const text = bytes.subspan(sizeof length, length);
  auto const data = bytes.subspan(sizeof length + length);
  auto const header = nlohmann::json::parse(text.begin(), text.end(), nullptr, false);
  if (!header.is_object()) [[unlikely]] {
    fail<FileError>(where, ": expected a header that is a JSON object, got something else");
  }

  TensorFile file;
  std::map<std::uint64_t, std::uint64_t> ranges;
  for (auto const& [name, entry] : header.items()) {
    if (name == "__metadata__") {
      if (!entry.is_object()) [[unlikely]] {
        fail<FileError>(where, ": expected metadata that is an object of texts, got ", entry.type_name());
      }
      for (auto const& [key, value] : entry.items()) {
        if (!value.is_string()) [[unlikely]] {
          fail<FileError>(where, ": expected metadata '", key, "' to be a text, got ", value.type_name());
        }
        file.metadata[key] = value.get<std::string>();
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
    auto const type = entry["dtype"].get<std::string>();
    if (type != "F32" && type != "F64" && type != "U64") [[unlikely]] {
      fail<FileError>(at, ": expected the type F32, F64 or U64, got ", type);
    }
    auto const count = detail::count_of(at, entry["shape"]);
    auto const begin = entry["data_offsets"][0].get<std::uint64_t>();
    auto const end = entry["data_offsets"][1].get<std::uint64_t>();
    std::uint64_t const size = count * (type == "F32" ? 4 : 8);
    if (begin > end || end > data.size() || end - begin != size) [[unlikely]] {
      fail<FileError>(at, ": expected ", size, " bytes within the ", data.size(), " there are, got [", begin, ", ", end,
                      ")");
    }
    if (size > 0 && !ranges.emplace(begin, end).second) [[unlikely]] {
      fail<FileError>(at, ": expected bytes of its own, got those of another tensor at ", begin);
    }
    StoredTensor tensor{entry["shape"].get<std::vector<Index>>(), {}};
    if (type == "F32") {
      tensor.numbers = detail::numbers_from<float>(at, data.data() + begin, count);
    } else if (type == "F64") {
      tensor.numbers = detail::numbers_from<double>(at, data.data() + begin, count);
    } else {
      tensor.numbers = detail::numbers_from<std::uint64_t>(at, data.data() + begin, count);
    }
    file.tensors.emplace(name, std::move(tensor));
  }
  std::uint64_t covered = 0;
  for (auto const& [begin, end] : ranges) {
    if (begin != covered) [[unlikely]] {
      fail<FileError>(where, ": expected tensors side by side, got one at ", begin, " where ", covered, " is next");
    }
    covered = end;
  }
  if (covered != data.size()) [[unlikely]] {
    fail<FileError>(where, ": expected tensors that cover ", data.size(), " bytes, got ", covered);
  }
  return file;
}

/// Reads a file whoever wrote it, as parse_safetensors. Throws FileError.
inline TensorFile read_safetensors(std::filesystem::path const& path) {
  std::string const where = path.string();
  std::error_code error;
  auto const size = std::filesystem::file_size(path, error);  // a folder has none
  std::ifstream in(path, std::ios::binary);
  if (error || !in) [[unlikely]] {
    fail<FileError>("cannot open ", where);
  }
  std::vector<char> bytes(size);
  if (!in.read(bytes.data(), static_cast<std::streamsize>(size))) [[unlikely]] {
    fail<FileError>(where, ": expected ", size, " bytes, got fewer");
  }
  return parse_safetensors(where, bytes);
}

}  // namespace wmanifold
