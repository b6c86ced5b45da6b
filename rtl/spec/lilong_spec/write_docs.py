# SPDX-License-Identifier: Apache-2.0
# ruff: noqa: E501  (lines are lines of the output)
"""Tables of the manual, between `<!-- BEGIN GENERATED name -->` and `<!-- END GENERATED name -->`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from .model import Field, Instruction, Spec, SpecError

_BLOCK = re.compile(r"<!-- BEGIN GENERATED (\w+) -->\n(.*?)<!-- END GENERATED \1 -->", re.DOTALL)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(c).replace("|", "\\|") for c in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _bits(f: Field) -> str:
    return f"{f.msb}:{f.lsb}" if f.msb != f.lsb else f"{f.lsb}"


def _kind(f: Field) -> str:
    if f.kind == "signed":
        return f"int{f.width}"
    return f.kind or f"uint{f.width}"


def _fields(fields: list[Field]) -> str:
    return _table(
        ["word", "bits", "field", "type", "meaning"],
        [[f.word, _bits(f), f"`{f.name}`", _kind(f), f.doc] for f in fields],
    )


def _instruction(i: Instruction, spec: Spec) -> str:
    out = [i.doc, ""]
    out += [f"Opcode `0x{i.opcode:02x}`, queue {i.queue}.", ""]
    if i.fields:
        out += [_fields(i.fields)]
    if i.empty_text in ("true", "1"):
        out += ["Does nothing itself.", ""]
    elif i.empty_text not in ("0", "None"):
        out += [f"Empty (does nothing itself) when `{i.empty_text}`.", ""]
    for text in i.valid_text:
        out += [f"Valid only if `{text}`; otherwise trap `bad_field`.", ""]
    if i.footprints:
        raw = [
            f
            for part in [
                *(
                    spec.raw["formats"][n]
                    for n in spec.raw["instructions"][i.name].get("include", [])
                ),
                spec.raw["instructions"][i.name],
            ]
            for f in part.get("footprints", part.get("footprint", []))
        ]
        raw.sort(key=lambda f: f["space"] == "region")
        out += [
            _table(
                ["footprint", "in", "access", "base", "loops (count, stride)", "extent", "when"],
                [
                    [
                        f["name"],
                        f["space"],
                        f["access"],
                        f"`{f['base']}`",
                        " ".join(f"`({c}, {s})`" for c, s in f.get("terms", [])) or "none",
                        f"`{f['extent']}`",
                        f"`{f['when']}`" if "when" in f else "always",
                    ]
                    for f in raw
                ],
            )
        ]
    return "\n".join(out).rstrip("\n") + "\n"


def block(name: str, spec: Spec) -> str:
    """Text of the block of that name."""
    if name.startswith("insn_"):
        for i in spec.instructions:
            if name == f"insn_{i.name}":
                return _instruction(i, spec)
    if name.startswith("enum_") and name[5:] in spec.enums:
        e = spec.enums[name[5:]]
        return _table(
            ["value", "name", "meaning"], [[v, f"`{k}`", d] for k, (v, d) in e.values.items()]
        )
    if name == "header":
        return _fields(spec.header)
    if name == "version":
        return f"Version {spec.major}.{spec.minor}, specification hash `0x{spec.hash:08x}`.\n"
    if name == "instructions":
        return _table(
            ["opcode", "instruction", "queue", "what it does"],
            [[f"`0x{i.opcode:02x}`", f"`{i.name}`", i.queue, i.doc] for i in spec.instructions],
        )
    if name == "constants":
        return _table(
            ["constant", "value", "meaning"],
            [[f"`{n}`", v, d] for n, (v, d) in spec.constants.items()],
        )
    if name == "presets":
        return _table(
            [
                "preset",
                "lanes",
                "depth",
                "scratchpad",
                "AXI bytes",
                "results per cycle",
                "weight vectors per cycle",
                "for",
            ],
            [
                [
                    n,
                    p["lanes"],
                    p["depth"],
                    f"{p['scratchpad_kib']} KiB",
                    p["axi_bytes"],
                    p["results"],
                    p["weight_vectors"],
                    p["doc"],
                ]
                for n, p in spec.presets.items()
            ],
        )
    if name == "traps":
        return _table(
            ["code", "trap", "precise", "meaning"],
            [
                [t["code"], f"`{n}`", "yes" if t["precise"] else "no", t["doc"]]
                for n, t in spec.traps.items()
            ],
        )
    if name == "registers":
        rows: list[list[object]] = []
        for r in spec.registers:
            offset = f"`0x{r.offset:03x}`" + (
                f" + {r.stride} n, n < {r.count}" if r.count > 1 else ""
            )
            rows.append(
                [offset, f"`{r.name}`", r.access, r.reset if r.access == "rw" else "", r.doc]
            )
            rows += [
                ["", f"bits {m}:{b} `{n}`" if m != b else f"bit {b} `{n}`", "", "", d]
                for n, (m, b, d) in r.fields.items()
            ]
        return _table(["offset", "register", "access", "reset", "meaning"], rows)
    if name == "counters":
        return _table(
            ["index", "counter", "meaning"],
            [[i, f"`{n}`", d] for i, (n, d) in enumerate(spec.counters.items())],
        )
    if name.startswith("link_"):
        return _link(name[5:], spec)
    raise SpecError(f"there is no generated block '{name}'")


def _link(name: str, spec: Spec) -> str:
    """Tables of the host link."""
    link = spec.link
    if name == "constants":
        rows = [
            [f"`{n}`", f"`0x{v:x}`" if n in link.HEX else v, d]
            for n, (v, d) in link.constants.items()
        ]
        return f"Version {link.version}.\n\n" + _table(["constant", "value", "meaning"], rows)
    if name == "header":
        return _table(
            ["bytes", "field", "meaning"],
            [
                [f"{b} .. {b + n - 1}" if n > 1 else b, f"`{k}`", d]
                for k, (b, n, d) in link.header.items()
            ],
        )
    if name == "answer":
        return _table(
            ["bits of address", "field", "meaning"],
            [[f"{m}:{b}" if m != b else b, f"`{k}`", d] for k, (m, b, d) in link.answer.items()],
        )
    if name == "opcodes":
        return _table(
            ["opcode", "request", "executed at most once", "meaning"],
            [[c, f"`{k}`", "yes" if w else "no", d] for k, (c, w, d) in link.opcodes.items()],
        )
    if name == "status":
        return _table(
            ["value", "status", "meaning"], [[v, f"`{k}`", d] for k, (v, d) in link.status.items()]
        )
    if name == "hello":
        return _table(
            ["word", "field", "meaning"],
            [[i, f"`{k}`", d] for i, (k, d) in enumerate(link.hello.items())],
        )
    raise SpecError(f"there is no generated block 'link_{name}'")


def fill(text: str, spec: Spec, page: Path) -> str:
    """The page with every generated block renewed."""
    begins = len(re.findall(r"<!-- BEGIN GENERATED", text))
    if begins != len(_BLOCK.findall(text)):
        raise SpecError(f"{page.name}: a generated block has no end")
    return _BLOCK.sub(
        lambda m: (
            f"<!-- BEGIN GENERATED {m[1]} -->\n\n{block(m[1], spec)}\n<!-- END GENERATED {m[1]} -->"
        ),
        text,
    )
