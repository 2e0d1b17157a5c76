"""wmanifold_model.py beside the library: wmanifold_model_test.py MODELS, the program of models.cpp."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
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
        warnings = "-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror".split()
        subprocess.run([COMPILER, "-std=c++14", *warnings, source, "-o", self.folder / "main"], check=True)
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
