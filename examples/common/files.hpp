#pragma once

#include <filesystem>
#include <string>

/// Files that an example writes; each throws wm::FileError, with what was expected and what came.
namespace demo {

void make_folder(std::filesystem::path const& folder);

/// Can it be written? Better asked before the work than after it.
void require_writable(std::filesystem::path const& file);

void write_text(std::filesystem::path const& file, std::string const& text);

}  // namespace demo
