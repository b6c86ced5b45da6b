# SPDX-License-Identifier: Apache-2.0
"""Writes the results table of README.md from build/bench/networks.json (after `make bench`)."""

from __future__ import annotations

import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
BEGIN, END = "<!-- BEGIN RESULTS -->", "<!-- END RESULTS -->"


def main() -> None:
    """Replaces the block between the markers."""
    rows = json.loads((ROOT / "build/bench/networks.json").read_text())
    table = [
        "| network | MACs | cycles | MACs/256 | bus cycles | of peak | Ethos-U estimate |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        if row["numerics"] not in ("litert", "tflm") or (
            row["numerics"] == "tflm" and row["network"] != "person_detect"
        ):
            continue
        name = row["network"]
        if row["dead_channels"] == "remove":
            name += ", dead channels removed"
        # The MACs are those of the network file; removed ones are not work of the array.
        peak = f"{row['utilisation']:.1%}" if row["dead_channels"] == "keep" else "-"
        peer = f"{row['ethos_u']:,}" if row["ethos_u"] else "-"
        table.append(
            f"| {name} ({row['numerics']}) | {row['macs']:,} | **{row['cycles']:,}** "
            f"| {row['bound_compute']:,} | {row['bus_cycles']:,} "
            f"| {peak} | {peer} |"
        )
    path = ROOT / "README.md"
    text = path.read_text()
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    path.write_text(head + BEGIN + "\n" + "\n".join(table) + "\n" + END + tail)


if __name__ == "__main__":
    main()
