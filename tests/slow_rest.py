"""Cases of which the quick run takes a few, and `make test-slow` the rest."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def slow_but(cases: Iterable[Any], *quick: str, ids: Collection[str] = ()) -> list[Any]:
    """Parameters of a test, all but the quick ones marked slow; quick: ids of cases, their texts where none are given.

    Each property of the quick run keeps a case there that fails with it.
    """
    listed = list(cases)
    names = list(ids) or [str(case) for case in listed]
    assert set(quick) <= set(names), sorted(set(quick) - set(names))
    return [
        pytest.param(case, id=name, marks=[] if name in quick else [pytest.mark.slow])
        for case, name in zip(listed, names, strict=True)
    ]
