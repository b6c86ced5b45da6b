# SPDX-License-Identifier: Apache-2.0
"""What must hold for the specification; each rule returns sentences that name the item."""

from __future__ import annotations

import re
from pathlib import Path

from . import expr
from .model import Field, Footprint, Instruction, Spec
from .naming import reserved_in


def _fields(where: str, fields: list[Field], words: int, spec: Spec) -> list[str]:
    out = []
    owner: dict[int, str] = {}
    for f in fields:
        name = f"{where}.{f.name}"
        if not 0 <= f.word < words or not 0 <= f.lsb <= f.msb <= 31:
            out.append(f"{name}: bits [{f.word}, {f.msb}, {f.lsb}] are outside the descriptor")
            continue
        for bit in range(f.low, f.high + 1):
            if bit in owner:
                out.append(f"{name}: overlaps {owner[bit]} at word {bit // 32} bit {bit % 32}")
                break
            owner[bit] = f.name
        if f.kind not in ("", "signed"):
            if f.kind not in spec.enums:
                out.append(f"{name}: there is no enum {f.kind}")
            elif spec.enums[f.kind].width != f.width:
                out.append(
                    f"{name}: {f.width} bits, but enum {f.kind} has {spec.enums[f.kind].width}"
                )
        if languages := reserved_in(f.name):
            out.append(f"{name}: reserved word in {', '.join(languages)}")
    return out


def encodings(spec: Spec) -> list[str]:
    """Ranges, overlaps, reserved words, enum values."""
    out = _fields("header", spec.header, 1, spec)
    for i in spec.instructions:
        if i.queue not in spec.enums["queue"].values:
            out.append(f"instruction {i.name}: there is no queue {i.queue}")
        if not 0 < i.opcode < 256:
            out.append(f"instruction {i.name}: opcode {i.opcode} is outside 1 .. 255")
        if languages := reserved_in(i.name + "_t"):
            out.append(f"instruction {i.name}: reserved word in {', '.join(languages)}")
        out += _fields(i.name, spec.header + i.fields, spec.words, spec)
    for e in spec.enums.values():
        for name, (value, _) in e.values.items():
            if not 0 <= value < 1 << e.width:
                out.append(f"enum {e.name}.{name}: {value} does not fit {e.width} bits")
        values = [v for v, _ in e.values.values()]
        if len(set(values)) != len(values):
            out.append(f"enum {e.name}: a value is used twice")
    return out


def opcodes(spec: Spec) -> list[str]:
    seen: dict[int, str] = {}
    out = []
    for i in spec.instructions:
        if i.opcode in seen:
            out.append(f"instruction {i.name}: opcode 0x{i.opcode:02x} belongs to {seen[i.opcode]}")
        seen[i.opcode] = i.name
    codes = [t["code"] for t in spec.traps.values()]
    if len(set(codes)) != len(codes):
        out.append("traps: a code is used twice")
    return out


def registers(spec: Spec) -> list[str]:
    out = []
    owner: dict[int, str] = {}
    for r in spec.registers:
        if r.offset % 4 or r.stride % 4:
            out.append(f"register {r.name}: offset 0x{r.offset:x} is not a multiple of 4")
        if r.access not in ("rw", "ro", "wo", "w1c"):
            out.append(f"register {r.name}: unknown access {r.access}")
        for n in range(r.count):
            at = r.offset + n * r.stride
            if not 0 <= at < 4096:
                out.append(f"register {r.name}: offset 0x{at:x} is outside the 4 KiB page")
            if at in owner:
                out.append(f"register {r.name}: offset 0x{at:x} belongs to {owner[at]}")
            owner[at] = r.name
        used = 0
        for name, (msb, lsb, _) in r.fields.items():
            mask = ((1 << (msb - lsb + 1)) - 1) << lsb if 0 <= lsb <= msb <= 31 else 0
            if not mask:
                out.append(
                    f"register {r.name}.{name}: bits [{msb}, {lsb}] are outside the register"
                )
            if used & mask:
                out.append(f"register {r.name}.{name}: overlaps another field")
            used |= mask
        if r.name == "COUNTER_BASE" and len(spec.counters) > r.count:
            out.append(f"register {r.name}: {r.count} places for {len(spec.counters)} counters")
    return out


def presets(spec: Spec) -> list[str]:
    out = []
    for name, p in spec.presets.items():
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
            out.append(f"preset {name}: letters, digits and single hyphens only")
        for key in ("lanes", "depth", "axi_bytes", "results", "weight_vectors"):
            if p[key] < 1 or p[key] & (p[key] - 1):
                out.append(f"preset {name}: {key} {p[key]} is no power of two")
        window_lanes = spec.preset_names(p)["WINDOW_LANES"]
        if p["results"] > window_lanes:
            out.append(f"preset {name}: more results than the {window_lanes} lanes of a window")
        if 2 * p["weight_vectors"] > window_lanes:
            out.append(f"preset {name}: a weight block is read in less than two cycles")
        if p["depth"] % spec.constants["GRANULE"][0]:
            out.append(f"preset {name}: depth is no multiple of a granule")
        if p["scratchpad_kib"] * 1024 > 1 << 24:
            out.append(f"preset {name}: the scratchpad is larger than its 24-bit addresses")
    return out


class _ExpressionCheck:
    """Expressions of one instruction."""

    def __init__(self, spec: Spec, instruction: Instruction, limits: dict[str, tuple[int, int]]):
        self.name = instruction.name
        self.problems: list[str] = []
        self.fields = {f.name: f for f in spec.header + instruction.fields}
        self.hardware = {"LANES", "DEPTH"} | set(spec.constants) | set(spec.derived)
        self.limits = {**limits, **{n: (0, (1 << f.width) - 1) for n, f in self.fields.items()}}

    def check(self, where: str, e: expr.Expr, limit: int = (1 << expr.WIDTH) - 1) -> int:
        """Only known, unsigned names; the largest value."""
        for n in sorted(expr.names(e) - {"true"}):
            if n not in self.fields and n not in self.hardware:
                self.problems.append(f"{self.name}: {where}: unknown name '{n}'")
                return 0
            if n in self.fields and self.fields[n].kind == "signed":
                self.problems.append(f"{self.name}: {where}: '{n}' is signed")
        try:
            high = expr.bounds(e, self.limits)[1]
        except expr.ExpressionError as error:
            self.problems.append(f"{self.name}: {where}: {error}")
            return 0
        if high > limit:
            self.problems.append(f"{self.name}: {where}: up to {high}, more than {limit}")
        return high

    def footprint(self, fp: Footprint) -> None:
        where = f"footprint {fp.name}"
        if fp.space not in ("scratchpad", "region") or fp.access not in ("read", "write"):
            self.problems.append(f"{self.name}: {where}: unknown space or access")
        if fp.space == "region" and "region" not in self.fields:
            self.problems.append(f"{self.name}: {where}: the instruction has no field 'region'")
        self.check(f"{where} when", fp.when)
        total = self.check(f"{where} base", fp.base) + self.check(f"{where} extent", fp.extent)
        for count, stride in fp.terms:
            most = self.check(f"{where} count", count, (1 << 17) - 1)
            total += most * self.check(f"{where} stride", stride, (1 << 40) - 1)
        if total >= 1 << expr.WIDTH:
            self.problems.append(f"{self.name}: {where}: can end behind 2^{expr.WIDTH}")


def expressions(spec: Spec) -> list[str]:
    """Only known, unsigned names, and no value that leaves the generated width."""
    limits: dict[str, tuple[int, int]] = {}
    for p in spec.presets.values():
        for name, value in spec.preset_names(p).items():
            low, high = limits.get(name, (value, value))
            limits[name] = (min(low, value), max(high, value))
    out = []
    for i in spec.instructions:
        checker = _ExpressionCheck(spec, i, limits)
        checker.check("empty", i.empty)
        for n, v in enumerate(i.valid):
            checker.check(f"valid[{n}]", v)
        for fp in i.footprints:
            checker.footprint(fp)
        out += checker.problems
    return out


def link(spec: Spec) -> list[str]:
    """Header without holes, unique codes that fit, answer fields apart."""
    out = []
    item = spec.link
    place = 0
    for name, (first, count, _) in item.header.items():
        if first != place or count not in (1, 2, 4):
            out.append(f"link header {name}: bytes {first} .. {first + count - 1} leave a hole")
        place = first + count
    if place != item.constants["HEADER_BYTES"][0]:
        out.append(f"link header: {place} bytes, but HEADER_BYTES is not")
    used = 0
    for name, (msb, lsb, _) in item.answer.items():
        mask = ((1 << (msb - lsb + 1)) - 1) << lsb if 0 <= lsb <= msb <= 31 else 0
        if not mask or used & mask:
            out.append(f"link answer {name}: bits [{msb}, {lsb}] overlap or do not fit")
        used |= mask
    codes = [code for code, _, _ in item.opcodes.values()]
    if len(set(codes)) != len(codes) or any(not 0 < c < item.constants["ANSWER"][0] for c in codes):
        out.append("link opcodes: used twice, or outside 1 .. ANSWER - 1")
    codes = [code for code, _ in item.status.values()]
    if len(set(codes)) != len(codes) or any(not 0 <= c < 16 for c in codes):
        out.append("link status: a code is used twice, or outside 0 .. 15")
    room = item.constants["HEADER_BYTES"][0] + item.constants["MAX_PAYLOAD"][0]
    if item.constants["BUFFER_BYTES"][0] < 2 * (room + item.constants["CRC_BYTES"][0]):
        out.append("link BUFFER_BYTES: less than two of the longest frames")
    if not 0 < item.version < 16:
        out.append("link version: does not fit 4 bits")
    return out


def sentences(spec: Spec) -> list[str]:
    """Every item says what it is, in a sentence."""
    items: list[tuple[str, str]] = [(f"constant {n}", d) for n, (_, d) in spec.constants.items()]
    items += [(f"preset {n}", p.get("doc", "")) for n, p in spec.presets.items()]
    items += [(f"derived {n}", d) for n, (_, d) in spec.derived.items()]
    for e in spec.enums.values():
        items.append((f"enum {e.name}", e.doc))
        items += [(f"enum {e.name}.{n}", d) for n, (_, d) in e.values.items()]
    items += [(f"trap {n}", t.get("doc", "")) for n, t in spec.traps.items()]
    items += [(f"header.{f.name}", f.doc) for f in spec.header]
    for i in spec.instructions:
        items.append((f"instruction {i.name}", i.doc))
        items += [(f"{i.name}.{f.name}", f.doc) for f in i.fields]
    for r in spec.registers:
        items.append((f"register {r.name}", r.doc))
        items += [(f"register {r.name}.{n}", d) for n, (_, _, d) in r.fields.items()]
    items += [(f"counter {n}", d) for n, d in spec.counters.items()]
    items += [(f"link constant {n}", d) for n, (_, d) in spec.link.constants.items()]
    items += [(f"link header {n}", d) for n, (_, _, d) in spec.link.header.items()]
    items += [(f"link answer {n}", d) for n, (_, _, d) in spec.link.answer.items()]
    items += [(f"link opcode {n}", d) for n, (_, _, d) in spec.link.opcodes.items()]
    items += [(f"link status {n}", d) for n, (_, d) in spec.link.status.items()]
    items += [(f"link hello {n}", d) for n, d in spec.link.hello.items()]
    return [
        f"{where}: no doc sentence"
        for where, doc in items
        if not isinstance(doc, str) or len(doc) < 3 or not doc.endswith(".")
    ]


def all_problems(spec: Spec) -> list[str]:
    out = encodings(spec) + opcodes(spec) + registers(spec) + presets(spec) + link(spec)
    out += sentences(spec)
    return out if out else expressions(spec)


def missing_files(spec: Spec, root: Path) -> list[str]:
    """Every instruction has semantics, tests and a chapter of the manual."""
    out = []
    manual = "\n".join(p.read_text() for p in sorted((root / "docs/4-isa").glob("*.md")))
    for i in spec.instructions:
        for path in (
            f"sim/functional/insn_{i.name}.hpp",
            f"tests/isa/{i.name}.s",
            f"tests/isa/{i.name}.exp",
        ):
            if not (root / path).exists():
                out.append(f"instruction {i.name}: {path} is missing")
        if not re.search(rf"^#+ .*\b{i.name}\b", manual, re.MULTILINE):
            out.append(f"instruction {i.name}: no chapter in docs/4-isa")
        if f"<!-- BEGIN GENERATED insn_{i.name} -->" not in manual:
            out.append(f"instruction {i.name}: no encoding table in docs/4-isa")
    return out
