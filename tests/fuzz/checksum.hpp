#pragma once

#include <wmanifold/io/checksum.hpp>

#include "fuzz.hpp"

namespace fuzz {

/// The bytes of a safetensors file, with the checksum of their contents in the place of the one that they name: no
/// changed file would pass it.
inline std::string with_own_checksum(std::string_view bytes) {
  std::string changed(bytes);
  passes<wmanifold::FileError>([&] {
    auto const file = wmanifold::parse_safetensors("fuzz", changed);
    auto const named = file.metadata.find("checksum");
    auto const own = wmanifold::checksum_of(file);
    if (named != file.metadata.end() && named->second.size() == own.size()) {
      if (auto const at = changed.find(named->second); at != std::string::npos) {
        changed.replace(at, own.size(), own);
      }
    }
  });
  return changed;
}

}  // namespace fuzz
