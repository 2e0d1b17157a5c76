#include "case.hpp"
#include "points.hpp"

#include <wmanifold/core/error.hpp>

#include <Eigen/Core>

#include <memory>

namespace comparison {
namespace {

template <int inputs, int outputs>
struct Layer {
  Eigen::Matrix<float, outputs, inputs> weights;
  Eigen::Matrix<float, outputs, 1> bias;

  explicit Layer(std::vector<float> const& numbers)
      : weights(Eigen::Map<Eigen::Matrix<float, outputs, inputs> const>(numbers.data())),
        bias(Eigen::Map<Eigen::Matrix<float, outputs, 1> const>(numbers.data() + outputs * inputs)) {}
};

/// A network with all sizes in types.
template <Bend bend, int inputs, int hidden, int outputs>
struct EigenPoint {
  Layer<inputs, hidden> first;
  Layer<hidden, hidden> second;
  Layer<hidden, outputs> last;
  std::vector<float> x;
  std::vector<float> y = std::vector<float>(PointProblem::samples * outputs);
  Eigen::Matrix<float, hidden, PointProblem::samples> ones;  // values of the hidden layers in a block
  Eigen::Matrix<float, hidden, PointProblem::samples> twos;

  explicit EigenPoint(PointProblem const& problem)
      : first(problem.parameters[0]), second(problem.parameters[1]), last(problem.parameters[2]), x(problem.inputs) {}

  template <class Values>
  static auto bent(Values const& values) {
    if constexpr (bend == Bend::relu) {
      return values.cwiseMax(0.0F);
    } else {
      return values.array().tanh().matrix();
    }
  }

  void run(std::size_t calls) {
    using In = Eigen::Map<Eigen::Matrix<float, inputs, 1> const>;
    using Out = Eigen::Map<Eigen::Matrix<float, outputs, 1>>;
    for (std::size_t i = 0; i < calls; ++i) {
      std::size_t const b = i % PointProblem::samples;
      Eigen::Matrix<float, hidden, 1> one = first.bias;
      one.noalias() += first.weights * In(x.data() + b * inputs);
      one = bent(one);
      Eigen::Matrix<float, hidden, 1> two = second.bias;
      two.noalias() += second.weights * one;
      two = bent(two);
      Out to(y.data() + b * outputs);
      to = last.bias;
      to.noalias() += last.weights * two;
      keep(y.data());
    }
  }

  void run_blocks(std::size_t calls) {
    using In = Eigen::Map<Eigen::Matrix<float, inputs, PointProblem::samples> const>;
    using Out = Eigen::Map<Eigen::Matrix<float, outputs, PointProblem::samples>>;
    for (std::size_t i = 0; i < calls; ++i) {
      ones.colwise() = first.bias;
      ones.noalias() += first.weights * In(x.data());
      ones = bent(ones);
      twos.colwise() = second.bias;
      twos.noalias() += second.weights * ones;
      twos = bent(twos);
      Out to(y.data());
      to.colwise() = last.bias;
      to.noalias() += last.weights * twos;
      keep(y.data());
    }
  }
};

template <Bend bend, int inputs, int hidden, int outputs>
bool try_point(PointProblem const& problem, Call call, Answering& answering) {
  if (problem.widths != std::vector{inputs, hidden, hidden, outputs} || problem.bend != bend) {
    return false;
  }
  auto const point = std::make_shared<EigenPoint<bend, inputs, hidden, outputs>>(problem);
  answering = {[=](std::size_t calls) { call == Call::sample ? point->run(calls) : point->run_blocks(calls); },
               [point] { return point->y; }};
  return true;
}

Answering answering_of(PointProblem const& problem, Call call) {
  Answering answering;
  bool const is_known = try_point<Bend::relu, 64, 32, 10>(problem, call, answering) ||
                        try_point<Bend::tanh, 2, 16, 1>(problem, call, answering) ||
                        try_point<Bend::relu, 2, 16, 1>(problem, call, answering) ||
                        try_point<Bend::relu, 64, 128, 10>(problem, call, answering) ||
                        try_point<Bend::relu, 32, 16, 1>(problem, call, answering);
  if (!is_known) {
    wmanifold::fail("comparison: expected a network that this program is compiled for, got ", problem.name);
  }
  return answering;
}

}  // namespace

Answering point_eigen(PointProblem const& problem) { return answering_of(problem, Call::sample); }
Answering block_eigen(PointProblem const& problem) { return answering_of(problem, Call::block); }

}  // namespace comparison
