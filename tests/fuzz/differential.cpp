// Runs networks, batches and plans of any bytes forward and backward: per sample and by groups, with plain loops, with
// the vectors of this translation unit, and at every level of wmanifold::dispatch that the processor has. All outputs
// and gradients lie within the bounds of a reference in double.

#include "bounded.hpp"
#include "fuzz.hpp"

#include <wmanifold/core/random.hpp>
#include <wmanifold/network/dispatch.hpp>
#include <wmanifold/network/layer_list.hpp>
#include <wmanifold/network/mixed_network.hpp>

#include <support/at_level.hpp>
#include <support/targets.hpp>

#include <limits>
#include <numeric>
#include <vector>

namespace wm = wmanifold;
using fuzz::Bounded;
using fuzz::Sum;
using support::AtLevel;
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

wm::LayerList layers_from(fuzz::Source& source, bool has_low_ranks) {
  std::vector<wm::LayerList::Item> items;
  int const depth = source.within(1, 3);
  Index inputs = source.within(1, 70);
  for (int l = 0; l < depth; ++l) {
    Index const outputs = source.within(1, 70);
    int const placement = source.within(0, 7);
    if (placement == 7 && has_low_ranks) {
      items.emplace_back(wm::LowRankDense<>(inputs, outputs, source.within(1, 9)));
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

/// The same passes by loops.
template <class R>
struct Reference {
  static constexpr double epsilon =
      static_cast<double>(std::numeric_limits<R>::epsilon()) + std::numeric_limits<double>::epsilon();
  using Numbers = std::vector<Bounded>;
  using Batch = std::vector<Numbers>;  // of each sample

  std::vector<Batch> values;  // inputs, then those of each layer
  std::vector<Batch> slopes;  // of each layer
  Numbers rows;               // gradient: row by row, without padding
  Numbers shared;             // gradient
  Batch inputs;               // gradient
  Batch coefficients;         // gradient

  explicit Reference(Case<R> const& c) : case_(c) {
    values.push_back(bounded(c.x));
    for (Index l = 0; l < stack().depth(); ++l) {
      forward(l);
    }
    backward();
  }

  /// The weights of the network of sample b, layer by layer.
  [[nodiscard]] Numbers network_of(Index b) const {
    Numbers all;
    for (Index l = 0; l < stack().depth(); ++l) {
      auto const& shape = stack().dense(l);
      auto const w = weights(shape, case_.group_of(b));
      auto const scales = scales_of(shape, b);
      for (Index n = 0; n < shape.size(); ++n) {
        Sum sum;
        sum.add(w[at(n)]);
        for (Index r = 0; r < shape.rank; ++r) {
          sum.add(product(right(shape, n / shape.outputs, r), scales[at(r)], epsilon),
                  left(shape, r, n % shape.outputs));
        }
        all.push_back(sum.result(epsilon, shape.rank));
      }
    }
    return all;
  }

 private:
  static std::size_t at(Index n) { return static_cast<std::size_t>(n); }
  static Batch bounded(wm::Matrix<R> const& m) {
    Batch batch(at(m.rows()), Numbers(at(m.cols())));
    for (Index b = 0; b < m.rows(); ++b) {
      for (Index i = 0; i < m.cols(); ++i) {
        batch[at(b)][at(i)] = static_cast<double>(m(b, i));
      }
    }
    return batch;
  }

  [[nodiscard]] auto const& stack() const { return case_.network.stack(); }
  [[nodiscard]] double row(Index k, Index n) const {
    return static_cast<double>(case_.network.parameters().data()[k * case_.network.parameters().stride() + n]);
  }
  [[nodiscard]] double shared_number(Index n) const {
    return static_cast<double>(case_.network.parameters().shared()[at(n)]);
  }
  [[nodiscard]] double phi(Index b, Index k) const { return static_cast<double>(case_.phi(case_.group_of(b), k)); }

  /// Weights (i * outputs + o, biases last) that the samples of a group have in a layer.
  Numbers weights(wm::DenseLayout const& shape, Index group) const {
    Numbers mixed(at(shape.size()));
    for (Index n = 0; n < shape.size(); ++n) {
      if (shape.placement != Placement::manifold) {
        mixed[at(n)] = shared_number(shape.shared_offset + n);
        continue;
      }
      Sum sum;
      for (Index k = 0; k < case_.rows(); ++k) {
        sum.add(row(k, shape.row_offset + n), static_cast<double>(case_.phi(group, k)));
      }
      mixed[at(n)] = sum.result(epsilon, case_.rows());
    }
    return mixed;
  }
  /// Terms of a sum over `count` numbers of each row, in the order of any pass.
  [[nodiscard]] Index terms(wm::DenseLayout const& shape, Index count) const {
    return shape.placement == Placement::manifold ? case_.rows() * count : count;
  }

  /// The parts of a low-rank layer: V (i, r), U (o, r), and a = A phi of a sample.
  [[nodiscard]] Bounded right(wm::DenseLayout const& shape, Index i, Index r) const {
    return shared_number(shape.right_offset() + i * shape.rank + r);
  }
  [[nodiscard]] Bounded left(wm::DenseLayout const& shape, Index r, Index o) const {
    return shared_number(shape.left_offset() + r * shape.outputs + o);
  }
  [[nodiscard]] Numbers scales_of(wm::DenseLayout const& shape, Index b) const {
    Numbers scales;
    for (Index r = 0; r < shape.rank; ++r) {
      Sum sum;
      for (Index k = 0; k < case_.rows(); ++k) {
        sum.add(row(k, shape.row_offset + r), phi(b, k));
      }
      scales.push_back(sum.result(epsilon, case_.rows()));
    }
    return scales;
  }
  /// V^T x of a sample.
  [[nodiscard]] Numbers projected(wm::DenseLayout const& shape, Numbers const& x) const {
    Numbers numbers;
    for (Index r = 0; r < shape.rank; ++r) {
      Sum sum;
      for (Index i = 0; i <= shape.inputs; ++i) {
        sum.add(right(shape, i, r), input(x, i));
      }
      numbers.push_back(sum.result(epsilon, shape.inputs + 1));
    }
    return numbers;
  }
  static Bounded input(Numbers const& x, Index i) { return at(i) < x.size() ? x[at(i)] : Bounded(1.0); }

  void forward(Index l) {
    auto const& shape = stack().dense(l);
    Batch const& before = values.back();
    Batch after(before.size()), slope(before.size());
    Numbers w;
    for (Index b = 0; b < case_.samples(); ++b) {
      if (b == 0 || case_.group_of(b) != case_.group_of(b - 1)) {
        w = weights(shape, case_.group_of(b));
      }
      auto const& x = before[at(b)];
      auto const scales = scales_of(shape, b);
      auto const along = projected(shape, x);
      for (Index o = 0; o < shape.outputs; ++o) {
        Sum sum;
        for (Index i = 0; i <= shape.inputs; ++i) {
          sum.add(w[at(i * shape.outputs + o)], input(x, i));
        }
        for (Index r = 0; r < shape.rank; ++r) {
          sum.add(product(along[at(r)], scales[at(r)], epsilon), left(shape, r, o));
        }
        std::string_view name;
        stack().with_activation(l, [&]<class A>(A const&) { name = A::name; });
        auto const done =
            fuzz::activated(name, sum.result(epsilon, terms(shape, shape.inputs + 1) + shape.rank), epsilon);
        after[at(b)].push_back(done.value);
        slope[at(b)].push_back(done.slope);
      }
    }
    values.push_back(std::move(after));
    slopes.push_back(std::move(slope));
  }

  void backward() {
    rows.resize(at(case_.rows() * case_.network.parameters().columns()));
    shared.resize(case_.network.parameters().shared().size());
    std::vector<std::vector<Sum>> dphi(at(case_.samples()), std::vector<Sum>(at(case_.rows())));
    Index terms_of_phi = 0;
    Batch delta = bounded(case_.dy);
    multiply(delta, slopes.back());
    for (Index l = stack().depth() - 1; l >= 0; --l) {
      auto const& shape = stack().dense(l);
      Batch const& x = values[at(l)];
      if (!case_.network.is_frozen(l)) {
        gradient_of_weights(shape, x, delta);
      }
      if (case_.kind == Case<R>::Rows::mixed && shape.placement == Placement::manifold) {
        terms_of_phi += shape.size();
        add_coefficients(shape, x, delta, dphi);
      }
      terms_of_phi += shape.rank * (shape.outputs + shape.inputs + 2);
      Batch before = gradient_of_inputs(shape, delta);
      if (shape.rank > 0) {
        low_rank_backward(shape, x, delta, case_.network.is_frozen(l), before, dphi);
      }
      delta = std::move(before);
      if (l > 0) {
        multiply(delta, slopes[at(l - 1)]);
      }
    }
    inputs = std::move(delta);
    for (auto const& sums : dphi) {
      coefficients.emplace_back();
      for (auto const& sum : sums) {
        coefficients.back().push_back(sum.result(epsilon, terms_of_phi));
      }
    }
  }

  static void multiply(Batch& delta, Batch const& slope) {
    for (std::size_t b = 0; b < delta.size(); ++b) {
      for (std::size_t o = 0; o < delta[b].size(); ++o) {
        delta[b][o] = product(delta[b][o], slope[b][o], epsilon);
      }
    }
  }

  /// Writes the gradient of W_k, of the W of all contexts, or of W_0.
  void gradient_of_weights(wm::DenseLayout const& shape, Batch const& x, Batch const& delta) {
    bool const is_manifold = shape.placement == Placement::manifold;
    for (Index k = 0; k < (is_manifold ? case_.rows() : 1); ++k) {
      for (Index n = 0; n < shape.size(); ++n) {
        Sum sum;
        for (Index b = 0; b < case_.samples(); ++b) {
          if (double const factor = is_manifold ? phi(b, k) : 1; factor != 0) {
            sum.add(product(input(x[at(b)], n / shape.outputs), {factor}, epsilon),
                    delta[at(b)][at(n % shape.outputs)]);
          }
        }
        (is_manifold ? rows[at(k * case_.network.parameters().columns() + shape.row_offset + n)]
                     : shared[at(shape.shared_offset + n)]) = sum.result(epsilon, case_.samples());
      }
    }
  }

  /// Adds to the gradient of the coefficients of a layer in the rows.
  void add_coefficients(wm::DenseLayout const& shape, Batch const& x, Batch const& delta,
                        std::vector<std::vector<Sum>>& dphi) const {
    for (Index b = 0; b < case_.samples(); ++b) {
      for (Index n = 0; n < shape.size(); ++n) {
        auto const outer = product(input(x[at(b)], n / shape.outputs), delta[at(b)][at(n % shape.outputs)], epsilon);
        for (Index k = 0; k < case_.rows(); ++k) {
          dphi[at(b)][at(k)].add(row(k, shape.row_offset + n), outer);
        }
      }
    }
  }

  /// Returns W^T delta; for a low-rank layer, with W_0.
  [[nodiscard]] Batch gradient_of_inputs(wm::DenseLayout const& shape, Batch const& delta) const {
    Batch before(delta.size());
    Numbers w;
    for (Index b = 0; b < case_.samples(); ++b) {
      if (b == 0 || case_.group_of(b) != case_.group_of(b - 1)) {
        w = weights(shape, case_.group_of(b));
      }
      for (Index i = 0; i < shape.inputs; ++i) {
        Sum sum;
        for (Index o = 0; o < shape.outputs; ++o) {
          sum.add(w[at(i * shape.outputs + o)], delta[at(b)][at(o)]);
        }
        before[at(b)].push_back(sum.result(epsilon, terms(shape, shape.outputs)));
      }
    }
    return before;
  }

  /// Adds the part of U diag(a) V^T to the gradients of inputs and coefficients, and writes those of U, A and V.
  void low_rank_backward(wm::DenseLayout const& shape, Batch const& x, Batch const& delta, bool is_frozen,
                         Batch& before, std::vector<std::vector<Sum>>& dphi) {
    Index const columns = case_.network.parameters().columns();
    std::vector<Sum> of_left(at(shape.rank * shape.outputs));
    std::vector<Sum> of_right(at((shape.inputs + 1) * shape.rank));
    std::vector<Sum> of_scales(at(case_.rows() * shape.rank));
    for (Index b = 0; b < case_.samples(); ++b) {
      auto const& own = delta[at(b)];
      auto const scales = scales_of(shape, b);
      auto const along = projected(shape, x[at(b)]);
      Numbers back;  // of V^T x
      for (Index r = 0; r < shape.rank; ++r) {
        Sum sum;
        for (Index o = 0; o < shape.outputs; ++o) {
          sum.add(left(shape, r, o), own[at(o)]);
        }
        auto const slope = sum.result(epsilon, shape.outputs);
        auto const of_scale = product(slope, along[at(r)], epsilon);
        auto const scaled = product(along[at(r)], scales[at(r)], epsilon);
        back.push_back(product(slope, scales[at(r)], epsilon));
        for (Index o = 0; o < shape.outputs; ++o) {
          of_left[at(r * shape.outputs + o)].add(scaled, own[at(o)]);
        }
        for (Index i = 0; i <= shape.inputs; ++i) {
          of_right[at(i * shape.rank + r)].add(input(x[at(b)], i), back.back());
        }
        for (Index k = 0; k < case_.rows(); ++k) {
          of_scales[at(k * shape.rank + r)].add(phi(b, k), of_scale);
          dphi[at(b)][at(k)].add(row(k, shape.row_offset + r), of_scale);
        }
      }
      for (Index i = 0; i < shape.inputs; ++i) {
        Sum sum;
        sum.add(before[at(b)][at(i)]);
        for (Index r = 0; r < shape.rank; ++r) {
          sum.add(right(shape, i, r), back[at(r)]);
        }
        before[at(b)][at(i)] = sum.result(epsilon, shape.rank);
      }
    }
    if (is_frozen) {
      return;
    }
    auto const write = [&](std::vector<Sum> const& sums, auto const& to) {
      for (Index n = 0; n < std::ssize(sums); ++n) {
        to(n) = sums[at(n)].result(epsilon, case_.samples());
      }
    };
    write(of_left, [&](Index n) -> Bounded& { return shared[at(shape.left_offset() + n)]; });
    write(of_right, [&](Index n) -> Bounded& { return shared[at(shape.right_offset() + n)]; });
    write(of_scales,
          [&](Index n) -> Bounded& { return rows[at(n / shape.rank * columns + shape.row_offset + n % shape.rank)]; });
  }

  Case<R> const& case_;
};

/// The passes of one target, by the plan that is wished.
template <class T, class R>
class Passes {
 public:
  Passes(Case<R> const& c, Reference<R> const& expected, std::string name)
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
    require(outputs, expected_.values.back(), "output");

    auto gradient = case_.network.parameters().zeros_like();
    std::fill(gradient.numbers().begin(), gradient.numbers().end(), R{7});
    auto const views = case_.network.template backward<T>(case_.x, batch, case_.dy,
                                                          {.inputs = true, .contexts = case_.kind == Rows::mixed},
                                                          work.cache, work.scratch, gradient);
    require(views.inputs, expected_.inputs, "gradient of an input");
    if (case_.kind == Rows::mixed) {
      require(views.coefficients, expected_.coefficients, "gradient of a coefficient");
    }
    for (Index k = 0, n = 0; k < gradient.rows(); ++k) {
      for (R const number : gradient.row(k)) {
        require(number, expected_.rows[at(n++)], "gradient of a row");
      }
    }
    for (std::size_t n = 0; n < gradient.shared().size(); ++n) {
      require(gradient.shared()[n], expected_.shared[n], "gradient of a shared number");
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
    for (std::size_t o = 0; o < y.size(); ++o) {
      require(y[o], expected_.values.back()[at(b)][o], "output of a sample");
    }
    auto const network = expected_.network_of(b);
    wm::AlignedVector<R> formed(network.size());
    case_.network.template at<T>(chosen, formed.data());
    for (std::size_t n = 0; n < network.size(); ++n) {
      require(formed[n], network[n], "weight of a network");
    }
  }

 private:
  static std::size_t at(Index n) { return static_cast<std::size_t>(n); }

  void require(wm::BatchView<R> const& got, std::vector<std::vector<Bounded>> const& expected, char const* what) const {
    for (Index b = 0; b < got.rows(); ++b) {
      for (Index i = 0; i < got.cols(); ++i) {
        require(got(b, i), expected[at(b)][at(i)], what);
      }
    }
  }
  void require(R got, Bounded const& expected, char const* what) const {
    constexpr double tiny = 1e4 * static_cast<double>(std::numeric_limits<R>::min());
    if (!expected.allows(static_cast<double>(got), tiny)) {
      std::fprintf(stderr, "%s: %s: expected %.17g to %.3g, got %.17g\n", name_.c_str(), what, expected.value,
                   expected.error, static_cast<double>(got));
      fuzz::demand(false, what);
    }
  }

  Case<R> const& case_;
  Reference<R> const& expected_;
  std::string name_;
};

template <class R>
void compare(fuzz::Source& source) {
  auto const c = case_from<R>(source);
  Reference<R> const expected(c);
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
