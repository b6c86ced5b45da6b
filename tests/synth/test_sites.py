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


def design(blocks: int) -> dict[str, Any]:
    """Each block reads five and drives five pieces of logic around one place, and lies anywhere."""
    dice = random.Random(5)
    cells: dict[str, Any] = {}
    net = 1
    for kind in sites.SITES:
        free = dice.sample(sites.SITES[kind], blocks)
        for block in range(blocks):
            x, y = dice.randrange(2, 124), dice.randrange(2, 94)
            wires: dict[str, Any] = {}
            for pin in range(10):
                net += 1
                wires[f"P{pin}"] = [net]
                cells[f"logic{net}"] = {
                    "type": "TRELLIS_COMB",
                    "connections": {"A": [net]},
                    "attributes": {"NEXTPNR_BEL": f"X{x + pin % 3}/Y{y}/SLICEA.K0"},
                }
            cells[f"{kind}{block}"] = {
                "type": kind,
                "connections": {**wires, "CLK": [0]},
                "attributes": {"NEXTPNR_BEL": free[block]},
            }
    return {"cells": cells}


@pytest.mark.parametrize("blocks", [1, 7, 60])
def test_nets_get_shorter(blocks: int) -> None:
    module = design(blocks)
    chosen, before, after = sites.choose(module, 1)
    assert len(chosen) == 2 * blocks
    assert after < before
    nets = sites.Nets(module, {**sites.placement(module), **chosen})
    at = {name: sites.position(site) for name, site in chosen.items()}
    assert after == sum(nets.length(net, at) for net in range(len(nets.fixed)))
    assert chosen == sites.choose(module, 1)[0]
    sites.pin(module, chosen)
    assert all(module["cells"][name]["attributes"]["BEL"] == site for name, site in chosen.items())


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
