# SPDX-License-Identifier: Apache-2.0
"""Random networks of several operators: branches, residuals, edges of other types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from random_values import INPUTS_PER_CASE, Case, integer, positions, random_bytes
from tflite_writer import Network


@dataclass
class Value:
    """An int8 tensor of the network under construction."""

    index: int
    shape: tuple[int, ...]
    scale: float
    zero: int

    @property
    def spread(self) -> float:
        """Typical size of its real values."""
        return 60 * self.scale


class Builder:
    """Grows a network operator by operator."""

    def __init__(self, rng: Generator) -> None:
        self.rng = rng
        self.net = Network()
        self.values: list[Value] = []

    def _new(self, shape: tuple[int, ...], spread: float, like: Value | None = None) -> Value:
        scale = float(np.float32(spread / 60 * np.exp(self.rng.uniform(-0.7, 0.7))))
        zero = integer(self.rng, -100, 100)
        if like is not None:
            scale, zero = like.scale, like.zero
        index = self.net.tensor(shape, "int8", scale, zero)
        self.values.append(Value(index, shape, scale, zero))
        return self.values[-1]

    def input(self, shape: tuple[int, ...], unsigned: bool) -> int:
        """The network input; an unsigned one goes through QUANTIZE."""
        scale, zero = float(np.float32(self.rng.uniform(0.01, 0.1))), integer(self.rng, -128, 127)
        if not unsigned:
            index = self.net.tensor(shape, "int8", scale, zero)
            self.values.append(Value(index, shape, scale, zero))
            return index
        index = self.net.tensor(shape, "uint8", scale, zero + 128)
        inner = self.net.tensor(shape, "int8", scale, zero)
        self.values.append(Value(inner, shape, scale, zero))
        self.net.op("QUANTIZE", [index], [inner])
        return index

    def pick(self) -> Value:
        """An image, mostly the newest."""
        images = [v for v in self.values if len(v.shape) == 4]
        newest = images[-1]
        return newest if self.rng.random() < 0.75 else images[integer(self.rng, 0, len(images) - 1)]

    def conv(
        self, depthwise: bool, channels: int | None = None, like: Value | None = None
    ) -> Value:
        rng, x = self.rng, self.pick()
        n, h, w, c = x.shape
        multiplier = integer(rng, 1, 2) if depthwise and rng.random() < 0.2 else 1
        out = c * multiplier if depthwise else channels or integer(rng, 1, 40)
        k = int(rng.choice([1, 3, 3, 5]))
        kh, kw = (k, k) if rng.random() < 0.8 else (integer(rng, 1, 4), integer(rng, 1, 4))
        stride = 1 if rng.random() < 0.7 else 2
        same = kh > h or kw > w or rng.random() < 0.8
        oh, ow = positions(h, kh, stride, 1, same), positions(w, kw, stride, 1, same)
        taps = kh * kw * (1 if depthwise else c)
        sw = [float(s) for s in np.exp(rng.uniform(-7, -5, size=out)).astype(np.float32)]
        weights = rng.integers(-127, 128, size=(1, kh, kw, out) if depthwise else (out, kh, kw, c))
        wt = self.net.tensor(
            weights.shape, "int8", sw, 0, 3 if depthwise else 0, weights.astype(np.int8)
        )
        bias = rng.integers(-2000, 2000, size=out).astype(np.int32)
        bt = self.net.tensor((out,), "int32", [x.scale * s for s in sw], 0, 0, bias)
        y = self._new((n, oh, ow, out), x.spread * 0.18 * np.sqrt(taps), like)
        options: dict[str, Any] = {"depthMultiplier": multiplier} if depthwise else {}
        name = "DepthwiseConv2DOptions" if depthwise else "Conv2DOptions"
        self.net.op(
            "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D",
            [x.index, wt, bt],
            [y.index],
            name,
            padding=0 if same else 1,
            strideH=stride,
            strideW=stride,
            activation=int(rng.choice([0, 1, 3])),
            **options,
        )
        return y

    def binary(self) -> None:
        rng, a = self.rng, self.pick()
        partners = [v for v in self.values if v.shape == a.shape]
        partners += [v for v in self.values if v.shape == (1, 1, 1, a.shape[3])]
        b = partners[integer(rng, 0, len(partners) - 1)]
        name = str(rng.choice(["ADD", "SUB", "MUL"]))
        spread = a.spread * b.spread if name == "MUL" else float(np.hypot(a.spread, b.spread))
        y = self._new(a.shape, spread)
        options = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions"}[name]
        self.net.op(
            name, [a.index, b.index], [y.index], options, activation=int(rng.choice([0, 0, 1]))
        )

    def unary(self) -> None:
        rng, x = self.rng, self.pick()
        name = str(rng.choice(["RELU", "RELU6", "HARD_SWISH", "LOGISTIC", "TANH", "QUANTIZE"]))
        if name in ("LOGISTIC", "TANH"):
            y = self._new(x.shape, 1)
            y.scale, y.zero = (1 / 256, -128) if name == "LOGISTIC" else (1 / 128, 0)
            quantisation = self.net.tensors[y.index].quantization
            quantisation.scale, quantisation.zeroPoint = [y.scale], [y.zero]
        else:
            y = self._new(x.shape, x.spread, x if name.startswith("RELU") else None)
        self.net.op(name, [x.index], [y.index])

    def pool(self) -> None:
        rng, x = self.rng, self.pick()
        n, h, w, c = x.shape
        k, stride = integer(rng, 2, 3), integer(rng, 1, 2)
        same = k > h or k > w or rng.random() < 0.5
        y = self._new(
            (n, positions(h, k, stride, 1, same), positions(w, k, stride, 1, same), c), 1, x
        )
        name = str(rng.choice(["MAX_POOL_2D", "AVERAGE_POOL_2D"]))
        self.net.op(
            name,
            [x.index],
            [y.index],
            "Pool2DOptions",
            padding=0 if same else 1,
            strideH=stride,
            strideW=stride,
            filterH=k,
            filterW=k,
        )

    def pad(self) -> None:
        rng, x = self.rng, self.pick()
        pads = np.zeros((4, 2), np.int32)
        pads[1:3] = rng.integers(0, 3, size=(2, 2))
        shape = tuple(int(d + p.sum()) for d, p in zip(x.shape, pads, strict=True))
        y = self._new(shape, 1, x)
        p = self.net.tensor((4, 2), "int32", None, 0, 0, pads)
        self.net.op("PAD", [x.index, p], [y.index])

    def concatenate(self) -> None:
        x = self.pick()
        parts = [v for v in self.values if v.shape[:3] == x.shape[:3] and len(v.shape) == 4]
        same = [v for v in parts if (v.scale, v.zero) == (x.scale, x.zero)]
        other = same[integer(self.rng, 0, len(same) - 1)]
        y = self._new((*x.shape[:3], x.shape[3] + other.shape[3]), 1, x)
        self.net.op(
            "CONCATENATION", [x.index, other.index], [y.index], "ConcatenationOptions", axis=3
        )

    def squeeze_excite(self) -> None:
        """MEAN over the image: a vector that later multiplications may use."""
        x = self.pick()
        y = self._new((x.shape[0], 1, 1, x.shape[3]), 0.5 * x.spread)
        axes = self.net.tensor((2,), "int32", None, 0, 0, np.array([1, 2], np.int32))
        self.net.op("MEAN", [x.index, axes], [y.index], "ReducerOptions", keepDims=True)

    def head(self) -> Value:
        """RESHAPE, FULLY_CONNECTED and perhaps SOFTMAX."""
        rng, x = self.rng, self.pick()
        depth = int(np.prod(x.shape[1:]))
        flat = self._new((x.shape[0], depth), 1, x)
        wanted = np.array([x.shape[0], -1], np.int32)
        shape = self.net.tensor((2,), "int32", None, 0, 0, wanted)
        self.net.op("RESHAPE", [x.index, shape], [flat.index], "ReshapeOptions", newShape=wanted)
        units, sw = integer(rng, 2, 30), 0.004
        weights = rng.integers(-127, 128, size=(units, depth)).astype(np.int8)
        wt = self.net.tensor((units, depth), "int8", sw, 0, 0, weights)
        bias = rng.integers(-2000, 2000, size=units).astype(np.int32)
        bt = self.net.tensor((units,), "int32", x.scale * sw, 0, 0, bias)
        y = self._new((x.shape[0], units), x.spread * 0.25 * np.sqrt(depth))
        self.net.op("FULLY_CONNECTED", [flat.index, wt, bt], [y.index], "FullyConnectedOptions")
        return y


STEPS = ["conv", "conv", "depthwise", "depthwise", "binary", "binary", "unary", "pool", "pad"]
STEPS += ["concatenate", "squeeze_excite"]


def network(rng: Generator) -> Case:
    """A random network with one input and one output."""
    b = Builder(rng)
    shape = (1, integer(rng, 4, 24), integer(rng, 4, 24), integer(rng, 1, 16))
    unsigned = bool(rng.random() < 0.3)
    x = b.input(shape, unsigned)
    for _ in range(integer(rng, 3, 12)):
        step = str(rng.choice(STEPS))
        if step in ("conv", "depthwise"):
            b.conv(step == "depthwise")
        else:
            getattr(b, step)()
    out = b.head() if rng.random() < 0.5 else b.pick()
    if out.index == x:
        out = b.conv(False)
    y = out.index
    if rng.random() < 0.2:
        y = b.net.tensor(out.shape, "uint8", out.scale, out.zero + 128)
        b.net.op("QUANTIZE", [out.index], [y])
    elif rng.random() < 0.2:
        y = b.net.tensor(out.shape, "float32")
        b.net.op("DEQUANTIZE", [out.index], [y])
    dtype = "uint8" if unsigned else "int8"
    runs = [[random_bytes(rng, shape, dtype)] for _ in range(INPUTS_PER_CASE)]
    return Case("network", b.net.finish([x], [y]), runs)
