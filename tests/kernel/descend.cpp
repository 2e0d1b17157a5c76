#include <wmanifold/kernel/descend.hpp>

#include <doctest/doctest.h>

#include <support/canvas.hpp>

namespace wm = wmanifold;
using wm::Index;
using Host = wm::HostTarget;

TEST_CASE_TEMPLATE("direction, movement and step equal plain loops", R, float, double) {
  for (Index const rows : {1, 2, 3, 4, 5}) {
    for (Index const count : {1, 15, 17, 255, 256, 257, 600}) {
      CAPTURE(rows);
      CAPTURE(count);
      support::Canvas<R> const matrix(rows, rows, 0, 1);
      std::vector<R> inverse;
      std::vector<double> gram;
      for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < rows; ++j) {
          // Zeros are skipped: have some, and let nothing be symmetric, so that an order matters.
          inverse.push_back(static_cast<R>((i + j) % 3 == 2 ? 0 : matrix(i, j)));
          gram.push_back((i * j) % 3 == 2 ? 0 : matrix(i, j) + 2);
        }
      }
      support::Canvas<R> gradient(rows, count, 3, 2);
      support::Canvas<R> before(rows, count, 3, 3);
      support::Canvas<R> velocity(rows, count, 3);
      R const momentum = R{0.75};
      wm::kernel::combine_rows<Host, R>(inverse.data(), rows, gradient.stride(), count, gradient.data(), momentum,
                                        before.data(), velocity.data());
      double const squared = wm::kernel::metric_product<Host, R>(gram.data(), rows, velocity.stride(), count,
                                                                 velocity.data(), velocity.data());
      support::Canvas<R> parameters(rows, count, 3, 4);
      auto const start = parameters;
      R const factor = R{-0.375};
      for (Index k = 0; k < rows; ++k) {
        wm::kernel::add_scaled<Host, R>(factor, count, velocity.data() + k * velocity.stride(),
                                        parameters.data() + k * parameters.stride());
      }

      support::SumError error(std::numeric_limits<R>::epsilon());
      double sum_of_squares = 0;
      double terms_of_squares = 0;
      for (Index n = 0; n < count; ++n) {
        for (Index k = 0; k < rows; ++k) {
          double sum = momentum * before(k, n);
          double terms = std::abs(sum);
          for (Index j = 0; j < rows; ++j) {
            double const term = static_cast<double>(inverse[static_cast<std::size_t>(k * rows + j)]) * gradient(j, n);
            sum += term;
            terms += std::abs(term);
            double const square = gram[static_cast<std::size_t>(k * rows + j)] * velocity(k, n) * velocity(j, n);
            sum_of_squares += square;
            terms_of_squares += std::abs(square);
          }
          error.add(velocity(k, n), sum, terms);
          double const moved = static_cast<double>(factor) * velocity(k, n);
          error.add(parameters(k, n), start(k, n) + moved, std::abs(start(k, n)) + std::abs(moved));
        }
      }
      CHECK(error.largest() < 4);
      CHECK(std::abs(squared - sum_of_squares) < 1e-14 * terms_of_squares);  // in double, also for float
      CHECK(gradient.marks_untouched());
      CHECK(before.marks_untouched());
      CHECK(velocity.marks_untouched());
      CHECK(parameters.marks_untouched());
    }
  }
}
