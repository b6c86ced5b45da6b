# SPDX-License-Identifier: Apache-2.0
"""Sites of multipliers and block memories, chosen by the wires to the logic around them.

Blocks of the ECP5 lie in few rows.  The placer treats them as if they could lie anywhere and then
moves each to a free site near by, which costs up to two thirds more wire, at random.  Its solution
still tells where the logic wants to be: here the blocks change sites until their nets are short
(simulated annealing over half perimeters, the logic stays), and the placer places around them.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

Position = tuple[int, int]
Box = tuple[int, int, int, int]  # x and y from, x and y to

# LFE5U-85F: columns of the groups of four, and the rows.
_COLUMNS = (4, 13, 22, 31, 40, 49, 58, 69, 78, 87, 96, 105, 114)
_MEMORY_ROWS = (22, 46, 70, 82)
_MULTIPLIER_ROWS = (10, 34, 58)
SITES = {
    "DP16KD": [
        f"X{x + 2 * n}/Y{y}/EBR{n}" for y in _MEMORY_ROWS for x in _COLUMNS for n in range(4)
    ],
    "MULT18X18D": [
        f"X{x + n}/Y{y}/MULT18_{n}"
        for y in _MULTIPLIER_ROWS
        for x in _COLUMNS
        for n in (0, 1, 4, 5)
    ],
}
MOVES = 500  # for each block
HOT = 60.0  # temperature at the start, in tiles of wire
REACH = 144  # how far a block may move at the start, in tiles: anywhere near by
REACH_END = 24
FANOUT = 200  # nets with more pins are everywhere anyway


def position(site: str) -> Position:
    """Column and row in the name of a site."""
    found = re.match(r"X(\d+)/Y(\d+)/", site)
    if found is None:
        raise ValueError(f"{site} is no site")
    return int(found[1]), int(found[2])


def placement(module: dict[str, Any]) -> dict[str, str]:
    """Site of every placed cell."""
    cells = module["cells"].items()
    return {n: c["attributes"]["NEXTPNR_BEL"] for n, c in cells if "NEXTPNR_BEL" in c["attributes"]}


def blocks(module: dict[str, Any]) -> dict[str, str]:
    """Kind of every multiplier and memory of a netlist."""
    return {n: c["type"] for n, c in module["cells"].items() if c["type"] in SITES}


class Nets:
    """The nets of blocks, with what is fixed of their boxes."""

    def __init__(self, module: dict[str, Any], placed: dict[str, str]) -> None:
        cells = module["cells"]
        self.blocks = sorted(name for name in placed if cells[name]["type"] in SITES)
        members: defaultdict[int, set[str]] = defaultdict(set)
        for name in placed:
            for wires in cells[name]["connections"].values():
                for wire in wires:
                    if isinstance(wire, int):
                        members[wire].add(name)
        at = {name: position(site) for name, site in placed.items()}
        moving = set(self.blocks)
        self.fixed: list[Box | None] = []
        self.movable: list[list[str]] = []
        self.of: defaultdict[str, list[int]] = defaultdict(list)
        for _, names in sorted(members.items()):
            blocks = sorted(names & moving)
            if not blocks or not 2 <= len(names) <= FANOUT:
                continue
            others = [at[name] for name in names - moving]
            xs, ys = [x for x, _ in others], [y for _, y in others]
            for name in blocks:
                self.of[name].append(len(self.fixed))
            self.fixed.append((min(xs), min(ys), max(xs), max(ys)) if others else None)
            self.movable.append(blocks)

    def length(self, net: int, at: dict[str, Position]) -> int:
        """Half perimeter of the box around the pins."""
        points = [at[name] for name in self.movable[net]]
        fixed = self.fixed[net]
        if fixed:
            points += [fixed[:2], fixed[2:]]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return max(xs) - min(xs) + max(ys) - min(ys)


def roomy(kinds: Iterable[str]) -> dict[str, list[str]]:
    """Sites to choose from: every second one where that is enough.

    Some sixty pins of each of four neighbours meet in a few columns, and routing them fails there.
    """
    count = Counter(kinds)
    return {k: s[::2] if 2 * count[k] <= len(s) else s for k, s in SITES.items()}


def start(
    kinds: dict[str, str], placed: dict[str, str], sites: dict[str, list[str]]
) -> dict[str, str]:
    """A site to begin with for every block: its own, else the nearest that is free."""
    chosen = {name: placed[name] for name, kind in kinds.items() if placed[name] in sites[kind]}
    for name, kind in kinds.items():
        if name not in chosen:
            x, y = position(placed[name])
            free = set(sites[kind]) - set(chosen.values())
            chosen[name] = min(
                sorted(free), key=lambda s: abs(position(s)[0] - x) + abs(position(s)[1] - y)
            )
    return chosen


def check(kinds: dict[str, str], chosen: dict[str, str]) -> None:
    """Every block has a site of its kind for itself."""
    for name, site in chosen.items():
        if site not in SITES[kinds[name]]:
            raise ValueError(f"{site} is no site for {name}")
    if len(set(chosen.values())) != len(chosen):
        raise ValueError("two blocks have one site")


def choose(module: dict[str, Any], seed: int) -> tuple[dict[str, str], int, int]:
    """Site of every block; length of their nets as placed and as chosen."""
    placed = placement(module)
    nets = Nets(module, placed)
    dice = random.Random(seed)
    kinds = {name: module["cells"][name]["type"] for name in nets.blocks}
    sites = roomy(kinds.values())
    at = {name: position(placed[name]) for name in nets.blocks}
    before = sum(nets.length(net, at) for net in range(len(nets.fixed)))
    chosen = start(kinds, placed, sites)
    at = {name: position(site) for name, site in chosen.items()}
    owner = {site: name for name, site in chosen.items()}
    after = sum(nets.length(net, at) for net in range(len(nets.fixed)))
    moves = MOVES * len(nets.blocks)
    for move in range(moves):
        cold = move / moves
        heat = HOT * (1 - cold) ** 2 + 0.01
        name = dice.choice(nets.blocks)
        site, here = dice.choice(sites[kinds[name]]), chosen[name]
        there, back = position(site), at[name]
        way = abs(there[0] - back[0]) + abs(there[1] - back[1])
        if site == here or way > REACH + (REACH_END - REACH) * cold:
            continue
        other = owner.get(site)
        touched = {*nets.of[name], *(nets.of[other] if other else ())}
        old = sum(nets.length(net, at) for net in touched)
        at[name] = there
        if other:
            at[other] = back
        change = sum(nets.length(net, at) for net in touched) - old
        if change > 0 and dice.random() >= math.exp(-change / heat):
            at[name] = back
            if other:
                at[other] = there
            continue
        after += change
        chosen[name], owner[site] = site, name
        if other:
            chosen[other], owner[here] = here, other
        else:
            del owner[here]
    check(kinds, chosen)
    return chosen, before, after


def pin(module: dict[str, Any], chosen: dict[str, str]) -> None:
    """Tells the placer the sites of the blocks."""
    for name, site in chosen.items():
        module["cells"][name].setdefault("attributes", {})["BEL"] = site
