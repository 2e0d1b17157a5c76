#include "robot_arm.hpp"

#include <cmath>

namespace demo {

namespace wm = wmanifold;

/// Equations of motion as in textbooks (Spong, Hutchinson, Vidyasagar, Robot Modeling and Control, 6.4). The payload is
/// part of the second link: of its mass, and of its first and second moment about the elbow.
std::array<double, 2> torques(Arm const& arm, Payload const& payload, ArmMotion const& motion) noexcept {
  auto const& [upper, fore, gravity] = arm;
  double const mass = fore.mass + payload.mass;
  double const first = fore.mass * fore.centre + payload.mass * payload.distance;
  double const second =
      fore.inertia + fore.mass * fore.centre * fore.centre + payload.mass * payload.distance * payload.distance;

  auto const [q1, q2] = motion.angles;
  auto const [v1, v2] = motion.speeds;
  auto const [a1, a2] = motion.accelerations;
  double const coupling = upper.length * first * std::cos(q2);
  double const m22 = second;
  double const m12 = second + coupling;
  double const m11 = upper.inertia + upper.mass * upper.centre * upper.centre + mass * upper.length * upper.length +
                     second + 2 * coupling;
  double const h = -upper.length * first * std::sin(q2);  // of the Coriolis and centrifugal torques
  double const g2 = gravity * first * std::cos(q1 + q2);
  double const g1 = gravity * (upper.mass * upper.centre + mass * upper.length) * std::cos(q1) + g2;
  return {m11 * a1 + m12 * a2 + h * (2 * v1 + v2) * v2 + g1, m12 * a1 + m22 * a2 - h * v1 * v1 + g2};
}

namespace arm_study {

ArmMotion random_motion(wm::Random& random) {
  ArmMotion motion = largest;
  for (auto* const part : {&motion.angles, &motion.speeds, &motion.accelerations}) {
    for (double& x : *part) {
      x *= random.uniform(-1, 1);
    }
  }
  return motion;
}

Payload payload_at(double mass, double distance) {
  if (!(mass >= 0 && mass <= 1 && distance >= 0 && distance <= 1)) [[unlikely]] {
    wm::fail("robot arm: expected knobs of the payload in [0, 1], got (", mass, ", ", distance, ")");
  }
  return {mass * heaviest.mass, distance * heaviest.distance};
}

void write_input(ArmMotion const& motion, std::span<float> out) {
  wm::require_count("robot arm: input", "numbers", 6, std::ssize(out));
  std::size_t n = 0;
  auto const write = [&](std::array<double, 2> const& part, std::array<double, 2> const& most) {
    for (std::size_t joint = 0; joint < 2; ++joint) {
      out[n++] = static_cast<float>(std::numbers::sqrt3 * part[joint] / most[joint]);  // uniform in [-1, 1]: 1/3
    }
  };
  write(motion.angles, largest.angles);
  write(motion.speeds, largest.speeds);
  write(motion.accelerations, largest.accelerations);
}

void write_target(ArmMotion const& motion, Payload const& payload, std::span<float> out) {
  wm::require_count("robot arm: target", "numbers", 2, std::ssize(out));
  auto const both = torques({}, payload, motion);
  for (std::size_t joint = 0; joint < 2; ++joint) {
    out[joint] = static_cast<float>((both[joint] - torque_mean[joint]) / torque_deviation[joint]);
  }
}

}  // namespace arm_study

}  // namespace demo
