// Runs every pass of networks over some bases of each kind, each pass in a process of its own: every_pass. Built for
// users' flags, as compilers err in optimised code (docs/compilers.md). Exits with 1 if a pass dies.

#include "children.hpp"

#include <wmanifold/wmanifold.hpp>

namespace wm = wmanifold;

namespace {

constexpr wm::Index samples = 8;

template <class Model>
struct Passes {
  using R = typename Model::Scalar;
  using T = typename Model::Topology;

  flags::Children& children;
  std::string name;
  Model model;
  std::vector<wm::Point<T>> points = [] {
    wm::Random random{wm::Seed{2}};
    return wm::uniform_points<T>(samples, random);
  }();
  wm::Contexts<T> single = points;
  wm::Contexts<T> shared = wm::Contexts<T>::grouped({points[0], points[1]}, samples / 2);
  wm::Matrix<R> inputs = wm::Matrix<R>::Ones(samples, 2);
  wm::Matrix<R> targets = wm::Matrix<R>::Zero(samples, 1);

  void forward() const {
    children.run(name, "predict, a context per sample", [&] {
      wm::Workspace<R> work;
      static_cast<void>(model.predict(inputs, single, work));
    });
    children.run(name, "predict, shared contexts", [&] {
      wm::Workspace<R> work;
      static_cast<void>(model.predict(inputs, shared, work));
    });
    children.run(name, "the network at a point", [&] {
      auto const network = model.at(points[0]);
      std::array<R, 2> const x{1, 2};
      std::array<R, 1> y{};
      if constexpr (requires { network(x, y); }) {
        network(x, y);
      } else {
        std::vector<R> scratch(static_cast<std::size_t>(network.scratch_size()));
        network(std::span<R const>(x), std::span<R>(y), std::span<R>(scratch));
      }
    });
    if constexpr (requires(std::array<R, 2> x, std::array<R, 1> y) { model(points[0], x, y); }) {
      children.run(name, "one sample at a context", [&] {
        std::array<R, 2> const x{1, 2};
        std::array<R, 1> y{};
        model(points[0], x, y);
      });
    }
  }
  void training() {
    children.run(name, "steps", [&] {
      wm::GradientFlow flow{model, wm::MeanSquaredError{}, {.rate = 0.01, .momentum = 0.9}};
      flow.step(inputs, single, targets);
      flow.step(inputs, shared, targets);
    });
    if constexpr (wm::SmoothTopology<T>) {
      children.run(name, "the gradient of contexts", [&] {
        wm::LossFunctional<wm::MeanSquaredError> const loss;
        wm::Workspace<R> work;
        auto gradient = model.parameters().zeros_like();
        static_cast<void>(
            loss.gradient(model, inputs, single, targets, work, gradient, {.inputs = true, .contexts = true}));
      });
    }
  }
};

template <class R, class B>
using Small = wm::BasicManifold<R, B, wm::Dense<2, 4>, wm::Tanh, wm::Dense<4, 1>>;

template <class R, class B>
Passes<Small<R, B>> passes(flags::Children& children) {
  return {children,
          (sizeof(R) == 4 ? "float " : "double ") + B::Topology::name() + " " + B::name(),
          {wm::he_normal, wm::Seed{1}}};
}

template <class R, class... Bases>
void forward(flags::Children& children) {
  (passes<R, Bases>(children).forward(), ...);
}

template <class R, class... Bases>
void training(flags::Children& children) {
  (passes<R, Bases>(children).training(), ...);
}

/// The other passes, over a basis that had such an error.
void beside(flags::Children& children) {
  using Spline = wm::CatmullRom<wm::S1, 6>;
  using Listed = wm::BasicManifold<double, Spline, wm::LayerList>;
  Passes<Listed> listed{children,
                        "double, shared and low-rank layers, gains",
                        {wm::he_normal,
                         wm::Seed{1},
                         {},
                         wm::LayerList{wm::Dense<>(2, 4), wm::Tanh{}, wm::LowRankDense<>(4, 4, 2), wm::Gelu{},
                                       wm::GainDense<>(4, 4), wm::Elu{}, wm::SharedDense<>(4, 1)}}};
  listed.forward();
  listed.training();

  using Knob = Small<float, wm::CatmullRom<wm::S1, 6>>;
  auto const knob = std::make_shared<Knob const>(wm::he_normal, wm::Seed{1});
  children.run("float s1 catmull_rom6", "a walker", [&] {
    wm::Walker<Knob> walker(knob, wm::S1::radians(1), {.speed = 0.1, .every = 2});
    walker.set_target(wm::S1::radians(2));
    std::array<float, 16> const x{};
    std::array<float, 8> y{};
    walker.process(x, 2, y);
  });
  children.run("double s1 catmull_rom6", "a context from data", [&] {
    Small<double, Spline> const model{wm::he_normal, wm::Seed{1}};
    static_cast<void>(
        wm::infer_context(model, wm::MeanSquaredError{}, listed.inputs, listed.targets, {.seed = wm::Seed{1}}));
  });
  for (char const* const names : {"s1 catmull_rom6", "s1 fourier2", "interval bspline2_6", "s2 harmonics2",
                                  "so3 hyperspherical2", "simplex2 bernstein_bezier2", "finite6 one_per_context"}) {
    children.run(names, "a basis by its names", [&] {
      std::string const text = names;
      std::size_t const space = text.find(' ');
      wm::AnyBasis const basis(text.substr(0, space), text.substr(space + 1));
      std::vector<double> s(static_cast<std::size_t>(basis.coordinates()));
      s[0] = 1;
      std::vector<double> phi(static_cast<std::size_t>(basis.size()));
      basis.values(s, phi);
    });
  }
}

}  // namespace

int main() {
  using namespace wm;
  flags::Children children;
  forward<double, CatmullRom<S1, 6>, CatmullRom<S1, 10>, BSpline<Interval, 2, 6>, Bernstein<Interval, 5>,
          SphericalHarmonics<S2, 2>, BernsteinBezier<Simplex<2>, 2>, OnePerContext<Finite<6>>,
          Tensor<Line, CatmullRom<S1, 6>>>(children);
  forward<float, CatmullRom<S1, 12>, HypersphericalHarmonics<SO3, 2>, Fourier<Torus<2>, 1>>(children);
  training<double, CatmullRom<S1, 6>, HypersphericalHarmonics<SO3, 2>>(children);
  training<float, Fourier<S1, 1>, OnePerContext<Finite<6>>>(children);
  beside(children);
  return children.status();
}
