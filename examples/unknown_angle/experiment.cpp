#include "experiment.hpp"

#include "turning.hpp"

#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/flow/gradient_flow.hpp>
#include <wmanifold/infer/context.hpp>
#include <wmanifold/network/layer_list.hpp>

#include <algorithm>
#include <chrono>
#include <numbers>
#include <numeric>

namespace demo {
namespace {

namespace wm = wmanifold;

template <class Basis>
using Model = wm::Manifold<Basis, wm::LayerList>;
using Plain = Model<wm::Constant<>>;
using Circle = wm::Point<wm::S1>;

constexpr double degree = std::numbers::pi / 180;
constexpr double near = 30 * degree;  // an angle farther off than this is missed

/// Random numbers are independent for each purpose and the same for both networks.
enum class Purpose : std::uint64_t { weights, images, training, test };

wm::Seed seed_for(Purpose purpose, std::uint64_t seed) {
  return wm::Seed{seed}.stream(static_cast<std::uint64_t>(purpose));
}

std::vector<std::size_t> shuffled(std::size_t count, wm::Random& random) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  random.shuffle(std::span(order));
  return order;
}

/// Images, each turned by an angle.
struct Turned {
  wm::Matrix<float> inputs;
  std::vector<Circle> angles;
  std::vector<int> labels;
};

Turned turned(LabelledImages const& images, std::span<std::size_t const> which, std::vector<Circle> angles) {
  Turner turner(images.rows, images.columns);
  Turned all{wm::Matrix<float>(static_cast<wm::Index>(which.size()), static_cast<wm::Index>(turner.halved_size())),
             std::move(angles),
             {}};
  for (std::size_t b = 0; b < which.size(); ++b) {
    turner.turn(images.image(which[b]), all.angles[b][0] / degree);
    turner.halve({all.inputs.row(static_cast<wm::Index>(b)).data(), turner.halved_size()});
    all.labels.push_back(images.labels[which[b]]);
  }
  return all;
}

wm::Contexts<wm::S1> contexts_for(Model<wm::Ellipse> const&, std::vector<Circle> const& angles) { return angles; }
wm::Contexts<wm::S1> contexts_for(Model<wm::Fourier<wm::S1, 2>> const&, std::vector<Circle> const& angles) {
  return angles;
}
wm::Contexts<wm::OnePoint> contexts_for(Plain const&, std::vector<Circle> const& angles) {
  return std::vector(angles.size(), wm::OnePoint::point());
}

template <class Basis>
Model<Basis> trained(std::uint64_t seed, double rate, DataSet const& data, Settings const& settings,
                     std::function<void(double)> const& tick) {
  Turner const turner(data.training.rows, data.training.columns);
  auto const width = static_cast<wm::Index>(settings.width);
  Model<Basis> model(wm::he_normal, seed_for(Purpose::weights, seed), Basis{},
                     wm::LayerList{wm::Dense<>(static_cast<wm::Index>(turner.halved_size()), width), wm::Relu{},
                                   wm::Dense<>(width, width), wm::Relu{}, wm::Dense<>(width, data.classes)});
  wm::GradientFlow flow{model, wm::CrossEntropy{}, {.rate = rate, .momentum = settings.momentum}};
  wm::Random images_random(seed_for(Purpose::images, seed));
  auto order = shuffled(data.training.count(), images_random);
  order.resize(settings.training_images);
  wm::Random random(seed_for(Purpose::training, seed));
  std::size_t const steps = settings.epochs * ((order.size() + settings.batch - 1) / settings.batch);
  std::size_t done = 0;
  for (std::size_t epoch = 0; epoch < settings.epochs; ++epoch) {
    random.shuffle(std::span(order));
    for (std::size_t first = 0; first < order.size(); first += settings.batch) {
      auto const which = std::span(order).subspan(first, std::min(settings.batch, order.size() - first));
      auto const batch =
          turned(data.training, which, wm::uniform_points<wm::S1>(static_cast<wm::Index>(which.size()), random));
      flow.set_rate(rate * (1 - static_cast<double>(done++) / static_cast<double>(steps)));
      flow.step(batch.inputs, contexts_for(model, batch.angles), batch.labels);
    }
    tick(Basis::size / static_cast<double>(settings.epochs));
  }
  return model;
}

/// Returns the % of rows of logits or probabilities whose largest is the label's, of all rows or of those that `counts`
/// selects.
double accuracy_of(wm::Matrix<float> const& scores, std::vector<int> const& labels,
                   std::function<bool(std::size_t)> const& counts) {
  double hits = 0;
  double all = 0;
  for (std::size_t b = 0; b < labels.size(); ++b) {
    if (counts(b)) {
      auto const row = static_cast<wm::Index>(b);
      hits += wm::CrossEntropy::is_hit(std::span<float const>(scores.row(row).data(), std::size_t(scores.cols())),
                                       labels, row)
                  ? 100
                  : 0;
      all += 1;
    }
  }
  return hits / all;
}

double median_of(std::vector<double> values) {
  auto const middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::vector<double> ranks_of(std::vector<double> const& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t r = 0; r < order.size(); ++r) {
    ranks[order[r]] = static_cast<double>(r);
  }
  return ranks;
}

double rank_correlation_of(std::vector<double> const& a, std::vector<double> const& b) {
  auto const n = static_cast<double>(a.size());
  auto const x = ranks_of(a);
  auto const y = ranks_of(b);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    sum += (x[i] - (n - 1) / 2) * (y[i] - (n - 1) / 2);
  }
  return n > 1 ? 12 * sum / (n * (n * n - 1)) : 0;
}

using Estimates = std::vector<wm::ContextEstimate<wm::S1>>;

/// Measures errors of the angles, and checks the uncertainties against them.
void judge(Estimates const& estimates, std::vector<Circle> const& truths, Finding& finding) {
  std::vector<double> errors;
  std::vector<double> uncertainties;
  double const share = 100 / static_cast<double>(estimates.size());
  for (std::size_t g = 0; g < estimates.size(); ++g) {
    auto const& found = estimates[g];
    double const error = wm::S1::distance(found.point, truths[g]);
    errors.push_back(error / degree);
    uncertainties.push_back(found.uncertainty);
    finding.within_one += error <= found.uncertainty ? share : 0;
    finding.within_two += error <= 2 * found.uncertainty ? share : 0;
    if (error > near) {
      finding.missed += share;
      finding.second += found.runner_up && wm::S1::distance(found.runner_up->point, truths[g]) <= near ? share : 0;
    }
  }
  finding.second *= finding.missed > 0 ? 100 / finding.missed : 0;
  finding.error = median_of(errors);
  finding.rank_correlation = rank_correlation_of(errors, uncertainties);
}

std::vector<Circle> repeated(std::vector<Circle> const& angles, std::size_t times) {
  std::vector<Circle> each;
  for (Circle const& angle : angles) {
    each.insert(each.end(), times, angle);
  }
  return each;
}

template <class Basis>
class Examination {
 public:
  Examination(Model<Basis> const& model, Plain const& plain, std::uint64_t seed, DataSet const& data,
              Settings const& settings)
      : model_(model), plain_(plain), data_(data), settings_(settings), random_(seed_for(Purpose::test, seed)) {}

  /// Finds angles of groups of `size` images by a loss without targets, and classifies the same images at the angle
  /// found.
  template <class L>
  Finding by_predictions(Criterion by, L const& loss, std::size_t size, Outcome& outcome) {
    auto const [all, truths] = groups_of(size);
    auto const estimates = timed(outcome, [&, &images = all, groups = truths.size()] {
      std::vector<wm::Index> const sizes(groups, static_cast<wm::Index>(size));
      return wm::infer_contexts(model_, loss, images.inputs, sizes, options());
    });
    Finding finding{.by = by, .images = size};
    tell(all, estimates, size, 0, finding);
    judge(estimates, truths, finding);
    finding.weighed = weighed_accuracy(all, loss, size);
    if (by == Criterion::softened) {
      outcome.looks.push_back(
          look(loss, all.inputs.topRows(static_cast<wm::Index>(size)), truths.front(), estimates.front()));
    }
    return finding;
  }

  /// Finds angles by the labels of `size` images, and classifies `told` other images at the angle found.
  Finding by_labels(std::size_t size, std::size_t told, Outcome& outcome) {
    auto const [all, truths] = groups_of(size + told);
    std::vector<int> labels;
    std::vector<wm::Index> rows;
    for (std::size_t b = 0; b < all.labels.size(); ++b) {
      if (b % (size + told) < size) {
        rows.push_back(static_cast<wm::Index>(b));
        labels.push_back(all.labels[b]);
      }
    }
    wm::Matrix<float> const inputs = all.inputs(rows, Eigen::all);
    auto const estimates = timed(outcome, [&, groups = truths.size()] {
      std::vector<wm::Index> const sizes(groups, static_cast<wm::Index>(size));
      return wm::infer_contexts(model_, wm::CrossEntropy{}, inputs, labels, sizes, options());
    });
    Finding finding{.by = Criterion::labels, .images = size};
    tell(all, estimates, size + told, size, finding);
    judge(estimates, truths, finding);
    return finding;
  }

 private:
  [[nodiscard]] wm::InferenceOptions options() const { return {.points = settings_.points}; }

  template <class Search>
  static Estimates timed(Outcome& outcome, Search const& search) {
    auto const start = std::chrono::steady_clock::now();
    auto found = search();
    outcome.seconds_of_search += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return found;
  }

  /// The test images in groups, each turned by an angle of its own. Left-over images are not used.
  std::pair<Turned, std::vector<Circle>> groups_of(std::size_t size) {
    std::size_t const groups = std::min(settings_.test_images / size, settings_.most_groups);
    auto order = shuffled(settings_.test_images, random_);
    order.resize(groups * size);
    auto truths = wm::uniform_points<wm::S1>(static_cast<wm::Index>(groups), random_);
    return {turned(data_.test, order, repeated(truths, size)), std::move(truths)};
  }

  /// Measures accuracies on all but the first `skipped` images of each group.
  void tell(Turned const& all, Estimates const& estimates, std::size_t size, std::size_t skipped,
            Finding& finding) const {
    std::vector<Circle> found;
    for (auto const& estimate : estimates) {
      found.push_back(estimate.point);
    }
    auto const counts = [&](std::size_t b) { return b % size >= skipped; };
    finding.found = accuracy_of(model_.predict(all.inputs, repeated(found, size)), all.labels, counts);
    finding.known = accuracy_of(model_.predict(all.inputs, all.angles), all.labels, counts);
    finding.plain = accuracy_of(plain_.predict(all.inputs, contexts_for(plain_, all.angles)), all.labels, counts);
  }

  /// Predicts without a choice of angle: averages predictions over the circle, weighted by each group's losses there.
  template <class L>
  double weighed_accuracy(Turned const& all, L const& loss, std::size_t size) const {
    auto const nodes = wm::S1::quadrature(47).nodes;
    std::vector<wm::Matrix<float>> logits;
    for (Circle const& node : nodes) {
      logits.push_back(model_.predict(all.inputs, wm::Contexts<wm::S1>::constant(node, all.inputs.rows())));
    }
    wm::Matrix<float> scores = wm::Matrix<float>::Zero(all.inputs.rows(), logits.front().cols());
    auto const samples = static_cast<wm::Index>(size);
    for (wm::Index first = 0; first < scores.rows(); first += samples) {
      std::vector<double> sums;
      for (auto const& there : logits) {
        sums.push_back(mean_loss(loss, there.middleRows(first, samples)) * static_cast<double>(size));
      }
      double const least = *std::min_element(sums.begin(), sums.end());
      for (std::size_t i = 0; i < nodes.size(); ++i) {
        auto const weight = static_cast<float>(std::exp(least - sums[i]));
        for (wm::Index b = first; b < first + samples; ++b) {
          auto const row = logits[i].row(b).array();
          Eigen::ArrayXf const e = (row - row.maxCoeff()).exp().transpose();
          scores.row(b) += (weight / e.sum() * e).matrix().transpose();
        }
      }
    }
    return accuracy_of(scores, all.labels, [](std::size_t) { return true; });
  }

  template <class L>
  static double mean_loss(L const& loss, wm::ConstMatrixRef<float> const& logits) {
    double sum = 0;
    for (wm::Index b = 0; b < logits.rows(); ++b) {
      std::span<float const> const row(logits.row(b).data(), static_cast<std::size_t>(logits.cols()));
      sum += static_cast<double>(loss(row, wm::NoTargets{}, b, std::span<float>{}));
    }
    return sum / static_cast<double>(logits.rows());
  }

  template <class L>
  Look look(L const& loss, wm::Matrix<float> const& inputs, Circle const& truth,
            wm::ContextEstimate<wm::S1> const& estimate) const {
    Look look;
    look.images = static_cast<std::size_t>(inputs.rows());
    look.truth = truth[0] / degree;
    for (int angle = 0; angle <= 360; angle += 2) {
      auto const logits = model_.predict(inputs, wm::Contexts<wm::S1>::constant(wm::S1::degrees(angle), inputs.rows()));
      look.objective.push_back({static_cast<double>(angle), mean_loss(loss, logits)});
    }
    look.point = {estimate.point[0] / degree, estimate.objective};
    if (estimate.runner_up) {
      look.runner_up = {estimate.runner_up->point[0] / degree, estimate.runner_up->objective};
    }
    return look;
  }

  Model<Basis> const& model_;
  Plain const& plain_;
  DataSet const& data_;
  Settings const& settings_;
  wm::Random random_;
};

template <class Basis>
Outcome carry_out_on(std::uint64_t seed, DataSet const& data, Settings const& settings,
                     std::function<void(double)> const& tick) {
  auto const model = trained<Basis>(seed, settings.rate, data, settings, tick);
  auto const plain = trained<wm::Constant<>>(seed, settings.plain_rate, data, settings, tick);
  Examination<Basis> examination(model, plain, seed, data, settings);
  Outcome outcome;
  auto const by_predictions = [&](Criterion by, auto const& loss) {
    for (std::size_t const size : {64, 16, 4, 1}) {
      outcome.findings.push_back(examination.by_predictions(by, loss, size, outcome));
      tick(1);
    }
  };
  by_predictions(Criterion::entropy, wm::PredictionEntropy{.temperature = 1});
  by_predictions(Criterion::softened, wm::PredictionEntropy{});
  by_predictions(Criterion::energy, wm::FreeEnergy{});
  for (std::size_t const size : {64, 16, 4, 1}) {
    outcome.findings.push_back(examination.by_labels(size, 16, outcome));
  }
  tick(1);
  return outcome;
}

}  // namespace

Outcome carry_out(std::uint64_t seed, DataSet const& data, Settings const& settings,
                  std::function<void(double)> const& tick) {
  return settings.order == 1 ? carry_out_on<wm::Ellipse>(seed, data, settings, tick)
                             : carry_out_on<wm::Fourier<wm::S1, 2>>(seed, data, settings, tick);
}

}  // namespace demo
