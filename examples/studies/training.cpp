#include "training.hpp"

#include <wmanifold/core/error.hpp>
#include <wmanifold/flow/early_stopping.hpp>
#include <wmanifold/functional/loss.hpp>
#include <wmanifold/version.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace demo {
namespace {

namespace wm = wmanifold;
using Clock = std::chrono::steady_clock;

/// Random numbers are independent for each purpose, and the same for all contenders.
enum class Purpose : std::uint64_t { weights, samples, training };

wm::Seed seed_for(Purpose purpose, Run const& run, int bin) {
  return wm::Seed{run.seed}.stream(static_cast<std::uint64_t>(purpose)).stream(static_cast<std::uint64_t>(bin + 1));
}

/// The mean loss of a batch, and its gradient in the outputs.
double loss_of(Batch const& batch, wm::BatchView<float> const& outputs, wm::Matrix<float>& gradient) {
  gradient.resize(outputs.rows(), outputs.cols());
  double sum = 0;
  for (wm::Index b = 0; b < outputs.rows(); ++b) {
    auto const columns = static_cast<std::size_t>(outputs.cols());
    std::span<float const> const row(outputs.row(b).data(), columns);
    std::span<float> const slope(gradient.row(b).data(), columns);
    sum += static_cast<double>(batch.labels.empty()
                                   ? wm::MeanSquaredError{}.operator()<float>(row, batch.targets, b, slope)
                                   : wm::CrossEntropy{}.operator()<float>(row, batch.labels, b, slope));
  }
  gradient /= static_cast<float>(outputs.rows());
  return sum / static_cast<double>(outputs.rows());
}

/// The training of one network, on all contexts or on a bin of them.
class Training {
 public:
  Training(Run const& run, int bin, Examinations& examinations, Record& record)
      : run_(run),
        sizes_(run.setting->sizes),
        bin_(bin),
        examinations_(examinations),
        record_(record),
        shower_(*run.study->material, run.contender->view),
        random_(seed_for(Purpose::training, run, bin)) {
    auto const pool = examinations.pool();
    order_.assign(pool.begin(), pool.end());
    wm::Random samples(seed_for(Purpose::samples, run, -1));
    samples.shuffle(std::span(order_));
    order_.resize(sizes_.training);
    draw_ = [this](wm::Random& random) {
      Context context = run_.setting->training(random);
      while (bin_ >= 0 && run_.study->bin_of(context) != bin_) {
        context = run_.setting->training(random);
      }
      return context;
    };
  }

  std::unique_ptr<Learner> train() {
    Material const& material = *run_.study->material;
    Recipe recipe{run_.study->space,
                  material.inputs(),
                  sizes_.hidden,
                  material.outputs(),
                  sizes_.activation,
                  run_.pace.optimiser,
                  run_.pace.rate,
                  0.9,
                  seed_for(Purpose::weights, run_, bin_)};
    recipe = widened(*run_.contender, recipe);
    record_.hidden.assign(recipe.hidden.begin(), recipe.hidden.end());
    learner_ = run_.contender->make(recipe);
    try {
      run_.budget == Budget::brief ? train_briefly() : train_on();
    } catch (wm::NumericalError const&) {
      record_.has_failed = true;
    }
    learner_->finish();
    return std::move(learner_);
  }

 private:
  void train_briefly() {
    double const steps = static_cast<double>(sizes_.epochs * batches());
    for (std::size_t epoch = 0; epoch < sizes_.epochs; ++epoch) {
      pass([&](std::size_t batch) {
        return run_.pace.rate * (1 - static_cast<double>(epoch * batches() + batch) / steps);
      });
    }
  }

  void train_on() {
    double rate = run_.pace.rate;
    std::vector<float> best = learner_->numbers();
    double best_score = worst_score(*run_.study->material);
    std::size_t epochs = 0;
    for (std::size_t const most : {sizes_.most_epochs * 3 / 4, sizes_.most_epochs}) {
      wm::EarlyStopping stopping(sizes_.patience);
      try {
        while (epochs < most && !stopping.should_stop()) {
          double const score = pass([rate](std::size_t) { return rate; });
          ++epochs;
          stopping.look(run_.study->material->has_labels() ? -score : score);
          if (is_better(*run_.study->material, score, best_score)) {
            best_score = score;
            best = learner_->numbers();
          }
        }
      } catch (wm::NumericalError const&) {
        record_.has_failed = true;
      }
      learner_->restore(best);  // the optimiser forgets its state within a few steps
      rate /= 5;
    }
  }

  [[nodiscard]] std::size_t batches() const { return (order_.size() + sizes_.batch - 1) / sizes_.batch; }

  /// Trains one epoch, each step at rate(batch). Returns the validation score after it.
  template <class Rate>
  double pass(Rate const& rate) {
    auto const start = Clock::now();
    random_.shuffle(std::span(order_));
    double sum = 0;
    for (std::size_t batch = 0; batch < batches(); ++batch) {
      std::size_t const first = batch * sizes_.batch;
      auto const which = std::span(order_).subspan(first, std::min(sizes_.batch, order_.size() - first));
      auto const per_context =
          run_.contender->per_context > 0 ? run_.contender->per_context : static_cast<wm::Index>(which.size());
      Batch const& shown = shower_.show(Part::training, which, draw_, per_context, random_);
      double const loss = loss_of(shown, learner_->forward(shown), gradient_);
      if (!std::isfinite(loss)) {
        wm::fail<wm::NumericalError>("training: expected a finite loss, got ", loss);
      }
      sum += loss;
      learner_->set_rate(rate(batch));
      learner_->backward(shown, gradient_);
      learner_->step();
    }
    seconds_ += std::chrono::duration<double>(Clock::now() - start).count();
    double const score = examinations_.validate(*run_.setting, *run_.contender, *learner_, bin_);
    if (bin_ <= 0) {
      record_.looks.push_back({seconds_, sum / static_cast<double>(batches()), score});
    }
    return score;
  }

  Run const& run_;
  Sizes const& sizes_;
  int bin_;
  Examinations& examinations_;
  Record& record_;
  Shower shower_;
  wm::Random random_;
  std::vector<std::size_t> order_;
  Draw draw_;
  std::unique_ptr<Learner> learner_;
  wm::Matrix<float> gradient_;
  double seconds_ = 0;
};

/// Trained networks, each for the contexts of its bin.
class Binned final : public Learner {
 public:
  Binned(Study const& study, std::vector<std::unique_ptr<Learner>> learners)
      : study_(study), learners_(std::move(learners)) {}

  wm::BatchView<float> forward(Batch const& batch) override {
    outputs_.resize(batch.samples(), study_.material->outputs());
    for (std::size_t bin = 0; bin < learners_.size(); ++bin) {
      std::vector<wm::Index> inside;
      for (wm::Index b = 0; b < batch.samples(); ++b) {
        if (study_.bin_of(batch.contexts[static_cast<std::size_t>(b)]) == static_cast<int>(bin)) {
          inside.push_back(b);
        }
      }
      if (inside.empty()) {
        continue;
      }
      auto const some = learners_[bin]->forward(gathered(batch, inside));
      for (std::size_t n = 0; n < inside.size(); ++n) {
        outputs_.row(inside[n]) = some.row(static_cast<wm::Index>(n));
      }
    }
    return {outputs_.data(), outputs_.rows(), outputs_.cols()};
  }
  void backward(Batch const&, wm::Matrix<float> const&) override {
    wm::fail("binned networks: expected no training, they are trained one by one");
  }
  [[nodiscard]] std::vector<TrainedPart*> parts() override {
    std::vector<TrainedPart*> all;
    for (auto const& learner : learners_) {
      auto const parts = learner->parts();
      all.insert(all.end(), parts.begin(), parts.end());
    }
    return all;
  }
  [[nodiscard]] wm::Index multiply_adds() const override { return learners_.front()->multiply_adds(); }
  [[nodiscard]] wm::Index moving_multiply_adds() const override { return multiply_adds(); }

 private:
  Study const& study_;
  std::vector<std::unique_ptr<Learner>> learners_;
  wm::Matrix<float> outputs_;
};

std::unique_ptr<Learner> trained(Run const& run, Examinations& examinations, Record& record) {
  if (!run.contender->has_bins) {
    return Training(run, -1, examinations, record).train();
  }
  std::vector<std::unique_ptr<Learner>> learners;
  for (int bin = 0; bin < run.study->bins; ++bin) {
    learners.push_back(Training(run, bin, examinations, record).train());
  }
  return std::make_unique<Binned>(*run.study, std::move(learners));
}

}  // namespace

std::string_view name_of(Budget budget) { return budget == Budget::brief ? "short" : "long"; }

Record Run::record() const {
  Record record;
  record.study = study->name;
  record.setting = setting->name;
  record.contender = contender->name;
  record.optimiser = name_of(pace.optimiser);
  record.rate = pace.rate;
  record.budget = name_of(budget);
  record.seed = seed;
  record.sizes = setting->sizes.text(*study->material);
  record.version = wm::version;
  return record;
}

Record carry_out(Run const& run, Examinations& examinations) {
  Record record = run.record();
  auto const start = Clock::now();
  auto const learner = trained(run, examinations, record);
  Material const& material = *run.study->material;
  auto const checked = [&](auto const& score) {
    try {
      return score();
    } catch (wm::NumericalError const&) {
      record.has_failed = true;
      return decltype(score()){};
    }
  };
  auto const validation =
      checked([&] { return std::optional(examinations.validate(*run.setting, *run.contender, *learner)); });
  record.validation = validation.value_or(worst_score(material));
  record.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  for (Test const& test : run.setting->tests) {
    auto const score =
        checked([&] { return std::optional(examinations.test(*run.setting, test, *run.contender, *learner)); });
    record.scores[test.name] = score ? score->value : worst_score(material);
    if (score && !score->profile.empty()) {
      record.profiles[test.name] = score->profile;
    }
  }
  record.parameters = learner->parameters();
  record.multiply_adds = learner->multiply_adds();
  record.moving_multiply_adds = learner->moving_multiply_adds();
  return record;
}

}  // namespace demo
