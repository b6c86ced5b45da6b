# SPDX-License-Identifier: Apache-2.0
"""What tests need beside the package: the build folder, the public networks, tools.

What is missing skips the test, or fails it where everything must be there
(LILONG_REQUIRE_MODELS=1, as in continuous integration).
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("LILONG_BUILD", ROOT / "build/release"))


def missing(what: str) -> NoReturn:
    """Ends the test because of `what`, a sentence."""
    if os.environ.get("LILONG_REQUIRE_MODELS") == "1":
        pytest.fail(what)
    pytest.skip(what)


def built(path: str) -> Path:
    """A file of the build folder."""
    if not (BUILD / path).is_file():
        missing(f"{BUILD / path} has not been built")
    return BUILD / path


def tool(name: str, package: str) -> str:
    """A program of the system."""
    if shutil.which(name) is None:
        missing(f"{name} is missing (Debian package {package})")
    return name


def models() -> Path:
    """The folder of the public networks."""
    folder = Path(os.environ.get("LILONG_MODELS", ROOT.parent / "shared/models"))
    if not folder.is_dir():
        missing("the public networks are missing; set LILONG_MODELS to their folder")
    return folder
