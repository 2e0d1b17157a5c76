// Topologies, bases and contexts from any text: a line for the topology, one for the basis, one for its knots, and
// contexts as the lines of a CSV file. The names are known and the values finite, or an error says why not.

#include "fuzz.hpp"

#include <wmanifold/basis/any_basis.hpp>

#include <common/csv.hpp>

#include <algorithm>

namespace wm = wmanifold;

namespace {

std::string next_line(std::string_view& text) {
  auto const end = std::min(text.find('\n'), text.size());
  std::string line(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// Returns the numbers of a line: those of the text that are numbers.
std::vector<double> numbers_of(std::string const& line) {
  std::vector<double> numbers;
  for (auto const& part : wm::detail::split(line, ' ')) {
    if (auto const number = wm::detail::number_from(part)) {
      numbers.push_back(*number);
      fuzz::demand(wm::detail::number_from(wm::detail::exact_text(*number)) == number, "numbers are read as written");
    }
  }
  return numbers;
}

/// Returns whether eigenvectors of a large graph are asked for: they take seconds under sanitizers.
bool is_slow(std::string const& topology, std::string const& basis) {
  auto const at = topology.find("finite");
  return basis.find("laplacian") != std::string::npos && at != std::string::npos &&
         topology.find_first_not_of("0123456789", at + 6) > at + 7;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view text(reinterpret_cast<char const*>(data), size);
  auto const topology = next_line(text);
  auto const basis_name = next_line(text);
  auto const knots = numbers_of(next_line(text));
  if (is_slow(topology, basis_name)) {
    return 0;
  }
  fuzz::passes<wm::ArgumentError, wm::FileError>([&] {
    wm::AnyBasis const basis(topology, basis_name, knots);
    fuzz::demand(basis.size() >= 1 && basis.support() >= 1 && basis.support() <= basis.size(),
                 "a basis has functions, and no more of them meet");
    auto const table = demo::parse_csv(text, "contexts");
    auto const contexts = table.numbers();
    std::vector<double> phi(static_cast<std::size_t>(basis.size()));
    for (wm::Index b = 0; b < std::min<wm::Index>(contexts.rows(), 16); ++b) {
      std::vector<double> const s(contexts.row(b).data(), contexts.row(b).data() + contexts.cols());
      basis.values(s, phi);
      fuzz::demand(wm::all_finite(phi.data(), std::ssize(phi)), "values of a basis are finite");
      auto const used = std::count_if(phi.begin(), phi.end(), [](double x) { return x != 0; });
      fuzz::demand(used <= basis.support(), "no more functions meet at a point than the basis says");
    }
  });
  return 0;
}
