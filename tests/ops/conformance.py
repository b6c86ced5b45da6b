# SPDX-License-Identifier: Apache-2.0
"""Random networks of one operator: Lilong against the pinned interpreters, byte for byte.

    conformance.py [OPERATOR ...] [--count 300] [--seed 1] [--device functional] [--preset edge]
                   [--numerics tflm] [--json FILE]

Exit code 1 when a network differs that Lilong claims to be exact, or differs more than it says.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import cases
import interpret
import lilong
import networks
import numpy as np
from numpy.typing import NDArray
from random_values import Case

# What an operator may claim: exact, or not exact with a difference of at most one step.
EXACT = ("proved", "tested")
# Not an operator, but a network of several (networks.py).
NETWORK = "network"


@dataclass
class Score:
    """The outcome of one operator in one arithmetic."""

    operator: str
    numerics: str
    device: str
    preset: str
    networks: int = 0  # compared
    values: int = 0  # output values compared
    exact: int = 0  # networks that claim to be exact
    on_host: int = 0  # networks with the operator on the host
    inexact_networks: int = 0  # networks that differ, as announced
    inexact_values: int = 0
    too_large: int = 0  # networks that do not fit the preset, by the compiler's word
    refused: int = 0  # networks that the interpreter does not take
    refusal: str = ""
    failures: list[str] = field(default_factory=list)  # of Lilong


def _lilong(
    case: Case, numerics: str, device: lilong.Device
) -> tuple[list[NDArray[np.generic]], list[dict[str, object]]]:
    program = lilong.compile(case.model, preset=device.preset, numerics=numerics)
    session = lilong.Session(program, device)
    outputs = []
    for run in case.inputs:
        # one sample, with its leading axis
        result = session.run([array[np.newaxis] for array in run])
        outputs.append(np.asarray(result)[0])
    return outputs, program.layers


def _compare(
    case: Case,
    wanted: list[NDArray[np.generic]],
    numerics: str,
    device: lilong.Device,
    score: Score,
) -> str:
    """The reason of a failure, empty if there is none."""
    try:
        outputs, layers = _lilong(case, numerics, device)
    except lilong.Error as error:
        if error.id == "doesNotFit":
            score.too_large += 1
            return ""
        return f"{error}"
    claims = [str(layer["exactness"]) for layer in layers]
    exact = all(claim in EXACT for claim in claims)
    score.networks += 1
    score.exact += exact
    score.on_host += any(not layer["on_chip"] for layer in layers)
    different, largest = 0, 0.0
    for want, got in zip(wanted, outputs, strict=True):
        got = got.reshape(want.shape)
        score.values += want.size
        delta = np.abs(want.astype(np.float64) - got.astype(np.float64))
        different += int((delta > 0).sum())
        largest = max(largest, float(delta.max()))
    if different == 0:
        return ""
    if exact:
        return f"{different} values differ by up to {largest:g}, claimed {claims}"
    if largest > 1 and case.operator != NETWORK:  # later layers amplify what one announces
        return f"values differ by {largest:g}, claimed {claims}"
    score.inexact_networks += 1
    score.inexact_values += different
    return ""


def check(
    operator: str,
    numerics: str,
    count: int,
    seed: int = 1,
    device: lilong.Device | None = None,
) -> Score:
    """Compares `count` networks of an operator; those the interpreter refuses are made up for."""
    device = device or lilong.Device("functional")
    score = Score(operator, numerics, device.name, device.preset)
    first = 0
    while (missing := count - score.networks - score.too_large - len(score.failures)) > 0:
        batch = _generate(operator, missing, seed, first)
        answers = interpret.run([(case.model, case.inputs) for case in batch], numerics)
        for index, (case, answer) in enumerate(zip(batch, answers, strict=True), first):
            if isinstance(answer, str):
                score.refused += 1
                score.refusal = answer
                continue
            failure = _compare(case, answer, numerics, device, score)
            if failure:
                failure += _second_opinion(case, answer, numerics)
                score.failures.append(f"case {index} (seed {seed}): {failure}")
        first += len(batch)
        if score.refused == first:  # the interpreter does not know the operator
            break
    return score


def _generate(operator: str, count: int, seed: int, first: int) -> list[Case]:
    if operator != NETWORK:
        return cases.generate(operator, count, seed, first)
    numbers = range(first, first + count)
    return [networks.network(np.random.default_rng([seed, 0, i])) for i in numbers]


def _second_opinion(case: Case, answer: list[NDArray[np.generic]], numerics: str) -> str:
    """Asks the interpreter once more, alone in its process."""
    (again,) = interpret.run([(case.model, case.inputs)], numerics)
    if not isinstance(again, str) and all(
        np.array_equal(a, b) for a, b in zip(answer, again, strict=True)
    ):
        return ""
    return "; the interpreter itself gives two results"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Lilong against the interpreters, operator by operator"
    )
    parser.add_argument("operators", nargs="*", default=list(cases.GENERATORS))
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="functional")
    parser.add_argument("--preset", default="edge")
    parser.add_argument("--numerics", choices=interpret.NUMERICS)
    parser.add_argument("--json", help="write the scores to this file")
    options = parser.parse_args(arguments)
    device = lilong.Device(options.device, preset=options.preset)
    scores = []
    for operator in options.operators:
        for numerics in [options.numerics] if options.numerics else interpret.NUMERICS:
            score = check(operator, numerics, options.count, options.seed, device)
            scores.append(score)
            print(
                f"{operator:24} {numerics:11} networks {score.networks:4} values {score.values:8} "
                f"host {score.on_host:4} inexact {score.inexact_networks:3} "
                f"({score.inexact_values}) refused {score.refused:3} large {score.too_large:2} "
                f"FAILED {len(score.failures)}",
                flush=True,
            )
            for message, number in Counter(f.split(": ", 1)[1] for f in score.failures).most_common(
                3
            ):
                print(f"    {number} x {message}", flush=True)
            for failure in score.failures[:2]:
                print(f"    {failure}", flush=True)
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump([asdict(s) for s in scores], file, indent=1)
    return 1 if any(s.failures for s in scores) else 0


if __name__ == "__main__":
    sys.exit(main())
