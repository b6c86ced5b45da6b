# SPDX-License-Identifier: Apache-2.0
"""The Python package: programs, sessions, errors."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import lilong
import numpy as np
import pytest
import sample_networks
from lilong import errors

pytestmark = pytest.mark.smoke


@pytest.fixture(scope="module")
def session(bundled: Path) -> lilong.Session:
    return lilong.Session(lilong.compile(bundled), lilong.Device())


def test_program_describes_itself(bundled: Path) -> None:
    program = lilong.compile(bundled, preset="lite", numerics="tflm")
    assert (program.preset, program.numerics, program.model) == ("lite", "tflm", bundled.name)
    (tensor,) = program.inputs
    assert (tensor.shape, tensor.sample_shape) == ((1, 32, 32, 1), (32, 32, 1))
    assert tensor.dtype == np.int8 and tensor.scale > 0
    assert program.outputs[0].shape == (1, 6)
    assert sum(layer["macs"] for layer in program.layers) == 413_984
    assert all(layer["on_chip"] and layer["exactness"] for layer in program.layers)
    (code,) = program.disassemble()
    assert code[-1] == "end"
    assert any(line.startswith("conv ") for line in code)


def test_program_survives_a_file(bundled: Path, tmp_path: Path) -> None:
    program = lilong.compile(bundled)
    program.save(tmp_path / "x.lilong")
    loaded = lilong.Program.load(tmp_path / "x.lilong")
    assert loaded.to_bytes() == program.to_bytes() == (tmp_path / "x.lilong").read_bytes()
    assert lilong.compile(bundled.read_bytes()).layers == program.layers


def test_forms_of_the_input(session: lilong.Session) -> None:
    x = np.arange(2 * 1024, dtype=np.int16).astype(np.int8).reshape(2, 32, 32, 1)
    y = session.run(x)
    assert isinstance(y, np.ndarray) and y.shape == (2, 6) and y.dtype == np.int8
    name = session.program.inputs[0].name
    for form in (x[:, None], [x], {name: x}, np.asfortranarray(x)):
        np.testing.assert_array_equal(session.run(form), y)


def test_several_outputs_come_as_a_list() -> None:
    session = lilong.Session(lilong.compile(sample_networks.two_outputs()), lilong.Device())
    result = session.run(np.array([[1, -5, 9, 3]], np.int8))
    assert isinstance(result, list) and len(result) == 2
    np.testing.assert_array_equal(result[0], [[1, 0, 9, 3]])
    np.testing.assert_array_equal(result[1], [[2, -10, 18, 6]])


def test_float_edges_run_on_the_host() -> None:
    program = lilong.compile(sample_networks.float_edges())
    assert [layer["op"] for layer in program.host_layers] == ["QUANTIZE", "DEQUANTIZE"]
    session = lilong.Session(program, lilong.Device())
    y = session.run(np.array([[0.5, -3.0, 1.26, 100.0]], np.float32))
    np.testing.assert_array_equal(y, np.array([[0.5, 0.0, 1.25, 31.75]], np.float32))


def test_report_and_cycles(session: lilong.Session) -> None:
    session.run_random(seed=3)
    report = session.report()
    assert session.cycles is None and report["cycles"] is None
    assert report["device"] == "functional" and report["preset"] == "edge"
    assert report["macs"] == 413_984
    assert report["counters"]["bytes_read"] == report["bytes_read"] > 1024
    assert {"name", "op", "cycles", "busy_cycles", "macs", "bound_compute"} <= set(
        report["layers"][0]
    )
    assert json.loads(session.trace())["traceEvents"] == []


def test_progress_counts_samples(session: lilong.Session) -> None:
    seen: list[int] = []
    session.run(np.zeros((3, 32, 32, 1), np.int8), progress=seen.append)
    assert seen == [1, 2, 3]


def test_sessions_share_a_device(bundled: Path) -> None:
    device = lilong.Device()
    one = lilong.Session(lilong.compile(bundled), device)
    two = lilong.Session(lilong.compile(bundled, numerics="tflm"), device)
    x = np.random.default_rng(1).integers(-128, 128, (1, 32, 32, 1), np.int8)
    first = one.run(x)
    two.run(x)
    np.testing.assert_array_equal(one.run(x), first)


def test_errors_carry_their_fields(tmp_path: Path) -> None:
    with pytest.raises(errors.FileError) as caught:
        lilong.compile(tmp_path / "none.tflite")
    error = caught.value
    assert error.id == "fileNotFound" and error.file.endswith("none.tflite")
    assert error.message and error.remedy
    assert str(error).count(error.message) == 1
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    with pytest.raises(errors.UnsupportedError) as caught_operator:
        lilong.compile(sample_networks.unsupported_network())
    assert caught_operator.value.layer == "t1"


@pytest.mark.parametrize(
    ("options", "id"),
    [
        ({"preset": "mega"}, "unknownPreset"),
        ({"numerics": "exact"}, "unknownOption"),
        ({"memory": "tape"}, "unknownOption"),
        ({"dead_channels": "hide"}, "unknownOption"),
    ],
)
def test_unknown_compile_options(bundled: Path, options: dict[str, str], id: str) -> None:
    with pytest.raises(lilong.Error) as caught:
        lilong.compile(bundled, **options)  # type: ignore[arg-type]
    assert caught.value.id == id


def test_unknown_devices() -> None:
    for options, id in (
        ({"name": "abacus"}, "unknownDevice"),
        ({"preset": "mega"}, "unknownPreset"),
        ({"memory": "tape"}, "unknownOption"),
        ({"waves": "x.fst"}, "unsupportedVariant"),
    ):
        with pytest.raises(lilong.Error) as caught:
            lilong.Device(**options)  # type: ignore[arg-type]
        assert caught.value.id == id
    assert {"functional", "rtl"} <= {entry["name"] for entry in lilong.devices()}


def test_session_refuses_a_device_of_another_preset(bundled: Path) -> None:
    with pytest.raises(errors.ProgramError) as caught:
        lilong.Session(lilong.compile(bundled), lilong.Device(preset="nano"))
    assert caught.value.id == "programPreset"


def test_wrong_inputs(session: lilong.Session) -> None:
    good = np.zeros((1, 32, 32, 1), np.int8)
    for bad, id in (
        ([good, good], "inputCount"),
        ({"other": good}, "inputCount"),
        (good.astype(np.uint8), "inputType"),
        (good[:, :-1], "inputShape"),
        (good[0, 0, 0], "inputShape"),
        (good[:0], "inputShape"),
    ):
        with pytest.raises(errors.InputError) as caught:
            session.run(bad)  # type: ignore[arg-type]
        assert caught.value.id == id
