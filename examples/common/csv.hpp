#pragma once

#include <wmanifold/core/matrix.hpp>

#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace demo {

/// Numbers in named columns.
struct Table {
  std::vector<std::string> names;  ///< of the columns
  std::vector<double> cells;       ///< row by row

  /// Returns the cells as a view, rows x columns. The view keeps Eigen matrices out of the interface between this
  /// file's code, compiled for any processor, and code for another, which aligns them differently.
  [[nodiscard]] auto numbers() const {
    auto const columns = static_cast<wmanifold::Index>(names.size());
    return Eigen::Map<wmanifold::Matrix<double> const>(cells.data(), std::ssize(cells) / columns, columns);
  }

  /// Returns the column of a name. Throws wmanifold::ArgumentError, with the known names, if there is none.
  [[nodiscard]] wmanifold::Index column(std::string_view name) const;
};

/// Reads numbers separated by commas, a line a row, below a line of names. Names, without commas, and numbers may be in
/// quotes and have blanks about them. Lines end in LF or CR LF; empty ones are skipped. The locale has no influence.
/// Throws wmanifold::FileError, with line and column counted from 1, for text that is no finite number and for lines of
/// other lengths.
[[nodiscard]] Table read_csv(std::filesystem::path const& path);
/// Reads the same from text. `name` stands for the file in errors.
[[nodiscard]] Table parse_csv(std::string_view text, std::string const& name);

}  // namespace demo
