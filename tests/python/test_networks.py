# SPDX-License-Identifier: Apache-2.0
"""Public networks and the bundled one: every output byte equals the interpreter's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import lilong
import numpy as np
import numpy.typing as npt
import pytest
from conftest import BUNDLED

Array = npt.NDArray[Any]
GOLDEN_KEY = {"tflm": "tflm", "litert-ref": "litert_ref", "litert": "litert_xnnpack"}
TINY = ("kws", "vww", "ic", "ad", "sww")
OTHER_PRESETS = ("nano", "lite", "plus")  # whose RTL `make test` builds, beside edge
FUNCTIONAL_PRESETS = ("edge", *OTHER_PRESETS, "edge-fpga")
RTL_SAMPLES = 2


def golden(file: Path, numerics: str) -> tuple[Array, Array]:
    with np.load(file) as arrays:
        return arrays["input"], arrays[GOLDEN_KEY[numerics]]


def check(
    network: Path, numerics: str, preset: str, device: str, samples: int | None = None
) -> lilong.Session:
    """Compiles and runs; compares every byte; nothing may run on the host."""
    inputs, expected = golden(network.with_suffix(".npz"), numerics)
    program = lilong.compile(network, preset=preset, numerics=numerics)
    assert program.host_layers == []
    session = lilong.Session(program, lilong.Device(device, preset=preset))
    outputs = session.run(inputs[:samples])
    assert isinstance(outputs, np.ndarray)
    assert outputs.dtype == expected.dtype
    np.testing.assert_array_equal(outputs, expected[:samples])
    return session


def check_times(session: lilong.Session) -> None:
    """Layers sum to the inference, and none is faster than its bounds."""
    report = session.report()
    assert report["cycles"] == session.cycles
    layers = [layer for layer in report["layers"] if layer["on_chip"]]
    assert sum(layer["cycles"] for layer in layers) == report["cycles"]
    for key in ("load", "store", "idle"):
        assert all(0 <= layer["stalls"][key] <= layer["cycles"] for layer in layers)
    assert report["cycles"] >= sum(layer["bound_compute"] for layer in layers)
    assert 0 < report["utilisation"] <= 1


@pytest.mark.smoke
@pytest.mark.parametrize("numerics", GOLDEN_KEY)
def test_bundled_on_functional(numerics: str) -> None:
    check(BUNDLED / "vibration.tflite", numerics, "edge", "functional")


@pytest.mark.default
@pytest.mark.parametrize("preset", ("edge", *OTHER_PRESETS))
def test_bundled_on_rtl(preset: str) -> None:
    check_times(check(BUNDLED / "vibration.tflite", "litert", preset, "rtl", RTL_SAMPLES))


@pytest.mark.default
@pytest.mark.parametrize("preset", FUNCTIONAL_PRESETS)
@pytest.mark.parametrize("numerics", GOLDEN_KEY)
@pytest.mark.parametrize("name", TINY)
def test_tiny_on_functional(models: Path, name: str, numerics: str, preset: str) -> None:
    check(models / "mlperf-tiny" / f"{name}.tflite", numerics, preset, "functional")


@pytest.mark.default
@pytest.mark.parametrize("numerics", GOLDEN_KEY)
@pytest.mark.parametrize("name", TINY)
def test_tiny_on_rtl(models: Path, name: str, numerics: str) -> None:
    network = models / "mlperf-tiny" / f"{name}.tflite"
    check_times(check(network, numerics, "edge", "rtl", RTL_SAMPLES))


@pytest.mark.default
@pytest.mark.parametrize("preset", OTHER_PRESETS)
@pytest.mark.parametrize("name", TINY)
def test_tiny_on_rtl_of_other_presets(models: Path, name: str, preset: str) -> None:
    check(models / "mlperf-tiny" / f"{name}.tflite", "litert", preset, "rtl", 1)


@pytest.mark.default
@pytest.mark.parametrize("name", TINY)
def test_tiny_on_cycle_of_edge_fpga(models: Path, name: str) -> None:
    network = models / "mlperf-tiny" / f"{name}.tflite"
    check_times(check(network, "litert", "edge-fpga", "cycle", RTL_SAMPLES))


@pytest.mark.long
@pytest.mark.parametrize("name", TINY)
def test_tiny_on_rtl_of_edge_fpga(models: Path, name: str) -> None:
    """Only `make test-long` builds this chip."""
    check(models / "mlperf-tiny" / f"{name}.tflite", "litert", "edge-fpga", "rtl", 1)


@pytest.mark.default
@pytest.mark.parametrize("preset", FUNCTIONAL_PRESETS)
def test_person_detect_on_functional(models: Path, preset: str) -> None:
    check(models / "zoo/person_detect.tflite", "tflm", preset, "functional")


@pytest.mark.default
def test_person_detect_on_rtl(models: Path) -> None:
    check_times(check(models / "zoo/person_detect.tflite", "tflm", "edge", "rtl", RTL_SAMPLES))


@pytest.mark.default
@pytest.mark.parametrize("preset", ("edge", *OTHER_PRESETS))
@pytest.mark.parametrize("numerics", ("litert-ref", "litert"))
def test_mobilenet_on_functional(models: Path, numerics: str, preset: str) -> None:
    check(models / "zoo/mobilenet_v2_224.tflite", numerics, preset, "functional")


@pytest.mark.long
def test_mobilenet_on_rtl(models: Path) -> None:
    check_times(check(models / "zoo/mobilenet_v2_224.tflite", "litert", "edge", "rtl", 1))


@pytest.mark.default
def test_time_does_not_depend_on_data() -> None:
    """The same number of cycles for every input."""
    program = lilong.compile(BUNDLED / "vibration.tflite")
    session = lilong.Session(program, lilong.Device("rtl"))
    counts = set()
    for seed in range(3):
        session.run_random(seed=seed)
        counts.add(session.cycles)
    assert len(counts) == 1


@pytest.mark.default
@pytest.mark.parametrize("memory", ("sram", "lpddr", "sdram"))
def test_memory_and_stalls_change_time_only(memory: str) -> None:
    inputs, expected = golden(BUNDLED / "vibration.npz", "litert")
    program = lilong.compile(BUNDLED / "vibration.tflite", memory=memory)
    plain = lilong.Session(program, lilong.Device("rtl", memory=memory))
    stalled = lilong.Session(program, lilong.Device("rtl", memory=memory, stalls=300, seed=5))
    for session in (plain, stalled):
        np.testing.assert_array_equal(session.run(inputs[:1]), expected[:1])
    assert plain.cycles is not None and stalled.cycles is not None
    assert stalled.cycles > plain.cycles


@pytest.mark.default
def test_compiling_twice_gives_the_same_bytes() -> None:
    network = BUNDLED / "vibration.tflite"
    assert lilong.compile(network).to_bytes() == lilong.compile(network).to_bytes()
