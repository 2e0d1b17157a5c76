#pragma once

#include <wmanifold/basis/basis.hpp>
#include <wmanifold/topology/product.hpp>

#include <algorithm>

namespace wmanifold {
namespace detail {

/// Sets `out` to out (x) factor, in place from the back; entries of `out` are `stride` apart.
inline void multiply_in(std::span<double> out, int done, int stride, std::span<double const> factor) noexcept {
  auto const width = static_cast<int>(factor.size());
  for (int i = done - 1; i >= 0; --i) {
    double const left = out[static_cast<std::size_t>(i * stride)];
    for (int j = width - 1; j >= 0; --j) {
      out[static_cast<std::size_t>((i * width + j) * stride)] = left * factor[static_cast<std::size_t>(j)];
    }
  }
}

template <Basis... Factors>
std::string names_of_factors() {
  std::string text;
  (text.append(text.empty() ? "" : "*").append(Factors::name()), ...);
  std::string const first = std::tuple_element_t<0, std::tuple<Factors...>>::name();
  bool const is_torus = ((Factors::Topology::name() == "s1") && ...);
  return is_torus && ((Factors::name() == first) && ...) ? first : text;
}

}  // namespace detail

/// The products of one function from each factor, the first factor slowest, on the product of their topologies. Its
/// Gram matrix is the Kronecker product of the factors' Gram matrices.
template <Basis... Factors>
class Tensor {
  static_assert(sizeof...(Factors) >= 1, "wmanifold: a Tensor basis has at least one factor");
  static constexpr std::size_t count = sizeof...(Factors);
  static constexpr std::array<int, count> sizes{Factors::size...};

 public:
  /// The topology of the contexts.
  using Topology = Product<typename Factors::Topology...>;
  /// K, the number of functions.
  static constexpr int size = (Factors::size * ...);
  /// Degree of the polynomials.
  static constexpr int degree = std::max({Factors::degree...});
  /// The largest number of nonzero values at any point.
  static constexpr int support = (support_of<Factors>() * ...);
  /// Returns the factors' names, joined by *; on a torus with equal factors, that name once.
  static std::string name() { return detail::names_of_factors<Factors...>(); }

  /// The basis of default-constructed factors.
  Tensor() = default;
  /// The basis of these factors.
  explicit Tensor(Factors... factors) requires(sizeof...(Factors) > 0) : factors_(std::move(factors)...) {}

  /// Returns factor I.
  template <std::size_t I>
  [[nodiscard]] constexpr auto const& factor() const noexcept {
    return std::get<I>(factors_);
  }
  /// Returns the index of the function of each factor whose product is function k.
  [[nodiscard]] static constexpr std::array<int, count> digits(int k) noexcept {
    std::array<int, count> all{};
    for (std::size_t f = count; f-- > 0; k /= sizes[f]) {
      all[f] = k % sizes[f];
    }
    return all;
  }

  /// Computes phi(s), K numbers.
  void values(Point<Topology> const& s, std::span<double> out) const noexcept {
    out[0] = 1;
    int done = 1;
    for_each_factor([&]<std::size_t I>() {
      auto const factor = factor_values<I>(s);
      detail::multiply_in(out, done, 1, std::span<double const>(factor));
      done *= sizes[I];
    });
  }

  /// Computes the gradients of the functions at s, K x coordinates.
  void derivatives(Point<Topology> const& s, std::span<double> out) const noexcept
      requires(DifferentiableBasis<Factors> || ...) {
    constexpr int width = Topology::coordinates;
    int column = 0;
    for_each_factor([&]<std::size_t D>() {  // the factor that is differentiated
      using Differentiated = typename std::tuple_element_t<D, std::tuple<Factors...>>;
      constexpr int own_width = Differentiated::Topology::coordinates;
      LocalArray<double, static_cast<std::size_t>(Differentiated::size * own_width)> gradient{};
      if constexpr (DifferentiableBasis<Differentiated>) {
        std::get<D>(factors_).derivatives(Topology::template part<D>(s), gradient);
      }
      for (int c = 0; c < own_width; ++c, ++column) {
        std::span<double> const to = out.subspan(static_cast<std::size_t>(column));
        to[0] = 1;
        int done = 1;
        for_each_factor([&]<std::size_t I>() {
          auto factor = factor_values<I>(s);
          if constexpr (I == D) {
            for (std::size_t k = 0; k < factor.size(); ++k) {
              factor[k] = gradient[k * own_width + static_cast<std::size_t>(c)];
            }
          }
          detail::multiply_in(to, done, width, std::span<double const>(factor));
          done *= sizes[I];
        });
      }
    });
  }

  /// Returns a quadrature that is exact up to this degree.
  [[nodiscard]] Quadrature<Topology> quadrature(int exact_to) const requires(PiecewiseBasis<Factors> || ...) {
    return std::apply([&](Factors const&... factor) { return Topology::crossed(quadrature_of(factor, exact_to)...); },
                      factors_);
  }

  /// Returns the factors' states; for a factor that is a Tensor, the states of its factors.
  [[nodiscard]] std::vector<std::vector<double>> states() const {
    std::vector<std::vector<double>> all;
    for_each_factor([&]<std::size_t I>() {
      auto const& factor = std::get<I>(factors_);
      if constexpr (requires { factor.states(); }) {
        auto const own = factor.states();
        all.insert(all.end(), own.begin(), own.end());
      } else {
        all.push_back(state_of(factor));
      }
    });
    return all;
  }
  /// Returns the factors' states, each after its count; a single state alone; nothing if all are empty.
  [[nodiscard]] std::vector<double> state() const {
    auto const parts = states();
    if (parts.size() == 1) {
      return parts.front();
    }
    std::vector<double> all;
    for (auto const& own : parts) {
      all.push_back(static_cast<double>(own.size()));
      all.insert(all.end(), own.begin(), own.end());
    }
    return all.size() > parts.size() ? all : std::vector<double>{};
  }

  /// Returns E[phi_i phi_j] (equation 4).
  constexpr double gram(int i, int j) const noexcept {
    return reduced(i, j, [](auto const& factor, int a, int b) { return factor.gram(a, b); });
  }
  /// Returns coefficient k of the constant function 1.
  constexpr double constant(int k) const noexcept {
    return reduced(k, k, [](auto const& factor, int a, int) { return factor.constant(a); });
  }

 private:
  template <class Body>
  static constexpr void for_each_factor(Body&& body) {
    [&]<std::size_t... I>(std::index_sequence<I...>) { (body.template operator()<I>(), ...); }
    (std::make_index_sequence<count>{});
  }

  template <std::size_t I>
  auto factor_values(Point<Topology> const& s) const noexcept {
    return values_at(std::get<I>(factors_), Topology::template part<I>(s));
  }

  template <class Entry>
  constexpr double reduced(int i, int j, Entry const& entry) const noexcept {
    double product = 1;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((product *= entry(std::get<count - 1 - I>(factors_), i % sizes[count - 1 - I], j % sizes[count - 1 - I]),
        i /= sizes[count - 1 - I], j /= sizes[count - 1 - I]),
       ...);
    }
    (std::make_index_sequence<count>{});
    return product;
  }

  [[no_unique_address]] std::tuple<Factors...> factors_;
};

namespace detail {

/// Family<T, n> on a single topology; on a product, the tensor product over its factors.
template <template <class, int> class Family, class Space, int n>
struct OverFactors {
  using type = Family<Space, n>;
};
template <template <class, int> class Family, class... Spaces, int n>
struct OverFactors<Family, Product<Spaces...>, n> {
  using type = Tensor<typename OverFactors<Family, Spaces, n>::type...>;
};

}  // namespace detail
}  // namespace wmanifold
