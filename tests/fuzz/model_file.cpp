// A model file with any bytes is either loaded or refused with a FileError. Sanitizers watch.

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/io/model_file.hpp>
#include <wmanifold/layer/layer_list.hpp>

namespace wm = wmanifold;

namespace {

template <class Model>
void load(wm::TensorFile const& file) {
  try {
    static_cast<void>(wm::detail::model_from<Model>("fuzz", file, {}));
  } catch (wm::FileError const&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  try {
    auto const file = wm::parse_safetensors("fuzz", {reinterpret_cast<char const*>(data), size});
    load<wm::Manifold<wm::Ellipse, wm::LayerList>>(file);
    load<wm::Manifold<wm::Ellipse, wm::Dense<4, 6>, wm::Relu, wm::Dense<6, 3>>>(file);
  } catch (wm::FileError const&) {
  }
  return 0;
}
