#pragma once

#include <string>

namespace demo {

/// Two claims that need no data, each measured anew: a verdict and its figures, in Markdown.
[[nodiscard]] std::string metric_verdict();
[[nodiscard]] std::string decomposition_verdict();

}  // namespace demo
