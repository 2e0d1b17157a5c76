#include "report/results.hpp"

#include "candidates.hpp"
#include "record_file.hpp"
#include "text.hpp"

#include <algorithm>

namespace demo {
namespace {

/// Of records under several paces (from before the last tuning) those of the pace with the most seeds, or the latest.
std::vector<Record> of_one_pace(std::vector<Record> const& all) {
  std::map<std::string, std::vector<Record>> by_pace;
  std::string best;
  for (Record const& record : all) {
    std::string const pace = joined(record.optimiser, record.rate);
    auto& group = by_pace[pace];
    group.push_back(record);
    if (group.size() >= by_pace[best].size()) {
      best = pace;
    }
  }
  auto found = by_pace[best];
  std::sort(found.begin(), found.end(), [](Record const& a, Record const& b) { return a.seed < b.seed; });
  return found;
}

}  // namespace

Figure Runs::figure(std::string const& test) const {
  std::vector<double> scores;
  for (Record const& record : records) {
    scores.push_back(record.scores.at(test));
  }
  return figure_of(scores);
}

std::size_t Runs::failures() const {
  return static_cast<std::size_t>(
      std::count_if(records.begin(), records.end(), [](Record const& record) { return record.has_failed; }));
}

Results::Results(Description description, std::filesystem::path const& file) : description_(std::move(description)) {
  std::map<std::string, std::vector<Record>> groups;
  for (Record& record : read_records(file)) {
    ++trainings_;
    seconds_ += record.seconds;
    if (record.seed > 0 && record.version == description_.version) {
      groups[joined(record.setting, '|', record.budget, '|', record.contender, '|', record.sizes)].push_back(
          std::move(record));
    }
  }
  auto const group = [&](std::string const& setting, std::string const& budget, std::string const& contender,
                         std::string const& sizes) {
    auto const found = groups.find(joined(setting, '|', budget, '|', contender, '|', sizes));
    return found == groups.end() ? std::vector<Record>() : of_one_pace(found->second);
  };
  // The contender itself, without a title; or its best candidate. Nothing where not all were rehearsed, or there is one
  // only.
  auto const choice = [&](auto const& setting, auto const& contender,
                          std::string const& budget) -> std::optional<Description::CandidateText> {
    using Candidates = std::vector<Description::CandidateText>;
    if (contender.candidates.empty()) {
      return Description::CandidateText{contender.name, ""};
    }
    auto const& names = setting.candidates.at(contender.name);
    if (names.size() == 1) {
      return std::nullopt;
    }
    bool is_complete = true;
    auto const ranked_by = [&](std::string const& by, Candidates const& candidates) {
      return ranked(candidates, description_.has_labels, [&](Description::CandidateText const& candidate) {
        auto const rehearsed = group(setting.rehearsal, by, candidate.name, setting.sizes);
        is_complete = is_complete && rehearsed.size() >= seeds_to_choose;
        double score = 0;
        for (std::size_t n = 0; is_complete && n < seeds_to_choose; ++n) {
          score += rehearsed[n].validation / seeds_to_choose;
        }
        return score;
      });
    };
    Candidates here;
    std::copy_if(
        contender.candidates.begin(), contender.candidates.end(), std::back_inserter(here),
        [&](auto const& candidate) { return std::find(names.begin(), names.end(), candidate.name) != names.end(); });
    here = ranked_by("short", here);
    if (budget == "long") {
      here.resize(std::min(here.size(), finalists));
      here = ranked_by(budget, here);
    }
    return is_complete ? std::optional(here.front()) : std::nullopt;
  };
  for (auto const& setting : description_.settings) {
    for (std::string const budget : {"short", "long"}) {
      auto& runs = runs_[{setting.name, budget}];
      for (auto const& contender : description_.contenders) {
        auto const one = choice(setting, contender, budget);
        if (!one) {
          continue;
        }
        if (auto records = group(setting.name, budget, one->name, setting.sizes); !records.empty()) {
          runs.push_back({&contender, std::move(records), one->title});
        }
      }
    }
  }
}

std::vector<std::string> Results::budgets(std::string const& setting) const {
  std::vector<std::string> found;
  for (std::string const budget : {"short", "long"}) {
    if (!runs(setting, budget).empty()) {
      found.push_back(budget);
    }
  }
  return found;
}

std::vector<Runs> const& Results::runs(std::string const& setting, std::string const& budget) const {
  return runs_.at({setting, budget});
}

std::optional<Difference> difference_of(Runs const& a, Runs const& b, std::string const& test) {
  std::vector<double> differences;
  for (Record const& one : a.records) {
    for (Record const& other : b.records) {
      if (one.seed == other.seed) {
        differences.push_back(one.scores.at(test) - other.scores.at(test));
      }
    }
  }
  if (differences.empty()) {
    return std::nullopt;
  }
  return difference_of(differences);
}

Runs const* find(std::vector<Runs> const& all, std::string_view contender) {
  auto const found =
      std::find_if(all.begin(), all.end(), [&](Runs const& runs) { return runs.contender->name == contender; });
  return found == all.end() ? nullptr : &*found;
}

Runs const* best_of(std::vector<Runs> const& all, std::string const& test, bool has_labels,
                    std::function<bool(Runs const&)> const& wanted) {
  Runs const* best = nullptr;
  for (Runs const& runs : all) {
    if (!wanted(runs)) {
      continue;
    }
    double const mean = runs.figure(test).mean;
    if (best == nullptr || (has_labels ? mean > best->figure(test).mean : mean < best->figure(test).mean)) {
      best = &runs;
    }
  }
  return best;
}

}  // namespace demo
