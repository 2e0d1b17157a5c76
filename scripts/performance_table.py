#!/usr/bin/env python3
"""Writes the performance tables of docs/performance.md (all cases) and README.md (some cases) from the reports of
scripts/bench.sh. Each page has a table between two markers.

performance_table.py [FOLDER]    folder of report.json and report-v3.json, by default build/bench
"""

import json
import pathlib
import sys
import textwrap

BEGIN, END = "<!-- performance -->", "<!-- /performance -->"
OURS = "wmanifold"
FEW = {
    "step-512-k3": "a step of 784-512-512-10, batch 256, K = 3, a context per sample",
    "step-32-k3": "a step of 64-32-32-10, batch 64, K = 3",
    "step-16-k3": "a step of 2-16-16-1, batch 32, K = 3",
    "point-64-32-32-10-relu": "one sample through 64-32-32-10",
    "block-64-32-32-10": "a block of 64 samples through it",
    "move-64-32-32-10-k3": "that network at another context, K = 3",
    "phase-342-512-512-311": "one sample through 342-512-512-311 at a context of its own, four rows",
    "phase-342-512-512-311-bf16": "the same with parameters in bfloat16",
}


def time_of(seconds):
    for unit, scale in (("ns", 1e9), ("µs", 1e6), ("ms", 1e3)):
        if seconds * scale < 1000 or unit == "ms":
            return f"{seconds * scale:.3g} {unit}"


def cells(report, name):
    """Returns our time, our share of the peak, and the ratios of the others' times to ours."""
    found = {case["contender"]: case for case in report["cases"] if case["name"] == name}
    if OURS not in found:
        return ["", "", ""]
    ours = found.pop(OURS)
    others = (f"{who} × {case['median_seconds'] / ours['median_seconds']:.2f}" for who, case in found.items())
    return [time_of(ours["median_seconds"]), f"{100 * ours['share_of_peak']:.0f} %", ", ".join(others)]


def targets_of(native, v3):
    """Returns a sentence with the number of targets met in each build, and a table of the missed ones."""
    met = [f"{sum(target['met'] for target in report['targets'])} of {len(report['targets'])}" for report in (native, v3)]
    missed = [{target["name"]: f"{target['ratio']:.2f} of {target['required']:g}"
               for target in report["targets"] if not target["met"]} for report in (native, v3)]
    aims = {target["name"]: f"{target['aim']:.3g}" for target in native["targets"] + v3["targets"]}
    lines = [f"Targets met: {met[0]} native, {met[1]} with x86-64-v3."]
    rows = [f"| `{name}` | {missed[0].get(name, 'met')} | {missed[1].get(name, 'met')} | {aim} |"
            for name, aim in aims.items() if any(name in own for own in missed)]
    head = ["", "| missed target, reached of required | native | x86-64-v3 | aim |", "|---|---|---|---|"]
    return lines + (head + rows if rows else [])


def paragraph(text):
    return textwrap.wrap(text, 120, break_long_words=False, break_on_hyphens=False)


def table(native, v3):
    names = dict.fromkeys(case["name"] for case in native["cases"] if case["contender"] == OURS)
    contenders = ", ".join(f"{who} {version}" for who, version in native["contenders"].items() if who != OURS)
    peaks = [f"{report['fma_peak_gflops']:.0f}" for report in (native, v3)]
    lines = [
        *paragraph(f"Measured on: {native['machine']}, and with `-march=x86-64-v3`. A bare FMA loop does "
                   f"{peaks[0]} and {peaks[1]} GFLOP/s on one thread. Other contenders: {contenders}."),
        "",
        "| | native | of peak | others' time / ours | x86-64-v3 | of peak | others' time / ours |",
        "|---|---|---|---|---|---|---|",
    ]
    for name in names:
        lines.append("| " + " | ".join([f"`{name}`", *cells(native, name), *cells(v3, name)]) + " |")
    return lines + ["", *targets_of(native, v3)]


def few(native):
    lines = ["| | time | others' time / ours |", "|---|---|---|"]
    for name, title in FEW.items():
        time, _, others = cells(native, name)
        lines.append(f"| {title} | {time} | {others} |")
    return lines + ["", *paragraph(f"Measured on: {native['machine']}.")]


def write(page, lines):
    text = page.read_text()
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        sys.exit(f"error: {page}: expected {BEGIN} and {END} once each, got {text.count(BEGIN)} and {text.count(END)}")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    page.write_text("\n".join([before + BEGIN, *lines, END + after]))


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "build" / "bench"
    native, v3 = (json.loads((folder / name).read_text()) for name in ("report.json", "report-v3.json"))
    write(root / "docs" / "performance.md", table(native, v3))
    write(root / "README.md", few(native))


if __name__ == "__main__":
    main()
