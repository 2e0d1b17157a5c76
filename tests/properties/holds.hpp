#pragma once

#include <properties/case.hpp>

#include <rapidcheck.h>

#include <doctest/doctest.h>

#include <iostream>
#include <sstream>

namespace properties {

/// Returns a program that reproduces a case of a property.
template <class Property>
std::string program_of(Case const& c) {
  std::ostringstream out;
  out << "// Build in the project's folder: g++ -std=c++20 -fopenmp -Iinclude -Itests -I/usr/include/eigen3 FILE.cpp\n"
      << "#include <" << Property::header << ">\n\n#include <iostream>\n\nint main() {\n"
      << "  properties::Case const c{\n"
      << "      .topology = \"" << c.topology << "\",\n      .basis = \"" << c.basis << "\",\n      .layers = \""
      << c.layers << "\",\n      .groups = {";
  for (std::size_t g = 0; g < c.groups.size(); ++g) {
    out << (g == 0 ? "" : ", ") << c.groups[g];
  }
  out << "},\n      .choice = " << c.choice << ",\n      .seed = " << c.seed << ",\n  };\n"
      << "  std::string const violation = properties::" << Property::name << "{}(c);\n"
      << "  std::cout << violation << '\\n';\n  return violation.empty() ? 0 : 1;\n}\n";
  return out.str();
}

/// A case that RapidCheck shows as a program.
template <class Property>
struct Shown {
  Case value;
};
template <class Property>
void showValue(Shown<Property> const& shown, std::ostream& out) {
  out << '\n' << program_of<Property>(shown.value);
}

/// Runs a property on random cases, as many as RC_PARAMS says (100 by default) times `share`.
template <class Property>
rc::detail::TestResult result_of(rc::Gen<Case> const& cases, double share = 1) {
  auto params = rc::detail::configuration().testParams;
  params.maxSuccess = std::max(1, static_cast<int>(params.maxSuccess * share));
  auto const shown = rc::gen::map(cases, [](Case const& c) { return Shown<Property>{c}; });
  return rc::detail::checkTestable(
      [shown] {
        auto const c = *shown.as("program");
        auto const violation = Property{}(c.value);
        if (!violation.empty()) {
          RC_FAIL(violation);
        }
      },
      rc::detail::TestMetadata{}, params);
}

/// Checks a property, and prints the number of cases. A failure is reported with the smallest counter-example found.
template <class Property>
void holds(rc::Gen<Case> const& cases, double share = 1) {
  auto const result = result_of<Property>(cases, share);
  if (result.template is<rc::detail::SuccessResult>()) {
    std::cout << Property::name << ": " << result.template get<rc::detail::SuccessResult>().numSuccess << " cases\n";
    return;
  }
  std::ostringstream message;
  rc::detail::printResultMessage(result, message);
  FAIL_CHECK(message.str());
}

}  // namespace properties
