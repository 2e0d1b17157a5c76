#include "spectrum.hpp"

#include <cmath>
#include <complex>
#include <numbers>
#include <utility>

namespace demo {
namespace {

using Complex = std::complex<double>;

/// Transforms in place; the size is a power of two (Cooley and Tukey).
void transform(std::vector<Complex>& x) {
  std::size_t const size = x.size();
  for (std::size_t i = 1, j = 0; i < size; ++i) {  // into bit-reversed order
    std::size_t bit = size >> 1;
    for (; (j & bit) != 0; bit >>= 1) {
      j ^= bit;
    }
    j ^= bit;
    if (i < j) {
      std::swap(x[i], x[j]);
    }
  }
  for (std::size_t length = 2; length <= size; length *= 2) {
    Complex const root = std::polar(1.0, -2 * std::numbers::pi / static_cast<double>(length));
    for (std::size_t begin = 0; begin < size; begin += length) {
      Complex factor = 1;
      for (std::size_t i = begin; i < begin + length / 2; ++i) {
        Complex const odd = factor * x[i + length / 2];
        x[i + length / 2] = x[i] - odd;
        x[i] += odd;
        factor *= root;
      }
    }
  }
}

}  // namespace

Spectrogram spectrogram_of(std::span<float const> x, int size, int hop) {
  auto const length = static_cast<std::size_t>(size);
  Spectrogram result{0, size / 2 + 1, {}};
  std::vector<Complex> frame(length);
  for (std::size_t begin = 0; begin + length <= x.size(); begin += static_cast<std::size_t>(hop)) {
    for (std::size_t i = 0; i < length; ++i) {
      double const hann = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / size);
      frame[i] = hann * static_cast<double>(x[begin + i]);
    }
    transform(frame);
    for (std::size_t bin = 0; bin <= length / 2; ++bin) {
      // A sine of amplitude 1 gives size / 4 under this window.
      result.level.push_back(static_cast<float>(20 * std::log10(std::abs(frame[bin]) * 4 / size + 1e-9)));
    }
    ++result.frames;
  }
  return result;
}

}  // namespace demo
