#include <wmanifold/kernel/optimiser/descent.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>
#include <support/threads.hpp>

#include <limits>

namespace wm = wmanifold;
using wm::Index;
using Host = wm::HostTarget;

namespace {

/// A K x K matrix with some zeros and without symmetry, so that order matters; or a triangle or diagonal of it.
template <wm::Real R>
struct Square {
  Index rows;
  std::vector<Index> starts{0};
  std::vector<Index> columns;
  std::vector<R> values;
  std::vector<double> dense;

  Square(Index k, std::uint64_t seed, bool (*keep)(Index, Index)) : rows(k) {
    auto const numbers = support::normals<R>(k * k, seed);
    for (Index i = 0; i < k; ++i) {
      for (Index j = 0; j < k; ++j) {
        R const x = keep(i, j) ? numbers[static_cast<std::size_t>(i * k + j)] : R{0};
        dense.push_back(static_cast<double>(x));
        if (x != 0) {
          columns.push_back(j);
          values.push_back(x);
        }
      }
      starts.push_back(std::ssize(values));
    }
  }
  wm::kernel::SparseRows<R> entries() const { return {rows, starts.data(), columns.data(), values.data()}; }
  double operator()(Index i, Index j) const { return dense[static_cast<std::size_t>(i * rows + j)]; }
};

bool some(Index i, Index j) { return (i + j) % 3 != 2; }
bool upper(Index i, Index j) { return i <= j; }
bool diagonal(Index i, Index j) { return i == j; }

template <wm::Real R>
constexpr Index line = wm::kernel::line<R>;

}  // namespace

TEST_CASE_TEMPLATE("one pass equals plain loops, tile by tile", R, float, double) {
  for (Index const rows : {1, 2, 3, 9, 200}) {  // 200 rows do not fit in a tile
    for (Index const lines : {1, 3, 16, 17, 70}) {
      if (rows == 200 && lines > 3) {
        continue;
      }
      for (auto* const shape : {some, diagonal}) {
        CAPTURE(rows);
        CAPTURE(lines);
        Index const count = lines * line<R>;
        Index const gap = line<R>;
        Square<R> const in_front(rows, 1, shape);
        Square<R> const behind(rows, 2, shape == diagonal ? diagonal : upper);
        Square<R> const root(rows, 3, shape == diagonal ? diagonal : upper);
        support::Canvas<R> gradient(rows, count, gap, 4);
        support::Canvas<R> velocity(rows, count, gap, 5);
        support::Canvas<R> parameters(rows, count, gap, 6);
        support::Canvas<R> direction(rows, count, gap);
        auto const before = velocity;
        auto const start = parameters;
        R const momentum{0.75};
        R const decay{0.5};
        R const factor{0.375};
        std::array<R*, 1> const moments{velocity.data()};
        double const squares = wm::kernel::descend<Host, R>(
            {rows, gradient.stride(), count, gradient.data(), moments, parameters.data(), direction.data()},
            {in_front.entries(), behind.entries(), root.entries(), decay, factor},
            [&](wm::kernel::Tile<R> const& tile) { wm::kernel::heavy_ball<Host, R>(momentum, true, tile); });

        support::SumError error(std::numeric_limits<R>::epsilon());
        double expected_squares = 0;
        auto const size = static_cast<std::size_t>(rows);
        for (Index n = 0; n < count; ++n) {
          std::vector<double> ahead(size), ahead_terms(size);
          for (Index k = 0; k < rows; ++k) {
            double d = 0;
            double terms = 0;
            for (Index j = 0; j < rows; ++j) {
              d += in_front(k, j) * gradient(j, n);
              terms += std::abs(in_front(k, j) * gradient(j, n));
            }
            double const old = static_cast<double>(momentum) * before(k, n);
            error.add(velocity(k, n), old + d, std::abs(old) + terms);
            ahead[static_cast<std::size_t>(k)] = static_cast<double>(momentum) * (old + d) + d;
            ahead_terms[static_cast<std::size_t>(k)] = std::abs(old) + 2 * terms;
          }
          for (Index k = 0; k < rows; ++k) {
            double to = static_cast<double>(decay) * start(k, n);
            double terms = std::abs(to);
            for (Index j = 0; j < rows; ++j) {
              to += behind(k, j) * ahead[static_cast<std::size_t>(j)];
              terms += std::abs(behind(k, j)) * ahead_terms[static_cast<std::size_t>(j)];
            }
            error.add(direction(k, n), to, terms);
            error.add(parameters(k, n), start(k, n) - static_cast<double>(factor) * to, std::abs(start(k, n)) + terms);
          }
          for (Index k = 0; k < rows; ++k) {
            double sum = 0;
            for (Index j = 0; j < rows; ++j) {
              sum += root(k, j) * direction(j, n);
            }
            expected_squares += sum * sum;
          }
        }
        CHECK(error.largest() < 8);
        CHECK(squares == doctest::Approx(expected_squares).epsilon(20 * std::numeric_limits<R>::epsilon()));
        CHECK(gradient.marks_untouched());
        CHECK(velocity.marks_untouched());
        CHECK(parameters.marks_untouched());
        CHECK(direction.marks_untouched());
      }
    }
  }
}

TEST_CASE_TEMPLATE("a pass does not depend on the number of threads", R, float, double) {
  Index const rows = 3;
  Index const count = 8000 * line<R>;
  Square<R> const matrix(rows, 1, some);
  Square<R> const root(rows, 3, upper);
  support::Canvas<R> const gradient(rows, count, line<R>, 2);
  auto const run = [&](int threads) {
    support::Threads const limit(threads);
    auto g = gradient;
    support::Canvas<R> velocity(rows, count, line<R>, 3);
    support::Canvas<R> parameters(rows, count, line<R>, 4);
    std::array<R*, 1> const moments{velocity.data()};
    double const squares = wm::kernel::descend<Host, R>(
        {rows, g.stride(), count, g.data(), moments, parameters.data()},
        {.before = matrix.entries(), .root = root.entries(), .factor = R{0.5}},
        [](wm::kernel::Tile<R> const& tile) { wm::kernel::heavy_ball<Host, R>(R{0.5}, false, tile); });
    double sum = wm::kernel::largest<Host, R>(count, parameters.row(1));
    for (Index n = 0; n < count; ++n) {
      sum += parameters(n % rows, n);
    }
    return std::pair(squares, sum);
  };
  auto const alone = run(1);
  CHECK(run(2) == alone);
  CHECK(run(5) == alone);
}

TEST_CASE_TEMPLATE("Adam divides nothing by nothing", R, float, double) {
  Index const width = line<R>;
  for (bool const over_rows : {true, false}) {
    support::Canvas<R> direction(2, width, 0), first(2, width, 0), second(2, width, 0);
    for (auto* block : {&direction, &first, &second}) {
      std::fill_n(block->data(), 2 * width, R{0});
    }
    direction.row(1)[1] = R{-3};
    std::array<R*, 2> const moments{first.data(), second.data()};
    wm::kernel::adam<Host, R>({R{0.5}, R{0.75}, R{0}, R{2}, R{4}, R{1e-19F}}, over_rows,
                              {2, width, direction.data(), width, moments, width});
    CHECK(direction(0, 0) == 0);
    CHECK(direction(1, 1) == doctest::Approx(over_rows ? -std::sqrt(2.0) : -1).epsilon(1e-6));
    CHECK(first(1, 1) == -1.5);
    CHECK(second(over_rows ? 0 : 1, 1) == (over_rows ? 1.125 : 2.25));
  }
}

TEST_CASE_TEMPLATE("rows are combined, numbers added, products of rows summed in double", R, float, double) {
  for (Index const rows : {1, 2, 5}) {
    for (Index const count : {1, 15, 17, 255, 256, 257, 600}) {
      CAPTURE(rows);
      CAPTURE(count);
      support::Canvas<R> a(rows, count, 3, 2);
      support::Canvas<R> b(rows, count, 3, 3);
      Square<R> const gram(rows, 1, some);
      double const product =
          wm::kernel::metric_product<Host, R>(gram.dense.data(), rows, a.stride(), count, a.data(), b.data());
      double expected = 0;
      double terms = 0;
      auto const start = b;
      for (Index k = 0; k < rows; ++k) {
        for (Index n = 0; n < count; ++n) {
          for (Index j = 0; j < rows; ++j) {
            double const term = gram(k, j) * a(j, n) * b(k, n);
            expected += term;
            terms += std::abs(term);
          }
        }
      }
      CHECK(std::abs(product - expected) <= 1e-14 * terms);  // in double, also for float
      support::SumError error(std::numeric_limits<R>::epsilon());
      for (Index k = 0; k < rows; ++k) {
        wm::kernel::add_scaled<Host, R>(R{-0.375}, count, a.row(k), b.row(k));
        for (Index n = 0; n < count; ++n) {
          error.add(b(k, n), start(k, n) - 0.375 * a(k, n), std::abs(start(k, n)) + std::abs(a(k, n)));
        }
      }
      CHECK(error.largest() < 2);
      CHECK(b.marks_untouched());

      Index const whole = (count + line<R> - 1) / line<R> * line<R>;
      support::Canvas<R> from(rows, whole, line<R>, 7);
      support::Canvas<R> to(rows, whole, line<R>);
      wm::kernel::combine_rows<Host, R>(gram.entries(), from.stride(), whole, from.data(), to.data());
      support::SumError combined(std::numeric_limits<R>::epsilon());
      for (Index k = 0; k < rows; ++k) {
        for (Index n = 0; n < whole; ++n) {
          double sum = 0;
          double of = 0;
          for (Index j = 0; j < rows; ++j) {
            sum += gram(k, j) * from(j, n);
            of += std::abs(gram(k, j) * from(j, n));
          }
          combined.add(to(k, n), sum, of);
        }
      }
      CHECK(combined.largest() < 4);
      CHECK(to.marks_untouched());
    }
  }
}

TEST_CASE_TEMPLATE("the largest number, and NaN and infinities, are found at every place", R, float, double) {
  CHECK(wm::kernel::largest<Host, R>(0, nullptr) == 0);
  for (Index const count : {1, 7, 16, 33, 1100}) {
    for (Index at = 0; at < count; at += 1 + count / 50) {
      auto numbers = support::normals<R>(count, 1);
      numbers[static_cast<std::size_t>(at)] = R{-100};
      CHECK(wm::kernel::largest<Host, R>(count, numbers.data()) == 100);
      for (R const bad : {std::numeric_limits<R>::quiet_NaN(), std::numeric_limits<R>::infinity(),
                          -std::numeric_limits<R>::infinity()}) {
        numbers[static_cast<std::size_t>(at)] = bad;
        CHECK(std::isnan(wm::kernel::largest<Host, R>(count, numbers.data())));
      }
    }
  }
}
