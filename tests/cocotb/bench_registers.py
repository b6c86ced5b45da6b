# SPDX-License-Identifier: Apache-2.0
"""Registers: random accesses of random bytes against a model, under back-pressure."""

from __future__ import annotations

import random
from typing import Any

import cocotb
from bench import Chip
from cocotb.triggers import ClockCycles
from lilong import _lilong
from lilong.gen.isa import PRESETS, Register

ACCESSES = 1000
OKAY, SLVERR = 0, 2
REGIONS, REGION_STRIDE = 8, 16
COUNTERS = 24

# Writable bits of the registers that keep what is written, and their values after reset.
KEEPING = {Register.IRQ_ENABLE: (0x7, 3), Register.WATCHDOG: (0xFFFFFFFF, 0),
           Register.DRAIN_LIMIT: (0xFFFFFFFF, 65536)}  # fmt: skip
WINDOW = {Register.REGION_BASE_LO: 0xFFFFFFC0, Register.REGION_BASE_HI: 0xFF,
          Register.REGION_SIZE: 0xFFFFFFFF, Register.REGION_ACCESS: 0x3}  # fmt: skip


class Model:
    """What the registers of a chip at rest hold."""

    def __init__(self) -> None:
        nano = PRESETS["nano"]
        self.mask = {int(register): mask for register, (mask, _) in KEEPING.items()}
        self.value = {int(register): value for register, (_, value) in KEEPING.items()}
        for n in range(REGIONS):
            for register, mask in WINDOW.items():
                self.mask[register + REGION_STRIDE * n] = mask
        major, minor = _lilong.spec_version
        self.value |= {
            Register.ID: 0x4C494C47,
            Register.VERSION: major << 16 | minor,
            Register.SPEC_HASH: _lilong.spec_hash,
            Register.PRESET0: nano.lanes
            | nano.depth << 8
            | nano.results << 16
            | nano.weight_vectors << 24,
            Register.PRESET1: nano.scratchpad_kib | nano.axi_bytes << 16 | 8 << 24,
        }
        self.mapped = set(range(0, Register.PROGRESS + 4, 4)) | set(self.mask)
        self.mapped |= set(range(Register.COUNTER_BASE, Register.COUNTER_BASE + 4 * COUNTERS, 4))

    def write(self, address: int, value: int, strobes: int) -> int:
        word = address & ~3
        if word not in self.mapped:
            return SLVERR
        mask = self.mask.get(word, 0)
        mask &= sum(0xFF << 8 * i for i in range(4) if strobes >> i & 1)
        if mask:
            self.value[word] = self.value.get(word, 0) & ~mask | value & mask
        return OKAY

    def read(self, address: int) -> tuple[int, int]:
        word = address & ~3
        return (self.value.get(word, 0), OKAY) if word in self.mapped else (0, SLVERR)


def somewhere(rng: random.Random, model: Model) -> int:
    """Mostly registers, also reserved addresses of the page."""
    if rng.randrange(4):
        return rng.choice(sorted(model.mapped))
    return rng.randrange(0, 4096, 4)


@cocotb.test()
async def random_accesses(dut: Any) -> None:
    chip, model = Chip(dut, cocotb.RANDOM_SEED), Model()
    await chip.start()
    seen = {OKAY: 0, SLVERR: 0}
    for number in range(ACCESSES):
        if number % 250 == 0:
            chip.hold_registers((0, 200, 500, 800)[number // 250])
        address = somewhere(chip.rng, model)
        if chip.rng.randrange(2):
            # A run of bytes within the word: the strobes that a master can give in one access.
            first = chip.rng.randrange(4)
            count = chip.rng.randrange(1, 5 - first)
            value = chip.rng.getrandbits(32)
            if address == Register.CONTROL:
                value &= ~3  # no command
            data = value.to_bytes(4, "little")[first : first + count]
            expected = model.write(address, value, ((1 << count) - 1) << first)
            reply = await chip.master.write(address + first, data)
            assert reply.resp == expected, f"write {number} of {address:#x}: {reply.resp}"
        else:
            data, expected = model.read(address)
            reply = await chip.master.read(address, 4)
            assert reply.resp == expected, f"read {number} of {address:#x}: {reply.resp}"
            got = int.from_bytes(reply.data, "little")
            assert got == data, f"read {number} of {address:#x}: {got:#x}, not {data:#x}"
        seen[expected] += 1
    assert min(seen.values()) > ACCESSES // 20, seen
    for address in sorted(model.mapped):
        assert await chip.read(address) == model.read(address)[0], f"{address:#x}"


@cocotb.test()
async def reads_and_writes_at_once(dut: Any) -> None:
    """Both directions busy in the same cycles: neither disturbs the other."""
    chip, model = Chip(dut, cocotb.RANDOM_SEED + 1), Model()
    await chip.start()
    chip.hold_registers(300)
    own = sorted(model.mask)
    for _ in range(100):
        address, value = chip.rng.choice(own), chip.rng.getrandbits(32)
        other = chip.rng.choice([word for word in sorted(model.mapped) if word != address])
        expected = model.read(other)[0]
        write = cocotb.start_soon(chip.write(address, value))
        read = cocotb.start_soon(chip.read(other))
        await write
        assert await read == expected
        model.write(address, value, 0xF)
    for address in own:
        assert await chip.read(address) == model.read(address)[0]


@cocotb.test()
async def windows_are_locked_while_a_job_runs(dut: Any) -> None:
    chip = Chip(dut, cocotb.RANDOM_SEED + 2)
    await chip.start()
    chip.memory.read_if.ar_channel.pause = True  # the job waits for its first instruction
    await chip.write(Register.REGION_SIZE, 64)
    await chip.write(Register.REGION_ACCESS, 1)
    await chip.write(Register.CONTROL, 1)
    assert await chip.read(Register.STATUS) & 3 == 1
    locked = [int(word) for word in (Register.WATCHDOG, Register.DRAIN_LIMIT)]
    locked += [word + REGION_STRIDE * n for word in WINDOW for n in range(REGIONS)]
    for address in locked:
        before = await chip.read(address)
        reply = await chip.master.write(address, b"\xff\xff\xff\xff")
        assert reply.resp == SLVERR, f"{address:#x}"
        assert await chip.read(address) == before, f"{address:#x}"
    await chip.write(Register.IRQ_ENABLE, 7)  # not locked
    await chip.write(Register.CONTROL, 2)
    chip.memory.read_if.ar_channel.pause = False
    await chip.until_interrupt()
    await ClockCycles(dut.aclk, 2)
    assert await chip.read(Register.STATUS) & 3 == 0
    await chip.write(Register.WATCHDOG, 123)
    assert await chip.read(Register.WATCHDOG) == 123
