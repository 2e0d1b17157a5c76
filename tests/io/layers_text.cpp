#include <wmanifold/io/layers_text.hpp>

#include <doctest/doctest.h>

namespace wm = wmanifold;

TEST_CASE("layers become text and come back") {
  wm::LayerList const layers{wm::Dense<>(2, 3), wm::Relu{}, wm::Dense<>(3, 4), wm::Dense<>(4, 1), wm::Softplus{}};
  auto const text = wm::detail::layers_text(wm::Stack<wm::LayerList>(layers));
  CHECK(text == "dense 2 3, relu, dense 3 4, dense 4 1, softplus");
  CHECK(wm::detail::layers_from("here", text) == layers);
  wm::LayerList const placed{wm::SharedDense<>(2, 3), wm::Relu{}, wm::LowRankDense<>(3, 4, 2), wm::GainDense<>(4, 5),
                             wm::Dense<>(5, 1)};
  auto const placed_text = wm::detail::layers_text(wm::Stack<wm::LayerList>(placed));
  CHECK(placed_text == "shared 2 3, relu, low_rank 3 4 2, gains 4 5, dense 5 1");
  CHECK(wm::detail::layers_from("here", placed_text) == placed);
  CHECK(wm::detail::layers_from("here", "dense 2 3,relu,  dense  3 4 , dense 4 1, softplus") == layers);
  for (auto const* bad : {"",
                          "dense",
                          "dense 2 0",
                          "dense 2 3, dense 4 1",
                          "relu, dense 2 3",
                          "dense 2 3, bent",
                          "shared 2",
                          "low_rank 2 3",
                          "low_rank 2 3 0",
                          "gains 2",
                          "gains 2 3 1",
                          "dense 2 3 4",
                          "dense 2,048 3",
                          "dense 2.048 3",
                          "dense 2 3x",
                          "dense 2 3, relu tanh",
                          "dense 2 3,",
                          "dense 9223372036854775808 3",
                          "dense -2 3",
                          "dense 0x2 3"}) {
    CHECK_THROWS_WITH_AS((void)wm::detail::layers_from("here", bad), doctest::Contains("here: expected layers, got '"),
                         wm::FileError);
  }
}
