#pragma once

#include "report/results.hpp"

namespace demo {

/// A page in Markdown about all studies; pictures are written to a folder, and linked by `link` before their names.
[[nodiscard]] std::string page_of(std::vector<Results> const& studies, std::filesystem::path const& pictures,
                                  std::string const& link);

/// The claims, each held against all comparisons that bear on it.
[[nodiscard]] std::string claims_of(std::vector<Results> const& studies);

/// What goes beyond the published method, and the default against all others, row by row.
[[nodiscard]] std::string beyond_of(std::vector<Results> const& studies, std::filesystem::path const& pictures,
                                    std::string const& link);

/// Pictures of a study: their Markdown.
[[nodiscard]] std::string pictures_of(Results const& results, std::filesystem::path const& folder,
                                      std::string const& link);

}  // namespace demo
