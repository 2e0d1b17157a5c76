#include "training.hpp"

#include <wmanifold/wmanifold.hpp>

#include <concepts>
#include <memory>
#include <type_traits>

namespace comparison {
namespace {

namespace wm = wmanifold;

template <wm::Basis Basis>
wm::Contexts<typename Basis::Topology> contexts_of(Problem const& problem) {
  using T = typename Basis::Topology;
  std::vector<wm::Point<T>> points;
  for (double const context : problem.contexts) {
    if constexpr (std::same_as<T, wm::S1>) {
      points.push_back(T::radians(context));
    } else if constexpr (std::same_as<T, wm::Interval>) {
      points.push_back(T::at(context));
    } else if constexpr (requires { T::point(); }) {
      points.push_back(T::point());
    } else {
      points.push_back(T::at(static_cast<int>(context)));
    }
  }
  return problem.shape.each == 1 ? wm::Contexts<T>(points) : wm::Contexts<T>::grouped(points, problem.shape.each);
}

template <wm::Basis Basis, int inputs, int hidden, int outputs>
class Ours {
  using Model = wm::Manifold<Basis, wm::Dense<inputs, hidden>, wm::Relu, wm::Dense<hidden, hidden>, wm::Relu,
                             wm::Dense<hidden, outputs>>;
  using Loss = std::conditional_t<outputs == 1, wm::MeanSquaredError, wm::CrossEntropy>;

 public:
  Ours(Problem const& problem, double rate)
      : problem_(problem),
        inputs_(Eigen::Map<wm::Matrix<float> const>(problem.inputs.data(), problem.shape.batch, inputs)),
        targets_(Eigen::Map<wm::Matrix<float> const>(problem.targets.data(), problem.shape.batch, 1)),
        contexts_(contexts_of<Basis>(problem)),
        flow_(model_, Loss{}, {.rate = rate, .momentum = momentum, .stiffness = 0}) {
    each_block(model_, [&](int l, std::ptrdiff_t first, auto&& numbers) {
      for (auto& x : numbers) {
        x = static_cast<float>(problem.parameters[static_cast<std::size_t>(l)][static_cast<std::size_t>(first++)]);
      }
    });
  }

  double steps(std::size_t count) {
    double loss = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if constexpr (outputs == 1) {
        loss = flow_.step(inputs_, contexts_, targets_).loss;
      } else {
        loss = flow_.step(inputs_, contexts_, problem_.labels).loss;
      }
    }
    return loss;
  }

  [[nodiscard]] std::vector<std::vector<double>> parameters() const {
    std::vector<std::vector<double>> layers(3);
    each_block(model_, [&](int l, std::ptrdiff_t, auto&& numbers) {
      auto& layer = layers[static_cast<std::size_t>(l)];
      layer.insert(layer.end(), numbers.begin(), numbers.end());
    });
    return layers;
  }

 private:
  /// Calls body with each layer and the place in it where the weights or biases of a row begin.
  template <class M, class Visit>
  static void each_block(M& model, Visit const& visit) {
    for (int l = 0; l < 3; ++l) {
      std::ptrdiff_t first = 0;
      for (wm::Index k = 0; k < Model::basis_size(); ++k) {
        visit(l, first, model.weight(k, l).reshaped());
        first += model.weight(k, l).size();
        visit(l, first, model.bias(k, l).reshaped());
        first += model.bias(k, l).size();
      }
    }
  }

  Problem problem_;
  wm::Matrix<float> inputs_;
  wm::Matrix<float> targets_;
  wm::Contexts<typename Basis::Topology> contexts_;
  Model model_{wm::zeros};
  wm::GradientFlow<Model, Loss> flow_;
};

template <wm::Basis Basis, int inputs, int hidden, int outputs>
bool try_ours(Family family, Problem const& problem, double rate, Training& training) {
  if (problem.shape.widths != std::vector{inputs, hidden, hidden, outputs} || problem.shape.rows != Basis::size ||
      problem.shape.family != family) {
    return false;
  }
  auto const ours = std::make_shared<Ours<Basis, inputs, hidden, outputs>>(problem, rate);
  training.steps = [ours](std::size_t count) { return ours->steps(count); };
  training.parameters = [ours] { return ours->parameters(); };
  return true;
}

}  // namespace

Training train_ours(Problem const& problem, double rate) {
  Training training;
  constexpr Family circle = Family::fourier;
  bool const is_known =
      try_ours<wm::Ellipse, 784, 512, 10>(circle, problem, rate, training) ||
      try_ours<wm::Ellipse, 784, 128, 10>(circle, problem, rate, training) ||
      try_ours<wm::Fourier<wm::S1, 4>, 784, 128, 10>(circle, problem, rate, training) ||
      try_ours<wm::Constant<>, 784, 128, 10>(circle, problem, rate, training) ||
      try_ours<wm::Ellipse, 64, 32, 10>(circle, problem, rate, training) ||
      try_ours<wm::Ellipse, 2, 16, 1>(circle, problem, rate, training) ||
      try_ours<wm::Constant<>, 196, 64, 10>(circle, problem, rate, training) ||
      try_ours<wm::OnePerContext<wm::Finite<32>>, 196, 64, 10>(Family::one_per_context, problem, rate, training) ||
      try_ours<wm::PolygonalChain<wm::Interval, 16>, 196, 64, 10>(Family::chain, problem, rate, training) ||
      try_ours<wm::CatmullRom<wm::S1, 16>, 196, 64, 10>(Family::catmull_rom, problem, rate, training);
  if (!is_known) {
    wm::fail("comparison: expected a shape that this program is compiled for, got ", problem.shape.name);
  }
  return training;
}

}  // namespace comparison
