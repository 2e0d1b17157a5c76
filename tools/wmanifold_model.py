#!/usr/bin/env python3
"""Reads, evaluates, exports and imports model files of wmanifold, with numpy alone.

    wmanifold_model.py show MODEL               prints the contents and replays the test outputs; for a file that
                                                `export` wrote, prints its networks
    wmanifold_model.py export MODEL OUT 0.5,1   writes the network at a context (its coordinates) as a safetensors file
                                                with the names of a torch.nn.Sequential: 0.weight, 0.bias, 2.weight,
                                                ...; for several contexts, i.0.weight, i.0.bias, ... for the i-th
    wmanifold_model.py import IN OUT LAYERS     the reverse: writes a model over the one-point space, which wmanifold
                                                reads and lifts; LAYERS as in "dense 784 32, relu, dense 32 10"
                       [--order fc1,fc2,...]    order in which the modules run, if IN does not contain it
    wmanifold_model.py convert MODEL OUT        writes the model with parameters of another type, rounded to nearest,
                       --numbers bf16           ties to even: bf16 (bfloat16), f16 (float16), or real (that of the
                                                model's metadata, F32 or F64)

As a module: Model.load(path), model.at(context), model.predict(contexts, inputs), state_dict(network),
model.stored_as("bf16"), Model.from_state_dict(state, layers).save(path); `__all__` lists the rest. An unsuitable
argument of any type raises ModelError, and nothing is written. The program then prints one sentence and ends with the
status 1.
"""

import signal
import sys

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # an interrupt during imports ends the program without a traceback

import functools
import itertools
import json
import math
import os
import re
import secrets
import stat
import zlib
from collections.abc import Mapping

try:
    import numpy as np
except ImportError as missing:
    if __name__ == "__main__":
        sys.exit(f"error: expected numpy (Debian: python3-numpy), which {sys.executable} cannot import: {missing}")
    raise

__all__ = ["Model", "ModelError", "coefficients", "context_from", "convert", "evaluate", "export", "import_layers",
           "networks_of", "read_safetensors", "show", "state_dict", "write_safetensors"]

FORMAT = "wmanifold 1"
NETWORK_FORMAT = "wmanifold network 1"
ARRAY_TYPES = {"F32": np.float32, "F64": np.float64, "U64": np.uint64}
# Types in the library's files, with the numpy type of the same bytes. BF16 is the upper half of an F32.
TYPES = {**ARRAY_TYPES, "BF16": np.uint16, "F16": np.float16}
FOREIGN_TYPES = {**TYPES, "BOOL": np.bool_, "I64": np.int64, "U8": np.uint8, "I8": np.int8, "U16": np.uint16,
                 "I16": np.int16, "U32": np.uint32, "I32": np.int32}
NAMES = {np.dtype(kind): name for name, kind in ARRAY_TYPES.items()}
NUMBERS = {"real": None, "bf16": "BF16", "f16": "F16"}  # types of parameters, by their names in arguments
TEST_SAMPLES = 8
LARGEST_HEADER = 16 << 20
MOST_DIMENSIONS = 32  # limit of numpy's arrays before version 2
MOST_NUMBERS = 1 << 40
MOST_ROWS = 1 << 20
MOST_CONTEXTS = 1024  # of a discrete topology
MOST_ORDER = 256
MOST_COORDINATES = 64


class ModelError(Exception):
    """An error: the expected and the given value."""


def given(value):
    """Returns a value of any type as text of at most 60 characters, for an error."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # a user's repr, or integers of thousands of digits
        text = f"something of the type {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."


def require_text(what, value):
    if not isinstance(value, str):
        raise ModelError(f"{what}: expected text, got {given(value)}")
    return value


def path_of(path):
    """Returns the path as text. Refuses text that the system cannot hold."""
    try:
        text = os.fspath(path)
        is_path = isinstance(text, str) and b"\0" not in os.fsencode(text)
    except (TypeError, UnicodeEncodeError):
        is_path = False
    if not is_path:
        raise ModelError(f"expected a path, as text without a NUL or a pathlib.Path, got {given(path)}")
    return text


def require_metadata(metadata):
    if not isinstance(metadata, Mapping) or not all(isinstance(text, str) for pair in metadata.items() for text in pair):
        raise ModelError(f"expected metadata that is a dict of texts, got {given(metadata)}")


def require_arrays(tensors):
    if not isinstance(tensors, Mapping):
        raise ModelError(f"expected tensors that are a dict of arrays of numpy, got {given(tensors)}")
    for name, tensor in tensors.items():
        if not isinstance(name, str):
            raise ModelError(f"expected tensors with names that are text, got {given(name)}")
        if not isinstance(tensor, (np.ndarray, np.generic)):
            raise ModelError(f"tensor '{name}': expected an array of numpy, got {given(tensor)}")


def listed(numbers):
    return "(" + ", ".join(f"{number:.9g}" for number in numbers) + ")"


def sizes_text(shape):
    return " x ".join(map(str, shape)) or "one number"


def array_of(what, numbers):
    """Returns numbers as an array of numpy. Converts real tensors of PyTorch to double, as numpy has no bfloat16."""
    try:
        if hasattr(numbers, "detach"):
            numbers = numbers.cpu().double().numpy() if numbers.is_floating_point() else numbers.cpu().numpy()
        return np.asarray(numbers)
    except (ValueError, TypeError, RuntimeError, AttributeError, OverflowError) as error:
        raise ModelError(f"{what}: expected an array of numbers, got {given(numbers)} ({error})") from None


def numbers_of(what, numbers):
    """Returns numbers as an array of doubles. Refuses text, truth values and complex numbers."""
    array = array_of(what, numbers)
    if array.dtype.kind not in "fiu":
        raise ModelError(f"{what}: expected numbers, got {given(numbers)}")
    with np.errstate(all="ignore"):
        return array.astype(float)


# Numbers of 16 bits.


class Half:
    """A binary type of 16 bits: the digits of its significand and its largest exponent. Exponents are those of
    math.frexp."""

    def __init__(self, digits, most):
        self.digits, self.least, self.largest = digits, 3 - most, (1 - 2.0**-digits) * 2.0**most


HALVES = {"BF16": Half(8, 128), "F16": Half(11, 16)}


def rounded(numbers, kind):
    """Returns the nearest numbers of a type of 16 bits, ties to even, in double. Those beyond its range stay beyond."""
    numbers = np.asarray(numbers, float)
    exponents = np.maximum(np.frexp(numbers)[1], HALVES[kind].least) - HALVES[kind].digits
    return np.ldexp(np.rint(np.ldexp(numbers, -exponents)), exponents)


def all_rounded(tensors, kind):
    """Returns tensors of the same types with numbers that a type of 16 bits holds. Refuses numbers beyond its range."""
    out = {name: rounded(tensor, kind) for name, tensor in tensors.items()}
    largest = HALVES[kind].largest
    beyond = [name for name, tensor in out.items() if tensor.size and not np.abs(tensor).max() <= largest]
    if beyond:
        most = {name: np.abs(tensors[name]).max() for name in beyond}
        name = max(most, key=most.get)
        raise ModelError(f"'{name}': expected numbers of a magnitude of at most {largest:.9g}, the largest of {kind}, "
                         f"got {most[name]:.9g}")
    return {name: tensor.astype(tensors[name].dtype) for name, tensor in out.items()}


def bits_of(numbers, kind):
    """Returns the 16 bits of the numbers of an array that this type holds."""
    reals = numbers.astype("<f4")
    return (reals.view("<u4") >> 16).astype("<u2") if kind == "BF16" else reals.astype("<f2").view("<u2")


def require_numbers(numbers):
    """Returns the type in files, or None for the real type of a model."""
    if not isinstance(numbers, str) or numbers not in NUMBERS:
        raise ModelError(f"numbers: expected {', '.join(NUMBERS)}, got {given(numbers)}")
    return NUMBERS[numbers]


def require_types(types, tensors):
    """Returns the types of these tensors that have 16 bits in a file as a dict; None is an empty one."""
    types = {} if types is None else types
    if not isinstance(types, Mapping) or not all(isinstance(name, str) for name in types):
        raise ModelError(f"expected types that are a dict of names, got {given(types)}")
    for name, kind in types.items():
        if name not in tensors:
            raise ModelError(f"expected types of tensors that exist, got one of '{name}'")
        if not isinstance(kind, str) or kind not in HALVES:
            raise ModelError(f"tensor '{name}': expected the type {' or '.join(HALVES)}, got {given(kind)}")
    return dict(types)


def stored_text(tensors, types):
    """Returns the types of tensors in a file and their bytes: "BF16, 498 bytes"."""
    found = {}
    for name, tensor in tensors.items():
        kind = types.get(name) or NAMES[tensor.dtype]
        found[kind] = found.get(kind, 0) + tensor.size * np.dtype(TYPES[kind]).itemsize
    return "; ".join(f"{kind}, {count} bytes" for kind, count in found.items())


# Files.


def object_of(pairs):
    """Returns a JSON object. Refuses duplicate keys."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"two keys '{next(key for key in keys if keys.count(key) > 1)}'")
    return found


def parsed_header(path, text):
    """Returns metadata and entries of a header: a JSON object from the first byte on, followed by spaces only."""

    def no_number(constant):
        raise ValueError(f"{constant} is no number of JSON")

    try:
        if text[:1] != b"{":
            raise ValueError("no '{' as the first byte")
        if not text.rstrip(b" ").endswith(b"}"):
            raise ValueError("no '}' as the last byte before spaces")
        header = json.loads(text.decode("utf-8"), object_pairs_hook=object_of, parse_constant=no_number)
        json.dumps(header, ensure_ascii=False).encode("utf-8")  # refuses half of a surrogate pair
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: expected a header that is a JSON object, got something else ({error})") from None
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise ModelError(f"{path}: expected metadata that is an object of texts, got something else")
    return metadata, header


def is_count(number):
    return type(number) is int and 0 <= number <= MOST_NUMBERS


def entry_of(path, name, entry, types):
    """Returns type, shape, begin and end of a tensor from its entry in the header."""
    where = f"{path}: tensor '{name}'"
    entry = entry if isinstance(entry, dict) else {}
    kind, shape, extent = (entry.get(key) for key in ("dtype", "shape", "data_offsets"))
    if not isinstance(kind, str) or not isinstance(shape, list) or not isinstance(extent, list) or len(extent) != 2:
        raise ModelError(f"{where}: expected dtype, shape and two data_offsets, got something else")
    if kind not in types:
        raise ModelError(f"{where}: expected the type {', '.join(types)}, got {kind}")
    if not all(map(is_count, shape)) or math.prod(max(size, 1) for size in shape) > MOST_NUMBERS:
        raise ModelError(f"{where}: expected a shape of whole numbers, at most 2^40 numbers in all, got {shape!s:.60}")
    if not all(type(offset) is int and offset >= 0 for offset in extent):
        raise ModelError(f"{where}: expected two data_offsets that are whole numbers, got {extent!s:.60}")
    return kind, tuple(shape), *extent


def checksum(metadata, tensors):
    """Returns the crc32 of metadata and tensors in the order of their names. A tensor is (type, shape, bytes)."""
    crc = 0
    for key in sorted(metadata, key=str.encode):
        if key != "checksum":
            crc = zlib.crc32(key.encode() + b"\0" + metadata[key].encode() + b"\0", crc)
    for name in sorted(tensors, key=str.encode):
        kind, shape, numbers = tensors[name]
        sizes = b"".join(str(size).encode() + b"\0" for size in shape)
        crc = zlib.crc32(name.encode() + b"\0" + kind.encode() + b"\0" + sizes + b"\0", crc)
        crc = zlib.crc32(numbers, crc)
    return f"crc32:{crc:08x}"


def require_file(path):
    """Returns the size of a regular file. Refuses others, as a pipe or a device may never end."""
    status = os.stat(path)
    if stat.S_ISDIR(status.st_mode):
        raise ModelError(f"{path}: expected a file, got a folder")
    if not stat.S_ISREG(status.st_mode):
        raise ModelError(f"{path}: expected a file, got a device, a pipe or a socket")
    return status.st_size


def memory_size():
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return math.inf


class Stored:
    """The contents of a safetensors file. `in_order`: whether the header lists tensors in the order of their bytes."""

    def __init__(self, path, types=None):
        path = path_of(path)
        try:
            self.read(path, types or TYPES)
        except OSError as error:
            raise ModelError(f"cannot read '{path}': {error.strerror}") from None

    def read(self, path, types):
        size = require_file(path)
        with open(path, "rb") as file:
            first = file.read(8)
            length = int.from_bytes(first, "little")
            if first[:4] == b"PK\3\4":
                raise ModelError(f"{path}: expected a safetensors file, got an archive, as torch.save writes; write "
                                 "the state dict with safetensors.torch.save_file")
            if len(first) < 8 or length > size - 8 or length > LARGEST_HEADER:
                raise ModelError(f"{path}: expected a safetensors file, got {size} bytes with a header of {length}")
            self.metadata, header = parsed_header(path, file.read(length))
            entries = {name: entry_of(path, name, entry, types) for name, entry in header.items()}
            for name, (_, shape, *_) in entries.items():
                if len(shape) > MOST_DIMENSIONS:
                    raise ModelError(f"{path}: tensor '{name}': expected at most {MOST_DIMENSIONS} sizes, got {len(shape)}")
            require_side_by_side(path, entries, types, size - 8 - length)
            if size > memory_size():
                raise ModelError(f"{path}: expected a file that fits in memory, got {size} bytes")
            data = memoryview(file.read())
        if len(data) != size - 8 - length:
            raise ModelError(f"{path}: expected {size} bytes, got {8 + length + len(data)}")
        raw = {name: (kind, shape, data[begin:end]) for name, (kind, shape, begin, end) in entries.items()}
        self.require_checksum(path, raw)
        begins = [begin for _, _, begin, end in entries.values() if begin < end]
        self.in_order = begins == sorted(begins)
        self.types = {name: kind for name, (kind, *_) in entries.items()}
        self.tensors = {}
        for name, (kind, shape, numbers) in raw.items():
            tensor = np.frombuffer(numbers, np.dtype(types[kind]).newbyteorder("<"))
            if kind in HALVES:
                tensor = (tensor.astype("<u4") << 16).view("<f4") if kind == "BF16" else tensor.astype("<f4")
            tensor = tensor.reshape(shape)
            if tensor.dtype.kind == "f" and not np.isfinite(tensor).all():
                raise ModelError(f"{path}: tensor '{name}': expected finite numbers, got a NaN or an infinity")
            self.tensors[name] = tensor

    def require_checksum(self, path, raw):
        given = self.metadata.get("checksum")
        is_own = self.metadata.get("format") in (FORMAT, NETWORK_FORMAT)
        if given is None or not (is_own or given.startswith("crc32:")):
            return  # a checksum of another kind, as in checkpoints of version 0.1
        found = checksum(self.metadata, raw)
        if given != found:
            raise ModelError(f"{path}: expected the checksum '{given}', got '{found}'; the file was damaged or edited, copy or export "
                             "it again")


def require_side_by_side(path, entries, types, size):
    """Refuses tensors unless they have the bytes of their shapes and together cover the file without overlap."""
    covered = 0
    for name, (kind, shape, begin, end) in sorted(entries.items(), key=lambda entry: entry[1][2:]):
        expected = math.prod(shape) * np.dtype(types[kind]).itemsize
        if begin > end or end > size or end - begin != expected:
            raise ModelError(f"{path}: tensor '{name}': expected {expected} bytes within the {size} there are, "
                             f"got [{begin}, {end})")
        if expected > 0:
            if begin != covered:
                raise ModelError(f"{path}: expected tensors without gaps or overlaps, got '{name}' at byte {begin} instead of {covered}")
            covered = end
    if covered != size:
        raise ModelError(f"{path}: expected tensors that cover {size} bytes, got {covered}")


def read_safetensors(path):
    """Returns metadata and tensors of a file of any program. A checksum, if there is one, must match. Numbers of 16
    bits are float32 afterwards."""
    stored = Stored(path)
    return stored.metadata, stored.tensors


def write_safetensors(path, metadata, tensors, types=None):
    """Replaces the file as replace_file does. Adds a checksum to metadata. Numbers must be finite. `types` are BF16 or
    F16 by a tensor's name; such a tensor is an array of F32 or F64 whose numbers this type holds."""
    path = path_of(path)
    try:
        require_metadata(metadata)
        require_arrays(tensors)
        types = require_types(types, tensors)
    except ModelError as error:
        raise ModelError(f"cannot write {path}: {error}") from None
    raw = {}
    for name, tensor in tensors.items():
        if name == "__metadata__":
            raise ModelError(f"cannot write {path}: expected a tensor name that the format leaves free, got '{name}'")
        if tensor.dtype not in NAMES:
            raise ModelError(f"cannot write {path}: tensor '{name}': expected the type {', '.join(ARRAY_TYPES)}, got {tensor.dtype}")
        if tensor.dtype.kind == "f" and not np.isfinite(tensor).all():
            raise ModelError(f"cannot write {path}: tensor '{name}': expected finite numbers, got a NaN or an infinity")
        kind = types.get(name)
        if kind is None:
            numbers = tensor.astype(tensor.dtype.newbyteorder("<"))
        else:
            require_representable(f"cannot write {path}: tensor '{name}'", tensor, kind)
            numbers = bits_of(tensor.reshape(-1), kind)
        raw[name] = (kind or NAMES[tensor.dtype], tensor.shape, numbers.tobytes())
    try:
        crc = checksum(metadata, raw)  # in all cases, as it refuses text that is not UTF-8
        header = {"__metadata__": {**metadata, "checksum": crc}} if metadata else {}
    except UnicodeEncodeError as error:
        raise ModelError(f"cannot write {path}: expected names and metadata in UTF-8, got {error.object!r}") from None
    offset = 0
    for name, (kind, shape, numbers) in raw.items():
        header[name] = {"dtype": kind, "shape": list(shape), "data_offsets": [offset, offset + len(numbers)]}
        entry_of(f"cannot write {path}", name, header[name], TYPES)
        offset += len(numbers)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    if len(text) > LARGEST_HEADER:
        raise ModelError(f"cannot write {path}: expected names and metadata of at most {LARGEST_HEADER} bytes, got {len(text)}")
    replace_file(path, [len(text).to_bytes(8, "little"), text, *(numbers for _, _, numbers in raw.values())])


def require_representable(what, tensor, kind):
    """Refuses numbers that a type of 16 bits does not hold."""
    if tensor.dtype.kind != "f":
        raise ModelError(f"{what}: expected real numbers to store as {kind}, got {tensor.dtype}")
    wrong = tensor[(rounded(tensor, kind) != tensor) | (np.abs(tensor) > HALVES[kind].largest)]
    if wrong.size:
        raise ModelError(f"{what}: expected numbers that {kind} holds, got {wrong.flat[0]:.17g}; "
                         "round the model by stored_as")


def keep_attributes(path, old):
    """Copies mode, group and, if possible, owner of an old file. A different group gets at most others' rights."""
    mode = stat.S_IMODE(old.st_mode)
    if hasattr(os, "chown"):
        try:
            os.chown(path, old.st_uid, old.st_gid)
        except OSError:
            mode &= ~(stat.S_ISUID | stat.S_ISGID)
            try:
                os.chown(path, -1, old.st_gid)
            except OSError:
                mode &= ~stat.S_IRWXG | (mode & stat.S_IRWXO) << 3
    os.chmod(path, mode)


def replace_file(path, parts):
    """Writes a temporary file beside `path`, then renames it. An error leaves an old file as it was, and no temporary
    file. Follows links and keeps mode and group. Refuses a read-only file and everything except regular files."""
    path = path_of(path)
    target = os.path.realpath(path)
    if path.endswith(os.sep):
        raise ModelError(f"{path}: expected a file, got a folder")
    try:
        require_file(target)
        old = os.stat(target)
    except FileNotFoundError:
        old = None
    except OSError as error:
        raise ModelError(f"cannot write {path}: {error.strerror}") from None
    if old and not (old.st_mode & 0o222 and os.access(target, os.W_OK)):
        raise ModelError(f"{path}: expected a writable file, got a read-only one; change its permissions")
    beside = os.path.join(os.path.dirname(target), f".wmanifold-{secrets.token_hex(8)}.part")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if old else 0o666)
    except OSError as error:
        raise ModelError(f"cannot write {path}: {error.strerror}; check that its folder exists and is writable") from None
    with open(descriptor, "wb") as out:
        try:
            for part in parts:
                out.write(part)
            out.flush()
            os.fsync(out.fileno())
            if old:
                keep_attributes(beside, old)
            os.replace(beside, target)
        except BaseException as error:
            os.unlink(beside)
            if isinstance(error, OSError):
                raise ModelError(f"cannot write all of {path}: {error.strerror}") from None
            raise


# Bases: functions from contexts (samples x coordinates) to coefficients (samples x K), in the order of
# docs/mathematics.md.


def bernstein(n, s):
    x = s[:, 0]
    return np.stack([math.comb(n, i) * x**i * (1 - x) ** (n - i) for i in range(n + 1)], 1)


def legendre(n, s):
    return np.polynomial.legendre.legvander(2 * s[:, 0] - 1, n)


def fourier(h, s):
    t = s[:, 0]
    return np.stack([np.ones_like(t)] + [f(k * t) for k in range(1, h + 1) for f in (np.cos, np.sin)], 1)


def catmull_rom(n, s):
    def unit(x):  # value at a distance of x spans
        return np.where(x < 1, (2 - 5 * x**2 + 3 * x**3) / 2, np.where(x < 2, (2 - x) ** 2 * (1 - x) / 2, 0))

    x = (s[:, :1] * n / (2 * math.pi) - np.arange(n)) % n
    return unit(x) + unit(n - x)


def require_knots(degree, knots, count, closed):
    """Refuses the knots that the library refuses (kept_knots of basis/bspline.hpp)."""
    what, order = "closed spline" if closed else "spline", degree + 1
    if len(knots) != count:
        raise ModelError(f"{what}: expected {count} knots, got {len(knots)}")
    if not all(0 <= t < 2 * math.pi if closed else 0 <= t <= 1 for t in knots):
        raise ModelError(f"{what}: expected knots in {'[0, 2 pi)' if closed else '[0, 1]'}, got {listed(knots)}")
    if not (np.diff(knots) >= 0).all():
        raise ModelError(f"{what}: expected knots that do not decrease, got {listed(knots)}")
    if not closed and (knots[order - 1] != 0 or knots[-order] != 1):
        raise ModelError(f"{what}: expected knots that begin with {order} zeros and end with as many ones, got {listed(knots)}")
    round_ = np.concatenate([knots, knots[:order] + 2 * math.pi]) if closed else knots[1:-1]
    jumps = [t for t, u in zip(round_, round_[degree:]) if t == u]
    if jumps:
        raise ModelError(f"{what}: expected a knot between the ends at most {degree} times, got {jumps[0]:.9g} {order} times, "
                         "where the spline would jump")
    length = 2 * math.pi if closed else 1.0
    gaps = np.diff([*knots, knots[0] + length] if closed else knots)
    close = gaps[(gaps != 0) & (gaps < 1e-5 * length)]
    if len(close):
        raise ModelError(f"{what}: expected neighbouring knots that are equal or at least {1e-5 * length:.9g} apart, got "
                         f"{close[0]:.9g}")


def bspline(order, s, space, knots):
    degree, n = order
    closed = space == "s1"
    length, spans = (2 * math.pi, n) if closed else (1.0, n - degree)
    given = n if closed else n + degree + 1
    if len(knots) == 0:
        knots = length * np.clip(np.arange(given) - (0 if closed else degree), 0, spans) / spans
    require_knots(degree, knots, given, closed)
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


def exponents_of(degree, shares):
    """Returns all tuples of whole numbers that sum to the degree, in descending lexicographic order."""
    if shares == 1:
        return [(degree,)]
    return [(a, *rest) for a in range(degree, -1, -1) for rest in exponents_of(degree - a, shares - 1)]


def bernstein_bezier(degree, s):
    exponents = exponents_of(degree, s.shape[1])
    many = [math.factorial(degree) / math.prod(map(math.factorial, a)) for a in exponents]
    return np.stack([m * np.prod(s ** np.array(a), 1) for m, a in zip(many, exponents)], 1)


def jacobi(j, alpha, beta, x):
    """Returns P_j^(alpha, beta)(x) by its explicit sum."""
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


def context_count(space):
    """Returns the number of contexts of a discrete topology: 3 for finite3 or finite3[0-1,1-2:0.5]."""
    count = int(re.match("finite([0-9]+)", space)[1])
    if count > MOST_CONTEXTS:
        raise ModelError(f"expected a topology of at most {MOST_CONTEXTS} contexts, got {count}")
    return count


def graph(space):
    """Returns the weights (n x n) of a connected graph from its topology's name: finite3, finite3[0-1,1-2:0.5]."""
    n = context_count(space)
    number, digits = "(0|[1-9][0-9]{0,8})", r"[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?"
    edges = re.fullmatch(r"finite[0-9]+(?:\[(.*)\])?", space)[1]
    weights = np.ones((n, n)) if edges is None else np.zeros((n, n))
    for edge in [] if edges is None else edges.split(","):
        parts = re.fullmatch(f"{number}-{number}(?::({digits}))?", edge)
        i, j, weight = (int(parts[1]), int(parts[2]), float(parts[3] or 1)) if parts else (0, 0, 0)
        if i == j or max(i, j) >= n or not 0 < weight < math.inf:
            raise ModelError(f"expected edges between {n} contexts, as 'finite3[0-1,1-2:0.5]', got '{edge}' in '{space}'")
        weights[i, j] = weights[j, i] = weight
    np.fill_diagonal(weights, 0)
    reached, next_ = {0}, [0]
    for at in next_:
        new = set(np.flatnonzero(weights[at]).tolist()) - reached
        reached |= new
        next_ += new
    if len(reached) < n:
        raise ModelError(f"expected a graph with a path from each context to each, got '{space}'")
    return weights


def one_per_context(_, s, space):
    return np.eye(len(graph(space)))[s[:, 0].astype(int)]


def laplacian(k, s, space):
    weights = graph(space)
    n = len(weights)
    values, vectors = np.linalg.eigh(np.diag(weights.sum(1)) - weights)
    columns = [np.ones(n)]
    first = 1
    while first < n and len(columns) < k:  # per eigenspace: Gram-Schmidt over the nodes' projections
        end = first + 1
        while end < n and values[end] - values[end - 1] <= 1e-9 * values[-1]:
            end += 1
        rest = vectors[:, first:end] @ vectors[:, first:end].T
        for node in range(n):
            left = end - len(columns)
            if left > 0 and len(columns) < k and rest[node, node] > 0.0123 * left / n:
                v = rest[:, node] / math.sqrt(rest[node, node])
                rest = rest - np.outer(v, v)
                columns.append(v * math.sqrt(n / (v @ v)))
        first = end
    return np.stack(columns[:k], 1)[s[:, 0].astype(int)]


def constant(_, s):
    return np.ones((len(s), 1))


class Family:
    """The bases of one name: values, number of functions, topologies, order of a function. With `of_space`, values and
    number depend on the topology's full name, not on its kind alone."""

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
    "one_per_context": Family(one_per_context, lambda _, space: context_count(space), "finite#", of_space=True),
    "laplacian": Family(laplacian, lambda k, _: k, "finite#", of_space=True),
}
WITHOUT_ORDER = ("constant", "one_per_context")
COORDINATES = {"point": 0, "interval": 1, "s1": 1, "s2": 3, "rp1": 1, "so3": 4, "finite#": 1}


def require_interval(c):
    if not 0 <= c[0] <= 1:
        raise ModelError(f"interval: expected s in [0, 1], got {c[0]:.9g}")
    return c


def require_angle(what, period, c):
    if not math.isfinite(c[0]):
        raise ModelError(f"{what}: expected a finite angle, got {c[0]:.9g}")
    rest = math.fmod(c[0], period)
    positive = rest + period if rest < 0 else rest
    return [positive if positive < period else 0.0]  # for a tiny negative angle, which rounds to a whole period


def require_unit(what, noun, c):
    length = math.hypot(*c)
    if not abs(length - 1) <= 1e-5:
        raise ModelError(f"{what}: expected a {noun} of length 1, got {listed(c)} of length {length:.9g}")
    return [x / length for x in c]


def require_rotation(c):
    c = require_unit("so3", "quaternion", c)
    return [-x for x in c] if next(x for x in c if x != 0) < 0 else c


def require_shares(c):
    total = sum(c)
    if not (all(x >= 0 for x in c) and abs(total - 1) <= 1e-5):
        raise ModelError(f"simplex{len(c) - 1}: expected {len(c)} shares of at least 0 that sum to 1, got {listed(c)} with sum "
                         f"{total:.9g}")
    return [x / total for x in c] if abs(total - 1) > 1.2e-16 * (len(c) + 1) else c


def require_context(n, c):
    if not (0 <= c[0] < n and c[0] == math.floor(c[0])):
        raise ModelError(f"finite{n}: expected a whole number in [0, {n - 1}], got {c[0]:.9g}")
    return c


# Checks of points by topology, with the tolerances of include/wmanifold/topology/. Each returns the coordinates of the
# same point within the fundamental domain.
CANONICAL = {
    "point": list,
    "interval": require_interval,
    "s1": functools.partial(require_angle, "s1", 2 * math.pi),
    "rp1": functools.partial(require_angle, "rp1", math.pi),
    "s2": functools.partial(require_unit, "s2", "vector"),
    "so3": require_rotation,
    "simplex#": require_shares,
}


class Factor:
    """A basis on a topology: a factor of a tensor product. `knots` are those of a spline; empty means uniform."""

    def __init__(self, space, basis, knots=()):
        number = "(?:0|[1-9][0-9]{0,5})"
        found = re.fullmatch(f"(bspline)({number}_{number})|([a-z_]*[a-z])({number}|)", basis)
        name, order = [part for part in found.groups() if part is not None] if found else (basis, "")
        kinds = {"simplex#": "simplex[1-9][0-9]{0,5}", "finite#": r"finite[1-9][0-9]{0,5}(\[[^\n]*\])?"}
        self.kind = next((kind for kind, names in kinds.items() if re.fullmatch(names, space)), space)
        known = name in BASES and self.kind in BASES[name].spaces and (order == "") == (name in WITHOUT_ORDER)
        if not known or ("_" in order) != (name == "bspline"):
            raise ModelError(f"expected a basis of {', '.join(BASES)} with its degree on its topology, got '{basis}' on '{space}'")
        if len(knots) and name != "bspline":
            raise ModelError(f"expected knots for splines, got {len(knots)} for '{basis}'")
        self.space, self.name, self.knots = space, name, np.asarray(knots, float)
        self.order = tuple(map(int, order.split("_"))) if "_" in order else int(order or 0)
        if name != "laplacian" and np.max(self.order) > MOST_ORDER:
            raise ModelError(f"expected a basis of a degree of at most {MOST_ORDER}, got '{basis}'")
        if name == "bspline" and not 1 <= self.order[0] < self.order[1]:
            raise ModelError(f"expected a spline of degree 1 or more with more functions than its degree, got '{basis}'")
        if self.kind == "finite#":
            n = len(graph(space))
            if name == "laplacian" and not 1 <= self.order <= n:
                raise ModelError(f"expected 1 to {n} eigenvectors on '{space}', got '{basis}'")
        if (name == "catmull_rom" and self.order < 3) or (name == "hyperspherical" and self.order % 2):
            raise ModelError(f"expected catmull_rom of at least 3 functions and hyperspherical of an even degree, got '{basis}'")
        self.coordinates = int(space[7:]) + 1 if self.kind == "simplex#" else COORDINATES[self.kind]
        if self.coordinates > MOST_COORDINATES:
            raise ModelError(f"expected at most {MOST_COORDINATES} coordinates, got '{space}'")
        self.size = BASES[name].size(self.order, space)
        if name == "bspline":
            bspline(self.order, np.zeros((1, 1)), space, self.knots)  # refuses bad knots

    def canonical(self, coordinates):
        """Returns the point's coordinates within the fundamental domain. Refuses numbers that name no point."""
        if self.kind == "finite#":
            return require_context(context_count(self.space), coordinates)
        return CANONICAL[self.kind](coordinates)

    def values(self, contexts):
        contexts = 2 * contexts if self.space == "rp1" else contexts  # even harmonics are those of the doubled angle
        more = (self.knots,) if self.name == "bspline" else ()
        return BASES[self.name].values(self.order, contexts, self.space, *more)


def rule_and_product(basis):
    """Returns "total2" and "fourier2" for "total2(fourier2)". The rule of a whole product is None."""
    found = re.fullmatch(r"(total(?:0|[1-9][0-9]{0,5})|additive)\((.*)\)", basis)
    return found.groups() if found else (None, basis)


def factors(topology, basis, state=()):
    """Returns the factors of a basis. The circles of a torus (t2) have a name each, or one for all. With several
    factors, the state has a count before each factor's part."""
    parts, names = topology.split("*"), rule_and_product(basis)[1].split("*")
    circles = [int(part[1:]) if re.fullmatch("t[1-9][0-9]{0,1}", part) else 0 for part in parts]
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
            if rest and not (count == rest[0] and 0 <= count < len(rest)):
                raise ModelError(f"expected each factor's knots behind their count, got {len(state)} other numbers")
            states.append(rest[1 : 1 + count])
            rest = rest[1 + count :]
    if len(rest):
        raise ModelError(f"expected each factor's knots behind their count, got {len(state)} other numbers")
    if len(spaces) > MOST_COORDINATES:
        raise ModelError(f"expected at most {MOST_COORDINATES} factors, got '{topology}'")
    return [Factor(space, name, own) for space, name, own in zip(spaces, names, states)]


def kept(rule, parts):
    """Returns the multi-indices of a product that a rule keeps, in the product's order."""
    orders = [BASES[factor.name].order for factor in parts]
    if None in orders:
        raise ModelError(f"expected bases whose functions have an order in '{rule}(...)', got {parts[orders.index(None)].name}")

    def keeps(digits):
        own = [order(digit) for order, digit in zip(orders, digits)]
        return sum(own) <= int(rule[len("total") :]) if rule.startswith("total") else sum(o > 0 for o in own) <= 1

    indices = [()]
    for factor in parts:
        shorter, indices = indices, []
        for index in shorter:  # orders do not decrease with digits, so nothing follows the first refused one
            indices += itertools.takewhile(keeps, ((*index, digit) for digit in range(factor.size)))
            if len(indices) > MOST_ROWS:
                raise ModelError(f"expected a basis of at most {MOST_ROWS} functions, got more of '{rule}(...)'")
    return indices


def canonical(topology, parts, contexts):
    """Returns contexts (samples x coordinates) as points of a topology with these factors. Refuses contexts that name
    no point, as the library does."""
    contexts = numbers_of(topology, contexts)
    expected = sum(factor.coordinates for factor in parts)
    if contexts.ndim != 2 or contexts.shape[1] != expected:
        got = contexts.shape[1] if contexts.ndim == 2 else f"an array of {sizes_text(contexts.shape)}"
        raise ModelError(f"expected contexts of {expected} coordinates on '{topology}', got {got}")
    points = []
    for context in contexts.tolist():
        rest = iter(context)
        points.append([x for factor in parts for x in factor.canonical(list(itertools.islice(rest, factor.coordinates)))])
    return np.array(points).reshape(contexts.shape)


def coefficients(topology, basis, contexts, state=()):
    """Returns phi(s) of each context: samples x K."""
    require_text("topology", topology)
    require_text("basis", basis)
    state = numbers_of("state", state)
    if state.ndim != 1 or not np.isfinite(state).all():
        raise ModelError(f"state: expected a row of finite numbers, got {given(state)}")
    rows_of(topology, basis, state)  # refuses a basis that is too large
    parts = factors(topology, basis, state)
    contexts = canonical(topology, parts, contexts)
    columns = np.cumsum([0] + [factor.coordinates for factor in parts])
    values = [factor.values(contexts[:, a:b]) for factor, a, b in zip(parts, columns, columns[1:])]
    rule, _ = rule_and_product(basis)
    if rule:
        return np.stack([math.prod(own[:, k] for own, k in zip(values, index)) for index in kept(rule, parts)], 1)
    phi = np.ones((len(contexts), 1))
    for own in values:
        phi = (phi[:, :, None] * own[:, None, :]).reshape(len(contexts), -1)
    return phi


def rows_of(topology, basis, state=()):
    """Returns K without evaluating the basis."""
    parts = factors(topology, basis, state)
    rule, _ = rule_and_product(basis)
    rows = len(kept(rule, parts)) if rule else math.prod(factor.size for factor in parts)
    if rows > MOST_ROWS:
        raise ModelError(f"expected a basis of at most {MOST_ROWS} functions, got {rows} of '{basis}'")
    return rows


ACTIVATIONS = {
    "identity": lambda x: x,
    "relu": lambda x: np.maximum(x, 0),
    "elu": lambda x: np.maximum(x, 0) + np.expm1(np.minimum(x, 0)),
    "tanh": np.tanh,
    "sigmoid": lambda x: 0.5 * (1 + np.tanh(0.5 * x)),
    "silu": lambda x: x * 0.5 * (1 + np.tanh(0.5 * x)),
    "gelu": lambda x: 0.5 * x * (1 + np.vectorize(math.erf, otypes=[float])(x / math.sqrt(2))),
    "softplus": lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
}


class Layer:
    """A dense layer and its activation."""

    def __init__(self, kind, inputs, outputs, rank=0):
        self.kind, self.inputs, self.outputs, self.rank, self.activation = kind, inputs, outputs, rank, "identity"

    def text(self, kind=None):
        sizes = [kind or self.kind, self.inputs, self.outputs] + ([self.rank] if not kind and self.kind == "low_rank" else [])
        return " ".join(map(str, sizes)) + ("" if self.activation == "identity" else f", {self.activation}")


def layers_from(text):
    """Returns the layers of a text in the library's form. Sizes are at least 1 and chain; activations follow layers."""
    require_text("layers", text)
    layers, may_activate = [], False
    for part in text.split(","):
        words = re.findall(r"[^ \t\r\n]+", part)
        is_sized = all(re.fullmatch("0*[1-9][0-9]{0,11}", word) for word in words[1:])
        if words and words[0] in ("dense", "shared", "low_rank", "gains"):
            if len(words) != (4 if words[0] == "low_rank" else 3) or not is_sized:
                raise ModelError("expected 'dense IN OUT', 'shared IN OUT', 'gains IN OUT' or 'low_rank IN OUT RANK' with sizes of "
                                 f"at least 1, got '{part.strip()}' in '{text}'")
            layer = Layer(words[0], *map(int, words[1:]))
            if layers and layers[-1].outputs != layer.inputs:
                raise ModelError(f"expected dense layer {len(layers)} to take {layers[-1].outputs} inputs, as many as the layer "
                                 f"before it gives, got {layer.inputs} in '{text}'")
            layers.append(layer)
            may_activate = True
        elif len(words) == 1 and words[0] in ACTIVATIONS and may_activate:
            layers[-1].activation = words[0]
            may_activate = False
        elif len(words) == 1 and words[0] in ACTIVATIONS:
            raise ModelError("expected each activation to follow a dense layer, got two in a row or one at the start in "
                             f"'{text}'")
        else:
            raise ModelError(f"expected 'dense IN OUT', 'shared IN OUT', 'gains IN OUT', 'low_rank IN OUT RANK' or an activation "
                             f"of {', '.join(ACTIVATIONS)}, got '{part.strip()}' in '{text}'")
    return layers


# Notes, in the form of include/wmanifold/io/notes.hpp.


NUMBER = r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?"


def note_number(key, text):
    number = float(text) if re.fullmatch(NUMBER, text) else math.nan
    if not math.isfinite(number):
        raise ModelError(f"{key}: expected finite numbers, got '{text}'")
    return number


def require_each(key, what, notes, count):
    if len(notes) != count:
        raise ModelError(f"{key}: expected one for each of {count} {what}, got {len(notes)}")
    return notes


def input_scaling_from(metadata, inputs):
    """Returns (mean, scale) of each input from a text such as "0.5 2, 0 10"."""
    key, pairs = "input_scaling", []
    for part in metadata[key].split(",") if key in metadata else []:
        words = (part[1:] if pairs and part.startswith(" ") else part).split(" ")
        if len(words) != 2:
            raise ModelError(f"{key}: expected a mean and a scale, got '{part}'")
        pairs.append((note_number(key, words[0]), note_number(key, words[1])))
        if not pairs[-1][1] > 0:
            raise ModelError(f"{key}: expected a positive scale, got '{words[1]}'")
    return require_each(key, "inputs", pairs, inputs if pairs else 0)


def knob_ranges_from(metadata, coordinates):
    """Returns (low, high, whether it is logarithmic, name, unit) of each coordinate of the context."""
    key, knobs = "knob_ranges", []
    for line in metadata[key].split("\n") if key in metadata else []:
        parts = line.split("\t")
        words = parts[0].split(" ")
        if len(parts) != 3 or len(words) != 3 or words[2] not in ("linear", "logarithmic"):
            raise ModelError(f"{key}: expected two ends and 'linear' or 'logarithmic', a tab, a name, a tab, a unit, got '{line}'")
        low, high = note_number(key, words[0]), note_number(key, words[1])
        is_logarithmic = words[2] == "logarithmic"
        if low == high or not math.isfinite(high - low) or (is_logarithmic and not min(low, high) > 0):
            raise ModelError(f"{key}: expected two different ends, positive for a logarithm, got '{parts[0]}'")
        if "\r" in line:
            raise ModelError(f"{key}: expected a name and a unit without tabs and line breaks, got {given(line)}")
        knobs.append((low, high, is_logarithmic, parts[1], parts[2]))
    return require_each(key, "coordinates of the context", knobs, coordinates if knobs else 0)


class Model:
    """A manifold of weights: metadata and tensors of its file, and the types of tensors with 16 bits in the file."""

    def __init__(self, metadata, tensors, types=None):
        require_metadata(metadata)
        require_arrays(tensors)
        types = require_types(types, tensors)
        if metadata.get("format") != FORMAT:
            got = f"'{metadata['format']}'" if "format" in metadata else "none"
            raise ModelError(f"expected the format '{FORMAT}', got {got}")
        if "warp" in metadata:
            raise ModelError(f"expected a model without a warp, got one of degree {metadata['warp']}")
        for key in ("topology", "basis", "layers", "real"):
            if key not in metadata:
                raise ModelError(f"expected metadata '{key}', got none")
        if metadata["real"] not in ("F32", "F64"):
            raise ModelError(f"expected real 'F32' or 'F64', got '{metadata['real']}'")
        self.metadata, self.tensors, self.types = metadata, tensors, types
        self.layers = layers_from(metadata["layers"])
        self.require_tensors()

    def require_tensors(self):
        """Refuses tensors of another type or shape than the metadata states, and numbers that are not finite."""
        real, topology, basis = (self.metadata[key] for key in ("real", "topology", "basis"))
        state = self.tensors.get("basis.state", np.empty(0))
        self._parameter_names = ()
        if "basis.state" in self.tensors:
            self.require_tensor("basis.state", "F64", (state.size,))
        rows = rows_of(topology, basis, state)
        coordinates = sum(factor.coordinates for factor in factors(topology, basis, state))
        expected = {}
        for n, layer in enumerate(self.layers):
            weights = (rows,) if layer.kind == "dense" else ()
            biases = (rows,) if layer.kind in ("dense", "gains") else ()
            expected[f"layer.{n}.weight"] = (real, (*weights, layer.outputs, layer.inputs))
            expected[f"layer.{n}.bias"] = (real, (*biases, layer.outputs))
            if layer.kind == "gains":
                expected[f"layer.{n}.gain"] = (real, (rows, layer.outputs))
            if layer.kind == "low_rank":
                expected[f"layer.{n}.right"] = (real, (layer.inputs + 1, layer.rank))
                expected[f"layer.{n}.left"] = (real, (layer.outputs, layer.rank))
                expected[f"layer.{n}.scales"] = (real, (rows, layer.rank))
        self._parameter_names = tuple(expected)
        expected["test.contexts"] = ("F64", (TEST_SAMPLES, coordinates))
        expected["test.inputs"] = (real, (TEST_SAMPLES, self.layers[0].inputs))
        expected["test.outputs"] = (real, (TEST_SAMPLES, self.layers[-1].outputs))
        for name, (kind, shape) in expected.items():
            self.require_tensor(name, kind, shape)

    def require_tensor(self, name, kind, shape):
        if name not in self.tensors:
            raise ModelError(f"expected a tensor '{name}' of {sizes_text(shape)}, got none")
        tensor = self.tensors[name]
        got = NAMES.get(tensor.dtype, tensor.dtype)
        if name in self.types and name not in self._parameter_names:  # a parameter alone may have 16 bits
            got = self.types[name]
        if got != kind or tensor.shape != shape:
            raise ModelError(f"expected tensor '{name}' to be {kind} of {sizes_text(shape)}, got {got} of "
                             f"{sizes_text(tensor.shape)}")
        if not np.isfinite(tensor).all():
            raise ModelError(f"tensor '{name}': expected finite numbers, got a NaN or an infinity")

    def require_test_outputs(self):
        error, allowed = self.off_by()
        if not error <= allowed:
            raise ModelError(f"expected the model to give its test outputs within {allowed:.2g}, got an error of {error:.2g}")

    @staticmethod
    def load(path, replay=True):
        """Loads a model. Refuses a damaged file and, with `replay`, a model that does not give its test outputs."""
        if not isinstance(replay, bool):
            raise ModelError(f"replay: expected True or False, got {given(replay)}")
        stored = Stored(path)
        types = {name: kind for name, kind in stored.types.items() if kind in HALVES}
        real = np.float64 if stored.metadata.get("real") == "F64" else np.float32
        parameters = {name: stored.tensors[name].astype(real) for name in types if name.startswith("layer.")}
        try:
            with np.errstate(all="ignore"):
                model = Model(stored.metadata, {**stored.tensors, **parameters}, types)
                if replay:
                    model.require_test_outputs()
        except ModelError as error:
            raise ModelError(f"{path}: {error}") from None
        return model

    def save(self, path):
        """Saves the model. Refuses models that `load` refuses and malformed notes; an old file then stays. Tensors keep
        their types; numbers that a tensor's type does not hold are refused."""
        with np.errstate(all="ignore"):
            model = Model(self.metadata, self.tensors, self.types)
            model.require_test_outputs()
            model.require_notes()
        write_safetensors(path, self.metadata, self.tensors, self.types)

    def parameters(self):
        """Returns the tensors of the layers, by name."""
        return {name: self.tensors[name] for name in self._parameter_names}

    def stored_as(self, numbers):
        """Returns the model with parameters of the type "bf16", "f16" or "real" (the type in its metadata), rounded to
        nearest, ties to even, and with their test outputs. Refuses numbers beyond the range of that type."""
        kind = require_numbers(numbers)
        parameters, tensors, metadata = self.parameters(), dict(self.tensors), dict(self.metadata)
        types = {name: own for name, own in self.types.items() if name not in parameters}
        with np.errstate(all="ignore"):
            if kind is None:
                return Model(metadata, tensors, types)
            tensors.update(all_rounded(parameters, kind))
            outputs = Model(metadata, tensors).predict(tensors["test.contexts"], tensors["test.inputs"])
            tensors["test.outputs"] = outputs.astype(tensors["test.outputs"].dtype)
            return Model(metadata, tensors, {**types, **dict.fromkeys(parameters, kind)})

    def require_notes(self):
        """Refuses malformed notes, as read_notes of the library does."""
        self.input_scaling()
        self.knob_ranges()

    def input_scaling(self):
        """Returns (mean, scale) of each input; the network takes (x - mean) / scale. Empty if the file has none."""
        return input_scaling_from(self.metadata, self.layers[0].inputs)

    def knob_ranges(self):
        """Returns (low, high, whether it is logarithmic, name, unit) of each coordinate. Empty if the file has none."""
        return knob_ranges_from(self.metadata, self.tensors["test.contexts"].shape[1])

    def coefficients(self, contexts):
        """Returns phi(s) of each context, or of a single one. Refuses numbers that name no point."""
        contexts = numbers_of(self.metadata["topology"], contexts)
        contexts = np.atleast_2d(contexts) if contexts.ndim < 2 else contexts
        return coefficients(self.metadata["topology"], self.metadata["basis"], contexts, self.tensors.get("basis.state", ()))

    def _weights(self, n, phi, of=lambda numbers: numbers):
        """Returns weight (out x in) and bias of layer n for the coefficients phi. Applies `of` to the numbers first."""
        weight, bias = (of(self.tensors[f"layer.{n}.{part}"].astype(float)) for part in ("weight", "bias"))
        if self.layers[n].kind == "dense":
            return np.tensordot(phi, weight, 1), phi @ bias
        if self.layers[n].kind == "gains":
            gain = 1 + phi @ of(self.tensors[f"layer.{n}.gain"].astype(float))
            return gain[:, None] * weight, phi @ bias
        if self.layers[n].kind == "low_rank":
            right, left, scales = (of(self.tensors[f"layer.{n}.{part}"].astype(float)) for part in ("right", "left", "scales"))
            both = left @ np.diag(phi @ scales) @ right.T
            return weight + both[:, :-1], bias + both[:, -1]
        return weight, bias

    def at(self, context):
        """Returns (weight, bias, activation) of each layer at a context. Refuses numbers that name no point."""
        context = numbers_of(self.metadata["topology"], context)
        phi = self.coefficients(context.reshape(1, -1) if context.ndim < 2 else context[None])[0]
        return [(*self._weights(n, phi), layer.activation) for n, layer in enumerate(self.layers)]

    def predict(self, contexts, inputs):
        """Returns the outputs (samples x out) for each input at its context."""
        contexts, inputs = numbers_of(self.metadata["topology"], contexts), numbers_of("inputs", inputs)
        if contexts.ndim == 0 or inputs.ndim == 0 or len(contexts) != len(inputs):
            raise ModelError("predict: expected as many contexts as inputs, got arrays of "
                             f"{sizes_text(contexts.shape)} and {sizes_text(inputs.shape)}")
        outputs = [forward(self.at(context), x) for context, x in zip(contexts, inputs)]
        return np.stack(outputs) if outputs else np.empty((0, self.layers[-1].outputs))

    def off_by(self):
        """Returns the largest error of the test outputs and the allowed one. Allowed is the bound of the library's load
        or, if larger, 4 times the effect of noise of the size of roundings in every layer, as in steep networks."""
        expected = self.tensors["test.outputs"].astype(float)
        largest = max(1, np.abs(expected).max())
        allowed, rounding = (1e-12, 2.0**-48) if self.metadata["real"] == "F64" else (1e-5, 2.0**-23)
        error, allowed = 0.0, allowed * largest
        random = np.random.default_rng(0)
        phis = self.coefficients(self.tensors["test.contexts"])
        for phi, x, y in zip(phis, self.tensors["test.inputs"].astype(float), expected):
            noisy = x
            for n, layer in enumerate(self.layers):
                weight, bias = self._weights(n, phi)
                most, most_bias = self._weights(n, np.abs(phi), np.abs)
                noise = rounding * (most @ np.abs(x) + most_bias) * random.uniform(-1, 1, layer.outputs)
                f = ACTIVATIONS[layer.activation]
                x, noisy = f(weight @ x + bias), f(weight @ noisy + bias + noise)
            off, apart = np.abs(x - y).max(), np.abs(noisy - x).max()
            error = error if off <= error else off  # a NaN stays
            allowed = max(allowed, 4 * apart) if math.isfinite(apart) else allowed
        return (error if math.isfinite(error) else math.inf), allowed

    def replay(self):
        """Returns the largest error of the test outputs over their size; infinite if an output is not finite."""
        return self.off_by()[0] / max(1, np.abs(self.tensors["test.outputs"].astype(float)).max())

    @staticmethod
    def from_state_dict(state, layers, order=None):
        """Returns a model over the one-point space from dense layers as PyTorch names them, NAME.weight and NAME.bias.
        Numbers are rounded to float; a missing bias is zero. Layers run in the order of the state dict, or in `order`,
        the names of modules. Refuses a state dict whose order neither numbers in names nor shapes decide."""
        modules = modules_of(state)
        plain = layers_from(layers)
        if len(modules) != len(plain) or any(layer.kind != "dense" for layer in plain):
            raise ModelError(f"expected {len(modules)} dense layers, one for each weight ({', '.join(map(shown, modules))}), "
                             f"got '{layers}'")
        names = in_order(modules, plain, names_of(order) if order is not None else None, is_ordered(state))
        tensors = {}
        network = []
        for n, (name, layer) in enumerate(zip(names, plain)):
            weight, bias = modules[name]
            bias = np.zeros(layer.outputs, np.float32) if bias is None else bias
            if bias.shape != (layer.outputs,):
                raise ModelError(f"{shown(name)}: expected a bias of {layer.outputs}, got one of {sizes_text(bias.shape)}")
            tensors[f"layer.{n}.weight"], tensors[f"layer.{n}.bias"] = weight[None], bias[None]
            network.append((weight.astype(float), bias.astype(float), layer.activation))
        inputs = np.random.default_rng(0).standard_normal((TEST_SAMPLES, plain[0].inputs)).astype(np.float32)
        with np.errstate(all="ignore"):
            outputs = np.stack([forward(network, x.astype(float)) for x in inputs]).astype(np.float32)
        if not np.isfinite(outputs).all():
            raise ModelError("expected finite outputs in F32, got a NaN or an infinity for inputs of size 1")
        tensors["test.contexts"] = np.empty((TEST_SAMPLES, 0))
        tensors["test.inputs"], tensors["test.outputs"] = inputs, outputs
        metadata = {"format": FORMAT, "topology": "point", "basis": "constant", "real": "F32",
                    "layers": ", ".join(layer.text() for layer in plain)}
        return Model(metadata, tensors)


# State dicts: their layers and order.


class StateDict(dict):
    """The state dict of a file. `is_ordered`: whether its order is known to be that of the modules."""

    is_ordered = False


def state_of_file(path):
    """Returns the tensors of another program's file. Its order is that of the state dict if the header is not sorted
    and lists tensors in the order of their bytes. safetensors sorts names as text; old versions wrote any order."""
    stored = Stored(path, FOREIGN_TYPES)
    if stored.metadata.get("format") == FORMAT:
        raise ModelError(f"{path}: expected layers of another program, got a model of wmanifold; export it at a context first")
    state = StateDict(stored.tensors)
    state.is_ordered = stored.in_order and not is_sorted(stored.types)
    return state


def is_sorted(types):
    """Returns whether names are sorted as text within each type, as safetensors does; their order then says nothing."""
    names = {kind: [name for name, own in types.items() if own == kind] for kind in set(types.values())}
    return all(each == sorted(each) for each in names.values())


def is_ordered(state):
    """Returns whether the order of this dict is that of the modules. PyTorch marks its own dicts."""
    if isinstance(state, StateDict):
        return state.is_ordered
    types = {name: str(getattr(value, "dtype", "")) for name, value in state.items()}
    return hasattr(state, "_metadata") or not is_sorted(types)


def shown(name):
    return f"'{name}'" if name else "the one without a name"


def parameter(name, value):
    """Returns the numbers of a parameter in float. Refuses numbers that are not finite in float."""
    what = f"'{name}'"
    if getattr(value, "requires_grad", False):
        raise ModelError(f"{what}: expected numbers, got a parameter that takes gradients; pass module.state_dict()")
    numbers = array_of(what, value)
    if numbers.dtype.kind != "f":
        raise ModelError(f"{what}: expected real numbers, got {numbers.dtype} of {sizes_text(numbers.shape)}; convert whole or "
                         "quantised numbers to floating point")
    with np.errstate(all="ignore"):
        real = numbers.astype(np.float32)
    if not np.isfinite(numbers).all():
        raise ModelError(f"{what}: expected finite numbers, got a NaN or an infinity")
    if not np.isfinite(real).all():
        raise ModelError(f"{what}: expected numbers in the range of F32, got a larger one")
    return real


def address_of(value):
    try:
        return value.data_ptr() if hasattr(value, "data_ptr") else value.__array_interface__["data"][0]
    except (AttributeError, RuntimeError):
        return id(value)


def modules_of(state):
    """Returns weight (out x in) and bias or None of each module, in the order of the dict. Refuses other contents."""
    if not isinstance(state, Mapping) or not all(isinstance(name, str) for name in state):
        raise ModelError(f"expected a state dict (names with their numbers), as of module.state_dict(), got {given(state)}")
    modules, biases, addresses = {}, {}, {}
    values = dict(state)  # keeps values alive, as Python reuses addresses of freed objects
    for name, value in values.items():
        module, _, part = name.rpartition(".")
        if part not in ("weight", "bias"):
            raise ModelError(f"expected only weights and biases of dense layers, got '{name}'; fold other layers into dense ones "
                             "first")
        numbers = parameter(name, value)
        first = addresses.setdefault(address_of(value), name) if numbers.size else name
        if first != name:
            raise ModelError(f"'{name}': expected numbers of its own, got those of '{first}' (tied); layers of the library share "
                             "no numbers, so pass a copy (clone()) if they may differ after training")
        if part == "bias":
            biases[module] = numbers
            continue
        if numbers.ndim != 2:
            kinds = {1: "a normalisation or a PReLU", 3: "a convolution", 4: "a convolution", 5: "a convolution"}
            raise ModelError(f"'{name}': expected a weight of out x in, got one of {sizes_text(numbers.shape)}, as of "
                             f"{kinds.get(numbers.ndim, 'no dense layer')}")
        modules[module] = numbers
    for module in biases:
        if module not in modules:
            raise ModelError(f"'{module}.bias': expected a weight beside it, got none")
    if not modules:
        raise ModelError("expected weights and biases of dense layers, got none")
    return {module: (weight, biases.get(module)) for module, weight in modules.items()}


def names_of(order):
    """Returns the names in "fc1,fc2" or a list."""
    if isinstance(order, str):
        return [name.strip() for name in order.split(",")]
    if not isinstance(order, (list, tuple)) or not all(isinstance(name, str) for name in order):
        raise ModelError(f"expected an order of names, as 'fc1,fc2' or a list, got {given(order)}")
    return list(order)


def compare(a, b):
    """Returns -1 if `a` runs first and 1 if `b` does, by the numbers in the first part of their paths that differs.
    Returns 0 if these do not decide, as for 'encoder.0' and 'decoder.0'."""
    for one, other in zip(a.split("."), b.split(".")):
        if one != other:
            one, other = re.split("([0-9]+)", one), re.split("([0-9]+)", other)
            ones, others = ([(len(digits), digits) for digits in (number.lstrip("0") for number in parts[1::2])]
                            for parts in (one, other))
            return 0 if one[::2] != other[::2] or ones == others else -1 if ones < others else 1
    return 0


def by_numbers(names):
    """Returns modules in the order of the numbers in their names, or None if these do not decide."""
    if any(compare(a, b) == 0 for a, b in itertools.combinations(names, 2)):
        return None
    return sorted(names, key=functools.cmp_to_key(compare))


def in_order(modules, layers, order, is_known):
    """Returns the modules' names in the order in which they run: `order`, else that of the state dict (if known) or of
    the numbers in the names, else the only one that fits the shapes. Refuses an order that does not fit."""
    wanted = [(layer.outputs, layer.inputs) for layer in layers]
    names = list(modules)
    shapes = {name: weight.shape for name, (weight, _) in modules.items()}
    if order is not None:
        if sorted(order) != sorted(names):
            raise ModelError(f"expected an order of {', '.join(map(shown, names))}, each once, got "
                             f"{', '.join(map(shown, order))}")
        return require_shapes(shapes, order, wanted)
    numbered = by_numbers(names)
    orders = [names] if is_known else []
    if numbered and numbered not in orders:  # contradicts the state dict, unless its names are sorted as text
        orders = [numbered] if names == sorted(names) else [*orders, numbered]
    if not orders:
        of_shape = {shape: by_numbers([name for name in names if shapes[name] == shape]) for shape in wanted}
        if all(of_shape.values()) and sorted(shapes.values()) == sorted(wanted):
            each = {shape: iter(same) for shape, same in of_shape.items()}
            return [next(each[shape]) for shape in wanted]
    ask = f"name the order in which they run: --order {','.join(names)} (order=[...] in Python)"
    if len(orders) == 1:
        return require_shapes(shapes, orders[0], wanted, f", in the order {', '.join(map(shown, orders[0]))}; if this order is wrong, "
                                                         f"{ask}")
    fitting = [each for each in orders if [shapes[name] for name in each] == wanted]
    if len(fitting) == 1:
        return fitting[0]
    raise ModelError(f"expected modules whose order follows from the file, numbers in names or shapes, got "
                     f"{', '.join(map(shown, names))}; {ask}")


def require_shapes(shapes, names, wanted, more=""):
    for n, (name, shape) in enumerate(zip(names, wanted)):
        if shapes[name] != shape:
            raise ModelError(f"{shown(name)}: expected a weight of {sizes_text(shape)} (out x in) as layer {n}, got one of "
                             f"{sizes_text(shapes[name])}{more}")
    return names


def checked_network(network):
    """Returns (weight, bias, activation) of each layer. Refuses layers that do not chain."""
    if not isinstance(network, (list, tuple)) or not network:
        raise ModelError(f"network: expected a list of (weight, bias, activation), as of Model.at, got {given(network)}")
    layers = []
    for n, layer in enumerate(network):
        is_layer = isinstance(layer, (list, tuple)) and len(layer) == 3
        if not is_layer or not isinstance(layer[2], str) or layer[2] not in ACTIVATIONS:
            raise ModelError(f"network: expected (weight, bias, activation) as layer {n}, got {given(layer)}")
        weight, bias = numbers_of(f"weight of layer {n}", layer[0]), numbers_of(f"bias of layer {n}", layer[1])
        if weight.ndim != 2 or bias.shape != weight.shape[:1] or (layers and weight.shape[1] != len(layers[-1][1])):
            raise ModelError("network: expected a weight of out x in and a bias of out, with as many inputs as outputs of the layer "
                             f"before, got {sizes_text(weight.shape)} and {sizes_text(bias.shape)} as layer {n}")
        layers.append((weight, bias, layer[2]))
    return layers


def evaluate(network, x):
    """Returns the outputs of a network for one input."""
    return forward(checked_network(network), numbers_of("network", x))


def forward(network, x):
    """Returns the outputs of a network that has been checked."""
    if x.shape != network[0][0].shape[1:]:
        raise ModelError(f"network: expected {network[0][0].shape[1]} inputs, got {sizes_text(x.shape)}")
    for weight, bias, activation in network:
        x = ACTIVATIONS[activation](weight @ x + bias)
    return x


def state_dict(network):
    """Returns the parameters of a network in float, under their names in a torch.nn.Sequential."""
    state = {}
    place = 0
    for weight, bias, activation in checked_network(network):
        with np.errstate(all="ignore"):
            state[f"{place}.weight"], state[f"{place}.bias"] = weight.astype(np.float32), bias.astype(np.float32)
        if not (np.isfinite(state[f"{place}.weight"]).all() and np.isfinite(state[f"{place}.bias"]).all()):
            raise ModelError(f"'{place}': expected weights and biases in the range of F32, got a larger number")
        place += 1 if activation == "identity" else 2
    return state


def context_from(text):
    """Returns the coordinates in "0.5,0.25"; "" is the context of the one-point space."""
    require_text("context", text)
    numbers = [part.strip(" ") for part in text.split(",")] if text.strip(" ") else []
    if not all(re.fullmatch(NUMBER, number) for number in numbers):
        raise ModelError(f"expected coordinates of a context, as '0.5,0.25', got '{text}'")
    return [float(number) for number in numbers]


def export(model, path, contexts):
    """Writes the networks at the given contexts. Refuses contexts that name no point."""
    if not isinstance(model, Model):
        raise ModelError(f"expected a Model to export, got {given(model)}")
    path, contexts = path_of(path), numbers_of("contexts", contexts)
    if contexts.shape[:1] == (0,):
        raise ModelError("expected at least one context, got none")
    parts = factors(model.metadata["topology"], model.metadata["basis"], model.tensors.get("basis.state", ()))
    points = canonical(model.metadata["topology"], parts, contexts)
    networks = [state_dict(model.at(point)) for point in points]
    tensors = dict(networks[0])
    if len(networks) > 1:
        tensors = {f"{i}.{name}": value for i, network in enumerate(networks) for name, value in network.items()}
        tensors["contexts"] = points
    metadata = {"format": NETWORK_FORMAT, "layers": ", ".join(layer.text("dense") for layer in model.layers)}
    model.require_notes()
    for key in ("input_scaling", "knob_ranges"):  # one network has no knobs
        if key in model.metadata and (key == "input_scaling" or len(networks) > 1):
            metadata[key] = model.metadata[key]
    write_safetensors(path, metadata, tensors)


def networks_of(metadata, tensors):
    """Returns the networks of a file of `export`, save_network or save_networks, each as from Model.at, and their
    contexts. A single network has no context: None."""
    require_metadata(metadata)
    require_arrays(tensors)
    if metadata.get("format") != NETWORK_FORMAT or "layers" not in metadata:
        raise ModelError(f"expected the format '{NETWORK_FORMAT}' and 'layers', got {given(dict(metadata))}")
    layers = layers_from(metadata["layers"])
    contexts = tensors.get("contexts")
    if contexts is not None and (contexts.dtype != np.float64 or contexts.ndim != 2 or len(contexts) == 0):
        raise ModelError(f"expected contexts of F64, points x coordinates, got {contexts.dtype} of "
                         f"{sizes_text(contexts.shape)}")
    networks, seen = [], set() if contexts is None else {"contexts"}
    for front in [""] if contexts is None else [f"{i}." for i in range(len(contexts))]:
        network, place = [], 0
        for layer in layers:
            shapes = {f"{front}{place}.weight": (layer.outputs, layer.inputs), f"{front}{place}.bias": (layer.outputs,)}
            for name, shape in shapes.items():
                if name not in tensors or tensors[name].dtype.kind != "f" or tensors[name].shape != shape:
                    got = f"{tensors[name].dtype} of {sizes_text(tensors[name].shape)}" if name in tensors else "none"
                    raise ModelError(f"expected a tensor '{name}' of {sizes_text(shape)} reals, got {got}")
            network.append((*(tensors[name].astype(float) for name in shapes), layer.activation))
            seen.update(shapes)
            place += 1 if layer.activation == "identity" else 2
        networks.append(network)
    if set(tensors) - seen:
        raise ModelError(f"expected only weights and biases of '{metadata['layers']}', got '{sorted(set(tensors) - seen)[0]}'")
    return networks, contexts


def require_another(path, out):
    path, out = path_of(path), path_of(out)
    if os.path.exists(out) and os.path.samefile(path, out):
        raise ModelError(f"{out}: expected an output file other than the input, got the input; name another file")


def printable(text):
    """Returns text with control characters escaped."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def show(path):
    """Prints the contents of a file: a model, or exported networks."""
    stored = Stored(path)
    is_network = stored.metadata.get("format") == NETWORK_FORMAT
    model = None if is_network else Model.load(path)
    try:
        lines = network_lines(stored) if is_network else model_lines(model)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from None
    say(*(f"{key:13} {printable(str(value))}" for key, value in [*sorted(stored.metadata.items()), *lines]))


def model_lines(model):
    model.require_notes()
    return [("rows", len(model.coefficients(model.tensors["test.contexts"][:1])[0])),
            *number_lines(model.parameters(), model.types),
            ("test vector", f"largest error {model.replay():.1e}")]


def number_lines(tensors, types):
    return [("numbers", sum(tensor.size for tensor in tensors.values())), ("stored as", stored_text(tensors, types))]


def network_lines(stored):
    networks, contexts = networks_of(stored.metadata, stored.tensors)
    input_scaling_from(stored.metadata, networks[0][0][0].shape[1])
    knob_ranges_from(stored.metadata, 0 if contexts is None else contexts.shape[1])
    lines = [("holds", "one network" if contexts is None else f"{len(networks)} networks, one for each context"),
             *number_lines({name: tensor for name, tensor in stored.tensors.items() if name != "contexts"}, stored.types)]
    lines += [(f"context {i}", listed(context)) for i, context in enumerate([] if contexts is None else contexts[:8])]
    return lines + [("...", f"and {len(networks) - 8} more contexts")] * (len(networks) > 8)


def import_layers(path, out, layers, order=None):
    require_another(path, out)
    require_text("layers", layers)
    state = state_of_file(path)
    Model.from_state_dict(state, layers, order).save(out)


def convert(path, out, numbers):
    """Writes a model with parameters of the type "bf16", "f16" or "real"."""
    require_another(path, out)
    Model.load(path).stored_as(numbers).save(out)


def say(*lines):
    """Prints lines to the standard output."""
    if sys.stdout is None:
        raise ModelError("cannot write to the standard output: it is closed")
    try:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")
        print(*lines, sep="\n", flush=True)
    except OSError as error:  # no reader, or a full disk; Python must not try the rest again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise ModelError(f"cannot write to the standard output: {error.strerror}") from None


def program(work, arguments):
    """Runs the work of a program. An error ends in one sentence and the status 1."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:  # set above
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with np.errstate(all="ignore"):
            work(arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        name = "a file" if error.filename is None else f"'{os.fsdecode(error.filename)}'"
        sentence = f"cannot open, read or write {name}: {error.strerror}"
    except MemoryError:
        sentence = "expected numbers that fit in memory, got too many"
    except (ModelError, RecursionError) as error:
        sentence = str(error)
    else:
        return
    sys.exit("error: " + printable(re.sub(r"[\r\n]\s*", " ", sentence)))


def work(arguments):
    if arguments in (["--help"], ["-h"]):
        say((__doc__ or "").strip())
    elif len(arguments) == 2 and arguments[0] == "show":
        show(arguments[1])
    elif len(arguments) >= 3 and arguments[0] == "export":
        require_another(arguments[1], arguments[2])
        export(Model.load(arguments[1]), arguments[2], [context_from(text) for text in arguments[3:] or [""]])
    elif len(arguments) in (4, 6) and arguments[0] == "import" and arguments[4:5] in ([], ["--order"]):
        import_layers(*arguments[1:4], *arguments[5:])
    elif len(arguments) == 5 and arguments[0] == "convert" and arguments[3] == "--numbers":
        convert(arguments[1], arguments[2], arguments[4])
    else:
        raise ModelError("expected 'show MODEL', 'export MODEL OUT CONTEXT...', 'import IN OUT LAYERS [--order NAMES]' or "
                         f"'convert MODEL OUT --numbers {'|'.join(NUMBERS)}', got '{' '.join(arguments)}'; see --help")


def main(arguments):
    program(work, arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
