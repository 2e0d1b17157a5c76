#include "report.hpp"

#include "garments.hpp"
#include "machine.hpp"
#include "marker.hpp"
#include "plots.hpp"
#include "style.hpp"

#include <wmanifold/version.hpp>

#include <algorithm>

namespace demo {
namespace {

using Summaries = std::span<Summary const>;

Summary const* find(Summaries study, std::string_view contender) {
  auto const found =
      std::find_if(study.begin(), study.end(), [&](Summary const& s) { return s.contender->name == contender; });
  return found == study.end() ? nullptr : &*found;
}

std::string percent(double value) { return fixed(value, 1) + "\u2009%"; }

/// Returns the summaries of the first study: one of each contender.
Summaries contenders_of(Summaries all) { return of_study(all, *all.front().study); }

std::string swatch(Contender const& contender) {
  Svg svg(30, 14, contender.title);
  svg.line({0, 7}, {30, 7}, joined("curve ", colour_of(contender)));
  draw_marker(svg, {15, 7}, contender);
  return svg.finish();
}

std::string legend(Summaries all) {
  std::string html = "<ul class=\"legend\">\n";
  for (Summary const& one : contenders_of(all)) {
    html += joined("<li>", swatch(*one.contender), escaped(one.contender->title), "</li>\n");
  }
  return html + "</ul>\n";
}

// ---- the parts of the page, from top to bottom ----------------------------------------------------------

std::string headline(Summaries all, std::string_view things) {
  Summaries const study = contenders_of(all);
  Summary const* const ellipse = find(study, "ellipse");
  Summary const* const told = find(study, "concatenated");
  Summary const* const untold = find(study, "none");
  if (ellipse == nullptr || told == nullptr || untold == nullptr) {
    return joined("Turned ", things, ": accuracy of networks");
  }
  return joined("An ellipse of weights classifies ", percent(ellipse->mean), " of turned ", things,
                " correctly. A network of the same size reaches ", percent(told->mean),
                " with the angle as inputs, and ", percent(untold->mean), " without the angle.");
}

std::string introduction(Circumstances const& c) {
  return joined(
      "<p>Every image is turned by a known angle, its context. A <em>weight manifold</em> makes the weights of a "
      "network a smooth function of the context. Here this function is an ellipse in the space of all weights: one "
      "turn of the angle is one turn of the ellipse. At a fixed angle the manifold is one ordinary network. The other "
      "contenders get the angle in other ways, or not at all.</p>\n<p class=\"soft\">Accuracy on ",
      grouped(static_cast<long long>(c.settings.test_images)), " test images, mean and spread (population) over ",
      c.seeds, c.seeds == 1 ? " seed.</p>\n" : " seeds.</p>\n");
}

std::string results_row(Summaries all, Summary const& first) {
  Contender const& contender = *first.contender;
  std::string row = joined("<tr", contender.name == "ellipse" ? " class=\"own\"" : "",
                           "><th scope=\"row\"><span class=\"name-line\">", swatch(contender), escaped(contender.title),
                           "</span><small>", escaped(contender.text), "</small></th>");
  double seconds = 0;
  auto const studies = studies_of(all);
  for (Study const* study : studies) {
    Summary const* const one = find(of_study(all, *study), contender.name);
    row += joined("<td>", fixed(one->mean, 1), "<small>\u00B1\u2009", fixed(one->spread, 1), "</small></td>");
    seconds += one->seconds / static_cast<double>(studies.size());
  }
  return row + joined("<td>", grouped(first.multiply_adds), "</td><td>", grouped(first.parameters), "</td><td>",
                      fixed(seconds, 2), "</td></tr>\n");
}

std::string results(Summaries all) {
  std::string html = "<div class=\"scroll\"><table class=\"results\">\n<thead><tr><th scope=\"col\">Contender</th>";
  for (Study const* study : studies_of(all)) {
    html += joined("<th scope=\"col\">", escaped(study->title), "<small>accuracy, %</small></th>");
  }
  html +=
      "<th scope=\"col\">Multiply-adds<small>of a prediction</small></th>"
      "<th scope=\"col\">Parameters<small>learned</small></th>"
      "<th scope=\"col\">Seconds<small>of a training, one thread</small></th></tr></thead>\n<tbody>\n";
  for (Summary const& one : contenders_of(all)) {
    html += results_row(all, one);
  }
  return html +
         "</tbody></table></div>\n"
         "<p>At a fixed context a manifold costs as much as the small network, because it <em>is</em> one small "
         "network there. The number of its parameters does not matter. The fair comparison is accuracy at equal "
         "multiply-adds. The weights at a new angle take one more pass over the parameters, once per angle. All "
         "trainings are equally short. A wide network that trains longer may draw level, at its higher cost.</p>\n";
}

std::string panels(Summaries all, std::string (*plot)(Summaries)) {
  std::string html = "<div class=\"panels\">\n";
  for (Study const* study : studies_of(all)) {
    html += joined("<figure><h3>", escaped(study->title), "</h3><figcaption>", escaped(study->text), "</figcaption>\n",
                   plot(of_study(all, *study)), "</figure>\n");
  }
  return html + "</div>\n";
}

std::string section(std::string_view title, std::string_view text, std::string const& content) {
  return joined("<section><h2>", escaped(title), "</h2>\n<p>", text, "</p>\n", content, "</section>\n");
}

std::string rates(Summaries all) {
  std::string text;
  for (Summary const& one : contenders_of(all)) {
    text += joined(text.empty() ? "" : "; ", one.contender->title, ' ', one.contender->rate);
  }
  return "falling linearly to zero, step by step, from: " + text;
}

std::string circumstances_list(Summaries all, Circumstances const& c, DataSet const& data) {
  auto const count = [](std::size_t n) { return grouped(static_cast<long long>(n)); };
  auto const entry = [](std::string_view name, std::string const& text) {
    return joined("<dt>", name, "</dt><dd>", escaped(text), "</dd>\n");
  };
  return joined(
      "<dl>\n",
      entry("Images", joined(c.data, ", ", data.test.rows, " x ", data.test.columns,
                             ", turned about the centre (bilinear, zero outside), then halved by 2 x 2 means")),
      entry("Training", joined(count(c.settings.training_images), " random images per seed, ", c.settings.epochs,
                               " epochs, batches of ", c.settings.batch, ", momentum ", c.settings.momentum,
                               "; new angles in every epoch")),
      entry("Rates", rates(all)), entry("Seeds", c.seeds == 1 ? "1" : joined("1 to ", c.seeds)),
      entry("Time", joined(fixed(c.seconds, 1), " s for all trainings, ", c.threads, " at a time on one thread each")),
      entry("Processor", processor_name()), entry("Compiler", compiler_name()),
      entry("Libraries", joined("wmanifold ", wmanifold::version, ", Eigen ", eigen_version())), entry("Date", today()),
      "</dl>\n");
}

}  // namespace

std::string report_of(Summaries all, DataSet const& data, Ellipse const* ellipse, Circumstances const& c) {
  std::string_view const things = c.is_fashion ? "garments" : "images";
  std::string const title = headline(all, things);
  std::string html = joined(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Turned ",
      things, " on a circle of weights</title>\n<style>", style, "</style>\n</head>\n<body>\n<main>\n<h1>",
      escaped(title), "</h1>\n", introduction(c), results(all));
  html +=
      section("Accuracy against the angle",
              joined("The angle runs around the circle. An image is upright at the top; elsewhere its top points "
                     "outward. The centre is 0\u2009%, the rim 100\u2009%. The heavy ring marks the trained angles."),
              legend(all) + panels(all, angle_plot));
  html +=
      section("Accuracy against the cost of a prediction",
              "Higher is better, further left is cheaper. Bars are one spread up and down.", panels(all, cost_plot));
  html += section("Training loss", "A point is the mean over seeds and over a fortieth of the steps.",
                  legend(all) + panels(all, loss_plot));
  if (ellipse != nullptr) {
    html += section(
        joined("The same ", things, " at eight angles"),
        joined("The first test image of each class, and the prediction of the ellipse's network at that angle: "
               "\u2713 right, \u2717 wrong and framed. Study ",
               all.front().study->name, ", seed 1."),
        "<div class=\"scroll\">" + garments_table(*ellipse, data, class_names(data, c.is_fashion)) + "</div>\n");
  }
  html += section("Method",
                  "All contenders of a study and a seed saw the same images at the same angles in the same order.",
                  circumstances_list(all, c, data));
  return html + joined("</main>\n<footer>Written by the example rotated_fashion of wmanifold ", wmanifold::version,
                       ". After Benjamin, Daruwalla, Pehle, Zekri, Zador: Walking the Weight Manifold, arXiv "
                       "2505.22994, 2025.</footer>\n</body>\n</html>\n");
}

}  // namespace demo
