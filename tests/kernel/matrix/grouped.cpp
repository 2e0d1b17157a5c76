#include <wmanifold/kernel/matrix/grouped.hpp>

#include <wmanifold/kernel/matrix/dense.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>
#include <support/targets.hpp>
#include <support/threads.hpp>

#include <numeric>

namespace wm = wmanifold;
using wm::Index;

namespace {

/// A layer and a batch in groups, with the coefficients of each group, and the same for each of its samples.
template <class P>
struct Case {
  using T = typename P::T;
  using R = typename P::Number;

  Case(std::vector<Index> const& sizes, Index k, Index in, Index out)
      : rows(k),
        inputs(in),
        outputs(out),
        samples(std::accumulate(sizes.begin(), sizes.end(), Index{0})),
        ends(sizes.size()),
        parameters(k, (in + 1) * out, 4, 1),
        group_phi(static_cast<Index>(sizes.size()), k, 0, 2),
        phi(samples, k, 0),
        x(samples, in, 3, 3),
        dy(samples, out, 2, 4),
        slope(samples, in, 5, 5),
        scratch(static_cast<std::size_t>(
            std::max(wm::kernel::grouped_scratch<T, R>(samples, static_cast<Index>(sizes.size()), out),
                     wm::kernel::dense_scratch<T, R>(samples, in, out, k)))) {
    std::partial_sum(sizes.begin(), sizes.end(), ends.begin());
    for (Index g = 0, b = 0; g < static_cast<Index>(ends.size()); ++g) {
      for (; b < ends[static_cast<std::size_t>(g)]; ++b) {
        std::copy_n(group_phi.row(g), rows, phi.row(b));
      }
    }
  }

  wm::kernel::DenseRows<R> layer() { return {parameters.data(), rows, parameters.stride(), inputs, outputs}; }
  wm::kernel::Groups<R> groups() { return {ends.data(), static_cast<Index>(ends.size()), group_phi.data()}; }

  Index rows, inputs, outputs, samples;
  std::vector<Index> ends;
  support::Canvas<R> parameters, group_phi, phi, x, dy, slope;
  std::vector<R> scratch;
};

/// The results of a layer, mixed by groups or per sample.
template <class P>
struct Results {
  using R = typename P::Number;

  explicit Results(Case<P> const& c)
      : y(c.samples, c.outputs, 5), gradient(c.rows, (c.inputs + 1) * c.outputs, 4, 9), dx(c.samples, c.inputs, 5) {}
  support::Canvas<R> y, gradient, dx;
};

template <class P>
Results<P> by_groups(Case<P>& c) {
  using T = typename P::T;
  using R = typename P::Number;
  Results<P> r(c);
  wm::kernel::grouped_forward<T, R>(c.layer(), c.groups(), {c.x.data(), c.x.stride()}, {r.y.data(), r.y.stride()},
                                    c.scratch.data());
  wm::kernel::grouped_backward_parameters<T, R>({r.gradient.data(), c.rows, r.gradient.stride(), c.inputs, c.outputs},
                                                c.groups(), {c.x.data(), c.x.stride()}, {c.dy.data(), c.dy.stride()},
                                                c.scratch.data());
  wm::kernel::grouped_backward_inputs<T, R>(c.layer(), c.groups(), {c.dy.data(), c.dy.stride()},
                                            {r.dx.data(), r.dx.stride()}, c.slope.data(), c.scratch.data());
  return r;
}

template <class P>
Results<P> per_sample(Case<P>& c) {
  using T = typename P::T;
  using R = typename P::Number;
  Results<P> r(c);
  wm::kernel::dense_forward<T, R>(c.layer(), c.phi.data(), c.samples, {c.x.data(), c.x.stride()},
                                  {r.y.data(), r.y.stride()});
  wm::kernel::dense_backward_parameters<T, R>({r.gradient.data(), c.rows, r.gradient.stride(), c.inputs, c.outputs},
                                              c.phi.data(), c.samples, {c.x.data(), c.x.stride()},
                                              {c.dy.data(), c.dy.stride()});
  wm::kernel::dense_backward_inputs<T, R>(c.layer(), c.phi.data(), c.samples, {c.dy.data(), c.dy.stride()},
                                          {r.dx.data(), r.dx.stride()}, c.slope.data(), c.scratch.data());
  return r;
}

/// Returns the largest difference over the largest number.
template <class R>
double distance(support::Canvas<R> const& a, support::Canvas<R> const& b, Index rows, Index columns) {
  double difference = 0;
  double largest = 0;
  for (Index r = 0; r < rows; ++r) {
    for (Index j = 0; j < columns; ++j) {
      double const d = std::abs(a(r, j) - b(r, j));
      difference = d > difference || std::isnan(d) ? d : difference;
      largest = std::max(largest, std::abs(b(r, j)));
    }
  }
  return difference / largest;
}

template <class P>
void check(Case<P> c) {
  CAPTURE(c.ends.size());
  CAPTURE(c.samples);
  CAPTURE(c.rows);
  CAPTURE(c.inputs);
  CAPTURE(c.outputs);
  Results<P> const ours = by_groups(c);
  Results<P> const expected = per_sample(c);
  double const allowed = 32 * static_cast<double>(std::numeric_limits<typename P::Number>::epsilon());
  CHECK(distance(ours.y, expected.y, c.samples, c.outputs) < allowed);
  CHECK(distance(ours.gradient, expected.gradient, c.rows, (c.inputs + 1) * c.outputs) < allowed);
  CHECK(distance(ours.dx, expected.dx, c.samples, c.inputs) < allowed);
  CHECK(ours.y.marks_untouched());
  CHECK(ours.gradient.marks_untouched());
  CHECK(ours.dx.marks_untouched());
  CHECK(c.parameters.marks_untouched());
}

}  // namespace

TEST_CASE_TEMPLATE("groups agree with the same contexts per sample", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  constexpr Index lanes = wm::simd::lanes<T, R>;
  SUBCASE("groups of all sizes, more than are mixed at once") {
    check(Case<P>({1}, 1, 1, 1));
    check(Case<P>({3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3}, 3, 17, 19));
    check(Case<P>({50, 1, 70}, 2, 20, 33));
    check(Case<P>({200}, 4, 5, 7));
  }
  SUBCASE("widths around the lanes") {
    for (Index const width : {Index{1}, lanes + 1, 2 * lanes, 3 * lanes, 3 * lanes + 1, 7 * lanes - 1}) {
      check(Case<P>({8, 3}, 3, width, 10));
      check(Case<P>({8, 3}, 3, 10, width));
    }
  }
  SUBCASE("more inputs, outputs and rows than a tile has") {
    Index const depth = wm::kernel::Block<T, R>::depth;
    check(Case<P>({9, 7}, 2, depth + 1, 5));
    check(Case<P>({9, 7}, 2, 5, depth + 1));
    check(Case<P>({4, 4}, 35, 6, 3));
  }
}

TEST_CASE_TEMPLATE("groups do not depend on the number of threads, to the last bit", P, EVERY_TARGET) {
  using T = typename P::T;
  using R = typename P::Number;
  Case<P> c(std::vector<Index>(12, 20), 3, 157, 149);
  static_assert(276 * 157 * 149 > 3 * wm::parallel_threshold, "three threads are worth it");
  std::vector<Results<P>> results;
  for (int const threads : {1, 2, 3}) {
    support::Threads const limit(threads);
    c.scratch.resize(static_cast<std::size_t>(wm::kernel::grouped_scratch<T, R>(c.samples, 12, c.outputs)) +
                     c.scratch.size());
    results.push_back(by_groups(c));
  }
  for (std::size_t n : {1U, 2U}) {
    CHECK(distance(results[0].y, results[n].y, c.samples, c.outputs) == 0);
    CHECK(distance(results[0].gradient, results[n].gradient, c.rows, (c.inputs + 1) * c.outputs) == 0);
    CHECK(distance(results[0].dx, results[n].dx, c.samples, c.inputs) == 0);
  }
}
