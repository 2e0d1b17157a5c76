// Runs networks, batches and plans of any bytes forward and backward: per sample and by groups, with plain loops, with
// the vectors of this translation unit, and at every level of wmanifold::dispatch that the processor has. All outputs
// and gradients lie within the bounds of a reference in double.

#include "fuzz.hpp"

#include <wmanifold/core/random.hpp>
#include <wmanifold/network/dispatch.hpp>
#include <wmanifold/network/layer_list.hpp>
#include <wmanifold/network/mixed_network.hpp>

#include <support/at_level.hpp>
#include <support/reference.hpp>
#include <support/targets.hpp>

#include <limits>
#include <numeric>
#include <vector>

namespace wm = wmanifold;
using support::AtLevel;
using support::Bounded;
using wm::Index;
using wm::Placement;

namespace {

/// A batch: the rows that its samples mix, and its numbers.
template <class R>
struct Case {
  using Network = wm::MixedNetwork<R, wm::Stack<wm::LayerList>>;
  using Rows = typename wm::BatchCoefficients<R>::Rows;

  Network network;
  Rows kind;
  std::vector<Index> ends;  // of groups; empty: one per sample
  Index rows_met;
  wm::Matrix<R> phi;  // groups x K
  wm::Matrix<R> x;
  wm::Matrix<R> dy;

  [[nodiscard]] Index samples() const { return x.rows(); }
  [[nodiscard]] Index groups() const { return phi.rows(); }
  [[nodiscard]] Index rows() const { return network.rows(); }
  [[nodiscard]] Index group_of(Index b) const {
    return ends.empty() ? b : std::upper_bound(ends.begin(), ends.end(), b) - ends.begin();
  }
};

/// Fills numbers with normal ones of a size, some of them zero.
template <class R>
void fill(R* to, Index count, fuzz::Source& source, wm::Random& random) {
  constexpr std::array<double, 4> sizes{1, 1, 8, 1e-3};
  double const size = sizes[static_cast<std::size_t>(source.within(0, 3))];
  bool const has_zeros = source.within(0, 3) == 0;
  for (Index n = 0; n < count; ++n) {
    double const number = size * random.normal();
    to[n] = has_zeros && random.uniform() < 0.5 ? R{0} : static_cast<R>(number);
  }
}

wm::LayerList layers_from(fuzz::Source& source, bool has_factors) {
  std::vector<wm::LayerList::Item> items;
  int const depth = source.within(1, 3);
  Index inputs = source.within(1, 70);
  for (int l = 0; l < depth; ++l) {
    Index const outputs = source.within(1, 70);
    int const placement = source.within(0, 7);
    if (placement == 7 && has_factors) {
      items.emplace_back(wm::LowRankDense<>(inputs, outputs, source.within(1, 9)));
    } else if (placement == 5 && has_factors) {
      items.emplace_back(wm::GainDense<>(inputs, outputs));
    } else if (placement == 6) {
      items.emplace_back(wm::SharedDense<>(inputs, outputs));
    } else {
      items.emplace_back(wm::Dense<>(inputs, outputs));
    }
    constexpr std::array<char const*, 8> names{"identity", "relu", "elu",  "tanh",
                                               "sigmoid",  "silu", "gelu", "softplus"};
    std::visit([&](auto activation) { items.emplace_back(activation); },
               wm::activation_named(names[static_cast<std::size_t>(source.within(0, 7))]));
    inputs = outputs;
  }
  return wm::LayerList(items);
}

template <class R>
Case<R> case_from(fuzz::Source& source) {
  using Rows = typename Case<R>::Rows;
  constexpr std::array<Rows, 4> kinds{Rows::mixed, Rows::mixed, Rows::one, Rows::of_groups};
  Rows const kind = kinds[static_cast<std::size_t>(source.within(0, 3))];
  wm::Stack<wm::LayerList> const stack(layers_from(source, kind == Rows::mixed));
  constexpr Index most = 50'000;  // multiply-adds of one row; four times as many of all rows
  Index const cost = std::max<Index>(wm::multiply_adds_of(stack), 1);
  Index const samples = std::clamp<Index>(most / cost, 1, source.within(1, 48));
  // Groups: one per sample, or runs of sizes from the bytes.
  std::vector<Index> ends;
  if (source.within(0, 2) != 0) {
    for (Index end = 0; end < samples; ends.push_back(end)) {
      end = std::min<Index>(samples, end + source.within(1, 17));
    }
  }
  if (kind == Rows::of_groups && ends.empty()) {
    ends = {samples};
  }
  Index const groups = ends.empty() ? samples : std::ssize(ends);
  Index const rows = kind == Rows::one ? 1
                     : kind == Rows::of_groups
                         ? groups
                         : std::clamp<Index>(4 * most / (cost * samples), 1, source.within(1, 12));
  Index const met = kind == Rows::mixed ? std::min<Index>(rows, source.within(1, 12)) : 1;
  Case<R> c{{rows, stack},
            kind,
            ends,
            met,
            wm::Matrix<R>::Zero(groups, rows),
            {samples, wm::inputs_of(stack)},
            {samples, wm::outputs_of(stack)}};
  wm::Random random{wm::Seed{source.number<std::uint16_t>()}};
  for (Index k = 0; k < rows; ++k) {
    fill(c.network.parameters().row(k).data(), c.network.parameters().columns(), source, random);
  }
  fill(c.network.parameters().shared().data(), std::ssize(c.network.parameters().shared()), source, random);
  fill(c.x.data(), c.x.size(), source, random);
  fill(c.dy.data(), c.dy.size(), source, random);
  for (Index g = 0; g < groups; ++g) {
    if (kind == Rows::mixed) {
      std::vector<R> used(static_cast<std::size_t>(met));
      fill(used.data(), met, source, random);
      auto const first = static_cast<Index>(random.below(rows));
      for (Index k = 0; k < met; ++k) {
        c.phi(g, (first + k) % rows) = used[static_cast<std::size_t>(k)];
      }
    } else {
      c.phi(g, kind == Rows::one ? 0 : g) = 1;
    }
  }
  auto const frozen = source.byte();
  for (Index l = 0; l < stack.depth(); ++l) {
    if ((frozen >> (2 * l) & 3U) == 3U) {
      c.network.freeze(l);
    }
  }
  return c;
}

/// The same batch by loops, with zero as the gradient of frozen layers.
template <class R>
support::Reference<R> reference_of(Case<R> const& c) {
  support::BoundedMatrix phi(c.samples(), c.rows());
  for (Index b = 0; b < c.samples(); ++b) {
    for (Index k = 0; k < c.rows(); ++k) {
      phi(b, k) = static_cast<double>(c.phi(c.group_of(b), k));
    }
  }
  auto const& stack = c.network.stack();
  support::Reference<R> reference(stack, support::exact(c.network.parameters()), std::move(phi), c.x, c.dy);
  auto const clear = [](support::BoundedMatrix& m, Index row, Index begin, Index count) {
    std::fill_n(m.numbers.begin() + row * m.columns + begin, count, Bounded());
  };
  for (Index l = 0; l < stack.depth(); ++l) {
    if (c.network.is_frozen(l)) {
      auto const& shape = stack.dense(l);
      for (Index k = 0; k < c.rows(); ++k) {
        clear(reference.gradient.rows, k, shape.row_offset, shape.row_size());
      }
      clear(reference.gradient.shared, 0, shape.shared_offset, shape.shared_size());
    }
  }
  return reference;
}

/// The passes of one target, by the plan that is wished.
template <class T, class R>
class Passes {
 public:
  Passes(Case<R> const& c, support::Reference<R> const& expected, std::string name)
      : case_(c), expected_(expected), name_(std::move(name)) {}

  void run(wm::Mixing wish, wm::Workspace<R>& work) const {
    using Rows = typename Case<R>::Rows;
    auto& batch = work.coefficients;
    auto const plan = wm::plan_batch(case_.ends, case_.samples(), case_.rows(), case_.rows_met, wish);
    if (case_.kind == Rows::mixed) {
      batch.set_mixed(case_.samples(), case_.ends, case_.rows(), plan,
                      [&](Index g, R* out) { std::copy_n(case_.phi.row(g).data(), case_.rows(), out); });
      batch.find_spans();
    } else if (case_.kind == Rows::one) {
      batch.set_one_row(case_.samples(), plan);
    } else {
      batch.set_row_of_groups(case_.samples(), case_.ends);
    }
    auto const outputs = case_.network.template forward<T>(case_.x, batch, true, work.cache, work.scratch);
    require(outputs, expected_.outputs, "output");

    auto gradient = case_.network.parameters().zeros_like();
    std::fill(gradient.numbers().begin(), gradient.numbers().end(), R{7});
    auto const views = case_.network.template backward<T>(case_.x, batch, case_.dy,
                                                          {.inputs = true, .contexts = case_.kind == Rows::mixed},
                                                          work.cache, work.scratch, gradient);
    require(views.inputs, expected_.input_gradient, "gradient of an input");
    if (case_.kind == Rows::mixed) {
      require(views.coefficients, expected_.coefficient_gradient, "gradient of a coefficient");
    }
    require(gradient.matrix(), expected_.gradient.rows, "gradient of a row");
    for (Index n = 0; n < std::ssize(gradient.shared()); ++n) {
      require(gradient.shared()[at(n)], expected_.gradient.shared(0, n), "gradient of a shared number");
    }
  }

  /// Runs sample b alone, and forms its network, from the rows whose coefficients are not zero.
  void run_alone(Index b) const {
    std::vector<R> coefficients;
    std::vector<Index> rows;
    for (Index k = 0; k < case_.rows(); ++k) {
      if (R const own = case_.phi(case_.group_of(b), k); own != 0) {
        coefficients.push_back(own);
        rows.push_back(k);
      }
    }
    wm::kernel::ChosenRows<R> const chosen{coefficients.data(), rows.data(), std::ssize(rows),
                                           case_.network.parameters().stride()};
    wm::AlignedVector<R> scratch(at(case_.network.scratch_size()));
    std::vector<R> y(at(case_.network.outputs()));
    case_.network.template operator()<T>(chosen, case_.x.row(b).data(), y.data(), scratch.data());
    for (Index o = 0; o < std::ssize(y); ++o) {
      require(y[at(o)], expected_.outputs(b, o), "output of a sample");
    }
    auto const network = expected_.network(b);
    wm::AlignedVector<R> formed(network.size());
    case_.network.template at<T>(chosen, formed.data());
    for (std::size_t n = 0; n < network.size(); ++n) {
      require(formed[n], network[n], "weight of a network");
    }
  }

 private:
  static std::size_t at(Index n) { return static_cast<std::size_t>(n); }

  template <class M>
  void require(M const& got, support::BoundedMatrix const& expected, char const* what) const {
    for (Index b = 0; b < got.rows(); ++b) {
      for (Index i = 0; i < got.cols(); ++i) {
        require(got(b, i), expected(b, i), what);
      }
    }
  }
  void require(R got, Bounded const& expected, char const* what) const {
    if (!expected.allows(static_cast<double>(got))) {
      std::fprintf(stderr, "%s: %s: expected %.17g to %.3g, got %.17g\n", name_.c_str(), what, expected.value,
                   expected.error, static_cast<double>(got));
      fuzz::demand(false, what);
    }
  }

  Case<R> const& case_;
  support::Reference<R> const& expected_;
  std::string name_;
};

template <class R>
void compare(fuzz::Source& source) {
  auto const c = case_from<R>(source);
  auto const expected = reference_of(c);
  wm::Workspace<R> work;
  auto const on = [&]<class T>(T, std::string const& name) {
    Passes<T, R> const passes(c, expected, name);
    passes.run(wm::Mixing::per_sample, work);
    passes.run(wm::Mixing::by_groups, work);
    passes.run_alone(c.samples() - 1);
  };
  on(support::ScalarTarget(), "plain loops");
  on(wm::HostTarget(), "vectors of this unit");
  for (auto const level : {wm::Level::baseline, wm::Level::avx2, wm::Level::avx512}) {
    if (wm::is_available(level)) {
      AtLevel::level = level;
      on(AtLevel(), std::string(wm::name_of(level)));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  fuzz::Source source({data, size});
  if (source.byte() % 2 == 0) {
    compare<float>(source);
  } else {
    compare<double>(source);
  }
  return 0;
}
