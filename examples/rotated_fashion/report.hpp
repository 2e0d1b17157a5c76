#pragma once

#include "summary.hpp"

#include <string>

namespace demo {

/// Contents of a report beside the results.
struct Circumstances {
  std::string data;
  bool is_fashion = false;
  Settings settings;
  std::size_t seeds = 0;
  unsigned threads = 0;
  double seconds = 0;  ///< training and tests, all runs together, in wall time
};

/// Returns one self-contained page with style and pictures. `ellipse` may be null.
[[nodiscard]] std::string report_of(std::span<Summary const> summaries, DataSet const& data, Ellipse const* ellipse,
                                    Circumstances const& circumstances);

}  // namespace demo
