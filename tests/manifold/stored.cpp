#include <wmanifold/manifold/stored.hpp>

#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/deploy/walker.hpp>
#include <wmanifold/manifold/any_manifold.hpp>
#include <wmanifold/manifold/manifold.hpp>
#include <wmanifold/network/layer_list.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>
#include <support/threads.hpp>

#include <limits>
#include <memory>

namespace wm = wmanifold;
using wm::BFloat16, wm::Float16, wm::Dense, wm::Index, wm::S1;

namespace {

/// A basis and a type of stored numbers.
template <class B, class N>
struct With {
  using Basis = B;
  using Number = N;
};
using Bfloat = With<wm::Ellipse, BFloat16>;
using Local = With<wm::CatmullRom<S1, 8>, BFloat16>;
using Float = With<wm::Ellipse, Float16>;
using LocalFloat = With<wm::CatmullRom<S1, 8>, Float16>;

template <class R, class B>
using Fixed = wm::BasicManifold<R, B, Dense<13, 37>, wm::Elu, wm::SharedDense<37, 150>, wm::Tanh,
                                wm::LowRankDense<5, 150, 70>, wm::Silu, wm::GainDense<70, 9>, wm::Silu, Dense<9, 3>>;
template <class R, class B>
using Listed = wm::BasicManifold<R, B, wm::LayerList>;

wm::LayerList layers() {
  return {Dense<>(13, 37),
          wm::Elu{},
          wm::SharedDense<>(37, 150),
          wm::Tanh{},
          wm::LowRankDense<>(150, 70, 5),
          wm::Silu{},
          wm::GainDense<>(70, 9),
          wm::Silu{},
          Dense<>(9, 3)};
}

template <class Model>
Model filled(Model model) {
  auto const fill = [](auto span, std::uint64_t seed) {
    auto const numbers = support::normals<typename Model::Scalar>(static_cast<Index>(span.size()), seed);
    std::transform(numbers.begin(), numbers.end(), span.begin(), [](auto x) { return x / 4; });
  };
  for (Index k = 0; k < model.parameters().rows(); ++k) {
    fill(model.parameters().row(k), 10 + static_cast<std::uint64_t>(k));
  }
  fill(model.parameters().shared(), 3);
  return model;
}

/// Requires that a stored model gives the numbers of its float model, and that this is the rounded source.
template <class N, class Model>
void check(Model const& source, auto const& contexts) {
  using R = typename Model::Scalar;
  auto const stored = wm::stored_as<N>(source);
  Model const model = stored.model();
  CHECK(stored == wm::stored_as<N>(model));
  CHECK(stored.stack() == source.stack());
  CHECK(stored.basis_size() == source.basis_size());
  int wrong = 0;
  for (Index k = 0; k < source.parameters().rows(); ++k) {
    for (std::size_t n = 0; n < source.parameters().row(k).size(); ++n) {
      wrong += model.parameters().row(k)[n] != wm::number_as<R>(N(source.parameters().row(k)[n]));
      wrong += !(stored.parameters().row(k)[n] == N(source.parameters().row(k)[n]));
    }
  }
  for (std::size_t n = 0; n < source.parameters().shared().size(); ++n) {
    wrong += model.parameters().shared()[n] != wm::number_as<R>(N(source.parameters().shared()[n]));
  }
  CHECK(wrong == 0);

  auto const x = support::normals<R>(source.inputs(), 7);
  std::vector<R> scratch(static_cast<std::size_t>(stored.scratch_size()));
  for (auto const& s : contexts) {
    auto const expected = model.at(s);
    CHECK(stored.at(s) == expected);
    auto into = source.at(s);
    stored.at(s, into);
    CHECK(into == expected);
    auto const gone = std::move(into);  // a network with layers in its type is formed again, one with a list is not
    if constexpr (std::remove_cvref_t<decltype(source.stack())>::is_static) {
      stored.at(s, into);
      CHECK(into == gone);
    } else {
      CHECK_THROWS_WITH_AS(stored.at(s, into), doctest::Contains("of the manifold's own layers"), wm::ArgumentError);
    }
    std::vector<R> y(3), of_model(3);
    stored(s, x, y, scratch);
    if constexpr (requires { model(s, x, of_model, scratch); }) {
      model(s, x, of_model, scratch);
      CHECK(y == of_model);
    } else {
      expected(x, of_model, scratch);
      for (std::size_t o = 0; o < y.size(); ++o) {
        CHECK(static_cast<double>(y[o]) == doctest::Approx(static_cast<double>(of_model[o])).epsilon(1e-4));
      }
    }
  }
}

std::vector<wm::Point<S1>> const around{S1::degrees(0), S1::degrees(37), S1::degrees(180), S1::degrees(333)};

/// A model of one layer, without activation.
using One = wm::BasicManifold<double, wm::Ellipse, Dense<20, 33>>;

}  // namespace

TEST_CASE_TEMPLATE("a stored model gives the numbers of its rounded model, to the bit", P, Bfloat, Local, Float,
                   LocalFloat) {
  using B = typename P::Basis;
  using N = typename P::Number;
  check<N>(filled(Fixed<float, B>(wm::zeros)), around);
  check<N>(filled(Fixed<double, B>(wm::zeros)), around);
  check<N>(filled(Listed<float, B>(wm::zeros, {}, layers())), around);
  check<N>(filled(Listed<double, B>(wm::zeros, {}, layers())), around);
  std::vector<std::vector<double>> const numbers{{0.0}, {0.7}, {3.0}};
  check<N>(filled(wm::AnyManifold<float>(wm::AnyBasis("s1", B::name()), wm::Stack<wm::LayerList>(layers()))), numbers);
}

TEST_CASE("a sample with the scratch on the stack, and on any number of threads") {
  using Model =
      wm::Manifold<wm::CatmullRom<S1, 4>, Dense<342, 512>, wm::Elu, Dense<512, 512>, wm::Elu, Dense<512, 311>>;
  auto const stored = wm::stored_as<BFloat16>(Model(wm::he_normal.spread(0.5), wm::Seed{1}));
  auto const x = support::normals<float>(342, 7);
  std::vector<float> expected(311), y(311);
  stored.model()(S1::radians(1.2), x, expected);
  for (int const threads : {1, 2, 3}) {
    support::Threads const guard(threads);
    stored(S1::radians(1.2), x, y);
    CHECK(y == expected);
  }
}

TEST_CASE_TEMPLATE("rounding moves parameters, networks and the outputs of a layer within the bounds", N, BFloat16,
                   Float16) {
  auto const model = filled(One(wm::zeros));
  auto const stored = wm::stored_as<N>(model);
  double const u = N::roundoff;
  double const below = u * wm::number_as<double>(N::smallest_normal());  // of numbers that are not normal
  auto const rounded = stored.model();
  double largest = 0;
  for (Index k = 0; k < 3; ++k) {
    for (std::size_t n = 0; n < model.parameters().row(k).size(); ++n) {
      double const p = model.parameters().row(k)[n];
      double const error = std::abs(rounded.parameters().row(k)[n] - p);
      CHECK(error <= std::max(u * std::abs(p), below));
      largest = std::max(largest, error / std::abs(p));
    }
  }
  CHECK(largest > u / 2);  // the bound is near
  auto const x = support::normals<double>(20, 7);
  for (auto const& s : around) {
    auto const phi = wm::values_at(model.basis(), s);
    auto const exact = model.at(s);
    auto const got = stored.at(s);
    std::vector<double> bound(exact.parameters().size());
    for (std::size_t n = 0; n < bound.size(); ++n) {
      for (std::size_t k = 0; k < 3; ++k) {
        bound[n] += std::abs(phi[k]) * (u * std::abs(model.parameters().row(static_cast<Index>(k))[n]) + below);
      }
      CHECK(std::abs(got.parameters()[n] - exact.parameters()[n]) <= bound[n] + 1e-14);
    }
    std::vector<double> y(33), of_stored(33);
    model(s, x, y);
    stored(s, x, of_stored);
    for (std::size_t o = 0; o < y.size(); ++o) {
      double most = bound[20 * 33 + o];
      for (std::size_t i = 0; i < 20; ++i) {
        most += bound[i * 33 + o] * std::abs(x[i]);
      }
      CHECK(std::abs(y[o] - of_stored[o]) <= most + 1e-13);
      CHECK(std::abs(y[o] - of_stored[o]) > 0);
    }
  }
}

TEST_CASE("numbers out of the range of the stored type are refused, and NaN stays") {
  One model(wm::zeros);
  model.parameters().row(1)[5] = -65519;  // rounds to -65504
  CHECK(wm::number_as<double>(wm::stored_as<Float16>(model).parameters().row(1)[5]) == -65504);
  model.parameters().row(1)[5] = -70000;
  CHECK_THROWS_WITH_AS(
      static_cast<void>(wm::stored_as<Float16>(model)),
      "wmanifold: stored_as: expected finite parameters of at most 65504 for float16, got 70000; use a "
      "type of larger range, or scale the layers",
      wm::ArgumentError);
  CHECK(model.parameters().row(1)[5] == -70000);
  CHECK(wm::number_as<double>(wm::stored_as<BFloat16>(model).parameters().row(1)[5]) == -70144);
  model.parameters().row(1)[5] = 1e39;
  CHECK_THROWS_WITH_AS(static_cast<void>(wm::stored_as<BFloat16>(model)), doctest::Contains("for bfloat16, got 1e+39"),
                       wm::ArgumentError);
  model.parameters().row(1)[5] = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(wm::is_finite(wm::stored_as<Float16>(model).parameters().row(1)[5]));
}

TEST_CASE("wrong sizes and moved-from models are refused, as by the model") {
  using Model = wm::Manifold<wm::Ellipse, Dense<2, 3>, wm::Relu, Dense<3, 1>>;
  Model source(wm::he_normal, wm::Seed{1});
  auto stored = wm::stored_as<BFloat16>(source);
  auto const s = S1::degrees(1);
  std::vector<float> x(2), y(1), scratch(6);
  CHECK_NOTHROW(stored(s, x, y, scratch));
  auto const refuses = [](auto const& action, char const* message) {
    CHECK_THROWS_WITH_AS(action(), doctest::Contains(message), wm::ArgumentError);
  };
  refuses([&] { stored(s, std::span<float const>(x).first(1), y); }, "network input: expected 2");
  refuses([&] { stored(s, x, x); }, "network output: expected 1");
  refuses([&] { stored(s, x, y, std::span<float>(scratch).first(5)); }, "network scratch: expected at least 6");

  auto const taken = std::move(stored);
  refuses([&] { stored(s, x, y); }, "moved-from");
  refuses([&] { static_cast<void>(stored.model()); }, "moved-from");
  CHECK(wm::is_nan(stored.at(s).parameters()[0]));
  CHECK(taken == wm::stored_as<BFloat16>(source));
  auto const moved = std::move(source);
  refuses([&] { static_cast<void>(wm::stored_as<BFloat16>(source)); }, "moved-from");

  auto listed = wm::stored_as<Float16>(filled(Listed<float, wm::Ellipse>(wm::zeros, {}, layers())));
  auto other = Listed<float, wm::Ellipse>(wm::zeros, {}, wm::LayerList{Dense<>(13, 3)}).at(s);
  refuses([&] { listed.at(s, other); }, "network of the manifold's own layers");
  auto const away = std::move(listed);
  refuses([&] { static_cast<void>(listed.at(s)); }, "moved-from");
}

TEST_CASE("a walker follows a stored model as it follows the rounded one") {
  using Model = wm::Manifold<wm::Ellipse, Dense<1, 8>, wm::Tanh, Dense<8, 1>>;
  auto const stored = std::make_shared<wm::Stored<Model, BFloat16>>(Model(wm::he_normal, wm::Seed{1}));
  auto const model = std::make_shared<Model>(stored->model());
  wm::Walker walker(stored, S1::degrees(0), {.speed = 0.01, .every = 16});
  wm::Walker expected(model, S1::degrees(0), {.speed = 0.01, .every = 16});
  walker.set_target(S1::degrees(90));
  expected.set_target(S1::degrees(90));
  auto const x = support::normals<float>(200, 7);
  std::vector<float> y(200), of_model(200);
  walker.process(x, 1, y);
  expected.process(x, 1, of_model);
  CHECK(y == of_model);

  Model broken = *model;
  broken.parameters().row(0)[0] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS(walker.set_model(std::make_shared<wm::Stored<Model, BFloat16>>(broken)),
                       doctest::Contains("walker: expected finite parameters, got inf"), wm::ArgumentError);
}
