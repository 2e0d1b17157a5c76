#pragma once

#include <wmanifold/core/attempt.hpp>
#include <wmanifold/core/half.hpp>
#include <wmanifold/io/replace_file.hpp>
#include <wmanifold/io/safetensors_header.hpp>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>
#include <utility>
#include <variant>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace wmanifold {

static_assert(
    std::endian::native == std::endian::little,
    "wmanifold: safetensors files need a little-endian processor, as they are read and written as they lie in memory");

/// Numbers in row-major order, and their shape.
struct StoredTensor {
  std::vector<Index> shape;  ///< sizes, outermost first
  std::variant<std::vector<float>, std::vector<double>, std::vector<std::uint64_t>, std::vector<BFloat16>,
               std::vector<Float16>>
      numbers;  ///< as many as the sizes' product

  friend bool operator==(StoredTensor const&, StoredTensor const&) = default;
};

/// The contents of a safetensors file: named tensors of the types F32, F64, U64, BF16 and F16, and texts. Reals
/// are finite.
struct TensorFile {
  std::map<std::string, std::string> metadata;  ///< texts by key
  std::map<std::string, StoredTensor> tensors;  ///< tensors by name

  friend bool operator==(TensorFile const&, TensorFile const&) = default;
};

namespace detail {

template <class Number>
inline constexpr char const* number_name = std::same_as<Number, float>      ? "F32"
                                           : std::same_as<Number, double>   ? "F64"
                                           : std::same_as<Number, BFloat16> ? "BF16"
                                           : std::same_as<Number, Float16>  ? "F16"
                                                                            : "U64";

/// Bytes of a number of a type; 0 for types that are not supported.
inline std::uint64_t bytes_of_type(std::string const& type) noexcept {
  return type == "F64" || type == "U64" ? 8 : type == "F32" ? 4 : type == "BF16" || type == "F16" ? 2 : 0;
}

inline char const* type_name(StoredTensor const& tensor) {
  return std::visit([]<class Number>(std::vector<Number> const&) { return number_name<Number>; }, tensor.numbers);
}

inline std::size_t bytes_of(StoredTensor const& tensor) {
  return std::visit([](auto const& v) { return v.size() * sizeof(v[0]); }, tensor.numbers);
}

template <class Number>
void require_finite(std::string const& where, std::vector<Number> const& numbers) {
  if constexpr (StoredNumber<Number>) {
    if (!all_finite(numbers.data(), static_cast<Index>(numbers.size()))) [[unlikely]] {
      fail<FileError>(where, ": expected finite numbers, got a NaN or an infinity");
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

/// The numbers of a tensor. Throws FileError unless it exists with this shape and type.
template <class Number>
std::vector<Number> const& tensor_of(std::string const& where, TensorFile const& file, std::string const& name,
                                     std::vector<Index> const& shape) {
  auto const found = file.tensors.find(name);
  auto const text = [](std::vector<Index> const& sizes) {
    std::string joined;
    for (Index const size : sizes) {
      joined += joined.empty() ? "" : " x ";
      joined += std::to_string(size);
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

/// Memory available to a process, in bytes; 0 if unknown.
inline std::uint64_t memory_size() {
  std::uint64_t size = 0;
#if defined(_SC_PHYS_PAGES) && defined(_SC_PAGESIZE)
  size = static_cast<std::uint64_t>(std::max(::sysconf(_SC_PHYS_PAGES), 0L)) *
         static_cast<std::uint64_t>(std::max(::sysconf(_SC_PAGESIZE), 0L));
#endif
  for (auto const* limit : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::ifstream in(limit);  // Linux: limits of a container
    in.imbue(std::locale::classic());
    if (std::uint64_t bytes = 0; in >> bytes) {
      size = size == 0 ? bytes : std::min(size, bytes);
    }
  }
  return size;
}

/// Returns the result of make(). Throws FileError if memory runs out.
template <class Make>
auto within_memory(std::string const& where, Make const& make) {
  return attempt<std::bad_alloc>(make, [&]() -> decltype(make()) {
    fail<FileError>(where, ": expected a file that fits into memory, got a larger one");
  });
}

/// The tensors of a header in the order of their bytes. Each is checked: a supported type, as many bytes as its shape
/// takes. Together they must cover the `size` bytes without gaps. Allocates no memory for their numbers.
inline std::vector<std::pair<std::string, TensorEntry>> tensors_in_order(std::string const& where,
                                                                         TensorHeader const& header,
                                                                         std::uint64_t size) {
  std::vector<std::pair<std::string, TensorEntry>> ordered(header.tensors.begin(), header.tensors.end());
  for (auto const& [name, entry] : ordered) {
    std::string const at = where + ": tensor '" + name + "'";
    std::uint64_t const each = bytes_of_type(entry.type);
    if (each == 0) [[unlikely]] {
      fail<FileError>(at, ": expected the type F32, F64, U64, BF16 or F16, got ", entry.type);
    }
    std::uint64_t const needed = count_of(at, entry.shape) * each;
    if (entry.begin > entry.end || entry.end > size || entry.end - entry.begin != needed) [[unlikely]] {
      fail<FileError>(at, ": expected ", needed, " bytes within [0, ", size, "), got [", entry.begin, ", ", entry.end,
                      ")");
    }
  }
  std::sort(ordered.begin(), ordered.end(), [](auto const& a, auto const& b) {
    return std::pair(a.second.begin, a.second.end) < std::pair(b.second.begin, b.second.end);
  });
  std::uint64_t covered = 0;
  for (auto const& [name, entry] : ordered) {
    if (entry.begin != covered) [[unlikely]] {
      fail<FileError>(where, ": expected tensors without gaps or overlaps, got '", name, "' at byte ", entry.begin,
                      " instead of ", covered);
    }
    covered = entry.end;
  }
  if (covered != size) [[unlikely]] {
    fail<FileError>(where, ": expected tensors that cover ", size, " bytes, got ", covered);
  }
  return ordered;
}

/// `count` numbers, whose bytes read(to, size) supplies.
template <class Number, class Read>
std::vector<Number> numbers_from(std::string const& where, std::size_t count, Read const& read) {
  std::vector<Number> numbers(count);
  if (count > 0) {
    read(reinterpret_cast<char*>(numbers.data()), count * sizeof(Number));
  }
  require_finite(where, numbers);
  return numbers;
}

/// A file of `size` bytes, which read(to, size) supplies one part after the other.
template <class Read>
TensorFile tensor_file_from(std::string const& where, std::uint64_t size, Read const& read) {
  std::uint64_t length = 0;
  if (size >= sizeof length) {
    read(reinterpret_cast<char*>(&length), sizeof length);
  }
  if (size < sizeof length || length > size - sizeof length || length > largest_header) [[unlikely]] {
    fail<FileError>(where, ": expected a safetensors file, got ", size, " bytes with a header of ", length);
  }
  std::string text(length, ' ');
  read(text.data(), length);
  auto header = parse_header(where, text);
  std::uint64_t const data = size - sizeof length - length;
  auto const ordered = tensors_in_order(where, header, data);
  // Smaller files skip the query, which takes time.
  if (std::uint64_t const memory = data < (std::uint64_t{1} << 30) ? 0 : memory_size(); memory != 0 && data > memory)
      [[unlikely]] {
    fail<FileError>(where, ": expected a file that fits into memory, ", memory, " bytes, got tensors of ", data);
  }
  TensorFile file{std::move(header.metadata), {}};
  for (auto const& [name, entry] : ordered) {
    std::string const at = where + ": tensor '" + name + "'";
    auto const count = static_cast<std::size_t>(count_of(at, entry.shape));
    StoredTensor tensor{entry.shape, {}};
    if (entry.type == "F32") {
      tensor.numbers = numbers_from<float>(at, count, read);
    } else if (entry.type == "F64") {
      tensor.numbers = numbers_from<double>(at, count, read);
    } else if (entry.type == "BF16") {
      tensor.numbers = numbers_from<BFloat16>(at, count, read);
    } else if (entry.type == "F16") {
      tensor.numbers = numbers_from<Float16>(at, count, read);
    } else {
      tensor.numbers = numbers_from<std::uint64_t>(at, count, read);
    }
    file.tensors.emplace(name, std::move(tensor));
  }
  return file;
}

}  // namespace detail

namespace detail {

/// The tensors of a file in the order of writing: by name, those of 16 bits behind all others. So each number starts at
/// a multiple of four bytes if it has as many; some readers require it.
inline std::vector<std::pair<std::string const, StoredTensor> const*> in_order_of_writing(TensorFile const& file) {
  std::vector<std::pair<std::string const, StoredTensor> const*> ordered;
  for (bool const are_halves : {false, true}) {
    for (auto const& entry : file.tensors) {
      if ((bytes_of_type(type_name(entry.second)) == 2) == are_halves) {
        ordered.push_back(&entry);
      }
    }
  }
  return ordered;
}

}  // namespace detail

/// Writes a safetensors file, and replaces an old one as replace_file does. Throws FileError, also for numbers that are
/// not finite, or whose count differs from their shape's; then an old file stays.
inline void write_safetensors(std::filesystem::path const& path, TensorFile const& file) {
  TensorHeader header{file.metadata, {}};
  std::uint64_t offset = 0;
  auto const ordered = detail::in_order_of_writing(file);
  for (auto const* const entry : ordered) {
    auto const& [name, tensor] = *entry;
    std::string const what = "cannot write " + path.string() + ": tensor '" + name + "'";
    std::visit([&](auto const& v) { detail::require_finite(what, v); }, tensor.numbers);
    std::uint64_t const expected = detail::count_of(what, tensor.shape);
    std::uint64_t const got = std::visit([](auto const& v) { return v.size(); }, tensor.numbers);
    if (expected != got) [[unlikely]] {
      fail<FileError>(what, ": expected ", expected, " numbers by its shape, got ", got);
    }
    std::uint64_t const end = offset + detail::bytes_of(tensor);
    header.tensors[name] = {detail::type_name(tensor), tensor.shape, offset, end};
    offset = end;
  }
  std::string const text = header_text(header);
  std::uint64_t const length = text.size();
  replace_file(path, [&](std::ostream& out) {
    out.write(reinterpret_cast<char const*>(&length), sizeof length);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    for (auto const* const entry : ordered) {
      std::visit(
          [&](auto const& v) {
            out.write(reinterpret_cast<char const*>(v.data()), static_cast<std::streamsize>(v.size() * sizeof(v[0])));
          },
          entry->second.numbers);
    }
  });
}

/// The contents of the bytes of a file from any source: every size, type and offset is checked before use. Errors begin
/// with `where`. Throws FileError.
inline TensorFile parse_safetensors(std::string const& where, std::span<char const> bytes) {
  return detail::within_memory(where, [&] {
    auto rest = bytes;
    return detail::tensor_file_from(where, bytes.size(), [&](char* to, std::uint64_t size) {
      std::memcpy(to, rest.data(), static_cast<std::size_t>(size));
      rest = rest.subspan(static_cast<std::size_t>(size));
    });
  });
}

/// Reads a file from any source, as parse_safetensors does. Allocates memory only for the contents, and no more than
/// the machine has. Throws FileError.
inline TensorFile read_safetensors(std::filesystem::path const& path) {
  std::string const where = path.string();
  static_cast<void>(detail::require_file("cannot open ", path, false));
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  in.imbue(std::locale::classic());
  // The size of the opened file: another file may replace it at any time.
  auto const size = in.seekg(0, std::ios::end) ? static_cast<std::streamoff>(in.tellg()) : -1;
  if (size < 0 || !in.seekg(0)) [[unlikely]] {
    detail::fail_by_system("cannot open ", path, {errno == 0 ? EIO : errno, std::generic_category()});
  }
  return detail::within_memory(where, [&] {
    return detail::tensor_file_from(where, static_cast<std::uint64_t>(size), [&](char* to, std::uint64_t bytes) {
      if (!in.read(to, static_cast<std::streamsize>(bytes))) [[unlikely]] {
        fail<FileError>(where, ": expected ", size, " bytes, got fewer");
      }
    });
  });
}

}  // namespace wmanifold
