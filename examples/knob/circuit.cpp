#include "circuit.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

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

/// Returns the kernel at multiples of 1 / steps. Its sum is `steps`.
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

/// Returns x at times n + i / steps, for n from -reach_out to its end and as far beyond: zero outside.
std::vector<double> interpolated(std::span<float const> x, int steps) {
  auto const taps = taps_of(1, reach_in, steps);
  std::size_t const around = reach_in + reach_out;
  std::vector<double> padded(x.size() + 2 * around);
  std::copy(x.begin(), x.end(), padded.begin() + static_cast<std::ptrdiff_t>(around));
  auto const phases = static_cast<std::size_t>(steps);
  std::vector<double> fine((x.size() + 2 * reach_out) * phases);
  for (std::size_t n = 0; n < fine.size() / phases; ++n) {
    for (std::size_t i = 0; i < phases; ++i) {
      double sum = 0;
      for (std::size_t k = 0; k < 2 * reach_in; ++k) {  // from the newest sample within reach
        sum += taps[k * phases + i] * padded[n + 2 * reach_in - k];
      }
      fine[n * phases + i] = sum;
    }
  }
  return fine;
}

/// Limits to 20 kHz and keeps every `steps`-th value.
std::vector<float> decimated(std::span<double const> fine, int steps) {
  auto const taps = taps_of(20.0 / 24.0, reach_out, steps);
  auto const phases = static_cast<std::size_t>(steps);
  std::vector<float> y(fine.size() / phases - 2 * reach_out);
  for (std::size_t n = 0; n < y.size(); ++n) {  // the last tap is zero, and would read beyond the last sample
    y[n] = static_cast<float>(std::inner_product(taps.begin(), taps.end() - 1, fine.data() + n * phases, 0.0) / steps);
  }
  return y;
}

/// Solves dx/dt = f(x) for h seconds a step by BDF2: x = (4 x' - x'') / 3 + (2 / 3) h f(x). The members are the two
/// previous values.
class Past {
 public:
  [[nodiscard]] double weighed() const noexcept { return (4 * last_ - before_) / 3; }
  double push(double x) noexcept {
    before_ = last_;
    return last_ = x;
  }

 private:
  double last_ = 0;
  double before_ = 0;
};

class Filter {
 public:
  explicit Filter(double seconds) : h_(2 * seconds / 3) {}
  double operator()(double v, double corner) noexcept {
    double const g = h_ * 2 * std::numbers::pi * corner;
    return past_.push((past_.weighed() + g * v) / (1 + g));
  }

 private:
  double h_;
  Past past_;
};

class Clipper {
 public:
  explicit Clipper(double seconds)
      : k_(2 * seconds / 3 / (resistance * capacitance)),
        c_(2 * seconds / 3 * 2 * saturation / capacitance / (1 + k_)) {}
  double operator()(double u) noexcept { return past_.push(clipped((past_.weighed() + k_ * u) / (1 + k_), c_)); }

 private:
  /// Solves v + c sinh(v / V) = r for v. In s = sinh(v / V) this is V asinh(s) + c s = r, concave for s > 0. Newton's
  /// method from below never overshoots. From elsewhere its first step may; it then begins again at 0.
  double clipped(double r, double c) noexcept {
    double const sign = r < 0 ? -1 : 1;
    double s = std::max(sign * sinh_, 0.0);
    for (int i = 0; i < 64; ++i) {
      double const excess = thermal * std::asinh(s) + c * s - sign * r;
      double const next = s - excess / (thermal / std::sqrt(1 + s * s) + c);
      double const moved = std::abs(next - s);
      s = std::max(next, 0.0);
      if (moved <= 1e-6 * (1 + s)) {  // the error of a Newton step is about its square
        break;
      }
    }
    sinh_ = sign * s;
    return thermal * std::asinh(sinh_);
  }

  double k_;
  double c_;
  Past past_;
  double sinh_ = 0;
};

}  // namespace

double gain_of(double drive) { return std::pow(10, 36 * drive / 20); }
double corner_of(double tone) { return 1000 * std::pow(8, tone); }

std::vector<float> simulate(std::span<float const> x, KnobPath const& knobs, int oversampling) {
  auto fine = interpolated(x, oversampling);
  double const step = 1.0 / (sample_rate * static_cast<double>(oversampling));
  Clipper clipper(step);
  Filter filter(step);
  for (std::size_t i = 0; i < fine.size(); ++i) {
    Setting const at = knobs((static_cast<double>(i) - reach_out * oversampling) * step);
    fine[i] = filter(clipper(gain_of(at.drive) * fine[i]), corner_of(at.tone));
  }
  return decimated(fine, oversampling);
}

std::vector<std::vector<float>> simulate(std::span<float const> x, double drive, std::span<double const> tones,
                                         int oversampling) {
  auto clipped = interpolated(x, oversampling);
  double const step = 1.0 / (sample_rate * static_cast<double>(oversampling));
  Clipper clipper(step);
  std::transform(clipped.begin(), clipped.end(), clipped.begin(),
                 [&, gain = gain_of(drive)](double u) { return clipper(gain * u); });
  std::vector<std::vector<float>> all;
  std::vector<double> filtered(clipped.size());
  for (double const tone : tones) {
    Filter filter(step);
    std::transform(clipped.begin(), clipped.end(), filtered.begin(),
                   [&, corner = corner_of(tone)](double v) { return filter(v, corner); });
    all.push_back(decimated(filtered, oversampling));
  }
  return all;
}

}  // namespace demo
