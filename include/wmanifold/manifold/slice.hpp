#pragma once

#include <wmanifold/basis/subset.hpp>
#include <wmanifold/manifold/lift.hpp>
#include <wmanifold/topology/held.hpp>

namespace wmanifold {
namespace detail {

/// Traits of bases whose functions are products of one function from each factor of a Product. `digits(k)` holds the
/// index in each factor, `factor<I>` is a factor's basis, and `Same<...>` is the basis of the same kind over other
/// factors.
template <class B>
struct ProductBasis {
  static constexpr bool is_one = false;
};
template <class... Factors>
struct ProductBasis<Tensor<Factors...>> {
  static constexpr bool is_one = true;
  template <class... Others>
  using Same = Tensor<Others...>;
  static constexpr auto digits(int k) noexcept { return Tensor<Factors...>::digits(k); }
  template <std::size_t I>
  static auto const& factor(Tensor<Factors...> const& basis) noexcept {
    return basis.template factor<I>();
  }
};
template <class Rule, class... Factors>
struct ProductBasis<Subset<Rule, Factors...>> {
  static constexpr bool is_one = true;
  template <class... Others>
  using Same = Subset<Rule, Others...>;
  static constexpr auto digits(int k) noexcept { return Subset<Rule, Factors...>::digits(k); }
  template <std::size_t I>
  static auto const& factor(Subset<Rule, Factors...> const& basis) noexcept {
    return basis.template factor<I>();
  }
};
template <class... Spaces>
struct ProductBasis<Constant<Product<Spaces...>>> {
  static constexpr bool is_one = true;
  template <class... Others>
  using Same = Constant<Product<typename Others::Topology...>>;
  static constexpr std::array<int, sizeof...(Spaces)> digits(int) noexcept { return {}; }
  template <std::size_t I>
  static auto factor(Constant<Product<Spaces...>> const&) noexcept {
    return Constant<std::tuple_element_t<I, std::tuple<Spaces...>>>{};
  }
};

/// The basis of a slice and its matrix (K' x K), from the basis of the whole and the remaining factors.
template <Basis B, auto left>
struct BasisSlice {
  using Whole = ProductBasis<B>;

  static constexpr bool has_one = left.size() == 1;
  static auto of(B const& basis) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      if constexpr (has_one) {
        return Whole::template factor<left[0]>(basis);
      } else {
        using Some = typename Whole::template Same<std::decay_t<decltype(Whole::template factor<left[I]>(basis))>...>;
        if constexpr (std::same_as<Some, Constant<typename Some::Topology>>) {
          return Some{};
        } else {
          return Some(Whole::template factor<left[I]>(basis)...);
        }
      }
    }
    (std::make_index_sequence<left.size()>{});
  }
  using Rest = decltype(of(std::declval<B const&>()));

  /// The digits of function k in the remaining factors.
  static constexpr std::array<int, left.size()> digits_left(int k) noexcept {
    auto const digits = Whole::digits(k);
    std::array<int, left.size()> some{};
    for (std::size_t i = 0; i < left.size(); ++i) {
      some[i] = digits[left[i]];
    }
    return some;
  }

  /// Whether the functions of order 0 in all held factors are those of the slice's basis, in its order.
  static constexpr bool is_closed = [] {
    if constexpr (!has_one) {
      int found = 0;
      for (int k = 0; k < B::size; ++k) {
        auto digits = Whole::digits(k);
        for (std::size_t const f : left) {
          digits[f] = 0;
        }
        if (std::all_of(digits.begin(), digits.end(), [](int digit) { return digit == 0; })) {
          if (found == Rest::size || digits_left(k) != ProductBasis<Rest>::digits(found)) {
            return false;
          }
          ++found;
        }
      }
      return found == Rest::size;
    }
    return true;
  }();
  static_assert(is_closed,
                "wmanifold: a slice of a Subset needs a rule that keeps each product of the free factors that it keeps "
                "beside order 0 in the held ones; change keeps of the rule");

  /// Index of the slice's basis function that function k becomes a multiple of.
  static int place(int k) {
    auto const some = digits_left(k);
    if constexpr (has_one) {
      return some[0];
    } else {
      int j = 0;
      while (ProductBasis<Rest>::digits(j) !=
             some) {  // ends: a rule that keeps some orders keeps all that are nowhere higher
        ++j;
      }
      return j;
    }
  }
};

template <class M>
struct IsLinear : std::false_type {};
template <Real R, Basis B, class... Layers>
struct IsLinear<BasicManifold<R, B, Layers...>> : std::true_type {};
template <class M>
concept Sliceable = IsLinear<M>::value && ProductBasis<typename M::Basis>::is_one;

}  // namespace detail

/// The manifold with some factors of its Product held, over the remaining factors: P'_j = sum_i phi_i(held) P_(i,j).
/// `slice<0, 2>(model, point_of_factor_0, point_of_factor_2)` takes points of the factors' own topologies.
///
/// The basis is that of the remaining factors: of a Tensor their Tensor, of a Subset (TotalDegree, Additive) their
/// Subset under the same rule, of a single factor its own basis on its own topology. States such as knots are kept.
/// Shared parameters are copied, and frozen layers stay frozen. slice(model, held).at(rest) equals model.at(held and
/// rest) up to rounding.
template <std::size_t... places, class Model, class... Points>
[[nodiscard]] auto slice(Model const& model, Points const&... points) {
  constexpr bool is_sliceable = detail::Sliceable<Model>;
  static_assert(is_sliceable,
                "wmanifold: a slice needs a BasicManifold on a Product whose basis is a Tensor, a Subset (TotalDegree, "
                "Additive) or Constant; with other manifolds, hold factors by infer_context and hold<...>(...)");
  if constexpr (is_sliceable) {
    using B = typename Model::Basis;
    using Space = typename B::Topology;
    using Holding = detail::Holding<Space, Held<std::index_sequence<places...>, Points...>>;
    if constexpr (Holding::is_valid) {
      require_parameters(model.parameters());
      using Cut = detail::BasisSlice<B, Holding::left>;
      auto basis = Cut::of(model.basis());
      std::array<std::vector<double>, Holding::count> values;  // of the held factors' functions
      (
          [&] {
            auto const phi = values_at(detail::ProductBasis<B>::template factor<places>(model.basis()), points);
            values[places].assign(phi.begin(), phi.end());
          }(),
          ...);
      SmallMatrix change = SmallMatrix::Zero(basis.size, B::size);
      for (int k = 0; k < B::size; ++k) {
        auto const digits = detail::ProductBasis<B>::digits(k);
        double product = 1;
        ((product *= values[places][static_cast<std::size_t>(digits[places])]), ...);
        change(Cut::place(k), k) = product;
      }
      return detail::recombined(model, change, std::move(basis));
    }
  }
}

}  // namespace wmanifold
