#include "results.hpp"

#include "text.hpp"

#include <nlohmann/json.hpp>

namespace demo {
namespace {

std::string title_of(Price const& price) { return price ? joined("stiffness ", *price) : "plain"; }

/// Aligns to the right in `width` columns; `extra` bytes of the text take no column.
std::string right(std::string const& text, std::size_t width, std::size_t extra = 0) {
  std::size_t const length = text.size() - extra;
  return std::string(width - std::min(width, length), ' ') + text;
}

std::string cell(Figure const& figure, int digits, bool utf8) {
  std::string const sign = utf8 ? "\u00B1" : "+-";
  return right(joined(fixed(figure.mean, digits), ' ', sign, ' ', fixed(figure.spread, digits)), 16, utf8 ? 1 : 0);
}

nlohmann::ordered_json json_of(Figure const& figure) { return {{"mean", figure.mean}, {"std", figure.spread}}; }

}  // namespace

std::string table_of(std::span<Row const> rows, bool utf8) {
  std::string text;
  Row const* last = nullptr;
  for (Row const& row : rows) {
    if (last == nullptr || last->study != row.study || last->shape != row.shape || last->way != row.way) {
      text += joined('\n', row.study->name, ", ", row.shape->name, ", ", name_of(row.way), ": ", row.study->text,
                     "\n                  length       inside, %      outside, %   lost to plain     first reach",
                     "           reach\n");
    }
    last = &row;
    std::string const title = title_of(row.price);
    text += joined("  ", title, std::string(14 - std::min<std::size_t>(title.size(), 14), ' '),
                   right(joined(row.length), 8), cell(row.inside, 1, utf8), cell(row.asked, 1, utf8),
                   cell(row.loss_to_plain, 1, utf8), cell(row.first, 2, utf8), cell(row.reach, 2, utf8), '\n');
  }
  return text;
}

std::string json_of(std::span<Row const> rows, Settings const& settings) {
  auto list = nlohmann::ordered_json::array();
  for (Row const& row : rows) {
    list.push_back({{"study", row.study->name},
                    {"shape", row.shape->name},
                    {"way", name_of(row.way)},
                    {"stiffness", row.price ? nlohmann::ordered_json(*row.price) : nlohmann::ordered_json("plain")},
                    {"length", row.length},
                    {"inside", json_of(row.inside)},
                    {"asked", json_of(row.asked)},
                    {"lost_to_plain", json_of(row.loss_to_plain)},
                    {"first_reach", json_of(row.first)},
                    {"reach", json_of(row.reach)}});
  }
  nlohmann::ordered_json const all{{"epochs", settings.epochs},
                                   {"training_images", settings.training_images},
                                   {"test_images", settings.test_images},
                                   {"batch", settings.batch},
                                   {"width", settings.width},
                                   {"momentum", settings.momentum},
                                   {"deviation", settings.deviation},
                                   {"rows", list}};
  return all.dump(2) + '\n';
}

}  // namespace demo
