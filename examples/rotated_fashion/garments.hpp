#pragma once

#include "experiment.hpp"

#include <string>
#include <vector>

namespace demo {

/// Returns the names of the classes: words for Fashion-MNIST, numbers otherwise.
[[nodiscard]] std::vector<std::string> class_names(DataSet const& data, bool is_fashion);

/// Returns an HTML table: the first test image of each class (of the first ten) at eight angles, each with the class
/// that the network at that angle predicts.
[[nodiscard]] std::string garments_table(Ellipse const& ellipse, DataSet const& data,
                                         std::vector<std::string> const& names);

}  // namespace demo
