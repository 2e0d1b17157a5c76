#!/usr/bin/env python3
"""Compares two runs of the microbenchmarks, benchmark by benchmark.

bench_compare.py OLD NEW    each a file of Google Benchmark's JSON, or a folder of such files

Prints the benchmarks whose times differ beyond the noise: p < 0.05 in a two-sided Mann-Whitney U test over the
repetitions, and medians more than 1 % apart. Then it prints how many were compared, how many could not be told apart,
and the benchmarks of one side alone.
"""

import math
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import bench_results

LEVEL = 0.05  # of p
LEAST_CHANGE = 0.01
MOST_EXACT = 20  # repetitions on either side; beyond, the normal approximation is as good


def u_statistic(old, new):
    """Returns the number of pairs with old > new; ties count a half."""
    return sum(1.0 if a > b else 0.5 if a == b else 0.0 for a in old for b in new)


def exact_p(u, n, m):
    """Returns the two-sided p of U = u without ties, from the number of orders of n + m values for each U."""
    counts = {(0, 0): [1]}  # (i, j): for each U, the orders of i old and j new values
    for i in range(n + 1):
        for j in range(m + 1):
            if i == j == 0:
                continue
            sums = [0] * (i * j + 1)
            # The largest value is an old one, above all j new ones, or a new one.
            for shift, before in ((j, (i - 1, j)), (0, (i, j - 1))):
                for at, count in enumerate(counts.get(before, [])):
                    sums[at + shift] += count
            counts[i, j] = sums
    orders = counts[n, m]
    low = min(u, n * m - u)
    return min(1.0, 2 * sum(orders[: int(low) + 1]) / sum(orders))


def normal_p(u, old, new):
    """Returns the two-sided p of U = u by the normal approximation, corrected for ties and continuity."""
    n, m = len(old), len(new)
    total = n + m
    values = [*old, *new]
    ties = sum(count**3 - count for count in (values.count(value) for value in set(values)))
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    z = max(0.0, abs(u - n * m / 2) - 0.5) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2))


def mann_whitney_p(old, new):
    """Returns the two-sided p of the Mann-Whitney U test: exact for small samples without ties."""
    if not old or not new:
        raise ValueError(f"Mann-Whitney: expected values on both sides, got {len(old)} and {len(new)}")
    u = u_statistic(old, new)
    has_ties = len({*old, *new}) < len(old) + len(new)
    if has_ties or max(len(old), len(new)) > MOST_EXACT:
        return normal_p(u, old, new)
    return exact_p(u, len(old), len(new))


def can_tell(n, m):
    """Returns whether n and m values could reach a p below the level at all."""
    return 2 / math.comb(n + m, n) < LEVEL


def compare(old, new):
    """Returns the lines of the comparison of two runs' results."""
    rows, alike, small, few = [], 0, 0, 0
    both = [name for name in old if name in new]
    for name in both:
        before, after = old[name], new[name]
        ratio = after.median / before.median
        if not can_tell(len(before.seconds), len(after.seconds)):
            few += 1
            continue
        p = mann_whitney_p(before.seconds, after.seconds)
        if p >= LEVEL:
            alike += 1
        elif abs(ratio - 1) <= LEAST_CHANGE:
            small += 1
        else:
            rows.append((ratio, [name, bench_results.time_text(before.median), bench_results.time_text(after.median),
                                 f"{ratio:.3f}", f"{p:.4f}"]))
    lines = []
    if rows:
        rows.sort(key=lambda row: row[0])
        lines += bench_results.aligned([["benchmark", "old", "new", "new / old", "p"], *(row for _, row in rows)])
        lines.append("")
    faster = sum(ratio < 1 for ratio, _ in rows)
    lines.append(f"{len(both)} benchmarks compared: {faster} faster, {len(rows) - faster} slower, "
                 f"{alike} not told apart, {small} told apart by at most {100 * LEAST_CHANGE:.0f} %")
    if few:
        lines.append(f"{few} with too few repetitions to tell; measure both with scripts/bench.sh --micro")
    tested = len(both) - few
    if tested:
        lines.append(f"Without any change, about {LEVEL * tested:.0f} of {tested} would be told apart by chance.")
    for side, some, others in (("old", old, new), ("new", new, old)):
        alone = [name for name in some if name not in others]
        if alone:
            lines.append(f"{len(alone)} in the {side} results alone:")
            lines += [f"  {name}" for name in alone]
    return lines


def main():
    if len(sys.argv) != 3:
        print(__doc__.strip())
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    try:
        print("\n".join(compare(*(bench_results.read(path) for path in sys.argv[1:]))))
    except bench_results.ResultsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
