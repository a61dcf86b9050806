"""A strategy beside a reference with the same added images: what is known of them is found, seed by seed."""

import pytest

from segaug.analysis.addition.addition import addition_trials
from segaug.analysis.trials.measured import measured
from segaug.analysis.trials.table import trials
from segaug.results.case_errors import cases_of_records
from tests.addition_study import KS, pooled, records

SEEDS = 5


def better(k, _sampling):
    """By 10 % with nothing added, by 30 % with 16."""
    return {0: 0.9, 4: 0.8, 16: 0.7}[k]


def judged(made, reference="baseline"):
    table = measured(trials(made), None)
    return addition_trials(table, cases_of_records(made, "bce"), 200, reference).beside


def study(seeds=range(SEEDS), ks=KS, effect=better):
    """Adding does nothing to the baseline; both strategies share the noise of a seed and k."""
    other = [pooled(k, seed, effect, strategy="red") for k in ks for seed in seeds]
    return [*records(lambda *_: 1.0, seeds=SEEDS), *other]


def test_the_difference_at_each_k_is_the_one_that_was_made():
    (beside,) = judged(study())
    assert (beside.key.strategy, beside.reference, beside.sampling) == ("red", "baseline", "proportional")
    errors = {
        (trial["strategy"], trial["seed"]): trial["test"]["best"]["bce"]
        for trial in study(ks=(0,))
        if " 0 " in trial["task"]
    }
    at_zero = sum(errors["baseline", seed] for seed in range(SEEDS)) / SEEDS
    for k, effect in beside.at.items():
        assert effect.pairs == SEEDS
        assert effect.mean == pytest.approx((better(k, "") - 1) * at_zero, rel=0.02)
        assert effect.interval.high < 0
    assert beside.over_all.mean == pytest.approx(sum(effect.mean for effect in beside.at.values()) / len(KS))
    assert beside.over_all.other_cases is not None


def test_another_reference_turns_the_sign():
    (one,), (other,) = judged(study()), judged(study(), "red")
    assert other.key.strategy == "baseline"
    assert [effect.mean for effect in other.at.values()] == pytest.approx([-e.mean for e in one.at.values()])
    assert judged(study(), "genda") == ()


def test_only_seeds_and_k_that_both_have_are_compared():
    (beside,) = judged(study(seeds=(3, 4, 7, 9), ks=(0, 16)))
    assert {k: effect.pairs for k, effect in beside.at.items()} == {0: 2, 16: 2}
    assert judged(study(seeds=(8, 9))) == ()
    assert judged(records(lambda *_: 1.0)) == ()


def test_the_mean_over_k_is_of_seeds_that_have_every_k():
    made = [
        trial for trial in study() if not (trial["strategy"] == "red" and trial["seed"] == 0 and " 4 " in trial["task"])
    ]
    (beside,) = judged(made)
    assert {k: effect.pairs for k, effect in beside.at.items()} == {0: SEEDS, 4: SEEDS - 1, 16: SEEDS}
    assert beside.over_all.pairs == SEEDS - 1
