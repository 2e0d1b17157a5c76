"""Tests bench_compare.py and the readers of results beside it."""

import contextlib
import io
import itertools
import json
import math
import pathlib
import statistics
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import bench_compare
import bench_curves
import bench_results


def entry(name, time, **more):
    return {"name": name, "run_name": name, "run_type": "iteration", "real_time": 2 * time, "cpu_time": time,
            "time_unit": "ns", **more}


def results(**times):
    return {name: bench_results.Result([1e-9 * time for time in of], {}) for name, of in times.items()}


def enumerated_p(old, new):
    """The two-sided p by all ways to divide the values: twice the smaller tail."""
    values = [*old, *new]
    u = bench_compare.u_statistic(old, new)
    low = min(u, len(old) * len(new) - u)
    every = []
    for some in itertools.combinations(range(len(values)), len(old)):
        left = [values[i] for i in some]
        right = [values[i] for i in range(len(values)) if i not in some]
        every.append(bench_compare.u_statistic(left, right))
    return min(1.0, 2 * sum(one <= low for one in every) / len(every))


class MannWhitney(unittest.TestCase):
    def test_published_values(self):
        # Hollander and Wolfe (1973), page 69: the permeability of membranes, as in R's wilcox.test (one-sided 0.1272).
        membranes = ([0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46], [1.15, 0.88, 0.90, 0.74, 1.21])
        self.assertEqual(bench_compare.u_statistic(*membranes), 35)
        self.assertAlmostEqual(bench_compare.mann_whitney_p(*membranes), 2 * 0.12720613, places=7)
        # The ages in the manual of scipy.stats.mannwhitneyu: U = 17, p = 1/9; 0.11134689 by the approximation.
        men, women = [19, 22, 16, 29, 24], [20, 11, 17, 12]
        self.assertEqual(bench_compare.u_statistic(men, women), 17)
        self.assertAlmostEqual(bench_compare.mann_whitney_p(men, women), 1 / 9, places=12)
        self.assertAlmostEqual(bench_compare.normal_p(17, men, women), 0.11134688653314041, places=12)

    def test_complete_separation(self):
        self.assertAlmostEqual(bench_compare.mann_whitney_p([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]), 2 / 252)
        self.assertAlmostEqual(bench_compare.mann_whitney_p([6, 7, 8, 9, 10], [1, 2, 3, 4, 5]), 2 / 252)

    def test_exact_is_that_of_all_orders(self):
        values = [3.0, 1.0, 4.0, 1.5, 9.0, 2.6, 5.0, 3.5]
        for n in range(1, len(values)):
            with self.subTest(n=n):
                self.assertAlmostEqual(bench_compare.mann_whitney_p(values[:n], values[n:]),
                                       enumerated_p(values[:n], values[n:]), places=12)

    def test_ties(self):
        # U = 0.5, variance = 9 / 12 (7 - 18 / 30) = 4.8, z = (4.5 - 0.5 - 0.5) / sqrt(4.8).
        expected = 2 * statistics.NormalDist().cdf(-3.5 / math.sqrt(4.8))
        self.assertAlmostEqual(expected, 0.1101, places=4)
        self.assertAlmostEqual(bench_compare.mann_whitney_p([1, 1, 2], [2, 3, 3]), expected, places=12)
        self.assertEqual(bench_compare.mann_whitney_p([2, 2, 2], [2, 2, 2]), 1)

    def test_large_samples_are_approximated(self):
        old, new = list(range(0, 60, 2)), list(range(1, 61, 2))
        self.assertAlmostEqual(bench_compare.mann_whitney_p(old, new),
                               bench_compare.normal_p(bench_compare.u_statistic(old, new), old, new))

    def test_nothing_to_compare(self):
        with self.assertRaisesRegex(ValueError, "expected values on both sides, got 0 and 1"):
            bench_compare.mann_whitney_p([], [1])


class Compare(unittest.TestCase):
    def test_only_changes_beyond_the_noise(self):
        old = results(slower=[100, 101, 102, 103, 104], faster=[200, 202, 204, 206, 208], noisy=[100, 140, 90, 120, 80],
                      slightly=[1000, 1001, 1002, 1003, 1004], gone=[1, 2, 3, 4, 5], once=[1])
        new = results(slower=[200, 201, 202, 203, 204], faster=[100, 101, 102, 103, 104], noisy=[130, 95, 85, 115, 105],
                      slightly=[1005, 1006, 1007, 1008, 1009], fresh=[1, 2, 3, 4, 5], once=[2])
        lines = bench_compare.compare(old, new)
        self.assertEqual(lines[0].split(), ["benchmark", "old", "new", "new", "/", "old", "p"])
        self.assertEqual(lines[1].split(), ["faster", "204", "ns", "102", "ns", "0.500", "0.0079"])
        self.assertEqual(lines[2].split(), ["slower", "102", "ns", "202", "ns", "1.980", "0.0079"])
        self.assertEqual(len({len(line) for line in lines[:3]}), 1)
        text = "\n".join(lines[3:])
        self.assertIn("5 benchmarks compared: 1 faster, 1 slower, 1 not told apart, 1 told apart by at most 1 %", text)
        self.assertIn("1 with too few repetitions", text)
        self.assertIn("1 in the old results alone:\n  gone", text)
        self.assertIn("1 in the new results alone:\n  fresh", text)

    def test_repetitions_that_can_tell(self):
        self.assertFalse(bench_compare.can_tell(3, 3))
        self.assertTrue(bench_compare.can_tell(4, 4))


class Read(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, *entries):
        (self.folder / name).write_text(json.dumps({"context": {}, "benchmarks": entries}))

    def test_repetitions_of_all_files(self):
        self.write("a.json", entry("a/x", 5, MACs=10.0), entry("a/x", 7, MACs=30.0),
                   {**entry("a/x", 6), "run_type": "aggregate"})
        self.write("b.json", entry("b/y/real_time", 5), {**entry("b/z", 1), "error_occurred": True})
        found = bench_results.read(self.folder)
        self.assertEqual(list(found), ["a/x", "b/y/real_time"])
        self.assertAlmostEqual(found["a/x"].median, 6e-9)
        self.assertEqual(found["a/x"].counter("MACs"), 20)
        self.assertIsNone(found["a/x"].counter("of_peak"))
        self.assertAlmostEqual(found["b/y/real_time"].median, 10e-9)  # real time, as it asks for
        self.assertEqual(list(bench_results.read(self.folder / "b.json")), ["b/y/real_time"])

    def test_no_results(self):
        for path in (self.folder, self.folder / "none.json"):
            with self.assertRaisesRegex(bench_results.ResultsError, "expected results"):
                bench_results.read(path)
        (self.folder / "broken.json").write_text("{}")
        with self.assertRaisesRegex(bench_results.ResultsError, "expected JSON of Google Benchmark"):
            bench_results.read(self.folder)

    def test_table_is_aligned(self):
        self.write("a.json", entry("a/width:16", 123456, bytes_per_second=2e9), entry("a/width:2", 5, MACs=1e9, of_peak=0.5))
        lines = bench_results.table(bench_results.read(self.folder))
        self.assertEqual(lines[1].split(), ["a/width:2", "5", "ns", "1", "G/s", "50", "%"])
        self.assertEqual(lines[2].split(), ["a/width:16", "123", "µs", "2", "GB/s"])
        self.assertEqual(lines[1].index("ns"), lines[2].index("µs"))

    def test_curves_of_what_was_measured(self):
        self.write("flow.json", *(entry(f"flow/step/real:float/K:{k}/width:64/batch:256/each:1", 100 * k)
                                  for k in (3, 5, 9)))
        with contextlib.redirect_stdout(io.StringIO()):
            written = bench_curves.write(bench_results.read(self.folder), self.folder)
        self.assertEqual([file.name for file in written], ["cost-k.svg"])
        self.assertIn("<svg", (self.folder / "cost-k.svg").read_text())


if __name__ == "__main__":
    unittest.main()
