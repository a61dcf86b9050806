from dataclasses import replace
from functools import cache

import pytest
import torch

from segaug.augment.artefact import quiet, unkept
from segaug.augment.baseline import Baseline
from segaug.augment.task_driven.gd import GeneratedDeformation
from segaug.augment.task_driven.gd_gi import GeneratedBoth
from segaug.augment.task_driven.gd_gi_mixup import GeneratedBothMixUp
from segaug.augment.task_driven.generator import generator_artefact, generator_of
from segaug.augment.task_driven.gi import GeneratedIntensity
from segaug.augment.task_driven.options import Joint
from segaug.training.objective import Objective
from tests.augment.learned import hearts
from tests.augment.task_driven.examples import QUICK, SIZE, context


def artefact(kind="deformation", joint=QUICK, baseline=None, unlabelled=True, **changed):
    at = context(**changed)
    images = at.allowed.external if unlabelled is True else unlabelled
    return generator_artefact(kind, at, images, joint.plan, baseline or Baseline())


@cache
def made(kind="deformation"):
    return artefact(kind).make(None, quiet, unkept)


def test_the_strategies_share_their_generators():
    names = {
        strategy: [each.name for each in strategy(joint=QUICK).artefacts(context())]
        for strategy in (GeneratedDeformation, GeneratedIntensity, GeneratedBoth, GeneratedBothMixUp)
    }
    assert names[GeneratedBoth] == names[GeneratedDeformation] + names[GeneratedIntensity]
    assert names[GeneratedBothMixUp] == names[GeneratedBoth]
    assert len(set(names[GeneratedBoth])) == 2


def decides(**changed):
    return context().decides | changed


OTHERS = {
    "kind": {"kind": "intensity"},
    "an option": {"joint": replace(QUICK, lambda_ld=1e-2)},
    "how often with R1": {"joint": replace(QUICK, r1=1.0, r1_every=3)},
    "coupling": {"joint": replace(QUICK, coupling="detached")},
    "baseline": {"baseline": Baseline(scheme="one_of_five")},
    "subset": {"labelled": hearts(5, SIZE, seed=5)},
    "a label": {"labelled": replace(hearts(5, SIZE), label=1 - hearts(5, SIZE).label)},
    "unlabelled images": {"external": hearts(6, SIZE, seed=6).image},
    "validation": {"validation": hearts(4, SIZE, seed=7)},
    "no validation": {"validation": None},
    "model": {"decides": decides(model={"name": "swin_unet"})},
    "loss": {"decides": decides(objective={"background_weight": 0.1})},
    "patients": {"decides": decides(validation_patients=[0, 1, 2, 3])},
    "initialisation": {"decides": decides(protocol={"seeds_per_subset": 3}, seed=4)},
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_whatever_decides_makes_another_one(other):
    assert artefact(**other).name != artefact().name


def test_what_does_not_decide_makes_no_other_one():
    order = torch.tensor([3, 1, 4, 0, 2])
    shuffled = {"labelled": hearts(5, SIZE).rows(order), "external": hearts(6, SIZE, seed=1).image.flip(0)}
    seed = {"decides": decides(seed=7, protocol={"length": 3}, size=4)}
    seeds = {"decides": decides(seed=6, protocol={"seeds_per_subset": 3})}
    for same in (shuffled, seed, seeds):
        assert artefact(**same).name == artefact().name


IDLE = {
    "start of the other generator": ({}, {"intensity_start": 0.5}),
    "how often without R1": ({}, {"r1_every": 3}),
    "warm-up without a network": ({"coupling": "independent"}, {"warmup": 9}),
    "a discriminator that there is not": (
        {"lambda_adv": 0.0}, {"discriminator_learning_rate": 1.0, "r1": 1.0, "labelled_share": 1.0},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("beside", "idle"), IDLE.values(), ids=IDLE)
def test_options_that_do_nothing_beside_others_make_no_other_one(beside, idle):
    plan = replace(QUICK, **beside)
    assert artefact(joint=replace(plan, **idle)).name == artefact(joint=plan).name


def test_an_intensity_generator_may_start_calmly():
    """One update, with the first weights; the published start changes grey values by a third of their range."""
    once = replace(QUICK, updates=1, validate_every=1, warmup=0)
    sizes = {
        start: artefact("intensity", replace(once, intensity_start=start))
        .make(None, quiet, unkept)
        .facts["history"]["magnitude"]
        for start in (0.01, 1.0)
    }
    assert sizes[1.0][0] > 0.3
    assert sizes[0.01][0] < 0.02


def test_an_independent_generator_knows_nothing_of_the_task():
    independent = Joint(coupling="independent", updates=2, batch_size=2)
    labels = replace(hearts(5, SIZE), label=1 - hearts(5, SIZE).label)
    others = [
        {"labelled": labels},
        {"validation": None},
        {"decides": decides(model={"name": "other"}, objective={"loss": "x"})},
    ]
    for same in others:
        assert artefact(joint=independent, **same).name == artefact(joint=independent).name
    content = artefact(joint=independent, build_model=_refused).make(None, quiet, unkept)
    assert content.facts["chosen_update"] == 2
    assert content.facts["health"]["gradient_segmentation"] is None
    other = artefact(joint=independent, build_model=_refused, labelled=labels).make(None, quiet, unkept)
    assert content.facts["health"] == other.facts["health"]
    assert content.facts["failed"] == other.facts["failed"]


def _refused(*_):
    raise AssertionError("an independent generator has no segmentation network")


def test_the_order_of_the_images_changes_no_bit():
    order = torch.tensor([3, 1, 4, 0, 2])
    again = artefact(labelled=hearts(5, SIZE).rows(order)).make(None, quiet, unkept)
    for name, value in made().tensors.items():
        assert torch.equal(value, again.tensors[name]), name
    unlike = {"cpu_seconds"}
    assert {k: v for k, v in made().facts.items() if k not in unlike} == {
        k: v for k, v in again.facts.items() if k not in unlike
    }


def test_whoever_makes_it_its_streams_are_its_own():
    """Not those of the trial: the first to need it makes the same one as any other would."""
    other = artefact(rng=lambda *names: torch.Generator().manual_seed(99)).make(None, quiet, unkept)
    assert all(torch.equal(value, other.tensors[name]) for name, value in made().tensors.items())


@pytest.mark.parametrize("kind", ["deformation", "intensity"])
def test_a_generator_comes_back_from_its_artefact(kind):
    generator = generator_of(kind, made(kind))
    state = generator.state_dict()
    assert all(torch.equal(value, state[name]) for name, value in made(kind).tensors.items())
    assert not generator.training
    assert not any(parameter.requires_grad for parameter in generator.parameters())


def test_its_facts_say_how_it_was_chosen_and_what_it_cost():
    facts = made().facts
    assert facts["chosen_by"] == "validation Dice"
    assert facts["chosen_update"] - QUICK.plan.warmup in facts["history"]["update"]
    assert facts["health"]["best_dice"] == max(facts["history"]["dice"])
    assert facts["cpu_seconds"] > 0
    unvalidated = artefact(validation=None, validation_dice_error=None).make(None, quiet, unkept).facts
    assert unvalidated["chosen_by"] == "nothing: it is the last one"
    assert unvalidated["chosen_update"] == unvalidated["updates"] == QUICK.plan.warmup + QUICK.plan.updates
    assert (unvalidated["health"]["best_dice"], unvalidated["health"]["last_dice"]) == (None, None)


def test_one_that_diverged_after_its_generator_was_chosen_is_failed_as_well():
    class Breaks(Objective):
        """Finite for the first updates alone."""

        calls = 0

        def __call__(self, logits, label):
            type(self).calls += 1
            return super().__call__(logits, label) * (1 if self.calls < 6 else float("nan"))

    joint = replace(QUICK, updates=8, validate_every=1)
    content = artefact(joint=joint, objective=Breaks()).make(None, quiet, unkept)
    assert content.facts["chosen_by"] == "validation Dice"
    assert all(value.isfinite().all() for value in content.tensors.values())
    assert "diverged; lower augment.joint.learning_rate" in content.failed


def test_one_that_diverged_is_failed_and_says_so():
    content = artefact(joint=replace(QUICK, learning_rate=1e30)).make(None, quiet, unkept)
    assert "diverged; lower augment.joint.learning_rate" in content.failed
