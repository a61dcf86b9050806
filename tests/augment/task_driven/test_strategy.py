from dataclasses import replace
from functools import cache, partial

import pytest
import torch

from segaug.augment.augment import augment, draw
from segaug.augment.task_driven.gd import GeneratedDeformation
from segaug.augment.task_driven.gd_gi import GeneratedBoth
from segaug.augment.task_driven.gd_gi_mixup import GeneratedBothMixUp
from segaug.augment.task_driven.gi import GeneratedIntensity
from segaug.augment.task_driven.options import Joint
from segaug.errors import ConfigError
from segaug.form import Form
from segaug.rng import stream
from tests.augment.learned import hearts
from tests.augment.task_driven.examples import QUICK, SIZE, STILL, context

RNG = partial(stream, 4)


@cache
def learned(strategy=GeneratedBoth):
    return strategy(joint=QUICK).prepare(context())


def changed_rows(strategy, batch):
    after = augment(strategy.stages(), learned(), batch, RNG)
    return after, *((getattr(after, name) != getattr(batch, name)).flatten(1).any(1) for name in ("image", "label"))


def test_only_rows_of_a_kind_are_generated_and_only_deformed_ones_are_soft():
    batch = hearts(60, SIZE)
    strategy = GeneratedBoth(baseline=STILL)
    kinds = draw(strategy.stages(), learned(), batch, RNG)[0].params.kinds
    after, image, label = changed_rows(strategy, batch)
    assert torch.equal(image, kinds.deformed | kinds.recoloured)
    assert torch.equal(label, kinds.deformed)
    assert set(after.label[~kinds.deformed].unique().tolist()) == {0, 1}
    assert ((after.label[kinds.deformed] > 0.01) & (after.label[kinds.deformed] < 0.99)).any()


def test_a_row_is_deformed_on_the_stored_image_and_recoloured_where_it_ends():
    batch = hearts(20, SIZE)
    strategy = GeneratedBoth(share_v=0, share_i=0, share_both=1.0, baseline=STILL)
    z = draw(strategy.stages(), learned(), batch, RNG)[0].params.z
    generators = learned()
    both = augment(strategy.stages(), generators, batch, RNG).image
    deformed_alone = GeneratedBoth(share_v=1.0, share_i=0, share_both=0, baseline=STILL)
    with torch.no_grad():
        deformed = augment(deformed_alone.stages(), generators, batch, RNG).image
        expected = deformed + generators.intensity(deformed, z)
    torch.testing.assert_close(both, expected, atol=1e-5, rtol=0)


def test_each_strategy_learns_what_it_uses():
    wanted = {GeneratedDeformation: (True, False), GeneratedIntensity: (False, True), GeneratedBoth: (True, True)}
    for strategy, has in wanted.items():
        generators = learned(strategy)
        assert (generators.deformation is not None, generators.intensity is not None) == has
        assert not any(parameter.requires_grad for parameter in generators.parameters())


def test_gd_and_gd_gi_deform_by_the_same_generator():
    alone, both = (learned(strategy).deformation.state_dict() for strategy in (GeneratedDeformation, GeneratedBoth))
    assert all(torch.equal(value, both[name]) for name, value in alone.items())


def test_rows_are_mixed_when_all_else_is_done():
    batch = hearts(8, SIZE)
    strategy = GeneratedBothMixUp(joint=QUICK, mixing=replace(GeneratedBothMixUp().mixing, p=1.0))
    *_before, mixing = draw(strategy.stages(), learned(), batch, RNG)
    plain = augment(strategy.stages()[:-1], learned(), batch, RNG)
    expected = mixing.stage.mix(plain, mixing.params, None)
    torch.testing.assert_close(augment(strategy.stages(), learned(), batch, RNG).image, expected.image)


@pytest.mark.parametrize(
    ("options", "sees"),
    [
        ({}, ("labelled subset", "external images", "validation labels")),
        ({"unlabelled_from": "pool"}, ("labelled subset", "unlabelled pool", "validation labels")),
        ({"joint": Joint(coupling="independent")}, ("labelled subset", "external images")),
        ({"joint": Joint(lambda_adv=0.0)}, ("labelled subset", "validation labels")),
    ],
)
def test_it_sees_what_its_options_need(options, sees):
    assert GeneratedBoth(**options).sees == sees


def test_it_takes_of_the_unlabelled_rows_what_it_uses():
    limited = GeneratedBoth(unlabelled_images=2)
    for part, taken in (("external images", (5, 7)), ("unlabelled pool", (5, 7)), ("validation labels", (5, 7, 9))):
        assert limited.taken(part, (5, 7, 9)) == taken
    assert GeneratedBoth().taken("external images", (5, 7, 9)) == (5, 7, 9)


def test_the_unlabelled_images_are_the_first_so_many():
    few = context(external=hearts(6, SIZE, seed=1).image[:3])
    limited = GeneratedDeformation(joint=QUICK, unlabelled_images=3)
    assert [a.name for a in limited.artefacts(context())] == [
        a.name for a in GeneratedDeformation(joint=QUICK).artefacts(few)
    ]


@pytest.mark.parametrize(
    ("options", "external", "said"),
    [
        ({}, 1, r"augment\.unlabelled_from.*external part has 1.*external_share"),
        ({"unlabelled_images": 9}, 6, r"augment\.unlabelled_images.*9 images.*external part has 6.*lower it"),
        ({"unlabelled_from": "pool"}, 6, r"augment\.unlabelled_from.*pool part has 0.*lower N"),
    ],
)
def test_too_few_unlabelled_images_are_refused_before_training(options, external, said):
    at = context(external=hearts(6, SIZE, seed=1).image[:external])
    strategy = GeneratedDeformation(joint=QUICK, **options)
    with pytest.raises(ConfigError, match=said):
        strategy.prepare(at)
    if strategy.unlabelled_from == "pool":  # of this subset alone: the others of a sweep go on
        assert strategy.artefacts(at) == ()
    else:
        with pytest.raises(ConfigError, match=said):
            strategy.artefacts(at)


def test_a_subset_that_shows_nothing_is_refused_where_the_task_matters():
    empty = hearts(5, SIZE)
    at = context(labelled=replace(empty, label=torch.zeros_like(empty.label)))
    assert GeneratedDeformation(joint=QUICK).artefacts(at) == ()
    with pytest.raises(ConfigError, match=r"scale\.size.*shows anything to segment"):
        GeneratedDeformation(joint=QUICK).prepare(at)
    assert GeneratedDeformation(joint=Joint(coupling="independent")).artefacts(at)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"unlabelled_from": "test"}, r"augment\.unlabelled_from.*external, pool"),
        ({"unlabelled_images": 1}, r"augment\.unlabelled_images.*at least 2"),
        ({"share_v": 0.0}, r"augment\.share_both.*above 0"),
    ],
)
def test_other_values_are_refused_by_name(options, said):
    with pytest.raises(ConfigError, match=said):
        GeneratedDeformation(**options)


def test_sides_that_the_generators_cannot_take_are_refused():
    GeneratedBoth().check(Form(channels=1, structures=("a",), size=(64, 96)))
    with pytest.raises(ConfigError, match=r"dataset\.size.*48.*multiple of 32"):
        GeneratedBoth().check(Form(channels=1, structures=("a",), size=(48, 48)))
