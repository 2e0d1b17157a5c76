#pragma once

#include "batch.hpp"
#include "contender.hpp"

#include <optional>

namespace demo {

/// Scores along a number of the context, in bins.
struct Profile {
  std::string label;          ///< with its unit
  std::vector<double> edges;  ///< of the bins, rising
  std::function<double(Context const&)> at;
};

/// Contexts that a trained network is asked at.
struct Test {
  std::string name;   ///< in records
  std::string title;  ///< in tables
  Draw draw;
  std::optional<Profile> profile = std::nullopt;
  bool is_unseen = false;  ///< were none of its contexts trained on?
};

/// What is the same for all contenders.
struct Sizes {
  std::vector<wmanifold::Index> hidden{32};
  std::string activation = "relu";
  std::size_t training = 10'000;   ///< samples of a seed, drawn from those that validation leaves
  std::size_t validation = 5'000;  ///< samples
  std::size_t test = 10'000;       ///< samples of each test
  std::size_t batch = 50;
  std::size_t epochs = 10;        ///< of the short budget, whose rate falls linearly to zero
  std::size_t most_epochs = 40;   ///< of the long one
  wmanifold::Index patience = 4;  ///< epochs without improvement until its rate falls, and in the end it stops

  /// "196-32-10, 10,000 samples, ...", which records have.
  [[nodiscard]] std::string text(Material const& material) const;
};

/// Contexts of training of which some are left out, as far from the others as what is unseen is from all: where it is
/// chosen what copes with contexts never seen, and none of them is touched.
struct Rehearsal {
  Draw training;
  Draw unseen;
};

/// Contexts of training, and what is asked for then.
struct Setting {
  std::string name;   ///< in records
  std::string title;  ///< in tables
  Draw training;
  std::vector<Test> tests;
  Sizes sizes = {};
  Draw validation = {};  ///< contexts of validation; none: those of training
  std::optional<Rehearsal> rehearsal = std::nullopt;
  std::optional<wmanifold::Index> contexts = std::nullopt;  ///< so many different ones are trained on; none: endless
  std::optional<double> x = std::nullopt;                   ///< where it lies in the study's series
  bool has_ceilings = true;                                 ///< does a ceiling say something here?
};

/// A number that settings differ in, if they do.
struct Series {
  std::string label;
  bool is_log = false;
};

/// Where candidates are chosen among: the setting itself, or, where it has a rehearsal, that one; its validation is
/// half at contexts trained on, half at those left out.
[[nodiscard]] Setting rehearsal_of(Setting const& setting);

struct Study {
  std::string name;   ///< of its files: letters, digits, _
  std::string title;  ///< in tables
  std::string text;   ///< what is asked, of which data
  Space space = Space::circle;
  std::shared_ptr<Material const> material = nullptr;
  std::vector<Setting> settings = {};  ///< rates are tuned in the first one
  std::vector<Contender> contenders = {};
  std::optional<Series> series = std::nullopt;
  bool has_curves = false;  ///< is the loss drawn against epochs and seconds?
  /// Bins of contexts, for contenders that have a network for each.
  int bins = 0;
  std::function<int(Context const&)> bin_of = {};
};

/// The ceilings of a study whose contexts can be undone, or whose contexts have bins.
[[nodiscard]] Contender undone_ceiling(std::string title);
[[nodiscard]] Contender bins_ceiling(std::string title);

}  // namespace demo
