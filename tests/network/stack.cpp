#include <wmanifold/network/stack.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;
using wm::Dense;
using wm::Index;

namespace {

template <class... Layers>
using Rules = wm::detail::StackRules<Layers...>;

using Static = wm::Stack<Dense<3, 5>, wm::Relu, Dense<5, 4>, Dense<4, 2>, wm::Tanh>;

template <class Stack>
std::string activation_names(Stack const& stack) {
  std::string names;
  for (Index l = 0; l < stack.depth(); ++l) {
    int visits = 0;
    stack.with_activation(l, [&](auto const& activation) {
      names += std::string(activation.name) + ' ';
      ++visits;
    });
    CHECK(visits == 1);
  }
  return names;
}

}  // namespace

// Refused by the type: activations at the start or in a row, sizes that do not chain, types that are no layer.
static_assert(Rules<Dense<2, 3>, wm::Relu, Dense<3, 1>>::alternates() && Rules<Dense<2, 3>, Dense<3, 1>>::alternates());
static_assert(!Rules<wm::Relu, Dense<2, 3>>::alternates());
static_assert(!Rules<Dense<2, 3>, wm::Relu, wm::Tanh>::alternates());
static_assert(Rules<Dense<2, 3>, wm::Relu, Dense<3, 1>>::chains() && Rules<Dense<2, 3>, Dense<>>::chains());
static_assert(!Rules<Dense<2, 3>, wm::Relu, Dense<4, 1>>::chains());
static_assert(!Rules<Dense<2>, Dense<4, 1>, Dense<2, 1>>::chains());
static_assert(Rules<Dense<2, 3>, wm::Relu>::only_layers && !Rules<Dense<2, 3>, int>::only_layers);

// Sizes known at compile time.
static_assert(Static::is_static && Static::static_parameters == 4 * 5 + 6 * 4 + 5 * 2);
static_assert(!wm::Stack<Dense<3, 5>, Dense<>>::is_static);
static_assert(wm::Stack<Dense<3, 5>, Dense<>>::static_parameters == wm::dynamic);
static_assert(std::default_initializable<Static> && !std::default_initializable<wm::Stack<Dense<>>>);
static_assert(wm::inputs_of(Static{}) == 3 && wm::outputs_of(Static{}) == 2);
static_assert(wm::parameters_of(Static{}) == Static::static_parameters);
static_assert(wm::multiply_adds_of(Static{}) == 15 + 20 + 8 && wm::widest_of(Static{}) == 5);

TEST_CASE("layers lie one after the other, weights before biases") {
  auto const check = [](auto const& stack) {
    CHECK(stack.depth() == 3);
    // All layers are on the manifold, so a row is laid out like the network at a point.
    CHECK(stack.dense(0) == wm::DenseLayout{3, 5, 0, wm::Placement::manifold, 0, 0, 0});
    CHECK(stack.dense(1) == wm::DenseLayout{5, 4, 20, wm::Placement::manifold, 0, 20, 0});
    CHECK(stack.dense(2) == wm::DenseLayout{4, 2, 44, wm::Placement::manifold, 0, 44, 0});
    CHECK(stack.dense(1).weights() == 20);
    CHECK(stack.dense(1).size() == 24);
    CHECK(wm::inputs_of(stack) == 3);
    CHECK(wm::outputs_of(stack) == 2);
    CHECK(wm::parameters_of(stack) == 54);
    CHECK(wm::multiply_adds_of(stack) == 43);
    CHECK(wm::widest_of(stack) == 5);
    CHECK(activation_names(stack) == "relu identity tanh ");
  };
  check(Static{});
  check(wm::Stack<Dense<>, wm::Relu, Dense<5>, Dense<wm::dynamic, 2>, wm::Tanh>(
      Dense<>(3, 5), wm::Relu{}, Dense<5>(5, 4), Dense<wm::dynamic, 2>(4, 2), wm::Tanh{}));
  check(wm::Stack<wm::LayerList>({Dense<>(3, 5), wm::Relu{}, Dense<>(5, 4), Dense<>(4, 2), wm::Tanh{}}));
}

TEST_CASE("weights and biases are viewed in place") {
  Static const stack;
  std::vector<double> network(54);
  for (std::size_t n = 0; n < network.size(); ++n) {
    network[n] = static_cast<double>(n);
  }
  auto const w = wm::weight_at(stack.dense(1), network.data() + stack.dense(1).offset);
  auto const b = wm::bias_at(stack.dense(1), network.data() + stack.dense(1).offset);
  CHECK(w.rows() == 4);
  CHECK(w.cols() == 5);
  CHECK(b.size() == 4);
  CHECK(w(1, 0) == 21);  // the weights of one input are next to each other
  CHECK(w(0, 1) == 24);
  CHECK(b(0) == 40);
  auto const& constant = network;
  CHECK(wm::weight_at(stack.dense(1), constant.data() + stack.dense(1).offset) == w);
  CHECK(wm::bias_at(stack.dense(1), constant.data() + stack.dense(1).offset) == b);
}

TEST_CASE("run-time sizes that do not chain are refused") {
  using Stack = wm::Stack<Dense<>, wm::Relu, Dense<>>;
  CHECK_THROWS_WITH_AS((void)Stack(Dense<>(2, 3), wm::Relu{}, Dense<>(4, 1)),
                       doctest::Contains("expected 3 inputs, as many as the layer before gives, got 4"),
                       wm::ArgumentError);
  CHECK(Stack(Dense<>(2, 3), wm::Relu{}, Dense<>(3, 1)) == Stack(Dense<>(2, 3), wm::Relu{}, Dense<>(3, 1)));
  CHECK(Stack(Dense<>(2, 3), wm::Relu{}, Dense<>(3, 1)) != Stack(Dense<>(2, 4), wm::Relu{}, Dense<>(4, 1)));
}

TEST_CASE("stacks are copied and moved as values") {
  wm::Stack<wm::LayerList> stack(wm::LayerList({2, 5, 1}, {"tanh", "relu"}));
  auto const copy = stack;
  auto const moved = std::move(stack);
  CHECK(copy == moved);
  CHECK(moved.depth() == 2);
}

TEST_CASE("layers off the manifold lie in the shared part") {
  auto const check = [](auto const& stack) {
    using wm::Placement;
    CHECK(stack.dense(0) == wm::DenseLayout{3, 5, 0, Placement::low_rank, 2, 0, 0});
    CHECK(stack.dense(1) == wm::DenseLayout{5, 4, 20, Placement::shared, 0, 2, 38});
    CHECK(stack.dense(2) == wm::DenseLayout{4, 2, 44, Placement::manifold, 0, 2, 62});
    CHECK(stack.dense(0).right_offset() == 20);
    CHECK(stack.dense(0).left_offset() == 28);
    CHECK(wm::row_parameters_of(stack) == 2 + 0 + 10);
    CHECK(wm::shared_parameters_of(stack) == 38 + 24);
    CHECK(wm::parameters_of(stack) == 54);
    CHECK(stack.at_point().dense(2) == wm::DenseLayout{4, 2, 44, Placement::manifold, 0, 44, 0});
  };
  check(wm::Stack<wm::LowRankDense<2, 3, 5>, wm::Relu, wm::SharedDense<5, 4>, wm::Tanh, wm::Dense<4, 2>>{});
  check(wm::Stack<wm::LayerList>(
      wm::LayerList{wm::LowRankDense<>(3, 5, 2), wm::Relu{}, wm::SharedDense<>(5, 4), wm::Tanh{}, wm::Dense<>(4, 2)}));
}

TEST_CASE("gains and biases lie in the rows, their weights in the shared part") {
  auto const check = [](auto const& stack) {
    using wm::Placement;
    CHECK(stack.dense(0) == wm::DenseLayout{3, 5, 0, Placement::gains, 0, 0, 0});
    CHECK(stack.dense(1) == wm::DenseLayout{5, 4, 20, Placement::shared, 0, 10, 15});
    CHECK(wm::row_parameters_of(stack) == 10);
    CHECK(wm::shared_parameters_of(stack) == 15 + 24);
    CHECK(wm::parameters_of(stack) == 44);
    CHECK(wm::sample_scratch_of(stack) == 2 * 5 + 10);
    CHECK(stack.at_point().dense(0) == wm::DenseLayout{3, 5, 0, Placement::manifold, 0, 0, 0});
  };
  check(wm::Stack<wm::GainDense<3, 5>, wm::Relu, wm::SharedDense<5, 4>>{});
  check(wm::Stack<wm::LayerList>(wm::LayerList{wm::GainDense<>(3, 5), wm::Relu{}, wm::SharedDense<>(5, 4)}));
}
