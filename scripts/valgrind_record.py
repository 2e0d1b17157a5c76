"""Writes docs/reliability/valgrind.json of the logs of valgrind.sh:  valgrind_record.py FOLDER"""

import pathlib
import re
import subprocess
import sys

import reliability


def room(log):
    text = log.read_text(errors="replace")
    cases = re.search(r"test cases:\s+(\d+) \|\s+(\d+) passed", text)
    reports = re.findall(r"ERROR SUMMARY: (\d+) errors", text)
    return {"room": log.stem, "cases": int(cases[1]), "passed": int(cases[2]), "reports": sum(map(int, reports))}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    version = subprocess.run(["valgrind", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    rooms = [room(log) for log in sorted(pathlib.Path(sys.argv[1]).glob("*.log"))]
    reliability.record("valgrind", {"rooms": rooms}, f"{version}, GCC")


if __name__ == "__main__":
    main()
