#pragma once

#include <string>

namespace demo {

[[nodiscard]] std::string processor_name();
[[nodiscard]] std::string compiler_name();
[[nodiscard]] std::string eigen_version();
/// Returns the date as 2025-06-01.
[[nodiscard]] std::string today();

}  // namespace demo
