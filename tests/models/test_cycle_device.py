# SPDX-License-Identifier: Apache-2.0
"""Device `cycle` beside device `rtl` on every network and every memory: the same report."""

from __future__ import annotations

import os

import cycles
import lilong
import pytest

CASES = {case.network: case for case in cycles.cases() if case.numerics in ("litert", "tflm")}


def report(program: lilong.Program, device: str, preset: str, memory: str) -> dict[str, object]:
    """The report of one inference, without what names the device."""
    session = lilong.Session(program, lilong.Device(device, preset=preset, memory=memory))
    session.run_random(seed=1)
    return {key: value for key, value in session.report().items() if key != "device"}


@pytest.mark.parametrize("memory", ["sram", "lpddr", "sdram"])
@pytest.mark.parametrize("network", sorted(CASES))
def test_same_report(network: str, memory: str) -> None:
    """Cycles, counters, layers and stalls are those of the chip."""
    case = CASES[network]
    if not case.file.exists():
        if os.environ.get("LILONG_REQUIRE_MODELS") == "1":
            pytest.fail(f"{case.file} is missing")
        pytest.skip(f"{case.file} is missing (set LILONG_MODELS)")
    program = lilong.compile(str(case.file), numerics=case.numerics, memory=memory)
    on_rtl = report(program, "rtl", case.preset, memory)
    assert on_rtl["cycles"]
    assert report(program, "cycle", case.preset, memory) == on_rtl
