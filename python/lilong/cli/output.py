# SPDX-License-Identifier: Apache-2.0
"""What the commands print: results on standard output, progress on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

_WIDE = 132  # columns of a table with everything in it


@cache
def console() -> Console:
    wide = Console()
    return wide if wide.is_terminal else Console(width=_WIDE)


@cache
def _errors() -> Console:
    return Console(stderr=True)


@contextmanager
def status(text: str) -> Iterator[Callable[[str], None]]:
    """A line that moves while something runs; the yielded function changes its text."""
    with _errors().status(text) as spinner:

        def change(new: str) -> None:
            if not _errors().is_terminal:
                _errors().print(new, highlight=False, soft_wrap=True, markup=False)
            spinner.update(new)

        yield change


class Bars:
    """Bars for the samples that run and for the bytes that go to a board."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._upload: TaskID | None = None

    @contextmanager
    def running(self, total: int, text: str = "Running") -> Iterator[Callable[[int], None]]:
        """The yielded function takes the number of samples done."""
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=_errors(),
            transient=True,
            disable=not _errors().is_terminal,
        ) as progress:
            self._progress = progress
            task = progress.add_task(text, total=total)
            try:
                yield lambda done: progress.update(task, completed=done)
            finally:
                self._progress = None

    def upload(self, done: int, total: int) -> None:
        """Bytes of one upload; the bar goes when it is complete."""
        if self._progress is None:
            return
        if self._upload is None:
            self._upload = self._progress.add_task("Uploading", total=total)
        self._progress.update(self._upload, completed=done, total=total)
        if done >= total:
            self._progress.remove_task(self._upload)
            self._upload = None


@contextmanager
def progress_bar(text: str, total: int) -> Iterator[Callable[[int], None]]:
    """The yielded function takes the number of samples done."""
    with Bars().running(total, text) as advance:
        yield advance


def number(value: float | None) -> str:
    return "-" if value is None else f"{value:,}"


def percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def layer_table(report: dict[str, Any]) -> Table:
    """One row per layer; a narrow terminal gets fewer columns."""
    wide = console().width >= _WIDE
    table = Table(
        title=f"{report['model']} on {report['device']}", title_justify="left", box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )  # fmt: skip
    table.add_column("layer", no_wrap=True)
    table.add_column("operator", no_wrap=True)
    names = ["cycles", "MAC", "util", "bound", "above", "bytes", "exec", "load", "store", "idle"]
    for name in names if wide else names[:5]:
        table.add_column(name, justify="right", no_wrap=True)
    for layer in report["layers"]:
        cells = [
            number(layer["cycles"]),
            number(layer["macs_executed"]),
            percent(layer["utilisation"]),
            number(max(layer["bound_compute"], layer["bound_memory"])),
            above(layer["distance"]),
            number(layer["bytes"]),
            number(layer["busy_cycles"]["exec"]),
            number(layer["stalls"]["load"]),
            number(layer["stalls"]["store"]),
            number(layer["stalls"]["idle"]),
        ]
        operator = layer["op"] if layer["on_chip"] else f"{layer['op']} (host)"
        table.add_row(
            _plain(shortened(layer["name"])), _plain(operator), *(cells if wide else cells[:5])
        )
    return table


def table_legend() -> str:
    if console().width < _WIDE:
        return (
            "bound: least cycles for the MACs or the bytes; above: cycles above it; a wider "
            "terminal shows more columns"
        )
    return (
        "bound: least cycles for the MACs or the bytes; above: cycles above it; exec: cycles with "
        "a running EXEC\ninstruction of the layer; load, store, idle: cycles of the layer without "
        "one, while a LOAD, a STORE or nothing ran"
    )


def above(distance: dict[str, Any] | None) -> str:
    """Cycles above the bound; below zero when bytes came while an earlier layer was at work."""
    return "-" if distance is None else f"{distance['cycles']:+,}"


def _share(report: dict[str, Any]) -> float | None:
    value = report["distance"]["percent"]
    return None if value is None else value / 100


def advice_lines(report: dict[str, Any], layers: int = 12) -> list[str]:
    """What would shorten the inference: its causes, then the layers with most to gain."""
    if report["distance"] is None:
        return []
    lines = [
        f"{report['distance']['cycles']:,} cycles ({percent(_share(report))}) above the bound of "
        f"{max(report['bound_compute'], report['bound_memory']):,}. What would shorten it:"
    ]
    lines += [f"  {advice['text']}" for advice in report["advice"][:4]]
    far = [layer for layer in report["layers"] if layer["advice"] and layer["distance"]]
    far.sort(key=lambda layer: -layer["distance"]["cycles"])
    far = [layer for layer in far if layer["distance"]["cycles"] > 0]
    if far:
        lines.append("By layer, the largest distance first:")
    width = max((len(shortened(layer["name"])) for layer in far[:layers]), default=0)
    lines += [
        f"  {shortened(layer['name']):{width}s} {layer['distance']['cycles']:>9,}  "
        f"{layer['advice'][0]['text']}"
        for layer in far[:layers]
    ]
    if len(far) > layers:
        rest = sum(layer["distance"]["cycles"] for layer in far[layers:])
        lines.append(f"  and {len(far) - layers} more layers, {rest:,} cycles (all: --json)")
    return lines


def shortened(name: str, length: int = 24) -> str:
    """The end of a long name: networks repeat the beginning, and join names with semicolons."""
    name = name.split(";", 1)[0]
    return name if len(name) <= length else "…" + name[-(length - 1) :]


def summary(report: dict[str, Any]) -> str:
    parts = [
        f"{report['model']}: preset {report['preset']}, {report['numerics']}, device "
        f"{report['device']}, memory {report['memory']}, {report['samples']} sample"
        + ("s" if report["samples"] != 1 else "")
    ]
    if report["cycles"] is not None:
        parts.append(
            f"{report['cycles']:,} cycles an inference, {percent(report['utilisation'])} of peak"
        )
    removed = report["macs"] - report["macs_executed"]
    parts.append(
        f"{report['macs']:,} MAC" + (f" ({report['macs_executed']:,} executed)" if removed else "")
    )
    parts.append(f"{report['bytes_read']:,} bytes read, {report['bytes_written']:,} written")
    spilled = report["traffic"]["spill_read"] + report["traffic"]["spill_written"]
    if spilled:
        parts.append(f"{spilled:,} of them spilled activations")
    return "\n".join((parts[0], ", ".join(parts[1:])))


def _plain(text: str) -> Any:
    from rich.text import Text

    return Text(text)
