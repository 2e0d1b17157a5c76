#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/error.hpp>
#include <wmanifold/core/half.hpp>
#include <wmanifold/core/real.hpp>
#include <wmanifold/core/simd.hpp>
#include <wmanifold/deploy/latest.hpp>
#include <wmanifold/network/network.hpp>
#include <wmanifold/network/parameters.hpp>
#include <wmanifold/topology/geodesic.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

namespace wmanifold {

/// Options of a Walker.
struct WalkerOptions {
  /// Largest step of the context per sample, in the topology's distance (over smooth factors). 1 / (0.02 * 48000) moves
  /// a knob from end to end in 20 ms at 48 kHz.
  double speed;
  Index every = 32;  ///< samples between moves of the context
};

/// A manifold that can form its network at a point in an existing network; a Stored one can.
template <class M>
concept Walkable = requires(M const& model, Point<typename M::Topology> const& s, typename M::Network& network) {
  model.at(s, network);
  model.stack();
};

/// Follows a moving context (a knob, a temperature, a load) in real time. One thread sets targets and models, another
/// processes samples. Neither waits for the other, and processing does not allocate, lock or call the system.
///
/// Every `every` samples the context moves towards its target along the geodesic, by `speed * every` at most. The
/// network there is formed in a spare network: K x N multiply-adds. The jump of the output at that sample (old minus
/// new, one more evaluation) is added to the following samples, and faded out until the next move. So the output has no
/// steps while the context moves, and equals the network's at rest (BasicNetwork::process). The division of samples
/// into blocks does not change a number.
///
/// A discrete context switches to the target at the next move. A discrete factor of a product does so, too, without
/// waiting for the smooth factors. It adds nothing to the distance. The output is faded as at any move.
///
/// A sample with inputs or outputs that are not finite affects no other. If it falls on a move, the jump is taken at
/// the next finite sample before the next move; until then each sample costs two evaluations. If there is none, the
/// output continues as that of the same signal without bad samples.
template <class Model>
class Walker {
 public:
  static_assert(Walkable<Model>,
                "wmanifold: a Walker needs a manifold with at(point, network), which forms a network in place, as "
                "at(point) may allocate");
  static_assert(Steppable<typename Model::Topology>,
                "wmanifold: a Walker needs a topology with exp and log, to walk along geodesics, a discrete one (of "
                "dimension 0), to switch, or a product of such");

  using R = typename Model::Scalar;           ///< type of the numbers
  using Topology = typename Model::Topology;  ///< space of contexts
  using Network = typename Model::Network;    ///< type of the network at a point

  /// A walker at `start`. Throws ArgumentError for a null model, parameters that are not finite, or an option that is
  /// not positive.
  Walker(std::shared_ptr<Model const> model, Point<Topology> const& start, WalkerOptions const& options)
      : options_(checked(options)),
        target_(start),
        models_(required(std::move(model))),
        layers_(models_.value()->stack()),
        at_(start),
        networks_{models_.value()->at(start), models_.value()->at(start)},
        scratch_(static_cast<std::size_t>(network().block_scratch_size(32))),
        carried_(static_cast<std::size_t>(outputs())),
        fade_(R{1} / static_cast<R>(options.every)) {}

  /// For the controlling thread: sets the target. Real time.
  void set_target(Point<Topology> const& s) noexcept { target_.put(s); }

  /// For the controlling thread: sets another model with the same layers, used from the next move on. Models no longer
  /// in use are destroyed in this or a later call, never while processing. Throws ArgumentError for other layers, a
  /// null model, or parameters that are not finite (one pass over them).
  void set_model(std::shared_ptr<Model const> model) {
    if (!(required(model)->stack() == layers_)) [[unlikely]] {
      fail("walker: expected a model of the same layers as the one before, got ", model->inputs(), " inputs, ",
           model->outputs(), " outputs and ", model->stack().depth(),
           " dense layers, or other activations; make a new Walker");
    }
    models_.put(std::move(model));
  }

  /// For the processing thread: processes as many samples as `y` holds, outputs() numbers each. Sample b reads inputs()
  /// numbers from x[b * step] on; a step of 1 is a window that slides over a signal. Throws ArgumentError for sizes
  /// that do not fit, and nothing otherwise. With one input and one output, `y` may be `x`. Real time.
  template <class T = HostTarget>
  void process(std::span<R const> x, Index step, std::span<R> y) {
    Index samples = detail::require_block("walker", inputs(), outputs(), x.size(), step, y.size());
    auto const numbers = static_cast<std::size_t>(outputs());
    while (samples > 0) {
      if (since_ == 0) [[unlikely]] {
        move<T>();
      }
      Index const count = jump_ == Jump::ahead ? 1 : std::min(samples, options_.every - since_);
      auto const to = y.first(static_cast<std::size_t>(count) * numbers);
      if (jump_ == Jump::ahead) [[unlikely]] {
        take_jump<T>(x.first(static_cast<std::size_t>(inputs())), to);
      } else {
        run<T>(network(), x, step, to);
        if (jump_ == Jump::taken) {
          fade(to);
        }
      }
      since_ = since_ + count == options_.every ? 0 : since_ + count;
      samples -= count;
      y = y.subspan(to.size());
      x = samples > 0 ? x.subspan(static_cast<std::size_t>(count * step)) : x;
    }
  }

  /// For the processing thread: context of the last sample.
  [[nodiscard]] Point<Topology> const& context() const noexcept { return at_; }
  /// For the processing thread: network of the last sample.
  [[nodiscard]] Network const& network() const noexcept { return networks_[current_]; }
  /// Number of inputs.
  [[nodiscard]] Index inputs() const noexcept { return network().inputs(); }
  /// Number of outputs.
  [[nodiscard]] Index outputs() const noexcept { return network().outputs(); }

 private:
  static WalkerOptions const& checked(WalkerOptions const& options) {
    if (is_nan(options.speed) || !(options.speed > 0)) [[unlikely]] {
      fail("walker: expected a positive speed (distance per sample), got ", options.speed);
    }
    if (options.every < 1) [[unlikely]] {
      fail("walker: expected at least 1 sample between moves, got ", options.every);
    }
    return options;
  }

  static std::shared_ptr<Model const> required(std::shared_ptr<Model const> model) {
    if (model == nullptr) [[unlikely]] {
      fail("walker: expected a model, got none");
    }
    if constexpr (requires { model->parameters().numbers(); }) {
      require_parameters(model->parameters());
      auto const numbers = model->parameters().numbers();
      if (!all_finite(numbers.data(), static_cast<Index>(numbers.size()))) [[unlikely]] {
        fail("walker: expected finite parameters, got ",
             number_as<R>(
                 *std::find_if_not(numbers.begin(), numbers.end(), [](auto number) { return is_finite(number); })));
      }
    }
    return model;
  }

  /// Runs a block through one of the networks.
  template <class T>
  void run(Network const& network, std::span<R const> x, Index step, std::span<R> y) noexcept {
    network.template process<T>(x, step, y, scratch_);
  }

  /// Adds what is left of the jump to the next samples.
  void fade(std::span<R> y) const noexcept {
    R* to = y.data();
    for (Index since = since_; to != y.data() + y.size(); ++since) {
      R const share = R{1} - static_cast<R>(since) * fade_;
      for (R const jump : carried_) {
        *to++ += share * jump;
      }
    }
  }

  /// Makes one move, unless the walker is at its target; the previous network becomes the spare one.
  template <class T>
  void move() noexcept {
    bool const other_model = models_.take();
    target_.take();
    if (!other_model && at_ == target_.value()) {
      jump_ = Jump::none;
      return;
    }
    at_ = step_towards(at_, target_.value(), options_.speed * static_cast<double>(options_.every));
    current_ = 1 - current_;
    models_.value()->template at<T>(at_, networks_[current_]);
    jump_ = Jump::ahead;
  }

  /// Takes the jump between both networks' outputs at a sample. The output is then the previous network's, faded. If
  /// the sample or the jump is not finite, the jump stays ahead, and the output is the previous network's.
  template <class T>
  void take_jump(std::span<R const> x, std::span<R> y) noexcept {
    bool finite = true;
    for (R const number : x) {
      finite &= is_finite(number);
    }
    run<T>(network(), x, 1, carried_);
    run<T>(networks_[1 - current_], x, 1, y);  // last, as y may be x
    for (std::size_t o = 0; o < carried_.size(); ++o) {
      carried_[o] = y[o] - carried_[o];
      finite &= is_finite(carried_[o]);
    }
    if (!finite) [[unlikely]] {
      return;
    }
    R const faded = static_cast<R>(since_) * fade_;
    for (std::size_t o = 0; o < carried_.size(); ++o) {
      y[o] -= faded * carried_[o];
    }
    jump_ = Jump::taken;
  }

  /// The jump of the output at the last move: none, ahead (taken at the next finite sample), or taken (in carried_).
  enum class Jump { none, ahead, taken };

  WalkerOptions options_;
  Latest<Point<Topology>> target_;
  Latest<std::shared_ptr<Model const>> models_;
  typename Model::Stack layers_;  // required of other models

  Point<Topology> at_;
  std::array<Network, 2> networks_;
  unsigned current_ = 0;
  AlignedVector<R> scratch_;
  AlignedVector<R> carried_;
  R fade_;
  Index since_ = 0;
  Jump jump_ = Jump::none;
};

/// Deduces the model from a pointer to a constant or a mutable one.
template <class Model>
Walker(std::shared_ptr<Model>, Point<typename Model::Topology> const&, WalkerOptions const&)
    -> Walker<std::remove_const_t<Model>>;

}  // namespace wmanifold
