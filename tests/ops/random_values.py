# SPDX-License-Identifier: Apache-2.0
"""What random cases are made of: shapes, scales, zero points, bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

INPUTS_PER_CASE = 2


@dataclass
class Case:
    """A network and inputs for it: inputs[k] is the list of arrays of run k."""

    operator: str
    model: bytes
    inputs: list[list[NDArray[Any]]]


def integer(rng: Generator, low: int, high: int) -> int:
    return int(rng.integers(low, high + 1))


def zero_point(rng: Generator) -> int:
    pick = rng.random()
    if pick < 0.2:
        return -128
    if pick < 0.3:
        return 127
    if pick < 0.4:
        return 0
    return integer(rng, -128, 127)


def scale_of(rng: Generator, low: float = 1e-3, high: float = 0.5) -> float:
    if rng.random() < 0.1:
        return float(2.0 ** integer(rng, -9, -1))  # powers of two make ties
    return float(np.float32(np.exp(rng.uniform(np.log(low), np.log(high)))))


def random_bytes(rng: Generator, shape: tuple[int, ...], dtype: str = "int8") -> NDArray[Any]:
    info = np.iinfo(dtype)
    kind = rng.random()
    if kind < 0.15:  # only the extremes
        return rng.choice(np.array([info.min, info.max], dtype), size=shape)
    if kind < 0.3:  # near one value
        centre = integer(rng, info.min, info.max)
        noise = rng.normal(centre, 6, size=shape)
        return np.clip(np.rint(noise), info.min, info.max).astype(dtype)
    return rng.integers(info.min, info.max + 1, size=shape).astype(dtype)


def runs_of(
    rng: Generator, *shapes: tuple[int, ...], dtype: str = "int8"
) -> list[list[NDArray[Any]]]:
    return [[random_bytes(rng, s, dtype) for s in shapes] for _ in range(INPUTS_PER_CASE)]


def all_bytes(
    rng: Generator, shape: tuple[int, ...], dtype: str = "int8"
) -> list[list[NDArray[Any]]]:
    """Runs that together hold every byte value, if the shape has at least 128 elements."""
    info = np.iinfo(dtype)
    count = int(np.prod(shape))
    values = np.resize(np.arange(info.min, info.max + 1), INPUTS_PER_CASE * count).astype(dtype)
    return [[values[k * count : (k + 1) * count].reshape(shape)] for k in range(INPUTS_PER_CASE)]


def image_shape(rng: Generator, channels: int = 20, side: int = 14) -> tuple[int, int, int, int]:
    batch = 1 if rng.random() < 0.85 else integer(rng, 2, 3)
    pick = rng.random()
    if pick < 0.15:  # one-dimensional signals
        return batch, integer(rng, 1, 40), 1, integer(rng, 1, channels)
    if pick < 0.2:  # more than fits a small scratchpad at once
        return 1, integer(rng, 16, 28), integer(rng, 16, 28), integer(rng, 32, 72)
    return batch, integer(rng, 1, side), integer(rng, 1, side), integer(rng, 1, channels)


def output_scale(rng: Generator, spread: float) -> float:
    """A scale with which a result of that spread fills a part of the byte, or leaves it."""
    return float(np.float32(max(spread, 1e-7) / 40 * np.exp(rng.uniform(-1.2, 1.2))))


def positions(size: int, kernel: int, stride: int, dilation: int, same: bool) -> int:
    span = (kernel - 1) * dilation + 1
    return -(-size // stride) if same else (size - span) // stride + 1
