#pragma once

#include <wmanifold/functional/loss.hpp>
#include <wmanifold/infer/held_model.hpp>
#include <wmanifold/manifold/batch.hpp>

#include <limits>

namespace wmanifold::detail {

/// A group of samples at a point: their mean loss and its gradient in the point, a tangent vector. A loss or gradient
/// that is not finite counts as an infinite loss.
template <Topology T>
struct Candidate {
  Index group = 0;
  Point<T> point;
  double value = 0;
  Coordinates<T> gradient{};
};

/// A copy with frozen layers, if the model can freeze them. This saves the gradient of the parameters, half of a
/// backward pass.
template <class Model>
[[nodiscard]] Model at_rest(Model model) {
  if constexpr (requires { model.freeze(model.stack().depth()); }) {
    for (Index l = 0; l < model.stack().depth(); ++l) {
      model.freeze(l);
    }
  }
  return model;
}

/// The mean losses of groups of samples (runs of consecutive ones), as functions of the searched part of each group's
/// context. `hold` sets the other part. Refers to loss, inputs and targets.
template <class T, class Model, class L, class Domain>
class GroupLosses {
 public:
  using R = typename Model::Scalar;
  using Space = typename Domain::Searched;
  using Held = HeldModel<Model, Domain>;
  using Whole = typename Held::Space;  // topology of the evaluated model
  using Targets = typename L::template Targets<R>;

  /// Losses of these groups. Throws ArgumentError if samples, targets and groups do not fit each other or the model.
  GroupLosses(Model const& model, L const& loss, ConstMatrixRef<R> const& inputs, Targets const& targets,
              std::vector<Index> const& sizes, typename Domain::State const& state)
      : held_(at_rest(model), state),
        loss_(loss),
        inputs_(inputs),
        targets_(targets),
        gradient_(held_.inner().parameters().zeros_like()) {
    require_batch<R>("inputs", inputs, model.inputs());
    loss.check(targets, inputs.rows(), model.outputs());
    for (Index const size : sizes) {
      if (size < 1 || size > inputs.rows() - begins_.back()) [[unlikely]] {
        fail("inference: expected groups of at least one sample and ", inputs.rows(), " samples in all, got one of ",
             size, " after ", begins_.back(), " samples");
      }
      begins_.push_back(begins_.back() + size);
    }
    require_count("inference", "samples in all groups, as many as the inputs have rows", Index{inputs.rows()},
                  begins_.back());
  }

  void hold(typename Domain::State const& state) { held_.hold(state); }

  [[nodiscard]] Index groups() const noexcept { return static_cast<Index>(begins_.size()) - 1; }
  /// First sample of group g; begin(groups()) is the number of samples.
  [[nodiscard]] Index begin(Index g) const noexcept { return begins_[static_cast<std::size_t>(g)]; }
  [[nodiscard]] Index size(Index g) const noexcept { return begin(g + 1) - begin(g); }

  /// Writes the losses of groups [first, first + count) at one point to `values`, `stride` apart.
  void at(Point<Space> const& s, Index first, Index count, double* values, Index stride) {
    Index group = first;
    double sum = 0;
    Index const origin = begin(first);
    auto const context = held_.at(s);
    for_each_batch(begin(first + count) - origin, [&](Index from, Index samples) {
      auto const outputs = held_.inner().template predict<T>(inputs_.middleRows(origin + from, samples),
                                                             Contexts<Whole>::constant(context, samples), work_);
      for (Index b = 0; b < samples; ++b) {
        Index const sample = origin + from + b;
        sum += loss_of(outputs, b, context, sample, {});
        if (sample + 1 == begin(group + 1)) {
          double const mean = sum / static_cast<double>(size(group));
          values[(group - first) * stride] = is_finite(mean) ? mean : infinite;
          sum = 0;
          ++group;
        }
      }
    });
  }

  /// Computes value and gradient of every trial.
  void at(std::span<Candidate<Space>> trials) {
    std::vector<Point<Whole>> points;
    std::vector<Index> sizes;
    std::vector<Index> samples;  // of the current batch
    std::vector<std::size_t> owners;
    auto const work_off = [&] {
      differentiate(trials, points, sizes, samples, owners);
      points.clear();
      sizes.clear();
      samples.clear();
      owners.clear();
    };
    for (std::size_t t = 0; t < trials.size(); ++t) {
      auto& trial = trials[t];
      trial.value = 0;
      trial.gradient = {};
      for (Index b = begin(trial.group); b < begin(trial.group + 1);) {
        Index const some = std::min(begin(trial.group + 1) - b, batch - static_cast<Index>(samples.size()));
        points.push_back(held_.at(trial.point));
        sizes.push_back(some);
        owners.push_back(t);
        for (Index i = 0; i < some; ++i) {
          samples.push_back(b++);
        }
        if (static_cast<Index>(samples.size()) == batch) {
          work_off();
        }
      }
    }
    if (!samples.empty()) {
      work_off();
    }
    for (auto& trial : trials) {
      auto const n = static_cast<double>(size(trial.group));
      trial.value /= n;
      bool are_numbers = is_finite(trial.value);
      for (double& x : trial.gradient) {
        x /= n;
        are_numbers = are_numbers && is_finite(x);
      }
      if (!are_numbers) {
        trial.value = infinite;
        trial.gradient = {};
      }
    }
  }

 private:
  static constexpr Index batch = 256;
  static constexpr double infinite = std::numeric_limits<double>::infinity();

  double loss_of(BatchView<R> const& outputs, Index row, Point<Whole> const& s, Index sample,
                 std::span<R> slope) const {
    std::span<R const> const prediction(outputs.row(row).data(), static_cast<std::size_t>(outputs.cols()));
    return static_cast<double>(loss_at<T>(loss_, s, prediction, targets_, sample, slope));
  }

  /// Adds the losses and gradients of one batch. Run r has sizes[r] of its samples and belongs to trial owners[r].
  void differentiate(std::span<Candidate<Space>> trials, std::vector<Point<Whole>> const& points,
                     std::vector<Index> const& sizes, std::vector<Index> const& samples,
                     std::vector<std::size_t> const& owners) {
    auto const rows = static_cast<Index>(samples.size());
    rows_.resize(rows, inputs_.cols());
    for (Index b = 0; b < rows; ++b) {
      rows_.row(b) = inputs_.row(samples[static_cast<std::size_t>(b)]);
    }
    bool const is_shared = rows > static_cast<Index>(points.size());
    auto const contexts = is_shared ? Contexts<Whole>::grouped(points, sizes) : Contexts<Whole>(points);
    auto const outputs = held_.inner().template forward<T>(rows_, contexts, work_);
    auto const width = static_cast<std::size_t>(outputs.cols());
    grow(work_.loss.output_gradient, outputs.size());
    std::span<R> const slopes(work_.loss.output_gradient.data(), static_cast<std::size_t>(outputs.size()));
    Index b = 0;
    for (std::size_t r = 0; r < owners.size(); ++r) {
      for (Index const end = b + sizes[r]; b < end; ++b) {
        trials[owners[r]].value += loss_of(outputs, b, points[r], samples[static_cast<std::size_t>(b)],
                                           slopes.subspan(static_cast<std::size_t>(b) * width, width));
      }
    }
    BatchView<R> const output_gradient(slopes.data(), outputs.rows(), outputs.cols());
    auto const slope =
        held_.inner()
            .template run_backward<T>(rows_, contexts, output_gradient, work_, gradient_, {.contexts = true})
            .contexts;
    b = 0;
    for (std::size_t r = 0; r < owners.size(); ++r) {
      for (Index const end = b + sizes[r]; b < end; ++b) {
        for (std::size_t c = 0; c < trials[owners[r]].gradient.size(); ++c) {
          trials[owners[r]].gradient[c] += slope(b, static_cast<Index>(Held::places[c]));
        }
      }
    }
  }

  Held held_;
  L const& loss_;
  ConstMatrixRef<R> const& inputs_;
  Targets const& targets_;
  std::vector<Index> begins_{0};
  Workspace<R> work_;
  Parameters<R> gradient_;  // of the parameters, for models that cannot freeze
  Matrix<R> rows_;
};

}  // namespace wmanifold::detail
