#pragma once

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>

#include <algorithm>
#include <string_view>

namespace wmanifold {
namespace detail {

/// One basis on one topology that is no product, through pointers to functions.
struct AnyFactor {
  std::string topology;
  std::string basis;
  std::size_t coordinates;
  std::size_t size;
  void (*canonical)(std::span<double const> s, std::span<double> out);
  void (*values)(std::span<double const> canonical, std::span<double> out) noexcept;
};

template <class Space>
Coordinates<Space> coordinates_in(std::span<double const> s) noexcept {
  Coordinates<Space> c{};
  std::copy_n(s.begin(), c.size(), c.begin());
  return c;
}

template <Basis B>
AnyFactor any_factor() {
  using Space = typename B::Topology;
  return {Space::name(),
          B::name(),
          Space::coordinates,
          B::size,
          [](std::span<double const> s, std::span<double> out) {
            auto const c = Space::canonical(coordinates_in<Space>(s));
            std::copy(c.begin(), c.end(), out.begin());
          },
          [](std::span<double const> s, std::span<double> out) noexcept {
            B{}.values(Point<Space>::unchecked(coordinates_in<Space>(s)), out);
          }};
}

/// Calls look(factor) for every basis that is known by its name, until it is true.
template <class Look>
bool any_of_factors(Look const& look) {
  auto const family = [&]<int... n>(std::integer_sequence<int, n...>, auto make) {
    return (look(make(std::integral_constant<int, n>{})) || ...);
  };
  using Orders = std::make_integer_sequence<int, 33>;
  return look(any_factor<Constant<OnePoint>>()) || look(any_factor<Constant<Interval>>()) ||
         look(any_factor<Constant<S1>>()) || look(any_factor<Constant<S2>>()) ||
         family(Orders{}, [](auto n) { return any_factor<Fourier<S1, n>>(); }) ||
         family(Orders{}, [](auto n) { return any_factor<Bernstein<Interval, n>>(); }) ||
         family(Orders{}, [](auto n) { return any_factor<Legendre<Interval, n>>(); }) ||
         family(std::make_integer_sequence<int, 30>{}, [](auto n) { return any_factor<CatmullRom<S1, n + 3>>(); }) ||
         family(std::make_integer_sequence<int, 13>{}, [](auto n) { return any_factor<SphericalHarmonics<S2, n>>(); });
}

inline std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (std::size_t end = 0; end != std::string_view::npos; text.remove_prefix(std::min(end + 1, text.size()))) {
    end = text.find(at);
    parts.emplace_back(text.substr(0, end));
  }
  return parts;
}

}  // namespace detail

/// A basis that is chosen while running, by the names that files give to its topology and itself: "s1" and "fourier2",
/// "interval*s1" and "bernstein1*fourier3", "t2" and "fourier1". Known are the bases of this library without state of
/// their own: orders to 32, spherical harmonics to degree 12, and tensor products of them.
class AnyBasis {
 public:
  /// Throws ArgumentError for names that are not known, or do not belong together.
  AnyBasis(std::string topology, std::string basis) : topology_(std::move(topology)), name_(std::move(basis)) {
    auto const names = detail::split(name_, '*');
    auto const parts = detail::split(topology_, '*');
    // A torus is so many circles, which have a name each, or one for all.
    std::vector<std::string> spaces;
    std::vector<std::string> repeated;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      std::size_t const circles = circles_of(parts[i]);
      spaces.insert(spaces.end(), std::max<std::size_t>(circles, 1), circles > 0 ? "s1" : parts[i]);
      repeated.resize(spaces.size(), i < names.size() ? names[i] : "");
    }
    if (names.size() != parts.size() && names.size() != spaces.size()) [[unlikely]] {
      refuse();
    }
    for (std::size_t i = 0; i < spaces.size(); ++i) {
      add(spaces[i], (names.size() == parts.size() ? repeated : names)[i]);
    }
  }

  [[nodiscard]] std::string const& topology() const noexcept { return topology_; }
  [[nodiscard]] std::string const& name() const noexcept { return name_; }
  /// K.
  [[nodiscard]] Index size() const noexcept { return size_; }
  /// How many numbers name a point.
  [[nodiscard]] Index coordinates() const noexcept { return coordinates_; }

  /// phi(s), K numbers. Throws ArgumentError for numbers that name no point, or a wrong count of them; then nothing was
  /// written. No allocation otherwise.
  void values(std::span<double const> s, std::span<double> out) const {
    require_count(topology_.c_str(), "coordinates", coordinates_, static_cast<Index>(s.size()));
    require_count(name_.c_str(), "values", size_, static_cast<Index>(out.size()));
    std::array<double, most_coordinates> point{};
    for (std::size_t i = 0, at = 0; i < factors_.size(); at += factors_[i++].coordinates) {
      factors_[i].canonical(s.subspan(at), std::span(point).subspan(at));
    }
    std::array<double, most_functions> factor{};
    out[0] = 1;
    int done = 1;
    for (std::size_t i = 0, at = 0; i < factors_.size(); at += factors_[i++].coordinates) {
      std::span<double> const own = std::span(factor).first(factors_[i].size);
      factors_[i].values(std::span(point).subspan(at), own);
      detail::multiply_in(out, done, 1, own);
      done *= static_cast<int>(own.size());
    }
  }

  friend bool operator==(AnyBasis const& a, AnyBasis const& b) {
    return a.topology_ == b.topology_ && a.name_ == b.name_;
  }

 private:
  static constexpr std::size_t most_coordinates = 64;
  static constexpr std::size_t most_functions = 256;
  static constexpr Index most_rows = 1 << 20;

  /// 3 for "t3"; 0 for what is no torus.
  static std::size_t circles_of(std::string const& space) {
    for (std::size_t n = 1; n <= most_coordinates; ++n) {
      if (space == "t" + std::to_string(n)) {
        return n;
      }
    }
    return 0;
  }

  void add(std::string const& space, std::string const& name) {
    bool const found = detail::any_of_factors([&](detail::AnyFactor const& factor) {
      bool const is_it = factor.topology == space && factor.basis == name;
      if (is_it) {
        factors_.push_back(factor);
      }
      return is_it;
    });
    if (!found || static_cast<Index>(factors_.back().size) > most_rows / size_ ||
        coordinates_ + static_cast<Index>(factors_.back().coordinates) > static_cast<Index>(most_coordinates))
        [[unlikely]] {
      refuse();
    }
    size_ *= static_cast<Index>(factors_.back().size);
    coordinates_ += static_cast<Index>(factors_.back().coordinates);
  }

  [[noreturn, gnu::cold, gnu::noinline]] void refuse() const {
    fail("basis: expected one that is known by its name, as 's1' and 'fourier2', 'interval' and 'bernstein3' or "
         "'legendre3', 's2' and 'harmonics2', 'point' and 'constant', or products as 'interval*s1' and "
         "'bernstein1*fourier2', got '",
         topology_, "' and '", name_, "'");
  }

  std::string topology_;
  std::string name_;
  std::vector<detail::AnyFactor> factors_;
  Index size_ = 1;
  Index coordinates_ = 0;
};

}  // namespace wmanifold
