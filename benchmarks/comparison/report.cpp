#include "report.hpp"

#include "columns.hpp"
#include "time_text.hpp"

#include <nlohmann/json.hpp>

namespace comparison {

std::string json_of(Report const& report) {
  using Json = nlohmann::ordered_json;
  Json cases = Json::array();
  for (Result const& r : report.results.cases) {
    cases.push_back({{"name", r.name},
                     {"contender", r.contender},
                     {"threads", r.threads},
                     {"median_seconds", r.seconds},
                     {"gflops", r.gflops},
                     {"bytes_per_second", r.bytes_per_second},
                     {"share_of_peak", r.share_of_peak}});
  }
  Json targets = Json::array();
  for (Target const& t : report.targets) {
    targets.push_back({{"name", t.name},
                       {"required", t.required},
                       {"aim", t.aim},
                       {"ratio", t.ratio},
                       {"met", t.met},
                       {"reason", t.reason}});
  }
  return Json{{"machine", report.machine},
              {"build", report.build},
              {"fma_peak_gflops", report.results.fma_peak_gflops},
              {"contenders", report.contenders},
              {"cases", cases},
              {"targets", targets}}
             .dump(2) +
         '\n';
}

std::string text_of(Report const& report) {
  demo::Columns cases({"case", "contender", "median", "GFLOP/s", "GB/s", "of peak"});
  for (Result const& r : report.results.cases) {
    cases.add({r.name, r.contender, time_of(r.seconds, "us"), demo::fixed(r.gflops, 1),
               demo::fixed(r.bytes_per_second * 1e-9, 1), demo::fixed(100 * r.share_of_peak, 1) + " %"});
  }
  demo::Columns targets({"target", "required", "aim", "ratio", ""});
  std::string reasons;
  for (Target const& t : report.targets) {
    targets.add(
        {t.name, demo::fixed(t.required, 2), demo::fixed(t.aim, 2), demo::fixed(t.ratio, 2), t.met ? "met" : "missed"});
    reasons += demo::joined("  ", t.name, ": ", t.reason, '\n');
  }
  std::string contenders;
  for (auto const& [contender, version] : report.contenders) {
    contenders += demo::joined("  ", contender, ' ', version, '\n');
  }
  return demo::joined(report.machine, "\n", contenders, "\n", cases.text(), "\n", targets.text(), "\n", reasons);
}

}  // namespace comparison
