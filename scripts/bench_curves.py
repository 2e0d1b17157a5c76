#!/usr/bin/env python3
"""Draws the cost of the library against K, width, batch and threads, from the results of the microbenchmarks.

bench_curves.py RESULTS FOLDER    RESULTS: as bench_results.py reads them; FOLDER gets cost-k.svg and so on

A curve goes through medians; bars are the quartiles of the repetitions. Beside each curve a dashed one is the ideal:
linear growth from the smallest point, or the time at the measured peak of multiply-adds. Charts without results are
left out.
"""

import dataclasses
import html
import math
import pathlib
import re
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import bench_results

COLOURS = ["#1b5fc1", "#c4650a", "#0e7f6f", "#7b4aa8", "#b3261e"]
WIDTH, HEIGHT = 860, 470
LEFT, RIGHT, TOP, BOTTOM = 92, 262, 74, 62


@dataclasses.dataclass
class Chart:
    name: str
    title: str
    under: str  # the numbers that stay
    axis: str
    ideal: str  # a key of IDEALS
    curves: list  # (label, name of a benchmark with {} in the place of x)


IDEALS = {
    "linear": "dashed: linear growth from the smallest point",
    "peak": "dashed: the multiply-adds at the measured peak",
    "threads": "dashed: one thread's time, divided by the threads",
}

STEP = "flow/step/real:float"
CHARTS = [
    Chart("cost-k", "Time against K", "float, width 64, batch 256, one thread", "K (rows of the manifold)", "linear", [
        ("step, a context per sample", f"{STEP}/K:{{}}/width:64/batch:256/each:1"),
        ("step, 32 samples a context", f"{STEP}/K:{{}}/width:64/batch:256/each:32"),
        ("sample at its own context", "manifold/sample/real:float/K:{}/width:64"),
        ("network at another context", "manifold/at/real:float/K:{}/width:64"),
    ]),
    Chart("cost-width", "Time against width", "float, K = 3, batch 256, one thread", "width (numbers in a layer)", "peak", [
        ("step, a context per sample", f"{STEP}/K:3/width:{{}}/batch:256/each:1"),
        ("step, 32 samples a context", f"{STEP}/K:3/width:{{}}/batch:256/each:32"),
        ("network at another context", "manifold/at/real:float/K:3/width:{}"),
        ("sample at a fixed context", "network/sample/real:float/width:{}"),
    ]),
    Chart("cost-batch", "Time against batch", "float, K = 3, width 64, one thread", "batch (samples)", "linear", [
        ("step, a context per sample", f"{STEP}/K:3/width:64/batch:{{}}/each:1"),
        ("step, 32 samples a context", f"{STEP}/K:3/width:64/batch:{{}}/each:32"),
        ("forward, a context per sample", "manifold/forward/real:float/K:3/width:64/batch:{}/each:1"),
        ("forward, 32 samples a context", "manifold/forward/real:float/K:3/width:64/batch:{}/each:32"),
    ]),
    Chart("cost-threads", "Time of a step against threads", "float, K = 3, batch 256, a context per sample", "threads",
          "threads", [
              (f"width {width}", f"flow/step_threads/real:float/K:3/width:{width}/each:1/threads:{{}}/real_time")
              for width in (512, 256, 128, 64)
          ]),
]


def points_of(results, pattern):
    """Returns (x, result) of the benchmarks that a name with a place for x describes, by x."""
    before, after = pattern.split("{}")
    expression = re.compile(re.escape(before) + r"(\d+)" + re.escape(after))
    found = ((expression.fullmatch(name), result) for name, result in results.items())
    return sorted(((int(match[1]), result) for match, result in found if match), key=lambda point: point[0])


def ideal_of(kind, points):
    """Returns the ideal time at each x, None without one."""
    first, start = points[0]
    if kind == "linear":
        return [start.median * x / first for x, _ in points]
    if kind == "threads":
        return [start.median * first / x for x, _ in points]
    shares = [result.counter("of_peak") for _, result in points]
    return None if None in shares else [share * result.median for share, (_, result) in zip(shares, points)]


def spread(heights, least):
    """Moves labels apart: returns heights in the same order that are at least `least` apart, within the frame."""
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    placed = [heights[i] for i in order]
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + least)
    over = max(0.0, placed[-1] - (HEIGHT - BOTTOM))
    if over:
        placed[-1] -= over
        for i in reversed(range(len(placed) - 1)):
            placed[i] = min(placed[i], placed[i + 1] - least)
    result = [0.0] * len(heights)
    for at, i in enumerate(order):
        result[i] = placed[at]
    return result


def text(x, y, content, anchor="start", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{html.escape(content)}</text>'


def path(places, more):
    return f'<path d="M{" L".join(f"{x:.1f},{y:.1f}" for x, y in places)}" {more}/>'


def svg_of(chart, curves):
    """Returns the chart of curves (label, points, ideal), both axes logarithmic."""
    xs = sorted({x for _, points, _ in curves for x, _ in points})
    times = [time for _, points, ideal in curves
             for time in [*(t for _, result in points for t in quartiles(result)), *(ideal or [])]]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    margin = 0.04 * math.log(xs[-1] / xs[0]) if len(xs) > 1 else 1.0
    start, end = math.log(xs[0]) - margin, math.log(xs[-1]) + margin

    def at_x(x):
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log(x) - start) / (end - start)

    def at_y(time):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (math.log10(time) - low) / (high - low)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="Helvetica, Arial, Liberation Sans, sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        text(LEFT, 28, chart.title, more=' font-size="16" font-weight="bold"'),
        text(LEFT, 50, f"{chart.under}; {IDEALS[chart.ideal]}", more=' fill="#50555b"'),
    ]
    grey = ' fill="#50555b"'
    for power in range(low, high + 1):
        y = at_y(10.0**power)
        parts += [path([(LEFT, y), (WIDTH - RIGHT, y)], 'stroke="#e3e5e8"'),
                  text(LEFT - 8, y + 4, bench_results.time_text(10.0**power), "end", grey)]
    for x in xs:
        parts += [path([(at_x(x), TOP), (at_x(x), HEIGHT - BOTTOM)], 'stroke="#e3e5e8"'),
                  text(at_x(x), HEIGHT - BOTTOM + 19, str(x), "middle", grey)]
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts += [
        text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, chart.axis, "middle", grey),
        text(22, middle, "median time", "middle", f'{grey} transform="rotate(-90 22 {middle:.1f})"'),
        path([(LEFT, TOP), (LEFT, HEIGHT - BOTTOM), (WIDTH - RIGHT, HEIGHT - BOTTOM)], 'fill="none" stroke="#50555b"'),
    ]
    ends = [at_y(points[-1][1].median) for _, points, _ in curves]
    for (label, points, ideal), colour, end_y, label_y in zip(curves, COLOURS, ends, spread(ends, 18)):
        if ideal:
            dashed = [(at_x(x), at_y(time)) for (x, _), time in zip(points, ideal)]
            parts.append(path(dashed, f'fill="none" stroke="{colour}" stroke-width="1.4" stroke-dasharray="6 4"'))
        for x, result in points:
            lower, upper = quartiles(result)
            parts.append(path([(at_x(x), at_y(lower)), (at_x(x), at_y(upper))],
                              f'stroke="{colour}" stroke-width="4" stroke-opacity="0.35"'))
            parts.append(f'<circle cx="{at_x(x):.1f}" cy="{at_y(result.median):.1f}" r="3" fill="{colour}"/>')
        parts.append(path([(at_x(x), at_y(result.median)) for x, result in points],
                          f'fill="none" stroke="{colour}" stroke-width="2.2"'))
        right = WIDTH - RIGHT
        leader = [(at_x(points[-1][0]) + 5, end_y), (right + 14, label_y)]
        parts.append(path(leader, 'stroke="#9aa0a6" stroke-width="0.8"'))
        parts.append(text(right + 18, label_y + 4, label, more=f' fill="{colour}"'))
    return "\n".join([*parts, "</svg>", ""])


def quartiles(result):
    """Returns the lower and the upper quartile of the repetitions."""
    if len(result.seconds) < 2:
        return result.median, result.median
    lower, _, upper = statistics.quantiles(result.seconds, n=4, method="inclusive")
    return lower, upper


def write(results, folder):
    """Writes the charts whose curves have at least two points. Returns the files."""
    written = []
    for chart in CHARTS:
        found = [(label, points_of(results, pattern)) for label, pattern in chart.curves]
        curves = [(label, points, ideal_of(chart.ideal, points)) for label, points in found if len(points) > 1]
        if curves:
            file = pathlib.Path(folder) / f"{chart.name}.svg"
            file.write_text(svg_of(chart, curves))
            written.append(file)
    return written


def main():
    if len(sys.argv) != 3:
        print(__doc__.strip())
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    try:
        for file in write(bench_results.read(sys.argv[1]), sys.argv[2]):
            print(file)
    except (bench_results.ResultsError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
