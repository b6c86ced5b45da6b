#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks rtl/spec/lilong.yaml and writes everything that is generated from it.

gen.py           checks, then writes the outputs whose content has changed
gen.py --check   checks, and fails if an output is not current; writes nothing
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from lilong_spec import checks, model, write_cpp, write_docs, write_link, write_python, write_sv

ROOT = Path(__file__).resolve().parents[2]


def outputs(spec: model.Spec, root: Path) -> dict[Path, str]:
    """Content of every generated file, by its path."""
    result = {
        root / "rtl/gen/lilong_isa_pkg.sv": write_sv.package(spec),
        root / "rtl/gen/lilong_checks.svh": write_sv.checks(spec),
        root / "sim/isa/gen/isa.hpp": write_cpp.isa(spec),
        root / "sim/isa/gen/isa_checks.hpp": write_cpp.checks(spec),
        root / "sim/isa/gen/lilong_isa.h": write_cpp.c_header(spec),
        root / "python/lilong/gen/isa.py": write_python.module(spec),
        root / "rtl/gen/lilong_link_pkg.sv": write_link.package(spec),
        root / "sim/isa/gen/link.hpp": write_link.cpp(spec),
        root / "sim/isa/gen/lilong_link.h": write_link.c_header(spec),
        root / "python/lilong/gen/link.py": write_link.python(spec),
    }
    for page in sorted((root / "docs/4-isa").glob("*.md")):
        result[page] = write_docs.fill(page.read_text(), spec, page)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing, fail if not current")
    arguments = parser.parse_args()
    try:
        spec = model.load(ROOT / "rtl/spec/lilong.yaml")
        problems = checks.all_problems(spec)
        if arguments.check:
            problems += checks.missing_files(spec, ROOT)
        if problems:
            raise model.SpecError("\n".join(problems))
        texts = outputs(spec, ROOT)
    except model.SpecError as error:
        print(f"gen.py: {error}", file=sys.stderr)
        return 1
    stale = [p for p, text in texts.items() if not p.exists() or p.read_text() != text]
    if arguments.check:
        for path in stale:
            print(
                f"gen.py: {path.relative_to(ROOT)} is not current; run rtl/spec/gen.py",
                file=sys.stderr,
            )
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path])
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
