#include "robot_arm.hpp"

#include <wmanifold/core/legendre.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

using namespace demo;
namespace wm = wmanifold;

using Two = std::array<double, 2>;

struct Energies {
  double kinetic;
  double potential;
};

/// Returns the energies, from the masses' places and speeds alone: rods as continua (Gauss' two points are exact for
/// squares).
Energies energies(Arm const& arm, Payload const& payload, Two const& q, Two const& v) {
  Energies all{};
  auto const add = [&](double mass, double along_upper, double along_fore) {
    double const both = q[0] + q[1];
    double const speed_x = -along_upper * std::sin(q[0]) * v[0] - along_fore * std::sin(both) * (v[0] + v[1]);
    double const speed_y = along_upper * std::cos(q[0]) * v[0] + along_fore * std::cos(both) * (v[0] + v[1]);
    all.kinetic += mass * (speed_x * speed_x + speed_y * speed_y) / 2;
    all.potential += mass * arm.gravity * (along_upper * std::sin(q[0]) + along_fore * std::sin(both));
  };
  for (double const place : {0.5 - 0.5 / std::sqrt(3), 0.5 + 0.5 / std::sqrt(3)}) {
    add(arm.upper.mass / 2, place * arm.upper.length, 0);
    add(arm.fore.mass / 2, arm.upper.length, place * arm.fore.length);
  }
  add(payload.mass, arm.upper.length, payload.distance);
  return all;
}

/// Returns d/dt dL/dv - dL/dq, by central differences.
Two from_lagrangian(Arm const& arm, Payload const& payload, ArmMotion const& motion) {
  constexpr double step = 1e-4;
  auto const lagrangian = [&](Two const& q, Two const& v) {
    auto const [kinetic, potential] = energies(arm, payload, q, v);
    return kinetic - potential;
  };
  auto const [q, v, a] = motion;
  auto const along_speed = [&](Two const& at, Two const& speeds, std::size_t i) {
    Two more = speeds;
    Two less = speeds;
    more[i] += 1;  // L is quadratic in v: no step is too large
    less[i] -= 1;
    return (lagrangian(at, more) - lagrangian(at, less)) / 2;
  };
  Two torque{};
  for (std::size_t i = 0; i < 2; ++i) {
    Two later_q = q;
    Two later_v = v;
    Two earlier_q = q;
    Two earlier_v = v;
    for (std::size_t j = 0; j < 2; ++j) {
      later_q[j] += step * v[j] + step * step * a[j] / 2;
      later_v[j] += step * a[j];
      earlier_q[j] += -step * v[j] + step * step * a[j] / 2;
      earlier_v[j] -= step * a[j];
    }
    double const rate = (along_speed(later_q, later_v, i) - along_speed(earlier_q, earlier_v, i)) / (2 * step);
    Two more = q;
    Two less = q;
    more[i] += step;
    less[i] -= step;
    torque[i] = rate - (lagrangian(more, v) - lagrangian(less, v)) / (2 * step);
  }
  return torque;
}

Payload random_payload(wm::Random& random) { return arm_study::payload_at(random.uniform(), random.uniform()); }

/// Returns the accelerations of the arm without torques: torques are linear in accelerations.
Two free_acceleration(Arm const& arm, Payload const& payload, Two const& q, Two const& v) {
  auto const at = [&](double a1, double a2) { return torques(arm, payload, {q, v, {a1, a2}}); };
  Two const rest = at(0, 0);
  Two const first = at(1, 0);
  Two const second = at(0, 1);
  double const m11 = first[0] - rest[0];
  double const m21 = first[1] - rest[1];
  double const m12 = second[0] - rest[0];
  double const m22 = second[1] - rest[1];
  double const determinant = m11 * m22 - m12 * m21;
  return {(-m22 * rest[0] + m12 * rest[1]) / determinant, (m21 * rest[0] - m11 * rest[1]) / determinant};
}

TEST_CASE("the arm's torques are those of its Lagrangian") {
  wm::Random random(wm::Seed{1});
  Arm const uneven{rod(1.7, 0.6), rod(2.9, 0.3), 3.7};
  for (Arm const& arm : {Arm{}, uneven}) {
    for (int n = 0; n < 200; ++n) {
      auto const motion = arm_study::random_motion(random);
      auto const payload = random_payload(random);
      auto const said = torques(arm, payload, motion);
      auto const expected = from_lagrangian(arm, payload, motion);
      for (std::size_t i = 0; i < 2; ++i) {
        CHECK(std::abs(said[i] - expected[i]) < 2e-5);
      }
    }
  }
}

TEST_CASE("the arm's work is its energy") {
  wm::Random random(wm::Seed{2});
  for (int n = 0; n < 200; ++n) {
    auto const motion = arm_study::random_motion(random);
    auto const payload = random_payload(random);
    auto const torque = torques({}, payload, motion);
    constexpr double step = 1e-4;
    auto const energy_at = [&](double t) {
      Two q = motion.angles;
      Two v = motion.speeds;
      for (std::size_t j = 0; j < 2; ++j) {
        q[j] += t * v[j] + t * t * motion.accelerations[j] / 2;
        v[j] += t * motion.accelerations[j];
      }
      auto const [kinetic, potential] = energies({}, payload, q, v);
      return kinetic + potential;
    };
    double const power = torque[0] * motion.speeds[0] + torque[1] * motion.speeds[1];
    CHECK(std::abs(power - (energy_at(step) - energy_at(-step)) / (2 * step)) < 1e-4);
  }
}

TEST_CASE("an arm let go keeps its energy") {
  Arm const arm;
  Payload const payload{1.3, 0.31};
  Two q{0.3, -0.8};
  Two v{1, -2};
  auto const total = [&] {
    auto const [kinetic, potential] = energies(arm, payload, q, v);
    return kinetic + potential;
  };
  double const before = total();
  constexpr double step = 2e-4;
  auto const moved = [](Two const& x, Two const& rate, double time) {
    return Two{x[0] + time * rate[0], x[1] + time * rate[1]};
  };
  for (int n = 0; n < 10'000; ++n) {  // Runge and Kutta
    Two const a1 = free_acceleration(arm, payload, q, v);
    Two const v2 = moved(v, a1, step / 2);
    Two const a2 = free_acceleration(arm, payload, moved(q, v, step / 2), v2);
    Two const v3 = moved(v, a2, step / 2);
    Two const a3 = free_acceleration(arm, payload, moved(q, v2, step / 2), v3);
    Two const v4 = moved(v, a3, step);
    Two const a4 = free_acceleration(arm, payload, moved(q, v3, step), v4);
    for (std::size_t j = 0; j < 2; ++j) {
      q[j] += step / 6 * (v[j] + 2 * v2[j] + 2 * v3[j] + v4[j]);
      v[j] += step / 6 * (a1[j] + 2 * a2[j] + 2 * a3[j] + a4[j]);
    }
  }
  CHECK(std::abs(total() - before) < 1e-8);
  CHECK(std::abs(q[0] - 0.3) > 0.5);  // the arm did fall
}

TEST_CASE("an arm that hangs or stands needs no torque, and a weightless payload has no effect") {
  for (double const angle : {-std::numbers::pi / 2, std::numbers::pi / 2}) {
    auto const torque = torques({}, {1, 0.2}, {{angle, 0}, {0, 0}, {0, 0}});
    CHECK(std::abs(torque[0]) < 1e-12);
    CHECK(std::abs(torque[1]) < 1e-12);
  }
  wm::Random random(wm::Seed{3});
  auto const motion = arm_study::random_motion(random);
  CHECK(torques({}, {0, 0}, motion) == torques({}, {0, 0.4}, motion));
  CHECK(torques({}, {1, 0}, motion) != torques({}, {1, 0.4}, motion));
}

TEST_CASE("the scale of the study's torques is the model's") {
  // Torques squared are of degree 4 in speeds and distance, of 2 in accelerations and mass; of angles they are entire.
  using Nodes = std::pair<std::vector<double>, std::vector<double>>;
  Nodes const three = wm::gauss_legendre(3);
  Nodes const many = wm::gauss_legendre(12);
  double weights = 0;
  Two mean{};
  Two square{};
  auto const& most = arm_study::largest;
  auto const over = [](Nodes const& rule, double weight, auto const& rest) {
    for (std::size_t i = 0; i < rule.first.size(); ++i) {
      rest(rule.first[i], weight * rule.second[i]);
    }
  };
  over(many, 1, [&](double q1, double w1) {
    over(many, w1, [&](double q2, double w2) {
      over(three, w2, [&](double v1, double w3) {
        over(three, w3, [&](double v2, double w4) {
          over(three, w4, [&](double a1, double w5) {
            over(three, w5, [&](double a2, double w6) {
              over(three, w6, [&](double mass, double w7) {
                over(three, w7, [&](double distance, double weight) {
                  auto const torque = torques({}, arm_study::payload_at((1 + mass) / 2, (1 + distance) / 2),
                                              {{q1 * most.angles[0], q2 * most.angles[1]},
                                               {v1 * most.speeds[0], v2 * most.speeds[1]},
                                               {a1 * most.accelerations[0], a2 * most.accelerations[1]}});
                  weights += weight;
                  for (std::size_t i = 0; i < 2; ++i) {
                    mean[i] += weight * torque[i];
                    square[i] += weight * torque[i] * torque[i];
                  }
                });
              });
            });
          });
        });
      });
    });
  });
  for (std::size_t i = 0; i < 2; ++i) {
    double const expected = mean[i] / weights;
    CHECK(arm_study::torque_mean[i] == doctest::Approx(expected).epsilon(1e-5));
    CHECK(arm_study::torque_deviation[i] ==
          doctest::Approx(std::sqrt(square[i] / weights - expected * expected)).epsilon(1e-5));
  }
}

TEST_CASE("networks see numbers of mean 0 and unit variance") {
  wm::Random random(wm::Seed{4});
  constexpr int count = 100'000;
  std::array<float, 8> sample{};
  std::array<double, 8> sums{};
  std::array<double, 8> squares{};
  for (int n = 0; n < count; ++n) {
    auto const motion = arm_study::random_motion(random);
    arm_study::write_input(motion, std::span(sample).first(6));
    arm_study::write_target(motion, random_payload(random), std::span(sample).last(2));
    for (std::size_t i = 0; i < 8; ++i) {
      sums[i] += double{sample[i]};
      squares[i] += double{sample[i]} * double{sample[i]};
    }
  }
  for (std::size_t i = 0; i < 8; ++i) {
    CHECK(std::abs(sums[i] / count) < 4 / std::sqrt(count));
    CHECK(std::abs(squares[i] / count - 1) < 8 / std::sqrt(count));
  }
}

TEST_CASE("the study's arm refuses sizes and knobs that do not fit") {
  CHECK_THROWS_WITH_AS(static_cast<void>(arm_study::payload_at(1.5, 0)),
                       "wmanifold: robot arm: expected knobs of the payload in [0, 1], got (1.5, 0)",
                       wm::ArgumentError);
  CHECK_THROWS_AS(static_cast<void>(arm_study::payload_at(0, std::nan(""))), wm::ArgumentError);
  std::array<float, 3> out{};
  CHECK_THROWS_WITH_AS(arm_study::write_input({}, out), "wmanifold: robot arm: input: expected 6 numbers, got 3",
                       wm::ArgumentError);
  CHECK_THROWS_WITH_AS(arm_study::write_target({}, {}, out), "wmanifold: robot arm: target: expected 2 numbers, got 3",
                       wm::ArgumentError);
}

}  // namespace
