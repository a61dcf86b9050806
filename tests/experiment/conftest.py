import shutil
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import pytest

from segaug.experiment.config.trial import Trial
from segaug.experiment.outside import compose
from tests.tiny import TINY


@pytest.fixture
def tiny(tmp_path, tiny_cache):
    """Trials of a tiny study in a folder of this test: tiny("augment=red", "seed=1")."""
    home = {"output": str(tmp_path / "study"), "cache": str(tiny_cache)}

    def make(*overrides: str) -> Trial:
        folders = dict(word.split("=", 1) for word in overrides if word.startswith(("output=", "cache=")))
        trial = composed(*(word for word in overrides if word.partition("=")[0] not in folders))
        return replace(trial, config=replace(trial.config, **{**home, **folders}))

    return make


@pytest.fixture(scope="session")
def common_cache(tiny_images: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache for tests that do not ask what lies in it: what several of them need is drawn once."""
    return shutil.copytree(tiny_images, tmp_path_factory.mktemp("common") / "cache")


@pytest.fixture
def drawn_once(tiny, common_cache):
    """As `tiny`, with that cache."""
    return partial(tiny, f"cache={common_cache}")


@cache
def composed(*overrides: str) -> Trial:
    """A trial of the tiny study; composing one takes longer than many a test, and it is the same for all."""
    return compose([*TINY, *overrides])
