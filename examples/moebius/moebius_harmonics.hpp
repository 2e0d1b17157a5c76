#pragma once

#include "moebius.hpp"

#include <wmanifold/basis/basis.hpp>

namespace demo {

/// P_k(2 s - 1) cos(j t / 2) and P_k(2 s - 1) sin(j t / 2) for k up to d, j up to h and even k + j. A turn changes the
/// sign of P_k for odd k, and that of cosine and sine for odd j.
template <int d, int h>
struct MoebiusHarmonics {
  using Topology = Moebius;
  static constexpr int degree = std::max(d, (h + 1) / 2);
  static std::string name() { return "moebius_harmonics" + std::to_string(d) + "_" + std::to_string(h); }

  void values(Moebius::Point const& p, std::span<double> out) const noexcept {
    fill(p, out, 1, [](double f, double, double g, double) { return std::array{f * g}; });
  }
  void derivatives(Moebius::Point const& p, std::span<double> out) const noexcept {
    fill(p, out, 2, [](double f, double df, double g, double dg) { return std::array{df * g, f * dg}; });
  }
  static constexpr double gram(int i, int j) noexcept {
    double norm = 0;
    each([&](int n, int k, int wave, bool) { norm = n == i ? 1.0 / (2 * k + 1) / (wave == 0 ? 1 : 2) : norm; });
    return i == j ? norm : 0;
  }
  static constexpr double constant(int n) noexcept { return n == 0 ? 1 : 0; }

 private:
  /// Calls body(n, k, j, whether it is the sine) for every function n.
  template <class Body>
  static constexpr int each(Body const& body) {
    int n = 0;
    for (int k = 0; k <= d; ++k) {
      for (int j = k % 2; j <= h; j += 2) {
        body(n++, k, j, false);
        if (j > 0) body(n++, k, j, true);
      }
    }
    return n;
  }
  template <class Entries>
  static void fill(Moebius::Point const& p, std::span<double> out, int width, Entries const& entries) noexcept {
    double f[d + 1], df[d + 1];
    wmanifold::legendre_polynomials(d, 2 * p[0] - 1, f, df);
    each([&](int n, int k, int j, bool is_sine) {
      double const c = std::cos(j * p[1] / 2), s = std::sin(j * p[1] / 2);
      auto const own = is_sine ? entries(f[k], 2 * df[k], s, j * c / 2) : entries(f[k], 2 * df[k], c, -j * s / 2);
      std::copy(own.begin(), own.end(), out.begin() + n * width);
    });
  }

 public:
  static constexpr int size = each([](int, int, int, bool) {});
};

}  // namespace demo
