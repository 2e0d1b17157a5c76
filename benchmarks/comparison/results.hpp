#pragma once

#include "contest.hpp"

#include <functional>
#include <string>
#include <vector>

namespace comparison {

struct Result {
  std::string name;
  std::string contender;
  int threads = 1;
  double seconds = 0;  ///< of a call, the median over rounds
  double gflops = 0;
  double bytes_per_second = 0;  ///< 0: no memory is touched
  double share_of_peak = 0;     ///< of the FMA peak in the same run, times the threads
};

struct Results {
  std::vector<Result> cases;
  double fma_peak_gflops = 0;  ///< of one thread
};

/// Times all heats, each for an equal part of the seconds. The FMA loop at the start of each heat takes its turns.
[[nodiscard]] Results carry_out(Contest const& contest, double seconds, std::function<void(double)> const& done);

}  // namespace comparison
