#include <wmanifold/io/checksum.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;

namespace {

/// Computes CRC-32 bit by bit, as it is defined.
std::uint32_t bitwise(std::string const& bytes) {
  std::uint32_t crc = ~0U;
  for (char const byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1U) != 0 ? (crc >> 1U) ^ 0xedb88320U : crc >> 1U;
    }
  }
  return ~crc;
}

wm::TensorFile example() {
  return {{{"b", "2"}, {"a", "one"}, {"\xc3\xa4", ""}},
          {{"x", {{2, 1}, std::vector<float>{1, -2}}},
           {"w", {{}, std::vector<double>{0.5}}},
           {"none", {{0, 3}, std::vector<std::uint64_t>{}}}}};
}

}  // namespace

TEST_CASE("CRC-32 agrees with zlib, for any cut of the bytes") {
  wm::Crc32 check;
  check.add("123456789", 9);
  CHECK(check.value() == 0xcbf43926U);
  std::string bytes;
  for (int i = 0; i < 100; ++i) {
    bytes += static_cast<char>((i * 37 + 11) & 0xff);
    for (std::size_t const cut : {std::size_t{0}, bytes.size() / 3, bytes.size()}) {
      wm::Crc32 crc;
      crc.add(bytes.data(), cut);
      crc.add(bytes.data() + cut, bytes.size() - cut);
      CHECK(crc.value() == bitwise(bytes));
    }
  }
}

TEST_CASE("a checksum covers keys, texts, names, types, sizes and numbers, in the order of names") {
  // Written out as in docs/files.md.
  std::string expected("a\0one\0b\0002\0\xc3\xa4\0\0", 14);
  expected += std::string("none\0U64\0000\0003\0\0", 14);
  expected += std::string("w\0F64\0\0\0\0\0\0\0\0\xe0\x3f", 15);
  expected += std::string("x\0F32\0002\0001\0\0\0\0\x80\x3f\0\0\0\xc0", 19);
  std::string text = "crc32:";
  for (int digit = 28; digit >= 0; digit -= 4) {
    text += "0123456789abcdef"[(bitwise(expected) >> digit) & 0xfU];
  }
  CHECK(wm::checksum_of(example()) == text);
  auto with_it = example();
  with_it.metadata["checksum"] = "anything";
  CHECK(wm::checksum_of(with_it) == text);
}

TEST_CASE("any change gives another checksum") {
  auto const whole = wm::checksum_of(example());
  auto const differs = [&](auto const& change) {
    auto file = example();
    change(file);
    CHECK(wm::checksum_of(file) != whole);
  };
  differs([](auto& f) { f.metadata["a"] = "One"; });
  differs([](auto& f) { f.metadata.erase("\xc3\xa4"); });
  differs([](auto& f) { f.tensors["x"].shape = {1, 2}; });
  differs([](auto& f) { f.tensors["x"].numbers = std::vector<float>{1, 2}; });
  differs([](auto& f) { f.tensors["x"].numbers = std::vector<float>{-2, 1}; });
  differs([](auto& f) { f.tensors["none"].numbers = std::vector<double>{}; });
  differs([](auto& f) {
    auto node = f.tensors.extract("w");
    node.key() = "v";
    f.tensors.insert(std::move(node));
  });
}

TEST_CASE("a file with the checksum of other contents is refused, one without a checksum is not") {
  auto file = example();
  CHECK_NOTHROW(wm::detail::require_checksum("here", file));
  file.metadata["checksum"] = wm::checksum_of(file);
  CHECK_NOTHROW(wm::detail::require_checksum("here", file));
  std::get<std::vector<float>>(file.tensors["x"].numbers)[1] = 2;
  CHECK_THROWS_WITH_AS(wm::detail::require_checksum("here", file),
                       doctest::Contains("' from the contents; the file is damaged or was edited: save it again"),
                       wm::FileError);
}
