#include "case.hpp"
#include "points.hpp"

#include <wmanifold/wmanifold.hpp>

#include <memory>

namespace comparison {
namespace {

namespace wm = wmanifold;

template <class Activation, int inputs, int hidden, int outputs>
struct OurPoint {
  wm::Network<wm::Dense<inputs, hidden>, Activation, wm::Dense<hidden, hidden>, Activation, wm::Dense<hidden, outputs>>
      network;
  std::vector<float> x;
  std::vector<float> y = std::vector<float>(PointProblem::samples * outputs);
  std::size_t step;

  explicit OurPoint(PointProblem const& problem) : x(problem.inputs), step(static_cast<std::size_t>(problem.step)) {
    auto to = network.parameters().begin();  // layer by layer, inputs x outputs, then the bias
    for (auto const& layer : problem.parameters) {
      to = std::copy(layer.begin(), layer.end(), to);
    }
  }

  void run(std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i) {
      std::size_t const b = i % PointProblem::samples;
      network(std::span<float const>(x.data() + b * step, inputs), std::span<float>(y.data() + b * outputs, outputs));
      keep(y.data());
    }
  }

  void run_blocks(std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i) {
      network.process(x, static_cast<wm::Index>(step), y);
      keep(y.data());
    }
  }
};

template <class Activation, int inputs, int hidden, int outputs>
bool try_point(PointProblem const& problem, Bend bend, Call call, Answering& answering) {
  if (problem.widths != std::vector{inputs, hidden, hidden, outputs} || problem.bend != bend) {
    return false;
  }
  auto const point = std::make_shared<OurPoint<Activation, inputs, hidden, outputs>>(problem);
  answering = {[=](std::size_t calls) { call == Call::sample ? point->run(calls) : point->run_blocks(calls); },
               [point] { return point->y; }};
  return true;
}

Answering answering_of(PointProblem const& problem, Call call) {
  Answering answering;
  bool const is_known = try_point<wm::Relu, 64, 32, 10>(problem, Bend::relu, call, answering) ||
                        try_point<wm::Tanh, 2, 16, 1>(problem, Bend::tanh, call, answering) ||
                        try_point<wm::Relu, 2, 16, 1>(problem, Bend::relu, call, answering) ||
                        try_point<wm::Relu, 64, 128, 10>(problem, Bend::relu, call, answering) ||
                        try_point<wm::Relu, 32, 16, 1>(problem, Bend::relu, call, answering) ||
                        try_point<wm::Tanh, 32, 16, 1>(problem, Bend::tanh, call, answering);
  if (!is_known) {
    wm::fail("comparison: expected a network that this program is compiled for, got ", problem.name);
  }
  return answering;
}

struct Walk {
  using Point = OurPoint<wm::Tanh, 32, 16, 1>;
  using Basis = wm::Bernstein<wm::Box<2>, 2>;
  using Model = decltype(wm::lift<Basis>(Point::network));

  wm::Walker<Model> walker;
  wm::Index step;
  std::vector<float> x;
  std::vector<float> y = std::vector<float>(PointProblem::samples);

  explicit Walk(PointProblem const& problem)
      : walker(std::make_shared<Model const>(wm::lift<Basis>(Point(problem).network)),
               wm::Box<2>::at(wm::Interval::at(0.3), wm::Interval::at(0.6)), {.speed = 1e-3, .every = 32}),
        step(problem.step),
        x(problem.inputs) {}

  void run(std::size_t calls) {
    for (std::size_t i = 0; i < calls; ++i) {
      walker.process(x, step, y);
      keep(y.data());
    }
  }
};

struct Move {
  using Model = wm::Manifold<wm::Ellipse, wm::Dense<64, 32>, wm::Relu, wm::Dense<32, 32>, wm::Relu, wm::Dense<32, 10>>;

  Model model{wm::zeros};
  std::vector<wm::Point<wm::S1>> points;
  Model::Network network;

  explicit Move(Problem const& problem) {
    for (double const angle : problem.contexts) {
      points.push_back(wm::S1::radians(angle));
    }
    for (wm::Index k = 0; k < Model::basis_size(); ++k) {
      auto to = model.parameters().row(k).begin();
      for (auto const& layer : problem.parameters) {
        auto const size = static_cast<std::ptrdiff_t>(layer.size()) / Model::basis_size();
        to = std::transform(layer.begin() + k * size, layer.begin() + (k + 1) * size, to,
                            [](double x) { return static_cast<float>(x); });
      }
    }
  }

  void run(std::size_t calls) {
    for (std::size_t i = calls; i-- > 0;) {  // counts down, so that the last angle comes last
      model.at(points[points.size() - 1 - i % points.size()], network);
      keep(network.parameters().data());
    }
  }
};

}  // namespace

Answering point_ours(PointProblem const& problem) { return answering_of(problem, Call::sample); }
Answering block_ours(PointProblem const& problem) { return answering_of(problem, Call::block); }

Answering walker_ours(PointProblem const& problem) {
  if (problem.sizes() != "32-16-16-1" || problem.bend != Bend::tanh) {
    wm::fail("comparison: expected the network 32-16-16-1 with tanh, got ", problem.name);
  }
  auto const walk = std::make_shared<Walk>(problem);
  return {[walk](std::size_t calls) { walk->run(calls); }, [walk] { return walk->y; }};
}

Answering move_ours(Problem const& problem) {
  auto const move = std::make_shared<Move>(problem);
  return {[move](std::size_t calls) { move->run(calls); },
          [move] {
            auto const numbers = move->network.parameters();
            return std::vector<float>(numbers.begin(), numbers.end());
          }};
}

}  // namespace comparison
