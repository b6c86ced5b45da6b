# SPDX-License-Identifier: Apache-2.0
"""What the commands print: results on standard output, progress on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

_WIDE = 120  # columns of a table with everything in it


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


@contextmanager
def progress_bar(text: str, total: int) -> Iterator[Callable[[int], None]]:
    """The yielded function takes the number of samples done."""
    with Progress(
        TextColumn(text),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=_errors(),
        transient=True,
        disable=not _errors().is_terminal,
    ) as progress:
        task = progress.add_task(text, total=total)
        yield lambda done: progress.update(task, completed=done)


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
    names = ["cycles", "MAC", "util", "bound", "bytes", "exec", "load", "store", "idle"]
    for name in names if wide else names[:4]:
        table.add_column(name, justify="right", no_wrap=True)
    for layer in report["layers"]:
        cells = [
            number(layer["cycles"]),
            number(layer["macs"]),
            percent(layer["utilisation"]),
            number(max(layer["bound_compute"], layer["bound_memory"])),
            number(layer["bytes"]),
            number(layer["busy_cycles"]["exec"]),
            number(layer["stalls"]["load"]),
            number(layer["stalls"]["store"]),
            number(layer["stalls"]["idle"]),
        ]
        operator = layer["op"] if layer["on_chip"] else f"{layer['op']} (host)"
        table.add_row(
            _plain(_shortened(layer["name"])), _plain(operator), *(cells if wide else cells[:4])
        )
    return table


def table_legend() -> str:
    if console().width < _WIDE:
        return "bound: least cycles for the MACs or the bytes; a wider terminal shows more columns"
    return (
        "bound: least cycles for the MACs or the bytes; exec: cycles with a running EXEC "
        "instruction of the layer;\nload, store, idle: cycles of the layer without one, while a "
        "LOAD, a STORE or nothing ran"
    )


def _shortened(name: str, length: int = 24) -> str:
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
    parts.append(f"{report['macs']:,} MAC")
    parts.append(f"{report['bytes_read']:,} bytes read, {report['bytes_written']:,} written")
    return "\n".join((parts[0], ", ".join(parts[1:])))


def _plain(text: str) -> Any:
    from rich.text import Text

    return Text(text)
