#pragma once

#include "problem.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace comparison {

/// A contender that trains on a problem by the flow with momentum:
/// v = momentum v + G^-1 gradient of the mean loss, P -= rate v. Bending costs nothing (stiffness 0).
struct Training {
  std::function<double(std::size_t)> steps;                      ///< takes this many; returns the loss before the last
  std::function<std::vector<std::vector<double>>()> parameters;  ///< in the order of Problem's
};

/// This library.
[[nodiscard]] Training train_ours(Problem const& problem, double rate);

/// Eigen, with the batch x K (inputs + 1) matrix of phi (x) (x, 1) in memory.
[[nodiscard]] Training train_eigen(Problem const& problem, double rate);
/// The same in double, for reference.
[[nodiscard]] Training train_reference(Problem const& problem, double rate);

/// LibTorch with the same matrix, and autograd.
[[nodiscard]] Training train_torch(Problem const& problem, double rate);
/// LibTorch with W = sum_k phi_k P_k of each group, products in a loop over groups, a backward pass written by hand.
[[nodiscard]] Training train_torch_groups(Problem const& problem, double rate);
/// Version of LibTorch; empty where this program was built without it.
[[nodiscard]] std::string torch_version();

}  // namespace comparison
