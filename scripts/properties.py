#!/usr/bin/env python3
"""Runs the properties of random networks for several seeds and writes docs/reliability/properties.json: the number of
cases of each property. A violation ends the run with its counter-example, a program in C++.

properties.py PROGRAM CASES SEED...    PROGRAM is test_properties; scripts/properties.sh builds it
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def output_of(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def processor():
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.*)$", cpuinfo.read_text(), re.MULTILINE) if cpuinfo.exists() else None
    return f"{found[1] if found else 'unknown processor'}, {os.cpu_count()} cores"


def main(program, cases, *seeds):
    counts = {}
    for seed in seeds:
        run = subprocess.run([program], capture_output=True, text=True,
                             env={**os.environ, "RC_PARAMS": f"seed={seed} max_success={cases}",
                                  "OMP_WAIT_POLICY": "passive"})
        print(f"seed {seed}\n{run.stdout}", flush=True)
        if run.returncode != 0:
            sys.exit(f"error: seed {seed}: a property does not hold, see above")
        for name, count in re.findall(r"^(\w+): (\d+) cases$", run.stdout, re.MULTILINE):
            counts[name] = counts.get(name, 0) + int(count)
    if not counts:
        sys.exit(f"error: expected lines with numbers of cases from {program}, got none")
    report = {
        "measured": datetime.date.today().isoformat(),
        "commit": output_of("git", "rev-parse", "--short", "HEAD"),
        "machine": processor(),
        "compiler": output_of("c++", "--version").splitlines()[0],
        "seeds": [int(seed) for seed in seeds],
        "properties": [{"property": name, "cases": count} for name, count in counts.items()],
    }
    path = ROOT / "docs/reliability/properties.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n")
    print(f"{sum(counts.values())} cases of {len(counts)} properties: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
