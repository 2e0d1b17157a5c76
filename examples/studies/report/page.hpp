#pragma once

#include "report/results.hpp"

namespace demo {

/// Writes the pages about all studies in Markdown: the summary to `summary`, and into a folder beside it of its name
/// the pictures, a page for each study, claims.md and default.md. Returns the files of the pages, the summary first.
/// Throws wm::FileError.
std::vector<std::filesystem::path> write_pages(std::vector<Results> const& studies,
                                               std::filesystem::path const& summary);

/// Verdicts on the claims: a section of the summary, with a link to the claims by study.
[[nodiscard]] std::string claims_of(std::vector<Results> const& studies, std::string const& link);

/// A page: the claims, each held against all comparisons that bear on it, study by study.
[[nodiscard]] std::string claims_by_study(std::vector<Results> const& studies, std::string const& summary_link);

/// What goes beyond the published method: a section of the summary, with a link to the page of the default.
[[nodiscard]] std::string beyond_of(std::vector<Results> const& studies, std::string const& link);

/// A page: the default against all others, row by row. Its picture is written to a folder, that of the page.
[[nodiscard]] std::string default_by_row(std::vector<Results> const& studies, std::filesystem::path const& pictures,
                                         std::string const& summary_link);

/// Writes the pictures of a study to a folder. Returns their Markdown, for a page in that folder.
[[nodiscard]] std::string pictures_of(Results const& results, std::filesystem::path const& folder);

}  // namespace demo
