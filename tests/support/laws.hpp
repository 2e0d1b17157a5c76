#pragma once

#include <wmanifold/testing/report.hpp>

#include "support/doctest.hpp"

namespace support {

/// Checks that all laws hold, and names each broken one.
inline void check_laws(std::vector<wmanifold::testing::Violation> const& violations) {
  INFO(wmanifold::testing::to_string(violations));
  CHECK(violations.empty());
}

}  // namespace support
