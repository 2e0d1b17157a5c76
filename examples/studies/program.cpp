#include "program.hpp"

#include "candidates.hpp"
#include "description.hpp"
#include "files.hpp"
#include "number_checks.hpp"
#include "progress.hpp"
#include "record_file.hpp"
#include "side_by_side.hpp"
#include "text.hpp"
#include "tuning.hpp"

#include <wmanifold/core/error.hpp>
#include <wmanifold/io/replace_file.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <thread>

namespace demo {
namespace {

/// Returns the named items, or all if no name is given. Throws ArgumentError for an unknown name.
template <class Item>
std::vector<Item const*> named(std::vector<Item> const& items, std::vector<std::string> const& names,
                               char const* what) {
  std::vector<Item const*> found;
  for (std::string const& name : names) {
    if (std::none_of(items.begin(), items.end(), [&](Item const& item) { return item.name == name; })) {
      std::string known;
      for (Item const& item : items) {
        known += joined(known.empty() ? "" : ", ", item.name);
      }
      wmanifold::fail(what, ": expected some of ", known, ", got ", name);
    }
  }
  for (Item const& item : items) {
    if (names.empty() || std::find(names.begin(), names.end(), item.name) != names.end()) {
      found.push_back(&item);
    }
  }
  return found;
}

class Program {
 public:
  Program(Study const& study, Options const& options)
      : study_(study),
        options_(options),
        settings_(named(study.settings, options.settings, "settings")),
        contenders_(named(study.contenders, options.contenders, "contenders")),
        file_(options.out / (study.name + ".jsonl")),
        examinations_(study) {
    // The longest runs come first, so that no thread is left with one at the end.
    std::stable_sort(contenders_.begin(), contenders_.end(),
                     [](auto const* a, auto const* b) { return a->has_bins > b->has_bins; });
    for (Setting const* setting : settings_) {
      rehearsals_.push_back(rehearsal_of(*setting));
    }
  }

  void run() {
    // A report may read it at any moment.
    wmanifold::replace_file(options_.out / (study_.name + ".json"),
                            [&](std::ostream& out) { out << json_of(description_of(study_)); });
    tune();
    choose();
    auto runs = all_runs();
    std::size_t const all = runs.size();
    std::erase_if(runs, [&](Run const& run) { return file_.find(run.record().key()) != nullptr; });
    std::cout << joined(study_.name, ": ", all, " trainings, ", all - runs.size(), " of them already in ",
                        (options_.out / (study_.name + ".jsonl")).string())
              << std::endl;
    if (runs.empty()) {
      return;
    }
    double work = 0;
    for (Run const& run : runs) {
      work += work_of(run);
    }
    Progress progress(joined(study_.name, ": training ", runs.size(), " networks"), work);
    side_by_side(runs.size(), options_.threads, [&](std::size_t n) {
      file_.add(carry_out(runs[n], examinations_));
      progress.advance(work_of(runs[n]));
    });
  }

 private:
  /// Returns the contenders to train. The candidates stand in for a contender that has some.
  [[nodiscard]] std::vector<Contender const*> trained() const {
    std::vector<Contender const*> all;
    auto const add = [&](Contender const& contender) {
      if (std::none_of(all.begin(), all.end(), [&](auto const* known) { return known->name == contender.name; })) {
        all.push_back(&contender);
      }
    };
    for (Contender const* contender : contenders_) {
      if (contender->candidates.empty()) {
        add(*contender);
      }
      for (Contender const& candidate : contender->candidates) {
        add(candidate);
      }
    }
    return all;
  }

  /// Finds the pace of each trained contender, or of the one whose pace it takes.
  void tune() {
    std::vector<Contender const*> all;
    for (Contender const* contender : trained()) {
      Contender const& tuned_one = paced_like(*contender);
      if (paces_.try_emplace(tuned_one.name).second) {
        all.push_back(&tuned_one);
      }
    }
    Progress progress(joined(study_.name, ": tuning ", all.size(), " contenders"), static_cast<double>(all.size()));
    side_by_side(all.size(), options_.threads, [&](std::size_t n) {
      paces_.at(all[n]->name) = tuned(study_, *all[n], [&](Run const& run) { return record_of(run); });
      progress.advance(1);
    });
  }

  [[nodiscard]] Contender const& paced_like(Contender const& contender) const {
    if (contender.paced_as.empty()) {
      return contender;
    }
    for (Contender const& other : study_.contenders) {
      if (other.name == contender.paced_as) {
        return other;
      }
      for (Contender const& candidate : other.candidates) {
        if (candidate.name == contender.paced_as) {
          return candidate;
        }
      }
    }
    wmanifold::fail("contender ", contender.name, ": expected the pace of one of the study's contenders, got ",
                    contender.paced_as);
  }
  [[nodiscard]] Pace pace_of(Contender const& contender) const { return paces_.at(paced_like(contender).name); }

  /// Trains candidates in each setting's rehearsal: all of them, then the best ones under the long budget.
  void choose() {
    choose_by(Budget::brief, [&](Contender const& contender, Setting const& rehearsal) {
      return candidates_of(contender, rehearsal);
    });
    if (std::find(options_.budgets.begin(), options_.budgets.end(), name_of(Budget::extended)) !=
        options_.budgets.end()) {
      choose_by(Budget::extended, [&](Contender const& contender, Setting const& rehearsal) {
        return finalists_of(contender, rehearsal);
      });
    }
  }

  template <class CandidatesOf>
  void choose_by(Budget budget, CandidatesOf const& candidates_of) {
    std::vector<Run> runs;
    for (Contender const* contender : contenders_) {
      for (Setting const& rehearsal : rehearsals_) {
        for (Contender const* candidate : candidates_of(*contender, rehearsal)) {
          for (unsigned seed = 1; seed <= seeds_to_choose; ++seed) {
            runs.push_back(rehearsal_run(rehearsal, *candidate, budget, seed));
          }
        }
      }
    }
    drop_repeated(runs);
    if (runs.empty()) {
      return;
    }
    Progress progress(joined(study_.name, ": choosing by ", runs.size(), ' ', name_of(budget), " trainings"),
                      static_cast<double>(runs.size()));
    side_by_side(runs.size(), options_.threads, [&](std::size_t n) {
      record_of(runs[n]);
      progress.advance(1);
    });
  }

  [[nodiscard]] Run rehearsal_run(Setting const& rehearsal, Contender const& candidate, Budget budget,
                                  unsigned seed) const {
    return {&study_, &rehearsal, &candidate, pace_of(candidate), budget, seed};
  }

  [[nodiscard]] static std::vector<Contender const*> candidates_of(Contender const& contender,
                                                                   Setting const& rehearsal) {
    std::vector<Contender const*> found;
    for (Contender const& candidate : contender.candidates) {
      if (is_candidate(candidate, rehearsal)) {
        found.push_back(&candidate);
      }
    }
    return found;
  }

  [[nodiscard]] std::vector<Contender const*> ranked_by(Budget budget, std::vector<Contender const*> const& candidates,
                                                        Setting const& rehearsal) {
    return ranked(candidates, study_.material->has_labels(), [&](Contender const* candidate) {
      double score = 0;
      for (unsigned seed = 1; seed <= seeds_to_choose; ++seed) {
        score += record_of(rehearsal_run(rehearsal, *candidate, budget, seed)).validation / seeds_to_choose;
      }
      return score;
    });
  }

  [[nodiscard]] std::vector<Contender const*> finalists_of(Contender const& contender, Setting const& rehearsal) {
    auto found = ranked_by(Budget::brief, candidates_of(contender, rehearsal), rehearsal);
    found.resize(std::min(found.size(), finalists));
    return found;
  }

  /// Returns the contender to train in a setting: itself, or its best candidate.
  Contender const& choice_of(Contender const& contender, Setting const& rehearsal, Budget budget) {
    auto found = finalists_of(contender, rehearsal);
    if (budget == Budget::extended) {
      found = ranked_by(budget, found, rehearsal);
    }
    return found.empty() ? contender : *found.front();
  }

  [[nodiscard]] std::vector<Run> all_runs() {
    std::vector<Run> runs;
    for (std::string const& name : options_.budgets) {
      Budget const budget = name == name_of(Budget::extended) ? Budget::extended : Budget::brief;
      for (Contender const* contender : contenders_) {
        for (unsigned seed = 1; seed <= options_.seeds; ++seed) {
          for (std::size_t n = 0; n < settings_.size(); ++n) {
            if (contender->is_ceiling && !settings_[n]->has_ceilings) {
              continue;
            }
            Contender const& one = choice_of(*contender, rehearsals_[n], budget);
            runs.push_back({&study_, settings_[n], &one, pace_of(one), budget, seed});
          }
        }
      }
    }
    drop_repeated(runs);
    return runs;
  }

  /// Drops runs that appear twice: a candidate may also be a contender, or a candidate of several contenders.
  static void drop_repeated(std::vector<Run>& runs) {
    std::set<std::string> keys;
    std::erase_if(runs, [&](Run const& run) { return !keys.insert(run.record().key()).second; });
  }

  /// Returns the work of a run in the progress bar's unit.
  [[nodiscard]] double work_of(Run const& run) const {
    auto const& sizes = run.setting->sizes;
    double const epochs = static_cast<double>(run.budget == Budget::brief ? sizes.epochs : sizes.most_epochs / 2);
    return epochs * static_cast<double>(sizes.training) * (run.contender->has_bins ? study_.bins : 1);
  }

  Record record_of(Run const& run) {
    Record record = run.record();
    if (Record const* const known = file_.find(record.key())) {
      return *known;
    }
    record = carry_out(run, examinations_);
    file_.add(record);
    return record;
  }

  Study const& study_;
  Options const& options_;
  std::vector<Setting const*> settings_;
  std::vector<Setting> rehearsals_;  // one for each setting
  std::vector<Contender const*> contenders_;
  std::map<std::string, Pace> paces_;  // by the contender's name
  RecordFile file_;
  Examinations examinations_;
};

}  // namespace

Sizes short_form(Sizes sizes) {
  sizes.training = 200;
  sizes.validation = 100;
  sizes.test = 200;
  sizes.batch = 50;
  sizes.epochs = 1;
  sizes.most_epochs = 4;
  sizes.patience = 1;
  return sizes;
}

int run_program(int count, char const* const* words, std::string const& about,
                std::function<void(CLI::App&)> const& add_options, std::function<Study(Options const&)> const& make) {
  Options options;
  CLI::App app(about);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--out", options.out, "Folder of the records")->type_name("DIR")->capture_default_str();
  app.add_option("--threads", options.threads,
                 "Trainings at a time, with one thread each; 0: one for each thread of the machine")
      ->check(whole(0, 256))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--seeds", options.seeds, "Trainings of each contender")
      ->check(whole(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  app.add_flag("--short", options.is_short, "Few samples and epochs, as a check of seconds");
  auto const names = [&](char const* name, std::vector<std::string>& to, char const* text) {
    return app.add_option(name, to, text)->delimiter(',')->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  };
  names("--budgets", options.budgets, "Budgets: short, long")
      ->check(CLI::IsMember({"short", "long"}))
      ->capture_default_str();
  names("--settings", options.settings, "Settings to run, all by default; rates are tuned in the study's first one");
  names("--contenders", options.contenders, "Contenders to run, all by default");
  add_options(app);
  try {
    app.parse(count, words);
  } catch (CLI::ParseError const& e) {
    return app.exit(e);
  }
  try {
    if (options.threads == 0) {
      options.threads = std::clamp(std::thread::hardware_concurrency(), 1U, 256U);
    }
    if (options.is_short) {
      options.seeds = std::min(options.seeds, 2U);
    }
    make_folder(options.out);
    Study study = make(options);
    if (options.is_short) {
      for (Setting& setting : study.settings) {
        setting.sizes = short_form(setting.sizes);
      }
    }
    Program(study, options).run();
    return 0;
  } catch (std::exception const& e) {
    std::cerr << "error: " << e.what() << '\n';
    return 1;
  }
}

}  // namespace demo
