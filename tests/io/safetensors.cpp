#include <wmanifold/io/safetensors.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>
#include <limits>

namespace wm = wmanifold;

namespace {

struct Scratch {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("wmanifold_tensors_" + std::to_string(getpid()) + ".safetensors");
  ~Scratch() { std::filesystem::remove(path); }

  void write(std::string const& header, std::string const& data, std::uint64_t length) const {
    std::ofstream out(path, std::ios::binary);
    out.write(reinterpret_cast<char const*>(&length), 8);
    out << header << data;
  }
  void write(std::string const& header, std::string const& data) const { write(header, data, header.size()); }
};

wm::TensorFile example() {
  return {{{"key", "value \"quoted\""}},
          {{"a", {{2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6}}},
           {"b", {{}, std::vector<double>{0.1}}},
           {"c", {{2}, std::vector<std::uint64_t>{1, ~std::uint64_t{0}}}},
           {"d", {{3}, std::vector<wm::BFloat16>{wm::BFloat16(1.5F), wm::BFloat16(-3e38), wm::BFloat16(0.1)}}},
           {"e", {{1, 1}, std::vector<wm::Float16>{wm::Float16(65504.0)}}},
           {"none", {{0, 4}, std::vector<float>{}}}}};
}

}  // namespace

TEST_CASE("tensors come back as they were") {
  Scratch const file;
  wm::write_safetensors(file.path, example());
  CHECK(wm::read_safetensors(file.path) == example());
}

TEST_CASE("bytes in memory give the same tensors; cut off anywhere, they are refused, and named") {
  Scratch const file;
  wm::write_safetensors(file.path, example());
  std::ifstream in(file.path, std::ios::binary);
  std::string const bytes(std::istreambuf_iterator<char>(in), {});
  CHECK(wm::parse_safetensors("memory", bytes) == example());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    CHECK_THROWS_WITH_AS((void)wm::parse_safetensors("memory", std::span(bytes).first(size)),
                         doctest::Contains("memory: "), wm::FileError);
  }
}

TEST_CASE("numbers of 16 bits lie behind all others, so these start at multiples of four bytes") {
  Scratch const file;
  wm::write_safetensors(file.path, {{},
                                    {{"a", {{1}, std::vector<wm::Float16>{wm::Float16(1.0F)}}},
                                     {"b", {{1}, std::vector<float>{2}}},
                                     {"c", {{1}, std::vector<wm::BFloat16>{wm::BFloat16(3.0F)}}}}});
  std::ifstream in(file.path, std::ios::binary);
  std::string const bytes(std::istreambuf_iterator<char>(in), {});
  CHECK(bytes.ends_with(std::string("\0\0\0\x40\0\x3c\x40\x40", 8)));
  CHECK(bytes.find(R"("a":{"data_offsets":[4,6],"dtype":"F16","shape":[1]})") != std::string::npos);
  CHECK(bytes.find(R"("c":{"data_offsets":[6,8],"dtype":"BF16","shape":[1]})") != std::string::npos);
}

TEST_CASE("other files are refused, and named") {
  auto const folder = std::filesystem::temp_directory_path();
  CHECK_THROWS_WITH_AS((void)wm::read_safetensors(folder),
                       ("wmanifold: cannot open " + folder.string() + ": expected a file, got a folder").c_str(),
                       wm::FileError);
  CHECK_THROWS_WITH_AS((void)wm::read_safetensors("/no/such"),
                       "wmanifold: cannot open /no/such: No such file or directory", wm::FileError);
  CHECK_THROWS_WITH_AS((void)wm::read_safetensors("/dev/zero"),
                       "wmanifold: cannot open /dev/zero: expected a file, got a device", wm::FileError);
  CHECK_THROWS_WITH_AS(
      (void)wm::read_safetensors("no_such"),
      ("wmanifold: cannot open no_such in " + std::filesystem::current_path().string() + ": No such file or directory")
          .c_str(),
      wm::FileError);
  if (std::filesystem::exists("/proc/self/mem")) {  // a file without an end
    CHECK_THROWS_WITH_AS((void)wm::read_safetensors("/proc/self/mem"),
                         "wmanifold: cannot open /proc/self/mem: Invalid argument", wm::FileError);
  }
  Scratch const pipe;  // without a writer
  REQUIRE(::mkfifo(pipe.path.c_str(), 0600) == 0);
  CHECK_THROWS_WITH_AS((void)wm::read_safetensors(pipe.path), doctest::Contains("expected a file, got a pipe"),
                       wm::FileError);
}

TEST_CASE("every truncation of a file is refused") {
  Scratch const file;
  wm::write_safetensors(file.path, example());
  for (auto length = std::filesystem::file_size(file.path); length-- > 0;) {
    std::filesystem::resize_file(file.path, length);
    CHECK_THROWS_AS((void)wm::read_safetensors(file.path), wm::FileError);
  }
}

TEST_CASE("a file with a changed byte is refused or well-formed") {
  Scratch const file;
  wm::write_safetensors(file.path, example());
  std::ifstream in(file.path, std::ios::binary);
  std::string const whole((std::istreambuf_iterator<char>(in)), {});
  int refused = 0;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (char const mask : {'\x01', '\x10', '\x7f'}) {
      std::string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ mask);
      std::ofstream(file.path, std::ios::binary) << changed;
      try {
        (void)wm::read_safetensors(file.path);
      } catch (wm::FileError const&) {
        ++refused;
      }
    }
  }
  CHECK(refused > 100);
}

TEST_CASE("hostile headers are refused, with the expected and the actual value") {
  Scratch const file;
  auto const refuses = [&](std::string const& header, std::string const& data, std::string const& message) {
    file.write(header, data);
    CHECK_THROWS_WITH_AS((void)wm::read_safetensors(file.path), doctest::Contains(message.c_str()), wm::FileError);
  };
  std::string const eight(8, '\0');
  refuses("[]", "", "JSON object");
  refuses("{", "", "JSON object");
  refuses(R"({"__metadata__":{"a":1}})", "", "expected metadata 'a' to be a text, got number");
  refuses(R"({"a":{"dtype":"F32","shape":[2]}})", eight, "dtype, shape and two data_offsets");
  refuses(R"({"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}})", eight,
          "expected the type F32, F64, U64, BF16 or F16, got I64");
  refuses(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", eight, "expected whole numbers as shape");
  refuses(R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", eight, "expected 12 bytes");
  refuses(R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}})", eight, "within [0, 8), got [0, 16)");
  refuses(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", eight, "got [8, 0)");
  refuses(R"({"a":{"dtype":"F32","shape":[1099511627776,1099511627776],"data_offsets":[0,8]}})", eight, "2^40");
  refuses(R"({"a":{"dtype":"F32","shape":[0,18446744073709551615],"data_offsets":[0,0]}})", "", "2^40");
  std::string const deep(200'000, '[');
  std::string const back(200'000, ']');
  refuses(R"({"a":)" + deep + back + "}", "", "dtype, shape and two data_offsets");
  refuses(R"({"a":{"dtype":"F32","shape":)" + deep + back + R"(,"data_offsets":[0,8]}})", eight, "whole numbers");
  refuses(
      R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
      eight, "expected tensors without gaps or overlaps, got 'b' at byte 0 instead of 4");
  refuses(
      R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}})",
      eight, "got 'b' at byte 4 instead of 8");
  refuses(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", eight,
          "expected tensors that cover 8 bytes, got 4");
  refuses(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", eight,
          "without gaps or overlaps, got 'a' at byte 4 instead of 0");
  float const nan = std::numeric_limits<float>::quiet_NaN();
  refuses(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
          std::string(reinterpret_cast<char const*>(&nan), 4), "finite");
  file.write("{}", "", std::uint64_t{1} << 60);
  CHECK_THROWS_AS((void)wm::read_safetensors(file.path), wm::FileError);
}

TEST_CASE("NaN and infinities are not written, and an old file stays") {
  Scratch const file;
  wm::write_safetensors(file.path, example());
  auto content = example();
  content.tensors["a"].numbers = std::vector<float>{1, 2, 3, 4, 5, std::numeric_limits<float>::infinity()};
  CHECK_THROWS_WITH_AS(wm::write_safetensors(file.path, content), doctest::Contains("'a': expected finite numbers"),
                       wm::FileError);
  content.tensors["a"].numbers = std::vector<float>(5);
  CHECK_THROWS_WITH_AS(wm::write_safetensors(file.path, content),
                       doctest::Contains("'a': expected 6 numbers by its shape, got 5"), wm::FileError);
  CHECK(wm::read_safetensors(file.path) == example());
}

TEST_CASE("a file that ends before its size is refused") {
  std::filesystem::path const path = "/sys/devices/system/cpu/online";  // Linux says 4096 bytes, and gives a few
  std::error_code error;
  if (std::filesystem::file_size(path, error) != 4096) {
    MESSAGE("no such file here");
    return;
  }
  CHECK_THROWS_WITH_AS((void)wm::read_safetensors(path), doctest::Contains("expected 4096 bytes, got fewer"),
                       wm::FileError);
}

TEST_CASE("a file with sizes beyond its end, or beyond memory, is refused before it is read") {
  Scratch const file;
  std::uint64_t const size = std::uint64_t{64} << 30;
  file.write("", "", 0);
  std::error_code error;
  std::filesystem::resize_file(file.path, size, error);  // sparse, if the file system has sparse files
  if (error) {
    MESSAGE("no file of 64 GiB without its bytes here: ", error.message());
    return;
  }
  CHECK_THROWS_AS((void)wm::read_safetensors(file.path), wm::FileError);  // a header of no bytes
  std::filesystem::remove(file.path);
  file.write("{}", "", size - 8);
  std::filesystem::resize_file(file.path, size);
  CHECK_THROWS_WITH_AS((void)wm::read_safetensors(file.path), doctest::Contains("with a header of 68719476728"),
                       wm::FileError);
  if (auto const memory = wm::detail::memory_size(); memory > 0 && memory < size) {
    std::filesystem::remove(file.path);
    std::string const header = R"({"a":{"dtype":"F32","shape":[17179869184],"data_offsets":[0,68719476736]}})";
    file.write(header, "");
    std::filesystem::resize_file(file.path, 8 + header.size() + size);
    CHECK_THROWS_WITH_AS((void)wm::read_safetensors(file.path), doctest::Contains("bytes, got tensors of 68719476736"),
                         wm::FileError);
  }
  // Without a query: the allocator refuses.
  CHECK_THROWS_WITH_AS(wm::detail::within_memory("here", []() -> int { throw std::bad_alloc(); }),
                       doctest::Contains("here: expected a file that fits into memory"), wm::FileError);
}

TEST_CASE("tensors are written only with the number of values of their shape, and an old file stays") {
  Scratch const file;
  wm::write_safetensors(file.path, example());
  for (std::vector<wm::Index> const& shape : {std::vector<wm::Index>{2, 2}, {}, {7}, {-6}}) {
    auto content = example();
    content.tensors["a"].shape = shape;
    CHECK_THROWS_WITH_AS(wm::write_safetensors(file.path, content), doctest::Contains("tensor 'a': expected "),
                         wm::FileError);
  }
  CHECK(wm::read_safetensors(file.path) == example());
}
