import os

import pytest

from segaug.contract.learning import Learning
from segaug.experiment.artefacts.store import ArtefactStore


@pytest.fixture(scope="session")
def learning(tmp_path_factory):
    """What strategies learn from a few small images, each artefact once for all tests, of all processes of this run."""
    own = tmp_path_factory.getbasetemp()
    folder = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with pytest.MonkeyPatch.context() as few:
        few.setattr("segaug.augment.smooth_random._MIXTURES", 32)  # no option, and most of what its spectrum costs
        yield Learning(ArtefactStore(folder / "artefacts", strict=True))
