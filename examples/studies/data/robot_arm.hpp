#pragma once

#include <wmanifold/core/random.hpp>

#include <array>
#include <numbers>
#include <span>

namespace demo {

/// A link: a straight body that turns about its near end.
struct Link {
  double mass;     ///< kg
  double length;   ///< m, to the next joint or to the tip
  double centre;   ///< m, from its joint to its centre of mass
  double inertia;  ///< kg m^2, about its centre of mass
};

/// A uniform thin rod.
[[nodiscard]] constexpr Link rod(double mass, double length) noexcept {
  return {mass, length, length / 2, mass * length * length / 12};
}

/// An arm of two links in a vertical plane, about as large as a small cobot's.
struct Arm {
  Link upper = rod(3, 0.4);
  Link fore = rod(2, 0.4);
  double gravity = 9.81;  ///< m / s^2
};

/// The payload of the second link: a point mass.
struct Payload {
  double mass;      ///< kg
  double distance;  ///< m, from the elbow along the second link
};

/// Motion of shoulder and elbow: the first link's angle over the horizontal, the second link's over the first one's.
struct ArmMotion {
  std::array<double, 2> angles;         ///< rad
  std::array<double, 2> speeds;         ///< rad / s
  std::array<double, 2> accelerations;  ///< rad / s^2
};

/// Returns the torques in N m of both joints for this motion: M(q) q'' + C(q, q') q' + g(q).
[[nodiscard]] std::array<double, 2> torques(Arm const& arm, Payload const& payload, ArmMotion const& motion) noexcept;

/// The study's arm: its random motions and payloads, and its scale at a network's inputs and outputs.
namespace arm_study {

/// Bounds of motions, which are uniform on either side of zero.
inline constexpr ArmMotion largest{{std::numbers::pi / 2, 2 * std::numbers::pi / 3}, {3, 6}, {8, 16}};
/// The payload at s = (1, 1): its mass is the first knob, its distance the second.
inline constexpr Payload heaviest{3, 0.4};

/// Means and deviations of the torques in N m over uniform motions and payloads. The test computes them by quadrature.
inline constexpr std::array<double, 2> torque_mean{14.2982, 1.80767};
inline constexpr std::array<double, 2> torque_deviation{11.9527, 5.57462};

[[nodiscard]] ArmMotion random_motion(wmanifold::Random& random);

/// Returns the payload at a point s of Box<2>. Throws wm::ArgumentError for knobs out of [0, 1].
[[nodiscard]] Payload payload_at(double mass, double distance);

/// Writes angles, speeds, accelerations, each of shoulder and elbow and of unit variance: six numbers. Throws
/// wm::ArgumentError.
void write_input(ArmMotion const& motion, std::span<float> out);
/// Writes the torques, of mean 0 and unit variance: two numbers. Throws wm::ArgumentError.
void write_target(ArmMotion const& motion, Payload const& payload, std::span<float> out);

}  // namespace arm_study

}  // namespace demo
