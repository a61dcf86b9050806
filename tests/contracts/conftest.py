from dataclasses import replace
from functools import partial

import pytest
import torch
from torch.nn import functional as F

from segaug.augment.artefact import ArtefactFailed
from segaug.augment.none import NoAugmentation
from segaug.augment.strategy import PrepareContext
from segaug.batch import Batch
from segaug.errors import ConfigError
from segaug.experiment.artefacts.store import ArtefactStore
from segaug.form import Form
from segaug.rng import stream
from segaug.training.criterion import Criterion
from segaug.training.fit import fit
from segaug.training.objective import Objective
from segaug.training.stopwatch import Stopwatch
from tests.augment.learned import named
from tests.contracts.cheap import make
from tests.contracts.little import TWO_UPDATES, OneConvolution, beside


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
    """The size of the form, or where the strategy refuses that, multiples of 32 near it."""
    try:
        strategy.check(form)
    except ConfigError:
        return tuple(32 * max(1, (side + 15) // 32) for side in form.size)
    return form.size


@pytest.fixture(scope="session")
def learned(tmp_path_factory):
    """prepare(strategy, batch): what a strategy learns from a batch and a few external images, each artefact once.

    prepare(strategy, batch, side): by a protocol with patches.
    """
    store = ArtefactStore(tmp_path_factory.mktemp("artefacts"), strict=True)
    with pytest.MonkeyPatch.context() as few:
        few.setattr("segaug.augment.smooth_random._MIXTURES", 32)  # no option, and most of what its spectrum costs
        yield partial(_prepare, store)


def _prepare(store, strategy, batch, patch=None):
    def obtain(artefact):
        try:
            return store.obtain(artefact)
        except ArtefactFailed:  # two steps make no good generator; here it has to keep promises, not to be good
            return store.held(artefact)

    structures, protocol = batch.label.shape[1], replace(TWO_UPDATES, patch=patch)

    def build_model(rng):
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(rng.initial_seed())
            network = OneConvolution(batch.image.shape[1], structures + (structures > 1))
        return network.to(batch.image.device)

    def train_segmentation(images, chosen):
        network = build_model(stream(0, "segmenter"))
        fit(network, chosen or NoAugmentation(), None, images, None, protocol, 0, Stopwatch())
        return network

    allowed = beside(batch)
    context = PrepareContext(
        subset=batch,
        allowed=allowed,
        decides={},
        objective=Objective(),
        build_model=build_model,
        train_segmentation=train_segmentation,
        rng=partial(stream, 0, "prepare"),
        obtain=obtain,
        patch=protocol.window(batch.image.ndim - 2),
        **named(batch, allowed),
        validation_dice_error=Criterion("dice_patient", structures, ["patient"] * len(batch)).on(batch),
    )
    return strategy.prepare(context)
