#pragma once

#include <wmanifold/io/replace_file.hpp>
#include <wmanifold/io/safetensors_header.hpp>

#include <bit>
#include <cstring>
#include <system_error>
#include <utility>
#include <variant>

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

template <class Number>
void require_finite(std::string const& where, std::vector<Number> const& numbers) {
  if constexpr (Real<Number>) {
    if (!all_finite(numbers.data(), static_cast<Index>(numbers.size()))) [[unlikely]] {
      fail<FileError>(where, ": expected finite numbers, got some that are not");
    }
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

/// Replaces the file as replace_file does. Throws FileError, also for numbers that are not finite; then an old file
/// stays.
inline void write_safetensors(std::filesystem::path const& path, TensorFile const& file) {
  TensorHeader header{file.metadata, {}};
  std::uint64_t offset = 0;
  for (auto const& [name, tensor] : file.tensors) {
    std::string const what = "cannot write " + path.string() + ": tensor '" + name + "'";
    std::visit([&](auto const& v) { detail::require_finite(what, v); }, tensor.numbers);
    std::uint64_t const end = offset + detail::bytes_of(tensor);
    header.tensors[name] = {detail::type_name(tensor), tensor.shape, offset, end};
    offset = end;
  }
  std::string const text = header_text(header);
  std::uint64_t const length = text.size();
  replace_file(path, [&](std::ostream& out) {
    out.write(reinterpret_cast<char const*>(&length), sizeof length);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    for (auto const& [name, tensor] : file.tensors) {
      std::visit(
          [&](auto const& v) {
            out.write(reinterpret_cast<char const*>(v.data()), static_cast<std::streamsize>(v.size() * sizeof(v[0])));
          },
          tensor.numbers);
    }
  });
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
  auto const data = bytes.subspan(sizeof length + length);
  auto header = parse_header(where, bytes.subspan(sizeof length, length));

  TensorFile file{std::move(header.metadata), {}};
  std::map<std::uint64_t, std::uint64_t> ranges;
  for (auto const& [name, entry] : header.tensors) {
    std::string const at = where + ": tensor '" + name + "'";
    if (entry.type != "F32" && entry.type != "F64" && entry.type != "U64") [[unlikely]] {
      fail<FileError>(at, ": expected the type F32, F64 or U64, got ", entry.type);
    }
    auto const count = detail::count_of(at, entry.shape);
    std::uint64_t const size = count * (entry.type == "F32" ? 4 : 8);
    if (entry.begin > entry.end || entry.end > data.size() || entry.end - entry.begin != size) [[unlikely]] {
      fail<FileError>(at, ": expected ", size, " bytes within the ", data.size(), " there are, got [", entry.begin,
                      ", ", entry.end, ")");
    }
    if (size > 0 && !ranges.emplace(entry.begin, entry.end).second) [[unlikely]] {
      fail<FileError>(at, ": expected bytes of its own, got those of another tensor at ", entry.begin);
    }
    char const* const from = data.data() + entry.begin;
    StoredTensor tensor{entry.shape, {}};
    if (entry.type == "F32") {
      tensor.numbers = detail::numbers_from<float>(at, from, count);
    } else if (entry.type == "F64") {
      tensor.numbers = detail::numbers_from<double>(at, from, count);
    } else {
      tensor.numbers = detail::numbers_from<std::uint64_t>(at, from, count);
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
