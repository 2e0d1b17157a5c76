#pragma once

#include <wmanifold/core/matrix.hpp>
#include <wmanifold/network/layer_list.hpp>

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace wmanifold {

/// The position of one dense layer. Within the N parameters of a network at a point it has, from `offset`, inputs x
/// outputs weights (those of one input adjacent), then `outputs` biases. Within the parameters of a manifold it has
/// numbers in each of the K rows and in the shared part.
struct DenseLayout {
  Index inputs = 0;                           ///< number of inputs
  Index outputs = 0;                          ///< number of outputs
  Index offset = 0;                           ///< start within a network at a point
  Placement placement = Placement::manifold;  ///< dependence on the context
  Index rank = 0;                             ///< of a low-rank layer, else 0
  Index row_offset = 0;                       ///< start within a row
  Index shared_offset = 0;                    ///< start within the shared part

  /// Number of weights.
  [[nodiscard]] constexpr Index weights() const noexcept { return inputs * outputs; }
  /// Number of weights and biases.
  [[nodiscard]] constexpr Index size() const noexcept { return weights() + outputs; }

  /// Numbers in each row: all; none; of a low-rank layer, a row of A^T; of gains, a row of A, then a row of B.
  [[nodiscard]] constexpr Index row_size() const noexcept {
    return placement == Placement::manifold ? size() : placement == Placement::gains ? 2 * outputs : rank;
  }
  /// Numbers in the shared part: none; all; of a low-rank layer, W_0 with biases, then V ((inputs + 1) x rank), then
  /// U^T (rank x outputs); of gains, W_0 without biases.
  [[nodiscard]] constexpr Index shared_size() const noexcept {
    return placement == Placement::manifold ? 0
           : placement == Placement::gains  ? weights()
                                            : size() + rank * (inputs + 1 + outputs);
  }
  /// Start of V in the shared part.
  [[nodiscard]] constexpr Index right_offset() const noexcept { return shared_offset + size(); }
  /// Start of U^T in the shared part.
  [[nodiscard]] constexpr Index left_offset() const noexcept { return right_offset() + rank * (inputs + 1); }

  friend bool operator==(DenseLayout const&, DenseLayout const&) = default;
};

namespace detail {

/// The layout of a layer that follows another.
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

/// The weights (outputs x inputs) of one layer as an Eigen map, in place.
template <Real R>
using WeightMap = Eigen::Map<Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>>;
/// The weights of one layer, read only.
template <Real R>
using ConstWeightMap = Eigen::Map<Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic> const>;
/// The biases (outputs) of one layer as an Eigen map, in place.
template <Real R>
using BiasMap = Eigen::Map<Eigen::Matrix<R, Eigen::Dynamic, 1>>;
/// The biases of one layer, read only.
template <Real R>
using ConstBiasMap = Eigen::Map<Eigen::Matrix<R, Eigen::Dynamic, 1> const>;

/// Weights of the layer whose numbers start at `layer`.
template <Real R>
[[nodiscard]] WeightMap<R> weight_at(DenseLayout const& shape, R* layer) noexcept {
  return {layer, shape.outputs, shape.inputs};
}
/// The same, read-only.
template <Real R>
[[nodiscard]] ConstWeightMap<R> weight_at(DenseLayout const& shape, R const* layer) noexcept {
  return {layer, shape.outputs, shape.inputs};
}
/// Biases of the layer whose numbers start at `layer`.
template <Real R>
[[nodiscard]] BiasMap<R> bias_at(DenseLayout const& shape, R* layer) noexcept {
  return {layer + shape.weights(), shape.outputs};
}
/// The same, read-only.
template <Real R>
[[nodiscard]] ConstBiasMap<R> bias_at(DenseLayout const& shape, R const* layer) noexcept {
  return {layer + shape.weights(), shape.outputs};
}
/// Gains of a layer's outputs, or their biases: `outputs` numbers.
template <Real R>
[[nodiscard]] BiasMap<R> gain_at(DenseLayout const& shape, R* numbers) noexcept {
  return {numbers, shape.outputs};
}
/// The same, read-only.
template <Real R>
[[nodiscard]] ConstBiasMap<R> gain_at(DenseLayout const& shape, R const* numbers) noexcept {
  return {numbers, shape.outputs};
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
  static constexpr bool has(Placement placement) noexcept {
    if constexpr (DenseLayer<L>) {
      return L::placement == placement;
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

/// The layers of one network in order: `depth()` dense layers, each with the activation that follows it, or Identity.
/// `Layers...` are either Dense layers and activations, or one LayerList.
template <class... Layers>
class Stack {
  using Rules = detail::StackRules<Layers...>;
  static_assert(Rules::only_layers,
                "wmanifold: a network is made of Dense layers and activations, or of one LayerList");
  static_assert((DenseLayer<Layers> || ...), "wmanifold: a network has at least one Dense layer");
  static_assert(Rules::alternates(),
                "wmanifold: each activation follows a Dense layer; drop one of two in a row, or one at the start");
  static_assert(Rules::chains(),
                "wmanifold: each Dense layer must take as many inputs as the Dense layer before it gives outputs");

 public:
  static constexpr bool is_static =
      (Rules::template static_layer<Layers>() && ...);  ///< whether all sizes are in types
  /// Whether the types allow layers of a placement. If not, the code for it is not compiled.
  [[nodiscard]] static constexpr bool may_have(Placement placement) noexcept {
    return (Rules::template has<Layers>(placement) || ...);
  }
  /// The stack of the network at a point.
  using AtPoint = Stack<wmanifold::AtPoint<Layers>...>;
  /// N, or `dynamic`.
  static constexpr Index static_parameters =
      is_static ? (Rules::template static_size<Layers>() + ... + Index{0}) : dynamic;

  /// A stack with the sizes of its types.
  constexpr Stack() requires(is_static) : Stack(Layers{}...) {}

  /// A stack of these layers. Throws ArgumentError if run-time sizes do not chain.
  constexpr explicit Stack(Layers... layers) : layers_(std::move(layers)...) {
    std::size_t l = 0;
    std::apply([&](auto const&... layer) { (add(layer, l), ...); }, layers_);
  }

  /// The layers of the network at a point.
  [[nodiscard]] constexpr AtPoint at_point() const {
    return std::apply([](auto const&... layer) { return AtPoint(plain(layer)...); }, layers_);
  }

  /// Number of dense layers.
  [[nodiscard]] static constexpr Index depth() noexcept { return static_cast<Index>(dense_count); }
  /// Layout of dense layer l.
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
  /// Position of dense layer l in Layers...
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

/// The stack of a LayerList, whose sizes are data.
template <class Known>
class Stack<BasicLayerList<Known>> {
 public:
  static constexpr bool is_static = false;             ///< sizes are data
  static constexpr Index static_parameters = dynamic;  ///< N is data
  /// Whether the types allow layers of a placement: a list may have any.
  [[nodiscard]] static constexpr bool may_have(Placement) noexcept { return true; }

  using AtPoint = Stack;  ///< the stack of the network at a point

  /// A stack of these layers.
  explicit Stack(BasicLayerList<Known> layers) : layers_(std::move(layers)) {
    for (auto const& entry : layers_.entries()) {
      DenseLayout const before = shapes_.empty() ? DenseLayout{} : shapes_.back();
      shapes_.push_back(std::visit([&](auto const& dense) { return detail::shape_after(before, dense); }, entry.dense));
    }
  }

  /// The layers of the network at a point.
  [[nodiscard]] Stack at_point() const { return Stack(layers_.at_point()); }

  /// Number of dense layers; 0 after a move.
  [[nodiscard]] Index depth() const noexcept { return static_cast<Index>(shapes_.size()); }
  /// Layout of dense layer l.
  [[nodiscard]] DenseLayout const& dense(Index l) const noexcept { return shapes_[static_cast<std::size_t>(l)]; }

  /// Calls visit(activation) with the activation of dense layer l.
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

/// Number of inputs of a whole stack.
template <class S>
[[nodiscard]] constexpr Index inputs_of(S const& stack) noexcept {
  return stack.depth() == 0 ? 0 : stack.dense(0).inputs;
}
/// Number of outputs of a whole stack.
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
/// Numbers of a manifold of these layers in each of its K rows.
template <class S>
[[nodiscard]] constexpr Index row_parameters_of(S const& stack) noexcept {
  auto const last = detail::last_of(stack);
  return last.row_offset + last.row_size();
}
/// Numbers of a manifold of these layers in the part that all contexts share.
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
/// Largest number of outputs of a layer.
template <class S>
[[nodiscard]] constexpr Index widest_of(S const& stack) noexcept {
  Index widest = 0;
  for (Index l = 0; l < stack.depth(); ++l) {
    widest = std::max(widest, stack.dense(l).outputs);
  }
  return widest;
}
/// Numbers of scratch that one sample at a context needs: the outputs of two layers, and the intermediate values of a
/// low-rank layer or the gains and biases of another.
template <class S>
[[nodiscard]] constexpr Index sample_scratch_of(S const& stack) noexcept {
  Index aside = 0;
  for (Index l = 0; l < stack.depth(); ++l) {
    DenseLayout const& dense = stack.dense(l);
    aside = std::max(aside, dense.placement == Placement::low_rank ? dense.rank + dense.outputs
                            : dense.placement == Placement::gains  ? dense.row_size()
                                                                   : 0);
  }
  return 2 * widest_of(stack) + aside;
}

}  // namespace wmanifold
