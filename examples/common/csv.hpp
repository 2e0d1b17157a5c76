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

  /// Rows x columns. A view of the cells: a matrix of Eigen's must not pass between this file's code, which is for any
  /// processor, and code for another, which aligns it otherwise.
  [[nodiscard]] auto numbers() const {
    auto const columns = static_cast<wmanifold::Index>(names.size());
    return Eigen::Map<wmanifold::Matrix<double> const>(cells.data(), std::ssize(cells) / columns, columns);
  }

  /// Where the column of a name is. Throws wmanifold::ArgumentError, with the names there are, where none is.
  [[nodiscard]] wmanifold::Index column(std::string_view name) const;
};

/// Reads numbers separated by commas, a line a row, below a line of names. Names, without commas, and numbers may be in
/// quotes and have blanks about them; lines end in LF or CR LF, and empty ones count for nothing. No locale has a part
/// in it. Throws wmanifold::FileError, with line and column from 1 on, for what is no finite number, and for lines of
/// other lengths.
[[nodiscard]] Table read_csv(std::filesystem::path const& path);
/// The same from text; `name` stands for the file in errors.
[[nodiscard]] Table parse_csv(std::string_view text, std::string const& name);

}  // namespace demo
