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

/// Returns another contender's time over ours, in the same case.
Rule against(char const* contender, char const* name) {
  return [=](Table const& table) {
    double const theirs = table.at(name, contender).seconds;
    double const ours = table.at(name, name::ours).seconds;
    return Ratio{theirs / ours, demo::joined(contender, ' ', time_of(theirs), ", ours ", time_of(ours))};
  };
}

/// Limits a time to this multiple of a step of our plain network.
Rule within_plain_steps(double factor, char const* name) {
  return [=](Table const& table) {
    double const plain = table.at("step-128-plain", name::ours).seconds;
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

Ratio product_share(Table const& table) {
  double const share = table.at("product", name::ours).share_of_peak;
  return {share / 0.85, demo::joined(demo::fixed(100 * share, 1), " % of the peak, required 85 %")};
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
  Rule rule;
};

std::vector<Asked> all_asked() {
  return {
      {"step-512-k3", 1.05, against(name::torch, "step-512-k3")},
      {"step-128-k3", 1.15, against(name::torch, "step-128-k3")},
      {"step-32-k3", 3, against(name::torch, "step-32-k3")},
      {"step-16-k3", 15, against(name::torch, "step-16-k3")},
      {"groups-k3", 1, within_plain_steps(1.3, "groups-k3")},
      {"groups-k9", 1, within_plain_steps(1.9, "groups-k9")},
      {"groups-k3-libtorch", 1.6, against(name::torch, "groups-k3")},
      {"groups-k9-libtorch", 1.6, against(name::torch, "groups-k9")},
      {"product-peak", 1, product_share},
      {"product-onednn", 0.95, against(name::onednn, "product")},
      {"threads-2", 0.9, scaling},
      {points[0], 1, within_nanoseconds(95, points[0])},
      {points[1], 1, within_nanoseconds(30, points[1])},
      {points[2], 1, within_nanoseconds(16, points[2])},
      {points[3], 1, within_nanoseconds(900, points[3])},
      {"point-eigen", 1, points_against_eigen},
      {"move-64-32-32-10-k3", 1, within_nanoseconds(400, "move-64-32-32-10-k3")},
      {"phase-342-512-512-311", 3, against(name::eigen, "phase-342-512-512-311")},
  };
}

}  // namespace

std::vector<Target> judge(Contest const& contest, Results const& results) {
  Table const table(contest, results);
  std::vector<Target> targets;
  for (Asked const& asked : all_asked()) {
    Target& target = targets.emplace_back(Target{asked.name, asked.required});
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
