#include "examination.hpp"

#include "text.hpp"

#include <wmanifold/core/error.hpp>
#include <wmanifold/functional/loss.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace demo {
namespace {

namespace wm = wmanifold;

/// Seed of random numbers that are independent of all runs' seeds.
constexpr wm::Seed fixed_seed{20'250'601};

std::vector<std::size_t> shuffled(std::size_t count, std::uint64_t purpose) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  wm::Random random(fixed_seed.stream(purpose));
  random.shuffle(std::span(order));
  return order;
}

/// Sum of hits or squared errors, and the number of samples.
struct Tally {
  double sum = 0;
  double count = 0;

  [[nodiscard]] double score(bool has_labels) const {
    return count == 0 ? NAN : 100 * (has_labels ? sum / count : std::sqrt(sum / count));
  }
};

/// Calls found(b, hit or mean squared error) for each sample of a batch.
template <class Found>
void examine(Learner& learner, Batch const& batch, Found const& found) {
  auto const outputs = learner.forward(batch);
  for (wm::Index b = 0; b < batch.samples(); ++b) {
    std::span<float const> const row(outputs.row(b).data(), static_cast<std::size_t>(outputs.cols()));
    if (batch.labels.empty()) {
      found(b, static_cast<double>((outputs.row(b) - batch.targets.row(b)).squaredNorm()) /
                   static_cast<double>(outputs.cols()));
    } else {
      bool const is_number = std::all_of(row.begin(), row.end(), [](float x) { return std::isfinite(x); });
      found(b, is_number && wm::CrossEntropy::is_hit(row, batch.labels, b) ? 1.0 : 0.0);
    }
  }
}

/// Many contexts of a training.
class Trained {
 public:
  Trained(Space space, Draw const& draw) : space_(space) {
    wm::Random random(fixed_seed.stream(4));
    for (Context& context : contexts_) {
      context = draw(random);
    }
  }

  [[nodiscard]] Context nearest(Context const& context) const {
    Context best = contexts_.front();
    double least = distance(space_, context, best);
    for (Context const& one : contexts_) {
      if (double const here = distance(space_, context, one); here < least) {
        least = here;
        best = one;
      }
    }
    return best;
  }

 private:
  Space space_;
  std::array<Context, 2'048> contexts_;
};

}  // namespace

double worst_score(Material const& material) { return material.has_labels() ? 0 : 1000; }

bool is_better(Material const& material, double a, double b) { return material.has_labels() ? a > b : a < b; }

Examinations::Examinations(Study const& study)
    : study_(&study),
      training_(shuffled(study.material->count(Part::training), 0)),
      test_(shuffled(study.material->count(Part::test), 1)) {
  for (Setting const& setting : study.settings) {
    validation_ = std::max(validation_, setting.sizes.validation);
    std::size_t const wanted = setting.sizes.training + setting.sizes.validation;
    if (training_.size() < wanted || test_.size() < setting.sizes.test) {
      wm::fail("study ", study.name, ": expected at least ", wanted, " samples for training and validation and ",
               setting.sizes.test, " for the test, got ", training_.size(), " and ", test_.size());
    }
  }
}

std::span<std::size_t const> Examinations::pool() const noexcept {
  return std::span(training_).first(training_.size() - validation_);
}

Examinations::Batches const& Examinations::batches(std::string const& name, Setting const& setting, Part part,
                                                   Contender const& contender, Draw const& draw) {
  View const view = contender.view;
  Entry* entry = nullptr;
  {
    std::scoped_lock const lock(mutex_);
    entry = &entries_[joined(setting.name, '|', name, '|', static_cast<int>(view), '|', contender.reach)];
  }
  std::call_once(entry->is_made, [&] {
    auto const samples = part == Part::test ? std::span(test_).first(setting.sizes.test)
                                            : std::span(training_).last(setting.sizes.validation);
    wm::Random random(fixed_seed.stream(part == Part::test ? 3 : 2));
    Shower shower(*study_->material, view);
    constexpr std::size_t most = 250;
    for (std::size_t first = 0; first < samples.size(); first += most) {
      auto const some = samples.subspan(first, std::min(most, samples.size() - first));
      entry->batches.push_back({shower.show(part, some, draw, 1, random), {}});
      entry->batches.back().contexts = entry->batches.back().batch.contexts;
    }
    if (contender.reach < 1) {
      Trained const trained(study_->space, setting.training);
      for (auto& [batch, contexts] : entry->batches) {
        for (Context& context : batch.contexts) {
          context = between(study_->space, trained.nearest(context), context, contender.reach);
        }
      }
    }
  });
  return entry->batches;
}

double Examinations::validate(Setting const& setting, Contender const& contender, Learner& learner, int bin) {
  Tally tally;
  Draw const& draw = setting.validation ? setting.validation : setting.training;
  for (auto const& [batch, contexts] : batches("validation", setting, Part::training, contender, draw)) {
    auto const add = [&](wm::Index, double x) {
      tally.sum += x;
      tally.count += 1;
    };
    if (bin < 0) {
      examine(learner, batch, add);
      continue;
    }
    std::vector<wm::Index> inside;
    for (wm::Index b = 0; b < batch.samples(); ++b) {
      if (study_->bin_of(contexts[static_cast<std::size_t>(b)]) == bin) {
        inside.push_back(b);
      }
    }
    if (!inside.empty()) {
      examine(learner, gathered(batch, inside), add);
    }
  }
  double const score = tally.score(study_->material->has_labels());
  return std::isfinite(score) ? score : worst_score(*study_->material);
}

Score Examinations::test(Setting const& setting, Test const& test, Contender const& contender, Learner& learner) {
  Tally all;
  auto const* const profile = test.profile ? &*test.profile : nullptr;
  std::vector<Tally> bins(profile == nullptr ? 0 : profile->edges.size() - 1);
  for (auto const& asked : batches("test " + test.name, setting, Part::test, contender, test.draw)) {
    examine(learner, asked.batch, [&](wm::Index b, double x) {
      all.sum += x;
      all.count += 1;
      if (profile != nullptr) {
        double const at = profile->at(asked.contexts[static_cast<std::size_t>(b)]);
        auto const above = std::upper_bound(profile->edges.begin(), profile->edges.end(), at);
        if (above != profile->edges.begin() && above != profile->edges.end()) {
          Tally& tally = bins[static_cast<std::size_t>(above - profile->edges.begin() - 1)];
          tally.sum += x;
          tally.count += 1;
        }
      }
    });
  }
  bool const has_labels = study_->material->has_labels();
  Score score{all.score(has_labels), {}};
  if (!std::isfinite(score.value)) {
    score.value = worst_score(*study_->material);
  }
  for (Tally const& tally : bins) {
    score.profile.push_back(tally.score(has_labels));
  }
  return score;
}

}  // namespace demo
