"""A study becomes curves; whatever is peculiar about one is said, and nothing is dropped silently."""

import inspect

import numpy as np
import pytest

from segaug.analysis.curves import fit_study
from segaug.errors import ConfigError
from tests.synthetic import LAWS, record

SIZES = (1, 2, 4, 8, 16, 32)


def study(sizes=SIZES, seeds=5, noise=0.05, strategies=tuple(LAWS), task="thorax"):
    return [record(task, "nnunet", s, n, seed, noise) for s in strategies for n in sizes for seed in range(seeds)]


def diverge(trial):
    return trial | {"status": "diverged", "test": {"best": None, "last": None}}


def only(records, **options):
    (curve,) = fit_study(records, resamples=100, **options)
    return curve


def test_recovers_the_laws_of_a_study():
    curves = fit_study(study(noise=0) + study(noise=0, task="abdomen"), resamples=100)
    keys = [(c.task, c.strategy) for c in curves]
    assert keys == [("abdomen", "baseline"), ("abdomen", "red"), ("thorax", "baseline"), ("thorax", "red")]
    for curve in curves:
        law = curve.fit.law
        assert (law.a, law.b, law.c) == pytest.approx(LAWS[curve.strategy], rel=1e-3)


def test_points_hold_the_statistics_of_their_trials():
    curve = only(study(strategies=("red",)))
    assert [p.size for p in curve.points] == list(SIZES)
    point = curve.points[2]
    values = [record("thorax", "nnunet", "red", 4, seed)["test"]["best"]["bce"] for seed in range(5)]
    assert point.values == tuple(enumerate(values))
    assert (point.n, point.mean, point.sd) == (5, pytest.approx(np.mean(values)), pytest.approx(np.std(values, ddof=1)))
    assert point.se == pytest.approx(point.sd / 5**0.5)
    assert (point.validation_labels, point.constant, point.atlas) == (16, 0.45, pytest.approx(0.275))


def test_one_minus_dice_has_its_own_references():
    curve = only(study(strategies=("red",)), metric="1-dice")
    assert curve.metric == "1-dice"
    assert curve.points[0].constant is None
    assert curve.points[0].atlas == pytest.approx(0.4)
    assert curve.points[0].mean == pytest.approx(
        np.mean([1 - record("thorax", "nnunet", "red", 1, seed)["test"]["best"]["dice"] for seed in range(5)])
    )


def test_diverged_trials_are_named_and_left_out():
    records = study(strategies=("red",))
    clean = [r for r in records if (r["size"], r["seed"]) != (4, 3)]
    curve, without = only([diverge(r) if r not in clean else r for r in records]), only(clean)
    assert curve.n_diverged == 1
    assert "diverged and left out: N=4 seed 3" in curve.note
    assert "fewer than 5 trials: 4 at N=4" in curve.note
    assert curve.fit.law == without.fit.law
    assert curve.points[2].n == 4


def test_a_curve_may_have_diverged_altogether():
    curve = only([diverge(r) for r in study(strategies=("red",))])
    assert (curve.points, curve.fit, curve.band, curve.n_diverged) == ((), None, None, 30)


def test_fewer_than_four_sizes_are_not_fitted():
    curve = only(study(sizes=(1, 4, 16), strategies=("red",)))
    assert curve.fit is None
    assert curve.band is None
    assert "3 of at least 4 sizes" in curve.note
    assert only(study(sizes=(1, 2, 4, 16), strategies=("red",))).fit is not None


def test_one_seed_has_a_law_but_no_interval():
    curve = only(study(seeds=1, strategies=("red",)))
    assert curve.fit.bootstrap is None
    assert curve.band is None
    assert curve.points[0].sd is None
    assert "one seed: no intervals" in curve.note


def test_band_spans_the_measured_sizes_and_holds_the_law():
    curve = only(study(strategies=("red",)))
    assert curve.band.sizes[[0, -1]] == pytest.approx([1, 32])
    law = curve.fit.law.predict(curve.band.sizes)
    assert ((curve.band.low < law) & (law < curve.band.high)).all()


def test_strategies_share_their_draws():
    """Identical trials under two names get identical resamples, so differences between strategies stay paired."""
    records = study(strategies=("red",))
    twins = fit_study(records + [r | {"strategy": "twin", "id": f"twin{r['id']}"} for r in records], resamples=100)
    assert (twins[0].fit.bootstrap.laws.b == twins[1].fit.bootstrap.laws.b).all()


def test_notes_on_overlap_constant_and_flat_curves():
    curve = only(study(sizes=(1, 2, 4, 64), strategies=("red",)))
    assert "N=64 is over half of the pool" in curve.note
    poor = [r | {"reference": r["reference"] | {"constant_bce": 0.3}} for r in study(strategies=("red",))]
    assert "BCE above that of a constant prediction at N=1, 2" in only(poor).note
    flat = [r | {"test": {"best": record("thorax", "nnunet", "red", 4, 0)["test"]["best"], "last": None}} for r in poor]
    assert "does not fall with N" in only(flat).note
    assert only(study(strategies=("baseline",), noise=0.01)).note == "BCE above that of a constant prediction at N=1"


def test_wrong_options_are_refused():
    with pytest.raises(ConfigError, match=r"accuracy.*bce_recalibrated"):
        fit_study(study(), "accuracy")
    with pytest.raises(ConfigError, match="at least 100"):
        fit_study(study(), resamples=10)
    assert inspect.signature(fit_study).parameters["resamples"].default == 1000
