#pragma once

#include "material.hpp"
#include "robot_arm.hpp"

#include <vector>

namespace demo {

/// Torques of a two-link arm at random motions. The context is the mass of the payload and its distance from the elbow,
/// each in [0, 1]. With the context removed, the payload's part of the torques is subtracted, as if there were no
/// payload.
class CarriedLoads final : public Material {
 public:
  CarriedLoads(std::size_t training, std::size_t test);

  [[nodiscard]] wmanifold::Index inputs() const override { return 6; }
  [[nodiscard]] wmanifold::Index outputs() const override { return 2; }
  [[nodiscard]] bool has_labels() const override { return false; }
  [[nodiscard]] std::size_t count(Part part) const override { return motions(part).size(); }
  [[nodiscard]] std::unique_ptr<Presenter> presenter() const override;

  [[nodiscard]] std::vector<ArmMotion> const& motions(Part part) const noexcept {
    return part == Part::training ? training_ : test_;
  }

 private:
  std::vector<ArmMotion> training_;
  std::vector<ArmMotion> test_;
};

}  // namespace demo
