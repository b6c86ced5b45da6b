# SPDX-License-Identifier: Apache-2.0
"""Floorplans: committed sites of multipliers and block memories, which save the first placement.

One file for every board, preset and memory: comments, a header, and a line `block,site` for every
block.  A plan is used only for a netlist with exactly its blocks, by name and kind.  Other wires
between the same blocks leave it valid, only less good.

A multiplier has the name of one of the bits behind it, and logic optimisation picks which; so
another bit of the same register, as far from its pin, is the same multiplier, and so is the only
one left of a register.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from pathlib import Path

from lilong_synth.sites import KIND
from lilong_synth.tools import ROOT, InputError

HEADER = ["block", "site"]


def command(preset: str, memory: str) -> str:
    """What writes the floorplan of a preset."""
    return f"make floorplan PRESET={preset} MEMORY={memory}"


def _fields(line: str) -> list[str]:
    try:
        return next(csv.reader([line], strict=True))
    except (csv.Error, StopIteration):
        return []


def read(file: Path, remedy: str) -> dict[str, str] | None:
    """Site of every block, None without a file; an InputError names file, line and remedy."""

    def refuse(number: int, reason: str) -> InputError:
        return InputError(
            f"{file}, line {number}: {reason}; "
            f"restore the file with `git checkout -- {file}` or write it again with `{remedy}`"
        )

    try:
        content = (ROOT / file).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise refuse(1, f"the file cannot be read ({error.strerror})") from None
    plan: dict[str, str] = {}
    lines: dict[str, int] = {}  # of blocks and of sites
    header = False
    number = 0
    for number, raw in enumerate(content.splitlines(), 1):
        try:
            line = raw.decode("utf-8").strip()
        except UnicodeDecodeError:
            raise refuse(number, "this is no text") from None
        if not line or line.startswith("#"):
            continue
        fields = _fields(line)
        if not header:
            if fields != HEADER:
                raise refuse(number, f"the header `{','.join(HEADER)}` is missing")
            header = True
            continue
        if len(fields) != len(HEADER) or not all(fields):
            raise refuse(number, "this is not a block and a site")
        block, site = fields
        if site not in KIND:
            raise refuse(number, f"the device has no site {site} for multipliers or memories")
        for what in (block, site):
            if what in lines:
                raise refuse(number, f"{what} is in line {lines[what]} already")
            lines[what] = number
        plan[block] = site
    if not header:
        raise refuse(max(number, 1), f"the header `{','.join(HEADER)}` is missing")
    return plan


def write(file: Path, title: str, remedy: str, plan: dict[str, str]) -> None:
    """Replaces the floorplan, in the order of the names."""
    text = io.StringIO()
    text.write(
        "# SPDX-License-Identifier: Apache-2.0\n"
        f"# Sites of the multipliers and block memories of {title},\n"
        "# chosen by rtl/synth/lilong_synth/sites.py from a first placement.\n"
        f"# Written by `{remedy}`.\n"
    )
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(sorted(plan.items()))
    (ROOT / file).parent.mkdir(parents=True, exist_ok=True)
    (ROOT / file).write_text(text.getvalue(), encoding="utf-8")


def _origins(block: str) -> list[tuple[str | int, ...]]:
    """What stays of the name of a multiplier when the netlist changes, the surest first.

    The register behind it, its bit behind pin 0 if no adder lies between, the way through adders;
    without the halves of the adders, which change places with the bit.
    """
    found = re.match(r"(.*)\[(\d+)\]\\(.*)_MULT18X18D_P(\d+)$", block)
    if not found:
        return [(), (), (), ()]
    register, way, bit = found[1], found[3], int(found[2]) - int(found[4])
    return [(register, bit, way), (register, bit), (register,), (register, re.sub(r"\d", "", way))]


def _match(kinds: dict[str, str], found: dict[str, str], attempt: int) -> int:
    """Renames the blocks whose origin is the only one of its kind on both sides; how many."""
    new, gone = sorted(kinds.keys() - found.keys()), sorted(found.keys() - kinds.keys())
    keys = {name: _origins(name)[attempt] for name in (*new, *gone)}
    counts = [Counter(keys[name] for name in names) for names in (new, gone)]
    name_of = {keys[name]: name for name in new}
    alone = [n for n in gone if keys[n] and all(count[keys[n]] == 1 for count in counts)]
    for name in alone:
        found[name_of[keys[name]]] = found.pop(name)
    return len(alone)


def renamed(kinds: dict[str, str], plan: dict[str, str]) -> dict[str, str]:
    """The plan with the names of a netlist, where only the bit in the name differs."""
    found = dict(plan)
    # What one round finds leaves others alone of their kind.
    while sum(_match(kinds, found, attempt) for attempt in range(len(_origins("")))):
        pass
    return found


def mismatch(kinds: dict[str, str], plan: dict[str, str]) -> str:
    """Where the blocks of a netlist are not those of the plan; empty if they are."""
    found = []
    for names, words in (
        (sorted(kinds.keys() - plan.keys()), "blocks without a site in it"),
        (sorted(plan.keys() - kinds.keys()), "blocks that the netlist does not have"),
        (
            [n for n in sorted(kinds.keys() & plan.keys()) if KIND[plan[n]] != kinds[n]],
            "blocks of another kind than their site",
        ),
    ):
        if names:
            found.append(f"{words}: {len(names)}, such as {names[0]}")
    return "; ".join(found)
