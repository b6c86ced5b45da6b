# SPDX-License-Identifier: Apache-2.0
"""The specification as typed objects: formats spliced in, fields in bit order, hash computed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import yaml  # type: ignore[import-untyped, unused-ignore]

from . import expr


class SpecError(Exception):
    """The specification is wrong; the message names the item."""


@dataclass(frozen=True)
class Field:
    name: str
    word: int
    msb: int
    lsb: int
    kind: str  # "", "signed", or the name of an enum
    doc: str

    @property
    def width(self) -> int:
        return self.msb - self.lsb + 1

    @property
    def low(self) -> int:
        """Lowest bit in the 512-bit descriptor."""
        return self.word * 32 + self.lsb

    @property
    def high(self) -> int:
        return self.word * 32 + self.msb


@dataclass
class Footprint:
    name: str
    space: str  # "scratchpad" or "region"
    access: str  # "read" or "write"
    base: expr.Expr
    extent: expr.Expr
    terms: list[tuple[expr.Expr, expr.Expr]]
    when: expr.Expr


@dataclass
class Instruction:
    name: str
    opcode: int
    queue: str
    doc: str
    fields: list[Field]  # without the header, in bit order
    empty: expr.Expr
    valid: list[expr.Expr]
    valid_text: list[str]
    empty_text: str
    footprints: list[Footprint]


@dataclass
class Enum:
    name: str
    width: int
    doc: str
    values: dict[str, tuple[int, str]]


@dataclass
class Register:
    name: str
    offset: int
    access: str
    doc: str
    reset: int
    count: int
    stride: int
    fields: dict[str, tuple[int, int, str]] = field(default_factory=dict)


@dataclass
class Link:
    """The host link; not part of the hash."""

    HEX: ClassVar[tuple[str, ...]] = ("FLAG", "ESCAPE", "ESCAPE_XOR", "MAGIC")  # printed so

    version: int
    constants: dict[str, tuple[int, str]]
    header: dict[str, tuple[int, int, str]]  # first byte, bytes, doc
    answer: dict[str, tuple[int, int, str]]  # msb, lsb, doc
    opcodes: dict[str, tuple[int, bool, str]]  # code, writes, doc
    status: dict[str, tuple[int, str]]
    hello: dict[str, str]


@dataclass
class Spec:
    major: int
    minor: int
    hash: int
    constants: dict[str, tuple[int, str]]
    presets: dict[str, dict[str, Any]]
    enums: dict[str, Enum]
    traps: dict[str, dict[str, Any]]
    header: list[Field]
    words: int
    instructions: list[Instruction]
    derived: dict[str, tuple[expr.Expr, str]]
    registers: list[Register]
    counters: dict[str, str]
    link: Link
    raw: dict[str, Any]

    def used_bits(self, instruction: Instruction) -> int:
        bits = 0
        for f in self.header + instruction.fields:
            bits |= ((1 << f.width) - 1) << f.low
        return bits

    def preset_names(self, preset: dict[str, Any]) -> dict[str, int]:
        """Values of the names that expressions may use, for one preset."""
        values = {
            "LANES": preset["lanes"],
            "DEPTH": preset["depth"],
            "SP_BYTES": preset["scratchpad_kib"] * 1024,
            "AXI_BYTES": preset["axi_bytes"],
            "RESULTS": preset["results"],
            "WEIGHT_VECTORS": preset["weight_vectors"],
        }
        values.update({name: value for name, (value, _) in self.constants.items()})
        for name, (expression, _) in self.derived.items():
            values[name] = expr.evaluate(expression, values)
        return values


def parse_field(name: str, raw: list[Any]) -> Field:
    if len(raw) not in (4, 5) or not all(isinstance(x, int) for x in raw[:3]):
        raise SpecError(f"field {name}: expected [word, msb, lsb, kind?, doc]")
    return Field(name, raw[0], raw[1], raw[2], raw[3] if len(raw) == 5 else "", raw[-1])


def parse_footprint(raw: dict[str, Any]) -> Footprint:
    return Footprint(
        raw["name"],
        raw["space"],
        raw["access"],
        expr.parse(raw["base"]),
        expr.parse(raw["extent"]),
        [(expr.parse(c), expr.parse(s)) for c, s in raw.get("terms", [])],
        expr.parse(raw.get("when", "true")),
    )


def parse_instruction(name: str, raw: dict[str, Any], formats: dict[str, Any]) -> Instruction:
    fields: dict[str, Field] = {}
    valid: list[str] = []
    footprints: list[Footprint] = []
    empty = raw.get("empty")
    parts = [formats[i] for i in raw.get("include", [])] + [raw]
    for part in parts:
        for field_name, encoding in part.get("fields", {}).items():
            if field_name in fields:
                raise SpecError(f"instruction {name}: field {field_name} is defined twice")
            fields[field_name] = parse_field(field_name, encoding)
        valid += part.get("valid", [])
        footprints += [
            parse_footprint(f) for f in part.get("footprints", part.get("footprint", []))
        ]
        if empty is None:
            empty = part.get("empty")
    footprints.sort(key=lambda f: f.space == "region")  # stable: scratchpad first
    return Instruction(
        name,
        raw["opcode"],
        raw["queue"],
        raw.get("doc", ""),
        sorted(fields.values(), key=lambda f: f.low),
        expr.parse(empty or "0"),
        [expr.parse(v) for v in valid],
        valid,
        str(empty),
        footprints,
    )


def _without_docs(node: Any) -> Any:
    """Everything that encodes something; the hash does not change with a doc sentence."""
    if isinstance(node, dict):
        return {k: _without_docs(v) for k, v in node.items() if k != "doc"}
    if isinstance(node, list):
        # The last text of a list is its doc sentence; expressions and kinds come before it.
        is_doc = (
            len(node) > 1
            and isinstance(node[-1], str)
            and isinstance(node[0], (int, str))
            and " " in node[-1]
            and node[-1].endswith(".")
        )
        return [_without_docs(v) for v in (node[:-1] if is_doc else node)]
    return node


def parse_link(raw: dict[str, Any]) -> Link:
    def triples(items: dict[str, Any]) -> dict[str, tuple[int, int, str]]:
        return {k: (v[0], v[1], v[2]) for k, v in items.items()}

    def pairs(items: dict[str, Any]) -> dict[str, tuple[int, str]]:
        return {k: (v[0], v[1]) for k, v in items.items()}

    return Link(
        version=raw["version"],
        constants=pairs(raw["constants"]),
        header=triples(raw["header"]),
        answer=triples(raw["answer"]),
        opcodes={
            k: (v["code"], v.get("writes", False), v["doc"]) for k, v in raw["opcodes"].items()
        },
        status=pairs(raw["status"]),
        hello=raw["hello"],
    )


def build(raw: dict[str, Any]) -> Spec:
    encodings = {k: v for k, v in raw.items() if k not in ("counters", "link")}
    encodings["counters"] = list(raw["counters"])
    digest = hashlib.sha256(
        json.dumps(_without_docs(encodings), separators=(",", ":")).encode()
    ).hexdigest()
    enums = {
        n: Enum(n, e["width"], e.get("doc", ""), {k: (v[0], v[1]) for k, v in e["values"].items()})
        for n, e in raw["enums"].items()
    }
    registers = [
        Register(
            n,
            r["offset"],
            r["access"],
            r.get("doc", ""),
            r.get("reset", 0),
            r.get("count", 1),
            r.get("stride", 4),
            {k: (v[0], v[1], v[2]) for k, v in r.get("fields", {}).items()},
        )
        for n, r in raw["registers"].items()
    ]
    return Spec(
        major=raw["version"]["major"],
        minor=raw["version"]["minor"],
        hash=int(digest[:8], 16),
        constants={k: (v[0], v[1]) for k, v in raw["constants"].items()},
        presets=raw["presets"],
        enums=enums,
        traps=raw["traps"],
        header=[parse_field(n, f) for n, f in raw["descriptor"]["header"].items()],
        words=raw["descriptor"]["words"],
        instructions=sorted(
            (parse_instruction(n, i, raw["formats"]) for n, i in raw["instructions"].items()),
            key=lambda i: i.opcode,
        ),
        derived={k: (expr.parse(v[0]), v[1]) for k, v in raw["derived"].items()},
        registers=registers,
        counters=raw["counters"],
        link=parse_link(raw["link"]),
        raw=raw,
    )


class _UniqueLoader(yaml.SafeLoader):  # type: ignore[misc, unused-ignore]
    """SafeLoader that refuses a key that is given twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise SpecError(f"line {key_node.start_mark.line + 1}: '{key}' is given twice")
            seen.add(key)
        result: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return result


def load(path: Path) -> Spec:
    return build(yaml.load(path.read_text(), Loader=_UniqueLoader))
