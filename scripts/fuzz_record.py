#!/usr/bin/python3
"""Adds a search of scripts/fuzz.sh to docs/reliability/fuzz.json. Fails if the search has found an input that breaks.

  fuzz_record.py TARGET LOG SECONDS

LOG is the output of libFuzzer. Seconds, executions and findings are added to those of earlier searches; the coverage
and the corpus are those of this one.
"""

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORD = ROOT / "docs" / "reliability" / "fuzz.json"


def first_line(*command):
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()[0]


def machine():
    models = re.findall(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return f"{models[0] if models else 'unknown processor'}, {os.cpu_count()} cores"


def last_number(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    target, log, seconds = sys.argv[1], pathlib.Path(sys.argv[2]).read_text(errors="replace"), int(sys.argv[3])
    record = json.loads(RECORD.read_text()) if RECORD.exists() else {"targets": {}}
    before = record["targets"].get(target, {})
    corpus = [file.stat().st_size for file in (ROOT / "tests" / "fuzz" / "corpus" / target).iterdir()]
    executions = last_number(r"stat::number_of_executed_units:\s+(\d+)", log)
    broken = len(re.findall(r"Test unit written to \S*(?:crash|oom|timeout|leak)-", log))
    total = {
        "seconds": before.get("seconds", 0) + seconds,
        "executions": before.get("executions", 0) + executions,
        "executions_per_second": round(executions / max(seconds, 1)),
        "edges": last_number(r"cov: (\d+)", log),
        "features": last_number(r"ft: (\d+)", log),
        "corpus_files": len(corpus),
        "corpus_bytes": sum(corpus),
        "findings": before.get("findings", 0) + broken,
    }
    record["targets"][target] = total
    header = {
        "measured": datetime.date.today().isoformat(),
        "commit": first_line("git", "rev-parse", "--short", "HEAD"),
        "machine": machine(),
        "compiler": first_line("clang++", "--version"),
    }
    record = {**header, "targets": dict(sorted(record["targets"].items()))}
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    RECORD.write_text(json.dumps(record, indent=1) + "\n")
    print(f"{target}: {executions} executions in {seconds} s, {total['edges']} edges, {len(corpus)} inputs kept, "
          f"{broken} findings; {total['seconds']} s in all", file=sys.stderr)
    sys.exit(broken > 0)


if __name__ == "__main__":
    main()
