#include <wmanifold/manifold/manifold.hpp>

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/bspline.hpp>
#include <wmanifold/basis/catmull_rom.hpp>
#include <wmanifold/basis/constant.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/legendre.hpp>
#include <wmanifold/basis/one_per_context.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/topology/sampling.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>
#include <support/threads.hpp>

#include <limits>

namespace wm = wmanifold;
using wm::Bernstein, wm::Constant, wm::Contexts, wm::Dense, wm::Fourier, wm::Index, wm::Interval, wm::Legendre, wm::S1,
    wm::S2, wm::SphericalHarmonics, wm::Tensor, wm::Torus;

namespace {

template <class R, class B>
using Listed = wm::BasicManifold<R, B, wm::LayerList>;
using Ellipse = wm::BasicManifold<double, wm::Ellipse, Dense<3, 5>, wm::Tanh, Dense<5, 2>>;

wm::LayerList layers() { return wm::LayerList({3, 9, 17, 2}, {"tanh", "softplus", "identity"}); }

/// Computes M(s) = sum_k phi_k(s) P_k, then layer by layer, in double.
template <class Model>
Eigen::VectorXd by_hand(Model const& model, wm::Point<typename Model::Topology> const& s, Eigen::VectorXd x) {
  auto const phi = wm::values_at(model.basis(), s);
  for (Index l = 0; l < model.stack().depth(); ++l) {
    auto const& shape = model.stack().dense(l);
    Eigen::MatrixXd weight = Eigen::MatrixXd::Zero(shape.outputs, shape.inputs);
    Eigen::VectorXd bias = Eigen::VectorXd::Zero(shape.outputs);
    for (Index k = 0; k < model.basis_size(); ++k) {
      weight += phi[static_cast<std::size_t>(k)] * model.weight(k, l).template cast<double>();
      bias += phi[static_cast<std::size_t>(k)] * model.bias(k, l).template cast<double>();
    }
    x = (weight * x + bias).eval();
    model.stack().with_activation(l, [&](auto const& f) { x = x.unaryExpr([&](double y) { return f(y).value; }); });
  }
  return x;
}

template <class R, class B>
void check_forward() {
  CAPTURE(B::name());
  Listed<R, B> model(wm::zeros, B{}, layers());
  support::randomise(model, 1);
  Index const samples = 12;
  auto const x = support::matrix<R>(samples, 3, 2);
  wm::Random random(wm::Seed{3});
  auto const points = wm::uniform_points<typename B::Topology>(samples, random);
  std::vector<wm::Point<typename B::Topology>> const few(points.begin(), points.begin() + 3);
  std::vector<Index> const sizes{1, 7, 4};
  wm::Workspace<R> work;
  auto const worst = [&](Contexts<typename B::Topology> const& contexts) {
    auto const outputs = model.forward(x, contexts, work);
    double difference = 0;
    double size = 0;
    std::size_t g = 0;
    for (Index b = 0; b < samples; ++b) {
      if (!contexts.per_sample() && b == contexts.ends()[g]) {
        ++g;
      }
      auto const& s = contexts.points()[contexts.per_sample() ? static_cast<std::size_t>(b) : g];
      Eigen::VectorXd const expected = by_hand(model, s, x.row(b).transpose().template cast<double>());
      difference = support::larger(difference, (outputs.row(b).transpose().template cast<double>() - expected).norm());
      size = std::max(size, expected.cwiseAbs().maxCoeff());
    }
    return difference / size;
  };
  double const allowed = std::same_as<R, double> ? 1e-13 : 1e-5;
  CHECK(worst(points) < allowed);
  CHECK(worst(Contexts<typename B::Topology>::grouped(few, sizes)) < allowed);
}

template <class Action>
void refuses(Action const& action, std::string const& message) {
  CHECK_THROWS_WITH_AS(action(), doctest::Contains(message.c_str()), wm::ArgumentError);
}

std::vector<wm::Point<S1>> angles(Index count) {
  wm::Random random(wm::Seed{11});
  return wm::uniform_points<S1>(count, random);
}

}  // namespace

TEST_CASE_TEMPLATE("forward is the mixed network, over every topology and basis", B, Constant<>, Bernstein<Interval, 1>,
                   Bernstein<Interval, 4>, Legendre<Interval, 3>, Fourier<S1, 1>, Fourier<S1, 3>, Fourier<Torus<2>, 1>,
                   SphericalHarmonics<S2, 2>, Tensor<Bernstein<Interval, 1>, Fourier<S1, 1>>,
                   Bernstein<wm::Product<Interval, Interval>, 2>) {
  check_forward<double, B>();
  check_forward<float, B>();
}

TEST_CASE("a manifold with a single dense layer, and one of the least size") {
  wm::BasicManifold<double, wm::Line, Dense<1, 1>> model(wm::zeros);
  model.weight(0, 0)(0, 0) = 2;
  model.weight(1, 0)(0, 0) = 4;
  model.bias(1, 0)(0) = 8;
  wm::Workspace<double> work;
  wm::Matrix<double> const x{{3.0}};
  CHECK(model.predict(x, Contexts<Interval>({Interval::at(0.25)}), work)(0, 0) == 2.5 * 3 + 2);
  CHECK(model.at(Interval::at(0.25)).weight(0)(0, 0) == 2.5);
}

TEST_CASE("predictions of many samples equal those of one batch") {
  Ellipse model(wm::he_normal.spread(0.5), wm::Seed{1});
  Index const samples = 700;  // more than two batches
  auto const x = support::matrix<double>(samples, 3, 2);
  wm::Workspace<double> work;
  Contexts<S1> const single(angles(samples));
  CHECK(model.predict(x, single) == model.predict(x, single, work));
  auto const grouped = Contexts<S1>::grouped(angles(4), std::vector<Index>{1, 300, 398, 1});
  CHECK(model.predict(x, grouped).isApprox(model.predict(x, grouped, work), 1e-13));
  auto const one = Contexts<S1>::constant(S1::degrees(40), samples);
  CHECK(model.predict(x, one).isApprox(model.predict(x, one, work), 1e-13));
}

TEST_CASE("a batch may be a part of a larger one, or lie by columns") {
  Ellipse model(wm::he_normal.spread(0.5), wm::Seed{1});
  auto const x = support::matrix<double>(6, 8, 2);
  wm::Workspace<double> one;
  wm::Workspace<double> other;
  wm::Matrix<double> const part = x.block(1, 2, 4, 3);
  Eigen::MatrixXd const by_columns = part;
  Contexts<S1> const contexts(angles(4));
  CHECK(model.predict(x.block(1, 2, 4, 3), contexts, one) == model.predict(part, contexts, other));
  CHECK(model.predict(by_columns, contexts, one) == model.predict(part, contexts, other));
}

TEST_CASE("one workspace serves batches of any size and models of any depth, one after the other") {
  Ellipse small(wm::he_normal.spread(0.5), wm::Seed{1});
  Listed<double, wm::Ellipse> deep(wm::he_normal.spread(0.5), wm::Seed{1}, {}, layers());
  wm::Workspace<double> used;
  for (Index const samples : {5, 40, 2}) {
    auto const x = support::matrix<double>(samples, 3, 2);
    Contexts<S1> const contexts(angles(samples));
    wm::Workspace<double> fresh;
    CHECK(deep.forward(x, contexts, used) == deep.forward(x, contexts, fresh));
    wm::Workspace<double> fresh_too;
    CHECK(small.forward(x, contexts, used) == small.forward(x, contexts, fresh_too));
  }
}

TEST_CASE("layers are frozen and thawed") {
  Ellipse model(wm::he_normal, wm::Seed{1});
  CHECK(!model.is_frozen(0));
  model.freeze(0);
  CHECK(model.is_frozen(0));
  CHECK(!model.is_frozen(1));
  Ellipse const copy = model;
  CHECK(copy == model);
  model.unfreeze(0);
  CHECK(!model.is_frozen(0));
  CHECK(copy != model);
}

TEST_CASE("sizes are the layers', rows the basis's") {
  Ellipse const model(wm::zeros);
  CHECK(model.basis_size() == 3);
  CHECK(model.inputs() == 3);
  CHECK(model.outputs() == 2);
  CHECK(model.parameters().rows() == 3);
  CHECK(model.parameters().columns() == 4 * 5 + 6 * 2);
  CHECK(model.weight(2, 0).rows() == 5);
  CHECK(model.weight(2, 0).cols() == 3);
  CHECK(model.bias(2, 1).size() == 2);
  static_assert(std::default_initializable<wm::Ellipse>);
  static_assert(
      !std::constructible_from<wm::BasicManifold<double, wm::Ellipse, Dense<>>, wm::Initialisation, wm::Seed>);
}

TEST_CASE("arguments that do not fit are refused, with the expected and the actual value, and change nothing") {
  Ellipse model(wm::he_normal.spread(0.5), wm::Seed{1});
  auto const before = model;
  wm::Workspace<double> work;
  auto const x = support::matrix<double>(4, 3, 2);
  Contexts<S1> const contexts(angles(4));
  wm::Matrix<double> const good = model.forward(x, contexts, work);

  for (bool const keep : {false, true}) {
    auto const pass = [&](wm::Matrix<double> const& inputs, Contexts<S1> const& at) {
      return [&, keep] { keep ? model.forward(inputs, at, work) : model.predict(inputs, at, work); };
    };
    refuses(pass(wm::Matrix<double>(0, 3), Contexts<S1>(angles(0))),
            "inputs: expected at least one sample, got an empty batch");
    refuses(pass(wm::Matrix<double>::Zero(4, 2), contexts), "inputs: expected 3 columns, got 2");
    refuses(pass(x, Contexts<S1>(angles(3))), "contexts: expected 4 samples, as many as the inputs have rows, got 3");
    refuses(pass(x, Contexts<S1>::grouped(angles(2), 3)), "expected 4 samples, as many as the inputs have rows, got 6");
    auto bad = x;
    bad(1, 2) = std::numeric_limits<double>::quiet_NaN();
    refuses(pass(bad, contexts), "inputs: expected finite numbers, got nan in row 1, column 2");
    bad(1, 2) = std::numeric_limits<double>::infinity();
    refuses(pass(bad, contexts), "got inf in row 1, column 2");
    refuses([&] { (void)model.predict(bad, contexts); }, "got inf in row 1, column 2");
  }

  // The workspace still holds the valid pass.
  auto const slope = support::matrix<double>(4, 2, 3);
  wm::Parameters<double> gradient(3, model.parameters().columns());
  CHECK_NOTHROW(model.backward(x, contexts, slope, work, gradient));
  wm::Parameters<double> const whole = gradient;

  auto const back = [&](auto const& inputs, auto const& at, auto const& outputs, wm::Index rows, wm::Index columns) {
    return [&, rows, columns] {
      wm::Parameters<double> block(rows, columns);
      model.backward(inputs, at, outputs, work, block);
    };
  };
  Index const n = model.parameters().columns();
  refuses(back(x, contexts, slope, 2, n), "gradient: expected 3 rows, got 2");
  refuses(back(x, contexts, slope, 3, n + 1), "gradient: expected 32 columns, got 33");
  wm::Matrix<double> const short_slope = slope.topRows(3);
  wm::Matrix<double> const wide_slope = support::matrix<double>(4, 3, 3);
  wm::Matrix<double> const fewer = x.topRows(3);
  wm::Matrix<double> const narrow = support::matrix<double>(4, 2, 3);
  Contexts<S1> const three(angles(3));
  refuses(back(x, contexts, short_slope, 3, n), "output gradient: expected 4 rows, got 3");
  refuses(back(x, contexts, wide_slope, 3, n), "output gradient: expected 2 columns, got 3");
  refuses(back(fewer, contexts, slope, 3, n), "expected 4 samples, as in the forward pass before it, got 3");
  refuses(back(narrow, contexts, slope, 3, n), "backward: expected 3 inputs, got 2");
  refuses(back(x, three, slope, 3, n), "contexts: expected 4 samples, got 3");
  auto const pairs = Contexts<S1>::grouped(angles(2), {2, 2});
  auto const others = Contexts<S1>::grouped(angles(2), {1, 3});
  refuses(back(x, pairs, slope, 3, n), "backward: expected the contexts of the forward pass, in its 4 groups, got 2");
  model.backward(x, contexts, slope, work, gradient);
  CHECK(gradient == whole);
  CHECK_NOTHROW(model.backward(x, Contexts<S1>::grouped(angles(4), {1, 1, 1, 1}), slope, work, gradient));
  model.forward(x, pairs, work);
  refuses(back(x, contexts, slope, 3, n), "in its 2 groups, got 4");
  refuses(back(x, others, slope, 3, n), "in its 2 groups, got 2 of other sizes");
  model.forward(x, contexts, work);

  model.predict(x, contexts, work);
  refuses(back(x, contexts, slope, 3, n), "expected a forward pass of the same batch through this workspace before it");
  wm::Workspace<double> fresh;
  refuses([&] { model.backward(x, contexts, slope, fresh, gradient); }, "expected a forward pass");
  {
    wm::BasicManifold<double, wm::Ellipse, wm::Dense<3, 2>> const other(wm::he_normal, wm::Seed{1});
    other.forward(x, contexts, work);  // another model has used the workspace since
    refuses(back(x, contexts, slope, 3, n), "expected a forward pass of the same batch through this workspace");
  }

  for (Index const l : {-1, 2}) {
    auto const text = "expected a dense layer in [0, 1], got " + std::to_string(l);
    refuses([&] { model.freeze(l); }, text);
    refuses([&] { model.unfreeze(l); }, text);
    refuses([&] { (void)model.is_frozen(l); }, text);
    refuses([&] { (void)model.weight(0, l); }, text);
    refuses([&] { (void)model.bias(0, l); }, text);
  }
  for (Index const k : {-1, 3}) {
    refuses([&] { (void)model.weight(k, 0); }, "expected a row in [0, 2], got " + std::to_string(k));
    refuses([&] { (void)model.bias(k, 0); }, "expected a row in [0, 2], got " + std::to_string(k));
  }
  wm::Parameters<double> other(3, n - 1);
  refuses([&] { (void)model.weight(other, 0, 0); }, "block: expected 32 columns, got 31");

  CHECK(model == before);
  CHECK(model.forward(x, contexts, work) == good);
}

TEST_CASE("a run-time network with other layers is refused and left unchanged") {
  Listed<double, wm::Ellipse> model(wm::he_normal, wm::Seed{1}, {}, layers());
  wm::BasicNetwork<double, wm::LayerList> other(wm::LayerList({3, 4, 2}, {"tanh", "identity"}));
  auto const before = other;
  refuses([&] { model.at(S1::degrees(0), other); }, "expected a network of the manifold's own layers");
  CHECK(other == before);
  // The same number of parameters in other layers.
  wm::BasicNetwork<double, wm::LayerList> renamed(wm::LayerList({3, 9, 17, 2}, {"tanh", "relu", "identity"}));
  refuses([&] { model.at(S1::degrees(0), renamed); }, "expected a network of the manifold's own layers");
}

TEST_CASE("manifolds are copied and moved as values, with run-time layers too") {
  Listed<double, wm::Ellipse> model(wm::he_normal.spread(1), wm::Seed{1}, {}, layers());
  model.freeze(1);
  auto const copy = model;
  auto moved = std::move(model);
  CHECK(copy == moved);
  Listed<double, wm::Ellipse> assigned(wm::zeros, {}, wm::LayerList({1, 1}, {"relu"}));
  assigned = copy;  // the other layers are copied too
  CHECK(assigned == copy);
  CHECK(assigned.is_frozen(1));
  std::swap(assigned, moved);
  CHECK(moved == copy);
  moved.weight(0, 0)(0, 0) += 1;
  CHECK(moved != copy);
}

TEST_CASE("requests for a layer's weights are checked") {
  Listed<double, wm::Ellipse> model(
      wm::he_normal, wm::Seed{1}, {},
      wm::LayerList{wm::Dense<>(2, 3), wm::SharedDense<>(3, 2), wm::LowRankDense<>(2, 2, 1), wm::GainDense<>(2, 4)});
  CHECK(model.weight(1, 0).rows() == 3);
  CHECK(model.shared_weight(1).rows() == 2);
  CHECK(model.shared_weight(1).cols() == 3);
  CHECK(model.shared_bias(2).size() == 2);
  CHECK(model.shared_weight(3).rows() == 4);
  CHECK(model.bias(2, 3).size() == 4);
  CHECK(model.gain(2, 3).size() == 4);
  refuses([&] { (void)model.weight(1, 1); },
          "expected a layer with weights in every row, got dense layer 1, which is shared, low-rank or of gains");
  refuses([&] { (void)model.weight(1, 3); }, "got dense layer 3, which is shared, low-rank or of gains");
  refuses([&] { (void)model.bias(0, 2); },
          "expected a layer with biases in every row, got dense layer 2, which is shared or low-rank");
  refuses([&] { (void)model.gain(0, 2); }, "expected a layer of gains, got dense layer 2, which has none");
  refuses([&] { (void)model.gain(3, 3); }, "expected a row in [0, 2], got 3");
  refuses([&] { (void)model.shared_weight(0); },
          "expected a layer with shared weights, got dense layer 0, which is on the manifold");
  refuses([&] { (void)model.shared_bias(3); },
          "expected a layer with shared biases, got dense layer 3, whose biases are in the rows");
  refuses([&] { (void)model.shared_bias(4); }, "expected a dense layer in [0, 3], got 4");
}

TEST_CASE("a backward pass through a workspace that another model has used is refused") {
  Index const samples = 5;
  auto const inputs = support::matrix<double>(samples, 3, 1);
  auto const slopes = support::matrix<double>(samples, 2, 2);
  Contexts<S1> const contexts = Contexts<S1>::constant(S1::degrees(40), samples);
  auto const of = [](wm::LayerList list) {
    return Listed<double, wm::Ellipse>(wm::he_normal.spread(1), wm::Seed{1}, {}, std::move(list));
  };
  auto const model = of(wm::LayerList({3, 4, 2}, {"tanh", "identity"}));
  // All have the same number of parameters with padding.
  for (auto const& other :
       {of(wm::LayerList({3, 5, 2}, {"tanh", "identity"})), of(wm::LayerList({3, 4, 2}, {"identity", "tanh"})),
        of(wm::LayerList{wm::Dense<>(3, 4), wm::Tanh{}, wm::Dense<>(4, 1), wm::Dense<>(1, 2)})}) {
    wm::Workspace<double> work;
    auto gradient = other.parameters().zeros_like();
    REQUIRE(other.parameters().numbers().size() == model.parameters().numbers().size());
    model.forward(inputs, contexts, work);
    CHECK_THROWS_WITH_AS(other.backward(inputs, contexts, slopes, work, gradient),
                         doctest::Contains("expected a forward pass of the same batch"), wm::ArgumentError);
    other.forward(inputs, contexts, work);
    CHECK_NOTHROW(other.backward(inputs, contexts, slopes, work, gradient));
  }
}

namespace {

/// All results of a batch: outputs and gradients, row by row in double.
template <class Model>
std::vector<wm::SmallMatrix> results_of(Model const& model, Contexts<typename Model::Topology> const& contexts,
                                        wm::Mixing mixing) {
  using R = typename Model::Scalar;
  auto const x = support::matrix<R>(contexts.samples(), model.inputs(), 2);
  auto const dy = support::matrix<R>(contexts.samples(), model.outputs(), 3);
  wm::Workspace<R> work;
  work.mixing = mixing;
  auto gradient = model.parameters().zeros_like();
  std::fill(gradient.numbers().begin(), gradient.numbers().end(), R{9});  // must be overwritten
  std::fill(gradient.shared().begin(), gradient.shared().end(), R{9});
  std::vector<wm::SmallMatrix> results{model.forward(x, contexts, work).template cast<double>()};
  CHECK(work.coefficients.plan.mixing == mixing);
  constexpr bool is_smooth = wm::DifferentiableBasis<typename Model::Basis>;
  auto const views = model.backward(x, contexts, dy, work, gradient, {.inputs = true, .contexts = is_smooth});
  results.emplace_back(views.inputs.template cast<double>());
  results.emplace_back(views.contexts);
  results.emplace_back(gradient.matrix().template cast<double>());
  auto const shared = gradient.shared();
  results.emplace_back(Eigen::Map<Eigen::VectorX<R> const>(shared.data(), std::ssize(shared)).template cast<double>());
  return results;
}

wm::LayerList all_placements() {
  return {wm::Dense<>(5, 20),          wm::Tanh{},       wm::SharedDense<>(20, 7), wm::Softplus{},
          wm::LowRankDense<>(7, 9, 2), wm::Dense<>(9, 3)};
}

template <class R, class B>
Listed<R, B> random_model() {
  Listed<R, B> model(wm::zeros, B{}, all_placements());
  support::randomise(model, 1);
  auto const shared = support::normals<R>(std::ssize(model.parameters().shared()), 9);
  std::copy(shared.begin(), shared.end(), model.parameters().shared().begin());
  return model;
}

/// Contexts of `groups` groups, `size` samples in each but the last, which has one.
template <class Space>
Contexts<Space> grouped(std::vector<wm::Point<Space>> points, Index size) {
  std::vector<Index> sizes(points.size(), size);
  sizes.back() = 1;
  return Contexts<Space>::grouped(std::move(points), sizes);
}

template <class R, class B>
void check_groups(std::vector<wm::Point<typename B::Topology>> const& points, bool has_spans = true) {
  CAPTURE(B::name());
  auto model = random_model<R, B>();
  for (Index const size : {1, 3, 8}) {
    CAPTURE(size);
    for (bool const frozen : {false, true}) {
      if (frozen) {
        model.freeze(0);
      } else {
        model.unfreeze(0);
      }
      auto const contexts = grouped<typename B::Topology>(points, size);
      wm::Workspace<R> work;
      work.mixing = wm::Mixing::by_groups;
      model.predict(support::matrix<R>(contexts.samples(), 5, 2), contexts, work);
      CHECK(!work.coefficients.spans.empty() == has_spans);
      auto const ours = results_of(model, contexts, wm::Mixing::by_groups);
      auto const theirs = results_of(model, contexts, wm::Mixing::per_sample);
      for (std::size_t i = 0; i < ours.size(); ++i) {
        CAPTURE(i);
        if (ours[i].size() > 0) {
          double const size_of = theirs[i].cwiseAbs().maxCoeff();
          double const apart = (ours[i] - theirs[i]).cwiseAbs().maxCoeff();
          CHECK(apart <= (std::same_as<R, double> ? 1e-12 : 1e-5) * size_of);
        }
      }
    }
  }
}

template <class Space>
std::vector<wm::Point<Space>> random_points(Index count) {
  wm::Random random(wm::Seed{11});
  return wm::uniform_points<Space>(count, random);
}

}  // namespace

TEST_CASE_TEMPLATE("in a basis of local support, contexts by groups are those per sample", R, double, float) {
  using Chain = wm::PolygonalChain<Interval, 16>;
  using Closed = wm::CatmullRom<S1, 16>;
  using Each = wm::OnePerContext<wm::Finite<32>>;
  for (Index const groups : {1, 2, 20, 60}) {
    CAPTURE(groups);
    check_groups<R, Chain>(random_points<Interval>(groups));
    check_groups<R, Closed>(random_points<S1>(groups));
    check_groups<R, Each>(random_points<wm::Finite<32>>(groups));
  }
  check_groups<R, Tensor<Chain, Closed>>(random_points<wm::Product<Interval, S1>>(40));
  check_groups<R, wm::Ellipse>(random_points<S1>(12), false);
  std::vector<wm::Point<Interval>> knots;
  std::vector<wm::Point<S1>> corners;
  for (int i : {7, 3, 15, 0, 3, 11}) {
    knots.push_back(Interval::at(i / 15.0));
    corners.push_back(S1::degrees(i * 22.5));
  }
  check_groups<R, Chain>(knots);
  check_groups<R, Closed>(corners);
}

TEST_CASE("groups in a basis of local support do not depend on the number of threads, to the last bit") {
  Listed<float, wm::CatmullRom<S1, 16>> model(wm::he_normal.spread(0.1), wm::Seed{1}, {},
                                              wm::LayerList({196, 96, 10}, {"relu", "identity"}));
  auto const contexts = Contexts<S1>::grouped(random_points<S1>(32), 8);
  static_assert(256 * 196 * 96 > 2 * wm::parallel_threshold, "two threads are worth it");
  auto const on = [&](int threads) {
    support::Threads const limit(threads);
    return results_of(model, contexts, wm::Mixing::by_groups);
  };
  CHECK(on(1) == on(2));
}
