#pragma once

#include "claims.hpp"

#include <string>

namespace demo {

/// Returns an SVG file of all topologies, a card each. Its contents are checked.
[[nodiscard]] std::string gallery(Claims& claims);

}  // namespace demo
