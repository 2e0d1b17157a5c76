#pragma once

#include "batch.hpp"
#include "contender.hpp"

#include <optional>

namespace demo {

/// Bins of a test's scores along a number of the context.
struct Profile {
  std::string label;          ///< with its unit
  std::vector<double> edges;  ///< of the bins, rising
  std::function<double(Context const&)> at;
};

/// Contexts for testing a trained network.
struct Test {
  std::string name;   ///< in records
  std::string title;  ///< in tables
  Draw draw;
  std::optional<Profile> profile = std::nullopt;
  bool is_unseen = false;  ///< whether none of its contexts was trained on
};

/// Sizes shared by all contenders.
struct Sizes {
  std::vector<wmanifold::Index> hidden{32};
  std::string activation = "relu";
  std::size_t training = 10'000;   ///< samples of a seed, drawn from those outside validation
  std::size_t validation = 5'000;  ///< samples
  std::size_t test = 10'000;       ///< samples of each test
  std::size_t batch = 50;
  std::size_t epochs = 10;        ///< of the short budget, whose rate falls linearly to zero
  std::size_t most_epochs = 40;   ///< of the long one
  wmanifold::Index patience = 4;  ///< epochs without improvement before its rate falls, and finally before it stops

  /// Returns "196-32-10, 10,000 samples, ...", as in records.
  [[nodiscard]] std::string text(Material const& material) const;
};

/// Training contexts of which some are left out, as far from the others as the unseen contexts are from all. Here
/// candidates are compared at contexts never seen, without use of the test's.
struct Rehearsal {
  Draw training;
  Draw unseen;
};

/// Contexts of training and of tests.
struct Setting {
  std::string name;   ///< in records
  std::string title;  ///< in tables
  Draw training;
  std::vector<Test> tests;
  Sizes sizes = {};
  Draw validation = {};  ///< contexts of validation; none: the training contexts
  std::optional<Rehearsal> rehearsal = std::nullopt;
  std::optional<wmanifold::Index> contexts = std::nullopt;  ///< number of different trained contexts; none: unlimited
  std::optional<double> x = std::nullopt;                   ///< its place in the study's series
  bool has_ceilings = true;                                 ///< whether ceilings are meaningful here
};

/// A number by which settings differ.
struct Series {
  std::string label;
  bool is_log = false;
};

/// Returns the setting in which candidates are compared: the setting itself, or its rehearsal. A rehearsal's validation
/// is half at trained contexts, half at the left-out ones.
[[nodiscard]] Setting rehearsal_of(Setting const& setting);

struct Study {
  std::string name;   ///< for its files: letters, digits, _
  std::string title;  ///< in tables
  std::string text;   ///< question and data
  Space space = Space::circle;
  std::shared_ptr<Material const> material = nullptr;
  std::vector<Setting> settings = {};  ///< rates are tuned in the first one
  std::vector<Contender> contenders = {};
  std::optional<Series> series = std::nullopt;
  bool has_curves = false;  ///< whether the loss is drawn against epochs and seconds
  /// Bins of contexts, for contenders with a network for each.
  int bins = 0;
  std::function<int(Context const&)> bin_of = {};
};

/// Return the ceilings of a study whose contexts can be undone, or whose contexts have bins.
[[nodiscard]] Contender undone_ceiling(std::string title);
[[nodiscard]] Contender bins_ceiling(std::string title);

}  // namespace demo
