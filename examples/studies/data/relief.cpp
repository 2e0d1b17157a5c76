#include "relief.hpp"

#include <wmanifold/core/error.hpp>

#include <algorithm>
#include <cmath>

namespace demo {
namespace {

namespace wm = wmanifold;

/// Numbers in rows and columns, 0 outside.
class Field {
 public:
  Field(std::span<float const> values, int rows, int columns)
      : values_(values.begin(), values.end()), rows_(rows), columns_(columns) {}

  [[nodiscard]] double at(int r, int c) const noexcept {
    bool const is_inside = r >= 0 && r < rows_ && c >= 0 && c < columns_;
    return is_inside ? values_[static_cast<std::size_t>(r * columns_ + c)] : 0.0;
  }

  /// Returns each number's mean with its neighbours, by weights 1 2 1 down and across.
  [[nodiscard]] Field smoothed() const {
    Field out(*this);
    for (int r = 0; r < rows_; ++r) {
      for (int c = 0; c < columns_; ++c) {
        auto const row = [&](int i) { return at(i, c - 1) + 2 * at(i, c) + at(i, c + 1); };
        out.values_[static_cast<std::size_t>(r * columns_ + c)] = (row(r - 1) + 2 * row(r) + row(r + 1)) / 16;
      }
    }
    return out;
  }

 private:
  std::vector<double> values_;
  int rows_;
  int columns_;
};

}  // namespace

Relief::Relief(std::span<float const> image, int rows, int columns, ReliefOptions const& options)
    : planes_(4 * image.size()), ambient_(static_cast<float>((options.ambient - relief_mean) / relief_deviation)) {
  if (rows < 1 || columns < 1 || !(options.height >= 0 && options.absorption >= 0)) [[unlikely]] {
    wm::fail("relief: expected rows and columns, and a height and an absorption >= 0, got ", rows, " x ", columns, ", ",
             options.height, " and ", options.absorption);
  }
  wm::require_count("relief: image", "pixels", std::ptrdiff_t{rows} * columns, std::ssize(image));
  Field const heights = Field(image, rows, columns).smoothed();
  std::size_t i = 0;
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c, ++i) {
      double const right = options.height * (heights.at(r, c + 1) - heights.at(r, c - 1)) / 2;
      double const up = options.height * (heights.at(r - 1, c) - heights.at(r + 1, c)) / 2;
      double const length = relief_deviation * std::hypot(right, up, 1);
      planes_[i] = static_cast<float>(-right / length);
      planes_[i + size()] = static_cast<float>(-up / length);
      planes_[i + 2 * size()] = static_cast<float>(1 / length);
      planes_[i + 3 * size()] = static_cast<float>(std::exp(-options.absorption * heights.at(r, c)));
    }
  }
}

void Relief::show(std::array<double, 3> const& lamp, std::span<float> out) const {
  wm::require_count("relief: out", "pixels", std::ssize(planes_) / 4, std::ssize(out));
  double const length = std::hypot(lamp[0], lamp[1], lamp[2]);
  if (!(std::abs(length - 1) <= 1e-5)) [[unlikely]] {
    wm::fail("relief: expected a lamp in the direction of a vector of length 1, got length ", length);
  }
  auto const x = static_cast<float>(lamp[0]);
  auto const y = static_cast<float>(lamp[1]);
  auto const z = static_cast<float>(lamp[2]);
  std::size_t const count = size();
  float const* const across = planes_.data();
  float const* const up = across + count;
  float const* const ahead = up + count;
  float const* const passing = ahead + count;
  float* const to = out.data();
  float const ambient = ambient_;
  for (std::size_t i = 0; i < count; ++i) {
    float const light = x * across[i] + y * up[i] + z * ahead[i];
    to[i] = ambient + std::max(0.0F, light) + passing[i] * std::max(0.0F, -light);
  }
}

}  // namespace demo
