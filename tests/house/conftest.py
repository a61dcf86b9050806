from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

from tests.house.build import build
from tests.house.rooms import House


@pytest.fixture
def built(tmp_path: Path) -> Callable[[Mapping[str, str]], House]:
    """`build` in a folder of the test."""
    return partial(build, tmp_path)
