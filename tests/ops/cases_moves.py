# SPDX-License-Identifier: Apache-2.0
"""Random networks of one operator that moves bytes: shapes, order, extent; and ARG_MAX."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from random_values import Case, image_shape, integer, runs_of, scale_of, zero_point
from tflite_writer import Network


def _pad(rng: Generator, name: str) -> Case:
    shape: tuple[int, ...] = image_shape(rng, 20, 9)
    pads = np.array(
        [[0, 0]] + [[integer(rng, 0, 3), integer(rng, 0, 3)] for _ in range(3)], np.int32
    )
    if rng.random() < 0.6:
        pads[3] = 0
    if rng.random() < 0.2:
        shape, pads = shape[1:], pads[1:]
    out = tuple(int(d + p[0] + p[1]) for d, p in zip(shape, pads, strict=True))
    scale, zero = scale_of(rng), zero_point(rng)
    net = Network()
    x = net.tensor(shape, "int8", scale, zero)
    p = net.tensor(pads.shape, "int32", None, 0, 0, pads)
    inputs = [x, p]
    if name == "PADV2":
        value = np.array([integer(rng, -128, 127)], np.int8)
        inputs.append(net.tensor((1,), "int8", scale, zero, 0, value))
    y = net.tensor(out, "int8", scale, zero)
    net.op(name, inputs, [y])
    return Case(name, net.finish([x], [y]), runs_of(rng, shape))


def pad(rng: Generator) -> Case:
    return _pad(rng, "PAD")


def pad_v2(rng: Generator) -> Case:
    return _pad(rng, "PADV2")


def concatenation(rng: Generator) -> Case:
    shape = list(image_shape(rng, 20, 9))
    axis = int(rng.choice([1, 2, 3], p=[0.2, 0.2, 0.6]))
    scale, zero = scale_of(rng), zero_point(rng)
    net = Network()
    inputs, shapes = [], []
    for _ in range(integer(rng, 1, 4)):
        part = list(shape)
        part[axis] = integer(rng, 1, 20)
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
    return Case("CONCATENATION", net.finish(inputs, [y]), runs_of(rng, *shapes))


def _moved(
    rng: Generator,
    name: str,
    shape: tuple[int, ...],
    out: tuple[int, ...],
    operand: NDArray[Any] | None = None,
    options: str | None = None,
    **values: Any,
) -> Case:
    scale, zero = scale_of(rng), zero_point(rng)
    net = Network()
    x = net.tensor(shape, "int8", scale, zero)
    inputs = [x]
    if operand is not None:
        inputs.append(net.tensor(operand.shape, "int32", None, 0, 0, operand.astype(np.int32)))
    y = net.tensor(out, "int8", scale, zero)
    net.op(name, inputs, [y], options, **values)
    return Case(name, net.finish([x], [y]), runs_of(rng, shape))


def reshape(rng: Generator) -> Case:
    shape = image_shape(rng)
    elements = int(np.prod(shape))
    first = int(rng.choice([d for d in range(1, elements + 1) if elements % d == 0]))
    out = [first, elements // first]
    if rng.random() < 0.5:
        out.insert(integer(rng, 0, 2), 1)
    wanted = list(out)
    if rng.random() < 0.5:
        wanted[out.index(max(out))] = -1
    return _moved(
        rng, "RESHAPE", shape, tuple(out), np.array(wanted), "ReshapeOptions", newShape=wanted
    )


def squeeze(rng: Generator) -> Case:
    shape = (1, integer(rng, 2, 9), 1, integer(rng, 2, 30))
    dims = [[], [0], [2], [0, 2], [-2]][integer(rng, 0, 4)]
    gone = {d % 4 for d in dims} or {0, 2}
    out = tuple(d for i, d in enumerate(shape) if i not in gone)
    return _moved(rng, "SQUEEZE", shape, out, None, "SqueezeOptions", squeezeDims=dims)


def expand_dims(rng: Generator) -> Case:
    shape = tuple(integer(rng, 1, 9) for _ in range(integer(rng, 1, 3)))
    axis = integer(rng, -len(shape) - 1, len(shape))
    out = list(shape)
    out.insert(axis % (len(shape) + 1), 1)
    return _moved(rng, "EXPAND_DIMS", shape, tuple(out), np.array([axis]))


def strided_slice(rng: Generator) -> Case:
    shape = image_shape(rng, 20, 9)
    begin, end, stride, out = [], [], [], []
    begin_mask = end_mask = shrink = 0
    for i, dim in enumerate(shape):
        step = int(rng.choice([1, 1, 1, 2, 3, -1])) if i > 0 else 1
        lo = integer(rng, 0, (dim - 1) // 2)
        hi = integer(rng, max(lo + 1, dim // 2), dim)
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
    scale, zero = scale_of(rng), zero_point(rng)
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
    return Case("STRIDED_SLICE", net.finish([x], [y]), runs_of(rng, shape))


def transpose(rng: Generator) -> Case:
    rank = integer(rng, 2, 4)
    shape = tuple(integer(rng, 1, 9) for _ in range(rank))
    perm = rng.permutation(rank)
    return _moved(rng, "TRANSPOSE", shape, tuple(shape[p] for p in perm), perm)


def resize_nearest(rng: Generator) -> Case:
    n, h, w, c = image_shape(rng, 20, 9)
    oh, ow = integer(rng, 1, 20), integer(rng, 1, 20)
    if rng.random() < 0.4:
        oh, ow = 2 * h, 2 * w
    mode = integer(rng, 0, 2)
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
    shape = image_shape(rng, 20, 9)
    axis = integer(rng, 0, 3)
    wide = rng.random() < 0.5
    net = Network()
    x = net.tensor(shape, "int8", scale_of(rng), zero_point(rng))
    ax = net.tensor((1,), "int32", None, 0, 0, np.array([axis], np.int32))
    out = tuple(d for i, d in enumerate(shape) if i != axis)
    y = net.tensor(out, "int64" if wide else "int32")
    net.op("ARG_MAX", [x, ax], [y], "ArgMaxOptions", outputType=4 if wide else 2)
    return Case("ARG_MAX", net.finish([x], [y]), runs_of(rng, shape))


MOVES: dict[str, Callable[[Generator], Case]] = {
    "PAD": pad,
    "PADV2": pad_v2,
    "CONCATENATION": concatenation,
    "RESHAPE": reshape,
    "SQUEEZE": squeeze,
    "EXPAND_DIMS": expand_dims,
    "STRIDED_SLICE": strided_slice,
    "TRANSPOSE": transpose,
    "RESIZE_NEAREST_NEIGHBOR": resize_nearest,
    "ARG_MAX": arg_max,
}
