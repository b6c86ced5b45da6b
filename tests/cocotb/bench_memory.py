# SPDX-License-Identifier: Apache-2.0
"""Programs on the AXI4 port: memory and trap behind the job are those of the functional simulator,
whatever the memory holds back."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cocotb
from bench import MEMORY_BYTES, Chip
from lilong import _lilong
from lilong.gen.isa import Engine, Register, Trap

ROOT = Path(os.environ["LILONG_ROOT"])
OWN = Path(__file__).parent
REGION_STRIDE, PAGE = 16, 4096
TRAP_INTERRUPT = 2
READ_PLACES = ((1, 0), (1, 5999), (1, 3000))  # region and byte that copy.s reads
WRITE_PLACES = ((2, 3), (3, 5999), (3, 17))  # and writes


def programs() -> list[Path]:
    """The programs of the instruction tests that any preset runs, and those beside this file."""
    files = [*sorted((ROOT / "tests/isa").rglob("*.s")), *sorted(OWN.glob("*.s"))]
    return [file for file in files if ".preset edge" not in file.read_text()]


async def run(
    chip: Chip,
    file: Path,
    spoil: Callable[[int], None] | None = None,
    region: int = 0,
    offset: int = 0,
) -> tuple[list[bytes], tuple[int, int, int, int] | None]:
    """Regions at odd places of the memory, a guard around each; content and trap behind the job.

    spoil: called with the address of a byte of a region before the doorbell.
    """
    assembly = _lilong.assemble(file.read_text(), str(file))
    place, places = PAGE, []
    for number, (content, readable, writable) in enumerate(assembly.regions):
        base = place + 64 * chip.rng.randrange(64)
        chip.memory.write(base - 64, bytes([0xC5]) * (len(content) + 128))
        chip.memory.write(base, content)
        places.append(base)
        place = (base + len(content)) // PAGE * PAGE + 2 * PAGE
        assert place < MEMORY_BYTES
        window = REGION_STRIDE * number
        await chip.write(Register.REGION_BASE_LO + window, base)
        await chip.write(Register.REGION_BASE_HI + window, 0)
        await chip.write(Register.REGION_SIZE + window, len(content))
        await chip.write(Register.REGION_ACCESS + window, readable | writable << 1)
    if spoil is not None:
        spoil(places[region] + offset)
    await chip.write(Register.CONTROL, 1)
    await chip.until_interrupt()
    pending, status = await chip.read(Register.IRQ_STATUS), await chip.read(Register.STATUS)
    trap = None
    if pending & TRAP_INTERRUPT:
        word = await chip.read(Register.TRAP_STATUS)
        address = await chip.read(Register.TRAP_ADDR_LO)
        address |= await chip.read(Register.TRAP_ADDR_HI) << 32
        trap = (word & 0xFF, word >> 8, await chip.read(Register.TRAP_INSTRUCTION), address)
    assert status & 3 == (2 if trap else 0), file.name
    regions = []
    for (content, _, _), base in zip(assembly.regions, places, strict=True):
        for guard in (base - 64, base + len(content)):
            assert bytes(chip.memory.read(guard, 64)) == bytes([0xC5]) * 64, file.name
        regions.append(bytes(chip.memory.read(base, len(content))))
    # Back to rest, whatever happened.
    await chip.write(Register.CONTROL, 2)
    while await chip.read(Register.STATUS) & 3 != 0:
        pass
    await chip.write(Register.IRQ_STATUS, 7)
    return regions, trap


@cocotb.test()
async def programs_under_back_pressure(dut: Any) -> None:
    chip = Chip(dut, cocotb.RANDOM_SEED)
    await chip.start()
    done = traps = 0
    for permille in (0, 300, 700):
        chip.hold_memory(permille)
        for file in programs():
            expected, trap = _lilong.assemble(file.read_text()).execute("nano")
            regions, got = await run(chip, file)
            assert got == trap, f"{file.name}: trap {got}, not {trap}"
            if trap is None:
                assert regions == expected, f"{file.name} at {permille} per mille"
                done += 1
            else:
                traps += 1
    dut._log.info("%d programs ended well, %d with the trap of the simulator", done, traps)
    assert done > 20 and traps > 20, (done, traps)


def answer_with_errors(port: Any, call: str, byte: int) -> None:
    """The word of that byte answers SLVERR in this direction."""
    well = getattr(port, call)

    async def asked(address: int, what: Any) -> Any:
        if address <= byte < address + port.byte_lanes:
            raise ValueError("an error that this test wants")
        return await well(address, what)

    setattr(port, call, asked)


@cocotb.test()
async def memory_that_answers_with_an_error(dut: Any) -> None:
    """An error response ends the job with its trap; the next job is well."""
    chip = Chip(dut, cocotb.RANDOM_SEED + 1)
    await chip.start()
    file = OWN / "copy.s"
    expected, _ = _lilong.assemble(file.read_text()).execute("nano")
    memory = chip.memory
    for port, call, code, engine, places in (
        (memory.read_if, "_read", Trap.READ_ERROR, Engine.LOAD, READ_PLACES),
        (memory.write_if, "_write", Trap.WRITE_ERROR, Engine.STORE, WRITE_PLACES),
    ):
        for region, offset in places:
            chip.hold_memory(chip.rng.choice((0, 300, 700)))
            well = getattr(port, call)
            port.log.setLevel("CRITICAL")  # it reports every error that it answers
            regions, trap = await run(
                chip, file, partial(answer_with_errors, port, call), region, offset
            )
            setattr(port, call, well)
            assert trap is not None and trap[:2] == (code, engine), (region, offset, trap)
            regions, trap = await run(chip, file)
            assert trap is None and regions == expected
