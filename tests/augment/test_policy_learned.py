from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from segaug.augment.policy.learning import helps
from segaug.augment.policy.options import place
from segaug.augment.policy.starts import probabilities_of
from segaug.augment.policy_heuristic import PolicyHeuristic
from segaug.augment.policy_learned import PolicyLearned
from segaug.augment.strategy import Allowed
from segaug.augment.training_rules import Training
from segaug.errors import ConfigError
from segaug.results.record import convert_or_say
from segaug.results.record_policies import Policies
from segaug.training.criterion import Criterion
from segaug.training.fit import fit
from segaug.training.objective import Objective
from segaug.training.protocol import schedule
from segaug.training.segmentation import Segmentation
from segaug.training.stopwatch import Stopwatch
from tests.augment.policy.toy import greys, halves, learned, network, only, protocol
from tests.slow_rest import slow_but

SEEDS = range(3)
WAYS = ["difference", "exact"]


def of(policies, group):
    return probabilities_of(policies.of(0).logits.detach(), 2)[place(2)[group]]


@pytest.mark.parametrize("meta", WAYS)
@pytest.mark.parametrize("seed", slow_but(SEEDS, "0"))
def test_an_option_that_destroys_the_signal_falls(meta, seed):
    strategy = PolicyLearned(forbid=only("mirror_columns"), meta=meta)
    policies, _ = learned(strategy, halves(16, 10 * seed), halves(16, 100 + 10 * seed), seed, updates=48, kernel=5)
    assert of(policies, "mirror_columns")[1] < 0.35  # from 0.5


@pytest.mark.parametrize("meta", WAYS)
@pytest.mark.parametrize("seed", slow_but(SEEDS, "0"))
def test_the_power_by_which_validation_differs_rises(meta, seed):
    """Validation images are raised to 1.5 or 1 / 1.5; options up to 1.5 and beyond are 0.3 and 0.5."""
    strategy = PolicyLearned(forbid=only("gamma"), meta=meta, policy_every=2)
    policies, _ = learned(strategy, greys(16, 10 * seed), greys(16, 100 + 10 * seed, 1.5), seed, updates=160)
    identity, least, *right = of(policies, "gamma").tolist()
    assert sum(right) > 0.5  # from 0.2
    assert identity + least < 0.5  # from 0.8


@pytest.mark.slow
def test_no_power_rises_where_validation_does_not_differ():
    """In the mean over seeds: a single one may wander."""
    strategy, right = PolicyLearned(forbid=only("gamma"), policy_every=2), []
    for seed in SEEDS:
        policies, _ = learned(strategy, greys(16, 10 * seed), greys(16, 100 + 10 * seed), seed, updates=160)
        right.append(of(policies, "gamma")[2:].sum().item())
    assert sum(right) / len(right) <= 0.2  # from 0.2


def trained(strategy, prepared, updates=6):
    train, validation, found = halves(8, 1), halves(8, 2), network(0, 3)
    fit(
        found, strategy, prepared, train, validation, protocol(updates), 0, Stopwatch(torch.device("cpu")),
        Allowed(validation=validation),
    )  # fmt: skip
    return found.state_dict()


def test_frozen_logits_give_the_network_of_the_heuristic_policy_bit_for_bit():
    context = SimpleNamespace(subset=halves(8, 1), allowed=Allowed())
    fixed, still = PolicyHeuristic(), PolicyLearned(beta=0.0)
    expected, found = trained(fixed, fixed.prepare(context)), trained(still, still.prepare(context))
    assert all(torch.equal(found[name], value) for name, value in expected.items())
    moving = PolicyLearned(beta=0.5)
    assert any(
        not torch.equal(trained(moving, moving.prepare(context))[name], value) for name, value in expected.items()
    )


def test_the_policies_of_the_best_weights_are_of_the_same_update():
    strategy = PolicyLearned(forbid=only("gamma"))
    policies, outcome = learned(strategy, greys(8, 1), greys(8, 2), 0, updates=6)
    assert outcome.best_update == 6
    assert torch.equal(outcome.best.strategy["all"], policies.of(0).logits)


def test_the_record_is_told_start_end_and_nine_moments():
    policies, outcome = learned(PolicyLearned(forbid=["noise"]), greys(8, 1), greys(8, 2), 0, updates=16)
    told = PolicyLearned().facts(policies, outcome.best.strategy)["policies"]
    assert told["policy_updates"] == 16
    assert told["beta"] == pytest.approx(12.8 / 16)
    assert 0 < told["beta_updates"] < 12.8
    assert told["test_time"] is None
    (of_class,) = told["classes"].values()
    assert of_class["rows"] == 16 * 8
    assert len(of_class["snapshots"]["update"]) == 9
    assert of_class["final"]["noise"] == [1, 0, 0, 0]
    for moment in ("start", "best", "final"):
        assert all(sum(own) == pytest.approx(1, abs=1e-5) for own in of_class[moment].values())


def test_a_training_that_is_not_finite_diverges_and_leaves_its_policy_finite():
    class Broken(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.only = torch.nn.Conv2d(1, 1, 1)

        def forward(self, image):
            return self.only(image) * torch.inf

    strategy, train = PolicyLearned(), halves(8, 1)
    policies = strategy.prepare(SimpleNamespace(subset=train))
    outcome = fit(
        Broken(), strategy, policies, train, train, protocol(4), 0, Stopwatch(torch.device("cpu")),
        Allowed(validation=train),
    )  # fmt: skip
    assert outcome.stopped == "diverged"
    assert policies.of(0).logits.isfinite().all()


def test_effects_of_rows_that_are_not_finite_are_a_divergence(monkeypatch):
    """At the third update, after a validation: what was best by then is kept."""
    found = iter([0.0, 0.0])
    monkeypatch.setattr("segaug.augment.policy_learned.helps", lambda *of: helps(*of) + next(found, torch.nan))
    strategy = PolicyLearned()
    policies, outcome = learned(strategy, halves(8, 1), halves(8, 2), 0, 6, validate_every=2)
    assert (outcome.stopped, outcome.updates, outcome.best_update) == ("diverged", 4, 2)
    assert policies.updates == 2
    convert_or_say(strategy.facts(policies, outcome.best.strategy)["policies"], Policies)


def test_logits_that_are_not_finite_are_a_divergence_and_the_record_has_no_policies(monkeypatch):
    """Effects of rows are finite, and the sums of an update of the policy no longer."""
    monkeypatch.setattr("segaug.augment.policy_learned.helps", lambda *_: torch.tensor([3e38, -3e38] * 4))
    strategy = PolicyLearned()
    policies, outcome = learned(strategy, halves(8, 1), halves(8, 2), 0, 4)
    assert outcome.stopped == "diverged"
    assert strategy.facts(policies, outcome.best.strategy) == {"policies": None}


PLAIN = Training(objective=Objective(), patch=None, updates=100)


@pytest.mark.parametrize(
    ("options", "training", "key"),
    [
        ({"policy_every": 101}, PLAIN, "augment.policy_every"),
        ({"p": 0.5}, PLAIN, "augment.p"),
        ({}, replace(PLAIN, objective=Objective(loss="dice_iou")), "protocol.objective.loss"),
    ],
)
def test_a_training_in_which_nothing_could_be_learned_is_refused(options, training, key):
    strategy = PolicyLearned(**options)
    with pytest.raises(ConfigError) as raised:
        strategy.check_training(training)
    assert raised.value.key == key


@pytest.mark.parametrize(
    "options",
    [
        {"policy_every": 0},
        {"validation_rows": 0},
        {"meta": "guess"},
        {"beta": -1.0},
        {"beta": float("nan")},
        {"beta": 1e39},
    ],
)
def test_options_are_checked(options):
    with pytest.raises(ConfigError) as raised:
        PolicyLearned(**options)
    assert raised.value.key == f"augment.{next(iter(options))}"


def test_more_policy_steps_than_updates_are_refused_where_n_was_not_known():
    with pytest.raises(ConfigError, match="no more updates"):
        learned(PolicyLearned(policy_every=7), greys(8, 1), greys(8, 2), 0, updates=6)


def test_logits_stay_on_the_cpu_wherever_the_network_is_trained():
    policies = PolicyLearned().prepare(SimpleNamespace(subset=halves(8, 1)))
    rules, watch = protocol(), Stopwatch(torch.device("cpu"))
    criterion = Criterion("bce", 1)
    module = Segmentation(network(0, 3), PolicyLearned(), policies, rules, schedule(rules, 8), 0, watch, criterion)
    module.to("meta")
    assert next(module.network.parameters()).is_meta
    assert module.prepared.of(0).logits.device.type == "cpu"


@pytest.mark.gpu
@pytest.mark.parametrize("meta", WAYS)
def test_policies_are_learned_beside_a_network_on_a_gpu(meta):
    strategy, train, validation = PolicyLearned(meta=meta), halves(8, 1).to("cuda"), halves(8, 2).to("cuda")
    policies = strategy.prepare(SimpleNamespace(subset=train))
    watch = Stopwatch(torch.device("cuda"))
    allowed = Allowed(validation=validation)
    fit(network(0, 3).to("cuda"), strategy, policies, train, validation, protocol(6), 0, watch, allowed)
    assert policies.updates == 6
    assert policies.of(0).logits.device.type == "cpu"
    assert not torch.equal(policies.of(0).logits, policies.of(0).start)
