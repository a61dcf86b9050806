"""Small folders of images and masks with known content."""

import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from segaug.data.kinds.folder import Folder
from segaug.data.phantom import dataset as phantom
from segaug.data.task import SplitSizes
from tests.data.small_sets import write_set


@pytest.fixture(scope="module", autouse=True)
def _drawn_anew(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests of how phantoms are drawn draw each of theirs, as users do."""
    with pytest.MonkeyPatch.context() as patch:
        if request.path.name.startswith("test_phantom"):
            patch.setattr(phantom, "_anatomy", lru_cache(maxsize=4)(phantom._anatomy.__wrapped__))
        yield


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Folder of `write_set`."""
    write_set(tmp_path / "set")
    return tmp_path / "set"


@pytest.fixture
def folder(root: Path) -> Callable[..., Folder]:
    """Make the dataset of `root`, with options replaced."""

    def make(**options: object) -> Folder:
        own = {
            "root": str(root),
            "patient_pattern": "^(p[0-9]+)_",
            "structures": {"whole": [1, 2], "left": [1]},
            "structure": "whole",
            "size": 16,
            "split": SplitSizes(min_validation=2),
        }
        return Folder(**{**own, **options})

    return make


@pytest.fixture
def public_data() -> Path:
    """Folder of the public data sets."""
    if "SEGAUG_DATA" not in os.environ:
        pytest.skip("SEGAUG_DATA does not name the folder of the public data sets")
    return Path(os.environ["SEGAUG_DATA"])
