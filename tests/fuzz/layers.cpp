// Layers from any text: a list that is written as text and read again, or a FileError.

#include <wmanifold/io/layers_text.hpp>

#include <wmanifold/network/network.hpp>

#include <vector>

#include "fuzz.hpp"

namespace wm = wmanifold;

namespace {

constexpr wm::Index most_parameters = 4096;

/// Runs a sample through a network of these layers.
void run(wm::LayerList const& layers) {
  wm::BasicNetwork<float, wm::LayerList> network(layers.at_point());
  for (float& p : network.parameters()) {
    p = 0.125F;
  }
  std::vector<float> const x(static_cast<std::size_t>(network.inputs()), 0.5F);
  std::vector<float> y(static_cast<std::size_t>(network.outputs()));
  std::vector<float> scratch(static_cast<std::size_t>(network.scratch_size()));
  network(std::span(x), std::span(y), std::span(scratch));
}

/// Makes a stack, of a type with layers of its own, from the layers.
template <class... Layers>
void stack_of(wm::LayerList const& layers) {
  using Stack = wm::Stack<Layers...>;
  fuzz::passes<wm::FileError>([&] {
    auto const stack = wm::detail::StackFrom<Stack>::make("fuzz", "layers", layers);
    fuzz::demand(
        stack.dense(0).inputs == std::visit([](auto const& l) { return l.inputs(); }, layers.entries()[0].dense),
        "a stack has the inputs of its layers");
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string const text(reinterpret_cast<char const*>(data), size);
  fuzz::passes<wm::FileError>([&] {
    auto const layers = wm::detail::layers_from("fuzz", text);
    wm::Stack<wm::LayerList> const stack(layers);
    auto const written = wm::detail::layers_text(stack);
    fuzz::demand(wm::detail::layers_from("fuzz", written) == layers, "layers are read as written");
    fuzz::demand(wm::detail::layers_text(wm::Stack<wm::LayerList>(wm::detail::layers_from("fuzz", written))) == written,
                 "text of layers is written as read");
    stack_of<wm::Dense<>, wm::Relu, wm::Dense<>>(layers);
    stack_of<wm::Dense<3, 4>, wm::SharedDense<>, wm::LowRankDense<>>(layers);
    stack_of<wm::Dense<3, 4>, wm::GainDense<>>(layers);
    if (wm::parameters_of(stack) <= most_parameters) {
      run(layers);
    }
  });
  return 0;
}
