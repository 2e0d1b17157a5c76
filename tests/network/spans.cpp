#include <wmanifold/network/spans.hpp>

#include <wmanifold/kernel/matrix/blocked.hpp>
#include <wmanifold/kernel/matrix/dense.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>
#include <support/targets.hpp>
#include <support/threads.hpp>

#include <numeric>
#include <set>

namespace wm = wmanifold;
using wm::Index;

namespace {

enum class Pattern { one_row, neighbours, on_a_circle, scattered, some_of_none, not_the_first, all_rows };

/// Coefficients of a pattern, samples x rows.
template <class R>
std::vector<R> coefficients(Pattern pattern, Index samples, Index rows, Index meeting) {
  wm::Random random{wm::Seed{static_cast<std::uint64_t>(samples + 7 * rows + 31 * meeting)}};
  std::vector<R> phi(static_cast<std::size_t>(samples * rows));
  for (Index b = 0; b < samples; ++b) {
    bool const is_apart = pattern == Pattern::not_the_first;  // samples of no row have a span of their own
    Index const first = is_apart ? 1 + random.below(rows - meeting)
                                 : random.below(pattern == Pattern::neighbours ? rows - meeting + 1 : rows);
    Index const count = pattern == Pattern::one_row                                              ? 1
                        : pattern == Pattern::all_rows                                           ? rows
                        : (is_apart || pattern == Pattern::some_of_none) && random.below(3) == 0 ? 0
                                                                                                 : meeting;
    for (Index i = 0; i < count; ++i) {
      Index const k = pattern == Pattern::scattered ? random.below(rows) : (first + i) % rows;
      phi[static_cast<std::size_t>(b * rows + k)] = static_cast<R>(random.normal());
    }
  }
  return phi;
}

/// Checks the order, the rows of spans and the runs of rows against the coefficients.
template <class R>
void check_spans(wm::SampleSpans<R> const& found, std::vector<R> const& phi, Index samples, Index rows) {
  auto const [numbers, spans] = found.coefficients();
  std::vector<Index> order = found.order();
  for (Index i = 0; i < samples; ++i) {
    Index const b = order[static_cast<std::size_t>(i)];
    CHECK(std::equal(phi.data() + b * rows, phi.data() + (b + 1) * rows, numbers + i * rows));
  }
  std::vector<std::set<Index>> by_rows(static_cast<std::size_t>(rows));  // the samples of each row, by its runs
  for (Index k = 0; k < rows; ++k) {
    Index end = -1;
    spans.runs.for_each(k, {0, samples}, [&](wm::kernel::IndexRange run) {
      CHECK(run.begin > end);  // ascending, neighbours joined
      end = run.end;
      for (Index i = run.begin; i < run.end; ++i) {
        by_rows[static_cast<std::size_t>(k)].insert(i);
      }
    });
  }
  Index uses = 0;
  Index i = 0;
  bool is_right = true;
  for (Index s = 0; s < spans.count; ++s) {
    CHECK(i < spans.ends[s]);
    std::set<Index> const own(spans.rows + spans.row_starts[s], spans.rows + spans.row_starts[s + 1]);
    CHECK(std::is_sorted(spans.rows + spans.row_starts[s], spans.rows + spans.row_starts[s + 1]));
    for (; i < spans.ends[s]; ++i) {
      uses += std::ssize(own);
      for (Index k = 0; k < rows; ++k) {
        bool const is_used = own.contains(k);
        is_right = is_right && by_rows[static_cast<std::size_t>(k)].contains(i) == is_used &&
                   (is_used || numbers[i * rows + k] == 0);
      }
    }
  }
  CHECK(is_right);
  CHECK(i == samples);
  CHECK(spans.uses == uses);
  std::sort(order.begin(), order.end());
  for (Index b = 0; b < samples; ++b) {
    CHECK(order[static_cast<std::size_t>(b)] == b);
  }
}

}  // namespace

TEST_CASE("spans list the rows of all samples, and each row its samples") {
  wm::SampleSpans<double> spans;  // one for all: it is reused
  for (auto const pattern : {Pattern::one_row, Pattern::neighbours, Pattern::on_a_circle, Pattern::scattered,
                             Pattern::some_of_none, Pattern::not_the_first}) {
    for (Index const samples : {1, 7, 60}) {
      for (auto const& sizes : {std::pair<Index, Index>{8, 2}, {16, 4}, {33, 3}}) {
        Index const rows = sizes.first;
        Index const meeting = sizes.second;
        CAPTURE(static_cast<int>(pattern));
        CAPTURE(samples);
        CAPTURE(rows);
        auto const phi = coefficients<double>(pattern, samples, rows, meeting);
        spans.find(phi.data(), samples, rows, meeting);
        if (pattern != Pattern::scattered) {
          REQUIRE(!spans.empty());
          CHECK(spans.coefficients().spans.uses <= samples * meeting);
        }
        if (!spans.empty()) {
          check_spans(spans, phi, samples, rows);
        }
      }
    }
  }
}

TEST_CASE("each row has its wanted samples, in the order of the spans") {
  wm::SampleSpans<double> spans;
  for (Index const samples : {1, 2, 7, 60}) {
    Index const rows = 9;
    auto const phi = coefficients<double>(Pattern::on_a_circle, samples, rows, 2);
    spans.find(phi.data(), samples, rows, 2);
    REQUIRE(!spans.empty());
    for (int const wish : {0, 1, 2, 3}) {  // none, all, every other place, those that use the row
      CAPTURE(samples);
      CAPTURE(wish);
      auto const& order = spans.order();
      auto const place = [&](Index b) { return std::find(order.begin(), order.end(), b) - order.begin(); };
      auto const is_wanted = [&](Index b, Index k) {
        return wish == 3 ? phi[static_cast<std::size_t>(b * rows + k)] != 0 : wish == 2 ? place(b) % 2 == 0 : wish == 1;
      };
      auto const runs = spans.runs_where(rows, is_wanted);
      for (Index k = 0; k < rows; ++k) {
        std::vector<Index> places;
        Index end = -1;
        runs.for_each(k, {0, samples}, [&](wm::kernel::IndexRange run) {
          CHECK(run.begin > end);  // ascending, neighbours joined
          end = run.end;
          for (Index i = run.begin; i < run.end; ++i) {
            places.push_back(i);
          }
        });
        std::vector<Index> expected;
        for (Index i = 0; i < samples; ++i) {
          if (is_wanted(order[static_cast<std::size_t>(i)], k)) {
            expected.push_back(i);
          }
        }
        CHECK(places == expected);
      }
    }
  }
}

TEST_CASE("samples that use nearly all rows keep their order") {
  wm::SampleSpans<float> spans;
  auto const phi = coefficients<float>(Pattern::all_rows, 20, 5, 5);
  spans.find(phi.data(), 20, 5, 5);
  CHECK(spans.empty());
  auto const most = coefficients<float>(Pattern::on_a_circle, 200, 5, 4);
  spans.find(most.data(), 200, 5, 4);
  CHECK(spans.empty());
}

TEST_CASE_TEMPLATE("a layer over spans is the layer over all rows", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  namespace kernel = wm::kernel;
  for (auto const pattern : {Pattern::one_row, Pattern::on_a_circle, Pattern::some_of_none, Pattern::not_the_first}) {
    for (auto const& sizes : {std::array<Index, 3>{5, 3, 2}, {64, 17, 33}, {130, 40, 10}}) {
      Index const samples = sizes[0];
      Index const inputs = sizes[1];
      Index const outputs = sizes[2];
      Index const rows = 12;
      CAPTURE(static_cast<int>(pattern));
      CAPTURE(samples);
      auto const size = static_cast<Index>((inputs + 1) * outputs);
      auto const phi = coefficients<R>(pattern, samples, rows, 3);
      wm::SampleSpans<R> spans;
      spans.find(phi.data(), samples, rows, 3);
      REQUIRE(!spans.empty());
      kernel::Coefficients<R> const all(spans.coefficients().numbers);  // in the same order
      auto const numbers = [](Index count, std::uint64_t seed) {
        auto const doubles = support::normals<double>(count, seed);
        return std::vector<R>(doubles.begin(), doubles.end());
      };
      auto const parameters = numbers(rows * size, 1);
      auto const x = numbers(samples * inputs, 2);
      auto const dy = numbers(samples * outputs, 3);
      auto const slope = numbers(samples * inputs, 4);
      kernel::DenseRows<R> const layer{parameters.data(), rows, size, inputs, outputs};
      std::vector<R> scratch(static_cast<std::size_t>(kernel::dense_scratch<T, R>(samples, inputs, outputs, rows)),
                             R{7});
      auto const through = [&](kernel::Coefficients<R> const& c) {
        std::array<std::vector<R>, 4> results{std::vector<R>(static_cast<std::size_t>(samples * outputs), R{9}),
                                              std::vector<R>(static_cast<std::size_t>(rows * size), R{9}),
                                              std::vector<R>(static_cast<std::size_t>(samples * inputs), R{9}),
                                              std::vector<R>(static_cast<std::size_t>(rows * size), R{9})};
        kernel::dense_forward<T, R>(layer, c, samples, {x.data(), inputs}, {results[0].data(), outputs});
        kernel::dense_backward_parameters<T, R>({results[1].data(), rows, size, inputs, outputs}, c, samples,
                                                {x.data(), inputs}, {dy.data(), outputs});
        kernel::dense_backward_inputs<T, R>(layer, c, samples, {dy.data(), outputs}, {results[2].data(), inputs},
                                            slope.data(), scratch.data());
        kernel::blocked_backward_parameters<T, R>({results[3].data(), rows, size, inputs, outputs}, c, samples,
                                                  {x.data(), inputs}, {dy.data(), outputs});
        return results;
      };
      auto const ours = through(spans.coefficients());
      auto const theirs = through(all);
      for (std::size_t i = 0; i < ours.size(); ++i) {
        double worst = 0;
        for (std::size_t n = 0; n < ours[i].size(); ++n) {
          worst = std::max(worst, std::abs(static_cast<double>(ours[i][n]) - static_cast<double>(theirs[i][n])));
        }
        CAPTURE(i);
        CHECK(worst <= 2000 * static_cast<double>(std::numeric_limits<R>::epsilon()));
      }
    }
  }
}

namespace {

/// A layer whose batch consists of groups, with coefficients of a pattern.
template <class P>
struct GroupedLayer {
  using T = typename P::T;
  using R = typename P::Number;
  using Results = std::array<std::vector<R>, 3>;  // outputs, gradient of the rows, gradient of the inputs

  GroupedLayer(Pattern pattern, std::vector<Index> const& sizes, Index k, Index in, Index out)
      : rows(k), inputs(in), outputs(out), ends(sizes.size()) {
    std::partial_sum(sizes.begin(), sizes.end(), ends.begin());
    samples = ends.back();
    group_phi = coefficients<R>(pattern, std::ssize(ends), rows, 3);
    phi = spread(group_phi, rows);
    parameters = numbers(rows * size(), 1);
    x = numbers(samples * inputs, 2);
    dy = numbers(samples * outputs, 3);
    slope = numbers(samples * inputs, 4);
  }
  [[nodiscard]] Index size() const { return (inputs + 1) * outputs; }

  /// The numbers of groups, once for each of their samples.
  [[nodiscard]] std::vector<R> spread(std::vector<R> const& of_groups, Index count) const {
    std::vector<R> result;
    for (std::size_t g = 0; g < ends.size(); ++g) {
      for (Index b = g == 0 ? 0 : ends[g - 1]; b < ends[g]; ++b) {
        auto const from = of_groups.begin() + static_cast<Index>(g) * count;
        result.insert(result.end(), from, from + count);
      }
    }
    return result;
  }

  /// The passes by groups in the order of the spans; the results are in the order of the batch.
  [[nodiscard]] Results by_groups(wm::SampleSpans<R> const& spans) const {
    auto const groups = spans.groups();
    auto results = empty_results();
    auto const sorted = [&](std::vector<R> const& from, Index count) {
      std::vector<R> to(from.size());
      spans.gather(from.data(), count, count, to.data());
      return to;
    };
    auto const sorted_x = sorted(x, inputs);
    auto const sorted_dy = sorted(dy, outputs);
    auto const sorted_slope = sorted(slope, inputs);
    std::vector<R> y(static_cast<std::size_t>(samples * outputs), R{9});
    std::vector<R> dx(static_cast<std::size_t>(samples * inputs), R{9});
    std::vector<R> scratch(static_cast<std::size_t>(wm::kernel::grouped_scratch<T, R>(samples, groups.count, outputs)),
                           R{7});
    wm::kernel::grouped_forward<T, R>(layer(), groups, {sorted_x.data(), inputs}, {y.data(), outputs}, scratch.data());
    wm::kernel::grouped_backward_parameters<T, R>(gradient(results), groups, {sorted_x.data(), inputs},
                                                  {sorted_dy.data(), outputs}, scratch.data());
    wm::kernel::grouped_backward_inputs<T, R>(layer(), groups, {sorted_dy.data(), outputs}, {dx.data(), inputs},
                                              sorted_slope.data(), scratch.data());
    spans.scatter(y.data(), outputs, results[0].data());
    spans.scatter(dx.data(), inputs, results[2].data());
    return results;
  }

  /// The passes with all rows for every sample.
  [[nodiscard]] Results per_sample() const {
    auto results = empty_results();
    std::vector<R> scratch(static_cast<std::size_t>(wm::kernel::dense_scratch<T, R>(samples, inputs, outputs, rows)),
                           R{7});
    wm::kernel::dense_forward<T, R>(layer(), phi.data(), samples, {x.data(), inputs}, {results[0].data(), outputs});
    wm::kernel::dense_backward_parameters<T, R>(gradient(results), phi.data(), samples, {x.data(), inputs},
                                                {dy.data(), outputs});
    wm::kernel::dense_backward_inputs<T, R>(layer(), phi.data(), samples, {dy.data(), outputs},
                                            {results[2].data(), inputs}, slope.data(), scratch.data());
    return results;
  }

  Index rows, inputs, outputs;
  Index samples = 0;
  std::vector<Index> ends;
  std::vector<R> group_phi, phi, parameters, x, dy, slope;

 private:
  static std::vector<R> numbers(Index count, std::uint64_t seed) { return support::normals<R>(count, seed); }
  [[nodiscard]] wm::kernel::DenseRows<R> layer() const { return {parameters.data(), rows, size(), inputs, outputs}; }
  [[nodiscard]] wm::kernel::MutableDenseRows<R> gradient(Results& results) const {
    return {results[1].data(), rows, size(), inputs, outputs};
  }
  [[nodiscard]] Results empty_results() const {
    auto const nines = [](Index count) { return std::vector<R>(static_cast<std::size_t>(count), R{9}); };
    return {nines(samples * outputs), nines(rows * size()), nines(samples * inputs)};
  }
};

std::vector<Index> const of_all_sizes{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3};
constexpr std::array local_patterns{Pattern::one_row, Pattern::neighbours, Pattern::on_a_circle, Pattern::some_of_none,
                                    Pattern::not_the_first};

}  // namespace

TEST_CASE("groups are sorted with all their samples and coefficients") {
  using Layer = GroupedLayer<support::HostDouble>;
  wm::SampleSpans<double> spans;  // one for all: it is reused
  for (auto const pattern : local_patterns) {
    for (auto const& sizes : {std::vector<Index>{4}, of_all_sizes, std::vector<Index>(20, 1)}) {
      CAPTURE(static_cast<int>(pattern));
      Layer const layer(pattern, sizes, 33, 1, 1);
      spans.find_groups(layer.group_phi.data(), layer.ends, layer.rows, 3);
      REQUIRE(!spans.empty());
      auto const groups = spans.groups();
      auto const& order = spans.order();
      REQUIRE(groups.count == std::ssize(sizes));
      CHECK(groups.samples() == layer.samples);
      CHECK(groups.spans.ends[groups.spans.count - 1] == groups.count);
      CHECK(spans.coefficients().spans.count == 0);
      CHECK(std::set<Index>(order.begin(), order.end()).size() == static_cast<std::size_t>(layer.samples));
      bool is_right = true;
      for (Index g = 0; g < groups.count; ++g) {
        Index const first = order[static_cast<std::size_t>(groups[g].begin)];
        Index begin = 0;  // of the group in the batch
        for (std::size_t n = 0; n < sizes.size() && begin != first; ++n) {
          begin += sizes[n];
        }
        is_right = is_right && begin == first;
        for (Index i = groups[g].begin; i < groups[g].end; ++i) {
          Index const b = order[static_cast<std::size_t>(i)];
          double const* const own = layer.phi.data() + b * layer.rows;
          is_right = is_right && b == first + i - groups[g].begin &&
                     std::equal(own, own + layer.rows, groups.coefficients + g * layer.rows) &&
                     std::equal(own, own + layer.rows, spans.coefficients().numbers + i * layer.rows);
        }
      }
      CHECK(is_right);
    }
  }
}

TEST_CASE("blocks hold all coefficients other than zero, each once") {
  using Layer = GroupedLayer<support::HostDouble>;
  for (auto const pattern : local_patterns) {
    Layer const layer(pattern, std::vector<Index>(60, 1), 33, 1, 1);
    wm::SampleSpans<double> found;
    found.find_groups(layer.group_phi.data(), layer.ends, layer.rows, 3);
    REQUIRE(!found.empty());
    auto const groups = found.groups();
    std::vector<int> seen(static_cast<std::size_t>(groups.count * layer.rows));
    std::vector<int> blocks(static_cast<std::size_t>(groups.count));
    std::vector<bool> used(static_cast<std::size_t>(layer.rows));
    for (Index first = 0; first < groups.count; first += 7) {
      groups.spans.for_each_block(
          {first, std::min(groups.count, first + 7)}, layer.rows,
          [&](wm::kernel::IndexRange own, wm::kernel::IndexRange rows, bool add) {
            for (Index k = rows.begin; k < rows.end; ++k) {
              CHECK(groups.spans.is_used_before(own.begin, k) == used[static_cast<std::size_t>(k)]);
              CHECK(groups.spans.is_used(k));
            }
            for (Index k = rows.begin; k < rows.end; ++k) {
              used[static_cast<std::size_t>(k)] = true;
            }
            for (Index g = own.begin; g < own.end; ++g) {
              CHECK((blocks[static_cast<std::size_t>(g)]++ > 0) == add);
              for (Index k = rows.begin; k < rows.end; ++k) {
                ++seen[static_cast<std::size_t>(g * layer.rows + k)];
              }
            }
          });
    }
    CHECK(*std::min_element(blocks.begin(), blocks.end()) > 0);
    CHECK(*std::max_element(seen.begin(), seen.end()) == 1);
    Index uses = 0;
    for (std::size_t i = 0; i < seen.size(); ++i) {
      uses += seen[i];
      CHECK((seen[i] == 1 || groups.coefficients[i] == 0));
    }
    CHECK(uses == groups.uses(layer.rows));
    for (Index k = 0; k < layer.rows; ++k) {
      CHECK(groups.spans.is_used(k) == used[static_cast<std::size_t>(k)]);
    }
  }
}

TEST_CASE("groups keep their order if spans save nothing") {
  using Layer = GroupedLayer<support::HostDouble>;
  wm::SampleSpans<double> spans;
  for (auto const pattern : {Pattern::all_rows, Pattern::scattered}) {
    Layer const layer(pattern, std::vector<Index>(8, 2), 5, 1, 1);
    spans.find_groups(layer.group_phi.data(), layer.ends, layer.rows, 3);
    CHECK(spans.empty());
  }
}

TEST_CASE_TEMPLATE("a layer over spans of groups is the layer over all rows", P, EVERY_TARGET) {
  using R = typename P::Number;
  wm::SampleSpans<R> spans;
  for (auto const pattern : local_patterns) {
    for (auto const& sizes :
         {std::vector<Index>{50}, of_all_sizes, std::vector<Index>(20, 1), std::vector<Index>(24, 2)}) {
      for (auto const& shape : {std::array<Index, 2>{3, 2}, {17, 33}, {40, 10}, {5, 150}, {300, 7}}) {
        if (shape[0] == 300 && sizes.size() != 20) {  // one batch is enough for a large layer
          continue;
        }
        CAPTURE(static_cast<int>(pattern));
        CAPTURE(sizes.size());
        CAPTURE(shape[0]);
        GroupedLayer<P> const layer(pattern, sizes, 33, shape[0], shape[1]);
        spans.find_groups(layer.group_phi.data(), layer.ends, layer.rows, 3);
        REQUIRE(!spans.empty());
        auto const ours = layer.by_groups(spans);
        auto const theirs = layer.per_sample();
        for (std::size_t i = 0; i < ours.size(); ++i) {
          double worst = 0;
          double largest = 0;
          for (std::size_t n = 0; n < ours[i].size(); ++n) {
            worst =
                support::larger(worst, std::abs(static_cast<double>(ours[i][n]) - static_cast<double>(theirs[i][n])));
            largest = std::max(largest, std::abs(static_cast<double>(theirs[i][n])));
          }
          CAPTURE(i);
          CHECK(worst <= (std::same_as<R, double> ? 1e-12 : 1e-5) * largest);
        }
      }
    }
  }
}

TEST_CASE("a layer over spans of groups does not depend on the number of threads, to the last bit") {
  GroupedLayer<support::HostFloat> const layer(Pattern::on_a_circle, std::vector<Index>(40, 6), 16, 157, 149);
  static_assert(240 * 157 * 149 > 2 * wm::parallel_threshold, "two threads are worth it");
  wm::SampleSpans<float> spans;
  spans.find_groups(layer.group_phi.data(), layer.ends, layer.rows, 3);
  REQUIRE(!spans.empty());
  auto const on = [&](int threads) {
    support::Threads const limit(threads);
    return layer.by_groups(spans);
  };
  auto const alone = on(1);
  CHECK(on(2) == alone);
  CHECK(on(3) == alone);
}
