# SPDX-License-Identifier: Apache-2.0
"""Which seeds of the placement `make fpga` tries."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "rtl/synth"))

import fpga
from lilong_synth import flow
from lilong_synth.design import Design
from lilong_synth.flow import Ways
from lilong_synth.tools import FlowError, HopelessError, Usage

DESIGN = Design("trial", "nano", "top", (), ())


class Router:
    """Fails for some seeds, as the router does when it gets nowhere."""

    def __init__(
        self, fails: set[tuple[int, Ways]], error: type[FlowError] = HopelessError
    ) -> None:
        self.fails, self.error = fails, error
        self.tried: list[tuple[int, Ways]] = []

    def __call__(self, _design: Design, _folder: Path, seed: int, _limit: int, ways: Ways) -> Usage:
        self.tried.append((seed, ways))
        if (seed, ways) in self.fails:
            raise self.error(f"seed {seed}")
        return Usage(1.0, seed)


def route(
    monkeypatch: pytest.MonkeyPatch, router: Router, asked: int | None = None
) -> tuple[int, Usage]:
    monkeypatch.setattr(flow, "place_and_route", router)
    return fpga.route(DESIGN, Path(), argparse.Namespace(seed=asked, memory_limit=1))


ALL = [
    *((seed, Ways.AGAIN) for seed in fpga.SEEDS),
    (fpga.SEEDS[0], Ways.ONCE),
    (fpga.SEEDS[0], Ways.SHORT),
]


@pytest.mark.parametrize("works", range(len(ALL)))
def test_another_attempt_when_routing_gets_nowhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], works: int
) -> None:
    router = Router(set(ALL[:works]))
    seed, ways = ALL[works]
    assert route(monkeypatch, router) == (seed, Usage(1.0, seed))
    assert router.tried == ALL[: works + 1]
    out = capsys.readouterr().out
    assert out.count("trying the next seed") == min(works, len(fpga.SEEDS) - 1)
    assert out.count("trying it without") == (ways is not Ways.AGAIN)
    assert out.count("trying short wires") == (ways is Ways.SHORT)


def test_the_last_one_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    router = Router(set(ALL))
    with pytest.raises(HopelessError, match=f"seed {fpga.SEEDS[0]}"):
        route(monkeypatch, router)
    assert router.tried == ALL


def test_only_the_seed_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = [(7, ways) for ways in Ways]
    router = Router(set(tried))
    with pytest.raises(HopelessError):
        route(monkeypatch, router, 7)
    assert router.tried == tried


def test_other_failures_end_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    router = Router({ALL[0]}, FlowError)
    with pytest.raises(FlowError):
        route(monkeypatch, router)
    assert router.tried == ALL[:1]
