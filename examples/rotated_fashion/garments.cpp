#include "garments.hpp"

#include "png.hpp"
#include "text.hpp"
#include "turning.hpp"

#include <algorithm>

namespace demo {
namespace {

namespace wm = wmanifold;

constexpr int angles = 8;
constexpr int most_rows = 10;

/// Returns the class that the network at this context predicts.
std::size_t prediction(Ellipse const& ellipse, Turner const& turner, double degrees) {
  auto const network = ellipse.at(wm::S1::degrees(degrees));
  std::vector<float> pixels(turner.halved_size());
  std::vector<float> logits(static_cast<std::size_t>(network.outputs()));
  std::vector<float> scratch(static_cast<std::size_t>(network.scratch_size()));
  turner.halve(pixels);
  network(pixels, logits, scratch);
  return static_cast<std::size_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
}

std::string cell(Ellipse const& ellipse, Turner& turner, LabelledImages const& images, std::size_t i, double degrees,
                 std::vector<std::string> const& names) {
  auto const turned = turner.turn(images.image(i), degrees);
  std::vector<std::uint8_t> bytes;
  for (float const p : turned) {
    bytes.push_back(static_cast<std::uint8_t>(p + 0.5F));
  }
  std::size_t const said = prediction(ellipse, turner, degrees);
  bool const is_right = said == images.labels[i];
  std::string const& truth = names[images.labels[i]];
  return joined("<td class=\"", is_right ? "right" : "wrong", "\"><img alt=\"", escaped(truth), ", turned by ", degrees,
                " degrees\" src=\"", png_uri(bytes, images.rows, images.columns), "\"><span>",
                is_right ? "\u2713 " : "\u2717 ", escaped(names[said]), "</span></td>\n");
}

}  // namespace

std::vector<std::string> class_names(DataSet const& data, bool is_fashion) {
  if (is_fashion && data.classes == 10) {
    return {"T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"};
  }
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(data.classes));
  for (int c = 0; c < data.classes; ++c) {
    names.push_back(std::to_string(c));
  }
  return names;
}

std::string garments_table(Ellipse const& ellipse, DataSet const& data, std::vector<std::string> const& names) {
  std::string html = "<table class=\"garments\">\n<thead><tr><th></th>";
  for (int n = 0; n < angles; ++n) {
    html += joined("<th scope=\"col\">", n * 360 / angles, "\u00B0</th>");
  }
  html += "</tr></thead>\n<tbody>\n";
  Turner turner(data.test.rows, data.test.columns);
  for (int c = 0; c < std::min(data.classes, most_rows); ++c) {
    auto const found = std::find(data.test.labels.begin(), data.test.labels.end(), c);
    if (found == data.test.labels.end()) {
      continue;
    }
    auto const i = static_cast<std::size_t>(found - data.test.labels.begin());
    html += joined("<tr><th scope=\"row\">", escaped(names[static_cast<std::size_t>(c)]), "</th>\n");
    for (int n = 0; n < angles; ++n) {
      html += cell(ellipse, turner, data.test, i, 360.0 * n / angles, names);
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table>\n";
}

}  // namespace demo
