# SPDX-License-Identifier: Apache-2.0
"""Netlists in the JSON format of Yosys, which the placer reads and writes too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lilong_synth.tools import ROOT


def load(file: Path) -> dict[str, Any]:
    """The complete file; `modules` holds one dictionary a module."""
    with (ROOT / file).open(encoding="utf-8") as source:
        content: dict[str, Any] = json.load(source)
    return content


def save(file: Path, content: dict[str, Any]) -> None:
    (ROOT / file).write_text(json.dumps(content), encoding="utf-8")


def only_module(content: dict[str, Any]) -> dict[str, Any]:
    """The module of a flat design, whatever its name: the placer gives it another one."""
    module: dict[str, Any]
    (module,) = content["modules"].values()
    return module
