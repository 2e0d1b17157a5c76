#include "columns.hpp"

#include <algorithm>

namespace demo {
namespace {

/// Returns the width in letters, not bytes.
std::size_t width_of(std::string const& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string Columns::text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (auto const& row : rows_) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      widths[c] = std::max(widths[c], width_of(row[c]));
    }
  }
  std::string text;
  for (auto const& row : rows_) {
    std::string line = "  " + row[0] + std::string(widths[0] - width_of(row[0]), ' ');
    for (std::size_t c = 1; c < row.size(); ++c) {
      line += std::string(2 + widths[c] - width_of(row[c]), ' ') + row[c];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

}  // namespace demo
