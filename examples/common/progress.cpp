#include "progress.hpp"

#include "terminal.hpp"
#include "text.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

namespace demo {

Progress::Progress(std::string what, double total)
    : what_(std::move(what)), total_(total), is_terminal_(terminal_width(STDERR_FILENO) > 0) {}

Progress::~Progress() {
  if (has_drawn_) {
    std::cerr << '\n';
  }
}

void Progress::advance(double work) {
  std::scoped_lock const lock(mutex_);
  done_ += work;
  double const fraction = done_ < total_ * (1 - 1e-9) ? done_ / total_ : 1;  // sums may fall short by rounding
  if (is_terminal_) {
    auto const now = std::chrono::steady_clock::now();
    bool const is_due = now - drawn_ >= std::chrono::milliseconds(100) || fraction == 1;
    if (is_due) {
      drawn_ = now;
      draw_bar(fraction, time_left(fraction));
    }
  } else if (int const tenths = static_cast<int>(10 * fraction + 1e-9); tenths > tenths_) {
    tenths_ = tenths;
    std::cerr << joined(what_, ": ", 10 * tenths, " %, ", time_left(fraction), '\n');
  }
}

void Progress::draw_bar(double fraction, std::string const& rest) {
  int const width = std::max(terminal_width(STDERR_FILENO) - 1, 10);
  std::string const percent = fixed(100 * fraction, 0) + " %";
  std::string line = what_ + "  ";
  int const room = width - static_cast<int>(line.size() + percent.size() + rest.size()) - 6;
  if (room >= 10) {
    int const cells = std::min(room, 40);
    int const full = static_cast<int>(fraction * cells);
    line += '[' + std::string(static_cast<std::size_t>(full), '#') +
            std::string(static_cast<std::size_t>(cells - full), '.') + "]  ";
  }
  line += percent + "  " + rest;
  line.resize(static_cast<std::size_t>(width), ' ');  // overwrites the old line without wrapping
  std::cerr << '\r' << line << std::flush;
  has_drawn_ = true;
}

std::string Progress::time_left(double fraction) const {
  double const gone = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  if (fraction >= 1) {
    return joined("took ", fixed(gone, 0), " s");
  }
  double const left = gone * (1 - fraction) / fraction;
  return left < 100 ? joined("about ", fixed(left, 0), " s left") : joined("about ", fixed(left / 60, 0), " min left");
}

}  // namespace demo
