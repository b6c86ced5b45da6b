# SPDX-License-Identifier: Apache-2.0
"""Figures of the web page as inline SVG: the timeline of the engines and the roofline."""

from __future__ import annotations

import json
import math
from html import escape
from typing import Any

_WIDTH, _LEFT = 1100, 60
_ENGINES = ("load", "exec", "store")
_COLOURS = ("#4c78a8", "#f58518", "#54a24b", "#b279a2", "#e45756", "#72b7b2", "#9d755d", "#7f7f7f")
_ROW, _BAR = 34, 22


def timeline(report: dict[str, Any], trace: str) -> str:
    """What LOAD, EXEC and STORE did in every cycle, coloured by layer."""
    total = report["cycles"]
    scale = (_WIDTH - _LEFT) / max(total, 1)
    layers = [layer["name"] for layer in report["layers"]]
    parts = []
    for row, engine in enumerate(_ENGINES):
        top = 24 + row * _ROW
        parts.append(f'<text x="0" y="{top + 15}">{engine}</text>')
        for start, end, layer in _slices(trace, engine, 0.5 / scale):
            colour = _COLOURS[layers.index(layer) % len(_COLOURS)] if layer in layers else "#bbb"
            parts.append(
                f'<rect x="{_LEFT + start * scale:.1f}" y="{top}" height="{_BAR}" '
                f'width="{max((end - start) * scale, 0.4):.1f}" fill="{colour}">'
                f"<title>{escape(layer or '-')}: {start:,} to {end:,}</title></rect>"
            )
    bottom = 24 + len(_ENGINES) * _ROW
    end = 0
    for layer in report["layers"]:  # completions
        end += layer["cycles"] or 0
        x = _LEFT + end * scale
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="20" y2="{bottom}" stroke="#0003"/>')
    for tick in _ticks(total):
        parts.append(f'<text x="{_LEFT + tick * scale:.1f}" y="14">{tick:,}</text>')
    return _svg(_WIDTH + 40, bottom + 6, parts)


def roofline(report: dict[str, Any]) -> str:
    """MAC per cycle of every layer over its MAC per byte, under the roofs of array and memory."""
    peak, bytes_per_cycle = report["chip"]["macs_per_cycle"], report["chip"]["bytes_per_cycle"]
    points = [
        (layer["macs_executed"] / layer["bytes"], layer["macs_executed"] / layer["cycles"], layer)
        for layer in report["layers"]
        if layer["macs_executed"] and layer["bytes"] and layer["cycles"]
    ]
    low_x, high_x = min([p[0] for p in points] + [0.5]), max([p[0] for p in points] + [1000])
    low_y = min([p[1] for p in points] + [1.0])
    height, width = 320, 640

    def x_of(value: float) -> float:
        return _LEFT + width * math.log(value / low_x) / math.log(high_x / low_x)

    def y_of(value: float) -> float:
        return 10 + height * math.log(peak / value) / math.log(peak / low_y)

    knee = min(max(peak / bytes_per_cycle, low_x), high_x)
    roof = [
        (low_x, max(low_x * bytes_per_cycle, low_y)),
        (knee, min(knee * bytes_per_cycle, peak)),
        (high_x, min(high_x * bytes_per_cycle, peak)),
    ]
    path = " ".join(f"{x_of(x):.1f},{y_of(y):.1f}" for x, y in roof)
    parts = [f'<polyline points="{path}" fill="none" stroke="#333" stroke-width="2"/>']
    for x, y, layer in points:
        parts.append(
            f'<circle cx="{x_of(x):.1f}" cy="{y_of(y):.1f}" r="5" fill="#4c78a8" '
            f'fill-opacity="0.6"><title>{escape(layer["name"])}: {x:.1f} MAC/byte, '
            f"{y:.1f} MAC/cycle</title></circle>"
        )
    for power in range(math.ceil(math.log10(low_x)), math.floor(math.log10(high_x)) + 1):
        parts.append(f'<text x="{x_of(10.0**power):.1f}" y="{height + 30}">{10.0**power:g}</text>')
    for power in range(math.ceil(math.log10(low_y)), math.floor(math.log10(peak)) + 1):
        parts.append(f'<text x="20" y="{y_of(10.0**power) + 4:.1f}">{10.0**power:g}</text>')
    parts.append(f'<text x="{_LEFT + width / 2:.0f}" y="{height + 48}">MAC/byte</text>')
    parts.append(
        f'<text x="{_LEFT}" y="{y_of(peak) + 16:.1f}">{peak} MAC/cycle, '
        f"{bytes_per_cycle} byte/cycle</text>"
    )
    return _svg(_LEFT + width + 40, height + 56, parts)


def _slices(trace: str, engine: str, gap: float) -> list[tuple[int, int, str]]:
    """Start, end and layer; slices of one layer that a picture cannot tell apart are joined."""
    events = json.loads(trace)["traceEvents"]
    tracks = {e["tid"] for e in events if e["ph"] == "M" and e["args"]["name"] == engine}
    found = sorted(
        (e["ts"], e["ts"] + e["dur"], e["args"].get("layer", ""))
        for e in events
        if e["ph"] == "X" and e["tid"] in tracks
    )
    joined: list[tuple[int, int, str]] = []
    for start, end, layer in found:
        if joined and joined[-1][2] == layer and start - joined[-1][1] <= gap:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]), layer)
        else:
            joined.append((start, end, layer))
    return joined


def _ticks(total: int) -> list[int]:
    step = 10 ** max(len(str(total)) - 1, 0)
    if total // step < 3:
        step = max(step // 5, 1)
    return list(range(0, total + 1, step))


def _svg(width: float, height: float, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'font-family="system-ui, sans-serif" font-size="12">{"".join(parts)}</svg>'
    )
