#pragma once

#include <wmanifold/core/matrix.hpp>
#include <wmanifold/network/layer_list.hpp>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace wmanifold {

/// Where one dense layer lies: within the N parameters of a network at a point, from `offset`, inputs x outputs weights
/// (those of one input next to each other), then `outputs` biases; and where what it learns lies within the parameters
/// of a manifold, in each of the K rows and in the part that all contexts share.
struct DenseLayout {
  Index inputs = 0;
  Index outputs = 0;
  Index offset = 0;
  Placement placement = Placement::manifold;
  Index rank = 0;
  Index row_offset = 0;
  Index shared_offset = 0;

  [[nodiscard]] constexpr Index weights() const noexcept { return inputs * outputs; }
  [[nodiscard]] constexpr Index size() const noexcept { return weights() + outputs; }

  /// How many numbers it has in each row: all of them, none, or a row of A^T.
  [[nodiscard]] constexpr Index row_size() const noexcept { return placement == Placement::manifold ? size() : rank; }
  /// How many it has in the shared part: none, all of them, or W_0, then V ((inputs + 1) x rank), then U^T (rank x
  /// outputs).
  [[nodiscard]] constexpr Index shared_size() const noexcept {
    return placement == Placement::manifold ? 0 : size() + rank * (inputs + 1 + outputs);
  }
  /// Where V and U^T start in the shared part.
  [[nodiscard]] constexpr Index right_offset() const noexcept { return shared_offset + size(); }
  [[nodiscard]] constexpr Index left_offset() const noexcept { return right_offset() + rank * (inputs + 1); }

  friend bool operator==(DenseLayout const&, DenseLayout const&) = default;
};

namespace detail {

/// Appends a layer's shape to those before it.
template <DenseLayer L>
constexpr DenseLayout shape_after(DenseLayout const& before, L const& layer) {
  return {layer.inputs(),
          layer.outputs(),
          before.offset + before.size(),
          L::placement,
          layer.rank(),
          before.row_offset + before.row_size(),
          before.shared_offset + before.shared_size()};
}

}  // namespace detail

/// The weights (outputs x inputs) and biases (outputs) of one layer, seen through Eigen where they lie.
template <Real R>
using WeightMap = Eigen::Map<Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>>;
template <Real R>
using ConstWeightMap = Eigen::Map<Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic> const>;
template <Real R>
using BiasMap = Eigen::Map<Eigen::Matrix<R, Eigen::Dynamic, 1>>;
template <Real R>
using ConstBiasMap = Eigen::Map<Eigen::Matrix<R, Eigen::Dynamic, 1> const>;

/// The weights or biases of the layer whose numbers start at `layer`.
template <Real R>
[[nodiscard]] WeightMap<R> weight_at(DenseLayout const& shape, R* layer) noexcept {
  return {layer, shape.outputs, shape.inputs};
}
template <Real R>
[[nodiscard]] ConstWeightMap<R> weight_at(DenseLayout const& shape, R const* layer) noexcept {
  return {layer, shape.outputs, shape.inputs};
}
template <Real R>
[[nodiscard]] BiasMap<R> bias_at(DenseLayout const& shape, R* layer) noexcept {
  return {layer + shape.weights(), shape.outputs};
}
template <Real R>
[[nodiscard]] ConstBiasMap<R> bias_at(DenseLayout const& shape, R const* layer) noexcept {
  return {layer + shape.weights(), shape.outputs};
}

namespace detail {

template <class... Layers>
struct StackRules {
  static constexpr bool only_layers = ((DenseLayer<Layers> || Activation<Layers>)&&...);

  static constexpr bool alternates() noexcept {
    bool may_activate = false;
    bool good = true;
    ((good = good && (DenseLayer<Layers> || may_activate), may_activate = DenseLayer<Layers>), ...);
    return good;
  }

  template <class L>
  static constexpr Index outputs_of(Index before, bool& good) noexcept {
    if constexpr (DenseLayer<L>) {
      good = good && (before == dynamic || L::static_inputs == dynamic || before == L::static_inputs);
      return L::static_outputs;
    } else {
      return before;
    }
  }
  static constexpr bool chains() noexcept {
    Index before = dynamic;
    bool good = true;
    ((before = outputs_of<Layers>(before, good)), ...);
    return good;
  }

  template <class L>
  static constexpr bool static_layer() noexcept {
    if constexpr (DenseLayer<L>) {
      return L::is_static;
    } else {
      return true;
    }
  }

  template <class L>
  static constexpr bool is_low_rank() noexcept {
    if constexpr (DenseLayer<L>) {
      return L::placement == Placement::low_rank;
    } else {
      return false;
    }
  }

  template <class L>
  static constexpr Index static_size() noexcept {
    if constexpr (DenseLayer<L>) {
      return (L::static_inputs + 1) * L::static_outputs;
    } else {
      return 0;
    }
  }
};

}  // namespace detail

/// The layers of one network in order, flattened: `depth()` dense layers, each with the activation that follows it (or
/// Identity). Either `Layers...` are Dense and activations, or a single LayerList.
template <class... Layers>
class Stack {
  using Rules = detail::StackRules<Layers...>;
  static_assert(Rules::only_layers,
                "wmanifold: a network is made of Dense layers and activations, or of one LayerList");
  static_assert((DenseLayer<Layers> || ...), "wmanifold: a network has at least one Dense layer");
  static_assert(Rules::alternates(),
                "wmanifold: each activation follows a Dense layer; two in a row, or one at the start, have no meaning");
  static_assert(Rules::chains(),
                "wmanifold: each Dense layer must take as many inputs as the Dense layer before it gives outputs");

 public:
  static constexpr bool is_static = (Rules::template static_layer<Layers>() && ...);
  /// Whether types allow low-rank layers: where not, what they need is not compiled.
  static constexpr bool may_be_low_rank = (Rules::template is_low_rank<Layers>() || ...);
  /// The stack of the network at a point.
  using AtPoint = Stack<wmanifold::AtPoint<Layers>...>;
  /// N, or `dynamic`.
  static constexpr Index static_parameters =
      is_static ? (Rules::template static_size<Layers>() + ... + Index{0}) : dynamic;

  constexpr Stack() requires(is_static) : Stack(Layers{}...) {}

  /// Throws ArgumentError where run-time sizes do not chain.
  constexpr explicit Stack(Layers... layers) : layers_(std::move(layers)...) {
    std::size_t l = 0;
    std::apply([&](auto const&... layer) { (add(layer, l), ...); }, layers_);
  }

  [[nodiscard]] constexpr AtPoint at_point() const {
    return std::apply([](auto const&... layer) { return AtPoint(plain(layer)...); }, layers_);
  }

  [[nodiscard]] static constexpr Index depth() noexcept { return static_cast<Index>(dense_count); }
  [[nodiscard]] constexpr DenseLayout const& dense(Index l) const noexcept {
    return shapes_[static_cast<std::size_t>(l)];
  }

  /// Calls visit(activation) with the activation of dense layer l.
  template <class Visit>
  void with_activation(Index l, Visit&& visit) const {
    Index dense_seen = -1;
    bool pending = false;
    auto const look = [&]<class L>(L const& layer) {
      if constexpr (DenseLayer<L>) {
        if (pending) {
          visit(Identity{});
        }
        pending = ++dense_seen == l;
      } else if (pending) {
        visit(layer);
        pending = false;
      }
    };
    std::apply([&](auto const&... layer) { (look(layer), ...); }, layers_);
    if (pending) {
      visit(Identity{});
    }
  }

  /// The activation of dense layer L, known at compile time.
  template <Index L>
  [[nodiscard]] constexpr auto activation() const {
    constexpr std::size_t next = index_of_dense(L) + 1;
    if constexpr (next < sizeof...(Layers)) {
      if constexpr (!DenseLayer<std::tuple_element_t<next, std::tuple<Layers...>>>) {
        return std::get<next>(layers_);
      } else {
        return Identity{};
      }
    } else {
      return Identity{};
    }
  }

  friend bool operator==(Stack const&, Stack const&) = default;

 private:
  /// Where in Layers... dense layer l is.
  static constexpr std::size_t index_of_dense(Index l) noexcept {
    std::array<bool, sizeof...(Layers)> const dense{DenseLayer<Layers>...};
    std::size_t i = 0;
    for (; !(dense[i] && l-- == 0); ++i) {
    }
    return i;
  }

  static constexpr std::size_t dense_count = (std::size_t{DenseLayer<Layers>} + ...);

  template <class L>
  static constexpr wmanifold::AtPoint<L> plain(L const& layer) {
    if constexpr (DenseLayer<L>) {
      return {layer.inputs(), layer.outputs()};
    } else {
      return layer;
    }
  }

  template <class L>
  constexpr void add(L const& layer, std::size_t& l) {
    if constexpr (DenseLayer<L>) {
      if (l > 0) {
        require_count("dense layer", "inputs, as many as the layer before gives", shapes_[l - 1].outputs,
                      layer.inputs());
      }
      shapes_[l] = detail::shape_after(l == 0 ? DenseLayout{} : shapes_[l - 1], layer);
      ++l;
    }
  }

  std::tuple<Layers...> layers_;
  std::array<DenseLayout, dense_count> shapes_{};
};

template <class Known>
class Stack<BasicLayerList<Known>> {
 public:
  static constexpr bool is_static = false;
  static constexpr bool may_be_low_rank = true;
  static constexpr Index static_parameters = dynamic;

  using AtPoint = Stack;

  explicit Stack(BasicLayerList<Known> layers) : layers_(std::move(layers)) {
    for (auto const& entry : layers_.entries()) {
      DenseLayout const before = shapes_.empty() ? DenseLayout{} : shapes_.back();
      shapes_.push_back(std::visit([&](auto const& dense) { return detail::shape_after(before, dense); }, entry.dense));
    }
  }

  [[nodiscard]] Stack at_point() const { return Stack(layers_.at_point()); }

  [[nodiscard]] Index depth() const noexcept { return static_cast<Index>(shapes_.size()); }
  [[nodiscard]] DenseLayout const& dense(Index l) const noexcept { return shapes_[static_cast<std::size_t>(l)]; }

  template <class Visit>
  void with_activation(Index l, Visit&& visit) const {
    std::visit(visit, layers_.entries()[static_cast<std::size_t>(l)].activation);
  }

  friend bool operator==(Stack const&, Stack const&) = default;

 private:
  BasicLayerList<Known> layers_;
  std::vector<DenseLayout> shapes_;
};

namespace detail {

/// The last layer; without sizes in a stack that was moved from.
template <class S>
[[nodiscard]] constexpr DenseLayout last_of(S const& stack) noexcept {
  return stack.depth() == 0 ? DenseLayout{} : stack.dense(stack.depth() - 1);
}

}  // namespace detail

/// Sizes of a whole stack.
template <class S>
[[nodiscard]] constexpr Index inputs_of(S const& stack) noexcept {
  return stack.depth() == 0 ? 0 : stack.dense(0).inputs;
}
template <class S>
[[nodiscard]] constexpr Index outputs_of(S const& stack) noexcept {
  return detail::last_of(stack).outputs;
}
/// N, the number of weights and biases.
template <class S>
[[nodiscard]] constexpr Index parameters_of(S const& stack) noexcept {
  auto const last = detail::last_of(stack);
  return last.offset + last.size();
}
/// How many numbers a manifold of these layers has in each of its K rows, and in the part that all contexts share.
template <class S>
[[nodiscard]] constexpr Index row_parameters_of(S const& stack) noexcept {
  auto const last = detail::last_of(stack);
  return last.row_offset + last.row_size();
}
template <class S>
[[nodiscard]] constexpr Index shared_parameters_of(S const& stack) noexcept {
  auto const last = detail::last_of(stack);
  return last.shared_offset + last.shared_size();
}
/// Multiply-adds of one prediction at a fixed context.
template <class S>
[[nodiscard]] constexpr Index multiply_adds_of(S const& stack) noexcept {
  Index sum = 0;
  for (Index l = 0; l < stack.depth(); ++l) {
    sum += stack.dense(l).weights();
  }
  return sum;
}
/// The widest of the layers' outputs.
template <class S>
[[nodiscard]] constexpr Index widest_of(S const& stack) noexcept {
  Index widest = 0;
  for (Index l = 0; l < stack.depth(); ++l) {
    widest = std::max(widest, stack.dense(l).outputs);
  }
  return widest;
}
/// How many numbers of scratch one sample at a context needs: what comes out of two layers, and what a low-rank layer
/// puts aside.
template <class S>
[[nodiscard]] constexpr Index sample_scratch_of(S const& stack) noexcept {
  Index aside = 0;
  for (Index l = 0; l < stack.depth(); ++l) {
    DenseLayout const& dense = stack.dense(l);
    aside = std::max(aside, dense.placement == Placement::low_rank ? dense.rank + dense.outputs : 0);
  }
  return 2 * widest_of(stack) + aside;
}

}  // namespace wmanifold
