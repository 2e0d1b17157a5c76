#pragma once

#include "report/results.hpp"

namespace demo {

/// Writes the pages about all studies in Markdown: the summary to `summary`, and into a folder beside it of its name
/// the pictures, a page for each study, claims.md and default.md. Returns the files of the pages, the summary first.
/// Throws wm::FileError.
std::vector<std::filesystem::path> write_pages(std::vector<Results> const& studies,
                                               std::filesystem::path const& summary);

/// Returns the verdicts on the claims: a section of the summary, with a link to the claims by study.
[[nodiscard]] std::string claims_of(std::vector<Results> const& studies, std::string const& link);

/// Returns a page: the claims, with counts of the comparisons of each study.
[[nodiscard]] std::string claims_by_study(std::vector<Results> const& studies, std::string const& summary_link);

/// Returns the variants beyond the published method: a section of the summary, with a link to the default's page.
[[nodiscard]] std::string beyond_of(std::vector<Results> const& studies, std::string const& link);

/// Returns a page: the default against the best other method, by comparison. Writes its picture to the page's folder.
[[nodiscard]] std::string default_by_row(std::vector<Results> const& studies, std::filesystem::path const& pictures,
                                         std::string const& summary_link);

/// Writes the pictures of a study to a folder. Returns their Markdown, for a page in that folder.
[[nodiscard]] std::string pictures_of(Results const& results, std::filesystem::path const& folder);

}  // namespace demo
