#include <wmanifold/io/safetensors_header.hpp>

#include <doctest/doctest.h>

#include <check/traps.hpp>

namespace wm = wmanifold;

TEST_CASE("a header is read as written, and its text fills whole words") {
  wm::TensorHeader const header{{{"key", "value \"quoted\", \xc3\xa4"}},
                                {{"a", {"F32", {2, 3}, 0, 24}}, {"b", {"BF16", {}, 24, 26}}}};
  auto const text = wm::header_text(header);
  CHECK(text.size() % 8 == 0);
  CHECK(wm::parse_header("here", text) == header);
}

TEST_CASE("text that is not UTF-8 is not written") {
  CHECK_THROWS_WITH_AS((void)wm::header_text({{{"key", "\xff"}}, {}}), doctest::Contains("expected text in UTF-8 ("),
                       wm::FileError);
}

TEST_CASE("invalid headers are refused under the name of their file") {
  auto const refuses = [](std::string const& text, char const* message) {
    CHECK_THROWS_WITH_AS((void)wm::parse_header("here", text), doctest::Contains(message), wm::FileError);
  };
  refuses("", "wmanifold: here: expected a JSON object as header, with only spaces behind it, got something else");
  refuses("[1]", "JSON object");
  refuses("{]}", "here: expected a JSON object as header, got something else");
  refuses(R"({"__metadata__":[]})", "metadata as an object of texts, got array");
  refuses(R"({"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}})",
          "expected whole numbers in the header, got a fraction");
  refuses(R"({"a":{"dtype":"F32","shape":[15e1],"data_offsets":[0,4]}})",
          "tensor 'a': expected whole numbers as shape, got number");
  refuses(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,-4]}})", "dtype, shape and two data_offsets");
  refuses(R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,0]}})", "2^40");
}

TEST_CASE("a header is one object, with nothing before it, only spaces behind it, and no key twice") {
  auto const refuses = [](std::string const& text, char const* message) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS((void)wm::parse_header("here", text), doctest::Contains(message), wm::FileError);
  };
  std::string const good = R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"__metadata__":{"k":"1.5 \"."}})";
  CHECK(wm::parse_header("here", good + "   ").metadata.at("k") == "1.5 \".");
  for (char const* before : {" ", "\n", "x", "{}", "\xef\xbb\xbf"}) {
    refuses(before + good, "here: expected a JSON object as header");
  }
  using namespace std::string_literals;
  for (auto const& behind : {"\0"s, "\0}"s, "\n"s, "x"s, "{}"s, "\0\0"s + good, "//"s, "  \t"s}) {
    refuses(good + behind, "here: expected a JSON object as header");
  }
  std::string const entry = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
  refuses("{" + entry + "," + entry + "}", "each key once in the header, got 'a' again");
  refuses(R"({"\u0061":1,)" + entry + "}", "got 'a' again");
  refuses(R"({"__metadata__":{"k":"1","j":"2","k":"1"}})", "got 'k' again");
  refuses(R"({"__metadata__":{},"__metadata__":{"k":"1"}})", "got '__metadata__' again");
  refuses(R"({"a":{"dtype":"F64","dtype":"F32","shape":[1],"data_offsets":[0,4]}})", "got 'dtype' again");
}

TEST_CASE("the time to read a header is linear in the number of its tensors") {
  std::string text = "{";
  for (int i = 0; i < 50000; ++i) {
    text += (i == 0 ? "\"t" : ",\"t") + std::to_string(i) + R"(":{"dtype":"F32","shape":[0],"data_offsets":[0,0]})";
  }
  text += "}";
  CHECK(wm::parse_header("here", text).tensors.size() == 50000);
}

TEST_CASE("headers that could not be read are not written") {
  CHECK_THROWS_WITH_AS((void)wm::header_text({{}, {{"__metadata__", {"F32", {1}, 0, 4}}}}),
                       doctest::Contains("expected another tensor name than that of the metadata, got '__metadata__'"),
                       wm::FileError);
  CHECK_THROWS_WITH_AS((void)wm::header_text({{{"long", std::string(std::size_t{17} << 20, 'x')}}, {}}),
                       doctest::Contains("safetensors header: expected at most 16777216 bytes, got 1782"),
                       wm::FileError);
}

#ifndef WITHOUT_TRAPS
TEST_CASE("a lack of memory at any point of a header comes out as std::bad_alloc") {
  wm::TensorHeader const header{{{"key", "a value that is too long for a small text"}, {"other", ""}},
                                {{"a", {"F32", {2, 3}, 0, 24}}, {"b", {"BF16", {}, 24, 26}}}};
  std::string const text = wm::header_text(header);
  long granted = 0;
  auto const runs_out = [&](auto const& call) {
    try {
      support::short_of_memory(support::Shortage::lasting, granted++, call);
    } catch (std::bad_alloc const&) {
      return true;
    }
    return false;
  };
  while (runs_out([&] { (void)wm::header_text(header); })) {
  }
  CHECK(granted > 10);
  granted = 0;
  while (runs_out([&] { (void)wm::parse_header("here", text); })) {
  }
  CHECK(granted > 20);
}
#endif

TEST_CASE("other members of a tensor are ignored; those of the format have their types") {
  auto const refuses = [](std::string const& text, char const* message) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS((void)wm::parse_header("here", text), doctest::Contains(message), wm::FileError);
  };
  auto const entry = [](std::string const& more) {
    return R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4])" + more + "}}";
  };
  auto const plain = wm::parse_header("here", entry(""));
  for (auto const* more : {R"(,"x":1)", R"(,"x":null)", R"(,"x":["dtype",{"shape":[2],"data_offsets":[1]}])",
                           R"(,"x":{"dtype":3,"shape":"y"})", R"(,"x":true)"}) {
    CHECK(wm::parse_header("here", entry(more)) == plain);
  }
  char const* const malformed = "tensor 'a': expected dtype, shape and two data_offsets, got something else";
  refuses(R"({"a":null})", malformed);
  refuses(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", malformed);
  refuses(R"({"a":{"dtype":{},"shape":[1],"data_offsets":[0,4]}})", malformed);
  refuses(R"({"a":{"dtype":["F32"],"shape":[1],"data_offsets":[0,4]}})", malformed);
  refuses(R"({"a":{"dtype":"F32","shape":{},"data_offsets":[0,4]}})", malformed);
  refuses(R"({"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}})", malformed);
  refuses(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", malformed);
  refuses(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,5]}})", malformed);
  refuses(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,"4"]}})", malformed);
  refuses(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":{"b":1}}})", malformed);
  refuses(R"({"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}})", "whole numbers as shape, got array");
  refuses(R"({"a":{"dtype":"F32","shape":[{"x":1}],"data_offsets":[0,4]}})", "whole numbers as shape, got object");
  refuses(R"({"__metadata__":{"k":{"j":"1"}}})", "expected metadata 'k' to be a text, got object");
  refuses(R"({"__metadata__":{"k":["1"]}})", "expected metadata 'k' to be a text, got array");
  refuses(R"({"__metadata__":"k"})", "metadata as an object of texts, got string");
}
