#pragma once

#include "claims.hpp"

#include <string>

namespace demo {

/// All topologies, a card each, as an SVG file; what it shows is checked.
[[nodiscard]] std::string gallery(Claims& claims);

}  // namespace demo
