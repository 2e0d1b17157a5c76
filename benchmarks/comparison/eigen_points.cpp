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
  std::vector<float> y = std::vector<float>(PointProblem::inputs_in_turn * outputs);

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
      std::size_t const b = i % PointProblem::inputs_in_turn;
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
};

template <Bend bend, int inputs, int hidden, int outputs>
bool try_point(PointProblem const& problem, Answering& answering) {
  if (problem.widths != std::vector{inputs, hidden, hidden, outputs} || problem.bend != bend) {
    return false;
  }
  auto const point = std::make_shared<EigenPoint<bend, inputs, hidden, outputs>>(problem);
  answering = {[point](std::size_t calls) { point->run(calls); }, [point] { return point->y; }};
  return true;
}

}  // namespace

Answering point_eigen(PointProblem const& problem) {
  Answering answering;
  bool const is_known =
      try_point<Bend::relu, 64, 32, 10>(problem, answering) || try_point<Bend::tanh, 2, 16, 1>(problem, answering) ||
      try_point<Bend::relu, 2, 16, 1>(problem, answering) || try_point<Bend::relu, 64, 128, 10>(problem, answering);
  if (!is_known) {
    wmanifold::fail("comparison: expected a network that this program is compiled for, got ", problem.name);
  }
  return answering;
}

}  // namespace comparison
