"""Compares wmanifold_model.py with the library: wmanifold_model_test.py MODELS (the program of models.cpp)."""

import contextlib
import functools
import inspect
import io
import json
import math
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import warnings
import zlib

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
# Coordinates that name a point of a topology, and others that name none.
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
    "finite3*s1": [[0, 1], [2, -9], [3, 1], [0.5, 1], [-1, 1], [NAN, 1], [1, INF], [INF, 1]],
    "finite3*s2": [[2, 0, 0, 1], [2, 0, 0, 2], [3, 0, 0, 1]],
    "interval*interval": [[0, 1], [0, 1.001], [2, 0]],
}
WARNINGS = "-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror".split()
LINEAR = "dense 2 4, relu, dense 4 1"


def sequential(names, shapes, bias=True):
    """Returns a state dict of these modules and weight shapes (out, in). All numbers of module n are n, from 1."""
    state = {}
    for n, (name, shape) in enumerate(zip(names, shapes)):
        state[name + ".weight"] = np.full(shape, n + 1, np.float32)
        if bias:
            state[name + ".bias"] = np.full(shape[0], n + 1, np.float32)
    return state


def order_of(model):
    """Returns the numbers of the modules of `sequential`, from 1, in the order of the model's layers."""
    return [int(model.tensors[f"layer.{n}.weight"].flat[0]) for n in range(len(model.layers))]


def safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def run(tool, *arguments, **more):
    return subprocess.run([sys.executable, "-B", TOOLS / tool, *map(str, arguments)], capture_output=True, text=True, **more)


COMPILER = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
HALVES = {"bf16": "BF16", "f16": "F16"}


def number_with(bits, kind):
    """Returns the number with these 16 bits, by the definition of its type."""
    digits, bias = (7, 127) if kind == "BF16" else (10, 15)
    exponent, fraction = (bits & 0x7fff) >> digits, bits & ((1 << digits) - 1)
    if exponent == 2 * bias + 1:
        size = NAN if fraction else INF
    else:
        size = math.ldexp(fraction + (1 << digits if exponent else 0), max(exponent, 1) - bias - digits)
    return -size if bits & 0x8000 else size


@functools.cache
def all_numbers(kind):
    """Returns the numbers of all 65,536 patterns of bits."""
    return np.array([number_with(bits, kind) for bits in range(1 << 16)])


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

    def test_numbers_of_16_bits_are_read_exactly_and_rounded_to_nearest_even(self):
        file = self.folder / "file"
        random = np.random.default_rng(1)
        for kind in HALVES.values():
            numbers = all_numbers(kind)
            is_finite = np.isfinite(numbers)
            bits = np.arange(1 << 16, dtype="<u2")
            if kind == "F16":
                np.testing.assert_array_equal(numbers, bits.view("<f2").astype(float))
            data = bits[is_finite].tobytes()
            file.write_bytes(safetensors({"a": {"dtype": kind, "shape": [len(data) // 2], "data_offsets": [0, len(data)]}}, data))
            read = wm.read_safetensors(file)[1]["a"]
            self.assertEqual(read.dtype, np.float32)
            np.testing.assert_array_equal(read, numbers[is_finite])
            for real in (np.float32, np.float64):  # and back, zeros with their signs
                wm.write_safetensors(file, {}, {"a": read.astype(real)}, {"a": kind})
                self.assertEqual(file.read_bytes()[-len(data):], data)
            with self.assertRaisesRegex(wm.ModelError, f"'a': expected numbers that {kind} holds"):
                wm.write_safetensors(file, {}, {"a": np.float64(0.1)}, {"a": kind})
            wm.write_safetensors(file, {}, {"a": np.float64(0.5)}, {"a": kind})
            self.assertEqual(wm.read_safetensors(file)[1]["a"].tolist(), 0.5)
            for pattern in bits[~is_finite][::97]:
                file.write_bytes(safetensors({"a": {"dtype": kind, "shape": [], "data_offsets": [0, 2]}}, pattern.tobytes()))
                with self.assertRaisesRegex(wm.ModelError, "'a': expected finite numbers"):
                    wm.read_safetensors(file)

            held = numbers[: np.flatnonzero(~is_finite)[0]]  # of positive sign, ascending
            middles = (held[:-1] + held[1:]) / 2
            even = np.where(np.arange(len(middles)) % 2 == 0, held[:-1], held[1:])  # an even pattern ends with the digit 0
            got = {side: wm.rounded(np.nextafter(middles, side), kind) for side in (0, INF)}
            for sign in (1, -1):
                np.testing.assert_array_equal(wm.rounded(sign * middles, kind), sign * even)
                np.testing.assert_array_equal(wm.rounded(sign * held, kind), sign * held)
            np.testing.assert_array_equal(got[0], held[:-1])
            np.testing.assert_array_equal(got[INF], held[1:])
            x = np.ldexp(random.uniform(-1, 1, 20000), random.integers(-160, 128, 20000))
            x = x[np.abs(x) < held[-1]]
            above = np.searchsorted(held, np.abs(x))
            below = np.where(held[above] == np.abs(x), above, above - 1)
            nearest = np.where(np.abs(x) - held[below] < held[above] - np.abs(x), held[below], held[above])
            np.testing.assert_array_equal(wm.rounded(x, kind), np.copysign(nearest, x))
            np.testing.assert_array_equal(np.signbit(wm.rounded(np.array([-0.0, -1e-300]), kind)), True)
            if torch is not None:
                y = x.astype(np.float32)
                own = torch.tensor(y).to(torch.bfloat16 if kind == "BF16" else torch.float16).double().numpy()
                np.testing.assert_array_equal(wm.rounded(y, kind), own)

    def bad_types(self):
        """Returns types that are refused, with a part of the sentence."""
        return (([], "types that are a dict"), ({1: "BF16"}, "types that are a dict"), ({"layer.0.bias": "F32"}, "BF16 or F16, got 'F32'"),
                ({"layer.0.bias": None}, "BF16 or F16"), ({"layer.7.bias": "F16"}, "tensors that exist, got one of 'layer.7.bias'"))

    def test_the_library_and_the_tool_write_the_same_numbers_of_16_bits(self):
        self.written()
        for numbers in ("bf16", "f16"):
            wm.convert(self.folder / "ellipse.safetensors", self.folder / f"{numbers}.safetensors", numbers)
        ours = {numbers: wm.read_safetensors(self.folder / f"{numbers}.safetensors")[1] for numbers in ("bf16", "f16")}
        subprocess.run([MODELS, "halve", self.folder], check=True)
        for numbers in ("bf16", "f16"):
            model = wm.Model.load(self.folder / f"{numbers}.safetensors")  # replays the test outputs
            self.assertEqual(set(model.types.values()), {numbers.upper()})
            tensors = wm.read_safetensors(self.folder / f"{numbers}.safetensors")[1]
            names = [name for name in ours[numbers] if name.startswith("layer.")]
            self.assertEqual(len(names), 4)
            for name in names:
                np.testing.assert_array_equal(ours[numbers][name], tensors[name])

    def test_models_of_16_bits(self):
        self.written()
        out, again = self.folder / "out", self.folder / "again"
        x = np.random.default_rng(2).standard_normal((8, 4))
        for name in ("ellipse", "legendre4", "point", "knots7", "placed", "speakers"):
            file = self.folder / f"{name}.safetensors"
            model = wm.Model.load(file)
            real = model.metadata["real"]
            for numbers, kind in HALVES.items():
                with self.subTest(f"{file.name} {numbers}"):
                    wm.main(["convert", str(file), str(out), "--numbers", numbers])
                    stored, half = wm.Stored(out), wm.Model.load(out)
                    self.assertEqual({k: v for k, v in half.metadata.items() if k != "checksum"},
                                     {k: v for k, v in model.metadata.items() if k != "checksum"})
                    self.assertEqual(list(stored.types), list(model.tensors))
                    for name, own in stored.types.items():
                        self.assertEqual(own, kind if name.startswith("layer.") else wm.NAMES[model.tensors[name].dtype])
                        self.assertEqual(half.tensors[name].dtype, model.tensors[name].dtype)
                    phi = np.abs(model.coefficients(half.tensors["test.contexts"]))
                    unit = 2.0**-8 if kind == "BF16" else 2.0**-11
                    for name, tensor in half.parameters().items():
                        np.testing.assert_allclose(tensor, model.tensors[name], rtol=unit, atol=2.0**-25)
                    self.assertLess(half.replay(), 1e-6 if real == "F32" else 1e-13)
                    contexts = half.tensors["test.contexts"]
                    np.testing.assert_allclose(half.predict(contexts, x), model.predict(contexts, x), atol=0.15 * phi.sum(1).max())
                    half.save(again)
                    self.assertEqual(again.read_bytes(), out.read_bytes())
                    half.stored_as(numbers).save(again)
                    np.testing.assert_array_equal(half.predict(contexts, x), wm.Model.load(again).predict(contexts, x))
                    wm.convert(out, again, "real")  # the rounded numbers, in as many bits as before
                    whole = wm.Model.load(again)
                    self.assertEqual(whole.types, {})
                    size = sum(tensor.size for tensor in model.parameters().values())
                    saved = again.stat().st_size - out.stat().st_size
                    self.assertLess(abs(saved - size * (2 if real == "F32" else 6)), 32)  # the headers differ in digits
                    for name, tensor in half.tensors.items():
                        np.testing.assert_array_equal(whole.tensors[name], tensor)
        wm.convert(self.folder / "ellipse.safetensors", out, "f16")
        done = run("wmanifold_model.py", "show", out)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"numbers +153\nstored as +F16, 306 bytes\n")

    def test_a_model_may_have_another_type_in_each_tensor(self):
        self.written()
        model = wm.Model.load(self.folder / "ellipse.safetensors")
        tensors = dict(model.tensors)
        types = {"layer.0.weight": "BF16", "layer.0.bias": "F16", "layer.1.bias": "BF16"}
        for name, kind in types.items():
            tensors.update(wm.all_rounded({name: tensors[name]}, kind))
        out = self.folder / "mixed"
        mixed = wm.Model(model.metadata, tensors, types)
        tensors["test.outputs"] = mixed.predict(tensors["test.contexts"], tensors["test.inputs"]).astype(np.float32)
        mixed.save(out)
        self.assertEqual({name: kind for name, kind in wm.Stored(out).types.items() if kind != wm.NAMES[tensors[name].dtype]}, types)
        loaded = wm.Model.load(out)
        self.assertEqual(loaded.types, types)
        np.testing.assert_array_equal(loaded.at(1)[0][0], mixed.at(1)[0][0])
        done = run("wmanifold_model.py", "show", out)
        self.assertRegex(done.stdout, r"stored as +BF16, 162 bytes; F16, 36 bytes; F32, 216 bytes\n")
        self.assertIn("// 153 parameters as float, 612 bytes.\n", header.header(loaded, "name", "source"))
        self.assertIn("// 153 parameters as float16, 306 bytes.\n", header.header(loaded, "name", "source", numbers="f16"))
        self.assertEqual(set(loaded.stored_as("f16").types), set(loaded.parameters()))
        # A network of PyTorch in 16 bits.
        network = self.folder / "network"
        wm.export(loaded, network, [[1]])
        metadata, tensors = wm.read_safetensors(network)
        kinds = {"0.weight": "BF16", "2.weight": "F16"}
        tensors = {name: wm.all_rounded({name: tensor}, kinds.get(name, "F16"))[name] for name, tensor in tensors.items()}
        wm.write_safetensors(network, metadata, tensors, kinds)
        self.assertEqual(wm.networks_of(*wm.read_safetensors(network))[0][0][0][0].tolist(), tensors["0.weight"].tolist())
        done = run("wmanifold_model.py", "show", network)
        self.assertRegex(done.stdout, r"stored as +BF16, 48 bytes; F32, 36 bytes; F16, 36 bytes\n")

    def test_numbers_that_16_bits_do_not_hold_are_refused(self):
        self.written()
        model = wm.Model.load(self.folder / "ellipse.safetensors")
        out = self.folder / "out"
        for real, numbers, value, limit, got in (("F32", "f16", 65520, "65504", "65520"), ("F32", "f16", -7e4, "65504", "70000"),
                                                 ("F32", "bf16", 3.4e38, "3.38953139e+38", "3.39999995e+38"),
                                                 ("F64", "bf16", 1e300, "3.38953139e+38", "1e+300"), ("F64", "f16", -1e300, "65504", "1e+300")):
            large = wm.Model.load(self.folder / f"{'ellipse' if real == 'F32' else 'fourier3'}.safetensors", False)
            weight, bias = (large.tensors[f"layer.1.{part}"].copy() for part in ("weight", "bias"))
            bias.flat[0], weight.flat[0] = value, value * (1 - 2.0**-20)  # a smaller one elsewhere
            large.tensors.update({"layer.1.weight": weight, "layer.1.bias": bias})
            old = dict(large.tensors)
            with self.subTest(value), self.assertRaisesRegex(
                    wm.ModelError, rf"'layer.1.bias': expected numbers of a magnitude of at most {re.escape(limit)}, .*got {re.escape(got)}$"):
                large.stored_as(numbers)
            self.assertTrue(all(large.tensors[name] is tensor for name, tensor in old.items()) and large.types == {})
        largest = model.tensors["layer.1.bias"].copy()
        largest.flat[0] = 65519
        model.tensors["layer.1.bias"] = largest
        self.assertEqual(model.stored_as("f16").tensors["layer.1.bias"].flat[0], 65504)
        large = wm.Model.load(self.folder / "bernstein3.safetensors")
        weight = large.tensors["layer.0.weight"].copy()
        weight.flat[0] = 1e5
        large.tensors["layer.0.weight"] = weight
        with self.assertRaisesRegex(wm.ModelError, "'weight of layer 0': expected .* at most 65504"):
            header.header(large, "name", "source", [0], "f16")

        half = wm.Model.load(self.folder / "ellipse.safetensors").stored_as("bf16")
        half.tensors["layer.0.bias"] = half.tensors["layer.0.bias"] + np.float32(1e-7)
        with self.assertRaisesRegex(wm.ModelError, r"'layer.0.bias': expected numbers that BF16 holds, got .*; round the model by stored_as"):
            half.save(out)
        half.stored_as("bf16").save(out)
        out.unlink()
        for kind in ("BF16", "F16"):
            for value in (1e39, 0.1):
                with self.assertRaisesRegex(wm.ModelError, f"cannot write .*expected numbers that {kind} holds"):
                    wm.write_safetensors(out, {}, {"a": np.array([value])}, {"a": kind})
            with self.assertRaisesRegex(wm.ModelError, "real numbers to store"):
                wm.write_safetensors(out, {}, {"a": np.array([1], np.uint64)}, {"a": kind})
        for name in ("test.inputs", "test.contexts"):
            with self.assertRaisesRegex(wm.ModelError, f"'{name}' to be F.. of .*, got BF16 of"):
                wm.Model(half.metadata, half.tensors, {name: "BF16"})
        for types, sentence in self.bad_types():
            with self.assertRaisesRegex(wm.ModelError, sentence):
                wm.Model(half.metadata, half.tensors, types)
            with self.assertRaisesRegex(wm.ModelError, sentence):
                wm.write_safetensors(out, half.metadata, half.tensors, types)
        file = str(self.folder / "ellipse.safetensors")
        for use in (half.stored_as, lambda numbers: wm.convert(file, out, numbers), lambda numbers: header.header(half, "a", "", [1], numbers),
                    lambda numbers: header.main([file, str(out) + ".hpp", "--numbers", numbers])):
            for numbers in ("BF16", "float", "F32", "", "int8"):
                with self.assertRaisesRegex((wm.ModelError, SystemExit), f"numbers: expected real, bf16, f16, got '{numbers}'"):
                    use(numbers)
        for arguments in (["convert", file, str(out)], ["convert", file, str(out), "bf16"], ["convert", "--numbers", "bf16", file, str(out)],
                          ["convert", file, file, "--numbers", "bf16"]):
            with self.assertRaisesRegex(SystemExit, "error: .*expected"):
                wm.main(arguments)
        for arguments in ([file, str(out) + ".hpp", "--numbers"], [file, "--numbers", "bf16"], [file, str(out) + ".hpp", "--numbers", "bf16", "1"],
                          [file, str(out) + ".hpp", "--numbers", "bf16", "--numbers", "f16"]):
            with self.assertRaisesRegex(SystemExit, "error: expected 'MODEL OUT.hpp'"):
                header.main(arguments)
        self.assertFalse([path for path in self.folder.iterdir() if path.name.startswith("out")])

    @unittest.skipIf(torch is None, "PyTorch is not installed (Debian: python3-torch)")
    def test_tensors_of_pytorch_in_16_bits(self):
        layers = "dense 4 6, tanh, dense 6 3"
        for numbers, own in (("bf16", torch.bfloat16), ("f16", torch.float16)):
            kind = HALVES[numbers]
            network = torch_network(layers).to(own)
            state = network.state_dict()
            model = wm.Model.from_state_dict(state, layers)
            half = model.stored_as(numbers)
            for name, tensor in zip(("layer.0.weight", "layer.0.bias", "layer.1.weight", "layer.1.bias"), state.values()):
                np.testing.assert_array_equal(half.tensors[name][0], tensor.double().numpy())
            x = torch.randn(5, 4).to(own)
            expected = network.float()(x.float()).detach().numpy()
            np.testing.assert_allclose(half.predict(torch.zeros(5, 0), x), expected, atol=1e-6)
            np.testing.assert_allclose(wm.evaluate(half.at([]), x[0]), expected[0], atol=1e-6)
            network.to(own).load_state_dict({name: torch.from_numpy(array) for name, array in wm.state_dict(half.at([])).items()})
            for name, tensor in network.state_dict().items():
                np.testing.assert_array_equal(tensor.double().numpy(), state[name].double().numpy())
            # The same file, of the bytes of PyTorch's tensors, is loaded and imported.
            file, entries, data = self.folder / "file", {}, b""
            for name, tensor in half.tensors.items():
                part = torch.from_numpy(tensor).to(own).view(torch.int16).numpy() if name.startswith("layer.") else tensor
                entries[name] = {"dtype": kind if name.startswith("layer.") else wm.NAMES[tensor.dtype], "shape": list(tensor.shape),
                                 "data_offsets": [len(data), len(data) + part.nbytes]}
                data += part.tobytes()
            file.write_bytes(safetensors({"__metadata__": half.metadata, **entries}, data))
            loaded = wm.Model.load(file)
            self.assertEqual(loaded.types, half.types)
            for name, tensor in half.tensors.items():
                np.testing.assert_array_equal(loaded.tensors[name], tensor)

    @unittest.skipIf(COMPILER is None, "no C++ compiler")
    def test_headers_with_parameters_of_16_bits(self):
        self.written()
        placed = wm.Model.load(self.folder / "placed.safetensors")
        placed.tensors["layer.1.scales"] = np.random.default_rng(4).standard_normal((3, 2))  # they are zero at first
        placed.tensors["test.outputs"] = placed.predict(placed.tensors["test.contexts"], placed.tensors["test.inputs"])
        placed.save(self.folder / "placed.safetensors")
        bytes_of, names, sizes = {"real": 4, "bf16": 2, "f16": 2}, [], {"ellipse": 153, "placed": 244, "fixed": 51}
        for numbers, words in (("real", "float"), ("bf16", "bfloat16"), ("f16", "float16")):
            for name, context in (("ellipse", []), ("placed", []), ("fixed", ["1.25"])):
                file = self.folder / ("ellipse.safetensors" if context else f"{name}.safetensors")
                out = self.folder / f"{name}_{numbers}.hpp"
                header.main([*map(str, (file, out)), *context, "--numbers", numbers])
                names.append(out.stem)
                count, kind = sizes[name], "double" if (name, numbers) == ("placed", "real") else words
                size = count * (8 if kind == "double" else bytes_of[numbers])
                self.assertIn(f"// {count} parameters as {kind}, {size} bytes.\n// Use:\n", out.read_text())
                if numbers == "real" or context:
                    continue
                # A file of 16 bits gives the same header without the option, and with `real` the same numbers.
                half = self.folder / f"{name}_half"
                wm.convert(file, half, numbers)
                self.assertEqual(header.header(wm.Model.load(half), out.stem, file.name), out.read_text())
                wide = self.folder / f"{name}_{numbers}_wide.hpp"
                header.main([str(half), str(wide), "--numbers", "real"])
                self.assertIn(f"// {count} parameters as {'double' if name == 'placed' else 'float'}, ", wide.read_text())
                names.append(wide.stem)
        lines = [f'#include "{name}.hpp"' for name in names] + ["#include <cstdio>"]
        lines += ["template <class Real>\nvoid write(Real (*widened)(std::uint16_t), std::FILE* out) {",
                  "  for (std::uint32_t bits = 0; bits < 0x10000u; ++bits) {",
                  "    const Real number = widened(static_cast<std::uint16_t>(bits));",
                  "    std::fwrite(&number, sizeof number, 1, out);\n  }\n}"]
        lines += ["int main() {", "  int wrong = 0;", '  std::FILE* const out = std::fopen("patterns", "wb");', "  if (out == nullptr) return 2;"]
        lines += [f"  write({name}_{numbers}::detail::widened, out);" for numbers in HALVES for name in ("ellipse", "placed")]
        lines += ["  std::fclose(out);"]
        lines += [f'  std::printf("{name} %.3e\\n", {name}::off_by());' for name in names]
        for name in names:
            if name.endswith("_wide"):
                lines += [f"  {{\n    const double s = 1.25;\n    {name}::Network wide;\n    {name[:-5]}::Network half;",
                          f"    wrong += !{name}::at(&s, wide) || !{name[:-5]}::at(&s, half);",
                          "    wrong += std::memcmp(wide.values, half.values, sizeof wide.values) != 0;\n  }"]
        lines += ["  return wrong != 0;", "}"]
        source = self.folder / "main.cpp"
        source.write_text("\n".join(lines) + "\n")
        compilers = [(found, flags) for found, flags in ((shutil.which("g++"), ["-O2", "-ffp-contract=off"]),
                                                         (shutil.which("clang++"), ["-O1", "-ffp-contract=off"])) if found]
        for compiler, flags in compilers or [(COMPILER, [])]:
            with self.subTest(compiler):
                subprocess.run([compiler, "-std=c++14", *WARNINGS, *flags, source, "-o", self.folder / "main"], check=True)
                done = subprocess.run([self.folder / "main"], cwd=self.folder, capture_output=True, text=True)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                printed = done.stdout.split()
                self.assertEqual(printed[::2], names)
                for name, error in zip(names, map(float, printed[1::2])):
                    self.assertLess(error, 1e-13 if name.startswith("placed") else 3e-6, name)
                data, place = (self.folder / "patterns").read_bytes(), 0
                for kind in HALVES.values():
                    expected = all_numbers(kind)
                    for real in (np.dtype(np.float32), np.dtype(float)):
                        got = np.frombuffer(data, real, 1 << 16, place)
                        place += got.nbytes
                        np.testing.assert_array_equal(got, expected)
                        np.testing.assert_array_equal(np.signbit(got[::1 << 10]), np.arange(64) >= 32)
                self.assertEqual(place, len(data))

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
                    if not any(map(math.isinf, point)):  # there the length may be infinite or NaN
                        self.assertEqual(str(error), sentence.split("; ")[0])  # the remedy is for C++
                    self.assertIn("refused", expected)
                    refused += 1
                else:
                    self.assertNotIn("refused", expected)
                    np.testing.assert_allclose(got, np.array(expected.split(), float), rtol=0, atol=1e-15)
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
        for contexts in ([[0.5]], None, 0.5, "0.5", [["0.5"]] * 2, [[0.5], []], [[2], [0]]):
            with self.subTest(contexts), self.assertRaisesRegex(wm.ModelError, "expected"):
                model.predict(contexts, np.zeros((2, 4)))
        with self.assertRaisesRegex(wm.ModelError, "expected 4 inputs"):
            model.predict([[0.5]], np.zeros((1, 3)))

    @unittest.skipIf(COMPILER is None, "no C++ compiler")
    def test_headers_refuse_contexts_that_name_no_point_also_under_fast_math(self):
        self.written()
        spaces = {"bernstein3": "interval", "box": "interval*interval", "ellipse": "s1", "lines2": "rp1", "harmonics3": "s2",
                  "attitude4": "so3", "mixture3": "simplex2", "torus": "t2", "speakers": "finite3*s1"}
        lines = ["int main() {", "  int wrong = 0;"]
        for name, space in spaces.items():
            header.main([str(self.folder / f"{name}.safetensors"), str(self.folder / f"{name}.hpp")])
            model = wm.Model.load(self.folder / f"{name}.safetensors")
            for point in POINTS[space]:
                numbers = ", ".join(map(repr, map(float, point))).replace("nan", "no_number").replace("inf", "infinite")
                try:
                    expected = model.predict([point], [[1, 1, 1, 1]])[0]
                except wm.ModelError:
                    expected = []
                lines.append(f"""  {{
    const double s[] = {{{numbers}}};
    {header.namespace_of(name)}::Network network, before;
    std::memset(&network, 0x55, sizeof network);
    std::memcpy(&before, &network, sizeof network);
    const bool done = {header.namespace_of(name)}::at(s, network);
    const bool is_same = std::memcmp(&network, &before, sizeof network) == 0;
    if (done != {len(expected) > 0:d} || is_same == done) std::printf("{name} {point}: %d %d\\n", done, is_same), ++wrong;""")
                if len(expected):
                    lines.append(f"""    const {header.namespace_of(name)}::Real x[] = {{1, 1, 1, 1}};
    {header.namespace_of(name)}::Real y[3];
    network(x, y);""")
                    lines += [f"    wrong += std::fabs(static_cast<double>(y[{o}]) - {y!r}) > {1e-5 if name == 'ellipse' else 1e-9};"
                              for o, y in enumerate(expected.tolist())]
                lines.append("  }")
        lines += ["  wrong += bernstein3::clamped(-1) < 0 || bernstein3::clamped(2) > 1 || bernstein3::clamped(0.25) < 0.25;",
                  "  return wrong != 0;", "}"]
        source = self.folder / "main.cpp"
        top = [f'#include "{name}.hpp"' for name in spaces] + ["#include <cstdio>", "#include <cstdlib>"]
        top += [f'static const double {name} = std::strtod("{text}", nullptr);'
                for name, text in (("no_number", "nan"), ("infinite", "inf"))]
        source.write_text("\n".join(top + lines) + "\n")
        for flags in (["-O0", "-fno-exceptions", "-fno-rtti"], ["-O2", "-ffast-math"]):
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

    def test_knots_are_equal_or_apart(self):
        wm.require_knots(1, np.array([0, 0, 0.5, 0.5 + 1.01e-5, 1, 1]), 6, False)
        wm.require_knots(2, np.array([0, 0, 0, 0.5, 0.5, 1, 1, 1]), 8, False)
        with self.assertRaisesRegex(wm.ModelError, "neighbouring knots that are equal or at least 1e-05 apart"):
            wm.require_knots(1, np.array([0, 0, 0.5, 0.5 + 0.99e-5, 1, 1]), 6, False)
        with self.assertRaisesRegex(wm.ModelError, "neighbouring knots that are equal"):  # across the seam
            wm.require_knots(1, np.array([0, 1, 2, 2 * math.pi - 1e-6]), 4, True)

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
        # The whole manifold:
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
        lines += [f'  std::printf("{name} %.3e\\n", {header.namespace_of(name)}::off_by());' for name in names] + ["}"]
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

    def test_import_keeps_the_order_of_the_state_dict(self):
        square = [(4, 4)] * 4
        layers = ", relu, ".join(["dense 4 4"] * 4)
        for names in (["0", "2", "4", "6"], ["net.0", "net.2", "net.4", "net.6"], ["0.0", "0.2", "1.0", "1.2"],
                      ["0.0", "1.0", "2.0", "3"], ["encoder.0", "encoder.2", "decoder.0", "decoder.2"], ["fc1", "fc2", "fc3", "fc4"],
                      ["input", "hidden.0", "hidden.1", "head"], ["layer_8", "layer_9", "layer_10", "layer_11"],
                      ["z", "y", "x", "w"], ["block1.fc2", "block1.fc10", "block2.fc1", "block10.fc1"]):
            for bias in (True, False):
                state = sequential(names, square, bias)
                file = self.folder / "state.safetensors"
                wm.write_safetensors(file, {}, state)
                out = self.folder / "model.safetensors"
                with self.subTest(f"{names} {bias}"):
                    wm.main(["import", str(file), str(out), layers])
                    self.assertEqual(order_of(wm.Model.load(out)), [1, 2, 3, 4])
                    self.assertEqual(order_of(wm.Model.from_state_dict(state, layers)), [1, 2, 3, 4])
                    bias_of_last = wm.Model.load(out).tensors["layer.3.bias"]
                    self.assertEqual(bias_of_last.tolist(), [[4.0 if bias else 0.0] * 4])

    def test_import_finds_the_order_of_names_sorted_as_text_or_asks_for_it(self):
        twelve = [str(2 * n) for n in range(12)]
        for names, shapes, layers in (
                (twelve, [(4, 4)] * 12, ", ".join(["dense 4 4"] * 12)),
                ([f"l{'9' * n}" for n in (1, 2, 5000)], [(4, 4)] * 3, "dense 4 4, dense 4 4, dense 4 4"),
                ([f"layer{n}.linear" for n in range(12)], [(4, 4)] * 12, ", ".join(["dense 4 4"] * 12)),
                (["out", "hidden"], [(4, 2), (1, 4)], LINEAR),  # the only order that fits
                (["encoder.0", "encoder.2", "decoder.0", "decoder.2"], [(3, 8), (2, 3), (3, 2), (8, 3)],
                 "dense 8 3, relu, dense 3 2, dense 2 3, relu, dense 3 8"),
                (["encoder.0", "encoder.2", "encoder.10", "decoder"], [(4, 8), (4, 4), (4, 4), (8, 4)],
                 "dense 8 4, dense 4 4, dense 4 4, dense 4 8")):
            state = dict(sorted(sequential(names, shapes).items()))
            file, out = self.folder / "state.safetensors", self.folder / "model.safetensors"
            wm.write_safetensors(file, {}, state)
            with self.subTest(names):
                wm.main(["import", str(file), str(out), layers])
                self.assertEqual(order_of(wm.Model.load(out)), list(range(1, len(names) + 1)))
                self.assertEqual(order_of(wm.Model.from_state_dict(state, layers)), list(range(1, len(names) + 1)))
        square = ", ".join(["dense 4 4"] * 4)
        for names in (["encoder.0", "encoder.2", "decoder.0", "decoder.2"], ["input", "hidden.0", "hidden.1", "head"],
                      ["fc", "fc1", "fc2", "fc3"], ["fc01", "fc1", "fc2", "fc3"], ["first", "second", "third", "fourth"]):
            state = dict(sorted(sequential(names, [(4, 4)] * 4).items()))
            wm.write_safetensors(file, {}, state)
            with self.subTest(names):
                out.unlink(missing_ok=True)
                with self.assertRaisesRegex(SystemExit, "error: expected modules whose order .* --order "):
                    wm.main(["import", str(file), str(out), square])
                self.assertFalse(out.exists())
                wm.main(["import", str(file), str(out), square, "--order", ",".join(names)])
                self.assertEqual(order_of(wm.Model.load(out)), [1, 2, 3, 4])
                self.assertEqual(order_of(wm.Model.from_state_dict(state, square, order=names)), [1, 2, 3, 4])

    def test_import_refuses_orders_that_contradict_each_other_or_do_not_fit(self):
        two = "dense 4 4, dense 4 4"
        state = sequential(["fc2", "fc1"], [(4, 4)] * 2)  # the file and the numbers contradict each other
        with self.assertRaisesRegex(wm.ModelError, "--order fc2,fc1"):
            wm.Model.from_state_dict(state, two)
        self.assertEqual(order_of(wm.Model.from_state_dict(state, two, ["fc1", "fc2"])), [2, 1])
        for order in ("fc1", "fc1,fc1", "fc1,fc3", "fc1,fc2,fc3", "", [1, 2]):
            with self.subTest(order), self.assertRaisesRegex(wm.ModelError, "expected an order"):
                wm.Model.from_state_dict(state, two, order)
        # Wrong sizes do not reverse the layers, even if the reverse fits.
        for names in (["0", "1"], ["enter", "answer"]):
            state = sequential(names, [(4, 2), (2, 4)])
            with self.subTest(names), self.assertRaisesRegex(wm.ModelError, f"'{names[0]}': expected a weight of 2 x 4"):
                wm.Model.from_state_dict(state, "dense 4 2, relu, dense 2 4")
            if names[0] == "0":
                with self.assertRaisesRegex(wm.ModelError, "'0': expected a weight of 2 x 4"):
                    wm.Model.from_state_dict(dict(sorted(state.items())), "dense 4 2, relu, dense 2 4")
        state = dict(sorted(sequential(["fc_128", "fc_64"], [(4, 2), (1, 4)]).items()))  # numbers without an order
        with self.assertRaisesRegex(wm.ModelError, "--order fc_128,fc_64"):
            wm.Model.from_state_dict(state, LINEAR)
        self.assertEqual(order_of(wm.Model.from_state_dict(state, LINEAR, "fc_128,fc_64")), [1, 2])
        with self.assertRaisesRegex(wm.ModelError, "'1': expected a weight of 4 x 2 .* got one of 1 x 4"):
            wm.Model.from_state_dict(sequential(["0", "1"], [(4, 2), (1, 4)]), LINEAR, ["1", "0"])
        # Tensors in another order than the header's: the order of the modules is unknown.
        state = sequential(["b", "a"], [(4, 4)] * 2)
        entries, begin = {}, 0
        for name in sorted(state):
            entries[name] = {"dtype": "F32", "shape": list(state[name].shape), "data_offsets": [begin, begin + state[name].nbytes]}
            begin += state[name].nbytes
        file = self.folder / "state.safetensors"
        file.write_bytes(safetensors({name: entries[name] for name in state}, bytes(begin)))
        with self.assertRaisesRegex(SystemExit, "--order b,a"):
            wm.main(["import", str(file), str(self.folder / "out"), two])
        # Weights and biases of different types: each type is sorted by itself.
        mixed = {name: value.astype(np.float64) if name.endswith("bias") else value for name, value in state.items()}
        mixed = dict(sorted(mixed.items(), key=lambda item: (item[0].endswith("weight"), item[0])))
        wm.write_safetensors(file, {}, mixed)
        with self.assertRaisesRegex(SystemExit, "--order a,b"):
            wm.main(["import", str(file), str(self.folder / "out"), two])
        with self.assertRaisesRegex(wm.ModelError, "--order a,b"):
            wm.Model.from_state_dict(mixed, two)

    def test_import_refuses_what_is_no_dense_network(self):
        good = sequential(["0", "2"], [(4, 2), (1, 4)])
        norm = {"1.weight": np.ones(4, np.float32), "1.bias": np.ones(4, np.float32)}
        tied = sequential(["0", "1"], [(4, 4)] * 2)
        tied["1.weight"] = tied["0.weight"]
        cases = {
            "a LayerNorm": ({**good, **norm}, LINEAR, "'1.weight': .* a normalisation"),
            "a BatchNorm's counter": ({**good, "1.num_batches_tracked": np.array(3)}, LINEAR, "num_batches_tracked"),
            "a BatchNorm's mean": ({**good, "1.running_mean": np.ones(4, np.float32)}, LINEAR, "running_mean"),
            "a convolution": ({"0.weight": np.ones((4, 2, 3, 3), np.float32)}, "dense 2 4", "a convolution"),
            "attention": ({"a.in_proj_weight": np.ones((4, 2), np.float32)}, "dense 2 4", "in_proj_weight"),
            "a bias alone": ({**good, "4.bias": np.ones(1, np.float32)}, LINEAR, "4.bias"),
            "a long bias": ({**good, "2.bias": np.ones(2, np.float32)}, LINEAR, "bias of 1"),
            "tied": (tied, "dense 4 4, dense 4 4", "numbers of its own"),
            "whole numbers": ({"weight": np.ones((4, 2), np.int8)}, "dense 2 4", "real numbers"),
            "complex": ({"weight": np.ones((4, 2), complex)}, "dense 2 4", "real numbers"),
            "text": ({"weight": "numbers"}, "dense 2 4", "real numbers"),
            "ragged": ({"weight": [[1.0], [1.0, 2.0]]}, "dense 2 4", "array of numbers|real numbers"),
            "NaN": ({"weight": np.full((4, 2), NAN, np.float32)}, "dense 2 4", "finite"),
            "infinite": ({"weight": np.full((4, 2), INF)}, "dense 2 4", "finite"),
            "beyond F32": ({"weight": np.full((4, 2), 1e300)}, "dense 2 4", "in the range of F32"),
            "outputs beyond F32": (sequential(["0", "1"], [(4, 4)] * 2) | {"0.weight": np.full((4, 4), 3e38, np.float32),
                                                                           "1.weight": np.full((4, 4), 3e38, np.float32)},
                                   "dense 4 4, dense 4 4", "finite outputs in F32"),
            "nothing": ({}, "dense 2 4", "got none"),
            "no dict": ([1, 2], "dense 2 4", "state dict"),
            "a name that is none": ({0: np.ones((4, 2))}, "dense 2 4", "state dict"),
            "fewer layers": (good, "dense 2 4", "expected 2 dense layers"),
            "wrong sizes": (good, "dense 2 5, relu, dense 5 1", "expected a weight of 5 x 2"),
            "transposed": ({"weight": np.ones((2, 4), np.float32)}, "dense 2 4", "expected a weight of 4 x 2"),
        }
        for text in ("", " ", "dense 2 4,", ",dense 2 4", "dense 2 4,, relu", "dense 2 \u00b2", "dense 2 \u0664", "dense 2 0", "dense 0 4",
                     "dense -2 4", "dense 2 4.0", "dense 2", "dense 2 4 1", "relu, dense 2 4", "dense 2 4, relu, tanh", "dense 2 4, leaky_relu",
                     "dense 2 4, dense 5 1", "low_rank 2 4 0", "gains 2", "gains 2 4 1", "Dense 2 4", "dense 2 4; relu", "dense 2 99999999999999999999"):
            cases[f"layers '{text}'"] = ({"weight": np.ones((4, 2), np.float32)}, text, "expected")
        for name, (state, layers, sentence) in cases.items():
            with self.subTest(name), self.assertRaisesRegex(wm.ModelError, sentence):
                wm.Model.from_state_dict(state, layers)

    def test_import_reads_half_and_double_numbers(self):
        numbers = np.array([[0.5, -1.25], [3.0, 0.125]])
        halves = {"F16": numbers.astype("<f2").tobytes(), "F32": numbers.astype("<f4").tobytes(), "F64": numbers.astype("<f8").tobytes(),
                  "BF16": (numbers.astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()}
        file, out = self.folder / "state.safetensors", self.folder / "model.safetensors"
        for kind, data in halves.items():
            with self.subTest(kind):
                file.write_bytes(safetensors({"weight": {"dtype": kind, "shape": [2, 2], "data_offsets": [0, len(data)]}}, data))
                wm.main(["import", str(file), str(out), "dense 2 2"])
                np.testing.assert_array_equal(wm.Model.load(out).tensors["layer.0.weight"], numbers[None])

    @unittest.skipIf(torch is None, "PyTorch is not installed (Debian: python3-torch)")
    def test_state_dicts_of_pytorch(self):
        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.enter = torch.nn.Linear(4, 4)
                self.body = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Tanh(), torch.nn.Linear(4, 4, bias=False))
                self.answer = torch.nn.Linear(4, 4)

            def forward(self, x):
                return self.answer(self.body(torch.tanh(self.enter(x))))

        layers = "dense 4 4, tanh, dense 4 4, tanh, dense 4 4, dense 4 4"
        for net in (Net(), Net().double(), Net().bfloat16()):
            model = wm.Model.from_state_dict(net.state_dict(), layers)
            inputs = torch.tensor(model.tensors["test.inputs"])
            np.testing.assert_allclose(model.predict(np.empty((8, 0)), inputs), net.float()(inputs).detach().numpy(), atol=1e-6)
        with self.assertRaisesRegex(wm.ModelError, "takes gradients"):
            wm.Model.from_state_dict(dict(Net().named_parameters()), layers)
        shared, two = torch.nn.Linear(4, 4), "dense 4 4, tanh, dense 4 4"
        weights, biases, turned = (torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Tanh(), torch.nn.Linear(4, 4)) for _ in range(3))
        weights[2].weight, biases[2].bias = weights[0].weight, biases[0].bias
        turned[2].weight = torch.nn.Parameter(turned[0].weight.detach().t())
        for net in (torch.nn.Sequential(shared, torch.nn.Tanh(), shared), weights, biases, turned):
            with self.assertRaisesRegex(wm.ModelError, r"'2\.(weight|bias)': expected numbers of its own, got those of '0\.(weight|bias)' \(tied\)"):
                wm.Model.from_state_dict(net.state_dict(), two)
            model = wm.Model.from_state_dict({name: numbers.clone() for name, numbers in net.state_dict().items()}, two)
            inputs = torch.tensor(model.tensors["test.inputs"])
            np.testing.assert_allclose(model.tensors["test.outputs"], net(inputs).detach().numpy(), atol=1e-6)
        with self.assertRaisesRegex(wm.ModelError, r"module\.state_dict\(\)"):
            wm.Model.from_state_dict(shared, "dense 4 4")
        for layer in (torch.nn.Linear(4, 4, device="meta"), torch.nn.LSTM(4, 4), torch.nn.Conv1d(4, 4, 1), torch.nn.Embedding(4, 3)):
            with self.subTest(layer), self.assertRaises(wm.ModelError):
                wm.Model.from_state_dict(torch.nn.Sequential(layer).state_dict(), "dense 4 4")

    @unittest.skipIf(torch is None, "PyTorch is not installed (Debian: python3-torch)")
    def test_the_code_of_the_documents_runs_as_written(self):
        self.written()
        blocks = re.findall("```python\n(.*?)```", (ROOT / "docs" / "files.md").read_text(), re.S)
        self.assertEqual(len(blocks), 1)
        shutil.copy(self.folder / "ellipse.safetensors", self.folder / "model.safetensors")
        done = subprocess.run([sys.executable, "-B", "-W", "error", "-c", blocks[0]], cwd=self.folder, capture_output=True, text=True,
                              env={**os.environ, "PYTHONPATH": str(TOOLS)})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        at, back = wm.Model.load(self.folder / "model.safetensors").at([1.25]), wm.Model.load(self.folder / "plain.safetensors").at([])
        for one, other in zip(at, back):
            np.testing.assert_allclose(one[0], other[0], atol=1e-6)
            self.assertEqual(one[2], other[2])

    def test_files_that_are_not_what_they_say_are_refused(self):
        entry = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
        one = json.dumps(entry)
        cases = {
            "a tensor twice": (b'{"a": %b, "a": %b}' % (one.encode(), one.encode()), 8),
            "metadata twice": (b'{"__metadata__": {"k": "1", "k": "2"}}', 0),
            "dtype twice": (b'{"a": {"dtype": "F64", "dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}', 8),
            "text in front": (b' {"a": %b}' % one.encode(), 8),
            "a mark in front": (b'\xef\xbb\xbf{"a": %b}' % one.encode(), 8),
            "a NUL behind": (b'{"a": %b}\0' % one.encode(), 8),
            "a newline behind": (b'{"a": %b}\n' % one.encode(), 8),
            "text behind": (b'{"a": %b} x' % one.encode(), 8),
            "two objects": (b'{"a": %b}{}' % one.encode(), 8),
            "a list": (b"[]", 0),
            "nothing": (b"", 0),
            "no UTF-8": (b'{"\xff": %b}' % one.encode(), 8),
            "half a pair": (b'{"\\ud800": %b}' % one.encode(), 8),
            "NaN": (b'{"a": {"dtype": "F32", "shape": [NaN], "data_offsets": [0, 8]}}', 8),
            "long digits": (b'{"a": {"dtype": "F32", "shape": [%b], "data_offsets": [0, 8]}}' % (b"9" * 5000), 8),
            "deep": (b'{"a": ' + b"[" * 100000 + b"]" * 100000 + b"}", 0),
            "no entry": (b'{"a": 1}', 0),
            "no dtype": ({"a": {"shape": [2], "data_offsets": [0, 8]}}, 8),
            "three offsets": ({"a": {**entry, "data_offsets": [0, 8, 8]}}, 8),
            "a negative shape": ({"a": {**entry, "shape": [-2]}}, 8),
            "a real shape": ({"a": {**entry, "shape": [2.0]}}, 8),
            "a true shape": ({"a": {**entry, "shape": [2, True]}}, 8),
            "a huge shape": ({"a": {**entry, "shape": [2**40, 2**40, 0], "data_offsets": [0, 0]}}, 0),
            "a huge promise": ({"a": {**entry, "shape": [2**38], "data_offsets": [0, 2**40]}}, 8),
            "an unknown type": ({"a": {**entry, "dtype": "F99"}}, 8),
            "metadata of numbers": ({"__metadata__": {"k": 1}}, 0),
            "metadata that is none": ({"__metadata__": None}, 0),
            "beyond the file": ({"a": entry}, 7),
            "bytes left": ({"a": entry}, 9),
            "a hole": ({"a": entry, "b": {**entry, "data_offsets": [9, 17]}}, 17),
            "the same bytes": ({"a": entry, "b": entry}, 8),
            "overlapping": ({"a": entry, "b": {**entry, "data_offsets": [4, 12]}}, 12),
            "backwards": ({"a": {**entry, "data_offsets": [8, 0]}}, 8),
        }
        file = self.folder / "file.safetensors"
        for name, (head, size) in cases.items():
            file.write_bytes(safetensors(head, bytes(size)))
            with self.subTest(name), self.assertRaisesRegex(wm.ModelError, "expected"):
                wm.read_safetensors(file)
        for number in (NAN, INF, -INF):
            for kind, dtype in (("F32", "<f4"), ("F64", "<f8")):
                data = np.array([0, number], dtype).tobytes()
                file.write_bytes(safetensors({"a": {"dtype": kind, "shape": [2], "data_offsets": [0, len(data)]}}, data))
                with self.subTest(f"{number} {kind}"), self.assertRaisesRegex(wm.ModelError, "finite"):
                    wm.read_safetensors(file)
                with self.assertRaisesRegex(wm.ModelError, "finite"):
                    wm.write_safetensors(file, {}, {"a": np.array([number], dtype)})
        file.write_bytes((2**63).to_bytes(8, "little") + b"{}")
        with self.assertRaisesRegex(wm.ModelError, "with a header of"):
            wm.read_safetensors(file)
        with open(file, "wb") as out:  # sparse; its header needs more than the memory
            size = 1 << 45
            head = safetensors({"a": {"dtype": "F32", "shape": [size // 4], "data_offsets": [0, size]}})
            out.write(head)
            try:
                out.truncate(len(head) + size)
            except OSError:
                size = 0  # the file system refuses such files
        if size:
            with self.assertRaisesRegex(wm.ModelError, "fits in memory"):
                wm.read_safetensors(file)
        file.write_bytes(safetensors(b'{"a": %b}   ' % one.encode(), bytes(8)))
        self.assertEqual(wm.read_safetensors(file)[1]["a"].tolist(), [0, 0])

    def test_models_that_do_not_fit_their_words_are_refused(self):
        self.written()
        metadata, tensors = wm.read_safetensors(self.folder / "placed.safetensors")
        without = lambda things, key: {k: v for k, v in things.items() if k != key}
        nan = tensors["layer.0.weight"].copy()
        nan.flat[0] = NAN
        cases = {f"without {key}": (without(metadata, key), tensors) for key in ("format", "topology", "basis", "layers", "real")}
        cases.update({f"without {name}": (metadata, without(tensors, name)) for name in tensors})
        cases.update({
            "another format": ({**metadata, "format": "wmanifold 2"}, tensors),
            "another real": ({**metadata, "real": "F32"}, tensors), "no real": ({**metadata, "real": "F16"}, tensors),
            "another basis": ({**metadata, "basis": "fourier2"}, tensors), "a huge basis": ({**metadata, "basis": "fourier99999"}, tensors),
            "no basis": ({**metadata, "basis": "fourier\u0661"}, tensors), "a zero in front": ({**metadata, "basis": "fourier01"}, tensors),
            "a newline": ({**metadata, "topology": "s1\n"}, tensors), "no layers": ({**metadata, "layers": ""}, tensors),
            "many contexts": ({**metadata, "topology": "finite999999", "basis": "one_per_context"}, tensors),
            "many circles": ({**metadata, "topology": "t99", "basis": "fourier1"}, tensors),
            "a state": (metadata, {**tensors, "basis.state": np.array([0.5])}),
            "a NaN": (metadata, {**tensors, "layer.0.weight": nan}),
            "a turned weight": (metadata, {**tensors, "layer.0.weight": np.ascontiguousarray(tensors["layer.0.weight"].T)}),
        })
        for name, (words, numbers) in cases.items():
            with self.subTest(name), self.assertRaisesRegex(wm.ModelError, "expected"):
                wm.Model(words, numbers).save(self.folder / "out")
            if name != "a NaN":
                wm.write_safetensors(self.folder / "file", words, numbers)
                with self.subTest(name), self.assertRaisesRegex(wm.ModelError, "file: .*expected"):
                    wm.Model.load(self.folder / "file")
        self.assertFalse((self.folder / "out").exists())

    def test_a_model_that_does_not_give_its_test_outputs_is_refused(self):
        self.written()
        for name in ("ellipse", "fourier3"):
            metadata, tensors = wm.read_safetensors(self.folder / f"{name}.safetensors")
            tensors["test.outputs"] = tensors["test.outputs"] * 1.001
            file = self.folder / "wrong.safetensors"
            wm.write_safetensors(file, metadata, tensors)
            for tool in (["show", file], ["export", file, "out", "1"]):
                with self.subTest(tool[0]):
                    self.assert_sentence(run("wmanifold_model.py", *tool, cwd=self.folder), "test outputs .* got an error of")
            self.assert_sentence(run("wmanifold_header.py", file, "out.hpp", cwd=self.folder), "test outputs")
            self.assertFalse((self.folder / "out").exists() or (self.folder / "out.hpp").exists())

    def test_a_steep_network_loads_but_a_wrong_one_does_not(self):
        random, width, depth = np.random.default_rng(3), 32, 30
        state = {f"{2 * n}.weight": random.standard_normal((width, width)).astype(np.float32) / 2 for n in range(depth)}
        model = wm.Model.from_state_dict(state, ", tanh, ".join([f"dense {width} {width}"] * depth))
        outputs = []
        for x in model.tensors["test.inputs"]:  # in float, as the library computes
            for n in range(depth):
                x = np.tanh(x) if n else x
                x = model.tensors[f"layer.{n}.weight"][0] @ x
            outputs.append(x)
        model.tensors["test.outputs"] = np.stack(outputs)
        self.assertGreater(model.replay(), 1e-5)
        model.save(self.folder / "steep.safetensors")
        self.assertGreater(wm.Model.load(self.folder / "steep.safetensors").replay(), 1e-5)
        model.tensors[f"layer.{depth - 1}.bias"] = np.full((1, width), 0.5, np.float32)
        with self.assertRaisesRegex(wm.ModelError, "test outputs"):
            model.save(self.folder / "steep.safetensors")

    def test_checksums(self):
        def crc(metadata, tensors):
            text = b"".join(k.encode() + b"\0" + metadata[k].encode() + b"\0" for k in sorted(metadata, key=str.encode) if k != "checksum")
            for name in sorted(tensors, key=str.encode):
                tensor = tensors[name]
                text += name.encode() + b"\0" + wm.NAMES[tensor.dtype].encode() + b"\0"
                text += b"".join(b"%d\0" % size for size in tensor.shape) + b"\0" + tensor.tobytes()
            return f"crc32:{zlib.crc32(text):08x}"

        metadata = {"z": "\u00e9\u4e2d", "a": "", "checksum": "old", "format": "wmanifold 1"}
        tensors = {"b": np.arange(3, dtype=np.float32), "a": np.zeros((0, 2)), "\u00e9": np.array(7, np.uint64)}
        file = self.folder / "file.safetensors"
        wm.write_safetensors(file, metadata, tensors)
        got, _ = wm.read_safetensors(file)
        self.assertEqual(got, {**metadata, "checksum": crc(metadata, tensors)})
        self.assertEqual(wm.checksum({}, {}), "crc32:00000000")
        whole = bytearray(file.read_bytes())
        whole[-1] ^= 1
        file.write_bytes(whole)
        with self.assertRaisesRegex(wm.ModelError, "checksum 'crc32:[0-9a-f]{8}', got 'crc32:[0-9a-f]{8}'"):
            wm.read_safetensors(file)
        whole[-1] ^= 1
        for old, new in ((b'"a": ""', b'"b": ""'), (b"crc32:", b"CRC32:")):
            self.assertIn(old, whole)
            file.write_bytes(whole.replace(old, new))
            with self.subTest(new), self.assertRaisesRegex(wm.ModelError, "checksum"):
                wm.read_safetensors(file)
        file.write_bytes(safetensors({"__metadata__": {"checksum": "sha256:0"}}))  # another program's checksum
        self.assertEqual(wm.read_safetensors(file)[0], {"checksum": "sha256:0"})

    def test_metadata_of_the_users_stays(self):
        self.written()
        model = wm.Model.load(self.folder / "ellipse.safetensors")
        model.metadata.update({"made_by": "\u4e2d\n", "knobs": '{"drive": [0, 11]}'})
        model.save(self.folder / "again.safetensors")
        again = wm.Model.load(self.folder / "again.safetensors")
        self.assertEqual({k: v for k, v in again.metadata.items() if k != "checksum"},
                         {k: v for k, v in model.metadata.items() if k != "checksum"})
        done = run("wmanifold_model.py", "show", self.folder / "again.safetensors",
                   env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "latin-1"})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("\\u4e2d\\n", done.stdout)

    def test_an_exported_network_keeps_the_scaling_of_its_inputs(self):
        self.written()
        model = wm.Model.load(self.folder / "ellipse.safetensors")
        model.metadata["input_scaling"] = "0.5 2, 0 10, 0 1, 0 1"
        wm.export(model, self.folder / "network.safetensors", [[1.0]])
        self.assertEqual(wm.read_safetensors(self.folder / "network.safetensors")[0]["input_scaling"], "0.5 2, 0 10, 0 1, 0 1")

    def test_notes_are_read_as_the_library_reads_them(self):
        self.written()
        model = wm.Model.load(self.folder / "box.safetensors")
        self.assertEqual((model.input_scaling(), model.knob_ranges()), ([], []))
        model.metadata.update({"input_scaling": "0.5 2,0 10, -1e-05 1, +.5 1.",
                               "knob_ranges": "20 20000.0 logarithmic\tcutoff\tHz\n1 -1 linear\t\t"})
        self.assertEqual(model.input_scaling(), [(0.5, 2), (0, 10), (-1e-05, 1), (0.5, 1)])
        self.assertEqual(model.knob_ranges(), [(20, 20000, True, "cutoff", "Hz"), (1, -1, False, "", "")])
        model.save(self.folder / "noted.safetensors")
        wm.export(model, self.folder / "one.safetensors", [[0.5, 1]])
        wm.export(model, self.folder / "two.safetensors", [[0.5, 1], [0, 1]])
        self.assertNotIn("knob_ranges", wm.read_safetensors(self.folder / "one.safetensors")[0])
        self.assertEqual(wm.read_safetensors(self.folder / "two.safetensors")[0]["knob_ranges"], model.metadata["knob_ranges"])
        good, kept = "0 1, 0 1, 0 1, 0 1", "0 1 linear\t\t\n0 1 linear\t\t"
        for scaling in ("", "0 1", good + ", 0 1", good[:-1] + "0", good[:-1] + "-1", good[:-1] + "nan", good[:-1] + "1e999", good[:-1],
                        good + " ", good + ",", good.replace("0", "0x1"), good.replace(" ", "  "), good.replace("0", "\u0660")):
            self.assert_notes_refused(scaling, kept)
        for knobs in ("", kept[:-1], kept + "\n", "0 1 linear\t\t", kept.replace("linear", "cubic"), kept.replace("1", "0"), kept.replace("0", "nan"),
                      kept.replace("linear", "logarithmic"), kept.replace("0", "-1e308").replace("1 ", "1e308 "), kept.replace(" ", "\t"),
                      kept + "\r"):
            self.assert_notes_refused(good, knobs)

    def assert_notes_refused(self, scaling, knobs):
        """Asserts that every call that writes or shows notes refuses these."""
        model = wm.Model.load(self.folder / "box.safetensors")
        model.metadata.update({"input_scaling": scaling, "knob_ranges": knobs})
        file, out = self.folder / "wrong.safetensors", self.folder / "out"
        wm.write_safetensors(file, model.metadata, model.tensors)
        uses = [lambda: model.save(out), lambda: wm.export(model, out, [[0.5, 1]]), lambda: wm.show(file),
                lambda: header.header(model, "name", "")]
        for n, use in enumerate(uses):
            with self.subTest(f"{scaling} {knobs} {n}"), self.assertRaisesRegex(wm.ModelError, "(input_scaling|knob_ranges): expected"):
                use()
        self.assertFalse(out.exists())

    def test_show_says_what_an_exported_file_holds(self):
        self.written()
        model, one, two = (str(self.folder / name) for name in ("placed.safetensors", "one", "two"))
        wm.main(["export", model, one, "1"])
        wm.main(["export", model, two, *map(str, range(10))])
        for file, lines in ((one, ["holds +one network", "numbers +131"]),
                            (two, ["holds +10 networks, one for each context", "numbers +1310", r"context 7 +\(0.716814693\)", "and 2 more contexts"])):
            done = run("wmanifold_model.py", "show", file)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            for line in ["format +wmanifold network 1", "layers +dense 4 6, tanh, dense 6 5, dense 5 7, elu, dense 7 3", *lines]:
                self.assertRegex(done.stdout, line)
        metadata, tensors = wm.read_safetensors(two)
        networks, contexts = wm.networks_of(metadata, tensors)
        self.assertEqual(contexts[:, 0].tolist(), list(range(7)) + [x % (2 * math.pi) for x in (7, 8, 9)])
        x = np.array([1.0, 2, 3, 4])
        for network, context in zip(networks, contexts):
            expected = wm.Model.load(model).predict([context], [x])[0]
            np.testing.assert_allclose(wm.evaluate(network, x), expected, atol=1e-6 * max(1, np.abs(expected).max()))
        metadata, tensors = wm.read_safetensors(one)
        for name, words, numbers in (
                ("no layers", {**metadata, "layers": ""}, tensors), ("other layers", {**metadata, "layers": "dense 4 3"}, tensors),
                ("contexts", metadata, {**tensors, "contexts": np.zeros((1, 1))}), ("no bias", metadata, {"0.weight": tensors["0.weight"]}),
                ("more", metadata, {**tensors, "9.bias": np.zeros(1)}), ("flat", metadata, {**tensors, "contexts": np.zeros(1)}),
                ("knobs", {**metadata, "knob_ranges": "0 1 linear\t\t"}, tensors), ("counted", metadata, {**tensors, "0.bias": np.zeros(6, np.uint64)})):
            wm.write_safetensors(self.folder / "odd", words, numbers)
            with self.subTest(name):
                self.assert_sentence(run("wmanifold_model.py", "show", self.folder / "odd"), "odd: .*expected .*, got")

    def odd_values(self):
        """Returns values of all types."""

        class Wordless:
            def __repr__(self):
                raise ValueError("no words")

        values = [None, True, 5, -1, 1.5, 10**5000, NAN, 1j, "", "text", "a\0b", "\ud800", b"", b"b", [], [1], ["a"], [[1.0]], [None],
                  [[1], [1, 2]], [("a", "b", "c")], (), {}, {1: 2}, {"a": 1}, {"a": [1.0]}, {"weight": [[1.0]]}, {"format": "wmanifold 1"}, set(),
                  object(), Wordless(), int, len, iter([]), np.float32(1), np.array(1.0), np.array(None), np.zeros(3), np.zeros((2, 2)),
                  np.full((2, 2), NAN), np.array("a"), np.zeros((0, 4)), np.zeros((1, 1, 1)), np.zeros(2, bool), np.zeros(2, complex),
                  np.zeros(2, "f4, i4"), np.zeros(1, "M8[s]"), np.zeros((1, 4), ">f4"), self.folder, self.folder / "missing" / "file"]
        if torch is not None:
            linear = torch.nn.Linear(2, 2)
            values += [torch.tensor(1.0), torch.zeros(2, 4), torch.zeros(2, dtype=torch.bfloat16), linear, linear.weight, linear.state_dict(),
                       dict(linear.named_parameters()), torch.zeros(2, 2).to_sparse(), torch.zeros(2, device="meta")]
        return values

    def test_arguments_of_every_kind_are_taken_or_refused_in_words(self):
        self.written()
        file = self.folder / "ellipse.safetensors"
        model = wm.Model.load(file)
        metadata, tensors = wm.read_safetensors(file)
        wm.export(model, self.folder / "network", [[1]])
        wm.write_safetensors(self.folder / "state", {}, sequential(["0", "2"], [(4, 2), (1, 4)]))
        out, network, exported = self.folder / "out", model.at([1]), wm.read_safetensors(self.folder / "network")
        calls = {  # valid arguments
            (wm, "coefficients"): ["s1", "fourier1", [[1.0]], ()],
            (wm, "context_from"): ["1"],
            (wm, "convert"): [file, out, "bf16"],
            (wm, "evaluate"): [network, [1, 2, 3, 4]],
            (wm, "export"): [model, out, [[1]]],
            (wm, "import_layers"): [self.folder / "state", out, LINEAR, "0,2"],
            (wm, "networks_of"): list(exported),
            (wm, "read_safetensors"): [file],
            (wm, "show"): [file],
            (wm, "state_dict"): [network],
            (wm, "write_safetensors"): [out, metadata, tensors, {"layer.0.bias": "BF16"}],
            (wm.Model, "__init__"): [metadata, tensors, {"layer.0.bias": "BF16"}],
            (wm.Model, "at"): [[1]],
            (wm.Model, "coefficients"): [[[1]]],
            (wm.Model, "from_state_dict"): [sequential(["0", "2"], [(4, 2), (1, 4)]), LINEAR, None],
            (wm.Model, "load"): [file, True],
            (wm.Model, "predict"): [[[1]], [[1, 2, 3, 4]]],
            (wm.Model, "save"): [out],
            (wm.Model, "stored_as"): ["f16"],
            (header, "header"): [model, "name", "source", [1], "f16"],
            (header, "namespace_of"): ["name"],
        }
        without = {"input_scaling", "knob_ranges", "off_by", "parameters", "replay"}  # arguments
        public = {(wm, name) for name in wm.__all__} - {(wm, "Model"), (wm, "ModelError")} | {(header, name) for name in header.__all__}
        public |= {(wm.Model, name) for name in vars(wm.Model) if not name.startswith(("_", "require_")) and name not in without}
        self.assertEqual(set(calls), public | {(wm.Model, "__init__")})
        refused, folder = 0, sorted(self.folder.iterdir())
        for (owner, name), right in calls.items():
            function = owner if name == "__init__" else getattr(model if owner is wm.Model else owner, name)
            count = len(inspect.signature(function).parameters)
            self.assertEqual(len(right), count, name)
            with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
                warnings.simplefilter("error")
                function(*right)
                out.unlink(missing_ok=True)
                for place in range(count):
                    for n, odd in enumerate(self.odd_values()):
                        arguments = [*right[:place], odd, *right[place + 1 :]]
                        with self.subTest(f"{name} {place} {n}"):
                            try:
                                function(*arguments)
                                out.unlink(missing_ok=True)
                            except wm.ModelError as error:
                                refused += 1
                                self.assertRegex(str(error), "expected|cannot")
                                self.assertLess(len(str(error)), 700)
                            except OSError as error:
                                self.fail(error)
                            if type(odd) is str:  # only text can name another file
                                pathlib.Path(odd).is_file() and pathlib.Path(odd).unlink()
                            self.assertEqual(sorted(self.folder.iterdir()), folder)
        self.assertGreater(refused, 1000)

    def test_tensors_that_are_no_arrays_of_numpy_are_refused(self):
        out = self.folder / "out"
        zeros = np.zeros(2)
        for metadata, tensors in (({}, {5: zeros}), ({}, {None: zeros}), ({}, {"a": [1.0]}), ({}, {"a": 1.0}), ({}, {"a": "b"}), ({}, [zeros]),
                                  ({1: "b"}, {"a": zeros}), ({"a": 1}, {"a": zeros}), ({"a": b""}, {"a": zeros}), (None, {"a": zeros}),
                                  ({}, {"a": zeros.astype(np.float16)}), ({}, {"a": zeros.astype(np.int64)}), ({}, {"a": zeros.astype(object)}),
                                  ({}, {"a": zeros.astype(">f8")}), ({}, {"\ud800": zeros}), ({}, {"a": np.empty((1 << 50, 0))})):
            with self.subTest(f"{metadata} {tensors!s:.60}"), self.assertRaisesRegex(wm.ModelError, "cannot write .*expected .*got"):
                wm.write_safetensors(out, metadata, tensors)
        self.assertFalse(out.exists())

    def test_a_rule_over_a_large_product_is_refused_at_once(self):
        for basis in ("total256(" + "*".join(["fourier256"] * 4) + ")", "total1(" + "*".join(["fourier1"] * 64) + ")", "*".join(["fourier1"] * 64)):
            with self.subTest(basis):
                begin = time.monotonic()
                try:
                    wm.rows_of("*".join(["s1"] * (basis.count("*") + 1)), basis)
                except wm.ModelError as error:
                    self.assertIn("at most 1048576 functions", str(error))
                else:
                    self.assertIn("total1(", basis)
                self.assertLess(time.monotonic() - begin, 30)

    def test_what_could_not_be_read_is_not_written(self):
        path = self.folder / "kept.safetensors"
        for metadata, tensors in (({}, {"__metadata__": np.zeros(1)}), ({"note": "x" * (17 << 20)}, {}),
                                  ({"note": "\udcff"}, {})):
            path.write_bytes(b"old")
            with self.assertRaisesRegex(wm.ModelError, "cannot write"):
                wm.write_safetensors(path, metadata, tensors)
            self.assertEqual(path.read_bytes(), b"old")
        header = json.dumps({"a": {"dtype": "F32", "shape": [1] * 100, "data_offsets": [0, 4]}}).encode()
        path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
        with self.assertRaisesRegex(wm.ModelError, "at most 32 sizes, got 100"):
            wm.read_safetensors(path)

    def test_functions_on_a_simplex_are_as_many_as_they_have_to_be(self):
        s = np.full((1, 31), 1 / 31)  # 496 functions, of 3^31 tuples of exponents
        self.assertEqual(wm.bernstein_bezier(2, s).shape, (1, 496))
        self.assertAlmostEqual(wm.bernstein_bezier(2, s).sum(), 1)

    def test_files_are_replaced_whole_or_not_at_all(self):
        tensors = {"a": np.zeros(2)}
        file = self.folder / "file"
        file.write_bytes(b"old")
        file.chmod(0o640)
        link = self.folder / "link"
        link.symlink_to(file)
        wm.write_safetensors(link, {}, tensors)
        self.assertTrue(link.is_symlink())
        self.assertEqual(file.stat().st_mode & 0o777, 0o640)
        self.assertEqual(list(wm.read_safetensors(file)[1]), ["a"])
        old = file.read_bytes()
        file.chmod(0o444)
        with self.assertRaisesRegex(wm.ModelError, "read-only"):
            wm.write_safetensors(file, {}, {"b": np.zeros(3)})
        file.chmod(0o644)

        def parts():
            yield b"new"
            raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            wm.replace_file(file, parts())
        self.assertEqual(file.read_bytes(), old)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["file", "link"])
        os.mkfifo(self.folder / "pipe")
        for path in (self.folder, self.folder / "pipe", "/dev/null", self.folder / "new" / "file", self.folder / "new" / "", ""):
            with self.subTest(path), self.assertRaises((wm.ModelError, OSError)):
                wm.write_safetensors(path if path == "" else f"{path}/" if path == self.folder / "new" / "" else path, {}, tensors)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["file", "link", "pipe"])

    def test_names_that_make_no_namespace_are_refused(self):
        self.written()
        model = str(self.folder / "point.safetensors")
        for name in ("_Foo", "_foo", "a__b", "a_", "_model", "__x__", "2box", "final-cut", "a.b", "m\u00fcller", "\u4e2d", "x\u0301", "a b",
                     ".hpp", "a\n", "\u0661"):
            with self.subTest(name), self.assertRaisesRegex(SystemExit, "error: expected a header whose name is letters"):
                header.main([model, str(self.folder / f"{name}.hpp")])
        self.assertEqual(list(self.folder.glob("*.hpp")), [])
        self.assertEqual([header.namespace_of(name) for name in ("class", "clipper_model", "a1_B")],
                         ["class_model", "clipper_model", "a1_B"])

    @unittest.skipIf(COMPILER is None, "no C++ compiler")
    def test_headers_of_any_name_stand_beside_other_headers_and_hold_any_words(self):
        self.written()
        names = ("clipper A1x Real Network at off_by detail inputs outputs numbers rows run mix dense relu look_up bernstein fourier clamped "
                 "is_finite wrapped strip memory torus final override import module model values s phi x y knobs scale_inputs class int std "
                 "NULL EOF errno assert I complex imaginary thrd_create mtx_plain times tms glob htons major minor None Status Bool True "
                 "Success Always Complex min max near far interface small hyper ERROR unix linux i386 arm main signal printf index y0 "
                 "DBL_MAX PI M_PI sin exp time random bind socket select environ stdin co_await and xor_eq wmanifold").split()
        odd = self.folder / "a\n#error \\??\u4e2d\\"
        model = wm.Model.load(self.folder / "strip.safetensors")
        model.metadata["input_scaling"] = ", ".join(["0.5 2"] * 4)
        model.metadata["knob_ranges"] = "0 1 linear\t\"??/\\\x01\u4e2d7\t%d\n2 1 logarithmic\tint\t"
        model.save(odd)
        for n, name in enumerate(names):
            header.main([str(odd), str(self.folder / f"{name}.hpp"), "--numbers", list(wm.NUMBERS)[n % 3]])
        others = ("assert.h complex.h ctype.h errno.h fenv.h float.h inttypes.h limits.h locale.h math.h setjmp.h signal.h stdlib.h "
                  "string.h tgmath.h threads.h time.h uchar.h wchar.h arpa/inet.h dirent.h fcntl.h glob.h netdb.h netinet/in.h "
                  "poll.h pthread.h semaphore.h sys/ioctl.h sys/mman.h sys/param.h sys/select.h sys/socket.h sys/stat.h "
                  "sys/sysmacros.h sys/time.h sys/times.h sys/types.h sys/un.h sys/wait.h syslog.h termios.h unistd.h curses.h windows.h "
                  "X11/Xlib.h Arduino.h").split()
        macros = {"None": "0L", "Status": "int", "Bool": "int", "True": "1", "Success": "0", "Always": "2", "Complex": "0", "near": "",
                  "far": "", "interface": "struct", "small": "char", "hyper": "long", "ERROR": "0", "PI": "3.14", "I": "1", "i386": "1",
                  "arm": "1", "min(a, b)": "b", "max(a, b)": "a", "assert(x)": "", "errno": "0"}
        lines = [f"#if __has_include(<{other}>)\n#include <{other}>\n#endif" for other in others]
        lines += ["#include <iostream>\n#include <vector>\n#include <algorithm>"]
        lines += [f"#ifndef {macro.split('(')[0]}\n#define {macro} {text}\n#endif" for macro, text in macros.items()]
        lines += [f'#include "{name}.hpp"' for name in names]
        lines += ["int main() {", "  return 0"]
        lines += [f"      + ({header.namespace_of(name)}::off_by() < 1e-13 ? 0 : 1)" for name in names] + [";", "}"]
        source, program = self.folder / "main.cpp", self.folder / "main"
        source.write_text("\n".join(lines) + "\n")
        subprocess.run([COMPILER, "-std=gnu++14", "-w", "-DNDEBUG", source, "-o", program], check=True)
        subprocess.run([program], check=True)
        others = [name for name in names if header.namespace_of(name) != name]
        source.write_text("".join(f'#include "{name}.hpp"\n' for name in ["clipper", *others]) + """
int main() {
  using namespace clipper;
  const char* const name = "\\"\\077\\077/\\\\\\001\\344\\270\\2557";
  const double scaled = (3 - inputs_mean[3]) / inputs_scale[3];
  Real x[] = {0, 1, 2, 3};
  scale_inputs(x, x);
  return std::strcmp(knobs[0].name, name) != 0 || std::strcmp(knobs[0].unit, "%d") != 0 || std::strcmp(knobs[1].name, "int") != 0
      || std::strcmp(knobs[1].unit, "") != 0 || knobs[0].high < 1 || knobs[1].low < 2 || knobs[1].high > 1 || knobs[0].is_logarithmic
      || !knobs[1].is_logarithmic || std::fabs(scaled - 1.25) > 0 || std::fabs(x[3] - scaled) > 0 || std::fabs(x[0] + 0.25) > 0;
}
""")
        subprocess.run([COMPILER, "-std=c++14", *WARNINGS, source, "-o", program], check=True)
        subprocess.run([program], check=True)

    @unittest.skipIf(COMPILER is None, "no C++ compiler")
    def test_the_usage_at_the_top_of_a_header_compiles(self):
        self.written()
        for name in ("bernstein3", "ellipse"):
            model = wm.Model.load(self.folder / f"{name}.safetensors")
            model.metadata["input_scaling"] = "1 2, 0 1, 0 1, 0 1"
            model.save(self.folder / f"{name}_scaled.safetensors")
        tops, uses, expected = [], [], []
        for name, *context in (["strip"], ["ellipse"], ["point"], ["ellipse_scaled"], ["bernstein3", "0.25"], ["bernstein3_scaled", "0.25"]):
            header.main([str(self.folder / f"{name}.safetensors"), str(self.folder / f"{name}.hpp"), *context])
            text = (self.folder / f"{name}.hpp").read_text()
            code = [line[2:] for line in text.split("// Use:\n")[1].split("#pragma")[0].splitlines()]
            self.assertTrue(3 <= len(code) <= 7, code)
            self.assertEqual(any("scale_inputs" in line for line in code), name.endswith("_scaled"))
            tops.append(f'#include "{name}.hpp"')
            uses += [f"int use_{name}() {{", *code, '  std::printf("%.9g\\n", static_cast<double>(y[0]));', "  return 0;", "}"]
            model = wm.Model.load(self.folder / f"{name}.safetensors")
            point = [float(context[0])] if context else model.tensors["test.contexts"][0]
            expected.append(model.predict([point], [[-0.5 if name.endswith("_scaled") else 0, 0, 0, 0]])[0][0])
        names = [use.split("(")[0].split("_", 1)[1] for use in uses if use.startswith("int use_")]
        main = ["int main() {", "  return 0" + "".join(f" + use_{name}()" for name in names) + ";", "}"]
        source = self.folder / "main.cpp"
        source.write_text("\n".join([*tops, "#include <cstdio>", *uses, *main]) + "\n")
        subprocess.run([COMPILER, "-std=c++14", *WARNINGS, source, "-o", self.folder / "main"], check=True)
        printed = subprocess.run([self.folder / "main"], check=True, capture_output=True, text=True).stdout.split()
        np.testing.assert_allclose(np.array(printed, float), expected, atol=1e-6)

    def test_programs_end_in_one_sentence(self):
        self.written()
        (self.folder / "short").write_bytes(b"1234")
        (self.folder / "archive").write_bytes(b"PK\3\4" + bytes(100))
        (self.folder / "damaged").write_bytes((self.folder / "ellipse.safetensors").read_bytes()[:-8])
        (self.folder / "folder").mkdir()
        os.mkfifo(self.folder / "pipe")
        (self.folder / "blocked").symlink_to("/dev/zero")
        wm.write_safetensors(self.folder / "state", {}, sequential(["0", "2"], [(4, 2), (1, 4)]))
        model = str(self.folder / "ellipse.safetensors")
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        calls = []
        calls.append((wm, "import", model, "out", "dense 4 6, relu, dense 6 3"))
        for what in ("missing", "folder", "pipe", "blocked", "short", "archive", "damaged", "state", "", "a\nb", "short/x"):
            calls += [(wm, "show", what), (wm, "export", what, "out", "1"), (header, what, "out.hpp")]
            calls += [(wm, "import", what, "out", "dense 2 2")]
        calls += [(wm,), (wm, "shw", model), (wm, "show"), (wm, "import", "state", "out")]
        calls += [(wm, "import", "state", "out", LINEAR, *more) for more in (["--order"], ["--odd", "0,2"], ["--order", "2,0"])]
        calls += [(wm, "import", "state", "state", LINEAR), (wm, "export", model, model, "1"), (wm, "export", model, "folder", "1")]
        calls += [(wm, "export", model, "no/out", "1"), (wm, "export", model, "out", "1", "nan"), (header,), (header, model)]
        calls += [(header, model, "no/out.hpp"), (header, model, "a" * 300 + ".hpp"), (header, model, "out.hpp", "1", "2")]
        calls += [(header, model, model), (header, "out.hpp", model), (header, model, "pipe"), (header, model, "folder")]
        for tool, *arguments in calls:
            with self.subTest(f"{tool.__name__} {arguments}"), self.assertRaises(SystemExit) as ended:
                tool.main(arguments)
            self.assertRegex(ended.exception.code, r"\Aerror: [^\n]*(expected|cannot)[^\n]*\Z")
        for arguments in (("show", "missing"), ("export", model, "out", "nan"), ("import", "state", "out", "dense 2 4,")):
            self.assert_sentence(run("wmanifold_model.py", *arguments, cwd=self.folder), "expected|cannot")
        self.assert_sentence(run("wmanifold_header.py", model, "a__b.hpp", cwd=self.folder), "expected")
        self.assertFalse([path for path in self.folder.iterdir() if path.name.startswith((".", "out"))])
        for tool in ("wmanifold_model.py", "wmanifold_header.py"):
            self.assertEqual(run(tool, "--help").returncode, 0)
            done = subprocess.run([sys.executable, "-S", "-B", TOOLS / tool, "show", model], capture_output=True, text=True)
            self.assert_sentence(done, "numpy")  # -S: without the package folder
        if os.path.exists("/dev/full"):
            with open("/dev/full", "w") as full:
                done = subprocess.run([sys.executable, "-B", TOOLS / "wmanifold_model.py", "show", self.folder / model], stdout=full,
                                      stderr=subprocess.PIPE, text=True)
            self.assert_sentence(done, "cannot write to the standard output")
        done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", sys.executable, "-B", TOOLS / "wmanifold_model.py", "show", self.folder / model],
                              stderr=subprocess.PIPE, text=True)
        self.assert_sentence(done, "cannot write to the standard output: it is closed")

    def test_programs_run_from_elsewhere_and_through_a_link(self):
        self.written()
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        for tool, arguments in (("wmanifold_model.py", ("export", "out.safetensors", "1")), ("wmanifold_header.py", ("out.hpp", "1"))):
            (elsewhere / tool).symlink_to(TOOLS / tool)
            model = self.folder / "ellipse.safetensors"
            given = [arguments[0], model, *arguments[1:]] if arguments[0] == "export" else [model, *arguments]
            done = subprocess.run([sys.executable, "-I", "-B", elsewhere / tool, *given], cwd=elsewhere, capture_output=True, text=True)
            with self.subTest(tool):
                self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", ""))
        self.assertTrue((elsewhere / "out.safetensors").exists() and (elsewhere / "out.hpp").exists())

    def test_an_interrupt_is_quiet(self):
        code = ("import sys, time; sys.path.insert(0, sys.argv[1]); import wmanifold_model as wm\n"
                "wm.program(lambda arguments: (print('x', flush=True), time.sleep(60)), [])")
        with subprocess.Popen([sys.executable, "-B", "-c", code, TOOLS], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            running.stdout.read(1)
            running.send_signal(signal.SIGINT)
            self.assertEqual((running.wait(), running.stderr.read()), (130, b""))


unittest.main(verbosity=2)
