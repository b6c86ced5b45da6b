# SPDX-License-Identifier: Apache-2.0
"""Networks on tall, narrow images, which the compiler may compute with height and width exchanged:
the same bytes as the interpreter's, simulated and on the RTL, and done where it is faster."""

from __future__ import annotations

import sys
from pathlib import Path

import lilong
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ops"))

import interpret
import tflite_writer


class Tall:
    """A depthwise-separable network of odd sizes; every layer SAME with RELU."""

    def __init__(self, height: int, width: int, channels: int) -> None:
        self.random = np.random.default_rng(height * width + channels)
        self.net = tflite_writer.Network()
        self.shape = (1, height, width, channels)
        self.input = self.newest = self.net.tensor(self.shape, "int8", 0.05, 3)

    def conv(self, kernel: tuple[int, int], stride: tuple[int, int], outputs: int) -> None:
        """CONV_2D, or DEPTHWISE_CONV_2D when there are no `outputs`."""
        n, h, w, c = self.shape
        depthwise, outputs = outputs == 0, outputs or c
        shape = (1, *kernel, c) if depthwise else (outputs, *kernel, c)
        data = self.random.integers(-127, 128, shape).astype(np.int8)
        scales = [0.01] * outputs
        weights = self.net.tensor(shape, "int8", scales, 0, 3 if depthwise else 0, data)
        data = self.random.integers(-900, 900, outputs).astype(np.int32)
        bias = self.net.tensor((outputs,), "int32", [0.0005] * outputs, data=data)
        self.shape = (n, -(-h // stride[0]), -(-w // stride[1]), outputs)
        result = self.net.tensor(self.shape, "int8", 0.05, 3)
        self.net.op(
            "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D",
            [self.newest, weights, bias],
            [result],
            "DepthwiseConv2DOptions" if depthwise else "Conv2DOptions",
            strideH=stride[0],
            strideW=stride[1],
            activation=1,
            **({"depthMultiplier": 1} if depthwise else {}),
        )
        self.newest = result

    def finish(self) -> bytes:
        """Behind the mean of the image."""
        n, h, w, c = self.shape
        result = self.net.tensor((n, 1, 1, c), "int8", 0.05, 3)
        self.net.op(
            "AVERAGE_POOL_2D",
            [self.newest],
            [result],
            "Pool2DOptions",
            padding=1,
            strideH=1,
            strideW=1,
            filterH=h,
            filterW=w,
        )
        return self.net.finish([self.input], [result])


def tall_network(height: int, width: int, channels: int) -> bytes:
    network = Tall(height, width, channels)
    network.conv((10, 4), (2, 2), 40)
    network.conv((3, 3), (1, 1), 0)
    network.conv((1, 1), (1, 1), 33)
    network.conv((5, 3), (2, 1), 0)
    network.conv((1, 1), (1, 1), 24)
    return network.finish()


@pytest.mark.default
@pytest.mark.parametrize("shape", [(49, 10, 1), (61, 7, 1), (75, 5, 2)])
@pytest.mark.parametrize("preset", ["nano", "lite", "edge"])
def test_tall_networks_keep_their_bytes(
    tmp_path: Path, shape: tuple[int, int, int], preset: str
) -> None:
    file = tmp_path / "tall.tflite"
    file.write_bytes(tall_network(*shape))
    program = lilong.compile(file, preset=preset, numerics="tflm")
    again = lilong.compile(file, preset=preset, numerics="tflm")
    assert program.native.serialize() == again.native.serialize()
    inputs = np.random.default_rng(5).integers(-128, 128, (2, *shape)).astype(np.int8)
    answer = interpret.run([(file.read_bytes(), [[sample[None]] for sample in inputs])], "tflm")[0]
    assert not isinstance(answer, str), answer
    for device in ("functional", "rtl"):
        session = lilong.Session(program, lilong.Device(device, preset=preset))
        np.testing.assert_array_equal(session.run(inputs), np.concatenate(answer))


@pytest.mark.default
@pytest.mark.parametrize(
    ("shape", "preset", "exchanged"),
    [((98, 4, 1), "edge", True), ((49, 10, 1), "plus", True), ((32, 32, 3), "edge", False)],
)
def test_images_are_exchanged_where_that_is_faster(
    shape: tuple[int, int, int], preset: str, exchanged: bool
) -> None:
    program = lilong.compile(tall_network(*shape), preset=preset)
    assert ("TRANSPOSE" in [layer["op"] for layer in program.layers]) == exchanged
