// Points of every topology from any numbers. Numbers name a point, about which the laws hold, or are refused with an
// ArgumentError.

#include "fuzz.hpp"

#include <wmanifold/topology/finite.hpp>
#include <wmanifold/topology/interval.hpp>
#include <wmanifold/topology/one_point.hpp>
#include <wmanifold/topology/product.hpp>
#include <wmanifold/topology/range.hpp>
#include <wmanifold/topology/rp1.hpp>
#include <wmanifold/topology/s1.hpp>
#include <wmanifold/topology/s2.hpp>
#include <wmanifold/topology/simplex.hpp>
#include <wmanifold/topology/so3.hpp>
#include <wmanifold/topology/torus.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

namespace wm = wmanifold;

namespace {

constexpr double rounding = 1e-9;  // of coordinates and lengths of order 1

template <wm::Topology T>
bool are_close(wm::Coordinates<T> const& a, wm::Coordinates<T> const& b) {
  return std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) { return std::abs(x - y) <= rounding; });
}

/// Numbers of any bits, or, as often, of the size of a topology's coordinates.
template <std::size_t n>
std::array<double, n> numbers_from(fuzz::Source& source) {
  std::array<double, n> numbers{};
  for (double& x : numbers) {
    int const kind = source.within(0, 3);
    x = kind == 0   ? source.number<double>()
        : kind == 1 ? source.number<std::int16_t>() / 8192.0
        : kind == 2 ? source.number<std::int8_t>()
                    : 1 - source.byte() * 1e-17;
  }
  return numbers;
}

/// The numbers, scaled to name a point where a topology wants a length or a sum of 1.
template <std::size_t n>
std::array<double, n> scaled(std::array<double, n> numbers, double by) {
  for (double& x : numbers) {
    x /= by;
  }
  return numbers;
}

template <wm::Topology T>
std::optional<wm::Point<T>> point_from(fuzz::Source& source) {
  auto const c = numbers_from<wm::Coordinates<T>{}.size()>(source);
  auto tried = c;
  if (int const how = source.within(0, 2); how == 1) {
    double square = 0;
    for (double const x : c) {
      square += x * x;
    }
    tried = scaled(c, std::sqrt(square));
  } else if (how == 2) {
    double sum = 0;
    for (double const x : c) {
      sum += x;
    }
    tried = scaled(c, sum);
  }
  std::optional<wm::Point<T>> point;
  fuzz::passes<wm::ArgumentError>([&] { point.emplace(std::span<double const>(tried)); });
  return point;
}

/// Demands that a point has canonical coordinates.
template <wm::Topology T>
void require_point(wm::Point<T> const& p) {
  std::optional<wm::Point<T>> again;
  fuzz::demand(fuzz::passes<wm::ArgumentError>([&] { again.emplace(std::span<double const>(p.coordinates())); }),
               "the coordinates of a point name a point");
  fuzz::demand(are_close<T>(again->coordinates(), p.coordinates()), "canonical coordinates stay");
}

template <wm::Topology T>
void check(fuzz::Source& source) {
  auto const p = point_from<T>(source);
  auto const q = point_from<T>(source);
  if (!p || !q) {
    return;
  }
  require_point(*p);
  if constexpr (requires { T::other_names(*p); }) {
    for (auto const& name : T::other_names(*p)) {
      fuzz::demand(T::distance(wm::Point<T>(name), *p) <= rounding, "other names of a point are that point");
    }
  }
  if constexpr (requires { T::symmetries(*p); }) {
    auto const of_p = T::symmetries(*p);
    auto const of_q = T::symmetries(*q);
    for (std::size_t i = 0; i < of_p.size(); ++i) {
      require_point<T>(of_p[i]);
      fuzz::demand(std::abs(T::distance(of_p[i], of_q[i]) - T::distance(*p, *q)) <= rounding,
                   "symmetries keep distances");
    }
  }
  double const distance = T::distance(*p, *q);
  fuzz::demand(wm::is_finite(distance) && distance >= 0, "distances are finite and at least 0");
  fuzz::demand(std::abs(T::distance(*q, *p) - distance) <= rounding, "distance is symmetric");
  fuzz::demand(T::distance(*p, *p) <= rounding, "a point has no distance to itself");
  if constexpr (wm::SmoothTopology<T>) {
    auto const v = T::log(*p, *q);
    double square = 0;
    for (double const x : v) {
      square += x * x;
    }
    fuzz::demand(std::abs(std::sqrt(square) - distance) <= rounding, "log is as long as the distance");
    fuzz::demand(T::distance(T::exp(*p, v), *q) <= 1e-7, "exp follows log to the other point");
    auto any = numbers_from<wm::Coordinates<T>{}.size()>(source);
    for (double& x : any) {
      x = std::clamp(std::isnan(x) ? 0.0 : x, -1e9, 1e9);
    }
    wm::Coordinates<T> ambient{};
    std::copy(any.begin(), any.end(), ambient.begin());
    require_point(T::exp(*p, T::tangent(*p, ambient)));
  }
}

/// The users' ranges of an interval.
void check_range(fuzz::Source& source) {
  auto const numbers = numbers_from<3>(source);
  double const low = numbers[0];
  double const high = numbers[1];
  double const value = numbers[2];
  bool const is_linear = source.byte() % 2 == 0;
  fuzz::passes<wm::ArgumentError>([&] {
    auto const range = is_linear ? wm::Range::linear(low, high) : wm::Range::logarithmic(low, high);
    auto const s = range.clamped(value);
    require_point(s);
    fuzz::demand(range.value(wm::Interval::at(0)) == low && range.value(wm::Interval::at(1)) == high,
                 "the ends of an interval are those of a range");
    double const back = range.value(s);
    fuzz::demand(wm::is_finite(back) &&
                     back >= std::min(low, high) * (1 - std::copysign(rounding, std::min(low, high))) &&
                     back <= std::max(low, high) * (1 + std::copysign(rounding, std::max(low, high))),
                 "values are within the range");
  });
}

using Spaces = std::tuple<wm::OnePoint, wm::Interval, wm::S1, wm::RP1, wm::S2, wm::SO3, wm::Simplex<1>, wm::Simplex<2>,
                          wm::Simplex<3>, wm::Finite<1>, wm::Finite<5, wm::cycle_graph<5>()>, wm::Torus<2>,
                          wm::Product<wm::Interval, wm::S1>, wm::Product<wm::Finite<3>, wm::S2>,
                          wm::Product<wm::SO3, wm::Simplex<2>>>;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  fuzz::Source source({data, size});
  int const space = source.within(0, static_cast<int>(std::tuple_size_v<Spaces>));
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    ((space == static_cast<int>(i) ? check<std::tuple_element_t<i, Spaces>>(source) : void()), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<Spaces>>{});
  if (space == static_cast<int>(std::tuple_size_v<Spaces>)) {
    check_range(source);
  }
  return 0;
}
