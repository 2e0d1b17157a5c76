#include "averaging.hpp"

#include <wmanifold/core/error.hpp>

namespace demo {

namespace wm = wmanifold;

void average(std::span<std::uint8_t const> image, int rows, int columns, int factor, std::span<float> out) {
  if (factor < 1 || rows < 1 || columns < 1 || rows % factor != 0 || columns % factor != 0) {
    wm::fail("average: expected a factor that divides ", rows, " rows and ", columns, " columns, got ", factor);
  }
  int const across = columns / factor;
  int const down = rows / factor;
  wm::require_count("average: image", "pixels", std::ptrdiff_t{rows} * columns, std::ssize(image));
  wm::require_count("average: out", "pixels", std::ptrdiff_t{down} * across, std::ssize(out));
  float const scale = 1 / (255 * static_cast<float>(factor * factor));
  float* to = out.data();
  for (int r = 0; r < down; ++r) {
    for (int c = 0; c < across; ++c) {
      std::uint8_t const* from = image.data() + (std::ptrdiff_t{r} * columns + c) * factor;
      int sum = 0;
      for (int y = 0; y < factor; ++y, from += columns) {
        for (int x = 0; x < factor; ++x) {
          sum += from[x];
        }
      }
      *to++ = scale * static_cast<float>(sum);
    }
  }
}

}  // namespace demo
