# SPDX-License-Identifier: Apache-2.0
"""Runs networks in the pinned interpreters, each batch in a process of its own.

Several networks in one process have been seen to corrupt its heap, so a batch that dies goes on
with the next case in a fresh process, and a single case can be asked for alone.
"""

from __future__ import annotations

import pickle
import struct
import subprocess
import sys
from typing import Any

import numpy as np
from numpy.typing import NDArray

NUMERICS = ("tflm", "litert-ref", "litert")

# One case: the model and its runs, each a list of input arrays.
Job = tuple[bytes, list[list[NDArray[Any]]]]
# Outputs of every run, or the message of the interpreter that refused or died.
Answer = list[NDArray[Any]] | str


def _run_litert(
    model: bytes, runs: list[list[NDArray[Any]]], reference: bool
) -> list[NDArray[Any]]:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    resolver = OpResolverType.BUILTIN_REF if reference else OpResolverType.AUTO
    interpreter = Interpreter(
        model_content=model, experimental_op_resolver_type=resolver, num_threads=1
    )
    interpreter.allocate_tensors()
    inputs = [d["index"] for d in interpreter.get_input_details()]
    output = interpreter.get_output_details()[0]["index"]
    results = []
    for run in runs:
        for index, value in zip(inputs, run, strict=True):
            interpreter.set_tensor(index, value)
        interpreter.invoke()
        results.append(interpreter.get_tensor(output).copy())
    return results


def _run_tflm(model: bytes, runs: list[list[NDArray[Any]]]) -> list[NDArray[Any]]:
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(model, arena_size=2_000_000)
    results = []
    for run in runs:
        for index, value in enumerate(run):
            interpreter.set_input(value, index)
        interpreter.invoke()
        results.append(np.array(interpreter.get_output(0)))
    return results


def _worker() -> None:
    numerics = sys.argv[1]
    jobs: list[Job] = pickle.load(sys.stdin.buffer)
    out = sys.stdout.buffer
    for model, runs in jobs:
        answer: Answer
        try:
            if numerics == "tflm":
                answer = _run_tflm(model, runs)
            else:
                answer = _run_litert(model, runs, numerics == "litert-ref")
        except Exception as error:  # any refusal is an answer
            answer = f"{type(error).__name__}: {error}"[:400]
        data = pickle.dumps(answer)
        out.write(struct.pack("<I", len(data)) + data)
        out.flush()


def run(jobs: list[Job], numerics: str) -> list[Answer]:
    """The interpreter's outputs for every job, in order."""
    answers: list[Answer] = []
    while len(answers) < len(jobs):
        rest = jobs[len(answers) :]
        done = subprocess.run(
            [sys.executable, __file__, numerics],
            input=pickle.dumps(rest),
            capture_output=True,
            check=False,
        )
        data, position = done.stdout, 0
        while position + 4 <= len(data):
            (size,) = struct.unpack_from("<I", data, position)
            if position + 4 + size > len(data):
                break
            answers.append(pickle.loads(data[position + 4 : position + 4 + size]))
            position += 4 + size
        if len(answers) < len(jobs) and done.returncode != 0:
            tail = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
            answers.append(f"the process died ({done.returncode}): {' '.join(tail)}")
    return answers


if __name__ == "__main__":
    _worker()
