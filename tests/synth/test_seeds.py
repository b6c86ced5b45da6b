# SPDX-License-Identifier: Apache-2.0
"""Which seeds of the placement `make fpga` tries."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "rtl/synth"))

import fpga
from lilong_synth import flow
from lilong_synth.design import Design
from lilong_synth.device import Resources
from lilong_synth.tools import FlowError, HopelessError, Usage

DESIGN = Design("trial", "nano", "top", (), ())


class Router:
    """Fails for some seeds, as the router does when it gets nowhere."""

    def __init__(self, fails: set[int], error: type[FlowError] = HopelessError) -> None:
        self.fails, self.error = fails, error
        self.tried: list[int] = []

    def __call__(
        self, _design: Design, _folder: Path, seed: int, _limit: int, short_wires: bool
    ) -> Usage:
        self.short_wires = short_wires
        self.tried.append(seed)
        if seed in self.fails:
            raise self.error(f"seed {seed}")
        return Usage(1.0, seed)


def route(
    monkeypatch: pytest.MonkeyPatch, router: Router, asked: int | None = None
) -> tuple[int, Usage]:
    monkeypatch.setattr(flow, "place_and_route", router)
    return fpga.route(DESIGN, Path(), argparse.Namespace(seed=asked, memory_limit=1), False)


@pytest.mark.parametrize("works", range(len(fpga.SEEDS)))
def test_next_seed_when_routing_gets_nowhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], works: int
) -> None:
    router = Router(set(fpga.SEEDS[:works]))
    assert route(monkeypatch, router) == (fpga.SEEDS[works], Usage(1.0, fpga.SEEDS[works]))
    assert router.tried == list(fpga.SEEDS[: works + 1])
    assert capsys.readouterr().out.count("trying the next seed") == works


def test_the_last_one_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    router = Router(set(fpga.SEEDS))
    with pytest.raises(HopelessError, match=f"seed {fpga.SEEDS[-1]}"):
        route(monkeypatch, router)
    assert router.tried == list(fpga.SEEDS)


def test_only_the_seed_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    router = Router({7})
    with pytest.raises(HopelessError):
        route(monkeypatch, router, 7)
    assert router.tried == [7]


def test_other_failures_end_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    router = Router({fpga.SEEDS[0]}, FlowError)
    with pytest.raises(FlowError):
        route(monkeypatch, router)
    assert router.tried == [fpga.SEEDS[0]]


@pytest.mark.parametrize("tables, short_wires", [(50_000, False), (56_000, True)])
def test_a_crowded_design_is_placed_for_short_wires(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tables: int,
    short_wires: bool,
) -> None:
    router = Router(set())
    monkeypatch.setattr(flow, "place_and_route", router)
    crowded = flow.crowded(Resources(Counter({"LUT4": tables})))
    fpga.route(DESIGN, Path(), argparse.Namespace(seed=None, memory_limit=1), crowded)
    assert router.short_wires is short_wires
    assert ("crowded" in capsys.readouterr().out) is short_wires
