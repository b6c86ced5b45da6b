# SPDX-License-Identifier: Apache-2.0
"""What the commands print: results on standard output, progress on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table


@cache
def console() -> Console:
    return Console()


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
    table = Table(title=f"{report['model']} on {report['device']}", title_justify="left")
    table.add_column("layer", overflow="ellipsis", no_wrap=True, max_width=36)
    table.add_column("operator", no_wrap=True)
    for name in ("cycles", "MAC", "util", "bound", "bytes", "exec", "load", "store", "idle"):
        table.add_column(name, justify="right", no_wrap=True)
    for layer in report["layers"]:
        name = layer["name"] if layer["on_chip"] else f"{layer['name']} (host)"
        table.add_row(
            _plain(name),
            _plain(layer["op"]),
            number(layer["cycles"]),
            number(layer["macs"]),
            percent(layer["utilisation"]),
            number(max(layer["bound_compute"], layer["bound_memory"])),
            number(layer["bytes"]),
            number(layer["busy_cycles"]["exec"]),
            number(layer["stalls"]["load"]),
            number(layer["stalls"]["store"]),
            number(layer["stalls"]["idle"]),
        )
    table.caption = (
        "exec: cycles with a running EXEC instruction of the layer; load, store, idle: cycles without "
        "one, while a LOAD, a STORE or nothing ran"
    )
    table.caption_justify = "left"
    return table


def summary(report: dict[str, Any]) -> str:
    parts = [
        f"{report['model']}: preset {report['preset']}, {report['numerics']}, device "
        f"{report['device']}, memory {report['memory']}, {report['samples']} sample"
        + ("s" if report["samples"] != 1 else "")
    ]
    if report["cycles"] is not None:
        parts.append(f"{report['cycles']:,} cycles an inference, {percent(report['utilisation'])} of peak")
    parts.append(f"{report['macs']:,} MAC")
    parts.append(f"{report['bytes_read']:,} bytes read, {report['bytes_written']:,} written")
    return "\n".join((parts[0], ", ".join(parts[1:])))


def _plain(text: str) -> Any:
    from rich.text import Text

    return Text(text)
