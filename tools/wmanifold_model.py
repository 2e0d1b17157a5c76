#!/usr/bin/env python3
"""Model files of wmanifold, with numpy alone: read, evaluated, exported to ordinary layers, and made from such.

    wmanifold_model.py show MODEL               what it is, and whether it gives its own test outputs
    wmanifold_model.py export MODEL OUT 0.5,1   the network at a context (its coordinates), as a safetensors file with
                                                the names of a torch.nn.Sequential: 0.weight, 0.bias, 2.weight, ...;
                                                of several contexts the i-th has i.0.weight, i.0.bias, ...
    wmanifold_model.py import IN OUT LAYERS     the reverse: a model over the one-point space, which wmanifold reads
                                                and lifts; LAYERS as in "dense 784 32, relu, dense 32 10"

As a module: Model.load(path), model.at(context), model.predict(contexts, inputs), state_dict(network),
Model.from_state_dict(state, layers).save(path).
"""

import itertools
import json
import math
import pathlib
import re
import sys

import numpy as np

FORMAT = "wmanifold 1"
NETWORK_FORMAT = "wmanifold network 1"
TYPES = {"F32": np.float32, "F64": np.float64, "U64": np.uint64}
NAMES = {np.dtype(kind): name for name, kind in TYPES.items()}
TEST_SAMPLES = 8


class ModelError(Exception):
    """What was expected of a file, and what came."""


def read_safetensors(path):
    """Metadata and tensors of a file, whoever wrote it."""
    data = pathlib.Path(path).read_bytes()
    length = int.from_bytes(data[:8], "little")
    if len(data) < 8 or length > len(data) - 8:
        raise ModelError(f"{path}: expected a safetensors file, got {len(data)} bytes that name a header of {length}")
    try:
        header = json.loads(data[8 : 8 + length])
    except ValueError as error:
        raise ModelError(f"{path}: expected a header that is JSON, got something else ({error})") from None
    metadata = header.pop("__metadata__", {})
    numbers = memoryview(data)[8 + length :]
    tensors = {}
    for name, entry in header.items():
        kind, shape, (begin, end) = entry["dtype"], tuple(entry["shape"]), entry["data_offsets"]
        if kind not in TYPES:
            raise ModelError(f"{path}: tensor '{name}': expected the type {', '.join(TYPES)}, got {kind}")
        size = math.prod(shape) * np.dtype(TYPES[kind]).itemsize
        if not 0 <= begin <= end <= len(numbers) or end - begin != size:
            raise ModelError(f"{path}: tensor '{name}': expected {size} bytes, got [{begin}, {end})")
        tensors[name] = np.frombuffer(numbers[begin:end], TYPES[kind]).reshape(shape)
    return metadata, tensors


def write_safetensors(path, metadata, tensors):
    """Written beside `path` first, then renamed: a crash leaves an old file whole."""
    header = {"__metadata__": metadata} if metadata else {}
    offset = 0
    for name, tensor in tensors.items():
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [offset, offset + tensor.nbytes]}
        offset += tensor.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    beside = pathlib.Path(f"{path}.part")
    with beside.open("wb") as out:
        out.write(len(text).to_bytes(8, "little") + text)
        for tensor in tensors.values():
            out.write(np.ascontiguousarray(tensor).tobytes())
    beside.rename(path)


# Bases: contexts (samples x coordinates) to coefficients (samples x K), in the order of docs/mathematics.md.


def bernstein(n, s):
    x = s[:, 0]
    return np.stack([math.comb(n, i) * x**i * (1 - x) ** (n - i) for i in range(n + 1)], 1)


def legendre(n, s):
    return np.polynomial.legendre.legvander(2 * s[:, 0] - 1, n)


def fourier(h, s):
    t = s[:, 0]
    return np.stack([np.ones_like(t)] + [f(k * t) for k in range(1, h + 1) for f in (np.cos, np.sin)], 1)


def catmull_rom(n, s):
    def unit(x):  # at a distance of x spans
        return np.where(x < 1, (2 - 5 * x**2 + 3 * x**3) / 2, np.where(x < 2, (2 - x) ** 2 * (1 - x) / 2, 0))

    x = (s[:, :1] * n / (2 * math.pi) - np.arange(n)) % n
    return unit(x) + unit(n - x)


def bspline(order, s, space, knots):
    degree, n = order
    closed = space == "s1"
    length, spans = (2 * math.pi, n) if closed else (1.0, n - degree)
    given = n if closed else n + degree + 1
    if len(knots) == 0:
        knots = length * np.clip(np.arange(given) - (0 if closed else degree), 0, spans) / spans
    if len(knots) != given or not (np.diff(knots) >= 0).all():
        raise ModelError(f"expected {given} knots that do not decrease, got {list(knots)}")
    t = np.concatenate([knots[n - degree :] - length, knots, knots[: degree + 1] + length]) if closed else np.asarray(knots)
    x = s[:, 0] % length if closed else s[:, 0]
    x = np.where(x < t[degree], x + length, x) if closed else x
    i = np.searchsorted(t[degree : degree + spans], x, side="right") + degree - 1
    pieces = [np.ones_like(x)]
    for d in range(1, degree + 1):
        shares = [piece / (t[i + r + 1] - t[i + r + 1 - d]) for r, piece in enumerate(pieces)]
        rising = [(x - t[i + r + 1 - d]) * share for r, share in enumerate(shares)]
        falling = [(t[i + r + 1] - x) * share for r, share in enumerate(shares)]
        pieces = [falling[0], *(a + b for a, b in zip(rising, falling[1:])), rising[-1]]
    out = np.zeros((len(s), n))
    for a, piece in enumerate(pieces):
        first = i - degree + a
        out[np.arange(len(s)), (first - degree + (degree + 1) // 2) % n if closed else first] = piece
    return out


def harmonics(degree, s):
    x, y, z = s.T
    out = np.empty((len(s), (degree + 1) ** 2))
    around = np.ones_like(x, dtype=complex)  # (x + i y)^m
    for m in range(degree + 1):
        for l in range(m, degree + 1):
            q = np.polynomial.legendre.Legendre.basis(l).deriv(m)(z) if m else np.polynomial.legendre.Legendre.basis(l)(z)
            norm = math.sqrt((2 * l + 1) * math.factorial(l - m) / math.factorial(l + m) * (2 if m else 1))
            out[:, l * (l + 1) + m] = norm * q * around.real
            if m:
                out[:, l * (l + 1) - m] = norm * q * around.imag
        around = around * (x + 1j * y)
    return out


def bernstein_bezier(degree, s):
    exponents = [a for a in itertools.product(range(degree, -1, -1), repeat=s.shape[1]) if sum(a) == degree]
    many = [math.factorial(degree) / math.prod(map(math.factorial, a)) for a in exponents]
    return np.stack([m * np.prod(s ** np.array(a), 1) for m, a in zip(many, exponents)], 1)


def jacobi(j, alpha, beta, x):
    """P_j^(alpha, beta)(x), by its explicit sum."""
    return sum(math.comb(j + alpha, j - i) * math.comb(j + beta, i) * ((x - 1) / 2) ** i * ((x + 1) / 2) ** (j - i)
               for i in range(j + 1))


def hyperspherical(degree, s):
    w, x, y, z = s.T
    u, v, along = w + 1j * z, x + 1j * y, w**2 + z**2 - x**2 - y**2
    out = []
    for n in range(0, degree + 1, 2):
        for a in range(n + 1):
            for b in range(a % 2, n - a + 1, 2):
                j = (n - a - b) // 2
                f = math.factorial
                square = (n + 1) * (2 if a else 1) * (2 if b else 1) * f(j) * f(j + a + b) / (f(j + a) * f(j + b))
                p = math.sqrt(square) * jacobi(j, b, a, along)
                out += [p * part * other for part in ((u**a).real, (u**a).imag)[: 2 if a else 1]
                        for other in ((v**b).real, (v**b).imag)[: 2 if b else 1]]
    return np.stack(out, 1)


def graph(space):
    """The weights of a graph from the name of its topology: finite3, finite3[0-1,1-2:0.5]."""
    number, edges = re.fullmatch(r"finite(\d+)(?:\[(.*)\])?", space).groups()
    n = int(number)
    weights = np.ones((n, n)) if edges is None else np.zeros((n, n))
    for edge in [] if edges is None else edges.split(","):
        parts = re.fullmatch(r"(\d+)-(\d+)(?::([-+.e\d]+))?", edge)
        if not parts or max(int(parts[1]), int(parts[2])) >= n:
            raise ModelError(f"expected edges between {n} contexts, as 'finite3[0-1,1-2:0.5]', got '{edge}' in '{space}'")
        weights[int(parts[1]), int(parts[2])] = weights[int(parts[2]), int(parts[1])] = float(parts[3] or 1)
    np.fill_diagonal(weights, 0)
    return weights


def one_per_context(_, s, space):
    return np.eye(len(graph(space)))[s[:, 0].astype(int)]


def laplacian(k, s, space):
    weights = graph(space)
    n = len(weights)
    values, vectors = np.linalg.eigh(np.diag(weights.sum(1)) - weights)
    columns = [np.ones(n)]
    first = 1
    while first < n:  # an eigenspace each: Gram and Schmidt over its projections of the nodes
        end = first + 1
        while end < n and values[end] - values[end - 1] <= 1e-9 * values[-1]:
            end += 1
        rest = vectors[:, first:end] @ vectors[:, first:end].T
        for node in range(n):
            left = end - len(columns)
            if left > 0 and rest[node, node] > 0.0123 * left / n:
                v = rest[:, node] / math.sqrt(rest[node, node])
                rest = rest - np.outer(v, v)
                columns.append(v * math.sqrt(n / (v @ v)))
        first = end
    return np.stack(columns[:k], 1)[s[:, 0].astype(int)]


def constant(_, s):
    return np.ones((len(s), 1))


class Family:
    """Bases of one name: their values, the number of functions, the topologies that they live on, the order of a function.
    Of some (`of_space`), values and number depend on more of the topology than its kind."""

    def __init__(self, values, size, *spaces, of_space=False, order=None):
        self.values = values if of_space else lambda order, s, _: values(order, s)
        self.size = size if of_space else lambda order, _: size(order)
        self.spaces, self.order = spaces, order


BASES = {
    "constant": Family(constant, lambda _: 1, "point", "interval", "s1", "s2", "rp1", "so3", "simplex#", "finite#",
                       order=lambda k: 0),
    "bernstein": Family(bernstein, lambda n: n + 1, "interval"),
    "legendre": Family(legendre, lambda n: n + 1, "interval", order=lambda k: k),
    "fourier": Family(fourier, lambda h: 2 * h + 1, "s1", "rp1", order=lambda k: (k + 1) // 2),
    "catmull_rom": Family(catmull_rom, lambda n: n, "s1"),
    "bspline": Family(bspline, lambda order, _: order[1], "interval", "s1", of_space=True),
    "harmonics": Family(harmonics, lambda degree: (degree + 1) ** 2, "s2", order=math.isqrt),
    "hyperspherical": Family(hyperspherical, lambda l: (l + 1) * (l + 2) * (l + 3) // 6, "so3"),
    "bernstein_bezier": Family(lambda degree, s, _: bernstein_bezier(degree, s),
                               lambda degree, space: math.comb(degree + int(space[7:]), degree), "simplex#", of_space=True),
    "one_per_context": Family(one_per_context, lambda _, space: len(graph(space)), "finite#", of_space=True),
    "laplacian": Family(laplacian, lambda k, _: k, "finite#", of_space=True),
}
WITHOUT_ORDER = ("constant", "one_per_context")
COORDINATES = {"point": 0, "interval": 1, "s1": 1, "s2": 3, "rp1": 1, "so3": 4, "finite#": 1}


class Factor:
    """One basis on one topology: of a tensor product, one factor. `knots` are of splines, none where they are uniform."""

    def __init__(self, space, basis, knots=()):
        name, order = re.fullmatch(r"(.*?)((?<=bspline)\d+_\d+|\d*)", basis, re.DOTALL).groups()
        self.kind = re.sub(r"^simplex[1-9]\d*$", "simplex#", re.sub(r"^finite[1-9]\d*(\[.*\])?$", "finite#", space))
        known = name in BASES and self.kind in BASES[name].spaces and (order == "") == (name in WITHOUT_ORDER)
        if not known or ("_" in order) != (name == "bspline"):
            raise ModelError(f"expected a basis of {', '.join(BASES)} with its degree on its topology, got '{basis}' on '{space}'")
        if len(knots) and name != "bspline":
            raise ModelError(f"expected knots for splines, got {len(knots)} for '{basis}'")
        self.space, self.name, self.knots = space, name, np.asarray(knots, float)
        self.order = tuple(map(int, order.split("_"))) if "_" in order else int(order or 0)
        if name == "bspline" and not 1 <= self.order[0] < self.order[1]:
            raise ModelError(f"expected a spline with more functions than its degree, at least 1, got '{basis}'")
        self.size = BASES[name].size(self.order, space)
        self.coordinates = int(space[7:]) + 1 if self.kind == "simplex#" else COORDINATES[self.kind]

    def values(self, contexts):
        contexts = 2 * contexts if self.space == "rp1" else contexts  # where even harmonics are left
        more = (self.knots,) if self.name == "bspline" else ()
        return BASES[self.name].values(self.order, contexts, self.space, *more)


def rule_and_product(basis):
    """"total2" and "fourier2" from "total2(fourier2)"; no rule for a whole product."""
    found = re.fullmatch(r"(total\d+|additive)\((.*)\)", basis)
    return found.groups() if found else (None, basis)


def factors(topology, basis, state=()):
    """The factors of a basis. The circles of a torus, as t2, have a name each, or one for all. Of several factors, each
    one's part of the state is behind its count."""
    parts, names = topology.split("*"), rule_and_product(basis)[1].split("*")
    circles = [int(part[1:]) if part[:1] == "t" and part[1:].isdigit() else 0 for part in parts]
    spaces = [space for part, n in zip(parts, circles) for space in (["s1"] * n if n else [part])]
    if len(names) == len(parts):
        names = [name for name, n in zip(names, circles) for _ in range(max(n, 1))]
    if len(names) != len(spaces):
        raise ModelError(f"expected a basis for each factor of '{topology}', got '{basis}'")
    states, rest = [state], ()
    if len(spaces) > 1:
        states, rest = [], list(state)
        for _ in spaces:
            count = int(rest[0]) if rest else 0
            states.append(rest[1 : 1 + count])
            rest = rest[1 + count :]
    if len(rest):
        raise ModelError(f"expected a state that is each factor's behind its count, got {list(state)}")
    return [Factor(space, name, own) for space, name, own in zip(spaces, names, states)]


def kept(rule, parts):
    """The multi-indices that a rule keeps of a product, in the product's order."""
    orders = [BASES[factor.name].order for factor in parts]
    if None in orders:
        raise ModelError(f"expected bases whose functions have an order in '{rule}(...)', got {parts[orders.index(None)].name}")

    def keeps(digits):
        own = [order(digit) for order, digit in zip(orders, digits)]
        return sum(own) <= int(rule[len("total") :]) if rule.startswith("total") else sum(o > 0 for o in own) <= 1

    indices = [()]
    for factor in parts:
        indices = [(*index, digit) for index in indices for digit in range(factor.size) if keeps((*index, digit))]
    return indices


def coefficients(topology, basis, contexts, state=()):
    """phi(s) of each context."""
    parts = factors(topology, basis, state)
    expected = sum(factor.coordinates for factor in parts)
    if contexts.shape[1] != expected:
        raise ModelError(f"expected contexts of {expected} coordinates on '{topology}', got {contexts.shape[1]}")
    columns = np.cumsum([0] + [factor.coordinates for factor in parts])
    values = [factor.values(contexts[:, a:b]) for factor, a, b in zip(parts, columns, columns[1:])]
    rule, _ = rule_and_product(basis)
    if rule:
        return np.stack([math.prod(own[:, k] for own, k in zip(values, index)) for index in kept(rule, parts)], 1)
    phi = np.ones((len(contexts), 1))
    for own in values:
        phi = (phi[:, :, None] * own[:, None, :]).reshape(len(contexts), -1)
    return phi


ACTIVATIONS = {
    "identity": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "elu": lambda x: np.maximum(x, 0) + np.expm1(np.minimum(x, 0)),
    "tanh": np.tanh,
    "sigmoid": lambda x: 0.5 * (1 + np.tanh(0.5 * x)),
    "silu": lambda x: x * 0.5 * (1 + np.tanh(0.5 * x)),
    "gelu": lambda x: 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))),
    "softplus": lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
}


class Layer:
    """A dense layer and the activation behind it."""

    def __init__(self, kind, inputs, outputs, rank=0):
        self.kind, self.inputs, self.outputs, self.rank, self.activation = kind, inputs, outputs, rank, "identity"


def layers_from(text):
    layers = []
    for part in text.split(","):
        words = part.split()
        numbers = words[1:]
        if words and words[0] in ("dense", "shared", "low_rank") and all(n.isdigit() for n in numbers):
            if len(numbers) == (3 if words[0] == "low_rank" else 2):
                layers.append(Layer(words[0], *map(int, numbers)))
                continue
        elif len(words) == 1 and words[0] in ACTIVATIONS and layers:
            layers[-1].activation = words[0]
            continue
        raise ModelError(f"expected 'dense IN OUT', 'shared IN OUT', 'low_rank IN OUT RANK' or an activation, got '{part}'")
    return layers


class Model:
    """A manifold of weights, as its file says."""

    def __init__(self, metadata, tensors):
        if metadata.get("format") != FORMAT:
            raise ModelError(f"expected the format '{FORMAT}', got '{metadata.get('format')}'")
        if "warp" in metadata:
            raise ModelError(f"expected a model without a warp, got one of degree {metadata['warp']}")
        self.metadata, self.tensors = metadata, tensors
        self.layers = layers_from(metadata["layers"])

    @staticmethod
    def load(path):
        return Model(*read_safetensors(path))

    def save(self, path):
        write_safetensors(path, self.metadata, self.tensors)

    def coefficients(self, contexts):
        contexts = np.atleast_2d(np.asarray(contexts, float))
        state = self.tensors.get("basis.state", ())
        return coefficients(self.metadata["topology"], self.metadata["basis"], contexts, state)

    def weights(self, n, phi):
        """Weight (out x in) and bias of layer n where the basis has the values phi."""
        weight, bias = (self.tensors[f"layer.{n}.{part}"].astype(float) for part in ("weight", "bias"))
        if self.layers[n].kind == "dense":
            return np.tensordot(phi, weight, 1), phi @ bias
        if self.layers[n].kind == "low_rank":
            right, left, scales = (self.tensors[f"layer.{n}.{part}"].astype(float) for part in ("right", "left", "scales"))
            both = left @ np.diag(phi @ scales) @ right.T
            return weight + both[:, :-1], bias + both[:, -1]
        return weight, bias

    def at(self, context):
        """The network at a context: (weight, bias, activation) of each layer."""
        phi = self.coefficients([context])[0]
        return [(*self.weights(n, phi), layer.activation) for n, layer in enumerate(self.layers)]

    def predict(self, contexts, inputs):
        return np.stack([evaluate(self.at(context), x) for context, x in zip(contexts, inputs)])

    def replay(self):
        """The largest error of the file's own test outputs, over their size."""
        expected = self.tensors["test.outputs"]
        got = self.predict(self.tensors["test.contexts"], self.tensors["test.inputs"])
        return np.abs(got - expected).max() / max(1, np.abs(expected).max())

    @staticmethod
    def from_state_dict(state, layers):
        """A model over the one-point space from the parameters of a torch.nn.Sequential, by name."""
        names = sorted((name for name in state if name.endswith(".weight")), key=lambda n: int(n.split(".")[-2]))
        plain = layers_from(layers)
        if len(names) != len(plain) or any(layer.kind != "dense" for layer in plain):
            raise ModelError(f"expected {len(names)} dense layers, as there are weights, got '{layers}'")
        tensors = {}
        network = []
        for n, (name, layer) in enumerate(zip(names, plain)):
            weight = np.asarray(state[name], np.float32)
            bias = np.asarray(state[name[: -len("weight")] + "bias"], np.float32)
            if weight.shape != (layer.outputs, layer.inputs) or bias.shape != (layer.outputs,):
                raise ModelError(f"{name}: expected {layer.outputs} x {layer.inputs} and a bias, got {weight.shape}, {bias.shape}")
            tensors[f"layer.{n}.weight"], tensors[f"layer.{n}.bias"] = weight[None], bias[None]
            network.append((weight.astype(float), bias.astype(float), layer.activation))
        inputs = np.random.default_rng(0).standard_normal((TEST_SAMPLES, plain[0].inputs)).astype(np.float32)
        tensors["test.contexts"] = np.empty((TEST_SAMPLES, 0))
        tensors["test.inputs"] = inputs
        tensors["test.outputs"] = np.stack([evaluate(network, x) for x in inputs]).astype(np.float32)
        metadata = {"format": FORMAT, "topology": "point", "basis": "constant", "real": "F32",
                    "layers": ", ".join(part.strip() for part in layers.split(","))}
        return Model(metadata, tensors)


def evaluate(network, x):
    for weight, bias, activation in network:
        x = ACTIVATIONS[activation](weight @ x + bias)
    return x


def state_dict(network):
    """The parameters of a network by their names in a torch.nn.Sequential of linear layers and activations."""
    state = {}
    place = 0
    for weight, bias, activation in network:
        state[f"{place}.weight"], state[f"{place}.bias"] = weight.astype(np.float32), bias.astype(np.float32)
        place += 1 if activation == "identity" else 2
    return state


def context_from(text):
    """"0.5,0.25" as coordinates; "" on the one-point space."""
    try:
        return [float(number) for number in text.split(",") if text]
    except ValueError:
        raise ModelError(f"expected a context as its coordinates, 0.5,0.25, got '{text}'") from None


def export(model, path, contexts):
    networks = [state_dict(model.at(context)) for context in contexts]
    layers = [f"dense {l.inputs} {l.outputs}" + (f", {l.activation}" if l.activation != "identity" else "") for l in model.layers]
    tensors = dict(networks[0])
    if len(networks) > 1:
        tensors = {f"{i}.{name}": value for i, network in enumerate(networks) for name, value in network.items()}
        tensors["contexts"] = np.asarray(contexts, float)
    write_safetensors(path, {"format": NETWORK_FORMAT, "layers": ", ".join(layers)}, tensors)


def show(path):
    model = Model.load(path)
    for key, value in sorted(model.metadata.items()):
        print(f"{key:12} {value}")
    rows = len(model.coefficients(model.tensors["test.contexts"][:1])[0])
    numbers = sum(tensor.size for name, tensor in model.tensors.items() if name.startswith("layer."))
    print(f"{'rows':12} {rows}\n{'numbers':12} {numbers}\n{'test vector':12} off by {model.replay():.1e}")


def main(arguments):
    try:
        if len(arguments) == 2 and arguments[0] == "show":
            show(arguments[1])
        elif len(arguments) >= 3 and arguments[0] == "export":
            export(Model.load(arguments[1]), arguments[2], [context_from(text) for text in arguments[3:] or [""]])
        elif len(arguments) == 4 and arguments[0] == "import":
            Model.from_state_dict(read_safetensors(arguments[1])[1], arguments[3]).save(arguments[2])
        else:
            sys.exit(__doc__)
    except (ModelError, OSError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
