// Images turned and moved circularly, both by known angles. See --help.

#include "program.hpp"
#include "torus/moved_images.hpp"

#include <CLI/CLI.hpp>

#include <numbers>

namespace {

using namespace demo;

struct Source {
  std::string data = "fashion";
  std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
};

Context anywhere(wmanifold::Random& random) {
  double const turn = random.uniform(0, 2 * std::numbers::pi);
  return {turn, random.uniform(0, 2 * std::numbers::pi), 0};
}

Setting setting_of(std::string name, std::string title, std::vector<wmanifold::Index> hidden) {
  Setting setting{.name = std::move(name),
                  .title = std::move(title),
                  .training = anywhere,
                  .tests = {{"all", "all turns and shifts", anywhere}}};
  setting.sizes.hidden = std::move(hidden);
  return setting;
}

Study study_of(Source const& source) {
  Study study;
  study.name = "torus_" + source.data;
  study.title = source.data == "fashion" ? "Rotation x shift, Fashion-MNIST" : "Rotation x shift, MNIST";
  study.text =
      "Images are turned about their centre by a known angle, then moved to the right by a known part of their "
      "width. Pixels that leave enter on the other side. The images are then halved to 14 x 14. The score is the "
      "accuracy in % on test images.";
  study.space = Space::torus;
  study.material = std::make_shared<MovedImages>(read_data_set(source.folder));
  study.settings = {setting_of("narrow", "A hidden layer of 32", {32}),
                    setting_of("wide", "Two hidden layers of 128", {128, 128})};
  study.contenders = contenders_with(torus_manifolds());
  study.contenders.push_back(undone_ceiling("moved and turned back by the known angles"));
  return study;
}

}  // namespace

int main(int count, char const* const* words) {
  Source source;
  return run_program(
      count, words, "Compares uses of the known turn and shift of images.",
      [&](CLI::App& app) {
        app.add_option("--data", source.data, "Images")
            ->check(CLI::IsMember({"fashion", "mnist"}))
            ->capture_default_str();
        app.add_option("--folder", source.folder, "Folder of their idx files")->capture_default_str();
      },
      [&](Options const&) { return study_of(source); });
}
