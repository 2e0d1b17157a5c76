"""Makes docs/reliability.md of the measured files in docs/reliability/, and writes those files for other scripts."""

import datetime
import json
import pathlib
import platform
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reliability"


def processor():
    """The name of the processor, and how many cores there are."""
    info = pathlib.Path("/proc/cpuinfo").read_text()
    name = re.search(r"^model name\s*: (.*)$", info, re.M)
    return f"{name[1] if name else platform.machine()}, {info.count('processor' + chr(9))} cores"


def record(name, results, compiler=""):
    """Writes the results of a run, with its day, commit and machine."""
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                            check=True).stdout.strip()
    head = {"measured": datetime.date.today().isoformat(), "commit": commit, "machine": processor()}
    if compiler:
        head["compiler"] = compiler
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps({**head, **results}, indent=1) + "\n")
