#include <wmanifold/io/notes.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;

namespace {

wm::ModelNotes of(std::map<std::string, std::string> metadata) {
  return wm::detail::notes_from("here", {std::move(metadata), {}});
}

}  // namespace

TEST_CASE("the text of scaling and knobs follows docs/files.md, and is read back to the last bit") {
  wm::ModelNotes const notes{
      .input_scaling = {{0.1 + 0.2, 1.0 / 3}, {-4, 1}},
      .knob_ranges = {{wm::Range::logarithmic(20, 20000), "cut off", "Hz"}, {wm::Range::linear(1, -0.5)}}};
  wm::TensorFile file;
  wm::detail::store_notes(file, notes);
  CHECK(file.metadata.at("input_scaling") == "0.30000000000000004 0.3333333333333333, -4 1");
  CHECK(file.metadata.at("knob_ranges") == "20 20000 logarithmic\tcut off\tHz\n1 -0.5 linear\t\t");
  CHECK(wm::detail::notes_from("here", file) == notes);
  CHECK(of({{"knob_ranges", "1e+1 2e1 linear\ta\tb"}}).knob_ranges[0].range.high() == 20);
  CHECK(wm::InputScaling{1, 4}(3) == 0.5);
}

TEST_CASE("a standardisation is written to notes and read back") {
  wm::Standardisation<float> const inputs({0.1, -4}, {2, 1.0 / 3});
  auto const scaling = wm::input_scaling_of(inputs);
  CHECK(scaling == std::vector<wm::InputScaling>{{0.1, 2}, {-4, 1.0 / 3}});
  CHECK(wm::standardisation_of<float>(scaling) == inputs);
}

TEST_CASE("notes are the keys that are not the library's") {
  CHECK(of({{"format", "x"}, {"layers", "x"}, {"test.inputs", "x"}, {"wmanifold.more", "x"}, {"checksum", "x"}}) ==
        wm::ModelNotes{});
  std::map<std::string, std::string> const mine{{"formats", "1"}, {"my.format", "2"}, {"tests", ""}, {"", "3"}};
  CHECK(of(mine).metadata == mine);
}

TEST_CASE("text that is no scaling and no knob is refused, with the expected and the actual text") {
  auto const refuses = [](char const* key, std::string const& text, char const* message) {
    CAPTURE(text);
    CHECK_THROWS_WITH_AS(of({{key, text}}), doctest::Contains(message), wm::FileError);
  };
  refuses("input_scaling", "", "here: input_scaling: expected two numbers, got ''");
  refuses("input_scaling", "1", "expected two numbers, got '1'");
  refuses("input_scaling", "0,5 1", "expected two numbers, got '0'");
  refuses("input_scaling", "0 1 2", "expected a mean and a scale, got '0 1 2'");
  refuses("input_scaling", "0 0", "expected a finite mean and a positive scale, got 0 and 0");
  refuses("input_scaling", "0 -1", "positive scale, got 0 and -1");
  refuses("input_scaling", "nan 1", "expected two numbers");
  refuses("knob_ranges", "", "here: knob_ranges: expected two numbers");
  refuses("knob_ranges", "0 1 linear", "expected two ends, 'linear' or 'logarithmic'");
  refuses("knob_ranges", "0 1 bent\ta\tb", "'linear' or 'logarithmic'");
  refuses("knob_ranges", "0 1 linear\ta\tb\tc", "'linear' or 'logarithmic'");
  refuses("knob_ranges", "0 1 linear x\ta\tb", "'linear' or 'logarithmic'");
  refuses("knob_ranges", "1 1 linear\ta\tb", "two different ends at a finite distance");
  refuses("knob_ranges", "0 1 logarithmic\ta\tb", "two positive ends");
  CHECK_THROWS_WITH_AS(wm::detail::require_notes("here", {.knob_ranges = {{wm::Range::linear(0, 1), "a\tb"}}}, 1, 1),
                       doctest::Contains("without tabs and line breaks"), wm::FileError);
  double const inf = std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(
      wm::detail::require_notes("here", {.input_scaling = {{inf, 1}}}, 1, 1),
      doctest::Contains("here: input_scaling: expected a finite mean and a positive scale, got inf and 1"),
      wm::FileError);
}
