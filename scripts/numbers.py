"""The work of numbers.sh: the demo's losses and accuracies against recorded ones.

numbers.py [--record]     builds and runs all configurations
numbers.py PROGRAM        runs one built demo; ends with 1 if a number leaves the band
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import reliability

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORDED = ROOT / "examples" / "rotated_fashion" / "recorded.json"
SEEDS = 3
ARGUMENTS = ["--seeds", str(SEEDS), "--epochs", "4", "--train-images", "4000", "--test-images", "4000"]
# Trainings round in another order on other processors, and the differences grow with the steps. The bands are about
# twice the largest difference that the configurations below have shown.
BAND = {"accuracies": 1.0, "last_losses": 0.02}  # points of a per cent, and the loss itself
CONFIGURATIONS = [
    ("GCC, -march=native", "g++", "-march=native -Wno-uninitialized -Wno-maybe-uninitialized", ""),
    ("GCC, any x86-64 (SSE2)", "g++", "", ""),
    ("GCC, AVX2 and FMA", "g++", "-march=x86-64-v3", "avx2"),
    ("GCC, AVX-512", "g++", "-march=x86-64-v4 -Wno-uninitialized -Wno-maybe-uninitialized", "avx512f"),
    ("GCC, no vectors", "g++", "-U__SSE__ -U__SSE2__", ""),
    ("Clang, -march=native", "clang++", "-march=native", ""),
    ("Clang, any x86-64 (SSE2)", "clang++", "", ""),
    ("Clang, AVX2 and FMA", "clang++", "-march=x86-64-v3", "avx2"),
]


def run(program):
    """The numbers of each study and contender."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, *ARGUMENTS, "--output", folder, "--json", f"{folder}/numbers.json"], check=True,
                       stdout=subprocess.DEVNULL)
        results = json.loads(pathlib.Path(folder, "numbers.json").read_text())
    return {f"{one['study']}, {one['contender']}": {kind: one[kind] for kind in BAND} for one in results}


def largest(numbers, recorded):
    """The largest difference of each kind, and where it is."""
    if numbers.keys() != recorded.keys():
        sys.exit("error: expected the recorded studies and contenders, got others; run numbers.sh --record")
    differences = {}
    for kind in BAND:
        pairs = [(abs(a - b), name) for name in recorded for a, b in zip(numbers[name][kind], recorded[name][kind])]
        differences[kind] = max(pairs)
    return differences


def build(name, compiler, flags):
    folder = ROOT / "build" / "numbers" / "".join(c if c.isalnum() else "_" for c in name)
    subprocess.run(["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={compiler}",
                    f"-DCMAKE_CXX_FLAGS={flags}", "-DCMAKE_BUILD_TYPE=Release", "-DWMANIFOLD_BUILD_TESTS=OFF",
                    "-DWMANIFOLD_BUILD_BENCHMARKS=OFF", "-DWMANIFOLD_EXAMPLES=rotated_fashion"], check=True,
                   stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", folder, "--target", "rotated_fashion"], check=True, stdout=subprocess.DEVNULL)
    return folder / "examples" / "rotated_fashion" / "rotated_fashion"


def judge(name, numbers, recorded):
    found = largest(numbers, recorded)
    holds = all(found[kind][0] <= BAND[kind] for kind in BAND)
    texts = [f"{kind.replace('_', ' ')} {found[kind][0]:.4f} of {BAND[kind]:g} ({found[kind][1]})" for kind in BAND]
    print(f"{name:26} {'within' if holds else 'OUTSIDE'}  {'; '.join(texts)}", flush=True)
    return holds, found


def main():
    arguments = sys.argv[1:]
    if len(arguments) == 1 and arguments[0] != "--record":
        holds, _ = judge("this program", run(arguments[0]), json.loads(RECORDED.read_text())["numbers"])
        sys.exit(0 if holds else 1)
    processor = pathlib.Path("/proc/cpuinfo").read_text()
    rows, all_hold = [], True
    for name, compiler, flags, needed in CONFIGURATIONS:
        if needed not in processor:
            print(f"{name:26} not run: this processor has no {needed}")
            continue
        numbers = run(build(name, compiler, flags))
        if not rows and arguments == ["--record"]:
            RECORDED.write_text(json.dumps({"arguments": ARGUMENTS, "numbers": numbers}, indent=1) + "\n")
        recorded = json.loads(RECORDED.read_text())["numbers"]
        holds, found = judge(name, numbers, recorded)
        all_hold &= holds
        rows.append({"configuration": name, **{kind: found[kind][0] for kind in BAND}})
    reliability.record("numbers", {"seeds": SEEDS, "figures": len(BAND) * SEEDS * len(recorded), "band": BAND,
                                   "rows": rows})
    sys.exit(0 if all_hold else 1)


if __name__ == "__main__":
    main()
