#include "arm/carried_loads.hpp"

#include <algorithm>

namespace demo {
namespace {

namespace wm = wmanifold;

std::vector<ArmMotion> random_motions(std::size_t count, std::uint64_t stream) {
  wm::Random random(wm::Seed{20'250'602}.stream(stream));
  std::vector<ArmMotion> motions(count);
  std::generate(motions.begin(), motions.end(), [&] { return arm_study::random_motion(random); });
  return motions;
}

class LoadPresenter final : public Presenter {
 public:
  explicit LoadPresenter(CarriedLoads const& material) : material_(&material) {}

  void show(Part part, std::size_t which, Context const& context, View view, wm::Random&, Shown& to) override {
    ArmMotion const& motion = material_->motions(part)[which];
    Payload const payload =
        view == View::context_removed ? Payload{0, 0} : arm_study::payload_at(context[0], context[1]);
    arm_study::write_input(motion, to.input);
    arm_study::write_target(motion, payload, to.target);
  }

 private:
  CarriedLoads const* material_;
};

}  // namespace

CarriedLoads::CarriedLoads(std::size_t training, std::size_t test)
    : training_(random_motions(training, 0)), test_(random_motions(test, 1)) {}

std::unique_ptr<Presenter> CarriedLoads::presenter() const { return std::make_unique<LoadPresenter>(*this); }

}  // namespace demo
