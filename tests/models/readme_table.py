# SPDX-License-Identifier: Apache-2.0
"""Writes the results tables of README.md from build/bench/networks.json (after `make bench`)."""

from __future__ import annotations

import json
import pathlib
from typing import Any

from lilong.program import PRESETS

ROOT = pathlib.Path(__file__).resolve().parents[2]
BEGIN, END = "<!-- BEGIN RESULTS -->", "<!-- END RESULTS -->"


def shown(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One arithmetic of every network: that of its users."""
    return [
        row
        for row in rows
        if row["numerics"] == ("tflm" if row["network"] == "person_detect" else "litert")
    ]


def name_of(row: dict[str, Any]) -> str:
    removed = ", dead channels removed" if row["dead_channels"] == "remove" else ""
    return f"{row['network']}{removed} ({row['numerics']})"


def edge_table(rows: list[dict[str, Any]]) -> list[str]:
    """Cycles beside bound and peer."""
    table = [
        "| network | MACs executed | cycles | bound | above | of peak | spilled bytes "
        "| Ethos-U estimate |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in shown(rows):
        if row["preset"] != "edge":
            continue
        peer = f"{row['ethos_u']:,}" if row["ethos_u"] else "-"
        spilled = row["spill_written"] + row["spill_read"]
        table.append(
            f"| {name_of(row)} | {row['macs_executed']:,} | **{row['cycles']:,}** "
            f"| {row['bound']:,} | {row['above_percent']:.0f} % | {row['utilisation']:.1%} "
            f"| {spilled:,} | {peer} |"
        )
    return table


def preset_table(rows: list[dict[str, Any]]) -> list[str]:
    """Cycles on every preset that was measured; empty if that is only one."""
    presets = [p for p in PRESETS if any(row["preset"] == p for row in rows)]
    if len(presets) < 2:
        return []
    table = [f"| cycles | {' | '.join(presets)} |", "|---" * (len(presets) + 1) + "|"]
    by_name: dict[str, dict[str, str]] = {}
    for row in shown(rows):
        text = f"{row['cycles']:,} ({row['utilisation']:.0%})"
        by_name.setdefault(name_of(row), {})[row["preset"]] = text
    for name, cells in by_name.items():
        table.append(f"| {name} | {' | '.join(cells.get(p, '-') for p in presets)} |")
    return ["", "On every preset, with the share of its peak:", "", *table]


def main() -> None:
    """Replaces the block between the markers."""
    rows = json.loads((ROOT / "build/bench/networks.json").read_text())
    lines = [*edge_table(rows), *preset_table(rows)]
    path = ROOT / "README.md"
    text = path.read_text()
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    path.write_text(head + BEGIN + "\n" + "\n".join(lines) + "\n" + END + tail)


if __name__ == "__main__":
    main()
