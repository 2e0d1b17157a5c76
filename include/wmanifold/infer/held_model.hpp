#pragma once

#include <wmanifold/infer/search_space.hpp>
#include <wmanifold/manifold/slice.hpp>

#include <optional>

namespace wmanifold::detail {

/// A model in one state of a search, as a function of the searched factors. Factors without searched parts are sliced
/// away if possible, which leaves fewer rows to mix. Other models are evaluated at whole contexts.
template <class Model, class Domain>
class HeldModel {
  using Whole = typename Model::Topology;
  using Settled = typename Domain::Settled;

  static constexpr bool is_sliced = [] {
    if constexpr (Sliceable<Model> && Settled::factors.size() > 0) {
      return Settled::factors.size() < static_cast<std::size_t>(Whole::factors);
    } else {
      return false;
    }
  }();
  static auto in_state(Model const& model, typename Domain::State const& state) {
    if constexpr (is_sliced) {
      auto const at = Point<Whole>::unchecked(state.coordinates);  // only its settled factors are used
      return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return slice<Settled::factors[I]...>(model, Whole::template part<Settled::factors[I]>(at)...);
      }
      (std::make_index_sequence<Settled::factors.size()>{});
    } else {
      return model;
    }
  }

 public:
  /// The evaluated model.
  using Inner = decltype(in_state(std::declval<Model const&>(), std::declval<typename Domain::State const&>()));
  using Space = typename Inner::Topology;

  HeldModel(Model model, typename Domain::State const& state) : model_(std::move(model)) { hold(state); }

  void hold(typename Domain::State const& state) {
    state_ = state;
    if constexpr (is_sliced) {
      slice_.emplace(in_state(model_, state));
    }
  }
  [[nodiscard]] Inner const& inner() const noexcept {
    if constexpr (is_sliced) {
      return *slice_;
    } else {
      return model_;
    }
  }

  /// Context of the evaluated model.
  [[nodiscard]] Point<Space> at(Point<typename Domain::Searched> const& s) const noexcept {
    auto const whole = Domain::whole(state_, s);
    if constexpr (is_sliced) {
      Coordinates<Space> some{};
      for (std::size_t i = 0; i < some.size(); ++i) {
        some[i] = whole[Settled::other_coordinates[i]];
      }
      return Point<Space>::unchecked(some);
    } else {
      return whole;
    }
  }
  /// Index, in that context, of each searched coordinate.
  static constexpr auto places = [] {
    auto all = Domain::places;
    if constexpr (is_sliced) {
      auto const& others = Settled::other_coordinates;
      for (std::size_t& place : all) {
        place = static_cast<std::size_t>(std::find(others.begin(), others.end(), place) - others.begin());
      }
    }
    return all;
  }();

 private:
  Model model_;
  typename Domain::State state_;
  std::optional<Inner> slice_;  // if the model is sliced
};

}  // namespace wmanifold::detail
