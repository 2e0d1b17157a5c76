#include "measure.hpp"

#include "signal.hpp"

#include <cmath>
#include <numbers>

namespace demo {
namespace {

constexpr double sweep_hertz = 10;

KnobPath sweep_of(double drive, double tone) {
  return [=](double t) {
    double const up = std::sin(2 * std::numbers::pi * sweep_hertz * t);
    return Setting{0.5 + drive * up, 0.5 + tone * up};
  };
}

double db(double ratio) { return 20 * std::log10(ratio); }

std::vector<float> difference(std::span<float const> a, std::span<float const> b) {
  std::vector<float> all(a.size());
  std::transform(a.begin(), a.end(), b.begin(), all.begin(), std::minus{});
  return all;
}

}  // namespace

Energies compare(std::span<float const> y, std::span<float const> target) {
  wm::require_count("compare", "samples", target.size(), y.size());
  double mean = 0;
  for (float const t : target) {
    mean += static_cast<double>(t) / static_cast<double>(target.size());
  }
  Energies sum;
  for (std::size_t n = 0; n < y.size(); ++n) {
    double const t = static_cast<double>(target[n]);
    sum.error += std::pow(static_cast<double>(y[n]) - t, 2);
    sum.signal += std::pow(t - mean, 2);
  }
  return sum;
}

double peak_db(std::span<float const> y) {
  double most = 0;
  for (float const value : y) {
    most = std::max(most, std::abs(static_cast<double>(value)));
  }
  return db(most);
}

std::vector<double> ratios(Contender const& contender, Recordings const& data, unsigned threads) {
  std::vector<double> all(data.takes.size());
  side_by_side(all.size(), threads, [&](std::size_t i) {
    auto const& take = data.takes[i];
    all[i] = compare(run(contender.at(take.knobs), data.x), take.y).ratio();
  });
  return all;
}

std::vector<Sweep> record_sweeps(std::vector<float> const& x, unsigned threads) {
  constexpr std::size_t stops = 8;
  std::vector<Sweep> all{{"drive", sweep_of(0.4, 0), x, {}, {}},
                         {"tone", sweep_of(0, 0.4), x, {}, {}},
                         {"both", sweep_of_both(), x, {}, {}}};
  for (Sweep& sweep : all) {
    sweep.resting.resize(stops);
  }
  side_by_side(all.size() * (stops + 1), threads, [&](std::size_t job) {
    Sweep& sweep = all[job / (stops + 1)];
    std::size_t const i = job % (stops + 1);
    if (i == stops) {
      sweep.moving = late(simulate(x, sweep.path));
    } else {
      Setting const at = sweep.path((static_cast<double>(i) + 0.5) / (stops * sweep_hertz));
      sweep.resting[i] = {at, late(simulate(x, at.drive, std::array{at.tone})[0]), 0};
    }
  });
  return all;
}

KnobPath sweep_of_both() { return sweep_of(0.4, 0.4); }

Swept follow(Contender const& contender, Sweep const& sweep) {
  Energies sum;
  for (Recordings::Take const& take : sweep.resting) {
    sum += compare(run(contender.at(take.knobs), sweep.x), take.y);
  }
  auto const moving = [&](wm::Index every) {
    return compare(contender.stream(sweep.x, sweep.path, {every}), sweep.moving).ratio();
  };
  return {sweep.name, moving(8), moving(32), sum.ratio()};
}

Residual residual(Contender const& contender) {
  KnobPath const path = sweep_of(0.5, 0.5);
  std::vector<float> const silence(sample_rate);
  Residual result;
  result.silence = peak_db(contender.stream(silence, path, {}));

  auto const x = sine(440, 0.25, 1);
  auto const padded = with_silence(x);
  std::vector<float> exact(x.size());
  for (std::size_t n = 0; n < x.size(); ++n) {
    Network const network = contender.at(path((static_cast<double>(n) - latency) / sample_rate));
    network(std::span(padded).subspan(n, window), std::span(exact).subspan(n, 1));
  }
  result.sine = peak_db(difference(contender.stream(x, path, {32}), exact));
  result.sine_8 = peak_db(difference(contender.stream(x, path, {8}), exact));
  return result;
}

}  // namespace demo
