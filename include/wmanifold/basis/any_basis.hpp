#pragma once

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bernstein_bezier.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/hyperspherical_harmonics.hpp>
#include <wmanifold/basis/laplacian_eigenvectors.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>

#include <algorithm>
#include <locale>
#include <optional>
#include <string_view>

namespace wmanifold {
namespace detail {

/// One basis on one topology that is no product, through pointers to functions, which are handed the factor itself.
struct AnyFactor {
  std::string topology;
  std::string basis;
  std::size_t coordinates;
  std::size_t size;
  void (*canonical)(AnyFactor const& self, std::span<double const> s, std::span<double> out);
  void (*values)(AnyFactor const& self, std::span<double const> canonical, std::span<double> out) noexcept;
  std::vector<double> table = {};  ///< where contexts are discrete: a row of values for each
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
          [](AnyFactor const&, std::span<double const> s, std::span<double> out) {
            auto const c = Space::canonical(coordinates_in<Space>(s));
            std::copy(c.begin(), c.end(), out.begin());
          },
          [](AnyFactor const&, std::span<double const> s, std::span<double> out) noexcept {
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
  auto const on_simplex = [&]<int n>() {
    return look(any_factor<Constant<Simplex<n>>>()) || family(std::make_integer_sequence<int, 4>{}, [](auto d) {
             return any_factor<BernsteinBezier<Simplex<n>, d>>();
           });
  };
  return look(any_factor<Constant<OnePoint>>()) || look(any_factor<Constant<Interval>>()) ||
         look(any_factor<Constant<S1>>()) || look(any_factor<Constant<S2>>()) || look(any_factor<Constant<RP1>>()) ||
         look(any_factor<Constant<SO3>>()) || family(Orders{}, [](auto n) { return any_factor<Fourier<S1, n>>(); }) ||
         family(std::make_integer_sequence<int, 9>{}, [](auto n) { return any_factor<Fourier<RP1, n>>(); }) ||
         family(Orders{}, [](auto n) { return any_factor<Bernstein<Interval, n>>(); }) ||
         family(Orders{}, [](auto n) { return any_factor<Legendre<Interval, n>>(); }) ||
         family(std::make_integer_sequence<int, 30>{}, [](auto n) { return any_factor<CatmullRom<S1, n + 3>>(); }) ||
         family(std::make_integer_sequence<int, 13>{},
                [](auto n) { return any_factor<SphericalHarmonics<S2, n>>(); }) ||
         family(std::make_integer_sequence<int, 3>{},
                [](auto n) { return any_factor<HypersphericalHarmonics<SO3, 2 * n>>(); }) ||
         on_simplex.template operator()<1>() || on_simplex.template operator()<2>() ||
         on_simplex.template operator()<3>();
}

inline std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (std::size_t end = 0; end != std::string_view::npos; text.remove_prefix(std::min(end + 1, text.size()))) {
    end = text.find(at);
    parts.emplace_back(text.substr(0, end));
  }
  return parts;
}

/// The number that `text` is, all of it, without a sign; -1 where it is none.
inline double number_of(std::string const& text) {
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  double number = 0;
  bool const is_number = !text.empty() && text.front() >= '0' && text.front() <= '9' && in >> number && in.eof();
  return is_number ? number : -1;
}

/// The whole number in [low, high] that `text` is, in digits alone; -1 where it is none.
inline Index whole_number_of(std::string const& text, Index low, Index high) {
  bool const are_digits = text.find_first_not_of("0123456789") == std::string::npos;
  double const number = are_digits ? number_of(text) : -1;
  return number >= static_cast<double>(low) && number <= static_cast<double>(high) ? static_cast<Index>(number) : -1;
}

/// The weights of a connected graph from a name that Finite gives: "finite3", "finite3[0-1,1-2:0.5]".
inline std::optional<SmallMatrix> graph_named(std::string const& space) {
  constexpr int most = 256;
  auto const bracket = std::min(space.find('['), space.size());
  Index const n = space.starts_with("finite") ? whole_number_of(space.substr(6, bracket - 6), 1, most) : -1;
  if (n < 0) {
    return std::nullopt;
  }
  SmallMatrix weights = SmallMatrix::Ones(n, n);
  if (bracket < space.size()) {
    if (space.back() != ']') {
      return std::nullopt;
    }
    weights.setZero();
    for (auto const& edge : split(std::string_view(space).substr(bracket + 1, space.size() - bracket - 2), ',')) {
      auto const weighted = split(edge, ':');
      auto const nodes = split(weighted[0], '-');
      Index const i = whole_number_of(nodes[0], 0, n - 1);
      Index const j = nodes.size() == 2 ? whole_number_of(nodes[1], 0, n - 1) : -1;
      double const weight = weighted.size() == 1 ? 1 : weighted.size() == 2 ? number_of(weighted[1]) : -1;
      if (i < 0 || j < 0 || i == j || !(weight > 0 && std::isfinite(weight))) {
        return std::nullopt;
      }
      weights(i, j) = weights(j, i) = weight;
    }
  }
  weights.diagonal().setZero();
  std::vector<bool> reached(static_cast<std::size_t>(n));
  std::vector<Index> next{0};
  reached[0] = true;
  for (std::size_t at = 0; at < next.size(); ++at) {
    for (Index j = 0; j < n; ++j) {
      if (weights(next[at], j) > 0 && !reached[static_cast<std::size_t>(j)]) {
        reached[static_cast<std::size_t>(j)] = true;
        next.push_back(j);
      }
    }
  }
  return next.size() == reached.size() ? std::optional(std::move(weights)) : std::nullopt;
}

/// A basis on discrete contexts by their names, if there is one.
inline std::optional<AnyFactor> discrete_factor(std::string const& space, std::string const& name) {
  auto const weights = graph_named(space);
  if (!weights) {
    return std::nullopt;
  }
  Index const n = weights->rows();
  Matrix<double> table;
  if (name == "constant") {
    table.setOnes(n, 1);
  } else if (name == "one_per_context") {
    table.setIdentity(n, n);
  } else if (Index const k = name.starts_with("laplacian") ? whole_number_of(name.substr(9), 1, n) : -1; k > 0) {
    table = laplacian_eigenvectors(*weights, k);
  } else {
    return std::nullopt;
  }
  return AnyFactor{space,
                   name,
                   1,
                   static_cast<std::size_t>(table.cols()),
                   [](AnyFactor const& self, std::span<double const> s, std::span<double> out) {
                     require_context(static_cast<int>(self.table.size() / self.size), s[0]);
                     out[0] = s[0];
                   },
                   [](AnyFactor const& self, std::span<double const> s, std::span<double> out) noexcept {
                     std::copy_n(self.table.begin() + static_cast<std::ptrdiff_t>(s[0]) * static_cast<Index>(self.size),
                                 self.size, out.begin());
                   },
                   {table.data(), table.data() + table.size()}};
}

}  // namespace detail

/// A basis that is chosen while running, by the names that files give to its topology and itself: "s1" and "fourier2",
/// "interval*s1" and "bernstein1*fourier3", "t2" and "fourier1". Known are the bases of this library without state of
/// their own: orders to 32 (on lines without a direction to 8), spherical harmonics to degree 12, hyperspherical ones
/// to 4, Bernstein-Bezier to degree 3 on simplices to dimension 3; those on discrete contexts, to 256 of them and any
/// graph; and tensor products of these.
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
      factors_[i].canonical(factors_[i], s.subspan(at), std::span(point).subspan(at));
    }
    std::array<double, most_functions> factor{};
    out[0] = 1;
    int done = 1;
    for (std::size_t i = 0, at = 0; i < factors_.size(); at += factors_[i++].coordinates) {
      std::span<double> const own = std::span(factor).first(factors_[i].size);
      factors_[i].values(factors_[i], std::span(point).subspan(at), own);
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
    auto discrete = detail::discrete_factor(space, name);
    bool const is_discrete = discrete.has_value();
    if (is_discrete) {
      factors_.push_back(*std::move(discrete));
    }
    bool const found = is_discrete || detail::any_of_factors([&](detail::AnyFactor const& factor) {
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
    fail(
        "basis: expected one that is known by its name, as 's1' and 'fourier2', 'interval' and 'bernstein3' or "
        "'legendre3', 's2' and 'harmonics2', 'rp1' and 'fourier1', 'so3' and 'hyperspherical2', 'simplex2' and "
        "'bernstein_bezier2', 'finite3' and 'one_per_context' or 'laplacian2', 'point' and 'constant', or products as "
        "'interval*s1' and 'bernstein1*fourier2', got '",
        topology_, "' and '", name_, "'");
  }

  std::string topology_;
  std::string name_;
  std::vector<detail::AnyFactor> factors_;
  Index size_ = 1;
  Index coordinates_ = 0;
};

}  // namespace wmanifold
