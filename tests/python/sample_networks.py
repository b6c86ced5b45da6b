# SPDX-License-Identifier: Apache-2.0
"""Small networks that the command line must refuse or run on the host."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ops"))

import tflite_writer

# An operator that neither the chip nor the host has; the number is that of the TFLite schema.
tflite_writer.BUILTINS.setdefault("COS", 108)


def float_network() -> bytes:
    network = tflite_writer.Network()
    x = network.tensor((1, 4, 4, 3), "float32")
    y = network.tensor((1, 4, 4, 3), "float32")
    network.op("LOGISTIC", [x], [y])
    return network.finish([x], [y])


def unsupported_network() -> bytes:
    network = tflite_writer.Network()
    x = network.tensor((1, 4, 4, 3), scale=0.1)
    y = network.tensor((1, 4, 4, 3), scale=0.1)
    network.op("COS", [x], [y])
    return network.finish([x], [y])


def two_outputs() -> bytes:
    """RELU of four bytes, and twice the bytes."""
    network = tflite_writer.Network()
    x = network.tensor((1, 4), scale=0.25)
    relu = network.tensor((1, 4), scale=0.25)
    double = network.tensor((1, 4), scale=0.25)
    network.op("RELU", [x], [relu])
    network.op("ADD", [x, x], [double], "AddOptions", activation=0)
    return network.finish([x], [relu, double])


def float_edges() -> bytes:
    """QUANTIZE, RELU, DEQUANTIZE: float32 in and out."""
    network = tflite_writer.Network()
    x = network.tensor((1, 4), "float32")
    q = network.tensor((1, 4), scale=0.25)
    r = network.tensor((1, 4), scale=0.25)
    y = network.tensor((1, 4), "float32")
    network.op("QUANTIZE", [x], [q])
    network.op("RELU", [q], [r])
    network.op("DEQUANTIZE", [r], [y])
    return network.finish([x], [y])


def host_network() -> bytes:
    """Only ARG_MAX, which runs on the host."""
    import numpy as np

    network = tflite_writer.Network()
    x = network.tensor((1, 10), scale=0.1)
    axis = network.tensor((1,), "int32", data=np.array([1], np.int32))
    y = network.tensor((1,), "int32")
    network.op("ARG_MAX", [x, axis], [y], "ArgMaxOptions", outputType=2)
    return network.finish([x], [y])
