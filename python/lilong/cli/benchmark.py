# SPDX-License-Identifier: Apache-2.0
"""`bench`: the cycles of every network of a suite, on some chips and memories, beside the bound."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import lilong
from lilong.cli.data import write_text
from lilong.cli.output import console, number, percent, progress_bar
from lilong.errors import make
from lilong.program import PRESETS
from lilong.rtl import checkout

MEMORIES = ("sram", "lpddr", "sdram")


def benchmark(
    suite: str,
    presets: list[str],
    numerics: str | None,
    memories: list[str],
    device: str,
    dead_channels: str,
    json_file: str | None,
) -> int:
    _known("unknownPreset", "preset", presets, PRESETS)
    _known("unknownOption", "memory", memories, MEMORIES)
    files = networks_of(suite)
    cases = [(f, p, m) for p in dict.fromkeys(presets) for m in dict.fromkeys(memories)
             for f in files]  # fmt: skip
    rows: list[dict[str, Any]] = []
    with progress_bar("Measuring", len(cases)) as advance:
        for done, (file, preset, memory) in enumerate(cases):
            rows.append(measure(file, preset, numerics, memory, device, dead_channels))
            advance(done + 1)
    if json_file is not None:
        write_text(json_file, json.dumps({"schema_version": 2, "results": rows}, indent=2))
    out = console()
    out.print(_table(rows))
    failed = [row for row in rows if "error" in row]
    for row in failed:
        out.print(row["error"], highlight=False, soft_wrap=True, markup=False)
    return 2 if failed else 0


def _known(problem: str, what: str, given: list[str], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise make(problem, f"unknown {what} '{name}'", remedy=f"Choose {', '.join(known)}")


def networks_of(suite: str) -> list[Path]:
    """A file, a folder, or a folder by name."""
    places = [Path(suite)]
    if suite == "bundled":
        places.append(Path(lilong.__file__).parent / "networks")
    models = os.environ.get("LILONG_MODELS")
    root = checkout()
    if models is None and root is not None:
        models = str(root.parent / "shared/models")
    if models is not None:
        places.append(Path(models) / suite)
    for place in places:
        if place.is_file():
            return [place]
        if not place.is_dir():
            continue
        found = sorted(place.rglob("*.tflite") if suite == "bundled" else place.glob("*.tflite"))
        if not found:
            raise make("fileNotFound", "the folder holds no .tflite file", file=str(place))
        return found
    raise make(
        "fileNotFound",
        "there is no such file, folder or suite",
        file=suite,
        remedy="Give a folder of networks, or set LILONG_MODELS to the folder that holds the suite",
    )


def measure(
    file: Path, preset: str, numerics: str | None, memory: str, device: str, dead_channels: str
) -> dict[str, Any]:
    """The totals of the report; a network that cannot run says why instead."""
    row: dict[str, Any] = {
        "model": file.name, "preset": preset, "memory": memory, "device": device,
        "dead_channels": dead_channels,
    }  # fmt: skip
    try:
        program = lilong.compile(
            file, preset=preset, numerics=numerics, memory=memory, dead_channels=dead_channels
        )
        session = lilong.Session(program, lilong.Device(device, preset=preset, memory=memory))
        session.time()
    except lilong.Error as error:
        return row | {"error": str(error)}
    report = session.report()
    keys = ("numerics", "cycles", "macs", "macs_executed", "utilisation", "bound_compute",
            "bound_memory", "distance", "bytes_read", "bytes_written", "traffic",
            "advice")  # fmt: skip
    return row | {key: report[key] for key in keys} | {"host_layers": len(program.host_layers)}


def _table(rows: list[dict[str, Any]]) -> Any:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("network", no_wrap=True)
    table.add_column("chip", no_wrap=True)
    table.add_column("memory", no_wrap=True)
    for name in ("cycles", "bound", "above", "of peak", "spilled", "host"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        if "error" in row:
            table.add_row(Text(row["model"]), row["preset"], row["memory"], "-")
            continue
        distance, traffic = row["distance"], row["traffic"]
        share = distance and distance["percent"]
        table.add_row(
            Text(row["model"]), row["preset"], row["memory"], number(row["cycles"]),
            number(max(row["bound_compute"], row["bound_memory"])),
            "-" if share is None else f"{share:.0f}%", percent(row["utilisation"]),
            number(traffic["spill_read"] + traffic["spill_written"]), number(row["host_layers"]),
        )  # fmt: skip
    return table
