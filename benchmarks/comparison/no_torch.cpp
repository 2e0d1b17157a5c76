// Replaces torch_steps.cpp where LibTorch is missing.

#include "training.hpp"

namespace comparison {

Training train_torch(Problem const&, double) { return {}; }
Training train_torch_groups(Problem const&, double) { return {}; }
std::string torch_version() { return {}; }

}  // namespace comparison
