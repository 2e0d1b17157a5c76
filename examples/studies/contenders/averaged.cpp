#include "contenders/averaged.hpp"

#include <wmanifold/core/error.hpp>

#include <cmath>

namespace demo {
namespace {

namespace wm = wmanifold;

/// Another learner, whose networks move to their mean at the end of the training.
class Averaged final : public Learner {
 public:
  Averaged(std::unique_ptr<Learner> learner, double share)
      : learner_(std::move(learner)), averageable_(dynamic_cast<Averageable*>(learner_.get())), share_(share) {
    if (averageable_ == nullptr) {
      wm::fail("averaged contender: expected a manifold of weights, got another learner");
    }
  }

  wm::BatchView<float> forward(Batch const& batch) override { return learner_->forward(batch); }
  void backward(Batch const& batch, wm::Matrix<float> const& output_gradient) override {
    learner_->backward(batch, output_gradient);
  }
  void finish() override {
    learner_->finish();
    averageable_->draw_to_mean(share_);
  }
  [[nodiscard]] std::vector<TrainedPart*> parts() override { return learner_->parts(); }
  [[nodiscard]] wm::Index multiply_adds() const override { return learner_->multiply_adds(); }
  [[nodiscard]] wm::Index moving_multiply_adds() const override { return learner_->moving_multiply_adds(); }

 private:
  std::unique_ptr<Learner> learner_;
  Averageable* averageable_;
  double share_;
};

}  // namespace

Contender averaged(Contender contender, double share) {
  if (!(share >= 0 && share <= 1)) {
    wm::fail("averaged contender: expected a share from 0 to 1, got ", share);
  }
  std::string const percent = std::to_string(std::lround(100 * share));
  contender.name = "averaged" + percent;
  contender.title += ", " + percent + " % averaged";
  contender.make = [make = contender.make, share](Recipe const& recipe) -> std::unique_ptr<Learner> {
    return std::make_unique<Averaged>(make(recipe), share);
  };
  contender.in_plots = false;
  return contender;
}

}  // namespace demo
