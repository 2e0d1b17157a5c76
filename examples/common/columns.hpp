#pragma once

#include <string>
#include <vector>

namespace demo {

/// Rows of cells under a head: the first column is aligned to the left, the others to the right.
class Columns {
 public:
  explicit Columns(std::vector<std::string> head) : rows_{std::move(head)} {}

  /// Adds a row with as many cells as the head has.
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace demo
