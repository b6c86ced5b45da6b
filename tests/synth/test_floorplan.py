# SPDX-License-Identifier: Apache-2.0
"""A floorplan saves the first placement of the netlist that it is for, and of no other."""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "rtl/synth"))

import fpga
from lilong_synth import figures, floorplan, flow, sites
from lilong_synth.design import MEMORIES, Design, ulx3s
from lilong_synth.presets import PRESETS
from lilong_synth.tools import ROOT, InputError, Usage

COMMAND = floorplan.command("nano", "sdram")
MEMORY, MULTIPLIER = sites.SITES["DP16KD"], sites.SITES["MULT18X18D"]
HEADER = "block,site\n"
COMMITTED = [
    pytest.param(preset, memory, id=f"{preset}-{memory}")
    for preset in PRESETS
    for memory in MEMORIES
    if (ROOT / ulx3s(preset, memory, 40).floorplan).exists()
]


def netlist(seed: int) -> dict[str, Any]:
    """Some blocks with names as the tools write them, and logic that is none."""
    dice = random.Random(seed)
    cells: dict[str, Any] = {"logic": {"type": "LUT4", "connections": {"A": [2]}}}
    for kind in sites.SITES:
        for block in range(dice.randrange(1, 40)):
            name = f'u_x.gen_lane[{block}].p_q[3,"a b"]\\{kind}_P{block}'
            cells[name] = {"type": kind, "connections": {"P": [2]}}
    return {"modules": {"empty": {"cells": {}}, "top": {"cells": cells}}}


def plan_for(content: dict[str, Any], seed: int) -> dict[str, str]:
    dice = random.Random(seed)
    free = {kind: dice.sample(names, len(names)) for kind, names in sites.SITES.items()}
    return {n: free[kind].pop() for n, kind in sites.blocks(content["modules"]["top"]).items()}


class Trial:
    """A design in a folder of its own; the placer is a function that counts its calls."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder, self.content = folder, netlist(seed)
        self.file = folder / "plans/nano-sdram.csv"
        self.design = Design("trial", "nano", "top", (), (), floorplan=str(self.file))
        self.plan = plan_for(self.content, seed)
        self.placements = 0
        self.save()

    def save(self) -> None:
        (self.folder / "netlist.json").write_text(json.dumps(self.content), "utf-8")

    def write(self) -> None:
        floorplan.write(self.file, "a trial", COMMAND, self.plan)

    def run(self, title: str, _command: Any, _log: Any, outputs: list[Path], *_: Any) -> Usage:
        """Stands in for the placer: sites at random."""
        assert "first placement" in title
        self.placements += 1
        placed = json.loads((self.folder / "netlist.json").read_text("utf-8"))
        del placed["modules"]["empty"]
        chosen = {"logic": "X2/Y2/SLICEA.K0", **plan_for(placed, 99)}
        for name, cell in placed["modules"]["top"]["cells"].items():
            cell["attributes"] = {"NEXTPNR_BEL": chosen[name]}
        outputs[0].write_text(json.dumps(placed), "utf-8")
        return Usage(1.0, 1)

    def place(self) -> dict[str, Usage]:
        plan = floorplan.read(self.file, COMMAND)
        return fpga.place_blocks(self.design, self.folder, plan, COMMAND, 1000)

    def pinned(self) -> dict[str, str]:
        cells = json.loads((self.folder / "blocks.json").read_text("utf-8"))["modules"]["top"]
        return {n: c["attributes"]["BEL"] for n, c in cells["cells"].items() if "attributes" in c}


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trial:
    made = Trial(tmp_path, 3)
    monkeypatch.setattr(flow, "run", made.run)
    monkeypatch.setattr(flow, "program", lambda name: name)
    monkeypatch.setattr(sites, "MOVES", 5)
    return made


@pytest.mark.parametrize("seed", range(4))
def test_what_is_written_is_read(tmp_path: Path, seed: int) -> None:
    made = Trial(tmp_path, seed)
    made.write()
    assert floorplan.read(made.file, COMMAND) == made.plan
    assert COMMAND in made.file.read_text("utf-8")
    first = made.file.read_bytes()
    made.plan = dict(reversed(made.plan.items()))
    made.write()
    assert made.file.read_bytes() == first


def test_its_own_netlist_needs_no_placement(
    trial: Trial, capsys: pytest.CaptureFixture[str]
) -> None:
    trial.write()
    assert trial.place() == {} and trial.placements == 0
    assert trial.pinned() == trial.plan
    assert len(capsys.readouterr().out.splitlines()) == 1
    by_plan = (trial.folder / "blocks.json").read_bytes()
    flow.pin_blocks(trial.design, trial.folder, trial.plan)
    assert (trial.folder / "blocks.json").read_bytes() == by_plan


def test_without_a_floorplan_there_is_a_placement(
    trial: Trial, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(trial.place()) == ["first placement"]
    assert trial.pinned().keys() == trial.plan.keys()
    assert f"`{COMMAND}` writes it" in capsys.readouterr().out
    trial.design = Design("pins", "nano", "top", (), ())
    assert list(trial.place()) == ["first placement"]
    assert "pins has no floorplan" in capsys.readouterr().out


def rename(cells: dict[str, Any], block: str) -> None:
    cells["other"] = cells.pop(block)


def remove(cells: dict[str, Any], block: str) -> None:
    del cells[block]


def add(cells: dict[str, Any], block: str) -> None:
    cells["other"] = dict(cells[block])


def change_kind(cells: dict[str, Any], block: str) -> None:
    cells[block]["type"] = "DP16KD" if cells[block]["type"] == "MULT18X18D" else "MULT18X18D"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (rename, "other; blocks that the netlist does not have: 1, such as {block}"),
        (remove, "blocks that the netlist does not have: 1, such as {block}"),
        (add, "blocks without a site in it: 1, such as other"),
        (change_kind, "blocks of another kind than their site: 1, such as {block}"),
    ],
)
def test_another_netlist_is_placed(
    trial: Trial,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[dict[str, Any], str], None],
    words: str,
) -> None:
    trial.write()
    block = sorted(trial.plan)[7]
    change(trial.content["modules"]["top"]["cells"], block)
    trial.save()
    assert list(trial.place()) == ["first placement"]
    assert trial.placements == 1
    kinds = sites.blocks(trial.content["modules"]["top"])
    assert trial.pinned().keys() == kinds.keys()
    sites.check(kinds, trial.pinned())
    said = capsys.readouterr().out.splitlines()[0]
    assert words.format(block=block) in said and f"`{COMMAND}` renews it" in said


def test_other_wires_between_its_blocks_do_not_matter(trial: Trial) -> None:
    trial.write()
    for cell in trial.content["modules"]["top"]["cells"].values():
        cell["connections"] = {"P": [3]}
    trial.save()
    assert trial.place() == {}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "header"),
        ("# only a comment\n", 1, "header"),
        (f"a,{MEMORY[0]}\n", 1, "header"),
        (f"# c\n\n{HEADER}a,{MEMORY[0]}\nb\n", 5, "not a block and a site"),
        (f"{HEADER}a,{MEMORY[0]},1\n", 2, "not a block and a site"),
        (f"{HEADER},{MEMORY[0]}\n", 2, "not a block and a site"),
        (f'{HEADER}"a,{MEMORY[0]}\nb,{MEMORY[1]}\n', 2, "not a block and a site"),
        (f"{HEADER}<<<<<<< HEAD\n", 2, "not a block and a site"),
        (f"{HEADER}a,X4/Y23/EBR0\n", 2, "no site X4/Y23/EBR0"),
        (f"{HEADER}a,{MEMORY[0][:-1]}\n", 2, "no site"),
        (f"{HEADER}a,{MEMORY[0]}\nb,{MEMORY[0]}\n", 3, f"{MEMORY[0]} is in line 2"),
        (f"{HEADER}a,{MEMORY[0]}\n# c\na,{MULTIPLIER[0]}\n", 4, "a is in line 2"),
        (f"{HEADER}a,{MEMORY[0]}\n\xff\n", 3, "no text"),
    ],
)
def test_a_damaged_file_gives_one_sentence(
    tmp_path: Path, text: str, line: int, reason: str
) -> None:
    file = tmp_path / "plan.csv"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError) as caught:
        floorplan.read(file, COMMAND)
    said = str(caught.value)
    assert said.startswith(f"{file}, line {line}: ") and reason in said
    assert "git checkout" in said and f"`{COMMAND}`" in said and "\n" not in said


def arguments(**given: Any) -> argparse.Namespace:
    options = {"memory": "sdram", "memory_limit": 1000, "seed": None, "synthesis_only": False}
    return argparse.Namespace(**{**options, "renew_floorplan": False, **given})


def test_a_damaged_file_stops_before_synthesis_with_exit_code_2(
    trial: Trial, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trial.file.parent.mkdir()
    trial.file.write_text("nonsense\n", "utf-8")
    monkeypatch.setattr(fpga, "ulx3s", lambda *_: trial.design)
    monkeypatch.setattr(fpga, "ROOT", trial.folder)
    monkeypatch.setattr(flow, "synthesise", lambda *_: pytest.fail("synthesised"))
    monkeypatch.setattr(sys, "argv", ["fpga.py"])
    assert fpga.main() == 2
    assert capsys.readouterr().err.startswith(f"fpga: {trial.file}, line 1: ")
    monkeypatch.setattr(sys, "argv", ["fpga.py", "--clock", "33"])
    assert fpga.main() == 2
    assert "CLOCK=33" in capsys.readouterr().err


def test_renewing_replaces_a_damaged_file(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    trial.file.parent.mkdir()
    trial.file.write_text("nonsense\n", "utf-8")
    monkeypatch.setattr(flow, "synthesise", lambda *_: Usage(1.0, 1))
    fpga.build(trial.design, trial.folder, arguments(renew_floorplan=True))
    assert trial.placements == 1
    plan = floorplan.read(trial.file, COMMAND)
    assert plan is not None and plan.keys() == trial.plan.keys() and plan != trial.plan
    assert trial.place() == {} and trial.placements == 1


def test_some_floorplan_is_committed() -> None:
    assert ulx3s("nano", "sdram", 45).floorplan in [
        ulx3s(*param.values, 40).floorplan for param in COMMITTED
    ]  # fmt: skip


@pytest.mark.parametrize(("preset", "memory"), COMMITTED)
def test_committed_floorplans_have_the_committed_blocks(preset: str, memory: str) -> None:
    design = ulx3s(preset, memory, 40)
    plan = floorplan.read(Path(design.floorplan), floorplan.command(preset, memory))
    row = figures.find(preset, design.name)
    assert plan is not None and row is not None
    count = Counter(floorplan.KIND[site] for site in plan.values())
    assert count == {"MULT18X18D": int(row["dsp"]), "DP16KD": int(row["bram"])}
    title, command = f"{preset} ({design.name})", floorplan.command(preset, memory)
    text = (ROOT / design.floorplan).read_text("utf-8")
    assert title in text and command in text


def test_another_bit_of_the_same_register_is_the_same_multiplier() -> None:
    ending = "TRELLIS_FF_DI_MULT18X18D_P"
    plan = {
        f"u_a.sum_q[31]\\{ending}15": MULTIPLIER[0],
        f"u_a.sum_q[32]\\{ending}0": MULTIPLIER[1],
        f"u_a.sum_q[63]\\{ending}15": MULTIPLIER[2],
        "u_b.mem_q": MEMORY[0],
    }
    new = f"u_a.sum_q[16]\\{ending}0"
    kinds = {name: floorplan.KIND[site] for name, site in plan.items()}
    kinds[new] = kinds.pop(f"u_a.sum_q[31]\\{ending}15")
    found = floorplan.renamed(kinds, plan)
    assert found[new] == MULTIPLIER[0]
    assert floorplan.mismatch(kinds, found) == ""
    # behind an adder, but the only one left of its register
    kinds[f"u_a.sum_q[19]\\CCU2C_S0_A1_{ending}2"] = kinds.pop(new)
    found = floorplan.renamed(kinds, plan)
    assert floorplan.mismatch(kinds, found) == "" and len(found) == len(plan)
    # another register, or two that fit: the names stay
    kinds[f"u_c.sum_q[20]\\{ending}4"] = kinds.pop(f"u_a.sum_q[19]\\CCU2C_S0_A1_{ending}2")
    assert floorplan.renamed(kinds, plan) == plan
    twins = {f"u_a.sum_q[17]\\{ending}1": "MULT18X18D", new: "MULT18X18D"}
    one = {f"u_a.sum_q[31]\\{ending}15": MULTIPLIER[0]}
    assert floorplan.renamed(twins, one) == one


def test_the_way_tells_two_multipliers_of_a_register_apart() -> None:
    def names(first: int, second: int) -> list[str]:
        return [
            f"u_a.p_q[{first + 18}]\\TRELLIS_FF_DI_CCU2C_S1_A1_MULT18X18D_P{first}",
            f"u_a.p_q[{second + 18}]\\TRELLIS_FF_DI_CCU2C_S1_B1_MULT18X18D_P{second}",
        ]

    plan = dict(zip(names(17, 15), MULTIPLIER[:2], strict=True))
    found = floorplan.renamed(dict.fromkeys(names(11, 3), "MULT18X18D"), plan)
    assert found == dict(zip(names(11, 3), MULTIPLIER[:2], strict=True))


def test_a_block_that_is_found_leaves_others_alone_of_their_kind() -> None:
    def name(bit: int, way: str, pin: int) -> str:
        return f"u_a.p_q[{bit}]\\TRELLIS_FF_DI_{way}_MULT18X18D_P{pin}"

    plan = {
        name(35, "CCU2C_S1_A1", 17): MULTIPLIER[0],
        name(49, "CCU2C_S1_B0_CCU2C_S0_A1", 31): MULTIPLIER[1],  # the same bit behind pin 0
        name(99, "CCU2C_S1_B1_CCU2C_S1_A1", 17): MULTIPLIER[2],
    }
    now = {
        name(34, "CCU2C_S0_A1", 17): MULTIPLIER[0],
        name(41, "CCU2C_S1_B1_CCU2C_S1_A1", 23): MULTIPLIER[1],
        name(96, "CCU2C_S0_B1_CCU2C_S1_A1", 15): MULTIPLIER[2],
    }
    assert floorplan.renamed(dict.fromkeys(now, "MULT18X18D"), plan) == now


def test_halves_of_adders_do_not_matter_for_the_way() -> None:
    def name(bit: int, way: str, pin: int) -> str:
        return f"u_a.p_q[{bit}]\\TRELLIS_FF_DI_{way}_MULT18X18D_P{pin}"

    plan = {
        name(126, "CCU2C_S0_A1_CCU2C_S1_A1", 27): MULTIPLIER[0],
        name(35, "CCU2C_S1_A1", 17): MULTIPLIER[1],
    }
    now = {
        name(103, "CCU2C_S1_A1_CCU2C_S1_A1", 3): MULTIPLIER[0],
        name(34, "CCU2C_S0_A1", 17): MULTIPLIER[1],
    }
    assert floorplan.renamed(dict.fromkeys(now, "MULT18X18D"), plan) == now
