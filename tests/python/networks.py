# SPDX-License-Identifier: Apache-2.0
"""Small networks that the command line must refuse or run on the host."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "ops"))

import tflite_writer  # noqa: E402

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


def host_network() -> bytes:
    """Only ARG_MAX, which runs on the host."""
    import numpy as np

    network = tflite_writer.Network()
    x = network.tensor((1, 10), scale=0.1)
    axis = network.tensor((1,), "int32", data=np.array([1], np.int32))
    y = network.tensor((1,), "int32")
    network.op("ARG_MAX", [x, axis], [y], "ArgMaxOptions", outputType=2)
    return network.finish([x], [y])
