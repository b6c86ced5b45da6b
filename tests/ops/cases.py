# SPDX-License-Identifier: Apache-2.0
"""Random networks of one operator with odd shapes, scales and zero points, and inputs for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from tflite_writer import Network

INPUTS_PER_CASE = 2
ACTIVATIONS = 4  # none, relu, relu_n1_to_1, relu6


@dataclass
class Case:
    """A network and inputs for it: inputs[k] is the list of arrays of run k."""

    operator: str
    model: bytes
    inputs: list[list[NDArray[Any]]]


def _int(rng: Generator, low: int, high: int) -> int:
    return int(rng.integers(low, high + 1))


def _zero(rng: Generator) -> int:
    pick = rng.random()
    if pick < 0.2:
        return -128
    if pick < 0.3:
        return 127
    if pick < 0.4:
        return 0
    return _int(rng, -128, 127)


def _scale(rng: Generator, low: float = 1e-3, high: float = 0.5) -> float:
    if rng.random() < 0.1:
        return float(2.0 ** _int(rng, -9, -1))  # powers of two make ties
    return float(np.float32(np.exp(rng.uniform(np.log(low), np.log(high)))))


def _bytes(rng: Generator, shape: tuple[int, ...], dtype: str = "int8") -> NDArray[Any]:
    info = np.iinfo(dtype)
    kind = rng.random()
    if kind < 0.15:  # only the extremes
        return rng.choice(np.array([info.min, info.max], dtype), size=shape)
    if kind < 0.3:  # near one value
        centre = _int(rng, info.min, info.max)
        noise = rng.normal(centre, 6, size=shape)
        return np.clip(np.rint(noise), info.min, info.max).astype(dtype)
    return rng.integers(info.min, info.max + 1, size=shape).astype(dtype)


def _runs(
    rng: Generator, *shapes: tuple[int, ...], dtype: str = "int8"
) -> list[list[NDArray[Any]]]:
    return [[_bytes(rng, s, dtype) for s in shapes] for _ in range(INPUTS_PER_CASE)]


def _all_bytes(
    rng: Generator, shape: tuple[int, ...], dtype: str = "int8"
) -> list[list[NDArray[Any]]]:
    """Runs that together hold every byte value, if the shape has at least 128 elements."""
    info = np.iinfo(dtype)
    count = int(np.prod(shape))
    values = np.resize(np.arange(info.min, info.max + 1), INPUTS_PER_CASE * count).astype(dtype)
    return [[values[k * count : (k + 1) * count].reshape(shape)] for k in range(INPUTS_PER_CASE)]


def _image(rng: Generator, channels: int = 20, side: int = 14) -> tuple[int, int, int, int]:
    batch = 1 if rng.random() < 0.85 else _int(rng, 2, 3)
    pick = rng.random()
    if pick < 0.15:  # one-dimensional signals
        return batch, _int(rng, 1, 40), 1, _int(rng, 1, channels)
    if pick < 0.2:  # more than fits a small scratchpad at once
        return 1, _int(rng, 16, 28), _int(rng, 16, 28), _int(rng, 32, 72)
    return batch, _int(rng, 1, side), _int(rng, 1, side), _int(rng, 1, channels)


def _output_scale(rng: Generator, spread: float) -> float:
    """A scale with which a result of that spread fills a part of the byte, or leaves it."""
    return float(np.float32(max(spread, 1e-7) / 40 * np.exp(rng.uniform(-1.2, 1.2))))


def _positions(size: int, kernel: int, stride: int, dilation: int, same: bool) -> int:
    span = (kernel - 1) * dilation + 1
    return -(-size // stride) if same else (size - span) // stride + 1


def conv(rng: Generator, depthwise: bool = False) -> Case:
    n, h, w, c = _image(rng)
    multiplier = _int(rng, 1, 4) if depthwise and rng.random() < 0.4 else 1
    out = c * multiplier if depthwise else _int(rng, 1, 24 if rng.random() < 0.9 else 70)
    kh, kw = _int(rng, 1, 5), _int(rng, 1, 5)
    if rng.random() < 0.3:
        kh = kw = int(rng.choice([1, 3]))
    dilated = rng.random() < 0.25
    sy, sx = _int(rng, 1, 3), _int(rng, 1, 3)
    if depthwise and rng.random() < 0.7:
        sx = sy
    dy, dx = (_int(rng, 1, 3), _int(rng, 1, 3)) if dilated else (1, 1)
    if dilated:
        sy = sx = 1
    same = bool(rng.random() < 0.6)
    if not same:
        h = max(h, (kh - 1) * dy + 1)
        w = max(w, (kw - 1) * dx + 1)
    oh, ow = _positions(h, kh, sy, dy, same), _positions(w, kw, sx, dx, same)
    taps = kh * kw * (1 if depthwise else c)
    shape = (1, kh, kw, out) if depthwise else (out, kh, kw, c)
    weights = rng.integers(-127, 128, size=shape).astype(np.int8)
    si, channels = _scale(rng), rng.random() < 0.7
    sw: float | list[float] = (
        [_scale(rng, 1e-4, 0.05) for _ in range(out)] if channels else _scale(rng, 1e-4, 0.05)
    )
    mean_sw = float(np.exp(np.mean(np.log(sw))))
    so = _output_scale(rng, si * mean_sw * 74 * 73 * np.sqrt(taps))
    bias = rng.integers(-(2**14), 2**14, size=out).astype(np.int32)
    if rng.random() < 0.1:
        bias = rng.integers(-(2**28), 2**28, size=out).astype(np.int32)
    net = Network()
    x = net.tensor((n, h, w, c), "int8", si, _zero(rng))
    wt = net.tensor(shape, "int8", sw, 0, 3 if depthwise else 0, weights)
    inputs = [x, wt]
    sb = [si * s for s in sw] if isinstance(sw, list) else si * sw
    # (LiteRT refuses an int8 convolution without bias)
    inputs.append(net.tensor((out,), "int32", sb, 0, 0, bias))
    y = net.tensor((n, oh, ow, out), "int8", so, _zero(rng))
    values: dict[str, Any] = {
        "padding": 0 if same else 1,
        "strideH": sy,
        "strideW": sx,
        "dilationH": dy,
        "dilationW": dx,
        "activation": int(rng.integers(ACTIVATIONS)),
    }
    name = "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D"
    if depthwise:
        values["depthMultiplier"] = multiplier
    net.op(name, inputs, [y], "DepthwiseConv2DOptions" if depthwise else "Conv2DOptions", **values)
    return Case(name, net.finish([x], [y]), _runs(rng, (n, h, w, c)))


def depthwise_conv(rng: Generator) -> Case:
    return conv(rng, depthwise=True)


def fully_connected(rng: Generator) -> Case:
    rows = 1 if rng.random() < 0.6 else _int(rng, 2, 9)
    depth, units = _int(rng, 1, 200), _int(rng, 1, 70)
    channels = rng.random() < 0.3
    si = _scale(rng)
    sw: float | list[float] = (
        [_scale(rng, 1e-4, 0.05) for _ in range(units)] if channels else _scale(rng, 1e-4, 0.05)
    )
    so = _output_scale(rng, si * float(np.exp(np.mean(np.log(sw)))) * 74 * 73 * np.sqrt(depth))
    net = Network()
    keep = rows > 1 and rng.random() < 0.3
    leading = (1, rows) if keep else (rows,)
    shape = (*leading, depth)
    x = net.tensor(shape, "int8", si, _zero(rng))
    weights = rng.integers(-127, 128, size=(units, depth)).astype(np.int8)
    wt = net.tensor((units, depth), "int8", sw, 0, 0, weights)
    inputs = [x, wt]
    sb = [si * s for s in sw] if isinstance(sw, list) else si * sw
    if rng.random() < 0.85:
        bias = rng.integers(-(2**14), 2**14, size=units).astype(np.int32)
        inputs.append(net.tensor((units,), "int32", sb, 0, 0, bias))
    else:
        inputs.append(-1)
    y = net.tensor((*leading, units), "int8", so, _zero(rng))
    net.op(
        "FULLY_CONNECTED",
        inputs,
        [y],
        "FullyConnectedOptions",
        activation=int(rng.integers(ACTIVATIONS)),
        keepNumDims=keep,
    )
    return Case("FULLY_CONNECTED", net.finish([x], [y]), _runs(rng, shape))


def _pool(rng: Generator, name: str) -> Case:
    n, h, w, c = _image(rng)
    kh, kw = _int(rng, 1, 6), _int(rng, 1, 6)
    if rng.random() < 0.2:
        kh, kw = h, w  # global
    same = bool(rng.random() < 0.5)
    if not same:
        h, w = max(h, kh), max(w, kw)
    sy, sx = _int(rng, 1, 3), _int(rng, 1, 3)
    oh, ow = _positions(h, kh, sy, 1, same), _positions(w, kw, sx, 1, same)
    scale, zero = _scale(rng), _zero(rng)
    net = Network()
    x = net.tensor((n, h, w, c), "int8", scale, zero)
    y = net.tensor((n, oh, ow, c), "int8", scale, zero)
    net.op(
        name,
        [x],
        [y],
        "Pool2DOptions",
        padding=0 if same else 1,
        strideH=sy,
        strideW=sx,
        filterH=kh,
        filterW=kw,
        activation=int(rng.integers(ACTIVATIONS)),
    )
    return Case(name, net.finish([x], [y]), _runs(rng, (n, h, w, c)))


def average_pool(rng: Generator) -> Case:
    return _pool(rng, "AVERAGE_POOL_2D")


def max_pool(rng: Generator) -> Case:
    return _pool(rng, "MAX_POOL_2D")


def _operand_shapes(rng: Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
    shape = _image(rng, 24, 9)
    rank = int(rng.choice([1, 2, 3, 4], p=[0.1, 0.2, 0.1, 0.6]))
    full = tuple(shape[4 - rank :])
    pick = rng.random()
    if pick < 0.5:
        return full, full
    other = list(full)
    if pick < 0.65:
        other = [1] * rank  # scalar
    elif pick < 0.8:
        other = [1] * (rank - 1) + [full[-1]]  # per channel
    else:
        other = [d if rng.random() < 0.5 else 1 for d in full]
    if rng.random() < 0.3:
        while len(other) > 1 and other[0] == 1:
            other = other[1:]  # lower rank
    return (full, tuple(other)) if rng.random() < 0.7 else (tuple(other), full)


def _binary(rng: Generator, name: str) -> Case:
    a, b = _operand_shapes(rng)
    sa, sb = _scale(rng), _scale(rng)
    if rng.random() < 0.06:  # ratios at which XNNPACK hands the operator back
        sa = float(np.float32(sb * 2.0 ** rng.uniform(-14, 14)))
    za, zb = _zero(rng), _zero(rng)
    options: str | None = None
    values: dict[str, Any] = {}
    if name in ("MINIMUM", "MAXIMUM"):
        sb, zb, so, zo = sa, za, sa, za
    else:
        options = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions"}[name]
        values["activation"] = int(rng.integers(ACTIVATIONS))
        so = _output_scale(rng, sa * sb * 74 * 74 if name == "MUL" else 74 * np.hypot(sa, sb))
        zo = _zero(rng)
    net = Network()
    constant = rng.random() < 0.25
    ta = net.tensor(a, "int8", sa, za)
    tb = net.tensor(b, "int8", sb, zb, 0, _bytes(rng, b) if constant else None)
    out = np.broadcast_shapes(a, b)
    y = net.tensor(out, "int8", so, zo)
    operands = [ta, tb] if not constant or rng.random() < 0.6 else [tb, ta]
    net.op(name, operands, [y], options, **values)
    if constant:
        return Case(name, net.finish([ta], [y]), _runs(rng, a))
    return Case(name, net.finish([ta, tb], [y]), _runs(rng, a, b))


def add(rng: Generator) -> Case:
    return _binary(rng, "ADD")


def sub(rng: Generator) -> Case:
    return _binary(rng, "SUB")


def mul(rng: Generator) -> Case:
    return _binary(rng, "MUL")


def minimum(rng: Generator) -> Case:
    return _binary(rng, "MINIMUM")


def maximum(rng: Generator) -> Case:
    return _binary(rng, "MAXIMUM")


def _table_shape(rng: Generator) -> tuple[int, ...]:
    c = _int(rng, 1, 40)
    w = -(-128 // c) + _int(rng, 0, 3)
    return (1, w, c) if rng.random() < 0.3 else (1, 1, w, c)


def _unary(rng: Generator, name: str) -> Case:
    shape = _table_shape(rng)
    scale, zero = _scale(rng, 1e-3, 0.3), _zero(rng)
    so, zo = _output_scale(rng, 74 * scale), _zero(rng)
    options: str | None = None
    values: dict[str, Any] = {}
    if name == "LOGISTIC":
        so, zo = 1 / 256, -128
    elif name == "TANH":
        so, zo = 1 / 128, 0
    elif name.startswith("RELU") and rng.random() < 0.5:
        so, zo = scale, zero
    elif name == "LEAKY_RELU":
        options, values = "LeakyReluOptions", {"alpha": float(np.float32(rng.uniform(0.01, 0.9)))}
    net = Network()
    x = net.tensor(shape, "int8", scale, zero)
    y = net.tensor(shape, "int8", so, zo)
    net.op(name, [x], [y], options, **values)
    return Case(name, net.finish([x], [y]), _all_bytes(rng, shape))


def unary(name: str) -> Callable[[Generator], Case]:
    return lambda rng: _unary(rng, name)


def quantize(rng: Generator) -> Case:
    shape = _table_shape(rng)
    kinds = [("int8", "int8"), ("uint8", "int8"), ("int8", "uint8"), ("float32", "int8")]
    source, target = kinds[int(rng.choice(4, p=[0.5, 0.2, 0.2, 0.1]))]
    scale = _scale(rng)
    so = scale if source != target and rng.random() < 0.6 else _output_scale(rng, 74 * scale)
    # zero points relative to the middle of the type, so that a move by 128 is common
    zero, zo = _zero(rng), _zero(rng)
    if so == scale:
        zo = zero
    zero += 128 if source == "uint8" else 0
    zo += 128 if target == "uint8" else 0
    net = Network()
    x = net.tensor(shape, source, None if source == "float32" else scale, zero)
    y = net.tensor(shape, target, so, zo)
    net.op("QUANTIZE", [x], [y])
    model = net.finish([x], [y])
    if source == "float32":
        runs = [
            [(rng.normal(0, 60 * so, size=shape)).astype(np.float32)]
            for _ in range(INPUTS_PER_CASE)
        ]
        return Case("QUANTIZE", model, runs)
    return Case("QUANTIZE", model, _all_bytes(rng, shape, source))


def dequantize(rng: Generator) -> Case:
    shape = _table_shape(rng)
    source = "int8" if rng.random() < 0.6 else "uint8"
    net = Network()
    x = net.tensor(shape, source, _scale(rng), _zero(rng) + (128 if source == "uint8" else 0))
    y = net.tensor(shape, "float32")
    net.op("DEQUANTIZE", [x], [y])
    return Case("DEQUANTIZE", net.finish([x], [y]), _all_bytes(rng, shape, source))


def softmax(rng: Generator) -> Case:
    rank = _int(rng, 1, 4)
    classes = _int(rng, 1, 60) if rng.random() < 0.8 else _int(rng, 100, 1001)
    leading = [1] + [_int(rng, 1, 5) for _ in range(rank - 2)]
    shape = (*leading[: rank - 1], classes)
    net = Network()
    x = net.tensor(shape, "int8", _scale(rng, 0.005, 0.5), _zero(rng))
    y = net.tensor(shape, "int8", 1 / 256, -128)
    beta = 1.0 if rng.random() < 0.7 else float(np.float32(rng.uniform(0.3, 2.0)))
    net.op("SOFTMAX", [x], [y], "SoftmaxOptions", beta=beta)
    return Case("SOFTMAX", net.finish([x], [y]), _runs(rng, shape))


def mean(rng: Generator) -> Case:
    shape = _image(rng, 24, 12)
    some = [[1], [2], [3], [1, 2, 3], [2, 3]]
    axes = [1, 2] if rng.random() < 0.7 else some[_int(rng, 0, len(some) - 1)]
    if rng.random() < 0.2:
        axes = [a - 4 for a in axes]
    keep = bool(rng.random() < 0.5)
    scale, zero = _scale(rng), _zero(rng)
    so, zo = (scale, zero) if rng.random() < 0.2 else (_output_scale(rng, 30 * scale), _zero(rng))
    reduced = {a % 4 for a in axes}
    out = tuple(1 if i in reduced else d for i, d in enumerate(shape) if keep or i not in reduced)
    net = Network()
    x = net.tensor(shape, "int8", scale, zero)
    ax = net.tensor((len(axes),), "int32", None, 0, 0, np.array(axes, np.int32))
    y = net.tensor(out, "int8", so, zo)
    net.op("MEAN", [x, ax], [y], "ReducerOptions", keepDims=keep)
    return Case("MEAN", net.finish([x], [y]), _runs(rng, shape))


def _pad(rng: Generator, name: str) -> Case:
    shape: tuple[int, ...] = _image(rng, 20, 9)
    pads = np.array([[0, 0]] + [[_int(rng, 0, 3), _int(rng, 0, 3)] for _ in range(3)], np.int32)
    if rng.random() < 0.6:
        pads[3] = 0
    if rng.random() < 0.2:
        shape, pads = shape[1:], pads[1:]
    out = tuple(int(d + p[0] + p[1]) for d, p in zip(shape, pads, strict=True))
    scale, zero = _scale(rng), _zero(rng)
    net = Network()
    x = net.tensor(shape, "int8", scale, zero)
    p = net.tensor(pads.shape, "int32", None, 0, 0, pads)
    inputs = [x, p]
    if name == "PADV2":
        value = np.array([_int(rng, -128, 127)], np.int8)
        inputs.append(net.tensor((1,), "int8", scale, zero, 0, value))
    y = net.tensor(out, "int8", scale, zero)
    net.op(name, inputs, [y])
    return Case(name, net.finish([x], [y]), _runs(rng, shape))


def pad(rng: Generator) -> Case:
    return _pad(rng, "PAD")


def pad_v2(rng: Generator) -> Case:
    return _pad(rng, "PADV2")


def concatenation(rng: Generator) -> Case:
    shape = list(_image(rng, 20, 9))
    axis = int(rng.choice([1, 2, 3], p=[0.2, 0.2, 0.6]))
    scale, zero = _scale(rng), _zero(rng)
    net = Network()
    inputs, shapes = [], []
    for _ in range(_int(rng, 1, 4)):
        part = list(shape)
        part[axis] = _int(rng, 1, 20)
        shapes.append(tuple(part))
        inputs.append(net.tensor(part, "int8", scale, zero))
    shape[axis] = sum(s[axis] for s in shapes)
    y = net.tensor(shape, "int8", scale, zero)
    net.op(
        "CONCATENATION",
        inputs,
        [y],
        "ConcatenationOptions",
        axis=axis if rng.random() < 0.5 else axis - 4,
    )
    return Case("CONCATENATION", net.finish(inputs, [y]), _runs(rng, *shapes))


def _moved(
    rng: Generator,
    name: str,
    shape: tuple[int, ...],
    out: tuple[int, ...],
    operand: NDArray[Any] | None = None,
    options: str | None = None,
    **values: Any,
) -> Case:
    scale, zero = _scale(rng), _zero(rng)
    net = Network()
    x = net.tensor(shape, "int8", scale, zero)
    inputs = [x]
    if operand is not None:
        inputs.append(net.tensor(operand.shape, "int32", None, 0, 0, operand.astype(np.int32)))
    y = net.tensor(out, "int8", scale, zero)
    net.op(name, inputs, [y], options, **values)
    return Case(name, net.finish([x], [y]), _runs(rng, shape))


def reshape(rng: Generator) -> Case:
    shape = _image(rng)
    elements = int(np.prod(shape))
    first = int(rng.choice([d for d in range(1, elements + 1) if elements % d == 0]))
    out = [first, elements // first]
    if rng.random() < 0.5:
        out.insert(_int(rng, 0, 2), 1)
    wanted = list(out)
    if rng.random() < 0.5:
        wanted[out.index(max(out))] = -1
    return _moved(
        rng, "RESHAPE", shape, tuple(out), np.array(wanted), "ReshapeOptions", newShape=wanted
    )


def squeeze(rng: Generator) -> Case:
    shape = (1, _int(rng, 2, 9), 1, _int(rng, 2, 30))
    dims = [[], [0], [2], [0, 2], [-2]][_int(rng, 0, 4)]
    gone = {d % 4 for d in dims} or {0, 2}
    out = tuple(d for i, d in enumerate(shape) if i not in gone)
    return _moved(rng, "SQUEEZE", shape, out, None, "SqueezeOptions", squeezeDims=dims)


def expand_dims(rng: Generator) -> Case:
    shape = tuple(_int(rng, 1, 9) for _ in range(_int(rng, 1, 3)))
    axis = _int(rng, -len(shape) - 1, len(shape))
    out = list(shape)
    out.insert(axis % (len(shape) + 1), 1)
    return _moved(rng, "EXPAND_DIMS", shape, tuple(out), np.array([axis]))


def strided_slice(rng: Generator) -> Case:
    shape = _image(rng, 20, 9)
    begin, end, stride, out = [], [], [], []
    begin_mask = end_mask = shrink = 0
    for i, dim in enumerate(shape):
        step = int(rng.choice([1, 1, 1, 2, 3, -1])) if i > 0 else 1
        lo = _int(rng, 0, (dim - 1) // 2)
        hi = _int(rng, max(lo + 1, dim // 2), dim)
        size = -(-(hi - lo) // abs(step))
        b, e = (lo, hi) if step > 0 else (hi - 1, lo - 1)
        if step < 0 and e < 0:
            end_mask |= 1 << i
        if i > 0 and rng.random() < 0.15:
            shrink |= 1 << i
            step, b, e = 1, lo, lo + 1
            end_mask &= ~(1 << i)
            size = 0
        elif rng.random() < 0.3 and b > 0:
            b -= dim
        begin.append(b)
        end.append(e)
        stride.append(step)
        if size:
            out.append(size)
    if not out:
        return strided_slice(rng)
    scale, zero = _scale(rng), _zero(rng)
    net = Network()
    x = net.tensor(shape, "int8", scale, zero)
    parts = [
        net.tensor((4,), "int32", None, 0, 0, np.array(v, np.int32)) for v in (begin, end, stride)
    ]
    y = net.tensor(out, "int8", scale, zero)
    net.op(
        "STRIDED_SLICE",
        [x, *parts],
        [y],
        "StridedSliceOptions",
        beginMask=begin_mask,
        endMask=end_mask,
        shrinkAxisMask=shrink,
    )
    return Case("STRIDED_SLICE", net.finish([x], [y]), _runs(rng, shape))


def transpose(rng: Generator) -> Case:
    rank = _int(rng, 2, 4)
    shape = tuple(_int(rng, 1, 9) for _ in range(rank))
    perm = rng.permutation(rank)
    return _moved(rng, "TRANSPOSE", shape, tuple(shape[p] for p in perm), perm)


def resize_nearest(rng: Generator) -> Case:
    n, h, w, c = _image(rng, 20, 9)
    oh, ow = _int(rng, 1, 20), _int(rng, 1, 20)
    if rng.random() < 0.4:
        oh, ow = 2 * h, 2 * w
    mode = _int(rng, 0, 2)
    return _moved(
        rng,
        "RESIZE_NEAREST_NEIGHBOR",
        (n, h, w, c),
        (n, oh, ow, c),
        np.array([oh, ow]),
        "ResizeNearestNeighborOptions",
        alignCorners=mode == 1,
        halfPixelCenters=mode == 2,
    )


def arg_max(rng: Generator) -> Case:
    shape = _image(rng, 20, 9)
    axis = _int(rng, 0, 3)
    wide = rng.random() < 0.5
    net = Network()
    x = net.tensor(shape, "int8", _scale(rng), _zero(rng))
    ax = net.tensor((1,), "int32", None, 0, 0, np.array([axis], np.int32))
    out = tuple(d for i, d in enumerate(shape) if i != axis)
    y = net.tensor(out, "int64" if wide else "int32")
    net.op("ARG_MAX", [x, ax], [y], "ArgMaxOptions", outputType=4 if wide else 2)
    return Case("ARG_MAX", net.finish([x], [y]), _runs(rng, shape))


GENERATORS: dict[str, Callable[[Generator], Case]] = {
    "CONV_2D": conv,
    "DEPTHWISE_CONV_2D": depthwise_conv,
    "FULLY_CONNECTED": fully_connected,
    "ADD": add,
    "SUB": sub,
    "MUL": mul,
    "MINIMUM": minimum,
    "MAXIMUM": maximum,
    "MAX_POOL_2D": max_pool,
    "AVERAGE_POOL_2D": average_pool,
    "MEAN": mean,
    "SOFTMAX": softmax,
    "LOGISTIC": unary("LOGISTIC"),
    "TANH": unary("TANH"),
    "RELU": unary("RELU"),
    "RELU6": unary("RELU6"),
    "RELU_N1_TO_1": unary("RELU_N1_TO_1"),
    "HARD_SWISH": unary("HARD_SWISH"),
    "LEAKY_RELU": unary("LEAKY_RELU"),
    "ELU": unary("ELU"),
    "ABS": unary("ABS"),
    "PAD": pad,
    "PADV2": pad_v2,
    "CONCATENATION": concatenation,
    "RESHAPE": reshape,
    "SQUEEZE": squeeze,
    "EXPAND_DIMS": expand_dims,
    "STRIDED_SLICE": strided_slice,
    "TRANSPOSE": transpose,
    "RESIZE_NEAREST_NEIGHBOR": resize_nearest,
    "QUANTIZE": quantize,
    "DEQUANTIZE": dequantize,
    "ARG_MAX": arg_max,
}


def generate(operator: str, count: int, seed: int, first: int = 0) -> list[Case]:
    """Cases first .. first + count - 1; case i depends on (operator, seed, i) only."""
    tag = sum(ord(ch) * (i + 1) for i, ch in enumerate(operator))
    numbers = range(first, first + count)
    make = GENERATORS[operator]
    return [make(np.random.default_rng([seed, tag, i])) for i in numbers]
