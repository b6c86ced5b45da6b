# SPDX-License-Identifier: Apache-2.0
"""Committed cycle counts: one change of one cycle fails, with the difference by layer.

    python tests/models/cycles.py            compare with cycles.csv and layers.csv
    python tests/models/cycles.py --update   measure again and rewrite both (make update-cycles)

Counts are those of the Verilated RTL from doorbell to interrupt; they never depend on data.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import pathlib
import sys
from typing import NamedTuple

import lilong
from rich.progress import Progress

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(__file__).parent
MODELS = pathlib.Path(os.environ.get("LILONG_MODELS", ROOT / "../shared/models")).resolve()
FIELDS = ["network", "sha256", "preset", "memory", "numerics", "dead_channels", "cycles"]
KEYS = ["network", "preset", "memory", "numerics", "dead_channels"]
LAYER_FIELDS = [*KEYS, "layer", "name", "cycles"]


class Case(NamedTuple):
    """One committed measurement."""

    network: str
    file: pathlib.Path
    preset: str
    memory: str
    numerics: str
    dead_channels: str = "keep"


def cases() -> list[Case]:
    """Every network with every arithmetic it has goldens for, at `edge` with memory `sram`."""
    tiny = ["kws", "vww", "ic", "ad", "sww"]
    found = [
        Case(name, MODELS / "mlperf-tiny" / f"{name}.tflite", "edge", "sram", numerics)
        for name in tiny
        for numerics in ("tflm", "litert-ref", "litert")
    ]
    found.append(Case("person_detect", MODELS / "zoo/person_detect.tflite", "edge", "sram", "tflm"))
    found += [
        Case("mobilenet_v2_224", MODELS / "zoo/mobilenet_v2_224.tflite", "edge", "sram", numerics)
        for numerics in ("litert-ref", "litert")
    ]
    found += [case._replace(dead_channels="remove") for case in found if case.network == "vww"]
    bundled = ROOT / "python/lilong/networks/vibration/vibration.tflite"
    found.append(Case("vibration", bundled, "edge", "sram", "litert"))
    return found


def compile_case(case: Case) -> lilong.Program:
    """The program of one case."""
    return lilong.compile(
        str(case.file),
        preset=case.preset,
        numerics=case.numerics,
        memory=case.memory,
        dead_channels=case.dead_channels,
    )


def measure(case: Case) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Compiles and runs one case; returns its row of cycles.csv and its rows of layers.csv."""
    program = compile_case(case)
    session = lilong.Session(program, lilong.Device("rtl", preset=case.preset, memory=case.memory))
    session.run_random(seed=1)
    report = session.report()
    key = {
        "network": case.network,
        "preset": case.preset,
        "memory": case.memory,
        "numerics": case.numerics,
        "dead_channels": case.dead_channels,
    }
    row = key | {
        "sha256": hashlib.sha256(case.file.read_bytes()).hexdigest()[:16],
        "cycles": str(session.cycles),
    }
    layers = [
        key | {"layer": str(i), "name": layer["name"], "cycles": str(layer["cycles"])}
        for i, layer in enumerate(report["layers"])
    ]
    return row, layers


def read(path: pathlib.Path) -> list[dict[str, str]]:
    """Rows of a CSV file, none if it does not exist."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def write(path: pathlib.Path, fields: list[str], rows: list[dict[str, str]]) -> None:
    """Writes rows with Unix line ends, so that the file is the same on every machine."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def differences(
    row: dict[str, str], layers: list[dict[str, str]], old: list[dict[str, str]]
) -> list[str]:
    """Lines that show by layer where `row` left its committed value."""
    before = {r["layer"]: r for r in old if all(r.get(k) == row[k] for k in KEYS)}
    lines = []
    for layer in layers:
        was = before.get(layer["layer"], {}).get("cycles", "-")
        if was != layer["cycles"]:
            lines.append(f"    layer {layer['layer']} {layer['name']}: {was} -> {layer['cycles']}")
    return lines


def main() -> int:
    """Measures every case; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="rewrite the committed files")
    arguments = parser.parse_args()
    committed, committed_layers = read(FOLDER / "cycles.csv"), read(FOLDER / "layers.csv")
    rows: list[dict[str, str]] = []
    layers: list[dict[str, str]] = []
    wrong = 0
    with Progress(disable=not sys.stderr.isatty()) as progress:
        for case in progress.track(cases(), description="networks on rtl"):
            if not case.file.exists():
                print(f"cycles: {case.network}: network not found, skipped (set LILONG_MODELS)")
                if os.environ.get("LILONG_REQUIRE_MODELS") == "1":
                    return 2
                continue
            row, case_layers = measure(case)
            rows.append(row)
            layers += case_layers
            same = [r for r in committed if all(r[k] == row[k] for k in FIELDS if k != "cycles")]
            was = same[0]["cycles"] if same else "none"
            mark = "" if was == row["cycles"] else f"   committed: {was}"
            print(
                f"{case.network:17s}{case.numerics:12s}{case.dead_channels:7s}"
                f"{row['cycles']:>9s}{mark}"
            )
            if mark:
                wrong += 1
                print("\n".join(differences(row, case_layers, committed_layers)))
    if arguments.update:
        write(FOLDER / "cycles.csv", FIELDS, rows)
        write(FOLDER / "layers.csv", LAYER_FIELDS, layers)
        return 0
    if wrong:
        print(
            f"cycles: {wrong} of {len(rows)} differ; if intended: make update-cycles, then commit"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
