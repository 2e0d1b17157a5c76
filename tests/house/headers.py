#!/usr/bin/env python3
"""Checks that every header compiles on its own.

A file of the check includes several headers, each of which includes the one before it, directly or not, and so sees
nothing that it would not see alone.

  headers.py COMPILER INCLUDE [FOLDER...]     INCLUDE holds wmanifold/, and FOLDERs the headers of other libraries
"""
import pathlib
import re
import subprocess
import sys


def included_by_each(root):
    """The headers of this library that each of them includes, directly or not."""
    names = sorted(str(path.relative_to(root)) for path in root.glob('wmanifold/**/*.hpp'))
    direct = {name: re.findall(r'^ *# *include [<"](wmanifold/[^>"]+)', (root / name).read_text(), re.M) for name in names}
    included = {}
    for name in names:
        included[name], waiting = set(), list(direct[name])
        while waiting:
            header = waiting.pop()
            if header not in included[name]:
                included[name].add(header)
                waiting += direct.get(header, [])
    return included


def chains_of(included):
    """All headers in lists, in each of which a header includes the one before it."""
    chains = []
    for header in sorted(included, key=lambda name: (len(included[name]), name)):
        below = [chain for chain in chains if chain[-1] in included[header]]
        if below:
            max(below, key=lambda chain: len(included[chain[-1]])).append(header)
        else:
            chains.append([header])
    return chains


def main():
    compiler, root, *folders = sys.argv[1:]
    included = included_by_each(pathlib.Path(root))
    if not included:
        sys.exit(f'{root}: expected headers in wmanifold/, got none')
    command = [compiler, '-std=c++20', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-fsyntax-only',
               f'-I{root}', *(f'-isystem{folder}' for folder in folders), '-x', 'c++', '-']
    chains, failures = chains_of(included), 0
    for chain in chains:
        text = ''.join(f'#include <{header}>\n' * 2 for header in chain)
        result = subprocess.run(command, input=text, capture_output=True, text=True)
        if result.returncode:
            failures += 1
            print(f'expected headers that compile on their own, got, from {", then ".join(chain)}:\n{result.stderr}')
    print(f'{len(included)} headers in {len(chains)} files, {failures} of which fail')
    sys.exit(failures > 0)


main()
