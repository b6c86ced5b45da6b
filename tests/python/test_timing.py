# SPDX-License-Identifier: Apache-2.0
"""Device `cycle` against `rtl` on whole networks: bytes, every start and end, every counter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lilong
import numpy as np
import pytest
from conftest import BUNDLED

PRESETS = ("nano", "lite", "edge", "plus")
MEMORIES = ("sram", "lpddr", "sdram")
TINY = ("kws", "vww", "ic", "ad", "sww")


def report(session: lilong.Session) -> dict[str, Any]:
    """Without what names the device."""
    return {key: value for key, value in session.report().items() if key != "device"}


def agree(network: Path, preset: str, memory: str, numerics: str = "litert", **stalls: int) -> None:
    """One random sample on both devices."""
    program = lilong.compile(network, preset=preset, memory=memory, numerics=numerics)
    cycle, rtl = (
        lilong.Session(program, lilong.Device(name, preset=preset, memory=memory, **stalls))
        for name in ("cycle", "rtl")
    )
    outputs = zip(cycle.run_random(seed=7), rtl.run_random(seed=7), strict=True)
    for ours, chips in outputs:
        np.testing.assert_array_equal(ours, chips)
    assert cycle.cycles is not None
    assert cycle.cycles == rtl.cycles
    assert report(cycle) == report(rtl)
    assert cycle.trace() == rtl.trace()


@pytest.mark.default
@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize("preset", PRESETS)
def test_bundled(preset: str, memory: str) -> None:
    agree(BUNDLED / "vibration.tflite", preset, memory)


@pytest.mark.default
@pytest.mark.parametrize("memory", MEMORIES)
def test_bundled_with_stalls(memory: str) -> None:
    agree(BUNDLED / "vibration.tflite", "edge", memory, stalls=250, seed=11)


@pytest.mark.default
@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", TINY)
def test_tiny(models: Path, name: str, preset: str, memory: str) -> None:
    agree(models / "mlperf-tiny" / f"{name}.tflite", preset, memory)


@pytest.mark.long
@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize("name", TINY)
def test_tiny_of_edge_fpga(models: Path, name: str, memory: str) -> None:
    """Only `make test-long` builds this chip."""
    agree(models / "mlperf-tiny" / f"{name}.tflite", "edge-fpga", memory)


@pytest.mark.default
@pytest.mark.parametrize("memory", MEMORIES)
def test_person_detect(models: Path, memory: str) -> None:
    agree(models / "zoo/person_detect.tflite", "edge", memory, numerics="tflm")


@pytest.mark.long
@pytest.mark.parametrize("memory", MEMORIES)
def test_mobilenet(models: Path, memory: str) -> None:
    agree(models / "zoo/mobilenet_v2_224.tflite", "edge", memory)
