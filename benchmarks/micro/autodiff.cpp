// Times users' functions under differentiation: the reverse tape and dual numbers, beside plain numbers.

#include "micro.hpp"

#include <wmanifold/autodiff/dual.hpp>
#include <wmanifold/autodiff/tape.hpp>

#include <cmath>

namespace wm = wmanifold;

namespace {

/// A chain of products and tanh over all numbers: 4 operations for each.
template <class Number>
Number chain(std::vector<Number> const& x) {
  using std::tanh;
  Number sum = x[0];
  for (Number const& number : x) {
    sum += tanh(sum * number) - number;
  }
  return sum;
}

template <wm::Real R>
std::vector<R> numbers(wm::Index count) {
  wm::Random random{wm::Seed{1}};
  auto const batch = micro::normal_batch<R>(1, count, random);
  return {batch.data(), batch.data() + count};
}

void count_variables(benchmark::State& state) { state.SetItemsProcessed(state.iterations() * state.range(0)); }

template <wm::Real R>
void plain(benchmark::State& state) {
  auto const x = numbers<R>(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(chain(x));
  }
  count_variables(state);
}

template <wm::Real R>
wm::Variable<R> record(std::vector<R> const& values, std::vector<wm::Variable<R>>& x, wm::Tape<R>& tape) {
  tape.clear();
  x.clear();
  for (R const value : values) {
    x.push_back(tape.variable(value));
  }
  return chain(x);
}

template <wm::Real R>
void tape_record(benchmark::State& state) {
  auto const values = numbers<R>(state.range(0));
  std::vector<wm::Variable<R>> x;
  wm::Tape<R> tape;
  for (auto _ : state) {
    benchmark::DoNotOptimize(record(values, x, tape));
  }
  count_variables(state);
}

template <wm::Real R>
void tape_backward(benchmark::State& state) {
  auto const values = numbers<R>(state.range(0));
  std::vector<wm::Variable<R>> x;
  wm::Tape<R> tape;
  auto const y = record(values, x, tape);
  for (auto _ : state) {
    tape.backward(y);
    benchmark::DoNotOptimize(tape.gradient(x[0]));
  }
  count_variables(state);
}

/// All derivatives, `n` in each evaluation.
template <wm::Real R, int n>
void dual(benchmark::State& state) {
  auto const values = numbers<R>(state.range(0));
  std::vector<wm::Dual<R, n>> x(values.begin(), values.end());
  for (auto _ : state) {
    for (std::size_t first = 0; first < x.size(); first += n) {
      for (std::size_t i = 0; i < n; ++i) {
        x[first + i] = wm::Dual<R, n>::variable(values[first + i], static_cast<int>(i));
      }
      benchmark::DoNotOptimize(chain(x));
      for (std::size_t i = 0; i < n; ++i) {
        x[first + i] = values[first + i];
      }
    }
  }
  count_variables(state);
}

}  // namespace

int main(int argc, char** argv) {
  micro::for_reals([]<class R>() {
    auto const sweep = [](benchmark::internal::Benchmark* of, wm::Index most) {
      of->ArgName("variables")->RangeMultiplier(8)->Range(8, most);
    };
    sweep(micro::add(micro::named<R>("autodiff/plain"), plain<R>), 32768);
    sweep(micro::add(micro::named<R>("autodiff/tape_record"), tape_record<R>), 32768);
    sweep(micro::add(micro::named<R>("autodiff/tape_backward"), tape_backward<R>), 32768);
    sweep(micro::add(micro::named<R>("autodiff/dual") + "/directions:1", dual<R, 1>), 512);
    sweep(micro::add(micro::named<R>("autodiff/dual") + "/directions:4", dual<R, 4>), 512);
    sweep(micro::add(micro::named<R>("autodiff/dual") + "/directions:8", dual<R, 8>), 512);
  });
  return micro::run(argc, argv);
}
