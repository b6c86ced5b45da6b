# SPDX-License-Identifier: Apache-2.0
"""The presets of the specification, from the generated module: needs no package, not even ours."""

from __future__ import annotations

import re
from pathlib import Path

_FILE = Path(__file__).resolve().parents[3] / "python/lilong/gen/isa.py"
# In the order of the parameter Preset.
PRESETS = tuple(re.findall(r'^    "([\w-]+)": Preset\(', _FILE.read_text(encoding="utf-8"), re.M))
