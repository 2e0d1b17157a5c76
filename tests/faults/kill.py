#!/usr/bin/env python3
"""Kills a training (training.cpp) at random moments, and resumes it each time.

    kill.py PROGRAM [--kills N] [--seed N]

Each training must end with the bits of one that was not killed. No resumed one may find a broken file, and none may
leave a file over at its end.
"""

import argparse
import pathlib
import random
import subprocess
import sys
import tempfile
import time

STEPS = 60


def run(program, folder):
    """Starts the training; it goes on from the checkpoint in the folder."""
    return subprocess.Popen([program, str(folder), str(STEPS)], stderr=subprocess.PIPE, text=True)


def finished(process):
    """Waits for the training. Returns its error, or None."""
    _, error = process.communicate(timeout=300)
    return None if process.returncode == 0 else error.strip() or f"status {process.returncode}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    failures = []
    kills = during_writes = trainings = 0
    with tempfile.TemporaryDirectory() as scratch:
        whole = pathlib.Path(scratch, "whole")
        whole.mkdir()
        start = time.monotonic()
        error = finished(run(options.program, whole))
        duration = time.monotonic() - start
        if error is not None:
            sys.exit(f"the training that is not killed fails: {error}")
        expected = (whole / "final").read_bytes()

        while kills < options.kills:
            trainings += 1
            folder = pathlib.Path(scratch, str(trainings))
            folder.mkdir()
            ended = False
            while not ended and kills < options.kills:
                process = run(options.program, folder)
                try:
                    _, error = process.communicate(timeout=draw.uniform(0, duration / 4))
                    ended = True
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                    kills += 1
                    during_writes += any(".part" in entry.name for entry in folder.iterdir())
                if ended and process.returncode != 0:
                    failures.append(f"training {trainings}, after {kills} kills: {error.strip()}")
            error = finished(run(options.program, folder))  # the last one is not killed
            if error is not None:
                failures.append(f"training {trainings}, after {kills} kills: {error}")
            elif (folder / "final").read_bytes() != expected:
                failures.append(f"training {trainings}, after {kills} kills: another result")
            left = sorted(entry.name for entry in folder.iterdir())
            if left != ["final", "training.safetensors"]:
                failures.append(f"training {trainings}, after {kills} kills: left over {left}")
    for failure in failures[:20]:
        print(f"trainings killed, not survived: {failure}")
    print(f"{trainings} trainings of {STEPS} steps; {during_writes} kills found a write that was not done")
    print(f"faults: trainings killed: {kills} injected, {kills - len(failures)} survived")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
