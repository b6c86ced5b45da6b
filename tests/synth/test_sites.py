# SPDX-License-Identifier: Apache-2.0
"""Multipliers and memories go where their nets are short, each to a site of its own kind."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "rtl/synth"))

from lilong_synth import sites
from lilong_synth.pieces import Pieces, position


@pytest.fixture(autouse=True)
def fewer_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sites, "ROUNDS", 10)


def design(blocks: int) -> dict[str, Any]:
    """Each block has ten pieces of logic with pads around one place, and lies anywhere."""
    dice = random.Random(5)
    cells: dict[str, Any] = {}
    net = 1
    for kind in sites.SITES:
        free = dice.sample(sites.SITES[kind], blocks)
        for block in range(blocks):
            x, y = dice.randrange(2, 124), dice.randrange(2, 94)
            wires: dict[str, Any] = {}
            for pin in range(10):
                net += 2
                wires[f"P{pin}"] = [net]
                for name, sort, nets in (
                    ("logic", "TRELLIS_COMB", {"A": [net], "F": [net + 1]}),
                    ("pad", "TRELLIS_IO", {"I": [net + 1]}),
                ):
                    cells[f"{name}{net}"] = {
                        "type": sort,
                        "connections": nets,
                        "attributes": {"NEXTPNR_BEL": f"X{x + pin % 3}/Y{y}/SLICEA.K0"},
                    }
            cells[f"{kind}{block}"] = {
                "type": kind,
                "connections": wires,
                "attributes": {"NEXTPNR_BEL": free[block]},
            }
    return {"cells": cells}


def length(module: dict[str, Any], chosen: dict[str, str]) -> int:
    """Of the ways between blocks at these sites and their pads."""
    total = 0
    for name, site in chosen.items():
        x, y = position(site)
        for wires in module["cells"][name]["connections"].values():
            pad = module["cells"][f"pad{wires[0]}"]["attributes"]["NEXTPNR_BEL"]
            total += abs(position(pad)[0] - x) + abs(position(pad)[1] - y)
    return total


@pytest.mark.parametrize("blocks", [1, 7, 60])
def test_nets_get_shorter(blocks: int) -> None:
    module = design(blocks)
    chosen, before, after = sites.choose(module, 1)
    assert len(chosen) == 2 * blocks
    assert after < before
    # Straight from each block to the pads: no more than that, and no less.
    assert after == pytest.approx(length(module, chosen))
    assert chosen == sites.choose(module, 1)[0]
    sites.pin(module, chosen)
    assert all(module["cells"][name]["attributes"]["BEL"] == site for name, site in chosen.items())


def sums(count: int) -> dict[str, Any]:
    """Multipliers anywhere, eight for every sum; a pad in the middle reads the sums."""
    dice = random.Random(7)
    free = dice.sample(sites.SITES["MULT18X18D"], 8 * count)
    cells: dict[str, Any] = {}
    for block in range(8 * count):
        nets = {f"P{n}": [1000 + 16 * block + n] for n in range(16)}
        cells[f"m{block}"] = {
            "type": "MULT18X18D",
            "connections": nets,
            "attributes": {"NEXTPNR_BEL": free[block]},
        }
    for number in range(count):
        x, y = dice.randrange(40, 80), dice.randrange(30, 60)
        for bit in range(16):
            taken = [1000 + 16 * block + bit for block in range(number, 8 * count, count)]
            out = 2 + 16 * number + bit
            cells[f"sum{out}"] = {
                "type": "TRELLIS_COMB",
                "connections": {
                    **{"ABCDEFGH"[n]: [net] for n, net in enumerate(taken)},
                    "F": [out],
                    "FCI": [500000 + 17 * number + bit],
                    "FCO": [500000 + 17 * number + bit + 1],
                },
                "attributes": {"NEXTPNR_BEL": f"X{x + bit // 8}/Y{y}/SLICEA.K0"},
            }
        cells[f"pad{number}"] = {
            "type": "TRELLIS_IO",
            "connections": {f"I{bit}": [2 + 16 * number + bit] for bit in range(16)},
            "attributes": {"NEXTPNR_BEL": "X60/Y45/PIOA"},
        }
    return {"cells": cells}


def spread(chosen: dict[str, str], count: int) -> float:
    """Mean distance of the multipliers of a sum from their middle."""
    total = 0.0
    for number in range(count):
        at = [position(chosen[f"m{block}"]) for block in range(number, 8 * count, count)]
        x, y = (sorted(v)[len(at) // 2] for v in zip(*at, strict=True))
        total += sum(abs(a - x) + abs(b - y) for a, b in at) / len(at)
    return total / count


def test_multipliers_of_a_sum_come_together(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sums(12)
    together, _, _ = sites.choose(module, 1)
    monkeypatch.setattr(sites, "SWEEPS", 0)  # the logic stays
    apart, _, _ = sites.choose(module, 1)
    assert spread(together, 12) < 0.8 * spread(apart, 12)


def test_chains_and_registers_move_as_one() -> None:
    module = sums(3)
    module["cells"]["register"] = {
        "type": "TRELLIS_FF",
        "connections": {"DI": [2]},
        "attributes": {"NEXTPNR_BEL": "X5/Y5/SLICEA.FF0"},
    }
    module["cells"]["pad0"]["connections"].pop("I0")
    pieces = Pieces(module, sites.blocks(module))
    assert len(pieces.at) == 24 + 3 + 3  # multipliers, sums, pads
    assert len(pieces.near) == 3


def test_neighbours_are_kept_apart_where_there_is_room() -> None:
    chosen, _, _ = sites.choose(design(60), 1)
    every_second = {kind: set(names[::2]) for kind, names in sites.SITES.items()}
    assert all(c in every_second["DP16KD"] for n, c in chosen.items() if n[0] == "D")
    crowded, _, _ = sites.choose(design(110), 1)
    assert any(c not in every_second["DP16KD"] for n, c in crowded.items() if n[0] == "D")


def test_validator_refuses() -> None:
    module = design(2)
    good, _, _ = sites.choose(module, 1)
    first, second = (name for name in good if name.startswith("DP16KD"))
    kinds = {name: module["cells"][name]["type"] for name in good}
    with pytest.raises(ValueError, match="two blocks"):
        sites.check(kinds, {**good, first: good[second]})
    with pytest.raises(ValueError, match="no site"):
        sites.check(kinds, {**good, first: sites.SITES["MULT18X18D"][0]})


def test_device_has_all_sites() -> None:
    assert {kind: len(set(names)) for kind, names in sites.SITES.items()} == {
        "DP16KD": 208,
        "MULT18X18D": 156,
    }
