// Learns Fashion-MNIST, turned, on a circle of weights. See --help.

#include "options.hpp"
#include "report.hpp"
#include "runner.hpp"
#include "table.hpp"
#include "terminal.hpp"
#include "text.hpp"
#include "turning.hpp"

#include <wmanifold/io/model_file.hpp>

#include <unistd.h>

#include <chrono>
#include <iostream>

namespace {

using namespace demo;

/// Limits a number of images to those present, and reports it if it is smaller than requested.
void limit(std::size_t& wanted, std::size_t there, char const* what) {
  if (wanted > there) {
    std::cerr << joined("note: expected at most ", there, ' ', what, " images, got ", wanted, "; all ", there,
                        " are used\n");
    wanted = there;
  }
}

/// Returns the ellipse of the first study and seed, if there is one.
Ellipse const* first_ellipse(std::span<Outcome const> outcomes) {
  for (Outcome const& outcome : outcomes) {
    if (outcome.ellipse) {
      return &*outcome.ellipse;
    }
  }
  return nullptr;
}

void save(Ellipse const& ellipse, std::filesystem::path const& path) {
  wmanifold::save_model(path, ellipse, {{{"input_mean", joined(pixel_mean)}, {"input_std", joined(pixel_deviation)}}});
}

void run(Options options) {
  options.output.prepare();
  DataSet const data = read_data_set(options.data);
  limit(options.settings.training_images, data.training.count(), "training");
  limit(options.settings.test_images, data.test.count(), "test");

  auto const start = std::chrono::steady_clock::now();
  auto const runs = options.runs();
  auto const outcomes = carry_out_all(runs, data, options.settings, options.threads);
  double const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  auto const summaries = summarise(runs, outcomes);
  std::cout << table_of(summaries, terminal_width(STDOUT_FILENO), speaks_utf8()) << '\n';

  Output const& output = options.output;
  Ellipse const* const ellipse = first_ellipse(outcomes);
  std::error_code ignored;
  bool const is_fashion = std::filesystem::equivalent(options.data, default_data, ignored);
  std::string const name = is_fashion ? "Fashion-MNIST" : options.data.string();
  std::string const json = json_of(summaries);
  write_text(output.results(), json);
  if (!output.json.empty()) {
    write_text(output.json, json);
  }
  write_text(output.report(), report_of(summaries, data, ellipse,
                                        {name, is_fashion, options.settings, options.seeds, options.threads, seconds}));
  std::cout << "report   " << output.report().string() << "\nresults  " << output.results().string() << '\n';
  if (ellipse != nullptr) {
    save(*ellipse, output.model());
    std::cout << "model    " << output.model().string() << '\n';
  }
}

}  // namespace

int main(int count, char** words) try {
  int status = 0;
  if (auto options = demo::read_options(count, words, status)) {
    run(std::move(*options));
  }
  return status;
} catch (std::exception const& e) {
  std::cerr << "error: " << e.what() << '\n';
  return 1;
}
