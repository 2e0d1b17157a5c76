#pragma once

#include <wmanifold/network/activation.hpp>
#include <wmanifold/network/dense.hpp>

#include <initializer_list>
#include <string>
#include <variant>
#include <vector>

namespace wmanifold {

/// Any activation of the library, chosen at run time.
using AnyActivation = std::variant<Identity, Relu, Elu, Tanh, Sigmoid, Silu, Gelu, Softplus>;

/// The activation of that name. Throws ArgumentError, with all names, for an unknown one. This function and the list of
/// layers are templates, so that only programs that use them compile the visits of variants.
template <class Any = AnyActivation>
[[nodiscard]] Any activation_named(std::string_view name) {
  Any found;
  std::string known;
  bool is_known = false;
  [&]<class... A>(std::variant<A...> const*) {
    (((known += known.empty() ? "" : ", "), (known += A::name),
      (A::name == name ? (found = A{}, is_known = true) : false)),
     ...);
  }(static_cast<Any const*>(nullptr));
  if (!is_known) [[unlikely]] {
    fail("activation: expected one of ", known, ", got '", name, "'");
  }
  return found;
}

namespace detail {

/// The layers of the library.
struct KnownLayers {
  using Dense = std::variant<wmanifold::Dense<>, SharedDense<>, LowRankDense<>, GainDense<>>;
  using Activation = AnyActivation;
  using Item = std::variant<wmanifold::Dense<>, SharedDense<>, LowRankDense<>, GainDense<>, Identity, Relu, Elu, Tanh,
                            Sigmoid, Silu, Gelu, Softplus>;
};

}  // namespace detail

/// Declared for LayerList.
template <class Known = detail::KnownLayers>
class BasicLayerList;

/// Layers whose number, sizes and activations are data: `LayerList{Dense<>(2, 5), Tanh{}, Dense<>(5, 1)}`.
using LayerList = BasicLayerList<>;

/// Layers whose number, sizes and activations are data; see LayerList.
template <class Known>
class BasicLayerList {
 public:
  /// A dense layer and its activation.
  struct Entry {
    typename Known::Dense dense;            ///< sizes and placement
    typename Known::Activation activation;  ///< Identity if the list names none
    friend bool operator==(Entry const&, Entry const&) = default;
  };
  /// An element of a list: a dense layer, or the activation of the dense layer before it.
  using Item = typename Known::Item;

  /// A list of these items, with the errors of the next constructor.
  BasicLayerList(std::initializer_list<Item> items) : BasicLayerList(std::vector<Item>(items)) {}

  /// A list of these items. Throws ArgumentError if sizes do not chain, an activation follows no dense layer, or the
  /// list has no dense layer.
  explicit BasicLayerList(std::vector<Item> const& items) {
    bool may_activate = false;
    for (auto const& item : items) {
      std::visit(
          [&]<class L>(L const& layer) {
            if constexpr (DenseLayer<L>) {
              add(layer);
              may_activate = true;
            } else {
              if (!may_activate) [[unlikely]] {
                fail(
                    "layer list: expected each activation to follow a dense layer, got two in a row or one at the "
                    "start");
              }
              entries_.back().activation = layer;
              may_activate = false;
            }
          },
          item);
    }
    if (entries_.empty()) [[unlikely]] {
      fail("layer list: expected at least one dense layer, got none");
    }
  }

  /// A list of widths[0] inputs, then one dense layer per further width, each with the activation of that name.
  BasicLayerList(std::vector<Index> const& widths, std::vector<std::string> const& activations)
      : BasicLayerList(items_of(widths, activations)) {}

  /// Dense layers in order, each with its activation.
  [[nodiscard]] std::vector<Entry> const& entries() const noexcept { return entries_; }

  /// The layers of a network at a point: the same sizes and activations, each layer with weights of its own.
  [[nodiscard]] BasicLayerList at_point() const {
    BasicLayerList plain = *this;
    for (auto& entry : plain.entries_) {
      entry.dense = std::visit([](auto const& dense) { return Dense<>(dense.inputs(), dense.outputs()); }, entry.dense);
    }
    return plain;
  }

  friend bool operator==(BasicLayerList const&, BasicLayerList const&) = default;

 private:
  static std::vector<Item> items_of(std::vector<Index> const& widths, std::vector<std::string> const& activations) {
    require_count("layer list", "widths (one more than activations)", std::ssize(activations) + 1, std::ssize(widths));
    std::vector<Item> items;
    for (std::size_t l = 0; l < activations.size(); ++l) {
      items.emplace_back(Dense<>(widths[l], widths[l + 1]));
      std::visit([&](auto activation) { items.emplace_back(activation); }, activation_named(activations[l]));
    }
    return items;
  }

  template <DenseLayer L>
  void add(L const& layer) {
    if (!entries_.empty()) {
      Index const before = std::visit([](auto const& dense) { return dense.outputs(); }, entries_.back().dense);
      if (before != layer.inputs()) [[unlikely]] {
        fail("layer list: expected dense layer ", entries_.size(), " to take ", before,
             " inputs, as many as the layer before it gives, got ", layer.inputs());
      }
    }
    entries_.push_back({layer, Identity{}});
  }

  std::vector<Entry> entries_;
};

}  // namespace wmanifold
