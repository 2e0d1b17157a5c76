#!/usr/bin/env python3
"""Mutation testing: changes one place of a header at a time, and runs tests until one fails.

mutate.py [--seed S] [--count N] [--jobs J]    judges N mutants drawn at random over the lines of include/ (1, 300, 1)
mutate.py --again ID...                        judges these mutants again
mutate.py --list HEADER                        prints all mutants of a header, such as core/half.hpp
mutate.py --report                             writes docs/reliability/mutants.json from the records

The stages, in which the tests run first that name the mutated function, the cheapest of them first:
  mirror   the header's own test file; without one, those that include the header first
  room     the other test files of its room
  users    four test files of other rooms, at most: they name the function, include the header or test one that does
  golden   tests/golden_check.cpp
  refused  tests/house/refused.cmake, for headers that explain what does not compile
  sanitizers  the first of these test files again, under the address and undefined-behaviour sanitizers
A mutant is killed by a test that fails, crashes, takes ten times as long, or does not compile for a static assertion.
Another error of the compiler stops a mutant: it is counted apart, and the next one takes its place. Lines that the
preprocessor leaves out are not drawn. Mutants survive that no stage kills.

Records are appended to docs/reliability/mutants.jsonl, so an interrupted run continues. A run works on a copy of the
sources from its start. docs/reliability/equivalent_mutants.json names the survivors that no test can tell from the
original, with reasons.
"""

import argparse
import collections
import concurrent.futures
import datetime
import hashlib
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import mutants

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "mutants"
RECORDS = ROOT / "docs" / "reliability" / "mutants.jsonl"
RESULT = ROOT / "docs" / "reliability" / "mutants.json"
EQUIVALENT = ROOT / "docs" / "reliability" / "equivalent_mutants.json"

NO_TESTS_OF_ROOMS = {"consumer", "support", "dispatch", "tools", "fuzz", "flags", "house", "properties", "faults",
                     "golden"}
PRECOMPILED = """doctest/doctest.h Eigen/Core xsimd/xsimd.hpp algorithm array cmath cstdint filesystem fstream
    functional iostream map memory numeric random sstream stdexcept string variant vector""".split()
# Clang compiles a test file at -O0 with a precompiled header in half the time of GCC.
COMPILER = ["clang++", "-std=c++20", "-fopenmp", "-pthread", "-w", "-ferror-limit=20", "-D_GLIBCXX_ASSERTIONS",
            "-isystem", "/usr/include/eigen3"]
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
STAGES = ("mirror", "room", "users", "golden", "refused", "sanitizers")
MOST_USERS = 4
REFUSED = "house/refused.cmake"
LONGEST_COMPILE = 600
MEMORY = 8 << 30


def listed(name):
    """The words of a list in tests/CMakeLists.txt."""
    text = (ROOT / "tests" / "CMakeLists.txt").read_text()
    return set(re.search(rf"^ *set\({name}\s([^)]*)\)", text, re.M)[1].split())


class Broken(Exception):
    """The unchanged sources do not pass their tests."""


def run(command, timeout, cwd=None, limits=None):
    """Returns (exit status, output); a timeout is the status None. The output ends after a megabyte."""
    environment = {**os.environ, "OMP_WAIT_POLICY": "passive", "LC_ALL": "C"}
    log = pathlib.Path(cwd or WORK) / f"log.{threading.get_ident()}"
    with open(log, "w+b") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=cwd,
                                   env=environment, start_new_session=True, preexec_fn=limits)
        try:
            status = process.wait(timeout)
        except subprocess.TimeoutExpired:
            status = None
        if status is None:
            os.killpg(process.pid, 9)
            process.wait()
        out.seek(0)
        text = out.read(1 << 20).decode(errors="replace")
    log.unlink()
    return status, text


def limits_of_a_test():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Sources:
    """A copy of the sources, with the test files and what each includes."""

    def __init__(self, root):
        self.root = root
        self.include = root / "include"
        self.headers = {str(path.relative_to(self.include)): path.read_text()
                        for path in sorted(self.include.rglob("*.hpp"))}
        self.tests = [str(path.relative_to(root / "tests")) for path in sorted((root / "tests").glob("*/**/*.cpp"))
                      if path.relative_to(root / "tests").parts[0] not in NO_TESTS_OF_ROOMS]
        self._named = {}
        self._all = {}
        self.golden = "golden_check.cpp"
        compiled = [root / "compiled" / name for name in ("any_basis.cpp", "kernels.cpp")]
        self.of_compiled = set().union(*(self.dependencies(path) for path in compiled))

    def named(self, path):
        """Returns the headers and helpers that a file names, in order."""
        if path not in self._named:
            files = []
            for name in re.findall(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', path.read_text(), re.M):
                for folder in (self.include, self.root / "tests", self.root, path.parent):
                    if (folder / name).is_file():
                        files.append((folder / name).resolve())
                        break
            self._named[path] = files
        return self._named[path]

    def dependencies(self, path):
        """Returns all files of the sources that a file includes."""
        path = path.resolve()
        if path not in self._all:
            found, waiting = {path}, [path]
            while waiting:
                for other in self.named(waiting.pop()):
                    if other not in found:
                        found.add(other)
                        waiting.append(other)
            self._all[path] = found
        return self._all[path]

    def test_path(self, test):
        return self.root / "tests" / test

    def digest(self, test):
        text = hashlib.sha256()
        for path in sorted(self.dependencies(self.test_path(test))):
            text.update(path.read_bytes())
        return text.hexdigest()

    def names_function(self, test, mutant):
        """Returns whether a test file names the function around a mutant."""
        text = self.test_path(test).read_text()
        return bool(mutant.function) and re.search(rf"\b{mutant.function}\b", text) is not None

    def stages(self, mutant):
        """Returns the test files of each stage that include the mutated header."""
        header = mutant.file
        path = (self.include / header).resolve()
        room = header.split("/")[1]
        users = [test for test in self.tests if path in self.dependencies(self.test_path(test))]
        of_room = [test for test in users if test.split("/")[0] == room]
        own = header.removeprefix("wmanifold/").removesuffix(".hpp") + ".cpp"
        first = [test for test in of_room if self.named(self.test_path(test))[:1] == [path]]
        mirror = [own] if own in of_room else first
        including = {name.removeprefix("wmanifold/").removesuffix(".hpp") + ".cpp" for name in self.headers
                     if path in self.named(self.include / name)}
        direct = [test for test in users if test not in of_room and (
            test in including or path in self.named(self.test_path(test)) or self.names_function(test, mutant))]
        golden = [self.golden] if path in self.dependencies(self.test_path(self.golden)) else []
        refused = [REFUSED] if re.search(r"static_assert\(never<|\bexplain_", self.headers[header]) else []
        return {"mirror": mirror, "room": [test for test in of_room if test not in mirror], "users": direct,
                "golden": golden, "refused": refused, "sanitizers": (mirror + of_room + direct)[:1]}


class Judge:
    """Compiles and runs test files with mutated headers."""

    def __init__(self, sources):
        self.sources = sources
        self.lock = threading.RLock()
        self.cache = WORK / "cache"
        self.cache.mkdir(parents=True, exist_ok=True)
        self.baselines_file = self.cache / "baselines.json"
        self.baselines = json.loads(self.baselines_file.read_text()) if self.baselines_file.exists() else {}
        self.active = {}
        self.optimised = listed("optimised_rooms") | listed("long_loops")

    def level(self, test):
        return "-O1" if not self.optimised.isdisjoint({test, test.split("/")[0]}) else "-O0"

    def _made(self, target, key, command):
        """Runs a command that makes a cached file, unless it was made from the same key."""
        stamp = target.with_name(target.name + ".key")
        with self.lock:
            if not (target.exists() and stamp.exists() and stamp.read_text() == key):
                status, output = run(command, LONGEST_COMPILE)
                if status != 0:
                    raise Broken(f"cannot compile {target.name}:\n{output[-3000:]}")
                stamp.write_text(key)
        return target

    def precompiled(self, test, flags):
        """Returns the precompiled header of other libraries; the golden check has no doctest."""
        names = PRECOMPILED[1:] if test == self.sources.golden else PRECOMPILED
        folder = self.cache / f"precompiled{''.join(flags)}{len(names)}"
        folder.mkdir(exist_ok=True)
        header = folder / "others.hpp"
        text = "".join(f"#include <{name}>\n" for name in names)
        with self.lock:
            if not header.exists() or header.read_text() != text:
                header.write_text(text)
            return self._made(folder / "others.pch", text + " ".join(COMPILER),
                              [*COMPILER, *flags, "-fpch-instantiate-templates", "-x", "c++-header", str(header), "-o",
                               str(folder / "others.pch")])

    def main_object(self):
        source = self.sources.root / "tests" / "main.cpp"
        target = self.cache / "main.o"
        return self._made(target, source.read_text(), [*COMPILER, "-O0", "-c", str(source), "-o", str(target)])

    def compiled_objects(self):
        """Returns the objects of wmanifold::compiled."""
        objects = []
        text = hashlib.sha256()
        for path in sorted(self.sources.of_compiled):
            text.update(path.read_bytes())
        for name in ("any_basis", "kernels"):
            target = self.cache / f"{name}.o"
            objects.append(self._made(target, text.hexdigest(),
                                      [*COMPILER, "-O1", "-I", str(self.sources.include), "-c",
                                       str(self.sources.root / "compiled" / f"{name}.cpp"), "-o", str(target)]))
        return objects

    def is_active(self, mutant):
        """Returns whether the preprocessor keeps a mutant's line, with the flags of the tests."""
        source = self.sources.headers[mutant.file]
        if "#if" not in source:
            return True
        with self.lock:
            if mutant.file not in self.active:
                path = self.sources.include / mutant.file
                kept, current, line = set(), "", 0
                text = subprocess.run([*COMPILER, "-E", "-I", str(self.sources.include), str(path)],
                                      capture_output=True, text=True, check=True).stdout
                for row in text.split("\n"):
                    marker = re.match(r'# (\d+) "([^"]*)"', row)
                    if marker:
                        line, current = int(marker[1]), marker[2]
                        continue
                    if row.strip() and current == str(path):
                        kept.add(line)
                    line += 1
                self.active[mutant.file] = kept
        return mutant.line in self.active[mutant.file]

    def build(self, test, folder, overlay=None, header=None, more=()):
        """Compiles and links a test file. Returns (program or None, hash of the object, output)."""
        path = self.sources.test_path(test)
        flags = [self.level(test), *more]
        command = [*COMPILER, *flags, "-include-pch", str(self.precompiled(test, flags))]
        if overlay:
            command += ["-I", str(overlay)]
        root = self.sources.root
        command += [f"-I{folder}" for folder in (self.sources.include, root / "tests", root)]
        objects = [] if test == self.sources.golden else [str(self.main_object())]
        # A mutated header that wmanifold::compiled includes is compiled with the test.
        uses_compiled = header is None or (self.sources.include / header).resolve() not in self.sources.of_compiled
        if uses_compiled:
            command.append("-DWMANIFOLD_COMPILED")
            objects += [str(path) for path in self.compiled_objects()]
        unit = folder / "test.o"
        program = folder / "test"
        status, output = run([*command, "-c", str(path), "-o", str(unit)], LONGEST_COMPILE, cwd=folder)
        if status != 0:
            return None, None, "the compiler took too long" if status is None else output
        digest = hashlib.sha256(unit.read_bytes()).hexdigest()
        status, output = run([COMPILER[0], "-fopenmp", "-pthread", *more, str(unit), *objects, "-o", str(program),
                              "-ldl"], 60, cwd=folder)
        if status != 0:
            return None, digest, output
        return program, digest, ""

    def execute(self, test, program, folder, timeout, limits=limits_of_a_test):
        place = folder / "place"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        arguments = ([str(self.sources.root / "tests" / "golden")] if test == self.sources.golden
                     else ["--abort-after=1", "--no-colors=true"])
        return run([str(program), *arguments], timeout, cwd=place, limits=limits)

    def _baseline_key(self, test, header):
        apart = (self.sources.include / header).resolve() in self.sources.of_compiled
        return f"{test} (header only)" if apart else test

    def known_baseline(self, test, header):
        """Returns the baseline of a test file, or None if the unchanged file has not run yet."""
        known = self.baselines.get(self._baseline_key(test, header))
        return known if known and known["sources"] == self.sources.digest(test) else None

    def baseline(self, test, header):
        """Returns the times and the object's hash of the unchanged test file, which must pass."""
        with self.lock:
            known = self.known_baseline(test, header)
            if known:
                return known
            key = self._baseline_key(test, header)
            folder = WORK / "baseline"
            folder.mkdir(exist_ok=True)
            start = time.monotonic()
            program, of_object, output = self.build(test, folder, header=header)
            if not program:
                raise Broken(f"{test} does not compile:\n{output[-3000:]}")
            built = time.monotonic()
            status, output = self.execute(test, program, folder, 1800)
            if status != 0:
                raise Broken(f"{test} fails without a mutant:\n{output[-3000:]}")
            known = {"sources": self.sources.digest(test), "object": of_object, "compile": round(built - start, 2),
                     "run": round(time.monotonic() - built, 2)}
            self.baselines[key] = known
            self.baselines_file.write_text(json.dumps(self.baselines, indent=0))
            return known

    def in_order(self, tests, mutant):
        """Returns test files: those first that name the mutant's function, and of these the cheapest."""
        def cost(test):
            known = self.baselines.get(test) or self.baselines.get(f"{test} (header only)")
            if known:
                return known["compile"] + known["run"]
            return 10 + len(self.sources.dependencies(self.sources.test_path(test))) / 10
        return sorted(tests, key=lambda test: (not self.sources.names_function(test, mutant), cost(test)))

    def judge(self, mutant):
        """Returns the record of a mutant."""
        start = time.monotonic()
        folder = WORK / "mutant" / mutant.id
        overlay = folder / "overlay"
        shutil.rmtree(folder, ignore_errors=True)
        changed = overlay / mutant.file
        changed.parent.mkdir(parents=True)
        changed.write_text(mutant.applied(self.sources.headers[mutant.file]))
        record = {"id": mutant.id, "file": mutant.file, "line": mutant.line, "text": mutant.text, "kind": mutant.kind,
                  "before": mutant.before, "after": mutant.after.strip("\n")}
        ran = []
        try:
            verdict = self._verdict(mutant, folder, overlay, ran)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return {**record, **verdict, "ran": len(ran), "seconds": round(time.monotonic() - start, 1)}

    def _verdict(self, mutant, folder, overlay, ran):
        stages = self.sources.stages(mutant)
        for stage in STAGES:
            tests = self.in_order(stages[stage], mutant)
            for test in tests[:MOST_USERS] if stage == "users" else tests:
                ran.append(test)
                if test == REFUSED:
                    if self.refuse(folder, overlay) != 0:
                        return {"outcome": "killed", "stage": stage, "test": test, "how": "failed"}
                    continue
                if stage == "sanitizers":
                    status = self.sanitized(test, folder, overlay, mutant.file)
                    if status != 0:
                        return {"outcome": "killed", "stage": stage, "test": test, "how": f"status {status}"}
                    continue
                program, of_object, output = self.build(test, folder, overlay, mutant.file)
                if not program:
                    return self._refused(stage, test, output)
                known = self.known_baseline(test, mutant.file)
                if known and of_object == known["object"]:
                    continue  # the compiler sees no difference
                status, output = self.execute(test, program, folder, allowed(known))
                if status is None and not known:
                    status, output = self.execute(test, program, folder, allowed(self.baseline(test, mutant.file)))
                if status != 0:
                    how = "timeout" if status is None else "failed" if status == 1 else f"status {status}"
                    return {"outcome": "killed", "stage": stage, "test": test, "how": how}
        return {"outcome": "survived"}

    def refuse(self, folder, overlay):
        """Runs the programs that must not compile, which pass with the unchanged headers. Returns the exit status."""
        headers = folder / "headers"
        status = {}
        for changed in (True, False):
            shutil.rmtree(headers, ignore_errors=True)
            shutil.copytree(self.sources.include, headers)
            if changed:
                shutil.copytree(overlay, headers, dirs_exist_ok=True)
            status[changed], output = run(
                ["cmake", "-D", "CXX=g++", "-D", f"FOLDERS={headers};/usr/include/eigen3", "-D",
                 f"WORK={folder / 'refused'}", "-P", str(self.sources.root / "tests" / REFUSED)], 600, cwd=folder)
            if status[True] == 0:
                return 0
        if status[False] != 0:
            raise Broken(f"{REFUSED} fails without a mutant:\n{output[-3000:]}")
        return status[True]

    def sanitized(self, test, folder, overlay, header):
        """Returns the exit status of a test file under sanitizers, and 0 if the unchanged file does not pass there."""
        def status_of(over):
            program, _, output = self.build(test, folder, over, header, SANITIZERS)
            if not program:
                raise Broken(f"{test} does not compile under sanitizers:\n{output[:3000]}")
            return self.execute(test, program, folder, 600, limits=None)[0]
        status = status_of(overlay)
        return 0 if status == 0 or status_of(None) != 0 else status

    @staticmethod
    def _refused(stage, test, output):
        errors = re.findall(r"error: (.*)", output)
        first = errors[0] if errors else output[:200]
        if re.search("static[ _]assert", first):
            return {"outcome": "killed", "stage": stage, "test": test, "how": "static assertion"}
        return {"outcome": "stopped", "test": test, "how": first[:200]}


def allowed(baseline):
    """Returns the seconds that a test may take."""
    return max(20.0, 10 * baseline["run"]) if baseline else 20.0


def all_mutants(sources):
    return [mutant for file, source in sources.headers.items() for mutant in mutants.mutants_of(file, source)]


def records():
    """Returns the last record of each mutant."""
    if not RECORDS.exists():
        return {}
    lines = [json.loads(line) for line in RECORDS.read_text().splitlines()]
    return {record["id"]: record for record in lines}


def copied_sources():
    """Copies the sources, so that changes during a run do not disturb it."""
    copy = WORK / "source"
    shutil.rmtree(copy, ignore_errors=True)
    for folder in ("include", "tests", "compiled", "check"):
        shutil.copytree(ROOT / folder, copy / folder)
    return Sources(copy)


def write_record(record):
    with open(RECORDS, "a") as file:
        file.write(json.dumps(record) + "\n")


def told(record):
    where = f"{record['file'].removeprefix('wmanifold/')}:{record['line']}"
    verdict = record["outcome"] + (f" by {record['test']} ({record['how']})" if "how" in record else "")
    change = " ".join(f"{record['before']} -> {record['after'] or 'nothing'}".split())
    return f"{record['id']}  {where}  {change[:100]}  {verdict}"


def draw(arguments, judge, chosen):
    """Judges mutants until `count` are killed or survive."""
    known = records()
    counts = collections.Counter()
    spent = []

    def finished():
        return counts["killed"] + counts["survived"]

    waiting = iter(chosen)

    def next_open():
        """Returns the next mutant without a record; counts those with one."""
        for mutant in waiting:
            if mutant.id in known:
                counts[known[mutant.id]["outcome"]] += 1
                if finished() >= arguments.count:
                    return None
            elif judge.is_active(mutant):
                return mutant
        return None

    killers = {(record["test"], record["file"]) for record in known.values()
               if record["outcome"] == "killed" and record["test"] != REFUSED}
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        running = {}
        while True:
            while len(running) < arguments.jobs and finished() + len(running) < arguments.count:
                mutant = next_open()
                if mutant is None:
                    break
                running[pool.submit(judge.judge, mutant)] = mutant
            if not running:
                break
            done, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for future in done:
                del running[future]
                record = {**future.result(), "compiler": COMPILER[0], "seed": arguments.seed}
                write_record(record)
                counts[record["outcome"]] += 1
                if record["outcome"] == "killed" and record["test"] != REFUSED:
                    killers.add((record["test"], record["file"]))
                spent.append(record["seconds"])
                left = (arguments.count - finished()) * sum(spent) / max(1, len(spent)) / arguments.jobs
                print(f"{finished()}/{arguments.count}  killed {counts['killed']}  survived {counts['survived']}  "
                      f"stopped {counts['stopped']}  {left / 60:.0f} min left  {told(record)}", flush=True)
    # A test that killed a mutant passes without one.
    for test, header in sorted(killers):
        if header in judge.sources.headers:
            judge.baseline(test, header)
    print("Every test that killed a mutant passes without one.")


def equivalents():
    """Returns the reasons by file, line's text, change, and number among the same changes of equal lines."""
    if not EQUIVALENT.exists():
        return {}
    return {(entry["file"], entry["text"], entry["before"], entry["after"], entry.get("occurrence", 1)): entry["reason"]
            for entry in json.loads(EQUIVALENT.read_text())}


def processor():
    match = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return f"{match[1] if match else 'unknown processor'}, {os.cpu_count()} cores"


def report(seed, count):
    """Writes the result of the run with a seed: the first `count` mutants in its order that the compiler accepts. After
    an interrupted run it has those that were judged."""
    known = records()
    reasons = equivalents()
    found, stopped = [], 0
    for mutant in mutants.in_random_order(all_mutants(Sources(ROOT)), seed):
        record = known.get(mutant.id)
        if record is None:
            continue
        if record["outcome"] == "stopped":
            stopped += 1
        else:
            found.append({**record, "line": mutant.line, "occurrence": mutant.occurrence})
        if len(found) == count:
            break
    rooms = {}
    survivors = []
    for record in found:
        room = rooms.setdefault(record["file"].split("/")[1], {"mutants": 0, "killed": 0, "equivalent": 0, "open": 0})
        room["mutants"] += 1
        if record["outcome"] == "killed":
            room["killed"] += 1
            continue
        reason = reasons.get(tuple(record[key] for key in ("file", "text", "before", "after", "occurrence")))
        room["open" if reason is None else "equivalent"] += 1
        survivors.append({key: record[key] for key in ("id", "file", "line", "text", "before", "after", "occurrence")}
                         | ({} if reason is None else {"equivalent": reason}))
    stages = collections.Counter(record["stage"] for record in found if record["outcome"] == "killed")
    git = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    compilers = collections.Counter(record.get("compiler", "g++") for record in found)
    versions = {name: subprocess.run([name, "--version"], capture_output=True, text=True,
                                     check=True).stdout.split("\n")[0] for name in compilers}
    result = {
        "measured": datetime.date.today().isoformat(),
        "commit": subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip(),
        "machine": processor(),
        "compiler": ", ".join(f"{versions[name]} ({number} changes)" for name, number in compilers.items()),
        "seed": seed,
        "wanted": count,
        "mutants": len(found),
        "killed": sum(room["killed"] for room in rooms.values()),
        "equivalent": sum(room["equivalent"] for room in rooms.values()),
        "open": sum(room["open"] for room in rooms.values()),
        "stopped_by_the_compiler": stopped,
        "killed_by_stage": {stage: stages[stage] for stage in STAGES},
        "killed_by_new_tests": sum(record.get("survived_before", False) for record in found
                                   if record["outcome"] == "killed"),
        "rooms": dict(sorted(rooms.items())),
        "survivors": sorted(survivors, key=lambda survivor: (survivor["file"], survivor["line"])),
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(f"{RESULT.relative_to(ROOT)}: {result['mutants']} mutants, {result['killed']} killed, {result['equivalent']} "
          f"equivalent, {result['open']} open; the compiler stopped {stopped}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--again", nargs="+", metavar="ID", default=[])
    parser.add_argument("--list", metavar="HEADER")
    parser.add_argument("--report", action="store_true")
    arguments = parser.parse_args()

    if arguments.list:
        file = f"wmanifold/{arguments.list}"
        if not (ROOT / "include" / file).is_file():
            sys.exit(f"error: expected a header below include/wmanifold, such as core/half.hpp, got '{arguments.list}'")
        for mutant in mutants.mutants_of(file, (ROOT / "include" / file).read_text()):
            print(f"{mutant.id}  {mutant.line}  {mutant.kind}  {mutant.before!r} -> {mutant.after!r}")
        return
    WORK.mkdir(parents=True, exist_ok=True)
    if arguments.report:
        report(arguments.seed, arguments.count)
        return
    try:
        if not arguments.again:
            sources = copied_sources()
            draw(arguments, Judge(sources), mutants.in_random_order(all_mutants(sources), arguments.seed))
            return
        sources = Sources(ROOT)
        judge = Judge(sources)
        known = records()
        wanted = [mutant for mutant in all_mutants(sources) if mutant.id in arguments.again]
        if len(wanted) < len(set(arguments.again)):
            sys.exit(f"error: --again: expected known mutants, got {' '.join(arguments.again)}")
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            for future in concurrent.futures.as_completed([pool.submit(judge.judge, mutant) for mutant in wanted]):
                record = {**future.result(), "compiler": COMPILER[0]}
                before = known.get(record["id"], {})
                if before.get("outcome") == "survived" or before.get("survived_before"):
                    record["survived_before"] = True
                write_record(record)
                print(told(record), flush=True)
    except Broken as broken:
        sys.exit(f"error: {broken}")


if __name__ == "__main__":
    main()
