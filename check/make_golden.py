#!/usr/bin/env python3
"""Makes golden_values.hpp, the reference values of wmanifold-check, of the files in tests/golden.

make_golden.py              writes golden_values.hpp beside this program
make_golden.py --compare    compares that file instead, and ends with 1 if it differs

The header holds all of basis.json, gram.json and integrals.json. Of networks.json it holds the three smallest cases
whose topologies and widths differ.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent / "tests" / "golden"
HEAD = """\
// Reference values, computed independently of this project. Made by check/make_golden.py of tests/golden; not by hand.
// clang-format off
#pragma once

#include <span>

namespace golden {

using Numbers = std::span<double const>;
"""


def flat(array):
    """Returns the numbers of nested lists, in order."""
    return [x for part in array for x in flat(part)] if isinstance(array, list) else [array]


class Header:
    """The text of the header: arrays of numbers, and structs that refer to them."""

    def __init__(self):
        self.text = HEAD

    def array(self, name, numbers, kind="double"):
        """Adds an array and returns its name."""
        lines = []
        line = " "
        for number in map(repr if kind == "int" else lambda x: repr(float(x)), flat(numbers)):
            if len(line) + len(number) > 116:
                lines.append(line)
                line = " "
            line += f" {number},"
        self.text += f"inline constexpr {kind} {name}[] = {{\n" + "\n".join([*lines, line]) + "\n};\n"
        return name

    def cases(self, struct, fields, name, rows):
        """Adds a struct and an array of it."""
        self.text += f"\n/// A case of {name}.json.\nstruct {struct} {{\n"
        self.text += "".join(f"  {kind} {field};\n" for kind, field in fields) + "};\n"
        self.text += f"inline constexpr {struct} {name}[] = {{\n"
        self.text += "".join("  {" + ", ".join(row) + "},\n" for row in rows) + "};\n\n"


def chosen(cases):
    """Returns the three smallest cases whose topologies and widths differ, by pairs."""
    kept = []
    for case in sorted(cases, key=lambda c: len(flat(c["weights"]))):
        if all(case["topology"] != k["topology"] and case["widths"] != k["widths"] for k in kept):
            kept.append(case)
    return kept[:3]


def main():
    if sys.argv[1:] not in ([], ["--compare"]):
        sys.exit(__doc__)
    files = {name: json.loads((GOLDEN / f"{name}.json").read_text())
             for name in ("basis", "gram", "integrals", "networks")}
    header = Header()
    arrays = {"basis": {"context": "context", "phi": "phi", "dphi_ambient": "slopes"},
              "gram": {"gram": "gram", "inverse": "inverse"},
              "networks": {key: key for key in (
                  "contexts", "inputs", "weights", "biases", "outputs", "grad_weights", "grad_biases", "grad_inputs",
                  "grad_contexts_ambient", "flow_weights", "flow_biases")}}
    files["networks"] = chosen(files["networks"])
    for file, keys in arrays.items():
        names = {"basis": ["topology", "basis"], "gram": ["topology", "basis"],
                 "networks": ["topology", "basis", "loss"]}[file]
        fields = [("char const*", name) for name in names] + [("Numbers", field) for field in keys.values()]
        rows = []
        for i, case in enumerate(files[file]):
            row = [json.dumps(case[name]) for name in names]
            row += [header.array(f"{file}_{i}_{field}", case[key]) for key, field in keys.items()]
            if file == "networks":
                row += [header.array(f"networks_{i}_widths", case["widths"], "int"), json.dumps(case["activations"][0]),
                        header.array(f"networks_{i}_targets", case["targets"]), repr(case["loss_value"]),
                        repr(case["flow_movement_rms"])]
                assert len(case["widths"]) == 3 and case["activations"][1] == "identity"
            rows.append(row)
        if file == "networks":
            fields += [("std::span<int const>", "widths"), ("char const*", "activation"), ("Numbers", "targets"),
                       ("double", "loss_value"), ("double", "movement")]
        header.cases({"basis": "BasisCase", "gram": "GramCase", "networks": "NetworkCase"}[file], fields, file, rows)
    header.cases("IntegralCase", [("char const*", "topology"), ("char const*", "integrand"), ("double", "value")],
                 "integrals", [[json.dumps(c["topology"]), json.dumps(c["integrand"]), repr(c["value"])]
                               for c in files["integrals"]])
    text = header.text + "}  // namespace golden\n"
    to = HERE / "golden_values.hpp"
    if not sys.argv[1:]:
        to.write_text(text)
    elif to.read_text() != text:
        sys.exit(f"{to} does not hold the values of {GOLDEN}; run check/make_golden.py")


if __name__ == "__main__":
    main()
