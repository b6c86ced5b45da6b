# SPDX-License-Identifier: Apache-2.0
"""Sites of multipliers and block memories, chosen by the wires to the logic around them.

Blocks of the ECP5 lie in few rows.  The placer treats them as if they could lie anywhere and then
moves each to a free site near by, which costs up to two thirds more wire, at random.  Its solution
still tells where the logic wants to be: here the blocks change sites until their nets are short
(simulated annealing over half perimeters), and the placer places around them.

Between rounds of changes the logic next to the blocks follows them.  Else a multiplier stays where
the sum of its product was placed, and that stays where the other multipliers of its sum are.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable
from typing import Any

from lilong_synth.pieces import Pieces, Position, placement, position

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
KIND = {site: kind for kind, names in SITES.items() for site in names}
_POSITION = {site: position(site) for site in KIND}
ROUNDS = 100  # between them the logic follows
MOVES = 100  # for each block and round
SWEEPS = 1  # over the logic, after each round
HOT = 2.0  # temperature of the first round, in wires of a block as placed
COLD = 0.01  # at the end of every round, in tiles of wire
REACH = 144  # how far a block may move at the start of a round, in tiles: anywhere near by
REACH_END = 24


def blocks(module: dict[str, Any]) -> dict[str, str]:
    """Kind of every multiplier and memory of a netlist."""
    return {n: c["type"] for n, c in module["cells"].items() if c["type"] in SITES}


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


class _Changes:
    """Changes of sites while the logic stays."""

    def __init__(self, pieces: Pieces, chosen: dict[str, str]) -> None:
        self.pieces = pieces
        self.chosen = chosen
        self.kinds = {name: KIND[site] for name, site in chosen.items()}
        self.owner = {site: name for name, site in chosen.items()}
        moving = set(pieces.blocks.values())
        nets = sorted({net for block in moving for net in pieces.of[block]})
        self.movable = {net: [p for p in pieces.nets[net] if p in moving] for net in nets}
        self.others = {net: [p for p in pieces.nets[net] if p not in moving] for net in nets}
        for name, site in chosen.items():
            pieces.at[pieces.blocks[name]] = _POSITION[site]

    def run(self, sites: dict[str, list[str]], heat: float, dice: random.Random) -> None:
        """Moves blocks to other sites or exchanges two, from this temperature to none."""
        pieces, at, chosen, owner = self.pieces, self.pieces.at, self.chosen, self.owner
        fixed = {net: pieces.box(others) for net, others in self.others.items()}

        def length(net: int) -> float:
            """Half perimeter of the box around the pins."""
            left, low, right, high = fixed[net]
            for block in self.movable[net]:
                x, y = at[block]
                left, right = min(left, x), max(right, x)
                low, high = min(low, y), max(high, y)
            return right - left + high - low

        names = sorted(chosen)
        moves = MOVES * len(names)
        for move in range(moves):
            cold = move / moves
            name = dice.choice(names)
            site, here = dice.choice(sites[self.kinds[name]]), chosen[name]
            block = pieces.blocks[name]
            there, back = _POSITION[site], at[block]
            way = abs(there[0] - back[0]) + abs(there[1] - back[1])
            if site == here or way > REACH + (REACH_END - REACH) * cold:
                continue
            to: dict[int, Position] = {block: there}
            other = owner.get(site)
            if other:
                to[pieces.blocks[other]] = back
            touched = {net for moved in to for net in pieces.of[moved]}
            old = sum(map(length, touched))
            was = {moved: at[moved] for moved in to}
            for moved, place in to.items():
                at[moved] = place
            change = sum(map(length, touched)) - old
            if change > 0 and dice.random() >= math.exp(-change / (heat * (1 - cold) ** 2 + COLD)):
                for moved, place in was.items():
                    at[moved] = place
                continue
            chosen[name], owner[site] = site, name
            if other:
                chosen[other], owner[here] = here, other
            else:
                del owner[here]


def choose(module: dict[str, Any], seed: int) -> tuple[dict[str, str], float, float]:
    """Site of every block; length of nets as placed, and as chosen when the logic has followed.

    Counted are the nets of the blocks and of the logic that follows.
    """
    kinds = dict(sorted(blocks(module).items()))
    pieces = Pieces(module, kinds)
    dice = random.Random(seed)
    sites = roomy(kinds.values())
    own = {net for block in pieces.blocks.values() for net in pieces.of[block]}
    nets = sorted(own | {net for piece in pieces.near for net in pieces.of[piece]})
    before = pieces.length(nets)
    hot = HOT * pieces.length(sorted(own)) / max(len(kinds), 1)
    chosen = start(kinds, placement(module), sites)
    changes = _Changes(pieces, chosen)  # some blocks have left sites that are too close to others
    for number in range(ROUNDS):
        changes.run(sites, hot * (1 - number / ROUNDS), dice)
        for _ in range(SWEEPS):
            pieces.follow(dice)
        if (number + 1) % 10 == 0:
            print(
                f"sites of the blocks: round {number + 1} of {ROUNDS}, "
                f"{pieces.length(nets):.0f} tiles of wire, {before:.0f} as placed",
                flush=True,
            )
    check(kinds, chosen)
    return chosen, before, pieces.length(nets)


def pin(module: dict[str, Any], chosen: dict[str, str]) -> None:
    """Tells the placer the sites of the blocks."""
    for name, site in chosen.items():
        module["cells"][name].setdefault("attributes", {})["BEL"] = site
