#pragma once

#include "files.hpp"
#include "summary.hpp"

#include <string>

namespace demo {

/// Paths of the results; `json` may be empty.
struct Output {
  std::filesystem::path folder;
  std::filesystem::path json;

  [[nodiscard]] std::filesystem::path report() const { return folder / "report.html"; }
  [[nodiscard]] std::filesystem::path results() const { return folder / "results.json"; }
  [[nodiscard]] std::filesystem::path model() const { return folder / "ellipse.safetensors"; }

  /// Makes the folder. Throws wm::FileError when it or a file in it cannot be written. For use before the work, not
  /// after it.
  void prepare() const;
};

[[nodiscard]] std::string json_of(std::span<Summary const> summaries);

}  // namespace demo
