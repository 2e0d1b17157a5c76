#!/usr/bin/env python3
"""Prints the results of the microbenchmarks as an aligned table; bench_compare.py and bench_curves.py read them by it.

bench_results.py RESULTS    RESULTS: a file of Google Benchmark's JSON, or a folder of such files
"""

import dataclasses
import json
import pathlib
import re
import statistics
import sys

SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}


class ResultsError(Exception):
    """A file or folder without results."""


@dataclasses.dataclass
class Result:
    """The repetitions of a benchmark. Times are of the processor, or real ones where the benchmark asks for them."""

    seconds: list
    counters: dict  # name: a number per repetition

    @property
    def median(self):
        return statistics.median(self.seconds)

    def counter(self, name):
        """Returns the median of a counter, None without it."""
        return statistics.median(self.counters[name]) if name in self.counters else None


def files_of(path):
    path = pathlib.Path(path)
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise ResultsError(f"{path}: expected results (a JSON file, or a folder of them), got none")
    return files


def read(path):
    """Returns the results in a file or folder, by name, in their order. Raises ResultsError."""
    results = {}
    for file in files_of(path):
        try:
            entries = json.loads(file.read_text())["benchmarks"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ResultsError(f"{file}: expected JSON of Google Benchmark, got none ({error})") from error
        for entry in entries:
            if entry.get("run_type") == "aggregate" or entry.get("error_occurred"):
                continue
            name = entry["run_name"] if "run_name" in entry else entry["name"]
            is_real = name.endswith(("/real_time", "/manual_time"))
            result = results.setdefault(name, Result([], {}))
            result.seconds.append(entry["real_time" if is_real else "cpu_time"] * SECONDS[entry["time_unit"]])
            for counter in ("MACs", "of_peak", "bytes_per_second", "items_per_second"):
                if counter in entry:
                    result.counters.setdefault(counter, []).append(entry[counter])
    return results


def with_unit(value, steps):
    for unit, scale in steps:
        if abs(value) < 999.5 * scale or unit == steps[-1][0]:
            return f"{value / scale:.3g} {unit}"


def time_text(seconds):
    return with_unit(seconds, [("ns", 1e-9), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0)])


def rate_text(value, unit):
    """Returns "12.3 G/s"; nothing for None."""
    return "" if value is None else with_unit(value, [(f"{prefix}{unit}/s", scale) for prefix, scale in
                                                      (("", 1.0), ("k", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12))])


def aligned(rows):
    """Returns the rows as lines, the first column to the left and all others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) if column == 0 else cell.rjust(width)
                      for column, (cell, width) in enumerate(zip(row, widths))).rstrip() for row in rows]


def numbers_by_size(name):
    """Returns a key that orders names by their words, and numbers in them by size."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", name)]


def table(results):
    """Returns the lines of a table of all results, ordered by name: repetitions may have run in random order."""
    rows = [["benchmark", "median", "spread", "MACs", "of peak", "bytes", "items"]]
    for name, result in sorted(results.items(), key=lambda item: numbers_by_size(item[0])):
        peak = result.counter("of_peak")
        spread = (max(result.seconds) - min(result.seconds)) / result.median if len(result.seconds) > 1 else None
        rows.append([name, time_text(result.median), "" if spread is None else f"{100 * spread:.0f} %",
                     rate_text(result.counter("MACs"), ""), "" if peak is None else f"{100 * peak:.0f} %",
                     rate_text(result.counter("bytes_per_second"), "B"),
                     rate_text(result.counter("items_per_second"), "")])
    return aligned(rows)


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__.strip())
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    try:
        print("\n".join(table(read(sys.argv[1]))))
    except ResultsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
