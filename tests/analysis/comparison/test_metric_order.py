"""Metrics are compared seed by seed; a contradiction is one only where both sides are clear."""

from itertools import cycle

import numpy as np

from segaug.analysis.comparison.metric_order import disagreements, orders
from segaug.analysis.curves.fitting import fit_records
from tests.synthetic import record


def study(ratio_by_metric, seeds=6):
    """Two strategies; those of the second have errors so many times the first's, by metric."""
    rng, records = np.random.default_rng(0), []
    for seed in range(seeds):
        for size in (1, 4, 16):
            hard = np.exp(0.3 * rng.standard_normal())
            for strategy in ("baseline", "red"):
                made = record("thorax", "nnunet", strategy, size, seed)
                errors = {"bce": 0.2 * hard, "bce_recalibrated": 0.19 * hard, "1-dice": 0.3 * hard}
                if strategy == "red":
                    errors = {name: error * ratio_by_metric[name](rng) for name, error in errors.items()}
                best = {**made["test"]["best"], **errors, "dice": 1 - errors["1-dice"]}
                records.append(made | {"test": {**made["test"], "best": best}})
    return {metric: fit_records(records, metric, resamples=100) for metric in ("bce", "bce_recalibrated", "1-dice")}


def near(ratio):
    return lambda rng: ratio * np.exp(0.02 * rng.standard_normal())


def test_a_contradiction_is_found_under_any_spread_between_seeds():
    fits = study({"bce": near(0.8), "bce_recalibrated": near(0.8), "1-dice": near(1.2)})
    (order,) = orders(fits, 4)
    assert order.strategies == {"bce": ("red", "baseline"), "bce_recalibrated": ("red", "baseline"),
                                "1-dice": ("baseline", "red")}  # fmt: skip
    (found,) = disagreements(fits, order)
    assert (found.first, found.second) == ("baseline", "red")
    assert found.signs == {"bce": "worse", "bce_recalibrated": "worse", "1-dice": "better"}
    assert found.contradicts


def test_unclear_is_no_contradiction_and_agreement_is_not_listed():
    sides = cycle([0.8] * 3 + [1.25] * 3)  # one, then the other, of the three sizes of a seed
    fits = study({"bce": near(0.8), "bce_recalibrated": near(0.8), "1-dice": lambda rng: next(sides)})
    (found,) = disagreements(fits, orders(fits, 4)[0])
    assert found.signs["1-dice"] == "unclear"
    assert not found.contradicts
    same = study({"bce": near(0.8), "bce_recalibrated": near(0.8), "1-dice": near(0.8)})
    assert disagreements(same, orders(same, 4)[0]) == []


def test_a_size_that_nobody_has_gives_nothing():
    assert orders(study({name: near(1) for name in ("bce", "bce_recalibrated", "1-dice")}), 8) == []
