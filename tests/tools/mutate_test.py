"""Tests the mutants of scripts/mutants.py, and the readers of coverage."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import coverage
import mutants

HEADER = '''#pragma once

#define SUM(a, b) a + b  // + 1

namespace small {

/// Returns a + b, or 0 if !true.
template <int N = 3, class T = std::array<int, 1 + 2>>
requires(N > 0) && Real<T>
[[nodiscard]] constexpr int sum(std::span<int const> values) noexcept(N < 2) {
  static_assert(N < 7, "small: expected fewer than 7 && true");
  int total = 0;
  for (int const* p = values.data(); p != values.data() + 7; ++p) {
    if (*p < -2) [[unlikely]] {
      fail("sum: expected at least 0 < 1, got ", *p + 1);
    }
    if (!is_known(p)) {
      continue;
    }
    total += std::max<int>(*p, 1);
  }
  cache_.insert(total);
  return total;
}

struct Options {
  using Numbers = std::array<double, 2 + 2>;
  Options(int count);
  Options& operator=(Options const&) = delete;
  bool operator<(Options const&) const = default;
  double rate = 0.5;
};

}  // namespace small
'''


def changes(source):
    return {(mutant.line, mutant.before, mutant.after.strip("\n")) for mutant in mutants.mutants_of("a.hpp", source)}


class Mutants(unittest.TestCase):
    def test_mutants_of_a_header(self):
        self.assertEqual(changes(HEADER), {
            (12, "0", "1"),
            (13, "!=", "=="), (13, "+", "-"), (13, "7", "8"), (13, "++", "--"),
            (14, "<", "<="), (14, "<", ">"), (14, "2", "3"),
            (14, "*p < -2", "true"), (14, "*p < -2", "false"), (14, "*p < -2", "!(*p < -2)"),
            (15, 'fail("sum: expected at least 0 < 1, got ", *p + 1)', ""),
            (17, "!", ""), (17, "!is_known(p)", "true"), (17, "!is_known(p)", "false"),
            (17, "!is_known(p)", "!(!is_known(p))"),
            (18, "continue", ""),
            (20, "+=", "-="), (20, "max", "min"), (20, "1", "0"), (20, "1", "2"),
            (20, "total += std::max<int>(*p, 1)", ""),
            (22, "cache_.insert(total)", ""),
            (31, "0.5", "1.5"),
        })

    def test_a_mutant_changes_its_place_alone(self):
        for mutant in mutants.mutants_of("a.hpp", HEADER):
            changed = mutant.applied(HEADER)
            self.assertEqual(changed[:mutant.start], HEADER[:mutant.start])
            self.assertTrue(changed.endswith(HEADER[mutant.end:]))
            self.assertNotEqual(changed, HEADER)
            self.assertEqual(changed.count("\n"), HEADER.count("\n"))

    def test_the_function_around_a_mutant(self):
        functions = {mutant.line: mutant.function for mutant in mutants.mutants_of("a.hpp", HEADER)}
        self.assertEqual(functions, dict.fromkeys((12, 13, 14, 15, 17, 18, 20, 22), "sum") | {31: ""})

    def test_declarations_are_no_statements(self):
        for declaration in ("Point p(1);", "T const x = f();", "auto y = f();", "R* to = f();", "Matrix<R> m(f());",
                            "return f();", "static_cast<void>(f());", "using a::f;", "return a ? b : f();",
                            "int x = [] { return 1; }();"):
            with self.subTest(declaration):
                self.assertNotIn("statement", {mutant.kind for mutant in mutants.mutants_of(
                    "a.hpp", "void g() { " + declaration + " }")})

    def test_statements(self):
        for statement in ("f()", "x = y", "a.b(c)->d()", "*to++ += x", "this->x = y", "f<R, 2>(x)", "x[i] *= y", "++n",
                          "std::fill_n(a, 2, b)", "f([&] { return; })", "(f(), ...)", "switch (x) { case 1: f(); }"):
            with self.subTest(statement):
                self.assertIn(("statement", statement.split(": ")[-1].removesuffix("; }")), {(mutant.kind, mutant.before) for mutant in mutants.mutants_of(
                    "a.hpp", "void g() { " + statement + "; }")})

    def test_conditions_that_declare_are_kept(self):
        kinds = {mutant.kind for mutant in mutants.mutants_of("a.hpp", "void g() { if (auto p = f()) { h(p); } }")}
        self.assertNotIn("condition", kinds)
        self.assertIn((1, "p != q", "false"), changes("void g() { if (auto p = f(); p != q) { h(p); } }"))

    def test_raw_strings_and_characters(self):
        self.assertEqual(changes('auto a = R"(1 + 2)", b = "\\" + 1", c = \'+\', d = \'"\';'), set())

    def test_numbers(self):
        for before, after in (("0", ["1"]), ("1", ["0", "2"]), ("7U", ["8U"]), ("1'000", ["1001"]), ("0x0fU", ["16U"]),
                              ("0.5", ["1.5"]), ("1.0F", ["0.0F", "2.0F"]), ("0x1p-3", ["(2 * 0x1p-3)"])):
            with self.subTest(before):
                self.assertEqual(mutants.changed_number(before), after)

    def test_the_order_depends_on_the_seed_and_not_on_other_headers(self):
        ours = mutants.mutants_of("a.hpp", HEADER)
        others = mutants.mutants_of("b.hpp", HEADER.replace("total", "sum"))
        order = mutants.in_random_order(ours, 1)
        of_both = mutants.in_random_order(ours + others, 1)
        self.assertEqual(order, [mutant for mutant in of_both if mutant.file == "a.hpp"])
        self.assertNotEqual(order, mutants.in_random_order(ours, 2))
        self.assertEqual(len(order), len({mutant.line for mutant in ours}))

    def test_every_mutant_of_the_library_has_its_own_id(self):
        include = ROOT / "include"
        every = [mutant.id for path in include.rglob("*.hpp")
                 for mutant in mutants.mutants_of(str(path.relative_to(include)), path.read_text())]
        self.assertGreater(len(every), 10000)
        self.assertEqual(len(every), len(set(every)))


class Coverage(unittest.TestCase):
    def test_instances_of_a_template_count_together(self):
        folder = pathlib.Path("/p")
        file = "/p/wmanifold/core/a.hpp"
        lines = coverage.lines_of(f"SF:{file}\nDA:1,4\nDA:2,0\nDA:3,0\nend_of_record\nSF:{file}\nDA:2,1\n"
                                  "SF:/p/other.hpp\nDA:1,0\n")
        branches = coverage.branches_of({"data": [{"files": [
            {"filename": file, "branches": [[1, 2, 1, 9, 3, 0, 0, 0, 4], [1, 2, 1, 9, 0, 0, 0, 0, 4],
                                            [2, 2, 2, 9, 0, 0, 0, 0, 4]]}]}]})
        rooms, missed = coverage.summary(lines, branches, folder)
        self.assertEqual(rooms, {"core": {"lines": 3, "lines_executed": 2, "branches": 4, "branches_executed": 1}})
        self.assertEqual(missed, {"core/a.hpp": [3]})

    def test_ranges(self):
        self.assertEqual(coverage.ranges([9, 3, 4, 5]), "3-5, 9")


if __name__ == "__main__":
    unittest.main()
