#pragma once

#include "common/keep.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace comparison {

/// One contender at one task.
struct Case {
  std::string name;
  std::string contender;
  double flops = 0;  ///< of a call, by the mathematics: the same for all contenders
  double bytes = 0;  ///< least number that a call reads or writes
  int threads = 1;
  std::function<void(std::size_t)> run = {};  ///< makes this many calls, back to back
};

/// Cases timed in turns.
using Heat = std::vector<Case>;

/// Names of contenders in reports.
namespace name {
inline constexpr char const* ours = "wmanifold";
inline constexpr char const* eigen = "Eigen";
inline constexpr char const* eigen_weighted = "Eigen weighted";
inline constexpr char const* torch = "LibTorch";
inline constexpr char const* openblas = "OpenBLAS";
inline constexpr char const* blis = "BLIS";
inline constexpr char const* onednn = "oneDNN";
inline constexpr char const* xsmm = "LIBXSMM";
inline constexpr char const* one_by_one = "one by one";  ///< this library, a call for each sample of a block
inline constexpr char const* fma = "FMA loop";
}  // namespace name

using bench::keep;

}  // namespace comparison
