# SPDX-License-Identifier: Apache-2.0
"""What the sections of `make bench` share: goals, their outcome, files, progress."""

from __future__ import annotations

import json
import pathlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

FOLDER = pathlib.Path(__file__).parent
GOALS: dict[str, Any] = json.loads((FOLDER / "goals.json").read_text())
ETHOS_U: dict[str, Any] = json.loads((FOLDER / "ethos_u.json").read_text())


@dataclass
class Goal:
    """One goal and what was measured; `met` is computed, never written down."""

    section: str
    what: str
    measured: float
    limit: float
    unit: str
    at_least: bool = False
    below: bool = False

    @property
    def met(self) -> bool:
        if self.at_least:
            return self.measured >= self.limit
        return self.measured < self.limit if self.below else self.measured <= self.limit

    def line(self) -> str:
        sign = ">=" if self.at_least else "<" if self.below else "<="
        verdict = "met  " if self.met else "SHORT"
        return (
            f"  {verdict} {self.what:52s}{_short(self.measured):>12s} {self.unit:12s} goal {sign} "
            f"{_short(self.limit)}"
        )


@dataclass
class Bench:
    """Options, and what the sections have found so far."""

    output: pathlib.Path
    tool: pathlib.Path
    presets: Sequence[str]
    device: str
    repeats: int
    goals: list[Goal] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def write(self, name: str, content: Any) -> None:
        self.output.mkdir(parents=True, exist_ok=True)
        (self.output / name).write_text(json.dumps(content, indent=1) + "\n")

    def summary(self) -> str:
        """Goals missed first, then those met."""
        short = [goal for goal in self.goals if not goal.met]
        met = [goal for goal in self.goals if goal.met]
        lines = [f"goals: {len(met)} met, {len(short)} short"]
        lines += [goal.line() for goal in (*short, *met)]
        lines += [f"  not measured: {what}" for what in self.missing]
        return "\n".join(lines)


def track(items: Iterable[Any], description: str, total: int) -> Iterable[Any]:
    """A bar on standard error while the items are worked on."""
    console = Console(stderr=True)
    with Progress(
        TextColumn(description),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[item]}"),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task(description, total=total, item="")
        for item in items:
            progress.update(task, item=str(getattr(item, "network", item)))
            yield item
            progress.advance(task)


def say(text: str = "") -> None:
    print(text)
    sys.stdout.flush()


def verdict(goal: Goal | None) -> str:
    return "" if goal is None else "met" if goal.met else "SHORT"


def _short(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
