# SPDX-License-Identifier: Apache-2.0
"""Every rule of the specification, each with a specification that breaks it."""

from __future__ import annotations

import copy
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "rtl/spec"))

from lilong_spec import checks, expr, model, naming, write_docs  # noqa: E402

RAW = yaml.safe_load((ROOT / "rtl/spec/lilong.yaml").read_text())


def problems(change: Callable[[dict[str, Any]], None]) -> list[str]:
    raw = copy.deepcopy(RAW)
    change(raw)
    return checks.all_problems(model.build(raw))


def test_the_specification_is_clean() -> None:
    assert checks.all_problems(model.build(RAW)) == []


def setter(*path: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    """A change that sets one place of the specification."""

    def change(raw: dict[str, Any]) -> None:
        node = raw
        for step in path[:-1]:
            node = node[step]
        node[path[-1]] = value

    return change


BROKEN: list[tuple[str, Callable[[dict[str, Any]], None]]] = [
    ("conv.run: bits", setter("instructions", "conv", "fields", "run", value=[16, 15, 0, "Run."])),
    ("conv.run: bits", setter("instructions", "conv", "fields", "run", value=[8, 32, 0, "Run."])),
    ("conv.run: bits", setter("instructions", "conv", "fields", "run", value=[8, 0, 15, "Run."])),
    ("overlaps", setter("instructions", "conv", "fields", "run", value=[8, 16, 0, "Run."])),
    ("overlaps fence", setter("descriptor", "header", "wait0_en", value=[0, 8, 8, "Wait."])),
    (
        "reserved word in C++",
        setter("instructions", "copy", "fields", "register", value=[15, 0, 0, "X."]),
    ),
    (
        "reserved word in SystemVerilog",
        setter("instructions", "copy", "fields", "table", value=[15, 0, 0, "X."]),
    ),
    (
        "reserved word in Python",
        setter("instructions", "copy", "fields", "lambda", value=[15, 0, 0, "X."]),
    ),
    (
        "there is no enum ghost",
        setter("instructions", "copy", "fields", "x", value=[15, 0, 0, "ghost", "X."]),
    ),
    (
        "but enum rounding has 3",
        setter("instructions", "copy", "fields", "x", value=[15, 1, 0, "rounding", "X."]),
    ),
    ("opcode 0x21 belongs to conv", setter("instructions", "pool", "opcode", value=0x21)),
    ("outside 1 .. 255", setter("instructions", "pool", "opcode", value=256)),
    ("there is no queue side", setter("instructions", "pool", "queue", value="side")),
    ("does not fit 1 bits", setter("enums", "pool_op", "values", "sum", value=[2, "Sum."])),
    ("a value is used twice", setter("enums", "pool_op", "values", "sum", value=[1, "Sum."])),
    ("traps: a code is used twice", setter("traps", "deadlock", "code", value=1)),
    ("not a multiple of 4", setter("registers", "STATUS", "offset", value=0x15)),
    ("belongs to", setter("registers", "STATUS", "offset", value=0x10)),
    ("outside the 4 KiB page", setter("registers", "STATUS", "offset", value=0x1000)),
    ("unknown access", setter("registers", "STATUS", "access", value="maybe")),
    ("outside the register", setter("registers", "STATUS", "fields", "irq", value=[32, 2, "Irq."])),
    (
        "overlaps another field",
        setter("registers", "STATUS", "fields", "irq", value=[2, 1, "Irq."]),
    ),
    ("places for", setter("registers", "COUNTER_BASE", "count", value=3)),
    ("no power of two", setter("presets", "nano", "lanes", value=12)),
    ("more results than the 8 lanes", setter("presets", "lite", "results", value=16)),
    ("less than two cycles", setter("presets", "lite", "weight_vectors", value=8)),
    ("no multiple of a granule", setter("presets", "nano", "depth", value=4)),
    ("single hyphens", setter("presets", "edge_2", value=RAW["presets"]["edge"])),
    ("24-bit addresses", setter("presets", "plus", "scratchpad_kib", value=32768)),
    ("constant BANKS: no doc", setter("constants", "BANKS", value=[8, ""])),
    ("copy.run: no doc", setter("instructions", "copy", "fields", "run", value=[3, 15, 0, "Run"])),
    ("instruction pool: no doc", setter("instructions", "pool", "doc", value="")),
    ("counter cycles: no doc", setter("counters", "cycles", value="")),
    ("trap window: no doc", setter("traps", "window", "doc", value="")),
    ("unknown name 'ghost'", setter("instructions", "copy", "empty", value="ghost == 0")),
    ("'clamp_min' is signed", setter("instructions", "eltwise", "valid", value=["clamp_min >= 1"])),
    ("value can leave", setter("instructions", "copy", "valid", value=["run - 1 >= 1"])),
    (
        "value can leave",
        setter("instructions", "copy", "valid", value=["src_addr * src_addr * src_addr >= 1"]),
    ),
    ("remainder by zero", setter("instructions", "copy", "valid", value=["src_addr % run == 0"])),
    (
        "footprint source count: up to",
        setter("instructions", "copy", "footprints", 0, "terms", value=[["src_stride0", "run"]]),
    ),
    ("unknown space", setter("instructions", "copy", "footprints", 0, "space", value="moon")),
    (
        "has no field 'region'",
        setter("instructions", "copy", "footprints", 0, "space", value="region"),
    ),
    ("leave a hole", setter("link", "header", "length", value=[7, 2, "X."])),
    ("HEADER_BYTES", setter("link", "constants", "HEADER_BYTES", value=[9, "X."])),
    ("link answer irq", setter("link", "answer", "irq", value=[7, 7, "X."])),
    ("link opcodes", setter("link", "opcodes", "wait", "code", value=1)),
    ("link opcodes", setter("link", "opcodes", "wait", "code", value=8)),
    ("link status", setter("link", "status", "stale", value=[1, "X."])),
    ("BUFFER_BYTES", setter("link", "constants", "BUFFER_BYTES", value=[2048, "X."])),
    ("link version", setter("link", "version", value=16)),
    ("link status stale: no doc", setter("link", "status", "stale", value=[6, ""])),
]


@pytest.mark.parametrize(
    "message,change", BROKEN, ids=[f"{i}-{m}" for i, (m, _) in enumerate(BROKEN)]
)
def test_broken_specification(message: str, change: Callable[[dict[str, Any]], None]) -> None:
    found = problems(change)
    assert any(message in text for text in found), found


def test_field_defined_twice() -> None:
    with pytest.raises(model.SpecError, match="defined twice"):
        problems(setter("instructions", "conv", "fields", "stripe", value=[15, 31, 26, "X."]))


def test_key_given_twice(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text("version: {major: 1, minor: 0}\nversion: {major: 2, minor: 0}\n")
    with pytest.raises(model.SpecError, match="given twice"):
        model.load(path)


@pytest.mark.parametrize("text", ["1 +", "(1", "a b", "f(1)", "1 @ 2", "", "a ? 1"])
def test_expression_that_is_none(text: str) -> None:
    with pytest.raises(expr.ExpressionError):
        expr.parse(text)


@pytest.mark.parametrize(
    "text,value",
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("7 % 4 == 3 && !0", 1),
        ("a ? 5 : 6", 5),
        ("groups(17) * ceil8(9)", 32),
        ("window_groups(17)", 3),
        ("a == 1 ? b < 3 : 0", 1),
        ("10 - 2 - 3", 5),
        ("true", 1),
    ],
)
def test_expression_value(text: str, value: int) -> None:
    values = {"LANES": 16, "WINDOW_LANES": 8, "a": 1, "b": 2}
    assert expr.evaluate(expr.parse(text), values) == value


def test_hash_counts_encodings_but_not_sentences() -> None:
    base = model.build(RAW).hash

    def hash_of(change: Callable[[dict[str, Any]], None]) -> int:
        raw = copy.deepcopy(RAW)
        change(raw)
        return model.build(raw).hash

    assert hash_of(setter("instructions", "copy", "doc", value="Other words.")) == base
    assert hash_of(setter("constants", "BANKS", value=[8, "Other words."])) == base
    assert hash_of(setter("counters", "cycles", value="Other words.")) == base
    assert (
        hash_of(setter("instructions", "copy", "fields", "run", value=[3, 15, 0, "Other words."]))
        == base
    )
    assert hash_of(setter("constants", "BANKS", value=[4, RAW["constants"]["BANKS"][1]])) != base
    assert hash_of(setter("instructions", "copy", "opcode", value=0x27)) != base
    assert hash_of(setter("instructions", "copy", "empty", value="run == 0")) != base


def test_missing_semantics_tests_and_docs_are_found() -> None:
    raw = copy.deepcopy(RAW)
    raw["instructions"]["ghost"] = {
        "opcode": 0x55,
        "queue": "exec",
        "doc": "Nothing.",
        "fields": {},
    }
    found = checks.missing_files(model.build(raw), ROOT)
    for part in ("insn_ghost.hpp", "ghost.s", "ghost.exp", "no chapter", "no encoding table"):
        assert any(part in text for text in found), part


def test_reserved_cpp_values_get_an_underscore() -> None:
    assert naming.cpp_value("default") == "default_"
    assert naming.cpp_value("half_up") == "halfUp"


def test_unknown_or_open_block_of_the_manual(tmp_path: Path) -> None:
    spec = model.build(RAW)
    page = tmp_path / "page.md"
    with pytest.raises(model.SpecError, match="no generated block"):
        write_docs.fill("<!-- BEGIN GENERATED ghost -->\n<!-- END GENERATED ghost -->", spec, page)
    with pytest.raises(model.SpecError, match="has no end"):
        write_docs.fill("<!-- BEGIN GENERATED traps -->\n", spec, page)
    once = write_docs.fill(
        "<!-- BEGIN GENERATED traps -->\n<!-- END GENERATED traps -->", spec, page
    )
    assert write_docs.fill(once, spec, page) == once
    assert "deadlock" in once


def test_the_link_is_not_part_of_the_hash() -> None:
    raw = copy.deepcopy(RAW)
    raw["link"]["version"] += 1
    assert model.build(raw).hash == model.build(RAW).hash


@pytest.mark.parametrize(
    "file",
    [
        "README.md",
        "docs/2-user/README.md",
        "docs/2-user/soc-fpga.md",
        "rtl/fpga/lilong_axi.v",
        "rtl/fpga/quartus/lilong_hw.tcl",
        "rtl/fpga/vivado/package_ip.tcl",
        "rtl/lilong_top.sv",
        "runtime/lilong.h",
        "sim/base/diagnostics.def",
        "sim/fpga/fpga_sim.cpp",
        "sim/lockstep/main.cpp",
    ],
)
def test_lists_written_by_hand_name_every_preset(file: str) -> None:
    text = (ROOT / file).read_text()
    for name in RAW["presets"]:
        assert re.search(rf"(?<![\w-]){name}(?![\w-])", text), name
