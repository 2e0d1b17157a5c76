#!/usr/bin/env python3
"""Summarises what llvm-cov exports about include/; scripts/coverage.sh runs it.

coverage.py LINES BRANCHES    LINES: in lcov's format; BRANCHES: in llvm-cov's JSON

Prints the lines that no test executes, header by header, and the shares of each room. Writes them to
docs/reliability/coverage.json. A line or branch of a template counts as executed if one of its instances executes it.
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULT = ROOT / "docs" / "reliability" / "coverage.json"


def lines_of(text):
    """Returns {file: {line: count}} of an lcov report."""
    files = {}
    for row in text.splitlines():
        if row.startswith("SF:"):
            lines = files.setdefault(row[3:], {})
        elif row.startswith("DA:"):
            line, count = row[3:].split(",")[:2]
            lines[int(line)] = max(lines.get(int(line), 0), int(count))
    return files


def branches_of(export):
    """Returns {file: {place: [count if true, count if false]}} of llvm-cov's JSON, all instances together."""
    files = {}
    for file in export["data"][0]["files"]:
        branches = files.setdefault(file["filename"], {})
        for branch in file.get("branches", []):
            counts = branches.setdefault(tuple(branch[:4]), [0, 0])
            counts[0] += branch[4]
            counts[1] += branch[5]
    return files


def ranges(numbers):
    """Returns sorted numbers as text: 3-5, 8."""
    parts = []
    for number in sorted(numbers):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in parts)


def summary(lines, branches, include):
    """Returns (rooms, {header: lines that no test executes}) for the headers in a folder."""
    rooms, missed = {}, {}
    for file in sorted(lines.keys() & branches.keys()):
        path = pathlib.Path(file)
        if not path.is_relative_to(include / "wmanifold"):
            continue
        header = path.relative_to(include / "wmanifold")
        room = rooms.setdefault(header.parts[0], dict.fromkeys(
            ("lines", "lines_executed", "branches", "branches_executed"), 0))
        room["lines"] += len(lines[file])
        room["lines_executed"] += sum(count > 0 for count in lines[file].values())
        room["branches"] += 2 * len(branches[file])
        room["branches_executed"] += sum((yes > 0) + (no > 0) for yes, no in branches[file].values())
        never = [line for line, count in lines[file].items() if count == 0]
        if never:
            missed[str(header)] = never
    return rooms, missed


def shares(counts):
    return counts | {f"{kind}_share": round(counts[f"{kind}_executed"] / counts[kind], 4) if counts[kind] else 1.0
                     for kind in ("lines", "branches")}


def first_line(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[0]


def main():
    lines = lines_of(pathlib.Path(sys.argv[1]).read_text())
    branches = branches_of(json.loads(pathlib.Path(sys.argv[2]).read_text()))
    rooms, missed = summary(lines, branches, ROOT / "include")
    if not rooms:
        sys.exit("error: expected counts of the headers in include/, got none")
    every = {key: sum(room[key] for room in rooms.values()) for key in next(iter(rooms.values()))}
    for header, never in missed.items():
        source = (ROOT / "include" / "wmanifold" / header).read_text().split("\n")
        print(f"{header}: {ranges(never)}")
        for line in never:
            print(f"  {line:4}  {source[line - 1]}")
    for name, counts in [*rooms.items(), ("all", every)]:
        share = shares(counts)
        print(f"{name:12} lines {100 * share['lines_share']:6.2f} % of {counts['lines']:5}    "
              f"branches {100 * share['branches_share']:6.2f} % of {counts['branches']:5}")
    match = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    result = {
        "measured": datetime.date.today().isoformat(),
        "commit": first_line("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"),
        "machine": f"{match[1] if match else 'unknown processor'}, {os.cpu_count()} cores",
        "compiler": first_line("clang++", "--version"),
        "all": shares(every),
        "rooms": {name: shares(counts) for name, counts in rooms.items()},
        "not_executed": {header: ranges(never) for header, never in missed.items()},
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
