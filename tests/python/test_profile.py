# SPDX-License-Identifier: Apache-2.0
"""The profile: what it says adds up, and is the same on `cycle` and `rtl`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import lilong
import pytest
from conftest import BUNDLED
from lilong.cli.page import page

pytestmark = pytest.mark.default
CAUSES = {
    "packing", "weights", "activations", "results", "vector_path", "setup", "load_constants",
    "load_input", "load_spill", "load_other", "store", "idle", "other_layer",
}  # fmt: skip


def profile(
    network: Path, device: str = "cycle", preset: str = "edge", **options: Any
) -> tuple[lilong.Session, dict[str, Any]]:
    program = lilong.compile(network, preset=preset, **options)
    session = lilong.Session(program, lilong.Device(device, preset=preset))
    session.run_random(seed=1)
    return session, session.report()


def adds_up(report: dict[str, Any]) -> None:
    """Sums over layers are those of the counters; every cycle above the ideal has a cause."""
    layers, counters = report["layers"], report["counters"]
    assert sum(layer["cycles"] for layer in layers if layer["on_chip"]) == report["cycles"]
    for stall, counter in (("weights", "weights"), ("input", "input"), ("output", "output")):
        total = sum(layer["stalls"][stall] for layer in layers if layer["on_chip"])
        assert total == counters[f"exec_stall_{counter}"]
    traffic = report["traffic"]
    read = traffic["constants"] + traffic["inputs"] + traffic["spill_read"]
    assert read == counters["bytes_read"] == report["bytes_read"]
    assert traffic["outputs"] + traffic["spill_written"] == counters["bytes_written"]
    assert report["macs_executed"] == sum(layer["macs_executed"] for layer in layers)
    bound = max(report["bound_compute"], report["bound_memory"])
    assert report["distance"]["cycles"] == report["cycles"] - bound
    for layer in layers:
        if not layer["on_chip"]:
            continue
        causes = layer["advice"]
        assert {advice["cause"] for advice in causes} <= CAUSES
        found = [advice["cycles"] for advice in causes]
        assert found == sorted(found, reverse=True)
        assert all(f"{advice['cycles']:,}" in advice["text"] for advice in causes)
        # Less only where the multiplications of a layer began in the time of the one before.
        assert sum(found) <= layer["cycles"] <= sum(found) + layer["bound_compute"]
        bound = max(layer["bound_compute"], layer["bound_memory"])
        assert layer["distance"]["cycles"] == layer["cycles"] - bound


@pytest.mark.parametrize("preset", ["nano", "lite", "edge", "plus"])
def test_bundled(preset: str) -> None:
    reports = [profile(BUNDLED / "vibration.tflite", name, preset)[1] for name in ("cycle", "rtl")]
    for report in reports:
        adds_up(report)
        del report["device"]
    assert reports[0] == reports[1]


@pytest.mark.parametrize("name", ["kws", "vww", "ic", "ad", "sww"])
def test_tiny(models: Path, name: str) -> None:
    adds_up(profile(models / f"mlperf-tiny/{name}.tflite")[1])
    adds_up(profile(models / f"mlperf-tiny/{name}.tflite", preset="nano", memory="sdram")[1])


def test_removed_channels_are_no_work(models: Path) -> None:
    """MACs stay those of the network file; utilisation is that of the executed ones."""
    network = models / "mlperf-tiny/vww.tflite"
    kept, removed = (profile(network, dead_channels=dead)[1] for dead in ("keep", "remove"))
    adds_up(removed)
    assert kept["macs"] == kept["macs_executed"] == removed["macs"] > removed["macs_executed"]
    for layer in removed["layers"]:
        assert layer["utilisation"] <= 1.01  # it may begin in the drain of the layer before
        assert layer["bound_compute"] == -(-layer["macs_executed"] // 256)
    expected = removed["macs_executed"] / (removed["cycles"] * 256)
    assert removed["utilisation"] == pytest.approx(expected)


def test_file_keeps_what_the_profile_needs(models: Path) -> None:
    """A program from a file gives the same report."""
    program = lilong.compile(models / "mlperf-tiny/vww.tflite", dead_channels="remove")
    again = lilong.Program.from_bytes(program.to_bytes())
    reports = []
    for one in (program, again):
        session = lilong.Session(one, lilong.Device("cycle"))
        session.run_random(seed=1)
        reports.append(session.report())
    assert reports[0] == reports[1]


def test_spilled_bytes(models: Path) -> None:
    """Nothing spills where everything fits; on a small scratchpad a layer says what it wrote."""
    network = models / "mlperf-tiny/vww.tflite"
    assert profile(network)[1]["traffic"]["spill_written"] == 0
    small = profile(network, preset="nano")[1]
    adds_up(small)
    assert small["traffic"]["spill_written"] > 0
    spilled = [layer["traffic"]["spill_written"] for layer in small["layers"]]
    assert sum(spilled) == small["traffic"]["spill_written"]


def test_page_draws_every_engine_and_layer() -> None:
    session, report = profile(BUNDLED / "vibration.tflite")
    text = page(report, session.trace())
    for word in (">load<", ">exec<", ">store<", "MAC/byte", "What would shorten it"):
        assert word in text
    worked = [layer for layer in report["layers"] if layer["macs_executed"] and layer["bytes"]]
    assert text.count("<circle") == len(worked)
    numbers = [float(x) for x in re.findall(r'(?:x|cx|cy|width)="([-0-9.]+)"', text)]
    assert numbers and all(-1 <= x <= 1200 for x in numbers)


def test_without_time() -> None:
    report = profile(BUNDLED / "vibration.tflite", "functional")[1]
    assert report["distance"] is None and report["advice"] == []
    assert all(layer["stalls"]["weights"] is None for layer in report["layers"])
    assert report["traffic"]["constants"] > 0
    assert "<svg" not in page(report, None)


def test_time_alone_is_the_time_of_a_run() -> None:
    """Without inputs, whatever ran before; a device without time has none."""
    program = lilong.compile(BUNDLED / "vibration.tflite")
    runs, alone = (lilong.Session(program, lilong.Device("cycle")) for _ in range(2))
    runs.run_random(seed=1)
    assert alone.time() == runs.cycles is not None
    assert alone.report() == runs.report()
    assert runs.time(trace=False) == alone.cycles
    assert all(layer["cycles"] is None for layer in runs.report()["layers"])
    assert lilong.Session(program, lilong.Device("rtl")).time() == alone.cycles
    assert lilong.Session(program, lilong.Device("functional")).time() is None


def test_interleaved_layers_share_their_time(models: Path) -> None:
    """Strips of several layers: no layer works faster than the array, whatever the order."""
    report = profile(models / "zoo/mobilenet_v2_224.tflite")[1]
    adds_up(report)
    assert all(layer["utilisation"] <= 1.01 for layer in report["layers"] if layer["on_chip"])
