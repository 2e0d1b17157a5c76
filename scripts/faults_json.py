#!/usr/bin/python3
"""Turns the output of scripts/faults.sh into docs/reliability/faults.json.

    faults_json.py FILE SEED
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

LINE = re.compile(r"faults: (.+): (\d+) injected, (\d+) survived")


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    kinds = [{"kind": kind, "injected": int(injected), "survived": int(survived)}
             for kind, injected, survived in LINE.findall(text)]
    if not kinds:
        sys.exit(f"error: {sys.argv[1]}: expected lines with faults, got none")
    json.dump({
        "measured": datetime.date.today().isoformat(),
        "commit": output_of("git", "rev-parse", "--short", "HEAD"),
        "machine": f"{processor()}, {os.cpu_count()} cores",
        "compiler": output_of("g++", "--version").splitlines()[0],
        "seed": int(sys.argv[2]),
        "kills": [line for line in text.splitlines() if "kills found a write" in line],
        "skipped": [line for line in text.splitlines() if line.startswith("skipped: ")],
        "faults": kinds,
    }, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
