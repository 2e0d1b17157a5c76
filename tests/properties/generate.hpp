#pragma once

#include <properties/case.hpp>

#include <rapidcheck.h>

#include <array>
#include <tuple>

namespace properties {

/// The names of a topology and of a basis on it.
using Names = std::pair<std::string, std::string>;

/// The bounds of random cases.
struct Sizes {
  int layers = 4;       ///< at most
  int width = 20;       ///< at most
  int groups = 8;       ///< at most
  int group = 12;       ///< samples of a context, at most
  bool linear = false;  ///< whether no layer has an activation
  int kinds = 4;        ///< of layers: dense, shared, low_rank, gains
};

/// Returns a uniform whole number in [low, high], which shrinks to `low`.
inline rc::Gen<int> whole(int low, int high) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high + 1));
}

/// Returns the n-th family of bases, of sizes a and b in [0, 1000).
inline Names names_of(int family, int a, int b) {
  using std::to_string;
  auto const spline = [&](char const* space) {
    int const degree = 1 + a % 3;
    return Names{space, "bspline" + to_string(degree) + "_" + to_string(degree + 1 + b % 9)};
  };
  auto const simplex = [&] { return "simplex" + to_string(1 + b % 3); };
  auto const finite = [&] { return "finite" + to_string(1 + a % 6); };
  switch (family) {
    case 0:
      return {"point", "constant"};
    case 1:
      return {"s1", "fourier" + to_string(a % 5)};
    case 2:
      return {"interval", "legendre" + to_string(a % 6)};
    case 3:
      return {"interval", "bernstein" + to_string(a % 6)};
    case 4:
      return spline("interval");
    case 5:
      return spline("s1");
    case 6:
      return {"s1", "catmull_rom" + to_string(3 + a % 8)};
    case 7:
      return {"s2", "harmonics" + to_string(a % 4)};
    case 8:
      return {"rp1", "fourier" + to_string(a % 4)};
    case 9:
      return {"so3", "hyperspherical" + to_string(2 * (a % 2))};
    case 10:
      return {simplex(), "bernstein_bezier" + to_string(a % 3)};
    case 11:
      return {finite(), "one_per_context"};
    case 12:
      return {finite(), "laplacian" + to_string(1 + b % (1 + a % 6))};
    case 13:
      return {"t2", "fourier" + to_string(a % 3)};
    case 14:
      return {"interval*s1", "bernstein" + to_string(a % 3) + "*fourier" + to_string(b % 3)};
    case 15:
      return {"t2", "total" + to_string(a % 3) + "(fourier2)"};
    case 16:
      return {"t2", "additive(fourier" + to_string(a % 3) + ")"};
    default:
      return {"interval*s1", spline("interval").second + "*fourier" + to_string(a % 2)};
  }
}
inline constexpr int families = 18;

/// Returns any basis that is known by its name.
inline rc::Gen<Names> any_basis() {
  return rc::gen::map(rc::gen::tuple(whole(0, families - 1), whole(0, 999), whole(0, 999)),
                      [](auto const& sizes) { return std::apply(names_of, sizes); });
}

/// Returns one of these bases.
inline rc::Gen<Names> one_of(std::vector<Names> const& names) {
  return rc::gen::map(whole(0, static_cast<int>(names.size()) - 1),
                      [names](int i) { return names[static_cast<std::size_t>(i)]; });
}

/// Returns the text of random layers.
inline rc::Gen<std::string> layers(Sizes const& sizes) {
  auto const layer = rc::gen::tuple(whole(0, sizes.kinds - 1), whole(1, sizes.width), whole(0, 7), whole(1, 3));
  auto const all = rc::gen::mapcat(whole(1, sizes.layers), [layer](int count) {
    return rc::gen::container<std::vector<std::tuple<int, int, int, int>>>(static_cast<std::size_t>(count), layer);
  });
  return rc::gen::map(rc::gen::pair(whole(1, sizes.width), all), [linear = sizes.linear](auto const& drawn) {
    static constexpr std::array kinds{"dense ", "shared ", "low_rank ", "gains "};
    static constexpr std::array activations{"identity", "tanh", "relu", "elu", "sigmoid", "silu", "gelu", "softplus"};
    std::string text;
    int inputs = drawn.first;
    for (auto const& [kind, outputs, activation, rank] : drawn.second) {
      text += (text.empty() ? "" : ", ") + std::string(kinds[static_cast<std::size_t>(kind)]) + std::to_string(inputs) +
              ' ' + std::to_string(outputs);
      text += kind == 2 ? ' ' + std::to_string(rank) : "";
      text += activation == 0 || linear ? "" : std::string(", ") + activations[static_cast<std::size_t>(activation)];
      inputs = outputs;
    }
    return text;
  });
}

/// Returns random cases over these bases.
inline rc::Gen<Case> cases(rc::Gen<Names> const& bases, Sizes const& sizes = {}) {
  auto const groups = rc::gen::mapcat(whole(1, sizes.groups), [most = sizes.group](int count) {
    return rc::gen::container<std::vector<Index>>(static_cast<std::size_t>(count),
                                                  rc::gen::cast<Index>(whole(1, most)));
  });
  return rc::gen::map(
      rc::gen::tuple(bases, layers(sizes), groups, whole(0, 9999), whole(0, 999999)), [](auto const& drawn) {
        auto const& [names, text, sizes_of_groups, choice, seed] = drawn;
        return Case{names.first, names.second, text, sizes_of_groups, choice, static_cast<std::uint64_t>(seed)};
      });
}

}  // namespace properties
