#pragma once

#include <filesystem>
#include <string>

/// Functions for files that an example writes. Each throws wm::FileError, with the expected and the actual state.
namespace demo {

void make_folder(std::filesystem::path const& folder);

/// Checks that a file can be written. For use before the work, not after it.
void require_writable(std::filesystem::path const& file);

void write_text(std::filesystem::path const& file, std::string const& text);

}  // namespace demo
