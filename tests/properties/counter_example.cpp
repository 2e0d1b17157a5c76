#include <properties/counter_example.hpp>

#include <properties/holds.hpp>
#include <properties/generate.hpp>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>

using namespace properties;

TEST_CASE("a counter-example shrinks, and is a program that reproduces it") {
  auto const result = result_of<FewerThanFiveSamples>(cases(any_basis()));
  REQUIRE(result.is<rc::detail::FailureResult>());
  auto const& failure = result.get<rc::detail::FailureResult>();
  CHECK(failure.description.find("expected fewer than 5 samples, got 5") != std::string::npos);
  REQUIRE(failure.counterExample.size() == 1);
  std::string const& program = failure.counterExample[0].second;
  CHECK(program.find("#include <properties/counter_example.hpp>") != std::string::npos);
  CHECK(program.find(".topology = \"point\",\n") != std::string::npos);
  CHECK(program.find(".basis = \"constant\",\n") != std::string::npos);
  CHECK(program.find(".layers = \"dense 1 1\",\n") != std::string::npos);
  // Five samples in one group or several: shrinking is by steps, and may stop at either.
  std::size_t const groups = program.find(".groups = {");
  REQUIRE(groups != std::string::npos);
  std::stringstream sizes(program.substr(groups + 11, program.find("},\n", groups) - groups - 11));
  int samples = 0;
  for (std::string size; std::getline(sizes, size, ',');) {
    samples += std::stoi(size);
  }
  CHECK(samples == 5);
  CHECK(program.find(".choice = 0,\n") != std::string::npos);
  CHECK(program.find(".seed = 0,\n") != std::string::npos);
  CHECK(program.find("properties::FewerThanFiveSamples{}(c)") != std::string::npos);
  if (char const* const path = std::getenv("WMANIFOLD_COUNTER_EXAMPLE")) {
    std::ofstream(path) << program;
  }
}
