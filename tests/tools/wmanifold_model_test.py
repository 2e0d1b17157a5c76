"""wmanifold_model.py beside the library: wmanifold_model_test.py MODELS, the program of models.cpp."""

import json
import math
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import numpy as np

import wmanifold_header as header
import wmanifold_model as wm

try:
    import torch
except ImportError:
    torch = None

MODELS = sys.argv.pop(1)
TOOLS = ROOT / "tools"
NAN, INF = math.nan, math.inf
# What names a point, and what does not.
POINTS = {
    "point": [[]],
    "interval": [[0], [1], [0.5], [-0.0], [1 + 2**-52], [-1e-300], [1e308], [-INF], [INF], [NAN]],
    "s1": [[0], [7], [-1], [1e9], [-1e-300], [2 * math.pi], [NAN], [INF], [-INF]],
    "rp1": [[0], [7], [-1], [1e9], [math.pi], [NAN], [INF]],
    "s2": [[0, 0, 1], [0.6, 0, -0.8], [1.000009, 0, 0], [1.00002, 0, 0], [0.99998, 0, 0], [0, 0, 0], [1, 1, 1], [NAN, 0, 1],
           [INF, 0, 0], [1e200, 1e200, 0]],
    "so3": [[1, 0, 0, 0], [0.5, 0.5, 0.5, -0.5], [-0.6, 0, 0.8, 0], [0, 0, 0, 0], [1, 1, 0, 0], [0, 0, 0, 1.00002],
            [NAN, 1, 0, 0], [0, -INF, 0, 0], [1e-200, 1e100, 0, 0]],
    "simplex1": [[0, 1], [0.25, 0.75], [1.000009, 0], [1.1, -0.1], [0.5, 0.4], [0, 0], [NAN, 1], [INF, 0]],
    "simplex2": [[0.5, 0.25, 0.25], [1, 0, 0], [0.3, 0.3, 0.400005], [0.3, 0.3, 0.3], [-1e-9, 0.5, 0.500000001], [1, -INF, INF]],
    "finite1": [[0], [1], [-1], [0.5], [NAN]],
    "finite3": [[0], [2], [3], [-1], [1.5], [1e300], [2.0000000001], [NAN], [INF], [-INF]],
    "interval*s1": [[0.5, 9], [1.5, 0], [0.5, INF], [-1, NAN]],
    "t2": [[1, 2], [-1, 7], [NAN, 0], [0, INF]],
    "finite3*s2": [[2, 0, 0, 1], [2, 0, 0, 2], [3, 0, 0, 1]],
    "interval*interval": [[0, 1], [0, 1.001], [2, 0]],
}
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror".split()
LINEAR = "dense 2 4, relu, dense 4 1"


def sequential(names, shapes, bias=True):
    """A state dict of these modules and weights of (out, in), whose numbers say which module they are of."""
    state = {}
    for n, (name, shape) in enumerate(zip(names, shapes)):
        state[name + ".weight"] = np.full(shape, n + 1, np.float32)
        if bias:
            state[name + ".bias"] = np.full(shape[0], n + 1, np.float32)
    return state


def order_of(model):
    """From 1, the modules of `sequential` in the order of the model's layers."""
    return [int(model.tensors[f"layer.{n}.weight"].flat[0]) for n in range(len(model.layers))]


def safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def run(tool, *arguments, **more):
    return subprocess.run([sys.executable, "-B", TOOLS / tool, *map(str, arguments)], capture_output=True, text=True, **more)
COMPILER = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")


def torch_network(layers):
    parts = []
    for layer in wm.layers_from(layers):
        parts.append(torch.nn.Linear(layer.inputs, layer.outputs))
        if layer.activation != "identity":
            parts.append({"relu": torch.nn.ReLU, "elu": torch.nn.ELU, "tanh": torch.nn.Tanh,
                          "sigmoid": torch.nn.Sigmoid, "silu": torch.nn.SiLU,
                          "gelu": torch.nn.GELU, "softplus": torch.nn.Softplus}[layer.activation]())
    return torch.nn.Sequential(*parts)


class Files(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)

    def tearDown(self):
        self.temporary.cleanup()

    def written(self):
        subprocess.run([MODELS, "write", self.folder], check=True)
        files = sorted(self.folder.glob("*.safetensors"))
        self.assertEqual(len(files), 26)
        return files

    def test_numpy_gives_the_outputs_that_the_library_gave(self):
        for file in self.written():
            model = wm.Model.load(file)
            with self.subTest(file.name):
                self.assertLess(model.replay(), 1e-6 if model.metadata["real"] == "F32" else 1e-13)
                self.assertEqual(model.metadata["made_by"], "a test")

    def test_a_wrong_number_is_found(self):
        model = wm.Model.load(self.written()[0])
        weight = model.tensors["layer.0.weight"].copy()
        weight.flat[0] += 0.5
        model.tensors["layer.0.weight"] = weight
        self.assertGreater(model.replay(), 1e-3)

    def test_bases_are_those_of_the_reference_values(self):
        for case in json.loads((ROOT / "tests/golden/basis.json").read_text()):
            got = wm.coefficients(case["topology"], case["basis"], np.array([case["context"]]))[0]
            with self.subTest(case["basis"]):
                np.testing.assert_allclose(got, case["phi"], rtol=0, atol=1e-12)

    def assert_sentence(self, done, pattern):
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stderr, pattern)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertTrue(done.stderr.startswith("error: "), done.stderr)

    def test_points_are_those_of_the_library(self):
        lines = [(space, point) for space, points in POINTS.items() for point in points]
        listed = self.folder / "points"
        listed.write_text("".join(" ".join([space, *map(repr, map(float, point))]) + "\n" for space, point in lines))
        printed = subprocess.run([MODELS, "points", listed], check=True, capture_output=True, text=True).stdout.splitlines()
        self.assertEqual(len(printed), len(lines))
        refused = 0
        for (space, point), expected in zip(lines, printed):
            basis = {"t2": "constant*constant"}.get(space, "*".join(["constant"] * len(space.split("*"))))
            with self.subTest(f"{space} {point}"):
                try:
                    got = wm.canonical(space, wm.factors(space, basis), [point])[0]
                except wm.ModelError as error:
                    sentence = expected.removeprefix("refused: wmanifold: ").replace("-nan", "nan")
                    if not any(map(math.isinf, point)):  # whose length may be infinite or none
                        self.assertEqual(str(error), sentence)
                    self.assertIn("refused", expected)
                    refused += 1
                else:
                    self.assertNotIn("refused", expected)
                    np.testing.assert_allclose(np.abs(got), np.abs(np.array(expected.split(), float)), rtol=0, atol=1e-15)
        self.assertGreater(refused, 40)

    def test_contexts_that_name_no_point_are_refused_everywhere(self):
        self.written()
        bad = {"bernstein3": ["1.5", "-0.1"], "box": ["0.5,2", "0.5"], "ellipse": ["0,0"], "harmonics3": ["0,0,2", "0,0,0"],
               "attitude4": ["1,1,1,1"], "mixture3": ["0.5,0.5,0.5", "2,-1,0"], "rooms4": ["6", "-1", "1.5"],
               "speakers": ["3,0"], "knots7": ["1.0001"], "tilted2": ["0,-1"], "point": ["0.5"]}
        for name, contexts in bad.items():
            file = self.folder / f"{name}.safetensors"
            model = wm.Model.load(file)
            for text in contexts:
                with self.subTest(f"{name} {text}"):
                    context = wm.context_from(text)
                    x = model.tensors["test.inputs"][:1]
                    for use in (model.at, lambda s: model.coefficients([s]), lambda s: model.predict([s], x),
                                lambda s: header.header(model, "name", "", s), lambda s: wm.export(model, out, [s])):
                        out = self.folder / "out"
                        with self.assertRaisesRegex(wm.ModelError, "expected"):
                            use(context)
                    for tool in (["export", file, out, text], [file, out, text]):
                        main = wm.main if tool[0] == "export" else header.main
                        with self.assertRaisesRegex(SystemExit, "error: .*expected"):
                            main(list(map(str, tool)))
                    self.assertFalse(out.exists())

    def test_contexts_that_are_no_numbers_are_refused(self):
        self.written()
        model = wm.Model.load(self.folder / "bernstein3.safetensors")
        for context in ("0.5", ["0.5"], [None], [True], [0.5j], [[0.5]], [[0.5], [0.5]], {}, [NAN], [INF], [], [[0.1], [0.2, 0.3]]):
            with self.subTest(context), self.assertRaisesRegex(wm.ModelError, "expected"):
                model.at(context)
        np.testing.assert_array_equal(model.at(0.5)[0][0], model.at([0.5])[0][0])
        for text in ("nan", "inf", "1e999", "0x1", "0_5", "\u0660.5", "0.5,", ",0.5", "0.5;", "0.5 0.5", "", " ", "--1", "."):
            with self.subTest(text), self.assertRaises(SystemExit):
                wm.main(["export", str(self.folder / "bernstein3.safetensors"), str(self.folder / "out"), text])
        with self.assertRaisesRegex(wm.ModelError, "as many contexts as inputs"):
            model.predict([[0.5]], np.zeros((2, 4)))
        with self.assertRaisesRegex(wm.ModelError, "expected 4 inputs"):
            model.predict([[0.5]], np.zeros((1, 3)))

    @unittest.skipIf(COMPILER is None, "no C++ compiler")
    def test_headers_refuse_contexts_that_name_no_point_also_under_fast_math(self):
        self.written()
        spaces = {"bernstein3": "interval", "box": "interval*interval", "ellipse": "s1", "lines2": "rp1", "harmonics3": "s2",
                  "attitude4": "so3", "mixture3": "simplex2", "torus": "t2"}
        lines = ["int main() {", "  int wrong = 0;"]
        for name, space in spaces.items():
            header.main([str(self.folder / f"{name}.safetensors"), str(self.folder / f"{name}.hpp")])
            for point in POINTS[space]:
                try:
                    wm.Model.load(self.folder / f"{name}.safetensors").at(point)
                    is_point = 1
                except wm.ModelError:
                    is_point = 0
                numbers = ", ".join(map(repr, map(float, point))).replace("nan", "no_number").replace("inf", "infinite")
                lines.append(f"""  {{
    const double s[] = {{{numbers}}};
    {name}::Network network, before;
    std::memset(&network, 0x55, sizeof network);
    std::memcpy(&before, &network, sizeof network);
    const bool done = {name}::at(s, network);
    const bool is_same = std::memcmp(&network, &before, sizeof network) == 0;
    if (done != {is_point} || is_same == done) std::printf("{name} {point}: %d %d\\n", done, is_same), ++wrong;
  }}""")
        lines += ["  wrong += bernstein3::clamped(-1) < 0 || bernstein3::clamped(2) > 1 || bernstein3::clamped(0.25) < 0.25;",
                  "  return wrong != 0;", "}"]
        source = self.folder / "main.cpp"
        top = [f'#include "{name}.hpp"' for name in spaces] + ["#include <cstdio>", "#include <cstdlib>"]
        top += [f'static const double {name} = std::strtod("{text}", nullptr);'
                for name, text in (("no_number", "nan"), ("infinite", "inf"))]
        source.write_text("\n".join(top + lines) + "\n")
        for flags in (["-O0"], ["-O2", "-ffast-math"]):
            with self.subTest(flags):
                subprocess.run([COMPILER, "-std=c++14", *WARNINGS, *flags, source, "-o", self.folder / "main"], check=True)
                done = subprocess.run([self.folder / "main"], capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_topologies_without_a_meaning_are_refused(self):
        for space, basis in (("finite3[0-1,1-3]", "laplacian2"), ("finite3[]", "one_per_context"), ("finite0", "constant"),
                             ("simplex", "bernstein_bezier1"), ("so3", "harmonics1"), ("rp1", "bernstein1")):
            with self.subTest(space), self.assertRaises(wm.ModelError):
                wm.coefficients(space, basis, np.zeros((1, 1)))

    def test_bases_that_are_not_known_are_refused(self):
        for topology, basis, state in (
                ("s1", "bernstein1", ()), ("interval", "bspline3", ()), ("interval", "bspline3_3", ()),
                ("interval", "bspline0_3", ()), ("s2", "bspline1_3", ()), ("interval", "fourier1_2", ()),
                ("interval", "orthonormal(bernstein1)", ()), ("t2", "total(fourier1)", ()),
                ("interval*interval", "total2(bernstein1*bernstein1)", ()), ("s1", "fourier1", (1, 2)),
                ("finite3", "constant", (1,)), ("finite3*s1", "total1(one_per_context*fourier1)", ()),
                ("t2*interval", "total1(fourier1)*legendre1", ()),
                ("interval", "bspline1_3", (0, 0, 1, 1)), ("interval*interval", "bspline1_3*bspline1_3", (0, 0, 1))):
            with self.subTest(f"{basis} on {topology}"), self.assertRaisesRegex(wm.ModelError, "expected"):
                count = 2 if "*" in topology or topology == "t2" else 3 if topology == "s2" else 1
                wm.coefficients(topology, basis, np.full((1, count), 0.5), state)

    def test_an_exported_network_is_that_at_the_point(self):
        self.written()
        out = self.folder / "at.safetensors"
        wm.main(["export", str(self.folder / "ellipse.safetensors"), str(out), "1.25"])
        model = wm.Model.load(self.folder / "ellipse.safetensors")
        metadata, state = wm.read_safetensors(out)
        self.assertEqual(metadata["layers"], "dense 4 6, relu, dense 6 3")
        self.assertEqual(sorted(state), ["0.bias", "0.weight", "2.bias", "2.weight"])
        x = model.tensors["test.inputs"][0]
        hidden = np.maximum(state["0.weight"] @ x + state["0.bias"], 0)
        np.testing.assert_allclose(state["2.weight"] @ hidden + state["2.bias"], model.predict([[1.25]], [x])[0], atol=1e-6)

    def test_a_grid_of_points_is_a_network_each(self):
        self.written()
        model, out = str(self.folder / "strip.safetensors"), self.folder / "grid.safetensors"
        wm.main(["export", model, str(out), "0.5,1", "0.25,2"])
        _, tensors = wm.read_safetensors(out)
        self.assertEqual(tensors["contexts"].tolist(), [[0.5, 1], [0.25, 2]])
        expected = wm.Model.load(model).at([0.25, 2])
        np.testing.assert_allclose(tensors["1.1.weight"], expected[1][0], atol=1e-6)
        self.assertEqual(len(tensors), 2 * 4 + 1)

    @unittest.skipIf(COMPILER is None, "no C++ compiler")
    def test_headers_give_the_test_vector(self):
        files = self.written()
        contexts = {"ellipse": "1.25", "box": "0.5,0.25", "harmonics3": "0.6,0,0.8", "placed": "-7",
                    "rooms4": "5", "mixture3": "0.5,0.25,0.25", "knots7": "0.25", "total2": "1,2", "tilted2": "4,0.5"}
        # Of the whole manifold:
        no_header = ("spline7", "closed4", "knots7", "splines", "total2", "mixed2", "additive3", "tilted2")
        names = [file.stem for file in files if file.stem not in no_header]
        for file in files:
            if file.stem in no_header:
                with self.subTest(file.stem), self.assertRaisesRegex(SystemExit, "name a context"):
                    header.main([str(file), str(self.folder / f"{file.stem}.hpp")])
                continue
            header.main([str(file), str(self.folder / f"{file.stem}.hpp")])
        for name, context in contexts.items():
            header.main([str(self.folder / f"{name}.safetensors"), str(self.folder / f"{name}_at.hpp"), context])
            names.append(f"{name}_at")
        lines = [f'#include "{name}.hpp"' for name in names] + ["#include <cstdio>", "int main() {"]
        lines += [f'  std::printf("{name} %.3e\\n", {name}::off_by());' for name in names] + ["}"]
        source = self.folder / "main.cpp"
        source.write_text("\n".join(lines) + "\n")
        subprocess.run([COMPILER, "-std=c++14", *WARNINGS, source, "-o", self.folder / "main"], check=True)
        printed = subprocess.run([self.folder / "main"], check=True, capture_output=True, text=True).stdout.split()
        self.assertEqual(printed[::2], names)
        for name, error in zip(names, map(float, printed[1::2])):
            with self.subTest(name):
                real = wm.Model.load(self.folder / f"{name.removesuffix('_at')}.safetensors").metadata["real"]
                self.assertLess(error, 3e-6 if real == "F32" else 1e-13)

    def test_headers_are_refused_names_and_contexts_that_do_not_fit(self):
        self.written()
        model = str(self.folder / "box.safetensors")
        for out, context in (("2box.hpp", "0.5,0.5"), ("a box.hpp", "0.5,0.5"), ("box.hpp", "0.5"), ("box.hpp", "0.5,x")):
            with self.subTest(out + " " + context), self.assertRaisesRegex(SystemExit, "error: expected"):
                header.main([model, str(self.folder / out), context])

    @unittest.skipIf(torch is None, "PyTorch is not installed (Debian: python3-torch)")
    def test_to_pytorch(self):
        for file in self.written():
            model = wm.Model.load(file)
            contexts, inputs = model.tensors["test.contexts"], model.tensors["test.inputs"]
            network = torch_network(", ".join(f"dense {l.inputs} {l.outputs}, {l.activation}" for l in model.layers))
            for context, x, expected in zip(contexts, inputs, model.tensors["test.outputs"]):
                state = {name: torch.tensor(value) for name, value in wm.state_dict(model.at(context)).items()}
                network.load_state_dict(state)
                got = network(torch.tensor(x, dtype=torch.float32)).detach().numpy()
                with self.subTest(file.name):
                    np.testing.assert_allclose(got, expected, atol=1e-6 * max(1, np.abs(expected).max()))

    @unittest.skipIf(torch is None, "PyTorch is not installed (Debian: python3-torch)")
    def test_from_pytorch(self):
        torch.manual_seed(1)
        layers = "dense 5 8, gelu, dense 8 8, dense 8 7, silu, dense 7 3, softplus"
        network = torch_network(layers)
        state = self.folder / "state.safetensors"
        out = self.folder / "model.safetensors"
        wm.write_safetensors(state, {}, {name: value.numpy() for name, value in network.state_dict().items()})
        wm.main(["import", str(state), str(out), layers])
        printed = subprocess.run([MODELS, "outputs", out], check=True, capture_output=True, text=True).stdout
        got = np.array([[float(x) for x in line.split()] for line in printed.splitlines()])
        inputs = torch.tensor(wm.Model.load(out).tensors["test.inputs"])
        np.testing.assert_allclose(got, network(inputs).detach().numpy(), atol=1e-6)

    def test_what_does_not_fit_is_refused(self):
        state = {"0.weight": np.zeros((2, 3), np.float32), "0.bias": np.zeros(2, np.float32)}
        for layers in ("dense 3 2, dense 2 2", "dense 2 3", "shared 3 2", "dense 3", "relu, dense 3 2", "dense 3 2, swish"):
            with self.subTest(layers), self.assertRaises(wm.ModelError):
                wm.Model.from_state_dict(state, layers)
        broken = self.folder / "broken.safetensors"
        for content in (b"", b"12345678", (50).to_bytes(8, "little") + b"{}", (2).to_bytes(8, "little") + b"{,"):
            broken.write_bytes(content)
            with self.subTest(content), self.assertRaises(wm.ModelError):
                wm.Model.load(broken)


unittest.main(verbosity=2)
