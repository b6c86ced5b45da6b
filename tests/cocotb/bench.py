# SPDX-License-Identifier: Apache-2.0
"""Shared by the benches: a chip out of reset with a register master and a memory, and pauses."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, RisingEdge
from cocotbext.axi import AxiBus, AxiLiteBus, AxiLiteMaster, AxiRam

MEMORY_BYTES = 1 << 20


def pauses(rng: random.Random, permille: int) -> Iterator[bool]:
    """Cycle by cycle whether a channel is held back: in bursts, so that queues fill and drain."""
    while True:
        yield from [rng.randrange(1000) < permille] * rng.randrange(1, 6)


class Chip:
    """One chip on the simulated bus."""

    def __init__(self, dut: Any, seed: int) -> None:
        logging.getLogger(f"cocotb.{dut._name}").setLevel(logging.WARNING)  # else every access
        self.dut = dut
        self.rng = random.Random(seed)
        self.master = AxiLiteMaster(
            AxiLiteBus.from_prefix(dut, "s_axi"), dut.aclk, dut.aresetn, reset_active_level=False
        )
        self.memory = AxiRam(
            AxiBus.from_prefix(dut, "m_axi"), dut.aclk, dut.aresetn, reset_active_level=False,
            size=MEMORY_BYTES,
        )  # fmt: skip

    async def start(self) -> None:
        """Clock and reset."""
        cocotb.start_soon(Clock(self.dut.aclk, 10, "ns").start())
        self.dut.aresetn.value = 0
        await ClockCycles(self.dut.aclk, 5)
        self.dut.aresetn.value = 1
        await ClockCycles(self.dut.aclk, 2)

    def hold_registers(self, permille: int) -> None:
        """Random pauses on the five channels of the registers."""
        write, read = self.master.write_if, self.master.read_if
        for channel in (write.aw_channel, write.w_channel, write.b_channel,
                        read.ar_channel, read.r_channel):  # fmt: skip
            channel.set_pause_generator(pauses(random.Random(self.rng.random()), permille))

    def hold_memory(self, permille: int) -> None:
        """Random pauses on the five channels of the memory."""
        write, read = self.memory.write_if, self.memory.read_if
        for channel in (write.aw_channel, write.w_channel, write.b_channel,
                        read.ar_channel, read.r_channel):  # fmt: skip
            channel.set_pause_generator(pauses(random.Random(self.rng.random()), permille))

    async def read(self, address: int) -> int:
        reply = await self.master.read(address, 4)
        return int.from_bytes(reply.data, "little")

    async def write(self, address: int, value: int) -> None:
        reply = await self.master.write(address, value.to_bytes(4, "little"))
        assert reply.resp == 0, f"write of {address:#x} answered {reply.resp}"

    async def until_interrupt(self, limit: int = 20000) -> None:
        for _ in range(limit):
            if self.dut.irq.value == 1:
                return
            await RisingEdge(self.dut.aclk)
        raise AssertionError(f"no interrupt in {limit} cycles")
