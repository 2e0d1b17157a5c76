#include "circuit.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace demo {
namespace {

constexpr double resistance = 2200;
constexpr double capacitance = 33e-9;
constexpr double saturation = 2.52e-9;
constexpr double thermal = 45.3e-3;

constexpr int reach_in = 6;   // of the interpolation, in samples
constexpr int reach_out = 8;  // of the limit to 20 kHz
static_assert(reach_in + reach_out == circuit_reach);

/// A sinc of `cutoff` (1: half the sample rate) under a Blackman window, t in samples.
double kernel(double t, double cutoff, double reach) {
  if (std::abs(t) >= reach) {
    return 0;
  }
  double const angle = std::numbers::pi * t / reach;
  double const window = 0.42 + 0.5 * std::cos(angle) + 0.08 * std::cos(2 * angle);
  double const x = std::numbers::pi * cutoff * t;
  return cutoff * window * (t == 0 ? 1 : std::sin(x) / x);
}

/// The kernel at multiples of 1 / steps, its sum `steps`.
std::vector<double> taps_of(double cutoff, int reach, int steps) {
  std::vector<double> taps;
  double sum = 0;
  for (int i = -reach * steps; i <= reach * steps; ++i) {
    taps.push_back(kernel(static_cast<double>(i) / steps, cutoff, reach));
    sum += taps.back();
  }
  for (double& tap : taps) {
    tap *= steps / sum;
  }
  return taps;
}

/// x at times n + i / steps, for n from -reach_out to its end and beyond by as much: zero outside.
std::vector<double> interpolated(std::span<float const> x, int steps) {
  auto const taps = taps_of(1, reach_in, steps);
  auto const size = static_cast<int>(x.size());
  std::vector<double> fine(static_cast<std::size_t>((size + 2 * reach_out) * steps));
  for (std::size_t i = 0; i < fine.size(); ++i) {
    int const at = static_cast<int>(i) - reach_out * steps;  // in steps
    int const last = static_cast<int>(std::floor(static_cast<double>(at) / steps)) + reach_in;
    double sum = 0;
    for (int n = std::max(0, last - 2 * reach_in); n <= std::min(size - 1, last); ++n) {
      int const tap = at - n * steps + reach_in * steps;
      if (tap >= 0 && tap < static_cast<int>(taps.size())) {
        sum += taps[static_cast<std::size_t>(tap)] * static_cast<double>(x[static_cast<std::size_t>(n)]);
      }
    }
    fine[i] = sum;
  }
  return fine;
}

/// Every `steps`-th of what is below 20 kHz.
std::vector<float> decimated(std::vector<double> const& fine, std::size_t size, int steps) {
  auto const taps = taps_of(20.0 / 24.0, reach_out, steps);
  std::vector<float> y(size);
  for (std::size_t n = 0; n < size; ++n) {
    double sum = 0;
    for (std::size_t i = 0; i < taps.size(); ++i) {
      std::size_t const at = n * static_cast<std::size_t>(steps) + i;
      sum += at < fine.size() ? taps[i] * fine[at] : 0;
    }
    y[n] = static_cast<float>(sum / steps);
  }
  return y;
}

/// The clipper and the filter, step by step of h seconds. BDF2: v = (4 v' - v'') / 3 + (2 / 3) h f(v).
class Steps {
 public:
  explicit Steps(double seconds) : h_(2 * seconds / 3) {}

  double operator()(double u, double corner) {
    double const k = h_ / (resistance * capacitance);
    double const c = h_ * 2 * saturation / capacitance / (1 + k);
    double const r = ((4 * v_[0] - v_[1]) / 3 + k * u) / (1 + k);
    v_[1] = v_[0];
    v_[0] = clipped(r, c);
    double const g = h_ * 2 * std::numbers::pi * corner;
    double const w = ((4 * w_[0] - w_[1]) / 3 + g * v_[0]) / (1 + g);
    w_[1] = w_[0];
    w_[0] = w;
    return w;
  }

 private:
  /// v with v + c sinh(v / V) = r. In s = sinh(v / V) this is V asinh(s) + c s = r, concave for s > 0: Newton's method
  /// from below never overshoots, from anywhere else its first step may, and then begins again at 0.
  double clipped(double r, double c) {
    double const sign = r < 0 ? -1 : 1;
    double s = std::max(sign * sinh_, 0.0);
    for (int i = 0; i < 64; ++i) {
      double const excess = thermal * std::asinh(s) + c * s - sign * r;
      double const next = s - excess / (thermal / std::sqrt(1 + s * s) + c);
      double const moved = std::abs(next - s);
      s = std::max(next, 0.0);
      if (moved <= 1e-6 * (1 + s)) {  // the error of a step of Newton is about its square
        break;
      }
    }
    sinh_ = sign * s;
    return thermal * std::asinh(sinh_);
  }

  double h_;
  double v_[2] = {0, 0};
  double w_[2] = {0, 0};
  double sinh_ = 0;
};

}  // namespace

double gain_of(double drive) { return std::pow(10, 36 * drive / 20); }
double corner_of(double tone) { return 1000 * std::pow(8, tone); }

std::vector<float> simulate(std::span<float const> x, KnobPath const& knobs, int oversampling) {
  auto fine = interpolated(x, oversampling);
  double const step = 1.0 / (sample_rate * static_cast<double>(oversampling));
  Steps circuit(step);
  for (std::size_t i = 0; i < fine.size(); ++i) {
    Setting const at = knobs((static_cast<double>(i) - reach_out * oversampling) * step);
    fine[i] = circuit(gain_of(at.drive) * fine[i], corner_of(at.tone));
  }
  return decimated(fine, x.size(), oversampling);
}

std::vector<float> simulate(std::span<float const> x, Setting knobs, int oversampling) {
  auto fine = interpolated(x, oversampling);
  Steps circuit(1.0 / (sample_rate * static_cast<double>(oversampling)));
  double const gain = gain_of(knobs.drive);
  double const corner = corner_of(knobs.tone);
  for (double& value : fine) {
    value = circuit(gain * value, corner);
  }
  return decimated(fine, x.size(), oversampling);
}

}  // namespace demo
