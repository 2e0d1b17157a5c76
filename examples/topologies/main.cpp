// Draws the topologies, a card each: a function of a basis in colour, samples, the nodes of a quadrature. Checks the
// contents, and exits with 2 where something does not hold.

#include "files.hpp"
#include "gallery.hpp"

#include <CLI/CLI.hpp>

int main(int count, char** words) try {
  std::filesystem::path output = "topologies.svg";
  CLI::App app("Draws the topologies, each with a basis function, samples and quadrature nodes.", "topologies");
  app.add_option("--output,--out", output, "File of the picture")->type_name("FILE")->capture_default_str();
  CLI11_PARSE(app, count, words);
  demo::require_writable(output);
  demo::Claims claims;
  demo::write_text(output, demo::gallery(claims));
  std::cout << "picture  " << output.string() << '\n';
  return claims.status();
} catch (std::exception const& e) {
  std::cerr << "error: " << e.what() << '\n';
  return 1;
}
