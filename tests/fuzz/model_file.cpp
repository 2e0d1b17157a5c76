// Loads model files of any bytes, which must load or be refused with a FileError. Sanitizers watch.

#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/io/model_file.hpp>
#include <wmanifold/network/layer_list.hpp>

namespace wm = wmanifold;

namespace {

void refuse_or(auto const& load) {
  try {
    static_cast<void>(load());
  } catch (wm::FileError const&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  try {
    auto file = wm::parse_safetensors("fuzz", {reinterpret_cast<char const*>(data), size});
    refuse_or([&] { return wm::detail::notes_from("fuzz", file); });
    file.metadata.erase("checksum");  // no changed file would pass it
    using OfData = wm::Manifold<wm::Ellipse, wm::LayerList>;
    using Typed = wm::Manifold<wm::Ellipse, wm::Dense<4, 6>, wm::Relu, wm::Dense<6, 3>>;
    refuse_or([&] { return wm::detail::model_from<OfData>("fuzz", file, {}); });
    refuse_or([&] { return wm::detail::model_from<Typed>("fuzz", file, {}); });
    refuse_or([&] { return wm::detail::model_from<wm::Stored<OfData, wm::BFloat16>>("fuzz", file, {}); });
    refuse_or([&] { return wm::detail::model_from<wm::Stored<Typed, wm::Float16>>("fuzz", file, {}); });
    refuse_or([&] { return wm::detail::any_model_from<float>("fuzz", file); });
  } catch (wm::FileError const&) {
  }
  return 0;
}
