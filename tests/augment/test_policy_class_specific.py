from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from segaug.augment.policy.options import groups
from segaug.augment.policy.starts import probabilities_of
from segaug.augment.policy_class_specific import PolicyClassSpecific
from segaug.augment.policy_heuristic import PolicyHeuristic
from segaug.augment.strategy import Allowed
from segaug.augment.training_rules import Training
from segaug.batch import with_patches
from segaug.errors import ConfigError
from segaug.results.record import convert_or_say
from segaug.results.record_policies import Policies
from segaug.training.objective import Objective
from tests.augment.policy.toy import alike, halves, learned

PATCH = 12
ROWS = 8  # of a batch
TABLE = {group.name: group.names for group in groups(2)}


def trained(strategy, train, updates=3, seed=0):
    return learned(strategy, train, halves(8, 2), seed, updates, patch=PATCH)


def only_first_shows_a_disc(rows):
    train = halves(rows, 1)
    train.label[1:] = 0
    return train


def test_the_class_of_a_row_is_that_of_the_pixel_that_its_patch_was_drawn_around():
    strategy = PolicyClassSpecific()
    batch = with_patches(halves(ROWS, 1), (PATCH, PATCH), torch.Generator().manual_seed(0))
    assert strategy.kinds == ("background", "foreground")
    assert strategy.kind_of(batch).tolist() == batch.patch.foreground.long().tolist()
    assert 0 < sum(strategy.kind_of(batch)) < ROWS


def test_each_row_draws_from_the_policy_of_its_class():
    strategy, train = PolicyClassSpecific(), halves(ROWS, 1)
    policies = strategy.prepare(SimpleNamespace(subset=train))
    start = policies.of(1).logits.detach().clone()
    with torch.no_grad():
        policies.of(0).logits += 1
    batch = with_patches(train, (PATCH, PATCH), torch.Generator().manual_seed(0))
    for logits, foreground in zip(strategy.logits_for(batch, policies), batch.patch.foreground, strict=True):
        assert torch.equal(logits, start if foreground else start + 1)


def test_both_policies_learn_each_from_half_of_the_rows():
    policies, _ = trained(PolicyClassSpecific(), halves(ROWS, 1))
    assert [policies.of(kind).rows for kind in range(2)] == [3 * ROWS / 2] * 2
    background, foreground = (policies.of(kind).logits for kind in range(2))
    assert not torch.equal(background, foreground)
    assert not any(torch.equal(policies.of(kind).logits, policies.of(kind).start) for kind in range(2))


def test_a_class_without_rows_in_the_batch_keeps_its_policy_bit_for_bit():
    policies, outcome = trained(PolicyClassSpecific(), only_first_shows_a_disc(8 * ROWS), updates=1)
    assert outcome.patches.missing  # turns of foreground that images without it could not take
    assert (policies.of(0).rows, policies.of(1).rows) == (ROWS, 0)
    assert torch.equal(policies.of(1).logits, policies.of(1).start)
    assert not torch.equal(policies.of(0).logits, policies.of(0).start)


def test_frozen_logits_give_the_network_of_the_heuristic_policy_bit_for_bit():
    assert alike(PolicyHeuristic(), PolicyClassSpecific(beta=0.0), PATCH)
    assert not alike(PolicyHeuristic(), PolicyClassSpecific(beta=0.5), PATCH)


def test_two_policies_of_a_file_are_the_start_of_their_own_class():
    policy = {
        kind: {
            group: {option: float(option == chosen) for option in options}
            for group, options in TABLE.items()
            for chosen in [options[index]]
        }
        for kind, index in (("background", 0), ("foreground", -1))
    }
    strategy = PolicyClassSpecific(start_policy=policy)
    policies = strategy.prepare(SimpleNamespace(subset=halves(ROWS, 1)))
    for kind, index in (0, 0), (1, -1):
        assert all(own[index] == 1 for own in probabilities_of(policies.of(kind).logits.detach(), 2))


def test_the_record_takes_what_is_told_of_both_classes():
    policies, outcome = trained(PolicyClassSpecific(forbid=["gamma"]), halves(ROWS, 1))
    told = PolicyClassSpecific().facts(policies, outcome.best.strategy)["policies"]
    convert_or_say(told, Policies)
    assert list(told["classes"]) == ["background", "foreground"]
    assert all(of_class["final"]["gamma"] == [1, 0, 0, 0] for of_class in told["classes"].values())
    assert len(told["groups"]) == len(TABLE)


PATCHED = Training(objective=Objective(), patch=(PATCH, PATCH), updates=100)


def test_it_needs_patches_smaller_than_the_image():
    PolicyClassSpecific().check_training(PATCHED)
    with pytest.raises(ConfigError, match=r"whole images, and these have no class.*augment=policy_learned") as raised:
        PolicyClassSpecific().check_training(replace(PATCHED, patch=None))
    assert raised.value.key == "protocol.patch"


@pytest.mark.parametrize(("everywhere", "lacks"), [(0, "foreground"), (1, "background")])
def test_a_subset_of_one_class_is_refused_with_the_limit_and_a_way_out(everywhere, lacks):
    train = halves(ROWS, 1)
    train = replace(train, label=torch.full_like(train.label, everywhere))
    with pytest.raises(ConfigError) as raised:
        PolicyClassSpecific().prepare(SimpleNamespace(subset=train, allowed=Allowed()))
    assert str(raised.value) == (
        f"augment in conf/augment/policy_class_specific.yaml: no training image shows {lacks}, so all patches are of "
        "one class: a limit that the paper names; use augment=policy_learned, one policy for all rows, or a larger "
        "scale"
    )
