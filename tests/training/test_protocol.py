import math
from dataclasses import replace

import pytest

from segaug.errors import ConfigError
from segaug.training.optimiser import Optimiser
from segaug.training.protocol import Protocol, schedule

PUBLISHED = Protocol(learning_rate=1e-3)
FIXED = Protocol(unit="update", length=256, warmup=26, validate_every=16, patience=None, learning_rate=1e-3)


def test_published_schedule_follows_the_formula_per_epoch():
    plan = schedule(PUBLISHED, 20)  # 3 batches an epoch: 8 + 8 + 4
    assert (plan.updates, plan.updates_per_epoch) == (150, 3)
    for epoch in range(50):
        want = (epoch + 1) / 5 if epoch < 5 else 0.5 * (1 + math.cos(math.pi * (epoch - 5) / 45))
        assert [plan.factor(3 * epoch + step) for step in range(3)] == pytest.approx([want] * 3)


@pytest.mark.parametrize("images", [1, 2, 4, 8, 9, 64])
def test_fixed_steps_gives_every_size_the_same_schedule(images):
    plan, other = schedule(FIXED, images), schedule(FIXED, 8)
    assert plan.updates == 256
    assert [plan.factor(step) for step in range(256)] == [other.factor(step) for step in range(256)]
    assert [step for step in range(256) if plan.validates_after(step)] == list(range(15, 256, 16))


def test_polynomial_decay_follows_its_formula():
    plan = schedule(replace(FIXED, decay="polynomial"), 8)
    assert [plan.factor(t) for t in range(26)] == [schedule(FIXED, 8).factor(t) for t in range(26)]
    assert [plan.factor(t) for t in range(26, 256)] == pytest.approx([((256 - t) / 230) ** 0.9 for t in range(26, 256)])


@pytest.mark.parametrize("protocol", [PUBLISHED, FIXED, replace(FIXED, decay="polynomial")])
def test_rate_rises_to_one_then_falls_towards_zero(protocol):
    plan = schedule(protocol, 8)
    rates = [plan.factor(step) for step in range(plan.updates)]
    top = rates.index(max(rates))
    assert max(rates) == 1.0
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert 0 <= rates[-1] < 0.04


def test_a_validation_follows_the_last_update_always():
    plan = schedule(Protocol(unit="update", length=10, warmup=1, validate_every=4, learning_rate=1), 8)
    assert [step for step in range(10) if plan.validates_after(step)] == [3, 7, 9]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("unit", "week"),
        ("length", 0),
        ("warmup", 50),
        ("patience", 0),
        ("batch_size", 0),
        ("learning_rate", -1.0),
        ("learning_rate", math.nan),
        ("validation", "all"),
        ("subset", "random"),
        ("precision", "float16"),
        ("decay", "linear"),
        ("select", "iou"),
        ("seeds_per_subset", 0),
        ("patch", 0),
        ("patch", -64),
    ],
)
def test_a_wrong_value_is_refused_by_name(option, value):
    with pytest.raises(ConfigError, match=f"protocol.{option}"):
        Protocol(**{option: value})


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"select": "dice", "validation": "none"}, r"protocol\.select in .*: got dice with validation none; use"),
        ({"optimiser": Optimiser(name="sgd"), "beta1": 0.5}, r"protocol\.beta1 in .*: is an option of adam"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options, told):
    with pytest.raises(ConfigError, match=told):
        Protocol(**options)
