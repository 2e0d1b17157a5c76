#include <wmanifold/io/safetensors_header.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;

TEST_CASE("a header comes back as it was, and its text fills whole words") {
  wm::TensorHeader const header{{{"key", "value \"quoted\", \xc3\xa4"}},
                                {{"a", {"F32", {2, 3}, 0, 24}}, {"b", {"BF16", {}, 24, 26}}}};
  auto const text = wm::header_text(header);
  CHECK(text.size() % 8 == 0);
  CHECK(wm::parse_header("here", text) == header);
}

TEST_CASE("text that is not UTF-8 is not written") {
  CHECK_THROWS_WITH_AS((void)wm::header_text({{{"key", "\xff"}}, {}}), doctest::Contains("UTF-8"), wm::FileError);
}

TEST_CASE("what is no header is refused under the name of what it is in") {
  auto const refuses = [](std::string const& text, char const* message) {
    CHECK_THROWS_WITH_AS((void)wm::parse_header("here", text), doctest::Contains(message), wm::FileError);
  };
  refuses("", "wmanifold: here: expected a header that is a JSON object");
  refuses("[1]", "JSON object");
  refuses(R"({"__metadata__":[]})", "metadata that is an object of texts, got array");
  refuses(R"({"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}})", "tensor 'a': expected a shape of whole");
  refuses(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,-4]}})", "dtype, shape and two data_offsets");
  refuses(R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,0]}})", "2^40");
}
