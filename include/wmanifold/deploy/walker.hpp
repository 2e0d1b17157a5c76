#pragma once

#include <wmanifold/core/aligned.hpp>
#include <wmanifold/core/error.hpp>
#include <wmanifold/core/real.hpp>
#include <wmanifold/core/simd.hpp>
#include <wmanifold/deploy/latest.hpp>
#include <wmanifold/network/parameters.hpp>
#include <wmanifold/topology/geodesic.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

namespace wmanifold {

struct WalkerOptions {
  /// The largest step of the context in a sample, in the topology's distance (over smooth factors): 1 / (0.02 * 48000)
  /// takes a knob from end to end in 20 ms at 48 kHz.
  double speed;
  Index every = 32;  ///< samples from one move of the context to the next
};

/// A manifold whose network at a point can be formed into one that is there already.
template <class M>
concept Walkable = requires(M const& model, Point<typename M::Topology> const& s, typename M::Network& network) {
  model.at(s, network);
  model.stack();
};

/// Follows a context that moves, in real time: a knob, a temperature, a load. One thread sets targets and models,
/// another processes samples; neither waits for the other, and processing does not allocate, lock or call the system.
///
/// Every `every` samples the context goes towards its target along the geodesic, `speed * every` at most, and the
/// network there is formed into a spare: K x N multiply-adds. What the output would jump by at that sample is taken
/// (one more evaluation), added to the samples that follow, and faded out until the next move: so the output of a
/// moving context has no steps, and that of a resting one is the network's. How samples are cut into blocks does not
/// change a number.
///
/// A discrete context switches: from the next move on it is the target's. So does a discrete factor of a product, at
/// once, not at the end of the way that smooth factors take; it adds nothing to the distance. The output is faded then
/// as at any move.
///
/// A sample that is not finite, or whose outputs are not, spoils no other: where it falls on a move, the jump is taken
/// at the next sample before the next move that is, by two evaluations a sample until then. Where there is none, the
/// output goes on as that of the same signal without bad samples does.
template <class Model>
class Walker {
 public:
  static_assert(Walkable<Model>,
                "wmanifold: a Walker needs a manifold with at(point, network), which forms the network at a point into "
                "one that is there: at(point) alone may allocate");
  static_assert(Steppable<typename Model::Topology>,
                "wmanifold: a Walker goes along geodesics, or switches, so the contexts need a topology with exp and "
                "log, a discrete one (of dimension 0), or a product of such");

  using R = typename Model::Scalar;
  using Topology = typename Model::Topology;
  using Network = typename Model::Network;

  /// Throws ArgumentError where there is no model, its parameters are not finite, or an option is not positive.
  Walker(std::shared_ptr<Model const> model, Point<Topology> const& start, WalkerOptions const& options)
      : options_(checked(options)),
        target_(start),
        models_(required(std::move(model))),
        layers_(models_.value()->stack()),
        at_(start),
        networks_{models_.value()->at(start), models_.value()->at(start)},
        scratch_(static_cast<std::size_t>(network().scratch_size())),
        carried_(static_cast<std::size_t>(outputs())),
        fade_(R{1} / static_cast<R>(options.every)) {}

  /// The controlling thread's: where to go. Real time.
  void set_target(Point<Topology> const& s) noexcept { target_.put(s); }

  /// The controlling thread's: another model of the same layers, to be used from the next move on. What is no longer
  /// used is destroyed here or in a later call, never while processing. Throws ArgumentError for other layers, none, or
  /// parameters that are not finite (one pass over them).
  void set_model(std::shared_ptr<Model const> model) {
    if (!(required(model)->stack() == layers_)) [[unlikely]] {
      fail("walker: expected a model of the same layers as the one before, got ", model->inputs(), " inputs, ",
           model->outputs(), " outputs and ", model->stack().depth(), " dense layers, or other activations");
    }
    models_.put(std::move(model));
  }

  /// The processing thread's: as many samples as `y` holds, outputs() numbers each. Sample b reads inputs() numbers
  /// from x[b * step] on: a step of 1 is a window that slides over a signal. ArgumentError where sizes do not fit;
  /// nothing is thrown where they do. Where a sample has one input and one output, `y` may be where `x` is. Real time.
  template <class T = HostTarget>
  void process(std::span<R const> x, Index step, std::span<R> y) {
    auto const numbers = static_cast<std::size_t>(outputs());
    auto const samples = static_cast<Index>(y.size() / numbers);
    Index const beyond = static_cast<Index>(x.size()) - inputs();  // where the last sample begins at most
    bool const fits = samples == 0 || (beyond >= 0 && (samples == 1 || step <= beyond / (samples - 1)));
    if (step < 1 || y.size() % numbers != 0 || !fits) [[unlikely]] {
      refuse(x.size(), step, y.size());
    }
    for (Index b = 0; b < samples; ++b) {
      std::span<R const> const from = x.subspan(static_cast<std::size_t>(b * step), static_cast<std::size_t>(inputs()));
      std::span<R> const to = y.subspan(static_cast<std::size_t>(b) * numbers, numbers);
      if (since_ == 0) [[unlikely]] {
        move<T>();
      }
      if (jump_ == Jump::ahead) [[unlikely]] {
        take_jump<T>(from, to);
      } else {
        network().template operator()<T>(from, to, scratch_);
        if (jump_ == Jump::taken) {
          R const share = R{1} - static_cast<R>(since_) * fade_;
          for (std::size_t o = 0; o < carried_.size(); ++o) {
            to[o] += share * carried_[o];
          }
        }
      }
      since_ = since_ + 1 == options_.every ? 0 : since_ + 1;
    }
  }

  /// The processing thread's: the context and the network of the samples before.
  [[nodiscard]] Point<Topology> const& context() const noexcept { return at_; }
  [[nodiscard]] Network const& network() const noexcept { return networks_[current_]; }
  [[nodiscard]] Index inputs() const noexcept { return network().inputs(); }
  [[nodiscard]] Index outputs() const noexcept { return network().outputs(); }

 private:
  static WalkerOptions const& checked(WalkerOptions const& options) {
    if (is_nan(options.speed) || !(options.speed > 0)) [[unlikely]] {
      fail("walker: expected a positive speed, a distance per sample, got ", options.speed);
    }
    if (options.every < 1) [[unlikely]] {
      fail("walker: expected at least 1 sample from move to move, got ", options.every);
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
        fail("walker: expected a model of finite parameters, got one that is ",
             *std::find_if_not(numbers.begin(), numbers.end(), [](R number) { return is_finite(number); }));
      }
    }
    return model;
  }

  [[noreturn, gnu::cold, gnu::noinline]] void refuse(std::size_t x, Index step, std::size_t y) const {
    fail("walker: expected samples of ", inputs(), " inputs, at least 1 apart, and whole samples of ", outputs(),
         " outputs, got ", x, " numbers ", step, " apart for ", y);
  }

  /// Goes on by one move, if there is where to go; the network before is the spare one then.
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

  /// Takes the jump between both networks' outputs at a sample, which is then what the network before, faded, makes of
  /// it. Where the sample or the jump is not finite, the jump is still ahead, and the sample the network's before.
  template <class T>
  void take_jump(std::span<R const> x, std::span<R> y) noexcept {
    bool finite = true;
    for (R const number : x) {
      finite &= is_finite(number);
    }
    network().template operator()<T>(x, carried_, scratch_);
    networks_[1 - current_].template operator()<T>(x, y, scratch_);  // last, as y may be where x is
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

  /// The jump of the output at the last move: none, one to be taken at the next finite sample, or carried_.
  enum class Jump { none, ahead, taken };

  WalkerOptions options_;
  Latest<Point<Topology>> target_;
  Latest<std::shared_ptr<Model const>> models_;
  typename Model::Stack layers_;  // what other models must have too

  Point<Topology> at_;
  std::array<Network, 2> networks_;
  unsigned current_ = 0;
  AlignedVector<R> scratch_;
  AlignedVector<R> carried_;
  R fade_;
  Index since_ = 0;
  Jump jump_ = Jump::none;
};

template <class Model>
Walker(std::shared_ptr<Model>, Point<typename Model::Topology> const&, WalkerOptions const&)
    -> Walker<std::remove_const_t<Model>>;

}  // namespace wmanifold
