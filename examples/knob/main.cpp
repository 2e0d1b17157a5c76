// Learns a guitar pedal with two knobs. At a fixed position of the knobs the model is a small network; moving them is
// one blend of weights. See --help.

#include "claims.hpp"
#include "columns.hpp"
#include "files.hpp"
#include "number_checks.hpp"
#include "pictures.hpp"
#include "results.hpp"
#include "signal.hpp"
#include "wav.hpp"

#include <wmanifold/deploy/flush_denormals.hpp>
#include <wmanifold/io/model_file.hpp>
#include <wmanifold/metric/step_price.hpp>

#include <CLI/CLI.hpp>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

namespace {

using namespace demo;
namespace fs = std::filesystem;

struct Options {
  fs::path output = "knob";
  Plan plan;
  int turns = 20'000;
  bool tune = false;
  fs::path input;
  Setting knobs{0.5, 0.5};
  bool is_swept = false;

  [[nodiscard]] fs::path model() const { return output / "knob.safetensors"; }
};

Outcome const& first_of(std::vector<Outcome> const& outcomes, Kind kind) {
  return *std::find_if(outcomes.begin(), outcomes.end(), [&](Outcome const& o) { return o.kind == kind; });
}

/// Writes a phrase through the circuit and through all contenders, at rest and under a sweep.
void write_sounds(fs::path const& folder, std::vector<Outcome> const& outcomes) {
  auto const x = phrase(wm::Seed{7});
  write_wav(folder / "input.wav", x);
  KnobPath const rest = [](double) { return Setting{0.7, 0.6}; };
  for (auto const& [suffix, path] : {std::pair{"", rest}, std::pair{"_sweep", sweep_of_both()}}) {
    auto const target = late(simulate(x, path));
    write_wav(folder / joined("target", suffix, ".wav"), target);
    for (Kind const kind : all_kinds) {
      Contender const& contender = first_of(outcomes, kind).trained.contender;
      auto const y = contender.stream(x, path, {});
      write_wav(folder / joined(contender.name, suffix, ".wav"), y);
      if (kind == Kind::manifold) {
        std::vector<float> error(y.size());
        std::transform(y.begin(), y.end(), target.begin(), error.begin(), std::minus{});
        std::string const how = *suffix == '\0' ? ", knobs at rest" : ", both knobs swept at 10 Hz";
        write_text(
            folder / joined("spectrogram", suffix, ".svg"),
            svg_of(std::array{Sound{"Circuit" + how, target}, Sound{"Manifold" + how, y}, Sound{"Difference", error}}));
      }
    }
  }
}

void write_map(fs::path const& file, std::vector<Outcome> const& outcomes) {
  std::vector<ErrorMap> maps;
  for (Kind const kind : all_kinds) {
    Outcome const& outcome = first_of(outcomes, kind);
    maps.push_back({outcome.trained.contender.title, outcome.map});
  }
  write_text(file, svg_of(maps, map_positions, trained_positions));
}

/// Checks the claims about the manifold. The tables show the comparison.
int check(Report const& report) {
  Claims claims;
  auto const none = [&](auto const& is_so) {
    return std::none_of(report.outcomes.begin(), report.outcomes.end(),
                        [&](Outcome const& o) { return o.kind == Kind::manifold && is_so(o); });
  };
  claims.check("the simulated circuit has an error below 1e-5", report.simulation < 1e-5);
  Claims::aim("a training takes less than three minutes",
              none([](Outcome const& o) { return o.trained.contender.seconds >= 180; }));
  claims.check("the error-to-signal ratio at held-out positions is below 1e-2",
               none([](Outcome const& o) { return o.held_out() >= 1e-2; }));
  Claims::aim("the ratio under a sweep, with a move every 8 samples, is at most 1.1 times that at rest",
              none([](Outcome const& o) {
                return std::any_of(o.swept.begin(), o.swept.end(),
                                   [](Swept const& s) { return s.moving > 1.1 * s.resting; });
              }));
  claims.check("moving knobs add less than -80 dBFS to silence",
               none([](Outcome const& o) { return o.residual.silence >= -80; }));
  for (BlockTimes const& t : report.times) {
    Claims::aim(
        joined("a block of ", t.block, " with moving knobs takes at most 1.05 times a block at rest and a move"),
        t.ratio() <= 1.05);
  }
  return claims.status();
}

int experiment(Options const& options) {
  fs::path const& folder = options.output;
  Report report{options.plan, {}, {}, simulation_error()};
  report.outcomes = carry_out(options.plan);
  Manifold const& model = *first_of(report.outcomes, Kind::manifold).trained.manifold;
  for (int const block : {32, 64}) {
    report.times.push_back(time_blocks(model, block, options.turns));
  }
  wm::save_model(options.model(), model, {{{"sample_rate", joined(sample_rate)}, {"latency", joined(latency)}}});
  write_sounds(folder, report.outcomes);
  write_map(folder / "map.svg", report.outcomes);
  write_text(folder / "results.json", json_of(report));
  std::cout << text_of(report) << '\n';
  int const status = check(report);
  std::cout << "\nmodel    " << options.model().string() << "\nresults  " << (folder / "results.json").string()
            << "\nsounds   " << (folder / "*.wav").string() << "\npictures " << (folder / "map.svg").string() << ", "
            << (folder / "spectrogram.svg").string() << ", " << (folder / "spectrogram_sweep.svg").string() << '\n';
  return status;
}

int tune(Options const& options) {
  constexpr std::array rates{0.001, 0.002, 0.004, 0.008};
  Columns table({"contender", "rate", "validation ratio"});
  for (Tuned const& tuned : demo::tune(options.plan, rates)) {
    table.add({std::string(name_of(tuned.kind)), joined(tuned.rate), scientific(tuned.ratio, 2)});
  }
  std::cout << table.text();
  return 0;
}

/// Streams a user's file through the model. The network moves every 8 samples.
void stream_file(Options const& options) {
  auto const x = read_wav(options.input);
  auto const model = std::make_shared<Manifold const>(wm::load_model<Manifold>(options.model()));
  KnobPath path = [at = options.knobs](double) { return at; };
  if (options.is_swept) {
    path = sweep_of_both();
  }
  fs::path const file = options.output / joined(options.input.stem().string(), "_through_knob.wav");
  require_writable(file);
  auto const start = std::chrono::steady_clock::now();
  auto const y = [&] {
    wm::FlushDenormals const guard;
    return stream(model, x, path, {});
  }();
  double const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  write_wav(file, y);
  std::cout << "streamed " << file.string() << " (" << fixed(static_cast<double>(x.size()) / sample_rate, 1)
            << " s of sound in " << fixed(1000 * seconds, 0) << " ms)\n";
}

}  // namespace

int main(int count, char** words) try {
  Options options;
  Settings& settings = options.plan.settings;
  options.plan.threads = std::max(1U, std::thread::hardware_concurrency());
  CLI::App app(
      "Learns a diode clipper with two knobs, drive and tone. Compares three networks of equal cost per sample:\n"
      "weights that are a smooth function of the knobs, knobs as inputs, and FiLM. Exits with 2 if a claim about the\n"
      "manifold does not hold.",
      "knob");
  app.get_formatter()->column_width(30);
  app.add_option("--output", options.output, "Folder for results, sounds and pictures")
      ->type_name("DIR")
      ->capture_default_str();
  auto const number = [&](char const* name, auto& to, char const* text, int most) {
    app.add_option(name, to, text)->check(whole(1, most))->type_name("N")->capture_default_str();
  };
  auto const seconds = [&](char const* name, auto& to, char const* text) {
    app.add_option(name, to, text)->check(within(0.5, 600))->type_name("SECONDS")->capture_default_str();
  };
  number("--seeds", options.plan.seeds, "Trainings of each contender, from seed 1 on", 1000);
  number("--steps", settings.steps, "Steps of a training", 10'000'000);
  number("--positions", settings.positions, "Knob positions of a step", 1000);
  number("--samples", settings.samples, "Windows of samples at each position", 1000);
  app.add_option("--stiffness", settings.stiffness, "Stiffness of the price of the manifold's steps")
      ->check(within(0, wm::most_stiffness))
      ->type_name("X")
      ->capture_default_str();
  number("--threads", options.plan.threads, "Trainings side by side", 256);
  number("--turns", options.turns, "Timed blocks", 10'000'000);
  seconds("--signal", settings.signal, "Length of the training signal");
  seconds("--test-signal", options.plan.test_signal, "Length of test signals");
  app.add_flag("--tune", options.tune, "Only compare rates, on validation recordings");
  app.add_option("--input", options.input,
                 "Stream this WAV file (mono, 48 kHz) through the model in the output folder;\n"
                 "train a model first if there is none")
      ->type_name("FILE");
  app.add_option("--drive", options.knobs.drive, "Drive for --input")
      ->check(within(0, 1))
      ->type_name("X")
      ->capture_default_str();
  app.add_option("--tone", options.knobs.tone, "Tone for --input")
      ->check(within(0, 1))
      ->type_name("X")
      ->capture_default_str();
  app.add_flag("--sweep", options.is_swept, "For --input: move both knobs up and down ten times a second");
  CLI11_PARSE(app, count, words);

  make_folder(options.output);
  if (options.tune) {
    return tune(options);
  }
  if (options.input.empty()) {
    require_writable(options.output / "results.json");
    return experiment(options);
  }
  int const status = fs::exists(options.model()) ? 0 : experiment(options);
  stream_file(options);
  return status;
} catch (std::exception const& e) {
  std::cerr << "error: " << e.what() << '\n';
  return 1;
}
