#include "table.hpp"

#include "text.hpp"

#include <algorithm>

namespace demo {
namespace {

struct Column {
  std::string head;
  std::size_t width;
  std::string (*cell)(Summary const&, std::string const& plus_minus);
};

/// Columns in order of importance: a narrow terminal gets the first ones.
std::vector<Column> columns() {
  using Text = std::string const&;
  return {{"accuracy, %", 13,
           [](Summary const& s, Text pm) { return fixed(s.mean, 1) + ' ' + pm + ' ' + fixed(s.spread, 1); }},
          {"multiply-adds", 15, [](Summary const& s, Text) { return grouped(s.multiply_adds); }},
          {"parameters", 12, [](Summary const& s, Text) { return grouped(s.parameters); }},
          {"seconds", 9, [](Summary const& s, Text) { return fixed(s.seconds, 2); }}};
}

std::size_t characters(std::string const& utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string right(std::string const& text, std::size_t width) {
  std::size_t const length = characters(text);
  return std::string(width - std::min(width, length), ' ') + text;
}

}  // namespace

std::string table_of(std::span<Summary const> summaries, int width, bool utf8) {
  std::size_t names = 0;
  for (Summary const& one : summaries) {
    names = std::max(names, one.contender->name.size());
  }
  auto shown = columns();
  auto const total = [&] {
    std::size_t sum = names + 2;
    for (auto const& column : shown) {
      sum += column.width;
    }
    return sum;
  };
  while (width > 0 && shown.size() > 1 && total() > static_cast<std::size_t>(width)) {
    shown.pop_back();
  }
  std::string const plus_minus = utf8 ? "\u00B1" : "+-";
  std::string text;
  for (Study const* study : studies_of(summaries)) {
    text += joined('\n', study->name, ": ", study->text, "\n  ", std::string(names, ' '));
    for (auto const& column : shown) {
      text += right(column.head, column.width);
    }
    for (Summary const& one : of_study(summaries, *study)) {
      text += joined("\n  ", one.contender->name, std::string(names - one.contender->name.size(), ' '));
      for (auto const& column : shown) {
        text += right(column.cell(one, plus_minus), column.width);
      }
    }
    text += '\n';
  }
  return text;
}

}  // namespace demo
