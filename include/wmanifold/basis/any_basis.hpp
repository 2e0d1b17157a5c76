#pragma once

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bernstein_bezier.hpp>
#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/hyperspherical_harmonics.hpp>
#include <wmanifold/basis/laplacian_eigenvectors.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/basis/subset.hpp>
#include <wmanifold/core/symmetric.hpp>
#include <wmanifold/core/text.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>
#include <optional>
#include <string_view>
#include <type_traits>

namespace wmanifold {
namespace detail {

/// One basis on one topology that is not a product, as pointers to functions that receive the factor itself.
struct AnyFactor {
  std::string topology;
  std::string basis;
  std::size_t coordinates;
  std::size_t size;
  std::size_t support;  ///< functions that are not zero at a point, at most
  void (*canonical)(AnyFactor const& self, std::span<double const> s, std::span<double> out);
  void (*values)(AnyFactor const& self, std::span<double const> canonical, std::span<double> out) noexcept;
  int (*order)(int k) noexcept = nullptr;  ///< for graded bases
  std::vector<double> table = {};          ///< a row of values for each discrete context; the knots of splines
  int degree = 0;                          ///< for splines
};

template <class Space>
Coordinates<Space> coordinates_in(std::span<double const> s) noexcept {
  Coordinates<Space> c{};
  std::copy_n(s.begin(), c.size(), c.begin());
  return c;
}

template <class Space>
void canonical_in(AnyFactor const&, std::span<double const> s, std::span<double> out) {
  auto const c = Space::canonical(coordinates_in<Space>(s));
  std::copy(c.begin(), c.end(), out.begin());
}

template <Basis B>
AnyFactor any_factor() {
  using Space = typename B::Topology;
  AnyFactor factor{Space::name(),
                   B::name(),
                   Space::coordinates,
                   B::size,
                   static_cast<std::size_t>(support_of<B>()),
                   canonical_in<Space>,
                   [](AnyFactor const&, std::span<double const> s, std::span<double> out) noexcept {
                     B{}.values(Point<Space>::unchecked(coordinates_in<Space>(s)), out);
                   }};
  if constexpr (GradedBasis<B>) {
    factor.order = [](int k) noexcept { return static_cast<int>(B::order(k)); };
  }
  return factor;
}

/// Calls look(factor) for every basis known by name, until it returns true.
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

/// Returns the basis of these names, if it exists.
template <class Factor>
[[nodiscard]] std::optional<Factor> factor_named(std::string const& space, std::string const& name) {
  std::optional<Factor> found;
  any_of_factors([&](Factor const& factor) {
    if (factor.topology == space && factor.basis == name) {
      found = factor;
    }
    return found.has_value();
  });
  return found;
}

#ifdef WMANIFOLD_COMPILED
extern template std::optional<AnyFactor> factor_named(std::string const&, std::string const&);
#endif

/// Returns the whole number in [low, high] that `text` represents, in the format of to_string; -1 if it is none.
inline int whole_number_of(std::string_view text, int low, int high) {
  int number = -1;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number >= low && number <= high && std::to_string(number) == text ? number : -1;
}

/// Returns the weights of a connected graph from a name in Finite's format: "finite3", "finite3[0-1,1-2:0.5]".
template <class Small>
[[nodiscard]] std::optional<Small> graph_named(std::string const& space) {
  constexpr int most = 256;
  auto const bracket = std::min(space.find('['), space.size());
  int const n = space.starts_with("finite") ? whole_number_of(space.substr(6, bracket - 6), 1, most) : -1;
  if (n < 0) {
    return std::nullopt;
  }
  Small weights(n, n);
  std::fill(weights.data(), weights.data() + weights.size(), bracket < space.size() ? 0.0 : 1.0);
  if (bracket < space.size()) {
    if (space.back() != ']') {
      return std::nullopt;
    }
    for (auto const& edge : split(std::string_view(space).substr(bracket + 1, space.size() - bracket - 2), ',')) {
      auto const weighted = split(edge, ':');
      auto const nodes = split(weighted[0], '-');
      int const i = whole_number_of(nodes[0], 0, n - 1);
      int const j = nodes.size() == 2 ? whole_number_of(nodes[1], 0, n - 1) : -1;
      double const weight = weighted.size() == 1   ? 1
                            : weighted.size() == 2 ? number_from(weighted[1]).value_or(-1)
                                                   : -1;
      if (i < 0 || j < 0 || i == j || !(is_finite(weight) && weight > 0)) {
        return std::nullopt;
      }
      weights(i, j) = weights(j, i) = weight;
    }
  }
  for (Index i = 0; i < n; ++i) {
    weights(i, i) = 0;
  }
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

/// Returns the basis of these names on discrete contexts, if it exists.
template <class Factor>
[[nodiscard]] std::optional<Factor> discrete_factor(std::string const& space, std::string const& name) {
  auto const weights = graph_named<SmallMatrix>(space);
  if (!weights) {
    return std::nullopt;
  }
  auto const n = static_cast<int>(weights->rows());
  SmallMatrix table;  // a column for each context
  if (name == "constant") {
    table.resize(1, n);
    std::fill(table.data(), table.data() + n, 1.0);
  } else if (name == "one_per_context") {
    table = identity_matrix(n);
  } else if (int const k = name.starts_with("laplacian") ? whole_number_of(name.substr(9), 1, n) : -1; k > 0) {
    table = transposed(laplacian_eigenvectors(*weights, k));
  } else {
    return std::nullopt;
  }
  Factor factor{space,
                name,
                1,
                static_cast<std::size_t>(table.rows()),
                static_cast<std::size_t>(name == "one_per_context" ? 1 : table.rows()),
                [](Factor const& self, std::span<double const> s, std::span<double> out) {
                  require_context(static_cast<int>(self.table.size() / self.size), s[0]);
                  out[0] = s[0];
                },
                [](Factor const& self, std::span<double const> s, std::span<double> out) noexcept {
                  std::copy_n(self.table.begin() + static_cast<std::ptrdiff_t>(s[0]) * static_cast<Index>(self.size),
                              self.size, out.begin());
                }};
  factor.table.assign(table.data(), table.data() + table.size());
  if (name == "constant") {
    factor.order = [](int) noexcept { return 0; };
  }
  return factor;
}

/// Returns the splines of a shape, uniform ones if `knots` is empty.
template <class Space, class Factor>
Factor spline_on(std::string const& name, SplineShape const& shape, std::span<double const> knots) {
  Factor factor{Space::name(),
                name,
                1,
                static_cast<std::size_t>(shape.functions),
                static_cast<std::size_t>(std::min(shape.degree + 1, shape.functions)),
                canonical_in<Space>,
                [](Factor const& self, std::span<double const> s, std::span<double> out) noexcept {
                  SplineShape const own{self.degree, static_cast<int>(self.size), std::same_as<Space, S1>};
                  spline_values(own, self.table.data(), s[0], out.data());
                }};
  factor.table = kept_knots(shape, knots.empty() ? uniform_knots(shape) : std::vector(knots.begin(), knots.end()));
  factor.degree = shape.degree;
  return factor;
}

/// Returns splines of any degree and size by their names, if the names are a spline's. ArgumentError for invalid knots.
template <class Factor>
[[nodiscard]] std::optional<Factor> spline_factor(std::string const& space, std::string const& name,
                                                  std::span<double const> knots) {
  constexpr std::string_view family = "bspline";
  std::size_t const at = name.find('_');
  bool const is_closed = space == "s1";
  if (!name.starts_with(family) || at == std::string::npos || (space != "interval" && !is_closed)) {
    return std::nullopt;
  }
  int const degree =
      whole_number_of(std::string_view(name).substr(family.size(), at - family.size()), 1, most_spline_degree);
  int const functions = whole_number_of(std::string_view(name).substr(at + 1), degree + 1, 256);
  if (degree < 0 || functions < 0) {
    return std::nullopt;
  }
  SplineShape const shape{degree, functions, is_closed};
  return is_closed ? spline_on<S1, Factor>(name, shape, knots) : spline_on<Interval, Factor>(name, shape, knots);
}

}  // namespace detail

/// A basis chosen at run time, by the names that files give to its topology and itself: "s1" and "fourier2",
/// "interval*s1" and "bernstein1*fourier3", "t2" and "fourier1". It knows the library's bases:
///
/// - orders to 32 (on RP1 to 8), spherical harmonics to degree 12, hyperspherical ones to degree 4;
/// - splines to 256 functions, Bernstein-Bezier to degree 3 on simplices of dimension up to 3;
/// - bases on up to 256 discrete contexts with any graph;
/// - tensor products of these, and parts of products by a rule: "total2(fourier2)", "additive(legendre3*fourier1)".
///
/// It does not know orthonormal versions. It is a template, so only programs that use it compile it.
template <class Factor = detail::AnyFactor>
class BasicAnyBasis {
 public:
  /// The basis of these names. `state` is the basis's `state()`, such as knots; empty means uniform ones. Throws
  /// ArgumentError for names that are unknown or do not match, and for knots of no such spline.
  BasicAnyBasis(std::string topology, std::string basis, std::vector<double> state = {})
      : topology_(std::move(topology)), name_(std::move(basis)), state_(std::move(state)) {
    // The name can be a rule around a product: total2(...).
    std::size_t const open = name_.find('(');
    bool const is_part = open != std::string::npos && name_.back() == ')';
    std::string const product = is_part ? name_.substr(open + 1, name_.size() - open - 2) : name_;
    auto const names = detail::split(product, '*');
    auto const parts = detail::split(topology_, '*');
    // A torus is several circles, with one basis name each or one for all.
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
    std::span<double const> rest = state_;
    for (std::size_t i = 0; i < spaces.size(); ++i) {
      add(spaces[i], (names.size() == parts.size() ? repeated : names)[i], own_state(spaces.size(), rest));
      auto const& added = factors_.back();
      if (is_part ? !added.order : static_cast<Index>(added.size) > most_rows / size_) [[unlikely]] {
        refuse();
      }
      size_ *= is_part ? 1 : static_cast<Index>(added.size);
      support_ = std::min(support_ * static_cast<Index>(added.support), most_rows);  // of a part, size_ bounds it
    }
    if (!rest.empty()) [[unlikely]] {
      refuse_state();
    }
    if (is_part) {
      keep(std::string_view(name_).substr(0, open));
    }
  }

  /// Returns the name of the topology.
  [[nodiscard]] std::string const& topology() const noexcept { return topology_; }
  /// Returns the name of the basis.
  [[nodiscard]] std::string const& name() const noexcept { return name_; }
  /// Returns K.
  [[nodiscard]] Index size() const noexcept { return size_; }
  /// The largest number of functions that are not zero at a point.
  [[nodiscard]] Index support() const noexcept { return std::min(support_, size_); }
  /// Returns the number of coordinates of a point.
  [[nodiscard]] Index coordinates() const noexcept { return coordinates_; }

  /// Computes phi(s), K numbers. Throws ArgumentError for coordinates that name no point, or a wrong count of numbers,
  /// before it writes anything. It allocates nothing otherwise.
  void values(std::span<double const> s, std::span<double> out) const {
    require_count(topology_.c_str(), "coordinates", coordinates_, static_cast<Index>(s.size()));
    require_count(name_.c_str(), "values", size_, static_cast<Index>(out.size()));
    LocalArray<double, most_coordinates> point{};
    for (std::size_t i = 0, at = 0; i < factors_.size(); at += factors_[i++].coordinates) {
      factors_[i].canonical(factors_[i], s.subspan(at), std::span(point).subspan(at));
    }
    LocalArray<double, most_functions> factor{};
    std::fill(out.begin(), out.end(), 1.0);
    int done = 1;
    for (std::size_t i = 0, at = 0; i < factors_.size(); at += factors_[i++].coordinates) {
      std::span<double> const own = std::span(factor).first(factors_[i].size);
      factors_[i].values(factors_[i], std::span(point).subspan(at), own);
      if (kept_.empty()) {
        detail::multiply_in(out, done, 1, own);
        done *= static_cast<int>(own.size());
      } else {
        for (std::size_t k = 0; k < out.size(); ++k) {
          out[k] *= own[static_cast<std::size_t>(kept_[k * factors_.size() + i])];
        }
      }
    }
  }

  /// Returns whether two bases have the same names and the same state.
  friend bool operator==(BasicAnyBasis const& a, BasicAnyBasis const& b) {
    return a.topology_ == b.topology_ && a.name_ == b.name_ && a.state_ == b.state_;
  }

 private:
  static constexpr std::size_t most_coordinates = 64;
  static constexpr std::size_t most_functions = 256;
  static constexpr Index most_rows = 1 << 20;

  /// Returns 3 for "t3"; 0 for other spaces than a torus.
  static std::size_t circles_of(std::string const& space) {
    for (std::size_t n = 1; n <= most_coordinates; ++n) {
      if (space == std::string("t").append(std::to_string(n))) {  // GCC 12 warns (-Wrestrict) of "t" +
        return n;
      }
    }
    return 0;
  }

  /// Returns the next factor's part of the state and removes it from `rest`: all of it for one factor, else a count and
  /// its numbers.
  std::span<double const> own_state(std::size_t factors, std::span<double const>& rest) const {
    std::size_t const begin = factors > 1 && !rest.empty() ? 1 : 0;
    double const count = begin == 1 ? rest[0] : static_cast<double>(rest.size());
    if (!(is_finite(count) && count >= 0 && count <= static_cast<double>(rest.size() - begin) &&
          count == std::floor(count))) [[unlikely]] {
      refuse_state();
    }
    auto const own = rest.subspan(begin, static_cast<std::size_t>(count));
    rest = rest.subspan(begin + own.size());
    return own;
  }

  void add(std::string const& space, std::string const& name, std::span<double const> state) {
    std::optional<Factor> found = detail::spline_factor<Factor>(space, name, state);
    if (!found) {
      found = detail::discrete_factor<Factor>(space, name);
      if (!found) {
        found = detail::factor_named<Factor>(space, name);
      }
      if (!found) [[unlikely]] {
        refuse();
      }
      if (!state.empty()) [[unlikely]] {
        refuse_state();
      }
    }
    coordinates_ += static_cast<Index>(found->coordinates);
    factors_.push_back(*std::move(found));
    if (coordinates_ > static_cast<Index>(most_coordinates)) [[unlikely]] {
      refuse();
    }
  }

  /// Keeps the products that a rule keeps; `rule` is its name.
  void keep(std::string_view rule) {
    constexpr std::string_view total = "total";
    int const most = rule.starts_with(total)
                         ? detail::whole_number_of(rule.substr(total.size()), 0, std::numeric_limits<int>::max())
                         : -1;
    std::vector<int> sizes;
    for (auto const& factor : factors_) {
      sizes.push_back(static_cast<int>(factor.size));
    }
    if (most < 0 && rule != OneAlone::name()) [[unlikely]] {
      refuse();
    }
    std::vector<int> digits(sizes.size());
    std::vector<int> orders(sizes.size());
    detail::for_each_kept(
        sizes, digits, orders, [&](std::size_t f, int digit) { return factors_[f].order(digit); },
        [&](std::span<int const> o) {
          return most < 0 ? OneAlone::keeps(o) : std::accumulate(o.begin(), o.end(), 0) <= most;
        },
        [&](std::span<int const> kept) {
          kept_.insert(kept_.end(), kept.begin(), kept.end());
          return std::ssize(kept_) <= most_rows;
        });
    if (std::ssize(kept_) > most_rows) [[unlikely]] {
      refuse();
    }
    size_ = std::ssize(kept_) / std::ssize(sizes);
  }

  [[noreturn, gnu::cold, gnu::noinline]] void refuse_state() const {
    fail("basis: expected the knots of '", name_, "' (of a product: of each factor, behind their count), got ",
         state_.size(), " other numbers");
  }
  [[noreturn, gnu::cold, gnu::noinline]] void refuse() const {
    fail(
        "basis: expected a known topology and basis, such as 's1' and 'fourier2', 'interval' and 'bernstein3', "
        "'legendre3' or 'bspline3_8', 's2' and 'harmonics2', 'rp1' and 'fourier1', 'so3' and 'hyperspherical2', "
        "'simplex2' and 'bernstein_bezier2', 'finite3' and 'one_per_context' or 'laplacian2', 'point' and 'constant', "
        "a product such as 'interval*s1' and 'bernstein1*fourier2', or a part of one such as 't2' and "
        "'total2(fourier2)', got '",
        topology_, "' and '", name_, "'; load a model of another basis or order with its type");
  }

  std::string topology_;
  std::string name_;
  std::vector<double> state_;
  std::vector<Factor> factors_;
  std::vector<int> kept_;  // for a part of a product: the function of each factor, for each of K
  Index size_ = 1;
  Index support_ = 1;
  Index coordinates_ = 0;
};

/// The type of a basis chosen at run time: AnyBasis("s1", "fourier2").
using AnyBasis = BasicAnyBasis<>;

}  // namespace wmanifold
