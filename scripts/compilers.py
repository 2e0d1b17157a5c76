"""The work of compilers.sh: compiles and runs the headers and the programs of tests/flags, row by row of a table."""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

import reliability

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "compilers"
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror".split()
FLAGS = ROOT / "tests" / "flags"
PASSES = [FLAGS / "every_pass.cpp", FLAGS / "every_basis.cpp"]
NO_EXCEPTIONS = FLAGS / "without_exceptions.cpp"
GOLDEN = ROOT / "tests" / "golden_check.cpp"


def row(name, compiler, standard, library="libstdc++", flags="", runs=False):
    return {"name": name, "compiler": compiler, "standard": standard, "library": library, "flags": flags, "runs": runs}


def rows():
    table = [row("GCC 12", "g++-12", 20, flags="-fopenmp", runs=True), row("GCC 12", "g++-12", 23, flags="-fopenmp")]
    for version in (14, 16, 19):
        openmp = "-fopenmp" if version == 14 else ""
        for standard in (20, 23):
            runs = standard == 20 or version == 19
            table.append(row(f"Clang {version}", f"clang++-{version}", standard, flags=openmp, runs=runs))
            table.append(row(f"Clang {version}", f"clang++-{version}", standard, f"libc++ {version}", runs=runs))
    for name, compiler in (("GCC 12", "g++-12"), ("Clang 14", "clang++-14")):
        table.append(row(name, compiler, 20, runs=True))
        table.append(row(name, compiler, 20, flags="-fno-rtti", runs=True))
        table.append(row(name, compiler, 20, flags="-fno-exceptions -fno-rtti", runs=True))
    for version in (16, 19):
        table.append(row(f"Clang {version}", f"clang++-{version}", 20, flags="-fno-exceptions -fno-rtti", runs=True))
    return table


def title(one):
    return f"{one['name']}, C++{one['standard']}, {one['library']} {one['flags'] or 'without OpenMP'}"


def all_headers(exceptions):
    """A source file that includes every public header."""
    unit = WORK / ("headers.cpp" if exceptions else "headers_without_exceptions.cpp")
    headers = sorted(path.relative_to(ROOT / "include") for path in (ROOT / "include").rglob("*.hpp"))
    lines = [f"#include <{h}>\n" for h in headers if exceptions or "testing" not in h.parts]
    unit.write_text("".join(lines) + "\nint main() {}\n")
    return unit


def command(one):
    standard = "2b" if one["standard"] == 23 else one["standard"]
    words = [one["compiler"], f"-std=c++{standard}", "-I", ROOT / "include", "-I", FLAGS, "-isystem",
             "/usr/include/eigen3", *WARNINGS, *one["flags"].split()]
    link = ["-pthread"]
    if one["library"] != "libstdc++":
        version = one["library"].split()[1]
        folder = ROOT / "build" / "libcxx" / version / "usr" / "lib"
        words += ["-nostdinc++", "-isystem", folder / f"llvm-{version}" / "include" / "c++" / "v1"]
        libraries = folder / f"llvm-{version}" / "lib"
        link += ["-nostdlib++", "-L", libraries, "-lc++", "-lc++abi", "-Wl,-rpath," + str(libraries)]
    return [str(w) for w in words], [str(w) for w in link]


def call(words):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, cwd=WORK,
                          env={**os.environ, "OMP_WAIT_POLICY": "passive"})
    return done.returncode, done.stdout + done.stderr


def first_error(text):
    lines = [line for line in text.splitlines() if "error" in line.lower()] or text.splitlines()[-1:]
    return re.sub(re.escape(str(ROOT)) + "/", "", lines[0]) if lines else "no output"


def compiles(one):
    """The first warning or error of each unit, without code."""
    words, _ = command(one)
    exceptions = "-fno-exceptions" not in one["flags"]
    units = [all_headers(exceptions), *(PASSES if exceptions else [NO_EXCEPTIONS])]
    for unit in units:
        status, text = call([*words, "-fsyntax-only", unit])
        if status != 0 or text.strip():
            return f"{unit.name}: {first_error(text)}"
    return ""


def runs(one):
    """The first failure of the programs, run; each is a name, its optimisation, its source and its arguments."""
    words, link = command(one)
    program = WORK / re.sub(r"[^a-z0-9]+", "_", title(one).lower())
    programs = [("golden values", "-O1", GOLDEN, [ROOT / "tests" / "golden"]),
                *((unit.stem, "-O2", unit, []) for unit in PASSES)]
    if "-fno-exceptions" in one["flags"]:
        programs = [("errors without exceptions", "-O2", NO_EXCEPTIONS, [])]
    words = [w for w in words if w not in WARNINGS]
    for name, level, unit, arguments in programs:
        status, text = call([*words, level, unit, "-o", program, *link])
        status, text = (status, text) if status else call([program, *arguments])
        if status != 0:
            return f"{name}: {first_error(text)}"
    return ""


def judge(one):
    start = time.monotonic()
    error = compiles(one)
    if not error and one["runs"]:
        error = runs(one)
    return {**one, "error": error, "seconds": round(time.monotonic() - start)}


def main():
    WORK.mkdir(parents=True, exist_ok=True)
    chosen = [one for one in rows() if len(sys.argv) < 2 or re.search(sys.argv[1], title(one))]
    if not chosen:
        sys.exit(f"error: expected a REGEX that matches a row, got '{sys.argv[1]}'")
    results = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for result in pool.map(judge, chosen):
            results.append(result)
            verdict = result["error"] or ("compiled and run" if result["runs"] else "compiled")
            print(f"{len(results):2}/{len(chosen)}  {title(result):62} {result['seconds']:4} s  {verdict}", flush=True)
    if len(sys.argv) < 2:
        reliability.record("compilers", {"rows": results, "warnings": " ".join(WARNINGS[:-1])})
    sys.exit(1 if any(result["error"] for result in results) else 0)


if __name__ == "__main__":
    main()
