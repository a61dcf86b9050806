"""Pixels that count for nothing move with their image, and reach no network, whatever the strategy."""

from dataclasses import replace
from functools import partial

import pytest
import torch

from segaug.augment.augment import augment
from segaug.augment.baseline import Baseline
from segaug.augment.policy_heuristic import PolicyHeuristic
from segaug.augment.random_elastic_intensity import RandomElasticIntensity
from segaug.augment.red import RandomElastic
from segaug.batch import Batch, joined
from segaug.contract.cheap import make
from segaug.contract.examples import batch_for
from segaug.contract.little import TWO_UPDATES, OneConvolution, beside
from segaug.errors import ConfigError
from segaug.experiment.config.schema import STRATEGIES
from segaug.form import Form
from segaug.rng import stream
from segaug.training.fit import fit
from segaug.training.stopwatch import Stopwatch

# They learn of images alone, or as one does that is tried; the labels of all of them do nothing but move.
LONG = {"genda", "regda", "smooth_random", "augpaint_conditional", "gi", "gd_gi", "gd_gi_mixup"}

rng = partial(stream, 21, "augment", 4)


@pytest.fixture
def batch(name, request):
    """Three small images: batch of so many structures."""
    names = ("a", "b")[: request.param]
    return batch_for(make(name), Form(channels=1, structures=names, size=(48, 48)))


two_structures = pytest.mark.parametrize("batch", [2], indirect=True, ids=["two-structures"])


def with_rim(batch):
    """The batch with a band around its structures, and a corner of one image, that count for nothing."""
    shown = batch.label.sum(1, keepdim=True)
    rim = (torch.nn.functional.max_pool2d(shown, 5, 1, 2) > 0) & (shown == 0)
    rim[0, :, :20, :20] = True
    return replace(batch, label=batch.label.masked_fill(rim, torch.nan), ignored=True)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow) if name in LONG else name for name in STRATEGIES]
)
@two_structures
def test_labels_stay_known_or_ignored_and_training_stays_finite(name, batch, learning):
    batch, strategy = with_rim(batch), make(name)
    prepared = learning.prepare(strategy, batch)
    made = augment(strategy.stages(), prepared, batch, rng)
    assert made.ignored
    assert made.image.isfinite().all()
    unknown = made.label.isnan()
    assert unknown.any()
    assert torch.equal(unknown.any(1), unknown.all(1))  # of all structures, or of none
    assert ((made.shown >= 0) & (made.shown.sum(1, keepdim=True) <= 1 + 1e-6)).all()
    if isinstance(prepared, torch.nn.Module):
        assert all(weight.isfinite().all() for weight in prepared.state_dict().values())
    network = OneConvolution(1, 3)
    subset = strategy.training_set(batch, prepared)
    assert subset.label.isnan().flatten(1).any(1).all()  # in images that were made of labelled ones as well
    trained = fit(network, strategy, prepared, subset, batch, TWO_UPDATES, 0, Stopwatch(), beside(batch))
    assert trained.stopped == "budget"
    assert all(weight.isfinite().all() for weight in network.parameters())


@pytest.mark.parametrize(
    "strategy",
    [
        Baseline(),
        RandomElastic(),
        RandomElasticIntensity(share_v=1, share_i=0, share_both=0),
        RandomElasticIntensity(share_v=1, share_i=0, share_both=0, labels="bilinear"),
        PolicyHeuristic(),
    ],
    ids=["baseline", "red", "elastic", "soft", "policy"],
)
@pytest.mark.parametrize(("name", "batch"), [("baseline", 1)], indirect=["batch"])
def test_ignored_pixels_go_where_a_structure_of_their_shape_goes(name, batch, strategy, learning):
    prepared = learning.prepare(strategy, batch)
    ignored = replace(batch, label=torch.where(batch.label > 0, torch.nan, 0), ignored=True)
    moved, unknown = (augment(strategy.stages(), prepared, each, rng) for each in (batch, ignored))
    assert torch.equal(moved.image, unknown.image)
    assert torch.equal(unknown.label.isnan(), moved.label >= 0.5)
    assert not torch.equal(moved.label, batch.label)


@pytest.mark.parametrize("name", ["baseline", "policy_class_specific", "policy_joint"])
@pytest.mark.parametrize("batch", [1], indirect=True)
def test_patches_of_images_with_a_rim_are_trained_on(name, batch, learning):
    batch, strategy = with_rim(batch), make(name)
    prepared = learning.prepare(strategy, batch, 16)
    network, protocol = OneConvolution(1, 1), replace(TWO_UPDATES, patch=16)
    trained = fit(network, strategy, prepared, batch, batch, protocol, 0, Stopwatch(), beside(batch))
    assert trained.stopped == "budget"
    assert all(weight.isfinite().all() for weight in network.parameters())


@pytest.mark.parametrize("name", ["gd", "random_bank"])
@pytest.mark.parametrize("batch", [1], indirect=True)
def test_what_is_ignored_is_nothing_to_learn_from(name, batch, learning):
    nothing = replace(batch, label=torch.zeros_like(batch.label))
    nothing.label[:, :, :9] = torch.nan
    with pytest.raises(ConfigError, match="no labelled image shows anything to segment"):
        learning.prepare(make(name), replace(nothing, ignored=True))


def test_rows_of_which_some_may_be_ignored_may_be_so_together():
    zero = torch.zeros(1, dtype=torch.long)
    plain = Batch(torch.zeros(1, 1, 4, 4), torch.zeros(1, 1, 4, 4), zero, torch.ones(1, 2), zero)
    rimmed = replace(plain, ignored=True)
    assert [joined(*both).ignored for both in ((plain, plain), (plain, rimmed), (rimmed, plain))] == [False, True, True]
