from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest
import torch

from segaug.augment.policy.operations import operations
from segaug.augment.policy.test_time import most_probable
from segaug.augment.policy_heuristic import PolicyHeuristic
from segaug.augment.policy_joint import PolicyJoint
from segaug.augment.strategy import Allowed
from segaug.augment.training_rules import Training
from segaug.errors import ConfigError
from segaug.results.record import convert_or_say
from segaug.results.record_policies import Policies
from segaug.rng import stream
from segaug.training.objective import Objective
from tests.augment.policy.toy import alike, halves, learned

PATCH = 12
IDENTITY, MIRROR_COLUMNS = 0, 18
WHOLE = PolicyJoint(class_specific=False)


def trained(strategy=WHOLE, updates=3, patch=None, validation=None):
    return learned(strategy, halves(8, 1), halves(8, 2) if validation is None else validation, 0, updates, patch=patch)


def without_foreground():
    validation = halves(8, 2)
    return replace(validation, label=torch.zeros_like(validation.label))


def prepared(strategy=WHOLE):
    return strategy.prepare(SimpleNamespace(subset=halves(8, 1), allowed=Allowed()))


def judged_under(operation, validation):
    """Validation rows as they judge the training-time policies, where the test-time policy has one operation."""
    policies = prepared()
    with torch.no_grad():
        policies.test_time.logits.data.fill_(-torch.inf)[operation] = 0.0
    context = SimpleNamespace(prepared=policies, draw_validation=lambda _: validation, rng=partial(stream, 0))
    return WHOLE.judges(context)


def test_validation_rows_are_transformed_by_the_test_time_policy_and_so_are_their_labels():
    validation = halves(8, 2)
    mirrored = judged_under(MIRROR_COLUMNS, validation)
    assert torch.equal(mirrored.image, validation.image.flip(3))
    assert torch.equal(mirrored.label, validation.label.flip(3))
    assert torch.equal(judged_under(IDENTITY, validation).image, validation.image)


@pytest.mark.parametrize(("strategy", "patch"), [(WHOLE, None), (PolicyJoint(), PATCH)])
def test_all_policies_are_learned_and_the_record_takes_what_is_told_of_them(strategy, patch):
    policies, outcome = trained(strategy, patch=patch)
    assert all(not torch.equal(one.logits, one.start) for one in (policies.of(0), policies.test_time))
    told = strategy.facts(policies, outcome.best.strategy)["policies"]
    convert_or_say(told, Policies)
    assert tuple(told["classes"]) == strategy.kinds
    assert told["gamma_updates"] == told["beta_updates"] > 0
    assert len(told["test_time"]["best_ids"]) == 4


def test_it_predicts_by_the_test_time_policy_of_the_best_weights():
    policies, outcome = trained()
    with torch.no_grad():
        policies.test_time.logits.data.zero_()
    WHOLE.load(policies, outcome.best.strategy)
    chosen = most_probable(outcome.best.strategy["test_time"], 4)

    def model(image):
        return image.cumsum(3)

    image = halves(2, 3).image
    assert torch.equal(WHOLE.predict(model, image, policies), chosen.predict(model, image))


@pytest.mark.parametrize(("strategy", "patch"), [({"class_specific": False}, None), ({}, PATCH)])
def test_frozen_logits_give_the_network_of_the_heuristic_policy_bit_for_bit(strategy, patch):
    assert alike(PolicyHeuristic(), PolicyJoint(beta=0.0, gamma=0.0, **strategy), patch)


def test_without_foreground_on_validation_the_test_time_policy_stays_bit_for_bit():
    policies, _ = trained(validation=without_foreground())
    assert torch.equal(policies.test_time.logits, policies.test_time.start)
    assert policies.test_time.rows == 0
    assert policies.of(0).rows == 3 * 8


PLAIN = Training(objective=Objective(), patch=None, updates=100)


def test_one_policy_for_all_rows_needs_no_patches_and_two_do():
    WHOLE.check_training(PLAIN)
    with pytest.raises(ConfigError, match="these have no class") as raised:
        PolicyJoint().check_training(PLAIN)
    assert raised.value.key == "protocol.patch"


@pytest.mark.parametrize(
    "options",
    [
        {"gamma": -1.0},
        {"gamma": float("inf")},
        {"test_time_start": "nothing"},
        {"test_time_samples": 1},
    ],
)
def test_options_are_checked(options):
    with pytest.raises(ConfigError, match=r"conf/augment/policy_joint\.yaml") as raised:
        PolicyJoint(**options)
    assert raised.value.key == f"augment.{next(iter(options))}"


def test_what_is_forbidden_is_forbidden_at_test_time_too():
    policies = prepared(replace(WHOLE, forbid=["mirror_columns", "scale/0.45"]))
    names = {number for number, one in enumerate(operations(2)) if {"mirror_columns"} & one.choice.keys()}
    names |= {number for number, one in enumerate(operations(2)) if one.choice.get("scale") == "0.45"}
    assert MIRROR_COLUMNS in names
    assert set((policies.test_time.logits == -torch.inf).nonzero()[:, 0].tolist()) == names
    assert not names & set(most_probable(policies.test_time.logits.detach(), 4).ids)
