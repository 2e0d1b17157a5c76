#include <wmanifold/network/spans.hpp>

#include <wmanifold/kernel/matrix/dense.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>
#include <support/targets.hpp>

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
    spans.for_each_run(k, {0, samples}, [&](wm::kernel::IndexRange run) {
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

TEST_CASE("samples that use nearly all rows keep their order") {
  wm::SampleSpans<float> spans;
  auto const phi = coefficients<float>(Pattern::all_rows, 20, 5, 5);
  spans.find(phi.data(), 20, 5, 5);
  CHECK(spans.empty());
  auto const most = coefficients<float>(Pattern::on_a_circle, 200, 5, 4);
  spans.find(most.data(), 200, 5, 4);
  CHECK(spans.empty());
}

TEST_CASE_TEMPLATE("a layer over spans is the layer over all rows", P, support::HostFloat, support::HostDouble,
                   support::ScalarFloat, support::ScalarDouble) {
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
        std::array<std::vector<R>, 3> results{std::vector<R>(static_cast<std::size_t>(samples * outputs), R{9}),
                                              std::vector<R>(static_cast<std::size_t>(rows * size), R{9}),
                                              std::vector<R>(static_cast<std::size_t>(samples * inputs), R{9})};
        kernel::dense_forward<T, R>(layer, c, samples, {x.data(), inputs}, {results[0].data(), outputs});
        kernel::dense_backward_parameters<T, R>({results[1].data(), rows, size, inputs, outputs}, c, samples,
                                                {x.data(), inputs}, {dy.data(), outputs});
        kernel::dense_backward_inputs<T, R>(layer, c, samples, {dy.data(), outputs}, {results[2].data(), inputs},
                                            slope.data(), scratch.data());
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
