# SPDX-License-Identifier: Apache-2.0
"""The committed figures, rtl/synth/resources.csv: one row per preset and design."""

from __future__ import annotations

import csv
from typing import Any

from lilong_synth.device import Resources
from lilong_synth.presets import PRESETS
from lilong_synth.tools import ROOT

FILE = ROOT / "rtl/synth/resources.csv"
FIELDS = [
    "preset", "design", "lut4", "lut_sites", "ff", "dsp", "bram",
    "fmax_mhz", "clock_mhz", "seed", "minutes", "peak_mb", "critical_path",
]  # fmt: skip
DESIGNS = ("chip", "pins", "ulx3s-sdram", "ulx3s-bram")

TOLERANCE = 0.02  # of LUTs and flip-flops; multipliers and block memories must be equal


def read() -> list[dict[str, str]]:
    if not FILE.exists():
        return []
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def find(preset: str, design: str) -> dict[str, str] | None:
    for row in read():
        if row["preset"] == preset and row["design"] == design:
            return row
    return None


def record(values: dict[str, Any]) -> None:
    """Replaces or adds the row of a preset and design."""
    new = {name: str(values.get(name, "")) for name in FIELDS}
    rows = [r for r in read() if (r["preset"], r["design"]) != (new["preset"], new["design"])]
    rows.append(new)
    rows.sort(key=lambda r: (DESIGNS.index(r["design"]), PRESETS.index(r["preset"])))
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def of(resources: Resources) -> dict[str, int]:
    """The part of a row that synthesis decides."""
    return {
        "lut4": resources.lut4,
        "lut_sites": resources.sites,
        "ff": resources.ff,
        "dsp": resources.dsp,
        "bram": resources.bram,
    }


def differences(row: dict[str, str], resources: Resources) -> list[str]:
    """What is not as committed."""
    found = []
    for name, value in of(resources).items():
        committed = int(row[name])
        allowed = TOLERANCE * committed if name in ("lut4", "lut_sites", "ff") else 0
        if abs(value - committed) > allowed:
            change = f" ({(value - committed) / committed:+.1%})" if committed else ""
            found.append(f"{name} {value}, committed {committed}{change}")
    return found
