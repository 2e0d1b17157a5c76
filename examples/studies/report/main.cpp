// Reads the records of the studies. Writes a summary and a page for each study, with tables and pictures.

#include "report/page.hpp"

#include <wmanifold/core/error.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>

int main(int count, char const* const* words) {
  using namespace demo;
  namespace fs = std::filesystem;
  fs::path records = "build/studies";
  fs::path page = "docs/results.md";
  CLI::App app(
      "Writes a summary of the recorded studies, and pages with tables and pictures to a folder of the same name "
      "beside it.");
  app.add_option("--records", records, "Folder of the records")->capture_default_str();
  app.add_option("--page", page, "File of the summary")->capture_default_str();
  CLI11_PARSE(app, count, words);
  try {
    std::vector<fs::path> files;
    for (auto const& entry : fs::directory_iterator(records)) {
      if (entry.path().extension() == ".jsonl") {
        files.push_back(entry.path());
      }
    }
    std::sort(files.begin(), files.end());
    std::vector<Results> studies;
    for (fs::path const& file : files) {
      studies.emplace_back(read_description(fs::path(file).replace_extension(".json")), file);
    }
    if (studies.empty()) {
      wmanifold::fail<wmanifold::FileError>(records.string(), ": expected records of studies (*.jsonl), got none");
    }
    for (fs::path const& written : write_pages(studies, page)) {
      std::cout << "page " << written.string() << '\n';
    }
    return 0;
  } catch (std::exception const& e) {
    std::cerr << "error: " << e.what() << '\n';
    return 1;
  }
}
