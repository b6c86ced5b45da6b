# SPDX-License-Identifier: Apache-2.0
"""What is missing skips a test, and fails it where everything must be there."""

from __future__ import annotations

from collections.abc import Callable

import needs
import pytest

WANTS: list[Callable[[], object]] = [
    lambda: needs.built("no/such/file"),
    lambda: needs.tool("no-such-tool", "no-such-package"),
    needs.models,
]


@pytest.mark.smoke
@pytest.mark.parametrize("want", WANTS)
def test_missing_skips_or_fails(
    want: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LILONG_MODELS", "/no/such/folder")
    monkeypatch.setenv("LILONG_REQUIRE_MODELS", "1")
    with pytest.raises(pytest.fail.Exception, match=r"has not been built|missing"):
        want()
    monkeypatch.delenv("LILONG_REQUIRE_MODELS")
    with pytest.raises(pytest.skip.Exception, match=r"has not been built|missing"):
        want()
