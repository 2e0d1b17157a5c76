#include "targets.hpp"

#include "time_text.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <stdexcept>

namespace comparison {
namespace {

/// A ratio and its parts.
struct Ratio {
  double value;
  std::string reason;
};

struct Absence : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Looks results up. Throws an Absence with the reason where one is missing.
class Table {
 public:
  Table(Contest const& contest, Results const& results) : contest_(&contest), results_(&results) {}

  [[nodiscard]] Result const& at(std::string const& name, std::string const& contender) const {
    auto const& cases = results_->cases;
    auto const found = std::find_if(cases.begin(), cases.end(),
                                    [&](Result const& r) { return r.name == name && r.contender == contender; });
    if (found != cases.end()) {
      return *found;
    }
    for (auto const& key :
         {std::pair{name, contender}, std::pair{std::string{}, contender}, std::pair{name, std::string{}}}) {
      if (auto const absence = contest_->absences.find(key); absence != contest_->absences.end()) {
        throw Absence(absence->second);
      }
    }
    throw Absence(demo::joined(contender, " did not take part in ", name));
  }
  [[nodiscard]] double peak() const { return results_->fma_peak_gflops; }

 private:
  Contest const* contest_;
  Results const* results_;
};

using Rule = std::function<Ratio(Table const&)>;

/// Returns another contender's time over ours, which may be that of a variant of the case.
Rule against(char const* contender, char const* name, char const* own) {
  return [=](Table const& table) {
    double const theirs = table.at(name, contender).seconds;
    double const ours = table.at(own, name::ours).seconds;
    return Ratio{theirs / ours, demo::joined(contender, ' ', time_of(theirs), ", ours ", time_of(ours))};
  };
}
Rule against(char const* contender, char const* name) { return against(contender, name, name); }

/// Limits a time to this multiple of a step of our plain network of the same sizes.
Rule within_plain_steps(double factor, char const* plain_name, char const* name) {
  return [=](Table const& table) {
    double const plain = table.at(plain_name, name::ours).seconds;
    double const ours = table.at(name, name::ours).seconds;
    return Ratio{factor * plain / ours, demo::joined("plain ", time_of(plain), ", ours ", time_of(ours), ": ",
                                                     demo::fixed(ours / plain, 2), " times, allowed ", factor)};
  };
}

/// Limits a time to this many nanoseconds on a core of 117 GFLOP/s, scaled to this one's peak.
Rule within_nanoseconds(double limit, char const* name) {
  return [=](Table const& table) {
    double const scaled = limit * 1e-9 * 117 / table.peak();
    double const ours = table.at(name, name::ours).seconds;
    return Ratio{scaled / ours, demo::joined("limit ", time_of(scaled), " at this peak, ours ", time_of(ours))};
  };
}

/// Returns our share of the FMA peak over the required one.
Rule share_of_peak(double required, char const* name) {
  return [=](Table const& table) {
    double const share = table.at(name, name::ours).share_of_peak;
    return Ratio{share / required, demo::joined(demo::fixed(100 * share, 1), " % of the peak, required ",
                                                demo::fixed(100 * required, 0), " %")};
  };
}

Ratio scaling(Table const& table) {
  double const ours = table.at("threads-1", name::ours).seconds / table.at("threads-2", name::ours).seconds;
  double const bare = table.at("fma-peak-2-threads", name::fma).gflops / table.at("fma-peak", name::fma).gflops;
  if (bare < 1.5) {
    throw Absence(demo::joined("two threads of a bare FMA loop are ", demo::fixed(bare, 2),
                               " times as fast as one: there is no second idle core"));
  }
  return {ours / bare, demo::joined("two threads are ", demo::fixed(ours, 2),
                                    " times as fast as one, in a bare FMA loop ", demo::fixed(bare, 2))};
}

constexpr std::array points{"point-64-32-32-10-relu", "point-2-16-16-1-tanh", "point-2-16-16-1-relu",
                            "point-64-128-128-10-relu"};

/// Returns the worst of the four.
Ratio points_against_eigen(Table const& table) {
  std::vector<Ratio> ratios;
  for (char const* const name : points) {
    ratios.push_back(against(name::eigen, name)(table));
    ratios.back().reason = demo::joined(name, ": ", ratios.back().reason);
  }
  return *std::min_element(ratios.begin(), ratios.end(),
                           [](auto const& a, auto const& b) { return a.value < b.value; });
}

struct Asked {
  char const* name;
  double required;
  double aim;
  Rule rule;
};

std::vector<Asked> all_asked() {
  char const* const phase = "phase-342-512-512-311";
  char const* const phase_in_bfloat16 = "phase-342-512-512-311-bf16";
  return {
      {"step-512-k3", 1.05, 1.05, against(name::torch, "step-512-k3")},
      {"step-128-k3", 1.15, 1.15, against(name::torch, "step-128-k3")},
      {"step-32-k3", 4.5, 6, against(name::torch, "step-32-k3")},
      {"step-32-k3-eigen", 1.6, 2, against(name::eigen, "step-32-k3")},
      {"step-16-k3", 25, 40, against(name::torch, "step-16-k3")},
      {"step-16-k3-eigen", 2, 3, against(name::eigen, "step-16-k3")},
      {"finite-32", 1, 4.0 / 3, within_plain_steps(4, "step-64-plain", "finite-32")},
      {"chain-16", 1, 3.5 / 2.8, within_plain_steps(3.5, "step-64-plain", "chain-16")},
      {"catmull-16", 1, 5.5 / 4.7, within_plain_steps(5.5, "step-64-plain", "catmull-16")},
      {"groups-k3", 1, 1, within_plain_steps(1.3, "step-128-plain", "groups-k3")},
      {"groups-k9", 1, 1, within_plain_steps(1.9, "step-128-plain", "groups-k9")},
      {"groups-k3-libtorch", 1.6, 2, against(name::torch, "groups-k3")},
      {"groups-k9-libtorch", 1.6, 2, against(name::torch, "groups-k9")},
      {"product-peak", 1, 1, share_of_peak(0.85, "product")},
      {"product-onednn", 0.95, 1, against(name::onednn, "product")},
      {"product-16", 0.8, 1, against(name::xsmm, "product-16")},
      {"product-32", 0.8, 1, against(name::xsmm, "product-32")},
      {"product-64", 0.8, 1, against(name::xsmm, "product-64")},
      {"threads-2", 0.9, 0.9, scaling},
      {points[0], 1, 1, within_nanoseconds(95, points[0])},
      {points[1], 1, 1, within_nanoseconds(30, points[1])},
      {points[2], 1, 1, within_nanoseconds(16, points[2])},
      {points[3], 1, 1, within_nanoseconds(900, points[3])},
      {"point-eigen", 1.1, 1.5, points_against_eigen},
      {"block-32-16-16-1", 1, 0.5 / 0.4, share_of_peak(0.4, "block-32-16-16-1")},
      {"block-64-32-32-10", 1, 0.65 / 0.55, share_of_peak(0.55, "block-64-32-32-10")},
      {"block-64-128-128-10", 1, 0.8 / 0.7, share_of_peak(0.7, "block-64-128-128-10")},
      {"block-over-single-32-16-16-1", 1.5, 1.5, against(name::one_by_one, "block-32-16-16-1")},
      {"block-over-single-64-32-32-10", 1.5, 1.5, against(name::one_by_one, "block-64-32-32-10")},
      {"block-over-single-64-128-128-10", 1.6, 1.6, against(name::one_by_one, "block-64-128-128-10")},
      {"walker-rest-64", 1.5, 2, against(name::one_by_one, "walker-rest-64")},
      {"move-64-32-32-10-k3", 1, 1, within_nanoseconds(400, "move-64-32-32-10-k3")},
      {phase, 1.5, 1.7, against(name::eigen, phase)},
      {phase_in_bfloat16, 2.5, 3, against(name::eigen, phase, phase_in_bfloat16)},
  };
}

}  // namespace

std::vector<Target> judge(Contest const& contest, Results const& results) {
  Table const table(contest, results);
  std::vector<Target> targets;
  for (Asked const& asked : all_asked()) {
    Target& target = targets.emplace_back(Target{asked.name, asked.required, asked.aim});
    try {
      Ratio const ratio = asked.rule(table);
      target.ratio = ratio.value;
      target.met = ratio.value >= asked.required;
      target.reason = ratio.reason;
    } catch (Absence const& absence) {
      target.reason = absence.what();
    }
  }
  return targets;
}

}  // namespace comparison
