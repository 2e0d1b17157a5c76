// Turned images with networks of rising width or with rising numbers of images: where a manifold pays. See --help.

#include "program.hpp"
#include "rotation/turned_images.hpp"
#include "text.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <numbers>

namespace {

using namespace demo;
namespace wm = wmanifold;

Context any_angle(wm::Random& random) { return {random.uniform(0, 2 * std::numbers::pi), 0, 0}; }

Setting setting_at(std::string name, std::string title, double x, Sizes sizes) {
  return {.name = std::move(name),
          .title = std::move(title),
          .training = any_angle,
          .tests = {{"all", "all angles", any_angle}},
          .sizes = std::move(sizes),
          .x = x};
}

Setting of_width(wm::Index width) {
  Sizes sizes;
  sizes.hidden = {width};
  return setting_at(joined("width", width), joined("Hidden layer of ", width), static_cast<double>(width), sizes);
}

/// Returns a setting with as many steps and as much patience as for the usual number of images.
Setting of_images(std::size_t images) {
  Sizes sizes;
  auto const epochs = [&](std::size_t of_usual, std::size_t least) {
    return std::max(least, (of_usual * sizes.training + images / 2) / images);
  };
  sizes.epochs = epochs(sizes.epochs, 1);
  sizes.most_epochs = epochs(sizes.most_epochs, 4);
  sizes.patience = static_cast<wm::Index>(epochs(static_cast<std::size_t>(sizes.patience), 1));
  sizes.training = images;
  return setting_at(joined("images", images), joined(grouped(static_cast<long long>(images)), " training images"),
                    static_cast<double>(images), sizes);
}

struct Source {
  std::string vary = "width";
  std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
};

Study study_of(Source const& source) {
  bool const is_width = source.vary == "width";
  Study study;
  study.name = "rotation_by_" + source.vary;
  study.title = joined("Rotation by ", is_width ? "width" : "number of images", ", Fashion-MNIST");
  study.text = joined(
      "Images are turned about their centre by any known angle, then halved to 14 x 14. Settings differ in the ",
      is_width ? "width of the one hidden layer" : "number of training images, with as many steps (to a whole epoch)",
      ". The score is the accuracy in % on test images. Rates are the best ones for 32 units and 10,000 images.");
  study.space = Space::circle;
  study.material = std::make_shared<TurnedImages>(read_data_set(source.folder));
  if (is_width) {
    for (wm::Index const width : {32, 8, 16, 64, 128, 256, 512}) {
      study.settings.push_back(of_width(width));
    }
    study.series = {"units of the hidden layer", true};
  } else {
    auto const all = study.material->count(Part::training) - Sizes{}.validation;
    for (std::size_t const images : {std::size_t{10'000}, std::size_t{500}, std::size_t{1'000}, std::size_t{2'000},
                                     std::size_t{5'000}, std::size_t{20'000}, all}) {
      study.settings.push_back(of_images(images));
    }
    study.series = {"training images", true};
  }
  study.contenders = contenders_with(circle_manifolds());
  study.contenders.push_back(undone_ceiling("turned back by the known angle"));
  return study;
}

}  // namespace

int main(int count, char const* const* words) {
  Source source;
  return run_program(
      count, words, "Compares uses of the known angle of turned images, by width of the network or number of images.",
      [&](CLI::App& app) {
        app.add_option("--vary", source.vary, "Quantity that differs between settings")
            ->check(CLI::IsMember({"width", "images"}))
            ->capture_default_str();
        app.add_option("--folder", source.folder, "Folder of Fashion-MNIST's idx files")->capture_default_str();
      },
      [&](Options const&) { return study_of(source); });
}
