#!/usr/bin/env python3
"""Makes docs/reliability.md of the measured files in docs/reliability/.

reliability.py           writes the page
reliability.py --check   ends with 1 if the page is not that of the files
reliability.py --suite   first records the last run of scripts/test.sh --all, from build/, and counts the tested errors

Other scripts write the rest of the files: compilers.sh, coverage.sh, faults.sh, fuzz.sh, mutate.py, numbers.sh,
properties.sh, valgrind.sh.
"""

import datetime
import json
import pathlib
import platform
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reliability"
PAGE = ROOT / "docs" / "reliability.md"
PRESETS = {
    "all": "all rooms, examples, tools, flags, properties, faults, valgrind on two rooms; GCC",
    "asan": "all rooms and the fuzz targets under the address and undefined-behaviour sanitizers; Clang",
    "tsan": "threads under the thread sanitizer, OpenMP by libomp with Archer; Clang",
}


def processor():
    """The name of the processor, and how many cores there are."""
    info = pathlib.Path("/proc/cpuinfo").read_text()
    name = re.search(r"^model name\s*: (.*)$", info, re.M)
    cores = len(re.findall(r"^processor\s*:", info, re.M))
    return f"{name[1] if name else platform.machine()}, {cores} cores"


def record(name, results, compiler=""):
    """Writes the results of a run, with its day, commit and machine."""
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                            check=True).stdout.strip()
    head = {"measured": datetime.date.today().isoformat(), "commit": commit, "machine": processor()}
    if compiler:
        head["compiler"] = compiler
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps({**head, **results}, indent=1) + "\n")


def last_run(preset):
    """The tests of the last run of a preset, how many passed, and the time of the run."""
    log = (ROOT / "build" / preset / "Testing" / "Temporary" / "LastTest.log").read_text(errors="replace")
    times = re.findall(r"^(?:Start|End) testing: (.*) \w+$", log, re.M)
    first, last = (datetime.datetime.strptime(text, "%b %d %H:%M") for text in (times[0], times[-1]))
    return {"preset": preset, "tests": len(re.findall(r"^\d+/\d+ Testing:", log, re.M)),
            "passed": len(re.findall(r"^Test Pass(?:ed\.$| Reason:$)", log, re.M)),
            "minutes": round((last - first).total_seconds() / 60)}


def record_suite():
    errors = subprocess.run(["cmake", "-D", f"ROOT={ROOT}", "-P", ROOT / "tests" / "house" / "errors.cmake"],
                            capture_output=True, text=True, check=True)
    calls, texts = re.search(r"(\d+) calls with a message, (\d+) compile-time texts",
                             errors.stdout + errors.stderr).groups()
    cases = sum(len(re.findall(r"^TEST_CASE", source.read_text(), re.M)) for source in (ROOT / "tests").rglob("*.cpp"))
    record("suite", {"presets": [last_run(preset) for preset in PRESETS], "test_cases": cases,
                     "run_time_errors": int(calls), "compile_time_errors": int(texts)})


def rows(head, body):
    """A table of Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(str(cell) for cell in line) + " |" for line in body] + [""]


def thousands(number):
    return f"{number:,}"


def suite(data):
    body = [(f"`{one['preset']}`", PRESETS[one["preset"]], f"{one['passed']} of {one['tests']}")
            for one in data["presets"]]
    return [
        "## Each commit", "",
        "`scripts/test.sh --all` runs for each commit that lands, in three configurations.", "",
        *rows(["configuration", "what runs", "tests passed"], body),
        f"The rooms hold {data['test_cases']} test cases, most of them for several models and scalars.",
        f"Bad input: {data['run_time_errors']} places in the library refuse an argument, a file or a number, and",
        f"{data['compile_time_errors']} sentences refuse code. A test asserts the text of each (`ctest -R errors`).", ""]


def compilers(data):
    body = []
    for one in data["rows"]:
        how = one["error"] or ("compiled and run" if one["runs"] else "compiled")
        body.append((one["name"], f"C++{one['standard']}", one["library"], one["flags"] or "", how))
    return [
        "## Compilers and standard libraries", "",
        f"All headers and the programs of `tests/flags`, warnings as errors: `{data['warnings']}`. \"Run\" means the golden",
        "values at -O1 and every pass at -O2, or the texts of all kinds of error. `scripts/compilers.sh` runs before releases,",
        "and after changes of many headers; GCC 12 and Clang 14 with C++20 run with each commit.", "",
        *rows(["compiler", "standard", "library", "flags", "result"], body)]


def valgrind(data):
    cases = sum(room["cases"] for room in data["rooms"])
    passed = sum(room["passed"] for room in data["rooms"])
    reports = sum(room["reports"] for room in data["rooms"])
    return [
        "## Numbers that were never set", "",
        f"`scripts/valgrind.sh` runs the {len(data['rooms'])} rooms of tests under valgrind: {thousands(passed)} of",
        f"{thousands(cases)} cases pass, with {reports} reports of values that were never set, of wrong accesses and of lost",
        "memory. Two cases are left out: valgrind has no mode that takes denormal numbers as zero. Rooms `core` and `data` run",
        "so with each commit.", ""]


def fuzz(data):
    body = []
    for name, one in sorted(data["targets"].items()):
        body.append((name, f"{one['seconds'] / 3600:.2f} h", thousands(one["executions"]), thousands(one["edges"]),
                     one["corpus_files"], one["findings"]))
    names = {file.stem for file in (ROOT / "tests" / "fuzz").glob("*.cpp")} - {"seeds"}
    body += [(name, "20 s with each commit", "", "", "", "") for name in sorted(names - set(data["targets"]))]
    return [
        "## Bytes at random", "",
        "Each target of `tests/fuzz` reads bytes under sanitizers, and reads them or refuses them with the documented error.",
        "`differential` makes a network, a batch and a plan of them, and compares all levels of the processor and both ways",
        "of a batch with loops in double, within a bound of rounding. Each runs 20 s with each commit, and by",
        "`scripts/fuzz.sh` the processor times below, in all runs together; the commit is that of the last one. Edges are",
        "those of the target's own code. A finding was mended, and its input stays among those of every run.", "",
        *rows(["target", "time", "executions", "edges", "inputs kept", "findings"], body)]


def properties(data):
    body = [(one["property"], thousands(one["cases"])) for one in data["properties"]]
    return [
        "## Properties of random networks", "",
        "Random topology, basis, layers and batch. A violation shrinks and is printed as a program. Violations in this",
        f"run, with seeds {', '.join(str(seed) for seed in data['seeds'])}: none.", "",
        *rows(["property", "cases"], body)]


def faults(data):
    body = [(one["kind"], thousands(one["injected"]), thousands(one["survived"])) for one in data["faults"]]
    lines = [
        "## Faults", "",
        "A fault is survived if the call throws the documented error, the model, the state and the earlier file are",
        "unchanged, and the next call works (`scripts/faults.sh`; fewer of each kind with each commit).", "",
        *rows(["fault", "injected", "survived"], body)]
    return lines + [f"Skipped: {text}." for text in data["skipped"]]


def mutants(data):
    body = [(name, one["mutants"], one["killed"], one["equivalent"], one["open"])
            for name, one in sorted(data["rooms"].items())]
    body.append(("all", data["mutants"], data["killed"], data["equivalent"], data["open"]))
    unlike = data["mutants"] - data["equivalent"]
    so_far = f"So far, {data['mutants']} of {data['wanted']}" if data["mutants"] < data["wanted"] else data["mutants"]
    return [
        "## Do the tests notice?", "",
        f"{so_far} changes of one token in `include/`, drawn at random, were judged by the tests of their room and",
        f"the golden values (`scripts/mutate.py`). {data['killed']} of the {unlike} that change a result are noticed,",
        f"{data['killed_by_new_tests']} of them by tests or stages of tests that were added after they had survived. The reason",
        "why a change is equivalent stands in `docs/reliability/equivalent_mutants.json`.", "",
        *rows(["room", "changes", "noticed", "equivalent", "not noticed"], body)]


def coverage(data):
    def line(name, one):
        return (name, thousands(one["lines"]), f"{100 * one['lines_share']:.1f} %", f"{100 * one['branches_share']:.1f} %")
    body = [line(name, one) for name, one in sorted(data["rooms"].items())] + [line("all", data["all"])]
    return ["## Coverage of include/", "", "Clang's, over all rooms and the golden values (`scripts/coverage.sh`).", "",
            *rows(["room", "lines", "lines run", "branches run"], body)]


def numbers(data):
    body = [(one["configuration"], f"{one['accuracies']:.2f}", f"{one['last_losses']:.4f}") for one in data["rows"]]
    band = data["band"]
    body.append(("allowed", f"{band['accuracies']:.2f}", f"{band['last_losses']:.4f}"))
    return [
        "## The same numbers everywhere", "",
        f"The demo's {data['figures']} losses and accuracies of {data['seeds']} seeds, on fewer images and epochs, against",
        "those recorded with GCC and `-march=native` (`scripts/numbers.sh`; with each commit for one configuration).",
        "Largest differences:", "",
        *rows(["compiled by", "accuracy, points of a per cent", "loss of the last steps"], body)]


SECTIONS = [("suite", suite), ("compilers", compilers), ("valgrind", valgrind), ("fuzz", fuzz),
            ("properties", properties), ("faults", faults), ("mutants", mutants), ("coverage", coverage),
            ("numbers", numbers)]


def page():
    lines = ["# Reliability", "",
             "What is tested, how often, and what the tests found. `scripts/reliability.py` makes this page of the files in",
             "`docs/reliability/`, which other scripts measured.", ""]
    for name, section in SECTIONS:
        path = FOLDER / f"{name}.json"
        if path.exists():
            data = json.loads(path.read_text())
            lines += section(data)
            compiler = f", {data['compiler']}" if data.get("compiler") else ""
            lines += [f"<small>Measured on {data['measured']} at {data['commit']}: {data['machine']}{compiler}.</small>", ""]
    return "\n".join(lines).rstrip() + "\n"


def main():
    arguments = sys.argv[1:]
    if arguments not in ([], ["--check"], ["--suite"]):
        sys.exit(__doc__)
    if arguments == ["--check"]:
        sys.exit(0 if PAGE.read_text() == page() else "error: docs/reliability.md: expected that of docs/reliability/, got "
                 "another; run scripts/reliability.py")
    if arguments == ["--suite"]:
        record_suite()
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
