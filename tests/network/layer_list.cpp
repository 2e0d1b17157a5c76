#include <wmanifold/network/layer_list.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;
using wm::Dense;
using wm::Index;
using wm::LayerList;

TEST_CASE("each dense layer takes the following activation, or the identity") {
  LayerList const list{Dense<>(2, 5), wm::Tanh{}, Dense<>(5, 4), Dense<>(4, 1), wm::Gelu{}};
  REQUIRE(list.entries().size() == 3);
  CHECK(std::get<Dense<>>(list.entries()[0].dense) == Dense<>(2, 5));
  CHECK(std::holds_alternative<wm::Tanh>(list.entries()[0].activation));
  CHECK(std::holds_alternative<wm::Identity>(list.entries()[1].activation));
  CHECK(std::holds_alternative<wm::Gelu>(list.entries()[2].activation));
}

TEST_CASE("widths and names give the same list") {
  CHECK(LayerList({2, 5, 1}, {"tanh", "identity"}) == LayerList{Dense<>(2, 5), wm::Tanh{}, Dense<>(5, 1)});
  CHECK(LayerList({2, 5, 1}, {"relu", "identity"}) != LayerList{Dense<>(2, 5), wm::Tanh{}, Dense<>(5, 1)});
}

TEST_CASE("every activation is found by its name") {
  for (auto const* name : {"identity", "relu", "elu", "tanh", "sigmoid", "silu", "gelu", "softplus"}) {
    std::visit([&](auto activation) { CHECK(activation.name == std::string_view(name)); }, wm::activation_named(name));
  }
}

TEST_CASE("invalid lists are refused with the expected and the actual layers") {
  auto const refuses = [](std::vector<LayerList::Item> const& items, char const* message) {
    CHECK_THROWS_WITH_AS((void)LayerList(items), doctest::Contains(message), wm::ArgumentError);
  };
  refuses({}, "expected at least one dense layer, got none");
  refuses({wm::Relu{}}, "expected each activation to follow a dense layer");
  refuses({wm::Relu{}, Dense<>(2, 3)}, "one at the start");
  refuses({Dense<>(2, 3), wm::Relu{}, wm::Tanh{}, Dense<>(3, 1)}, "got two in a row");
  refuses({Dense<>(2, 3), Dense<>(4, 1)}, "expected dense layer 1 to take 3 inputs, as many as the layer before it");
  refuses({Dense<>(2, 3), Dense<>(4, 1)}, "got 4");

  CHECK_THROWS_WITH_AS((void)wm::activation_named("rleu"),
                       doctest::Contains("one of identity, relu, elu, tanh, sigmoid, silu, gelu, softplus, got "
                                         "'rleu'"),
                       wm::ArgumentError);
  CHECK_THROWS_AS((void)wm::activation_named(""), wm::ArgumentError);
  auto const widths = [](std::vector<Index> const& sizes, std::vector<std::string> const& names, char const* message) {
    CHECK_THROWS_WITH_AS((void)LayerList(sizes, names), doctest::Contains(message), wm::ArgumentError);
  };
  widths({2, 3, 1}, {"relu"}, "expected 2 widths (one more than activations), got 3");
  widths({2}, {"relu"}, "expected 2 widths");
  widths({}, {}, "expected 1 widths");
  widths({3}, {}, "expected at least one dense layer, got none");
  widths({2, 0}, {"relu"}, "got 2 inputs and 0 outputs");
  widths({2, 1}, {"step"}, "got 'step'");
}

TEST_CASE("lists are copied and moved as values") {
  LayerList list({2, 5, 1}, {"tanh", "relu"});
  LayerList const copy = list;
  LayerList const moved = std::move(list);
  CHECK(copy == moved);
  LayerList assigned({1, 1}, {"relu"});
  assigned = copy;
  CHECK(assigned == copy);
}
