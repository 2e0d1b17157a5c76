// Checks that every boundary refuses NaN and infinities, under flags that let the compiler assume their absence, and
// that set no macro (Clang's -fno-honor-nans and -funsafe-math-optimizations). Exits with 1 if one is accepted.

#include <wmanifold/wmanifold.hpp>

#include <cstdio>

namespace wm = wmanifold;

namespace {

// Made from bits at run time, so that no compiler knows their values.
template <class R>
R nan() {
  using Bits = std::conditional_t<sizeof(R) == 4, std::uint32_t, std::uint64_t>;
  Bits const volatile bits = sizeof(R) == 4 ? Bits{0x7fc00000U} : static_cast<Bits>(0x7ff8000000000000ULL);
  return std::bit_cast<R>(static_cast<Bits>(bits));
}

int wrong = 0;

template <class F>
void refuses(char const* what, F const& f) {
  try {
    f();
  } catch (wm::ArgumentError const&) {
    return;
  } catch (wm::NumericalError const&) {
    return;
  }
  ++wrong;
  std::printf("a NaN is taken: %s\n", what);
}

void points() {
  double const x = nan<double>();
  refuses("Interval", [&] { static_cast<void>(wm::Interval::at(x)); });
  refuses("Interval, clamped", [&] { static_cast<void>(wm::Interval::clamped(x)); });
  refuses("Range", [&] { static_cast<void>(wm::Range::linear(0, 1).at(x)); });
  refuses("an end of a Range", [&] { static_cast<void>(wm::Range::linear(0, x)); });
  refuses("S1", [&] { static_cast<void>(wm::S1::radians(x)); });
  refuses("RP1", [&] { static_cast<void>(wm::Point<wm::RP1>({x})); });
  refuses("S2", [&] { static_cast<void>(wm::S2::vector(x, 0, 1)); });
  refuses("coordinates on S2", [&] { static_cast<void>(wm::Point<wm::S2>({x, 0, 1})); });
  refuses("SO3", [&] { static_cast<void>(wm::SO3::quaternion(x, 0, 0, 1)); });
  refuses("SO3, normalised", [&] { static_cast<void>(wm::SO3::normalised(x, 0, 0, 1)); });
  refuses("Simplex", [&] { static_cast<void>(wm::Point<wm::Simplex<2>>({x, 0.5, 0.5})); });
  refuses("Simplex, normalised", [&] { static_cast<void>(wm::Simplex<2>::normalised({x, 0.5, 0.5})); });
  refuses("Finite", [&] { static_cast<void>(wm::Point<wm::Finite<3>>({x})); });
  refuses("Torus", [&] { static_cast<void>(wm::Point<wm::Torus<2>>({1.0, x})); });
  refuses("a knot", [&] {
    wm::BSpline<wm::Interval, 1, 3> const spline(std::vector<double>{0, 0, x, 1, 1});
    static_cast<void>(spline);
  });
}

template <class R>
void training() {
  using Model = wm::BasicManifold<R, wm::Ellipse, wm::Dense<2, 9>, wm::Tanh, wm::Dense<9, 2>>;
  Model model{wm::he_normal, wm::Seed{1}};
  wm::Matrix<R> good(3, 2);
  good << 1, 2, 3, 4, 5, 6;
  auto bad = good;
  bad(1, 1) = nan<R>();
  wm::Contexts<wm::S1> const contexts(std::vector(3, wm::S1::radians(1)));
  wm::MeanSquaredError const loss;
  R const x = nan<R>();
  refuses("inputs", [&] { static_cast<void>(model.predict(bad, contexts)); });
  refuses("a rate", [&] { wm::GradientFlow flow{model, loss, {.rate = x}}; });
  refuses("a momentum", [&] { wm::GradientFlow flow{model, loss, {.rate = R(0.01), .momentum = x}}; });
  wm::GradientFlow flow{model, loss, {.rate = R(0.01)}};
  refuses("inputs of a step", [&] { flow.step(bad, contexts, good); });
  refuses("targets of a step", [&] { flow.step(good, contexts, bad); });
  refuses("a rate that is set", [&] { flow.set_rate(x); });
  refuses("a share of the worst", [&] { static_cast<void>(wm::Cvar{static_cast<double>(x)}); });
  if constexpr (std::same_as<R, float>) {  // activations in double cut a NaN, and restore it by x == x
    model.parameters().row(0)[3] = x;
    refuses("a weight", [&] { flow.step(good, contexts, good); });
  }
}

}  // namespace

int main() {
  points();
  training<float>();
  training<double>();
  std::printf("%d kinds of NaN are taken\n", wrong);
  return wrong == 0 ? 0 : 1;
}
