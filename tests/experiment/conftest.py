from dataclasses import replace
from functools import cache

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


@cache
def composed(*overrides: str) -> Trial:
    """A trial of the tiny study; composing one takes longer than many a test, and it is the same for all."""
    return compose([*TINY, *overrides])
