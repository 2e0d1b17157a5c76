#pragma once

#include <wmanifold/basis/tensor.hpp>

#include <algorithm>

namespace wmanifold {

/// A basis whose functions have orders, `order(k)`. Orders do not decrease along the functions; the function of order 0
/// is the constant 1.
template <class B>
concept GradedBasis = Basis<B> && requires(int k) {
  { B::order(k) } -> std::convertible_to<int>;
};

/// The rule of Subset that keeps products whose orders sum to at most d. If a rule keeps some orders, it keeps all
/// orders that are nowhere higher.
template <int d>
struct TotalAtMost {
  /// Returns the name of the rule.
  static std::string name() { return "total" + std::to_string(d); }
  /// Returns whether it keeps a product with these orders.
  static constexpr bool keeps(std::span<int const> orders) noexcept {
    int sum = 0;
    for (int const order : orders) {
      sum += order;
    }
    return sum <= d;
  }
};

/// The rule of Subset that keeps the functions of one factor alone, the constant included: no products.
struct OneAlone {
  /// Returns the name of the rule.
  static std::string name() { return "additive"; }
  /// Returns whether it keeps a product with these orders.
  static constexpr bool keeps(std::span<int const> orders) noexcept {
    return std::count(orders.begin(), orders.end(), 0) + 1 >= std::ssize(orders);
  }
};

namespace detail {

/// Calls body(digits) for all multi-indices whose orders a rule keeps, the last digit fastest, until body returns
/// false. `digits` and `orders` are memory, initially zeros; order(f, digit) increases with the digit.
template <class Order, class Keeps, class Body>
constexpr void for_each_kept(std::span<int const> sizes, std::span<int> digits, std::span<int> orders,
                             Order const& order, Keeps const& keeps, Body const& body) {
  auto const to = [&](std::size_t f, int digit) {
    digits[f] = digit;
    orders[f] = order(f, digit);
  };
  while (body(std::span<int const>(digits))) {
    std::size_t f = sizes.size();
    for (; f > 0; --f) {  // the next: raises the last digit that can rise, and sets those behind it to 0
      if (digits[f - 1] + 1 < sizes[f - 1]) {
        to(f - 1, digits[f - 1] + 1);
        if (keeps(std::span<int const>(orders))) {
          break;
        }
      }
      to(f - 1, 0);
    }
    if (f == 0) {
      return;
    }
  }
}

}  // namespace detail

/// The products of one function from each factor that a rule keeps, in the order of the Tensor of these factors.
/// Rejected products are neither computed nor enumerated.
template <class Rule, Basis... Factors>
class Subset {
  static_assert(sizeof...(Factors) >= 1, "wmanifold: a Subset has at least one factor");
  static_assert((GradedBasis<Factors> && ...),
                "wmanifold: a Subset expects factors whose functions have an order; use Legendre, Fourier, "
                "SphericalHarmonics, HypersphericalHarmonics or Constant");
  static constexpr std::size_t count = sizeof...(Factors);
  using Digits = std::array<int, count>;
  static constexpr Digits sizes{Factors::size...};

  template <class Body>
  static constexpr void for_each_kept(Body const& body) {
    Digits digits{};
    Digits orders{};
    auto const order = [](std::size_t f, int digit) {
      int (*const of[])(int){[](int k) { return static_cast<int>(Factors::order(k)); }...};
      return of[f](digit);
    };
    detail::for_each_kept(
        sizes, digits, orders, order, [](std::span<int const> o) { return Rule::keeps(o); },
        [&](std::span<int const>) {
          body(digits);
          return true;
        });
  }

 public:
  /// The topology of the contexts.
  using Topology = Product<typename Factors::Topology...>;
  /// K, the number of functions.
  static constexpr int size = [] {
    int k = 0;
    for_each_kept([&](Digits const&) { ++k; });
    return k;
  }();
  /// Degree of the polynomials.
  static constexpr int degree = std::max({Factors::degree...});
  /// Returns the rule's name and the tensor product's: total2(legendre2*legendre2).
  static std::string name() { return Rule::name() + "(" + detail::names_of_factors<Factors...>() + ")"; }

  /// The basis of default-constructed factors.
  Subset() = default;
  /// The basis of these factors.
  explicit Subset(Factors... factors) requires(sizeof...(Factors) > 0) : factors_(std::move(factors)...) {}

  /// Returns factor I.
  template <std::size_t I>
  [[nodiscard]] constexpr auto const& factor() const noexcept {
    return std::get<I>(factors_);
  }
  /// Returns the index of the function of each factor whose product is function k.
  [[nodiscard]] static constexpr Digits digits(int k) noexcept { return indices[static_cast<std::size_t>(k)]; }

  /// Computes phi(s), K numbers.
  void values(Point<Topology> const& s, std::span<double> out) const noexcept {
    auto const parts = factor_values(s);
    for (std::size_t k = 0; k < indices.size(); ++k) {
      out[k] = product(k, [&](std::size_t f, int digit) { return parts[place(f, digit)]; });
    }
  }

  /// Computes the gradients of the functions at s, K x coordinates.
  void derivatives(Point<Topology> const& s, std::span<double> out) const noexcept
      requires(DifferentiableBasis<Factors> || ...) {
    auto const parts = factor_values(s);
    std::size_t column = 0;
    for_each_factor([&]<std::size_t D>() {  // the factor that is differentiated
      using Differentiated = typename std::tuple_element_t<D, std::tuple<Factors...>>;
      constexpr std::size_t width = static_cast<std::size_t>(Differentiated::Topology::coordinates);
      LocalArray<double, static_cast<std::size_t>(Differentiated::size) * width> gradient{};
      if constexpr (DifferentiableBasis<Differentiated>) {
        std::get<D>(factors_).derivatives(Topology::template part<D>(s), gradient);
      }
      for (std::size_t c = 0; c < width; ++c, ++column) {
        for (std::size_t k = 0; k < indices.size(); ++k) {
          out[k * static_cast<std::size_t>(Topology::coordinates) + column] = product(k, [&](std::size_t f, int digit) {
            return f == D ? gradient[static_cast<std::size_t>(digit) * width + c] : parts[place(f, digit)];
          });
        }
      }
    });
  }

  /// Returns E[phi_i phi_j] (equation 4).
  constexpr double gram(int i, int j) const noexcept {
    auto const& other = indices[static_cast<std::size_t>(j)];
    double entry = 1;
    for_each_factor([&]<std::size_t I>() {
      entry *= std::get<I>(factors_).gram(indices[static_cast<std::size_t>(i)][I], other[I]);
    });
    return entry;
  }
  /// Returns coefficient k of the constant function 1.
  static constexpr double constant(int k) noexcept { return k == 0 ? 1 : 0; }

 private:
  static constexpr auto indices = [] {
    std::array<Digits, static_cast<std::size_t>(size)> all{};
    std::size_t k = 0;
    for_each_kept([&](Digits const& digits) { all[k++] = digits; });
    return all;
  }();
  static constexpr std::size_t functions = (static_cast<std::size_t>(Factors::size) + ...);

  template <class Body>
  static constexpr void for_each_factor(Body&& body) {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (body.template operator()<I>(), ...); }
    (std::make_index_sequence<count>{});
  }

  /// Returns the position of a factor's function among those of all factors.
  static constexpr std::size_t place(std::size_t f, int digit) noexcept {
    constexpr auto starts = [] {
      std::array<std::size_t, count> before{};
      for (std::size_t i = 1; i < count; ++i) {
        before[i] = before[i - 1] + static_cast<std::size_t>(sizes[i - 1]);
      }
      return before;
    }();
    return starts[f] + static_cast<std::size_t>(digit);
  }
  LocalArray<double, functions> factor_values(Point<Topology> const& s) const noexcept {
    LocalArray<double, functions> all{};
    for_each_factor([&]<std::size_t I>() {
      std::get<I>(factors_).values(Topology::template part<I>(s),
                                   std::span(all).subspan(place(I, 0), static_cast<std::size_t>(sizes[I])));
    });
    return all;
  }
  template <class Value>
  static double product(std::size_t k, Value const& value) noexcept {
    double all = 1;
    for (std::size_t f = 0; f < count; ++f) {
      all *= value(f, indices[k][f]);
    }
    return all;
  }

  [[no_unique_address]] std::tuple<Factors...> factors_;
};

}  // namespace wmanifold
