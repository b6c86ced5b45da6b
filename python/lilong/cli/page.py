# SPDX-License-Identifier: Apache-2.0
"""The report as one self-contained web page: table, timeline, roofline, no scripts."""

from __future__ import annotations

from html import escape
from typing import Any

from lilong.cli import figures
from lilong.cli.output import above, number, percent

_STYLE = """
body { font: 14px system-ui, sans-serif; margin: 2em; color: #222 }
table { border-collapse: collapse } th, td { padding: 3px 10px; text-align: right }
th { border-bottom: 2px solid #888 } td { border-bottom: 1px solid #ddd }
th:nth-child(-n+2), td:nth-child(-n+2) { text-align: left }
td.text { text-align: left; max-width: 36em }
.bar { height: 12px; background: #c8d8e8; position: relative; width: 240px }
.bar i { position: absolute; height: 12px; left: 0 }
.cycles { background: #6b93b8 } .bound { background: #1f4e79 }
"""

_COLUMNS = (
    "layer", "operator", "cycles", "MAC", "utilisation", "compute bound", "memory bound",
    "above the bound", "bytes", "spilled", "waits: weights", "activations", "results", "LOAD",
    "STORE", "idle", "cycles and bound", "what would shorten it",
)  # fmt: skip


def page(report: dict[str, Any], trace: str | None) -> str:
    """`trace`: the timeline of the session, None on a device without time."""
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
        f"{report['memory']}: {number(report['cycles'])} cycles, "
        f"{percent(report['utilisation'])} of peak, {report['macs_executed']:,} MAC, "
        f"{above(report['distance'])} above the bound"
    )
    advice = "".join(f"<li>{escape(advice['text'])}</li>" for advice in report["advice"])
    drawn = ""
    if trace is not None:
        drawn = (
            f"<h2>What would shorten it</h2><ol>{advice}</ol>"
            f"<h2>Timeline</h2>{figures.timeline(report, trace)}"
            f"<h2>Roofline</h2>{figures.roofline(report)}"
        )
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1><p>{facts}</p>{drawn}"
        f"<h2>Layers</h2><table><tr>{head}</tr>\n{rows}\n</table>"
        f"<h2>Counters</h2><table>{counters}</table></body></html>"
    )


def _row(layer: dict[str, Any], longest: int) -> str:
    bound = max(layer["bound_compute"], layer["bound_memory"])
    bar = "".join(
        f'<i class="{name}" style="width:{100 * min(value or 0, longest) / longest:.1f}%"></i>'
        for name, value in (("cycles", layer["cycles"]), ("bound", bound))
    )
    stalls, traffic = layer["stalls"], layer["traffic"]
    cells = (
        escape(layer["name"]),
        escape(layer["op"] + ("" if layer["on_chip"] else " (host)")),
        number(layer["cycles"]),
        number(layer["macs_executed"]),
        percent(layer["utilisation"]),
        number(layer["bound_compute"]),
        number(layer["bound_memory"]),
        above(layer["distance"]),
        number(layer["bytes"]),
        number(traffic["spill_read"] + traffic["spill_written"]),
        *(number(stalls[name]) for name in ("weights", "input", "output", "load", "store", "idle")),
        f'<div class="bar">{bar}</div>',
    )
    advice = layer["advice"][0]["text"] if layer["advice"] else layer.get("reason", "")
    last = f'<td class="text">{escape(advice)}</td></tr>'
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + last
