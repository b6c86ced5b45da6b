# SPDX-License-Identifier: Apache-2.0
"""Random networks of one operator: odd shapes, scales and zero points, and inputs for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from cases_moves import MOVES
from numpy.random import Generator
from random_values import (
    INPUTS_PER_CASE,
    Case,
    all_bytes,
    image_shape,
    integer,
    output_scale,
    positions,
    random_bytes,
    runs_of,
    scale_of,
    zero_point,
)
from tflite_writer import Network

ACTIVATIONS = 4  # none, relu, relu_n1_to_1, relu6


def conv(rng: Generator, depthwise: bool = False) -> Case:
    n, h, w, c = image_shape(rng)
    multiplier = integer(rng, 1, 4) if depthwise and rng.random() < 0.4 else 1
    out = c * multiplier if depthwise else integer(rng, 1, 24 if rng.random() < 0.9 else 70)
    kh, kw = integer(rng, 1, 5), integer(rng, 1, 5)
    if rng.random() < 0.3:
        kh = kw = int(rng.choice([1, 3]))
    dilated = rng.random() < 0.25
    sy, sx = integer(rng, 1, 3), integer(rng, 1, 3)
    if depthwise and rng.random() < 0.7:
        sx = sy
    dy, dx = (integer(rng, 1, 3), integer(rng, 1, 3)) if dilated else (1, 1)
    if dilated:
        sy = sx = 1
    same = bool(rng.random() < 0.6)
    if not same:
        h = max(h, (kh - 1) * dy + 1)
        w = max(w, (kw - 1) * dx + 1)
    oh, ow = positions(h, kh, sy, dy, same), positions(w, kw, sx, dx, same)
    taps = kh * kw * (1 if depthwise else c)
    shape = (1, kh, kw, out) if depthwise else (out, kh, kw, c)
    weights = rng.integers(-127, 128, size=shape).astype(np.int8)
    si, channels = scale_of(rng), rng.random() < 0.7
    sw: float | list[float] = (
        [scale_of(rng, 1e-4, 0.05) for _ in range(out)] if channels else scale_of(rng, 1e-4, 0.05)
    )
    mean_sw = float(np.exp(np.mean(np.log(sw))))
    so = output_scale(rng, si * mean_sw * 74 * 73 * np.sqrt(taps))
    bias = rng.integers(-(2**14), 2**14, size=out).astype(np.int32)
    if rng.random() < 0.1:
        bias = rng.integers(-(2**28), 2**28, size=out).astype(np.int32)
    net = Network()
    x = net.tensor((n, h, w, c), "int8", si, zero_point(rng))
    wt = net.tensor(shape, "int8", sw, 0, 3 if depthwise else 0, weights)
    inputs = [x, wt]
    sb = [si * s for s in sw] if isinstance(sw, list) else si * sw
    # (LiteRT refuses an int8 convolution without bias)
    inputs.append(net.tensor((out,), "int32", sb, 0, 0, bias))
    y = net.tensor((n, oh, ow, out), "int8", so, zero_point(rng))
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
    return Case(name, net.finish([x], [y]), runs_of(rng, (n, h, w, c)))


def depthwise_conv(rng: Generator) -> Case:
    return conv(rng, depthwise=True)


def fully_connected(rng: Generator) -> Case:
    rows = 1 if rng.random() < 0.6 else integer(rng, 2, 9)
    depth, units = integer(rng, 1, 200), integer(rng, 1, 70)
    channels = rng.random() < 0.3
    si = scale_of(rng)
    sw: float | list[float] = (
        [scale_of(rng, 1e-4, 0.05) for _ in range(units)] if channels else scale_of(rng, 1e-4, 0.05)
    )
    so = output_scale(rng, si * float(np.exp(np.mean(np.log(sw)))) * 74 * 73 * np.sqrt(depth))
    net = Network()
    keep = rows > 1 and rng.random() < 0.3
    leading = (1, rows) if keep else (rows,)
    shape = (*leading, depth)
    x = net.tensor(shape, "int8", si, zero_point(rng))
    weights = rng.integers(-127, 128, size=(units, depth)).astype(np.int8)
    wt = net.tensor((units, depth), "int8", sw, 0, 0, weights)
    inputs = [x, wt]
    sb = [si * s for s in sw] if isinstance(sw, list) else si * sw
    if rng.random() < 0.85:
        bias = rng.integers(-(2**14), 2**14, size=units).astype(np.int32)
        inputs.append(net.tensor((units,), "int32", sb, 0, 0, bias))
    else:
        inputs.append(-1)
    y = net.tensor((*leading, units), "int8", so, zero_point(rng))
    net.op(
        "FULLY_CONNECTED",
        inputs,
        [y],
        "FullyConnectedOptions",
        activation=int(rng.integers(ACTIVATIONS)),
        keepNumDims=keep,
    )
    return Case("FULLY_CONNECTED", net.finish([x], [y]), runs_of(rng, shape))


def _pool(rng: Generator, name: str) -> Case:
    n, h, w, c = image_shape(rng)
    kh, kw = integer(rng, 1, 6), integer(rng, 1, 6)
    if rng.random() < 0.2:
        kh, kw = h, w  # global
    same = bool(rng.random() < 0.5)
    if not same:
        h, w = max(h, kh), max(w, kw)
    sy, sx = integer(rng, 1, 3), integer(rng, 1, 3)
    oh, ow = positions(h, kh, sy, 1, same), positions(w, kw, sx, 1, same)
    scale, zero = scale_of(rng), zero_point(rng)
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
    return Case(name, net.finish([x], [y]), runs_of(rng, (n, h, w, c)))


def average_pool(rng: Generator) -> Case:
    return _pool(rng, "AVERAGE_POOL_2D")


def max_pool(rng: Generator) -> Case:
    return _pool(rng, "MAX_POOL_2D")


def _operand_shapes(rng: Generator) -> tuple[tuple[int, ...], tuple[int, ...]]:
    shape = image_shape(rng, 24, 9)
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
    sa, sb = scale_of(rng), scale_of(rng)
    if rng.random() < 0.06:  # ratios at which XNNPACK hands the operator back
        sa = float(np.float32(sb * 2.0 ** rng.uniform(-14, 14)))
    za, zb = zero_point(rng), zero_point(rng)
    options: str | None = None
    values: dict[str, Any] = {}
    if name in ("MINIMUM", "MAXIMUM"):
        sb, zb, so, zo = sa, za, sa, za
    else:
        options = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions"}[name]
        values["activation"] = int(rng.integers(ACTIVATIONS))
        so = output_scale(rng, sa * sb * 74 * 74 if name == "MUL" else 74 * np.hypot(sa, sb))
        zo = zero_point(rng)
    net = Network()
    constant = rng.random() < 0.25
    ta = net.tensor(a, "int8", sa, za)
    tb = net.tensor(b, "int8", sb, zb, 0, random_bytes(rng, b) if constant else None)
    out = np.broadcast_shapes(a, b)
    y = net.tensor(out, "int8", so, zo)
    operands = [ta, tb] if not constant or rng.random() < 0.6 else [tb, ta]
    net.op(name, operands, [y], options, **values)
    if constant:
        return Case(name, net.finish([ta], [y]), runs_of(rng, a))
    return Case(name, net.finish([ta, tb], [y]), runs_of(rng, a, b))


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
    c = integer(rng, 1, 40)
    w = -(-128 // c) + integer(rng, 0, 3)
    return (1, w, c) if rng.random() < 0.3 else (1, 1, w, c)


def _unary(rng: Generator, name: str) -> Case:
    shape = _table_shape(rng)
    scale, zero = scale_of(rng, 1e-3, 0.3), zero_point(rng)
    so, zo = output_scale(rng, 74 * scale), zero_point(rng)
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
    return Case(name, net.finish([x], [y]), all_bytes(rng, shape))


def unary(name: str) -> Callable[[Generator], Case]:
    return lambda rng: _unary(rng, name)


def quantize(rng: Generator) -> Case:
    shape = _table_shape(rng)
    kinds = [("int8", "int8"), ("uint8", "int8"), ("int8", "uint8"), ("float32", "int8")]
    source, target = kinds[int(rng.choice(4, p=[0.5, 0.2, 0.2, 0.1]))]
    scale = scale_of(rng)
    so = scale if source != target and rng.random() < 0.6 else output_scale(rng, 74 * scale)
    # zero points relative to the middle of the type, so that a move by 128 is common
    zero, zo = zero_point(rng), zero_point(rng)
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
    return Case("QUANTIZE", model, all_bytes(rng, shape, source))


def dequantize(rng: Generator) -> Case:
    shape = _table_shape(rng)
    source = "int8" if rng.random() < 0.6 else "uint8"
    net = Network()
    x = net.tensor(
        shape, source, scale_of(rng), zero_point(rng) + (128 if source == "uint8" else 0)
    )
    y = net.tensor(shape, "float32")
    net.op("DEQUANTIZE", [x], [y])
    return Case("DEQUANTIZE", net.finish([x], [y]), all_bytes(rng, shape, source))


def softmax(rng: Generator) -> Case:
    rank = integer(rng, 1, 4)
    classes = integer(rng, 1, 60) if rng.random() < 0.8 else integer(rng, 100, 1001)
    leading = [1] + [integer(rng, 1, 5) for _ in range(rank - 2)]
    shape = (*leading[: rank - 1], classes)
    net = Network()
    x = net.tensor(shape, "int8", scale_of(rng, 0.005, 0.5), zero_point(rng))
    y = net.tensor(shape, "int8", 1 / 256, -128)
    beta = 1.0 if rng.random() < 0.7 else float(np.float32(rng.uniform(0.3, 2.0)))
    net.op("SOFTMAX", [x], [y], "SoftmaxOptions", beta=beta)
    return Case("SOFTMAX", net.finish([x], [y]), runs_of(rng, shape))


def mean(rng: Generator) -> Case:
    shape = image_shape(rng, 24, 12)
    some = [[1], [2], [3], [1, 2, 3], [2, 3]]
    axes = [1, 2] if rng.random() < 0.7 else some[integer(rng, 0, len(some) - 1)]
    if rng.random() < 0.2:
        axes = [a - 4 for a in axes]
    keep = bool(rng.random() < 0.5)
    scale, zero = scale_of(rng), zero_point(rng)
    so, zo = (
        (scale, zero) if rng.random() < 0.2 else (output_scale(rng, 30 * scale), zero_point(rng))
    )
    reduced = {a % 4 for a in axes}
    out = tuple(1 if i in reduced else d for i, d in enumerate(shape) if keep or i not in reduced)
    net = Network()
    x = net.tensor(shape, "int8", scale, zero)
    ax = net.tensor((len(axes),), "int32", None, 0, 0, np.array(axes, np.int32))
    y = net.tensor(out, "int8", so, zo)
    net.op("MEAN", [x, ax], [y], "ReducerOptions", keepDims=keep)
    return Case("MEAN", net.finish([x], [y]), runs_of(rng, shape))


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
    **MOVES,
    "QUANTIZE": quantize,
    "DEQUANTIZE": dequantize,
}


def generate(operator: str, count: int, seed: int, first: int = 0) -> list[Case]:
    """Cases first .. first + count - 1; case i depends on (operator, seed, i) only."""
    tag = sum(ord(ch) * (i + 1) for i, ch in enumerate(operator))
    numbers = range(first, first + count)
    make = GENERATORS[operator]
    return [make(np.random.default_rng([seed, tag, i])) for i in numbers]
