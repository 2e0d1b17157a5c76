#include "csv.hpp"

#include "text.hpp"

#include <fstream>

namespace demo {
namespace {

namespace wm = wmanifold;

/// Cuts off the text up to the next separator, and the separator.
std::string_view next(std::string_view& text, char separator) {
  auto const end = text.find(separator);
  auto const part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

/// Returns the text without surrounding blanks and then without quotes.
std::string_view trimmed(std::string_view text) {
  auto const first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) {
    return {};
  }
  text = text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : text;
}

/// Returns the fields of a line: one more than its commas.
std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  bool is_last = false;
  while (!is_last) {
    is_last = line.find(',') == std::string_view::npos;
    fields.push_back(trimmed(next(line, ',')));
  }
  return fields;
}

}  // namespace

wm::Index Table::column(std::string_view name) const {
  std::string all;
  for (std::size_t c = 0; c < names.size(); ++c) {
    if (names[c] == name) {
      return static_cast<wm::Index>(c);
    }
    all.append(c == 0 ? "" : ", ").append(names[c]);
  }
  wm::fail("table: expected one of the columns ", all, ", got ", name);
}

Table parse_csv(std::string_view text, std::string const& name) {
  if (text.starts_with("\xEF\xBB\xBF")) {  // byte order mark of UTF-8
    text.remove_prefix(3);
  }
  Table table;
  for (int number = 1; !text.empty(); ++number) {
    auto const line = next(text, '\n');
    if (trimmed(line).empty()) {
      continue;
    }
    auto const fields = fields_of(line);
    if (table.names.empty()) {
      table.names.assign(fields.begin(), fields.end());
      continue;
    }
    if (fields.size() != table.names.size()) {
      wm::fail<wm::FileError>(name, ", line ", number, ": expected ", table.names.size(), " columns, got ",
                              fields.size());
    }
    for (std::size_t c = 0; c < fields.size(); ++c) {
      auto const value = decimal_number(fields[c]);
      if (!value) {
        wm::fail<wm::FileError>(name, ", line ", number, ", column ", c + 1, " (", table.names[c],
                                "): expected a finite number, got '", fields[c], "'");
      }
      table.cells.push_back(*value);
    }
  }
  if (table.names.empty()) {
    wm::fail<wm::FileError>(name, ": expected a line of names, got an empty file");
  }
  return table;
}

Table read_csv(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) {
    wm::fail<wm::FileError>(path.string(), ": expected a file that can be read, got a folder or none");
  }
  std::string const text{std::istreambuf_iterator<char>(file), {}};
  return parse_csv(text, path.string());
}

}  // namespace demo
