// Checks that every mistake breaks a law, and each its own.

#include <wmanifold/basis/bernstein.hpp>
#include <wmanifold/basis/fourier.hpp>
#include <wmanifold/basis/spherical_harmonics.hpp>
#include <wmanifold/testing/flow_laws.hpp>

#include <doctest/doctest.h>

#include <support/batches.hpp>
#include <support/laws.hpp>

namespace wm = wmanifold;
using support::check_laws;
using wm::Index;

namespace {

using Harmonics = wm::SphericalHarmonics<wm::S2, 1>;
using Model = wm::BasicManifold<double, Harmonics, wm::LayerList>;
using Contexts = wm::Contexts<wm::S2>;
using Inputs = wm::ConstMatrixRef<double>;

/// A model whose backward pass lets `spoil` change the results.
struct Spoiled : Model {
  using Spoil = void (*)(Model const&, Contexts const&, wm::Workspace<double>&, wm::Parameters<double>&);
  using Model::Model;
  template <class T>
  wm::InputGradients<double> run_backward(Inputs const& inputs, Contexts const& contexts, Inputs const& output_gradient,
                                          wm::Workspace<double>& work, wm::Parameters<double>& gradient,
                                          wm::GradientRequest request) const {
    auto const views = Model::run_backward<T>(inputs, contexts, output_gradient, work, gradient, request);
    spoil(*this, contexts, work, gradient);
    return views;
  }
  Spoil spoil = nullptr;
};

void nothing(Model const&, Contexts const&, wm::Workspace<double>&, wm::Parameters<double>&) {}
void weights(Model const& model, Contexts const&, wm::Workspace<double>&, wm::Parameters<double>& gradient) {
  model.weight(gradient, 2, 1) *= 1.00001;
}
void biases(Model const& model, Contexts const&, wm::Workspace<double>&, wm::Parameters<double>& gradient) {
  model.bias(gradient, 0, 0)(1) += 1e-4;
}
void inputs(Model const&, Contexts const&, wm::Workspace<double>& work, wm::Parameters<double>&) {
  work.scratch.delta[1] += 1e-4;
}
void contexts(Model const&, Contexts const&, wm::Workspace<double>& work, wm::Parameters<double>&) {
  for (double& x : work.contexts.gradient) {
    x *= 1.0001;
  }
}
void off_the_tangent(Model const&, Contexts const& at, wm::Workspace<double>& work, wm::Parameters<double>&) {
  for (std::size_t c = 0; c < 3; ++c) {
    work.contexts.gradient[c] += 1e-4 * at.points()[0][c];
  }
}
void groups(Model const& model, Contexts const& at, wm::Workspace<double>&, wm::Parameters<double>& gradient) {
  if (!at.per_sample()) {
    model.bias(gradient, 0, 0)(0) += 1e-8;  // too little for differences
  }
}
#ifdef _OPENMP
void threads(Model const& model, Contexts const&, wm::Workspace<double>&, wm::Parameters<double>& gradient) {
  model.bias(gradient, 0, 0)(0) *= 1 + 1e-15 * omp_get_max_threads();
}
#endif

struct WrongAt : Model {
  using Model::Model;
  Network at(Point const& s) const {
    auto network = Model::at(s);
    network.parameters()[0] += 1e-9;
    return network;
  }
  void at(Point const& s, Network& network) const { network = at(s); }
};

struct Forgetful : Model {
  using Model::Model;
  Forgetful(Forgetful const& other) : Model(wm::zeros, other.basis(), other.stack()) {}
  Forgetful& operator=(Forgetful const&) = default;
};
struct Shallow : Model {  // a view of another model's parameters, as its copy
  using Model::Model;
  Shallow(Shallow const& other) : Model(other), original(&other) {}
  Shallow& operator=(Shallow const&) = default;
  wm::Parameters<double>& parameters() {
    return original == nullptr ? Model::parameters() : const_cast<Shallow*>(original)->parameters();
  }
  wm::Parameters<double> const& parameters() const { return Model::parameters(); }
  Shallow const* original = nullptr;
};

using Line = wm::BasicManifold<double, wm::Line, wm::LayerList>;
using LineFlow = wm::GradientFlow<Line, wm::MeanSquaredError>;

struct Euclidean : LineFlow {
  static wm::FlowOptions euclidean(wm::FlowOptions options) {
    options.geometry = wm::Geometry::euclidean;
    return options;
  }
  Euclidean(Line& model, wm::MeanSquaredError loss, wm::FlowOptions const& options)
      : LineFlow(model, loss, euclidean(options)) {}
};
struct OverBudget : LineFlow {
  OverBudget(Line& model, wm::MeanSquaredError loss, wm::FlowOptions options)
      : LineFlow(model, loss, options), before(&model) {}
  template <class... Batch>
  wm::Step step(Batch const&... batch) {
    auto const step = LineFlow::step(batch...);
    before->parameters().data()[0] += 1e-4;
    return step;
  }
  Line* before;
};
struct Boaster : LineFlow {
  using LineFlow::LineFlow;
  template <class... Batch>
  wm::Step step(Batch const&... batch) {
    auto step = LineFlow::step(batch...);
    step.movement *= 1 + 1e-14;
    return step;
  }
};
/// A flow that goes the other way.
struct Uphill : LineFlow {
  Uphill(Line& trained, wm::MeanSquaredError loss, wm::FlowOptions const& options)
      : LineFlow(trained, loss, options), model(&trained) {}
  template <class... Batch>
  wm::Step step(Batch const&... batch) {
    Line const before = *model;
    auto const step = LineFlow::step(batch...);
    model->parameters().matrix() = 2 * before.parameters().matrix() - model->parameters().matrix();
    return step;
  }
  Line* model;
};
/// A flow that reports its steps and takes none.
struct Idle : LineFlow {
  Idle(Line& trained, wm::MeanSquaredError loss, wm::FlowOptions const& options)
      : LineFlow(trained, loss, options), model(&trained) {}
  template <class... Batch>
  wm::Step step(Batch const&... batch) {
    Line const before = *model;
    auto const step = LineFlow::step(batch...);
    model->parameters().matrix() = before.parameters().matrix();
    return step;
  }
  Line* model;
};

struct WrongNetwork : wm::BasicNetwork<double, wm::LayerList> {
  using BasicNetwork::BasicNetwork;
  std::span<double const> parameters() const { return other; }
  std::vector<double> other = std::vector<double>(13, 1.0);
};

wm::LayerList layers() { return wm::LayerList({3, 4, 2}, {"tanh", "identity"}); }

template <class M>
std::vector<wm::testing::Violation> broken_by(M model) {
  support::randomise(model, 1);
  auto const inputs = support::matrix<double>(7, 3, 2);
  auto const targets = support::matrix<double>(7, 2, 3);
  return wm::testing::manifold_laws(model, wm::MeanSquaredError{}, inputs, targets, wm::Seed{4});
}

std::vector<wm::testing::Violation> broken_by(Spoiled::Spoil spoil) {
  Spoiled model(wm::zeros, {}, layers());
  model.spoil = spoil;
  return broken_by(model);
}

template <class Flow>
std::vector<wm::testing::Violation> broken_by_flow() {
  Line model(wm::zeros, {}, layers());
  support::randomise(model, 1);
  auto const inputs = support::matrix<double>(7, 3, 2);
  auto const targets = support::matrix<double>(7, 2, 3);
  return wm::testing::flow_laws<Flow>(model, wm::MeanSquaredError{}, inputs, targets, wm::Seed{4});
}

void expect(std::vector<wm::testing::Violation> const& violations, std::vector<std::string> const& laws) {
  INFO(wm::testing::to_string(violations));
  CHECK(violations.size() == laws.size());
  for (auto const& law : laws) {
    CAPTURE(law);
    CHECK(std::any_of(violations.begin(), violations.end(), [&](auto const& v) { return v.law == law; }));
  }
}

}  // namespace

TEST_CASE("a sound model breaks no law") { check_laws(broken_by(nothing)); }

TEST_CASE("each wrong gradient breaks its own law") {
  expect(broken_by(weights), {"the gradient of rows is the slope of the loss"});
  expect(broken_by(biases), {"the gradient of rows is the slope of the loss"});
  expect(broken_by(inputs), {"the gradient of inputs is the slope of the loss"});
  expect(broken_by(contexts), {"the gradient of contexts is the slope of the loss along geodesics"});
  expect(broken_by(off_the_tangent), {"the gradient of contexts is tangent"});
  expect(broken_by(groups), {"shared contexts give the gradient of parameters of single ones"});
#ifdef _OPENMP
  expect(broken_by(threads), {"the gradient of parameters does not depend on the number of threads"});
#endif
}

TEST_CASE("a wrong network at a context breaks its law") {
  expect(broken_by(WrongAt(wm::zeros, {}, layers())), {"the network at a context gives the batch's numbers"});
}

TEST_CASE("copies that forget, or share, break their law") {
  auto const forgetful = broken_by(Forgetful(wm::zeros, {}, layers()));
  CHECK(wm::testing::to_string(forgetful).find("a copy is the same function") != std::string::npos);
  auto const shallow = broken_by(Shallow(wm::zeros, {}, layers()));
  CHECK(wm::testing::to_string(shallow).find("a copy is its own") != std::string::npos);
}

TEST_CASE("flows that are not steepest, or miss their budget, break their law") {
  check_laws(broken_by_flow<LineFlow>());
  expect(broken_by_flow<Euclidean>(), {"no step of equal movement is steeper than the flow's"});
  auto const over = broken_by_flow<OverBudget>();
  CHECK(wm::testing::to_string(over).find("a step moves the manifold by its budget") != std::string::npos);
  expect(broken_by_flow<Boaster>(), {"a step reports its budget"});
  auto const idle = broken_by_flow<Idle>();
  CHECK(wm::testing::to_string(idle).find("a step that is short enough lowers the loss") != std::string::npos);
  auto const uphill = broken_by_flow<Uphill>();
  CHECK(wm::testing::to_string(uphill).find("a step goes down") != std::string::npos);
  CHECK(wm::testing::to_string(uphill).find("a step that is short enough lowers the loss") != std::string::npos);
}

TEST_CASE("liftings and rewritings to other functions break their law") {
  WrongNetwork network(wm::LayerList({2, 3, 1}, {"tanh", "identity"}));
  expect(wm::testing::lift_laws(network, wm::Ellipse{}, wm::Seed{1}),
         {"a lifted network is the network at every context"});
  WrongAt model(wm::zeros, {}, layers());
  support::randomise(model, 1);
  expect(wm::testing::rewrite_laws(model, wm::SphericalHarmonics<wm::S2, 2>{}, wm::Seed{1}),
         {"a rewritten manifold is the same at every context"});
}
