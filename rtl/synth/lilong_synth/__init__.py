# SPDX-License-Identifier: Apache-2.0
"""Synthesis flows: FPGA bitstream, netlist for simulation, standard-cell estimate."""
