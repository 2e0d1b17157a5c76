#include <wmanifold/testing/report.hpp>
#include <wmanifold/topology/s1.hpp>

#include "support/doctest.hpp"

namespace wm = wmanifold;
using wm::testing::Report;

TEST_CASE("a report keeps the worst case of every broken law") {
  Report report;
  report.hold("small", 1e-13, 1e-12);
  report.hold("zero", 0, 0);
  CHECK(report.violations().empty());
  CHECK(to_string(report.violations()).empty());

  report.hold("small", 2, 1, wm::S1::radians(0.5), "and", 7);
  report.hold("small", 3, 1, wm::Coordinates<wm::S1>{0.25});
  report.hold("small", 2.5, 1, "not this");
  report.hold("small", 3, 2, "nor one as bad");
  report.hold_true("other", true);
  report.hold_true("other", false);
  REQUIRE(report.violations().size() == 2);
  CHECK(report.violations()[0].law == "small");
  CHECK(report.violations()[0].where == "(0.25)");
  CHECK(report.violations()[0].error == 3);
  CHECK(report.violations()[0].allowed == 1);
  CHECK(report.checks() == 8);
  CHECK(to_string(report.violations()) ==
        "does not hold: small; error 3, allowed 1; at (0.25)\ndoes not hold: other; error 1, allowed 0\n");
}

TEST_CASE("numbers of all kinds are printed") {
  Report report;
  report.hold("wide", 2, 1, wm::detail::WideArray<double, 3>(std::array<double, 3>{1, 2, 0.5}), "and", 7);
  REQUIRE(report.violations().size() == 1);
  CHECK(report.violations()[0].where == "(1, 2, 0.5) and 7");
  wm::testing::Violation none;
  none.law = "none";
  CHECK(wm::testing::to_string({none}) == "does not hold: none; error 0, allowed 0\n");
}

TEST_CASE("a NaN counts as an error of any size") {
  Report report;
  report.hold("finite", std::nan(""), 1e300, wm::S1::radians(0.5), "and", 7);
  REQUIRE(report.violations().size() == 1);
  CHECK(report.violations()[0].where == "(0.5) and 7");
}
