import pytest

from segaug.experiment.compose import compose
from segaug.experiment.trial import Trial
from tests.tiny import TINY


@pytest.fixture
def tiny(tmp_path):
    """Trials of a tiny study in a folder of this test: tiny("augment=red", "seed=1")."""

    def make(*overrides: str) -> Trial:
        return compose([*TINY, f"output={tmp_path / 'study'}", f"cache={tmp_path / 'cache'}", *overrides])

    return make
