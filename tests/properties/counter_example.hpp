#pragma once

#include <properties/case.hpp>

namespace properties {

/// A property that is false: it tests the search for counter-examples.
struct FewerThanFiveSamples {
  static constexpr char const* name = "FewerThanFiveSamples";
  static constexpr char const* header = "properties/counter_example.hpp";

  std::string operator()(Case const& c) const {
    Index const samples = samples_of(c);
    return samples < 5 ? "" : "expected fewer than 5 samples, got " + std::to_string(samples);
  }
};

}  // namespace properties
