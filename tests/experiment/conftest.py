import shutil

import pytest

from segaug.experiment.config.trial import Trial
from segaug.experiment.outside import compose
from segaug.experiment.planned.plan import load
from tests.tiny import TINY


@pytest.fixture(scope="session")
def decoded(tmp_path_factory):
    """A cache that holds the images of the tiny study: drawing them takes longer than most tests."""
    folder = tmp_path_factory.mktemp("decoded")
    load(compose([*TINY, f"cache={folder}"]))
    return folder


@pytest.fixture
def tiny(tmp_path, decoded):
    """Trials of a tiny study in a folder of this test: tiny("augment=red", "seed=1")."""
    shutil.copytree(decoded, tmp_path / "cache", dirs_exist_ok=True)

    def make(*overrides: str) -> Trial:
        return compose([*TINY, f"output={tmp_path / 'study'}", f"cache={tmp_path / 'cache'}", *overrides])

    return make
