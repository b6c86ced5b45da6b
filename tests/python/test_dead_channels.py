# SPDX-License-Identifier: Apache-2.0
"""Removal of constant channels: the interpreter's bytes, in fewer cycles."""

from __future__ import annotations

from pathlib import Path

import lilong
import numpy as np
import pytest

GOLDEN_KEY = {"tflm": "tflm", "litert-ref": "litert_ref", "litert": "litert_xnnpack"}
VWW_CYCLES = 26_000  # with memory sram at edge; 39,713 with all channels


@pytest.mark.default
@pytest.mark.parametrize("preset", ("edge", "nano", "lite", "plus"))
@pytest.mark.parametrize("numerics", GOLDEN_KEY)
def test_vww_keeps_its_bytes(models: Path, numerics: str, preset: str) -> None:
    network = models / "mlperf-tiny" / "vww.tflite"
    program = lilong.compile(network, preset=preset, numerics=numerics, dead_channels="remove")
    whole = lilong.compile(network, preset=preset, numerics=numerics)
    assert len(program.to_bytes()) < len(whole.to_bytes()) / 3
    assert sum(layer["macs"] for layer in program.layers) == 7_489_664  # of the network file
    session = lilong.Session(program, lilong.Device("functional", preset=preset))
    with np.load(network.with_suffix(".npz")) as arrays:
        np.testing.assert_array_equal(session.run(arrays["input"]), arrays[GOLDEN_KEY[numerics]])


@pytest.mark.default
@pytest.mark.parametrize("device", ("rtl", "cycle"))
def test_vww_takes_fewer_cycles(models: Path, device: str) -> None:
    network = models / "mlperf-tiny" / "vww.tflite"
    program = lilong.compile(network, dead_channels="remove")
    session = lilong.Session(program, lilong.Device(device, memory="sram"))
    with np.load(network.with_suffix(".npz")) as arrays:
        outputs = session.run(arrays["input"][:2])
        np.testing.assert_array_equal(outputs, arrays["litert_xnnpack"][:2])
    assert session.cycles is not None
    assert session.cycles <= VWW_CYCLES
