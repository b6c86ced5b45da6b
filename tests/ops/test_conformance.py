# SPDX-License-Identifier: Apache-2.0
"""Every operator in every arithmetic equals the pinned interpreters.

300 random networks of one operator each on `functional`, 10 on `rtl`, some on the other presets.
LILONG_CONFORMANCE_SEED takes other networks.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path

import cases
import conformance
import interpret
import lilong
import operator_table
import pytest

ROOT = Path(__file__).resolve().parents[2]
SEED = int(os.environ.get("LILONG_CONFORMANCE_SEED", "1"))

# Operators that an interpreter does not have for int8.
ABSENT = {("RELU_N1_TO_1", "tflm"), ("ELU", "litert-ref")}
PAIRS = [
    (operator, numerics)
    for operator in cases.GENERATORS
    for numerics in interpret.NUMERICS
    if (operator, numerics) not in ABSENT
]


@cache
def _device(name: str, preset: str) -> lilong.Device:
    return lilong.Device(name, preset=preset)


def _verdict(score: conformance.Score, count: int) -> None:
    assert not score.failures, score.failures[:3]
    assert score.networks == count, (score.refused, score.refusal)
    # What is announced as inexact is rare: ties of the last values of a QUANTIZE, else less.
    rate = 5e-3 if score.operator == "QUANTIZE" else 1e-3
    assert score.inexact_values <= rate * score.values


@pytest.mark.parametrize(("operator", "numerics"), PAIRS)
def test_functional(operator: str, numerics: str) -> None:
    score = conformance.check(operator, numerics, 300, SEED, _device("functional", "edge"))
    _verdict(score, 300)


@pytest.mark.parametrize(("operator", "numerics"), PAIRS)
def test_rtl(operator: str, numerics: str) -> None:
    score = conformance.check(operator, numerics, 10, SEED + 1000, _device("rtl", "edge"))
    _verdict(score, 10)


@pytest.mark.parametrize("preset", ["nano", "lite", "plus", "edge-fpga"])
@pytest.mark.parametrize("operator", list(cases.GENERATORS))
def test_presets(operator: str, preset: str) -> None:
    score = conformance.check(operator, "litert", 30, SEED + 2000, _device("functional", preset))
    _verdict(score, 30 - score.too_large)
    assert score.too_large <= (6 if preset == "nano" else 0)


@pytest.mark.parametrize("numerics", interpret.NUMERICS)
def test_networks(numerics: str) -> None:
    device = _device("functional", "edge")
    score = conformance.check(conformance.NETWORK, numerics, 200, SEED, device)
    assert not score.failures, score.failures[:3]
    assert score.networks == 200
    assert score.inexact_networks <= 4  # a LOGISTIC or SOFTMAX in the middle may have moved a byte


@pytest.mark.parametrize("numerics", interpret.NUMERICS)
def test_networks_rtl(numerics: str) -> None:
    device = _device("rtl", "edge")
    score = conformance.check(conformance.NETWORK, numerics, 10, SEED + 1000, device)
    assert not score.failures, score.failures[:3]
    assert score.networks == 10
    assert score.inexact_networks == 0


@pytest.mark.parametrize("preset", ["nano", "lite", "plus", "edge-fpga"])
def test_networks_of_presets(preset: str) -> None:
    device = _device("functional", preset)
    score = conformance.check(conformance.NETWORK, "litert", 60, SEED + 2000, device)
    assert not score.failures, score.failures[:3]
    assert score.networks + score.too_large == 60
    assert score.too_large <= (12 if preset == "nano" else 3)
    assert score.inexact_networks <= 1


@pytest.mark.parametrize(("operator", "numerics"), sorted(ABSENT))
def test_absent_operators_are_refused_by_the_interpreter(operator: str, numerics: str) -> None:
    score = conformance.check(operator, numerics, 5, SEED)
    assert score.networks == 0 and score.refused == 5


def test_the_operator_page_is_generated() -> None:
    results = json.loads(operator_table.RESULTS.read_text())
    assert operator_table.PAGE.read_text(encoding="utf-8") == operator_table.page(results)
    assert set(operator_table.LIMITS) == set(cases.GENERATORS)


def test_every_operator_of_the_compiler_has_cases() -> None:
    text = (ROOT / "compiler/ops/ops.def").read_text(encoding="utf-8")
    names = set(re.findall(r'^LILONG_OP\(\w+, "(\w+)"', text, re.MULTILINE))
    assert names == set(cases.GENERATORS)
