#include <wmanifold/kernel/seam.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>
#include <support/halves.hpp>

namespace wm = wmanifold;
namespace kernel = wm::kernel;
using wm::HostTarget, wm::Index;

namespace {

template <class R, class S>
constexpr kernel::HalfSeam<R, S> half_seam{kernel::mix_rows<HostTarget, R, S>, kernel::mix_chosen_rows<HostTarget, R, S>,
                                           kernel::mixed_sample<HostTarget, R, S>,
                                           kernel::dense_sample<HostTarget, R, S>};

/// 2 x by itself, and 3 x by the table.
struct Scaled {
  template <class X>
  std::pair<X, X> operator()(X const& x) const {
    return {x + x, X(2)};
  }
};

template <class R>
void tripled(kernel::IndexRange, kernel::IndexRange columns, Index, R* values, R* derivatives) {
  for (Index n = columns.begin; n < columns.end; ++n) {
    values[n] *= 3;
    derivatives[n] = 3;
  }
}

/// A target whose calls go through a table of the host's functions.
struct ByTable {
  using Base = HostTarget;
  template <class R>
  static kernel::Seam<R> const& seam() {
    using T = HostTarget;
    static constexpr kernel::Seam<R> table{
        kernel::multiply<T, R>,
        kernel::dense_scratch<T, R>,
        kernel::dense_forward<T, R>,
        kernel::dense_backward_parameters<T, R>,
        kernel::dense_backward_inputs<T, R>,
        kernel::dense_backward_coefficients<T, R>,
        kernel::grouped_scratch<T, R>,
        kernel::grouped_forward<T, R>,
        kernel::grouped_backward_parameters<T, R>,
        kernel::grouped_backward_inputs<T, R>,
        kernel::mix_rows<T, R>,
        kernel::mix_chosen_rows<T, R>,
        kernel::mixed_sample<T, R>,
        kernel::dense_sample<T, R>,
        kernel::dense_block<T, R>,
        kernel::softmax_cross_entropy<T, R>,
        half_seam<R, wm::BFloat16>,
        half_seam<R, wm::Float16>,
    };
    return table;
  }
  template <class R, class A>
    requires std::same_as<A, Scaled>
  static auto activation(A const&) {
    return tripled<R>;
  }
};

/// Returns the results of all kernels, one after the other.
template <class T, class R>
std::vector<std::vector<R>> results() {
  constexpr Index rows = 3;
  constexpr Index inputs = 5;
  constexpr Index outputs = 4;
  constexpr Index samples = 6;
  constexpr Index size = (inputs + 1) * outputs;
  constexpr std::array<Index, 2> ends{2, samples};
  auto const parameters = support::normals<R>(rows * size, 1);
  auto const phi = support::normals<R>(samples * rows, 2);
  auto const x = support::normals<R>(samples * inputs, 3);
  auto const dy = support::normals<R>(samples * outputs, 4);
  std::vector<std::vector<R>> all;
  auto const room = [&](Index count) -> std::vector<R>& {
    return all.emplace_back(static_cast<std::size_t>(count), R{9});
  };
  kernel::DenseRows<R> const layer{parameters.data(), rows, size, inputs, outputs};
  kernel::Coefficients<R> const coefficients(phi.data());
  kernel::Groups<R> const groups{ends.data(), std::ssize(ends), phi.data()};
  kernel::Samples<R const> const from{x.data(), inputs};
  kernel::Samples<R const> const slopes{dy.data(), outputs};

  kernel::multiply<T, R>(samples, outputs, inputs, {x.data(), inputs, 1}, {parameters.data(), outputs, 1},
                         room(samples * outputs).data(), outputs);
  Index const dense = kernel::dense_scratch<T, R>(samples, inputs, outputs, rows);
  Index const grouped = kernel::grouped_scratch<T, R>(samples, std::ssize(ends), outputs);
  all.push_back({static_cast<R>(dense), static_cast<R>(grouped)});
  std::vector<R> scratch(static_cast<std::size_t>(std::max(dense, grouped)));
  kernel::dense_forward<T, R>(layer, coefficients, samples, from, {room(samples * outputs).data(), outputs});
  kernel::dense_backward_parameters<T, R>({room(rows * size).data(), rows, size, inputs, outputs}, coefficients, samples,
                                          from, slopes);
  kernel::dense_backward_inputs<T, R>(layer, coefficients, samples, slopes, {room(samples * inputs).data(), inputs},
                                      nullptr, scratch.data());
  kernel::dense_backward_coefficients<T, R>(layer, kernel::RowRuns{}, samples, from, slopes,
                                            room(samples * rows).data(), scratch.data());
  kernel::grouped_forward<T, R>(layer, groups, from, {room(samples * outputs).data(), outputs}, scratch.data());
  kernel::grouped_backward_parameters<T, R>({room(rows * size).data(), rows, size, inputs, outputs}, groups, from,
                                            slopes, scratch.data());
  kernel::grouped_backward_inputs<T, R>(layer, groups, slopes, {room(samples * inputs).data(), inputs}, nullptr,
                                        scratch.data());
  auto const of_numbers = [&]<class S>(S const* numbers) {
    constexpr std::array<Index, 2> chosen{0, 2};
    kernel::ChosenRows<R> const some{phi.data(), chosen.data(), std::ssize(chosen), size};
    kernel::mix_rows<T, R, S>(phi.data(), rows, size, size, numbers, room(size).data());
    kernel::mix_chosen_rows<T, R, S>(some, size, numbers, room(size).data());
    kernel::mixed_sample<T, R, S>(some, inputs, outputs, numbers, x.data(), room(outputs).data());
    kernel::dense_sample<T, R, S>(numbers, inputs, outputs, x.data(), room(outputs).data());
  };
  of_numbers(parameters.data());
  of_numbers(support::Rounded<wm::BFloat16, R>(parameters.data(), rows * size).stored.data());
  of_numbers(support::Rounded<wm::Float16, R>(parameters.data(), rows * size).stored.data());
  kernel::dense_block<T, R>(parameters.data(), inputs, outputs, samples, from,
                            {room(samples * outputs).data(), outputs});
  R const loss = kernel::softmax_cross_entropy<T, R>(outputs, dy.data(), 1, room(outputs).data());
  all.push_back({loss});
  return all;
}

}  // namespace

static_assert(kernel::ThroughTable<ByTable>);

TEST_CASE_TEMPLATE("a call through a table is a call of its function", R, float, double) {
  CHECK(results<ByTable, R>() == results<HostTarget, R>());
}

TEST_CASE("an activation is the table's, if it was compiled with one") {
  std::vector<float> values{1, 2};
  std::vector<float> derivatives(2);
  kernel::activate<ByTable, float>(Scaled{}, 2, values.data(), derivatives.data());
  CHECK(values == std::vector<float>{3, 6});
  CHECK(derivatives == std::vector<float>{3, 3});
  auto const doubled = [](auto x) { return Scaled{}(x); };
  kernel::activate<ByTable, float>(doubled, 2, values.data(), derivatives.data());
  CHECK(values == std::vector<float>{6, 12});
  CHECK(derivatives == std::vector<float>{2, 2});
}
