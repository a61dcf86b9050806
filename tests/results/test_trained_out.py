"""When a trial is told as not trained out."""

import math

import numpy as np
import pytest

from segaug.results.trained_out import late_fall, not_trained_out
from segaug.results.trial_row import trial_row
from tests.synthetic import record

UPDATES = [16 * (place + 1) for place in range(16)]


def falling(exponent: float) -> list[float]:
    """A power law of the learning rates' sum under a cosine."""
    share = np.asarray(UPDATES) / UPDATES[-1]
    return ((share + np.sin(math.pi * share) / math.pi) ** -exponent).tolist()


def test_the_fall_is_that_of_the_last_quarter():
    exponential = [math.exp(-update / 256) for update in UPDATES]
    assert late_fall(UPDATES, exponential) == pytest.approx(1 - math.exp(-0.25))


def test_a_loss_that_levels_off_or_rises_does_not_fall():
    assert late_fall(UPDATES, [0.1 + math.exp(-update / 24) for update in UPDATES]) < 0.01
    assert late_fall(UPDATES, UPDATES) == 0
    assert late_fall(UPDATES, [1.0] * 16) == 0


def test_a_cosine_hides_most_of_a_fall_and_the_limit_allows_for_it():
    assert late_fall(UPDATES, falling(0.4)) < 0.02 < late_fall(UPDATES, falling(1.0))


def test_noise_alone_is_seldom_taken_for_a_fall():
    rng = np.random.default_rng(0)
    found = [late_fall(UPDATES, np.exp(0.05 * rng.standard_normal(16)).tolist()) for _ in range(2000)]
    assert 0.01 < np.mean(np.asarray(found) >= 0.02) < 0.06


@pytest.mark.parametrize("losses", [[], [1.0] * 3, [3.0, 2.0, 1.0, 0.5, None, 0.2, 0.1, 0.05], [1.0] * 7 + [0.0]])
def test_histories_that_cannot_tell_are_not_known(losses):
    assert math.isnan(late_fall(UPDATES[: len(losses)], losses))


def trial(best_update: int = 256, stopped: str = "budget", loss: float = 64) -> bool:
    one = record("lung", "net", "red", 4, 0)
    one["training"] |= {"best_update": best_update, "stopped": stopped}
    one["history"] |= {"training_loss": [0.1 + math.exp(-update / loss) for update in UPDATES]}
    return not_trained_out(trial_row(one))


def test_told_where_loss_and_validation_are_still_getting_better_as_the_updates_end():
    assert trial()
    assert not trial(loss=24), "the loss has levelled off"
    assert not trial(best_update=176), "more updates would fit the training images alone"
    assert not trial(stopped="patience"), "it ceased to get better"


def test_short_histories_say_nothing():
    one = record("lung", "net", "red", 4, 0)
    one["history"] = {"update": [128, 256], "training_loss": [2.0, 1.0], "validation_bce": [2.0, 1.0]}
    assert not not_trained_out(trial_row(one))
