// Learns one network for every quantile: the context of the manifold is the quantile's level. See --help.
//
// The pinball loss at a level s is least at the s-quantile of y given x, so a manifold of weights over s that descends
// it at levels drawn at random learns the whole distribution. The quantiles at levels 0 and 1 are infinite here, and no
// polynomial manifold goes there: levels are drawn from [0.02, 0.98], and nothing is claimed outside of it.

#include "claims.hpp"
#include "columns.hpp"
#include "data.hpp"
#include "files.hpp"
#include "line_plot.hpp"
#include "number_checks.hpp"
#include "progress.hpp"
#include "text.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <iostream>

namespace {

using namespace demo;

struct Settings {
  std::filesystem::path output = "quantile";
  wm::Index steps = 6000;
  wm::Index batch = 512;
  double rate = 0.004;
  std::uint64_t seed = 1;
};

// ---- the heart of it ----------------------------------------------------------------------------------------------

using Model = wm::Manifold<wm::Legendre<wm::Interval, 3>,  // weights are cubics in the level
                           wm::Dense<1, 32>, wm::Tanh, wm::Dense<32, 32>, wm::Tanh, wm::Dense<32, 1>>;

/// Returns levels within the learned range, one in each of `count` equal parts of it.
wm::Contexts<wm::Interval> draw_levels(wm::Index count, wm::Random& random) {
  auto levels = wm::stratified_points<wm::Interval>(count, random);
  for (auto& s : levels) {
    s = wm::Interval::at(0.02 + 0.96 * s[0]);
  }
  return levels;
}

/// Every step sees samples of its own, each at a level of its own.
Model train(Settings const& settings, Progress& progress) {
  wm::Seed const seed{settings.seed};
  Model model{wm::he_normal, seed};
  wm::GradientFlow flow{model, wm::Pinball{}, wm::Adam{}, {.rate = settings.rate, .stiffness = 0}};
  wm::CosineSchedule const rate{settings.rate, settings.rate / 1000, settings.steps};
  wm::Random random{seed.stream(1)};
  for (wm::Index i = 0; i < settings.steps; ++i) {
    auto const [inputs, targets] = draw_samples(settings.batch, random);
    flow.set_rate(rate(i));
    flow.step(inputs, draw_levels(settings.batch, random), targets);
    progress.advance(1);
  }
  return model;
}

// ---- its accuracy -------------------------------------------------------------------------------------------------

/// The accuracy of a level's curve on samples outside of training.
struct Level {
  double wanted;
  double coverage;  ///< share of targets below the curve
  double distance;  ///< root mean square distance to the known quantile
};

Level measure(Model const& model, double level, Samples const& test) {
  wm::Index const count = test.inputs.rows();
  auto const predicted =
      model.predict(test.inputs, wm::Contexts<wm::Interval>::constant(wm::Interval::at(level), count));
  double below = 0;
  double squares = 0;
  for (wm::Index i = 0; i < count; ++i) {
    below += test.targets(i, 0) < predicted(i, 0) ? 1 : 0;
    double const error =
        static_cast<double>(predicted(i, 0)) - known_quantile(static_cast<double>(test.inputs(i, 0)), level);
    squares += error * error;
  }
  auto const n = static_cast<double>(count);
  return {level, below / n, std::sqrt(squares / n)};
}

/// Returns the curve of a level over `count` equal parts of [-1, 1].
std::vector<Place> curve_of(Model const& model, double level, wm::Index count) {
  auto const network = model.at(wm::Interval::at(level));  // an ordinary network
  std::vector<Place> curve;
  for (wm::Index i = 0; i <= count; ++i) {
    auto const x = 2 * static_cast<float>(i) / static_cast<float>(count) - 1;
    std::array<float, 1> y{};
    network(std::array{x}, y);
    curve.push_back({static_cast<double>(x), static_cast<double>(y[0])});
  }
  return curve;
}

/// Returns the largest amount by which the curve of a higher level lies below that of a lower one, between levels 0.02
/// and 0.98.
double largest_crossing(Model const& model) {
  constexpr int levels = 192;
  std::vector<Place> highest = curve_of(model, 0.02, 200);  // of the levels so far, at each x
  double largest = 0;
  for (int n = 1; n <= levels; ++n) {
    auto const curve = curve_of(model, 0.02 + 0.96 * n / levels, 200);
    for (std::size_t i = 0; i < curve.size(); ++i) {
      largest = std::max(largest, highest[i].y - curve[i].y);
      highest[i].y = std::max(highest[i].y, curve[i].y);
    }
  }
  return largest;
}

constexpr double miss_allowed = 0.01;       // of a coverage
constexpr double crossing_allowed = 0.005;  // about a hundredth of the spread (0.05 to 0.95) at its least

std::vector<Level> show_levels(Model const& model, wm::Random& random, Claims& claims) {
  Samples const test = draw_samples(200'000, random);
  std::vector<Level> levels;
  double worst = 0;
  Columns table({"level", "coverage", "miss", "distance"});
  for (int n = 1; n <= 19; ++n) {
    Level const level = measure(model, n / 20.0, test);
    double const miss = level.coverage - level.wanted;
    worst = std::max(worst, std::abs(miss));
    table.add({fixed(level.wanted, 2), fixed(level.coverage, 4), fixed(miss, 4), fixed(level.distance, 4)});
    levels.push_back(level);
  }
  std::cout << "Coverage: share of " << grouped(test.inputs.rows()) << " fresh samples below the curve of a level.\n"
            << "Distance: root mean square distance of the curve from the known quantile.\n"
            << table.text();
  double const crossing = largest_crossing(model);
  claims.check(joined("the coverage of every level equals the level within ", 100 * miss_allowed, " % (largest miss ",
                      fixed(100 * worst, 2), " %)"),
               worst < miss_allowed);
  claims.check(joined("no level's curve lies below a lower one by more than ", crossing_allowed, " (at most ",
                      fixed(crossing, 5), ')'),
               crossing <= crossing_allowed);
  return levels;
}

// ---- pictures -----------------------------------------------------------------------------------------------------

void draw(std::filesystem::path const& folder, Model const& model, std::vector<Level> const& levels,
          wm::Random& random) {
  LinePlot curves{"Quantiles of y given x, all from one network", {"x", false, -1.0, 1.0}, {"y", false, -1.6, 3.4}, {}};
  Samples const samples = draw_samples(1500, random);
  curves.scatters.push_back({"samples", colour::grey, {}});
  for (wm::Index i = 0; i < samples.inputs.rows(); ++i) {
    curves.scatters[0].points.push_back(
        {static_cast<double>(samples.inputs(i, 0)), static_cast<double>(samples.targets(i, 0))});
  }
  constexpr std::array colours{colour::blue, colour::green, colour::orange, colour::green, colour::blue};
  constexpr std::array shown{0.95, 0.75, 0.5, 0.25, 0.05};
  for (std::size_t n = 0; n < shown.size(); ++n) {
    curves.curves.push_back({joined("level ", fixed(shown[n], 2)), colours[n], curve_of(model, shown[n], 200),
                             Dash::solid, 3, false, Names::beside});
  }
  for (double const level : shown) {
    std::vector<Place> known;
    for (int i = -100; i <= 100; ++i) {
      known.push_back({i / 100.0, known_quantile(i / 100.0, level)});
    }
    curves.curves.push_back({level == shown[0] ? "known quantiles" : "", "#1c1e21", known, Dash::dashed, 1.2});
  }
  write_plot(folder / "quantiles.svg", curves);

  LinePlot coverage{"Coverage of every level",
                    {"level", false, 0.0, 1.0},
                    {"coverage minus level, %", false, -1.5, 1.5},
                    {{"exact", colour::grey, {{0, 0}, {1, 0}}, Dash::dashed, 1.4},
                     {"measured", colour::blue, {}, Dash::solid, 1.6, true}}};
  coverage.bands.push_back({"within 1 %", colour::green, {0, 1}, {-1, -1}, {1, 1}});
  for (Level const& level : levels) {
    coverage.curves[1].points.push_back({level.wanted, 100 * (level.coverage - level.wanted)});
  }
  coverage.height = 360;
  write_plot(folder / "coverage.svg", coverage);
  std::cout << "\nplots  " << (folder / "quantiles.svg").string() << "\n       " << (folder / "coverage.svg").string()
            << '\n';
}

int run(Settings const& settings) {
  make_folder(settings.output);
  Claims claims;
  Progress progress("Training", static_cast<double>(settings.steps));
  Model const model = train(settings, progress);
  wm::Random random{wm::Seed{settings.seed}.stream(2)};
  auto const levels = show_levels(model, random, claims);
  draw(settings.output, model, levels, random);
  return claims.status();
}

}  // namespace

int main(int count, char** words) try {
  Settings settings;
  CLI::App app(
      "Learns every quantile of y given x with one manifold: the context is the level of the quantile. Exits with 2\n"
      "if the coverage of a level differs from the level, or if the curves of levels cross.",
      "quantile");
  app.add_option("--output", settings.output, "Folder for the plots")->type_name("DIR")->capture_default_str();
  app.add_option("--seed", settings.seed, "Seed of the samples and the initial weights")
      ->check(any_seed())
      ->type_name("N")
      ->capture_default_str();
  auto const number = [&](char const* name, wm::Index& to, char const* text, wm::Index most) {
    app.add_option(name, to, text)->check(whole(wm::Index{1}, most))->type_name("N")->capture_default_str();
  };
  number("--steps", settings.steps, "Steps of training", 10'000'000);
  number("--batch", settings.batch, "Samples of a step", 100'000);
  app.add_option("--rate", settings.rate, "Rate of the first step; falls to zero along a cosine")
      ->check(positive())
      ->type_name("X")
      ->capture_default_str();
  CLI11_PARSE(app, count, words);
  return run(settings);
} catch (std::exception const& e) {
  std::cerr << "error: " << e.what() << '\n';
  return 1;
}
