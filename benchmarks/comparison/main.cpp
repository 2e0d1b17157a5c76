// Compares the speed of training steps, products, single samples, blocks of samples and moves of the context with other
// libraries. All contenders run in turns in one process. See --help.

#include "chart.hpp"
#include "contest.hpp"
#include "files.hpp"
#include "machine.hpp"
#include "number_checks.hpp"
#include "peak.hpp"
#include "progress.hpp"
#include "report.hpp"
#include "text.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <filesystem>
#include <iostream>
#include <thread>

namespace {

using namespace comparison;

struct Options {
  std::filesystem::path output = ".";
  std::string name = "report";
  double seconds = 130;
  std::string only;
};

std::string machine() {
  return demo::joined(demo::processor_name(), ", ", std::thread::hardware_concurrency(),
                      " cores, one used unless said; ", demo::compiler_name(), ", " COMPARISON_FLAGS " (",
                      architecture(), ")");
}

void run(Options const& options) {
  demo::make_folder(options.output);
  auto const json = options.output / (options.name + ".json");
  auto const svg = options.output / (options.name + ".svg");
  demo::require_writable(json);
  demo::require_writable(svg);
  std::cerr << "Checking that all contenders agree\n";
  Contest const contest = prepare(options.only);
  Report report{machine(), COMPARISON_FLAGS, contest.versions, {}, {}};
  {
    demo::Progress progress("Timing", options.seconds);
    report.results = carry_out(contest, options.seconds, [&](double seconds) { progress.advance(seconds); });
  }
  report.targets = judge(contest, report.results);
  demo::write_text(json, json_of(report));
  demo::write_text(svg, chart_of(report));
  std::cout << text_of(report) << "\nreport  " << json.string() << "\nchart   " << svg.string() << '\n';
}

}  // namespace

int main(int count, char** words) try {
  Options options;
  CLI::App app(
      "Compares the times of this library and others. All contenders run in turns in one process, for some 10 ms per\n"
      "round. Times are medians over rounds. Cases of single samples take 64 different inputs in turn, with fixed\n"
      "weights and stored outputs, without a pause.",
      "comparison");
  app.add_option("--output", options.output, "Folder for the report and the chart")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_option("--name", options.name, "Name of both files, without the ending")->capture_default_str();
  app.add_option("--seconds", options.seconds, "Total time of the measurement, in seconds")
      ->check(demo::within(0.001, 86'400))
      ->type_name("X")
      ->capture_default_str();
  app.add_option("--only", options.only, "Run only cases and targets whose name contains NAME")->type_name("NAME");
  CLI11_PARSE(app, count, words);
  run(options);
  return 0;
} catch (std::exception const& error) {
  std::cerr << "error: " << error.what() << '\n';
  return 1;
}
