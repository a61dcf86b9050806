"""AugPaint as a strategy: what is shared, what decides, what is refused."""

from dataclasses import replace

import pytest
import torch

from segaug.augment.augpaint.augpaint_conditional import AugPaintConditional
from segaug.augment.augpaint.boxes import kept_pixels
from segaug.augment.augpaint.options import PROFILES, Autoencoder, Denoiser
from segaug.augment.augpaint.random_bank import RandomBank
from segaug.augment.augpaint.strategy import AugPaint
from segaug.augment.red import RandomElastic
from segaug.errors import ConfigError
from tests.augment.augpaint.examples import SIZE, cheap, context
from tests.augment.learned import hearts

POOL = hearts(12, SIZE)


def drawn(rows, strategy=None, made=None):
    """A context whose subset are these rows of the pool; the rest is unlabelled."""
    rest = [row for row in range(len(POOL)) if row not in rows]
    return context(POOL.rows(torch.tensor(rows)), POOL.image[rest], made)


def names(strategy, there, kind=""):
    return [artefact.name for artefact in strategy.artefacts(there) if artefact.kind.startswith(kind)]


@pytest.fixture(scope="module")
def made():
    """All artefacts of this file, by name."""
    return {}


def test_what_is_learned_is_the_same_for_every_subset_and_samples_for_all_that_share_the_image():
    one, two = drawn([3, 1]), drawn([1, 7, 5])
    strategy = cheap(first_stage="vq")
    for kind in ("augpaint_autoencoder", "augpaint_denoiser"):
        assert names(strategy, one, kind) == names(strategy, two, kind)
    shared = set(names(strategy, one, "augpaint_samples")) & set(names(strategy, two, "augpaint_samples"))
    assert len(shared) == 1
    assert names(strategy, one, "augpaint_bank") != names(strategy, two, "augpaint_bank")


def test_neither_the_order_of_the_subset_nor_filter_nor_number_decides_what_is_shared():
    one, turned = drawn([3, 1]), drawn([1, 3])
    assert sorted(names(cheap(), one)) == sorted(names(cheap(), turned))
    assert names(cheap(), one, "augpaint_bank") == names(cheap(), turned, "augpaint_bank")
    for changed in ({"filter": "none"}, {"keep": 0.2}, {"per_source": True}, {"include_originals": False}):
        assert names(cheap(**changed), one) == names(cheap(), one)
    assert names(cheap(per_image=3), one, "augpaint_samples") == names(cheap(), one, "augpaint_samples")


def test_another_image_of_the_pool_is_another_name():
    other = POOL.image.clone()
    other[9] = 1 - other[9]
    subset, rest = POOL.rows(torch.tensor([1, 3])), [row for row in range(12) if row not in (1, 3)]
    assert names(cheap(), context(subset, other[rest]))[0] != names(cheap(), drawn([1, 3]))[0]


def test_artefacts_come_after_what_they_need():
    strategy, seen = cheap(first_stage="vq"), set()
    for artefact in strategy.artefacts(drawn([1, 3])):
        assert set(artefact.needs) <= seen
        seen.add(artefact.name)


@pytest.mark.parametrize("kind", [AugPaint, AugPaintConditional])
def test_the_bank_trains_on_originals_and_the_better_half_of_what_was_painted(kind, made):
    there = drawn([1, 3], made=made)
    strategy = cheap(kind)
    bank = strategy.prepare(there)
    rows = strategy.training_set(there.subset, bank)
    assert bank.image.shape == (2, 2, 1, *SIZE)
    assert len(rows) == 2 + 2
    assert torch.equal(rows.image[:2], there.subset.image)
    assert rows.index.tolist() == [*there.subset.index.tolist(), -1, -1]
    assert torch.equal(bank.kept_px, kept_pixels(there.subset.label, "box"))
    assert torch.equal(bank.label, there.subset.label[:, None].expand_as(bank.label))
    alone = replace(strategy, include_originals=False).training_set(there.subset, bank)
    assert torch.equal(alone.image, rows.image[2:])


def test_the_bank_is_the_same_whichever_order_the_subset_was_drawn_in(made):
    one, turned = (cheap().prepare(drawn(rows, made=made)) for rows in ([1, 3], [3, 1]))
    for name in ("image", "label", "kept_px", "score", "chosen", "distance"):
        assert torch.equal(getattr(one, name), getattr(turned, name).flip(0)), name
    assert one.measures == turned.measures


def test_nearest_images_are_rows_as_this_trial_sees_them(made):
    there = drawn([3, 1], made=made)
    bank = cheap().prepare(there)
    every = torch.cat([there.subset.image, there.allowed.unlabelled])
    assert (bank.nearest < len(every)).all()
    for source, kept in enumerate(bank.kept_px):
        free = ~kept.expand_as(every[0])
        for image, row, distance in zip(bank.image[source], bank.nearest[source], bank.distance[source], strict=True):
            found = ((every - image.float() / 255)[:, free].square().mean(1)).sqrt()
            found[source] = torch.inf
            assert found.argmin() == row
            assert found.min().item() == pytest.approx(distance.item(), rel=1e-4)


def test_an_image_without_foreground_gets_no_samples_and_is_counted(made):
    subset = POOL.rows(torch.tensor([1, 3]))
    label = subset.label.clone()
    label[0] = 0
    rest = [row for row in range(12) if row not in (1, 3)]
    there = context(replace(subset, label=label), POOL.image[rest], made)
    bank = cheap().prepare(there)
    assert bank.place.tolist() == [1]
    assert bank.facts()["without_foreground"] == 1
    assert bank.facts()["made"] == [0, 2]


def test_flipped_boxes_carry_their_labels_with_them(made):
    there = drawn([1, 3], made=made)
    bank = cheap(flip_masks=True, per_image=5).prepare(there)
    assert bank.label.flatten(2).sum(2).unique(dim=1).shape[1] == 1  # the same area
    assert not torch.equal(bank.label, there.subset.label[:, None].expand_as(bank.label))


def test_elastic_deformation_is_a_stage_only_where_it_is_asked_for():
    assert len(cheap().stages()) == 1
    with_elastic = cheap(elastic=RandomElastic(p=1.0))
    assert [type(stage) for stage in with_elastic.stages()] == [type(with_elastic.baseline), RandomElastic]


def test_a_profile_gives_what_is_not_said_and_what_is_used_is_told():
    published = AugPaint(profile="published", denoiser=Denoiser(updates=7), steps=9)
    assert (published.first_stage, published.prediction, published.steps, published.resample) == ("vq", "epsilon", 9, 1)
    assert published.denoiser.channels == PROFILES["published"].denoiser.channels
    assert (published.denoiser.updates, published.denoiser.epochs) == (7, None)
    assert (published.autoencoder.updates, published.autoencoder.epochs) == (None, 1000)
    assert AugPaint(**vars(published)) == published


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"p": 0.5}, "augment.p"),
        ({"per_image": 0}, "augment.per_image"),
        ({"keep": 0.0}, "augment.keep"),
        ({"filter": "best"}, "augment.filter"),
        ({"mask": "circle"}, "augment.mask"),
        ({"profile": "large"}, "augment.profile"),
        ({"first_stage": "vae"}, "augment.first_stage"),
        ({"prediction": "x"}, "augment.prediction"),
        ({"steps": 501}, "augment.steps"),
        ({"eta": 2.0}, "augment.eta"),
        ({"resample": 0}, "augment.resample"),
        ({"denoiser": Denoiser(channels=[33])}, "augment.denoiser.channels"),
        ({"denoiser": Denoiser(attention=[3])}, "augment.denoiser.attention"),
        ({"denoiser": Denoiser(updates=0)}, "augment.denoiser.updates"),
        ({"denoiser": Denoiser(updates=3, epochs=3)}, "augment.denoiser.updates"),
        ({"denoiser": Denoiser(precision="float16")}, "augment.denoiser.precision"),
        ({"autoencoder": Autoencoder(factor=8)}, "augment.autoencoder.channels"),
        ({"autoencoder": Autoencoder(learning_rate=0.0)}, "augment.autoencoder.learning_rate"),
    ],
)
def test_bad_options_are_refused_by_name(options, key):
    with pytest.raises(ConfigError, match=f"^{key} "):
        AugPaint(**options)


def without_foreground():
    subset = POOL.rows(torch.tensor([1, 3]))
    return context(replace(subset, label=0 * subset.label), POOL.image[4:])


def everything_kept():
    subset = POOL.rows(torch.tensor([1, 3]))
    return context(replace(subset, label=torch.ones_like(subset.label)), POOL.image[4:])


def everything_kept_but_padding():
    """20 x 20 pixels in a frame of 24: its last cells hold no pixel."""
    pool = hearts(12, (20, 20))
    return context(replace(pool, label=torch.ones_like(pool.label)).rows(torch.tensor([1, 3])), pool.image[4:])


def constant_images():
    grey = torch.zeros_like(POOL.image) + torch.arange(12).view(-1, 1, 1, 1) / 12
    return context(replace(POOL, image=grey).rows(torch.tensor([1, 3])), grey[4:])


@pytest.mark.parametrize(
    ("there", "words"),
    [
        (lambda: context(POOL, POOL.image[:0]), "no unlabelled image"),
        (lambda: context(POOL.rows(torch.tensor([0])), POOL.image[1:7]), "7 different images"),
        (without_foreground, "nothing|no labelled image shows"),
        (everything_kept, "keeps every cell"),
        (everything_kept_but_padding, "keeps every cell"),
        (constant_images, "constant"),
    ],
    ids=["no-unlabelled", "small-pool", "no-foreground", "no-free-cell", "padding", "constant"],
)
def test_a_subset_that_nothing_can_be_painted_of_lists_nothing_and_fails_by_name(there, words):
    assert cheap().artefacts(there()) == ()
    with pytest.raises(ConfigError, match=words):
        cheap().prepare(there())


def test_a_box_that_leaves_nothing_to_one_of_the_sources_is_told_of():
    subset = POOL.rows(torch.tensor([1, 3]))
    label = subset.label.clone()
    label[0] = 1
    (sentence,) = cheap()._warnings(context(replace(subset, label=label), POOL.image[4:]))
    assert "1 of 2 labelled images" in sentence


def test_the_random_bank_makes_as_many_rows_of_what_the_baseline_makes(made):
    there = drawn([1, 3], made=made)
    strategy = cheap_random()
    bank = strategy.prepare(there)
    rows = strategy.training_set(there.subset, bank)
    assert len(rows) == len(cheap().training_set(there.subset, cheap().prepare(there)))
    assert not bank.kept_px.any()
    assert not torch.equal(bank.label, there.subset.label[:, None].expand_as(bank.label))
    grown = cheap_random(per_image=4).prepare(drawn([1, 3], made={}))
    assert torch.equal(grown.image[:, :2], bank.image)


def cheap_random(**options):
    from tests.augment.augpaint.examples import JUDGE

    return RandomBank(**{"per_image": 2, "judge": JUDGE} | options)
