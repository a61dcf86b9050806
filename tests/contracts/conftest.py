from functools import partial

import pytest
import torch
from torch.nn import functional as F

from segaug.augment.artefact import ArtefactFailed
from segaug.augment.strategy import Allowed, PrepareContext
from segaug.batch import Batch
from segaug.errors import ConfigError
from segaug.experiment.artefacts.store import ArtefactStore
from segaug.form import Form
from segaug.models.network import build_with_seed
from segaug.models.nnunet import NnUnet
from segaug.rng import stream
from segaug.training.criterion import Criterion
from segaug.training.objective import Objective
from tests.contracts.cheap import make


@pytest.fixture(params=[(1, 1, (48, 48)), (3, 2, (40, 57))], ids=["binary-square", "two-structures-colour-oblong"])
def batch(request, name):
    """Three images with blobs as labels; oblong ones have sides that are no powers of two, where these are taken."""
    channels, structures, size = request.param
    size = _taken(make(name), Form(channels=channels, structures=("a", "b", "c")[:structures], size=size))
    rng = torch.Generator().manual_seed(3)
    image = F.interpolate(torch.rand(3, channels, 7, 6, generator=rng), size=size, mode="bicubic").clamp(0, 1)
    blobs = F.interpolate(torch.randn(3, structures + 1, 5, 5, generator=rng), size=size, mode="bicubic").argmax(1)
    label = torch.stack([(blobs == k + 1).float() for k in range(structures)], dim=1)
    return Batch(image, label, torch.arange(3), torch.ones(3, 2), torch.zeros(3, dtype=torch.long))


def _taken(strategy, form):
    """The size of the form, or where the strategy refuses that, the nearest multiples of 32."""
    try:
        strategy.check(form)
    except ConfigError:
        return tuple(32 * max(1, round(side / 32)) for side in form.size)
    return form.size


@pytest.fixture(scope="session")
def learned(tmp_path_factory):
    """prepare(strategy, batch): what a strategy learns from a batch and a few external images, each artefact once."""
    store = ArtefactStore(tmp_path_factory.mktemp("artefacts"), strict=True)
    with pytest.MonkeyPatch.context() as few:
        few.setattr("segaug.augment.smooth_random._MIXTURES", 32)  # no option, and most of what its spectrum costs
        yield partial(_prepare, store)


def _prepare(store, strategy, batch):
    def obtain(artefact):
        try:
            return store.obtain(artefact)
        except ArtefactFailed:  # two steps make no good generator; here it has to keep promises, not to be good
            return store.held(artefact)

    shifted = torch.cat([batch.image.roll((shift, shift), dims=(2, 3)) for shift in (1, 2)])
    structures = batch.label.shape[1]

    def build_model(rng):
        logits = structures + (structures > 1)
        return build_with_seed(NnUnet(feature_size=4), rng.initial_seed(), batch.image.shape[1], logits).to(
            batch.image.device
        )

    context = PrepareContext(
        subset=batch,
        allowed=Allowed(external=shifted.flip(0) ** 1.1, validation=batch),
        decides={},
        objective=Objective(),
        build_model=build_model,
        train_segmentation=_no_segmenter,
        rng=partial(stream, 0, "prepare"),
        obtain=obtain,
        validation_dice_error=Criterion("dice_patient", structures, ["patient"] * len(batch)).on(batch),
    )
    return strategy.prepare(context)


def _no_segmenter(*_):
    raise NotImplementedError("no registered strategy trains a segmenter yet")
