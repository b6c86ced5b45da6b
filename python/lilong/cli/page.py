# SPDX-License-Identifier: Apache-2.0
"""The report as one self-contained web page: table, bars, no scripts."""

from __future__ import annotations

from html import escape
from typing import Any

_STYLE = """
body { font: 14px system-ui, sans-serif; margin: 2em; color: #222 }
table { border-collapse: collapse } th, td { padding: 3px 10px; text-align: right }
th { border-bottom: 2px solid #888 } td { border-bottom: 1px solid #ddd }
th:nth-child(-n+2), td:nth-child(-n+2) { text-align: left }
.bar { height: 12px; background: #c8d8e8; position: relative; width: 240px }
.bar i { position: absolute; height: 12px; left: 0 }
.cycles { background: #6b93b8 } .bound { background: #1f4e79 }
"""

_COLUMNS = ("layer", "operator", "cycles", "MAC", "utilisation", "compute bound", "memory bound",
            "bytes", "idle, load", "idle, store", "idle", "cycles and bound")  # fmt: skip


def page(report: dict[str, Any]) -> str:
    longest = max((layer["cycles"] or 0 for layer in report["layers"]), default=0) or 1
    rows = "\n".join(_row(layer, longest) for layer in report["layers"])
    head = "".join(f"<th>{name}</th>" for name in _COLUMNS)
    counters = "\n".join(
        f"<tr><td>{escape(name)}</td><td></td><td>{value:,}</td></tr>"
        for name, value in report["counters"].items()
    )
    title = escape(report["model"])
    facts = escape(
        f"preset {report['preset']}, {report['numerics']}, device {report['device']}, memory "
        f"{report['memory']}: {_number(report['cycles'])} cycles, "
        f"{_percent(report['utilisation'])} of peak, {report['macs']:,} MAC"
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1><p>{facts}</p>"
        f"<table><tr>{head}</tr>\n{rows}\n</table>"
        f"<h2>Counters</h2><table>{counters}</table></body></html>"
    )


def _row(layer: dict[str, Any], longest: int) -> str:
    bound = max(layer["bound_compute"], layer["bound_memory"])
    bar = "".join(
        f'<i class="{name}" style="width:{100 * min(value or 0, longest) / longest:.1f}%"></i>'
        for name, value in (("cycles", layer["cycles"]), ("bound", bound))
    )
    cells = (
        escape(layer["name"]),
        escape(layer["op"] + ("" if layer["on_chip"] else " (host)")),
        _number(layer["cycles"]),
        _number(layer["macs"]),
        _percent(layer["utilisation"]),
        _number(layer["bound_compute"]),
        _number(layer["bound_memory"]),
        _number(layer["bytes"]),
        _number(layer["stalls"]["load"]),
        _number(layer["stalls"]["store"]),
        _number(layer["stalls"]["idle"]),
        f'<div class="bar">{bar}</div>',
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _number(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
