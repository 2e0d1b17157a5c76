#pragma once

#include "experiment.hpp"

#include <string>
#include <vector>

namespace demo {

/// What the classes are called: names for Fashion-MNIST, numbers otherwise.
[[nodiscard]] std::vector<std::string> class_names(DataSet const& data, bool is_fashion);

/// The first test image of each class (of the first ten) at eight angles, each with what the network at that angle says
/// it is: a table in HTML.
[[nodiscard]] std::string garments_table(Ellipse const& ellipse, DataSet const& data,
                                         std::vector<std::string> const& names);

}  // namespace demo
