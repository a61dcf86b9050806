"""A study becomes curves; whatever is peculiar about one is said, and nothing is dropped silently."""

import inspect
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segaug.analysis.csv_text import csv_bytes
from segaug.analysis.curves.export import fits_frame, fits_json, points_frame
from segaug.analysis.curves.fitting import fit_records, fit_study, fit_table
from segaug.errors import ConfigError, DataError
from tests.analysis import simulated
from tests.analysis.simulated import DESIGNS
from tests.synthetic import LAWS, plan_anew, record, write_study

SIZES = (1, 2, 4, 8, 16, 32)


def study(sizes=SIZES, seeds=5, noise=0.05, strategies=tuple(LAWS), task="thorax"):
    return [record(task, "nnunet", s, n, seed, noise) for s in strategies for n in sizes for seed in range(seeds)]


def diverge(trial):
    return trial | {"status": "diverged", "test": {"best": None, "last": None}}


def only(records, **options):
    (curve,) = fit_records(records, resamples=100, **options)
    return curve


def table(values, sizes=SIZES, curve="one"):
    """values: (S, m), NaN where there is no trial."""
    cells = [
        {"curve": curve, "N": size, "seed": seed, "error": value}
        for seed, row in enumerate(values)
        for size, value in zip(sizes, row, strict=True)
        if np.isfinite(value)
    ]
    return pd.DataFrame(cells)


def test_recovers_the_laws_of_a_study():
    curves = fit_records(study(noise=0) + study(noise=0, task="abdomen"), resamples=100)
    keys = [(c.task, c.strategy) for c in curves]
    assert keys == [("abdomen", "baseline"), ("abdomen", "red"), ("thorax", "baseline"), ("thorax", "red")]
    for curve in curves:
        for law in (curve.fit.law, curve.fit.published.law):
            assert (law.a, law.b, law.c) == pytest.approx(LAWS[curve.strategy], rel=1e-3)


def test_points_hold_the_statistics_of_their_trials():
    curve = only(study(strategies=("red",)))
    assert [p.size for p in curve.points] == list(SIZES)
    point = curve.points[2]
    values = [record("thorax", "nnunet", "red", 4, seed)["test"]["best"]["bce"] for seed in range(5)]
    assert point.values == tuple(enumerate(values))
    assert (point.n, point.mean, point.sd) == (5, pytest.approx(np.mean(values)), pytest.approx(np.std(values, ddof=1)))
    assert point.se == pytest.approx(point.sd / 5**0.5)
    assert (point.interval.high - point.mean) / point.se == pytest.approx(2.776445), "Student's quantile, 4 degrees"
    assert (point.validation_labels, point.constant, point.atlas) == (16, 0.45, pytest.approx(0.275))


def test_one_minus_dice_has_its_own_references():
    curve = only(study(strategies=("red",)), metric="1-dice")
    assert curve.metric == "1-dice"
    assert curve.points[0].constant is None
    assert curve.points[0].atlas == pytest.approx(0.4)
    assert curve.points[0].mean == pytest.approx(
        np.mean([1 - record("thorax", "nnunet", "red", 1, seed)["test"]["best"]["dice"] for seed in range(5)])
    )


def test_diverged_trials_are_named_and_left_out_and_their_weight_is_shown():
    records = study(strategies=("red",))
    clean = [r for r in records if (r["size"], r["seed"]) != (32, 3)]
    curve, without = only([diverge(r) if r not in clean else r for r in records]), only(clean)
    assert curve.n_diverged == 1
    assert "diverged and left out: N=32 seed 3" in curve.note
    assert "fewer than 5 trials: 4 at N=32" in curve.note
    assert curve.fit.law == without.fit.law
    assert curve.points[-1].n == 4
    assert "divergence_matters" in curve.flags, "one of five is more than a tenth"
    assert without.sensitivity is None
    assert curve.sensitivity.value > curve.error(32).value, "a diverged trial that counts as constant makes it worse"
    assert f"E(N=32) is {curve.sensitivity.value:.3g}, else {curve.error(32).value:.3g}" in curve.note
    assert "divergence matters" in curve.note


def test_a_strategy_that_diverges_more_often_than_another_is_flagged():
    records = study(sizes=(*SIZES, 64), seeds=20)
    some = [diverge(r) if (r["strategy"], r["seed"]) == ("red", r["size"] % 7) else r for r in records]
    red = fit_records(some, resamples=100)[1]
    assert max(state.rate.share for state in red.states) <= 0.1
    assert "divergence_matters" in red.flags
    assert "divergence_matters" not in only([r for r in some if r["strategy"] == "red"]).flags


def test_a_curve_may_have_diverged_altogether():
    curve = only([diverge(r) for r in study(strategies=("red",))])
    assert (curve.points, curve.fit, curve.band, curve.n_diverged) == ((), None, None, 30)
    assert curve.verdict.floor == "too_few_sizes"


def test_a_size_that_diverged_altogether_is_not_fitted_but_shown():
    records = [diverge(r) if r["size"] == 8 else r for r in study(strategies=("red",))]
    curve = only(records)
    assert [point.size for point in curve.points] == [1, 2, 4, 16, 32]
    assert [(state.size, state.ok) for state in curve.states][3] == (8, 0)
    assert "divergence_matters" in curve.flags


def test_two_sizes_have_means_and_three_a_law_that_nothing_is_read_from():
    two, three = only(study(sizes=(4, 16), strategies=("red",))), only(study(sizes=(1, 4, 16), strategies=("red",)))
    assert (two.fit, two.band, two.verdict.floor) == (None, None, "too_few_sizes")
    assert "2 of at least 3 sizes: no law" in two.note
    assert two.error(16).interval.method == "t"
    assert two.error(8) is None
    assert three.verdict.floor == "too_few_sizes"
    assert three.fit.default.lack_of_fit.p is None
    assert three.error(8) is not None


def test_nothing_is_said_outside_the_measured_sizes():
    curve = only(study(strategies=("red",)))
    assert curve.error(0.9) is None
    assert curve.error(33) is None


def test_one_seed_has_a_law_but_no_verdict():
    curve = only(study(seeds=1, strategies=("red",)))
    assert curve.points[0].sd is None
    assert curve.points[0].interval is None
    assert (curve.seed_laws, curve.population) == (None, None)
    assert "one seed" in curve.note
    assert "provisional" in curve.flags
    assert curve.verdict.floor == "not_identifiable"


def test_band_spans_the_measured_sizes_four_times_and_holds_the_law():
    curve = only(study(strategies=("red",)))
    band = curve.band
    assert band.sizes[[0, -1]] == pytest.approx([1, 128])
    law = curve.fit.law.predict(band.sizes)
    assert ((band.low < law) & (law < band.high)).all()
    assert ((band.low_simultaneous < band.low) & (band.high < band.high_simultaneous)).all()


def test_strategies_share_their_draws():
    """Identical trials under two names get identical resamples, so differences between strategies stay paired."""
    records = study(strategies=("red",))
    twins = fit_records(records + [r | {"strategy": "twin", "id": f"twin{r['id']}"} for r in records], resamples=100)
    assert (twins[0].seed_laws.b == twins[1].seed_laws.b).all()
    assert (twins[0].population.laws.c == twins[1].population.laws.c).all()


def test_other_patients_make_the_error_less_certain():
    """Cases that differ by a factor of two, in the same way for all trials: new seeds alone do not show that."""
    factors = np.exp(0.7 * np.random.default_rng(0).standard_normal(12))
    records = study(strategies=("red",))
    for one in records:
        mean = one["test"]["best"]["bce"]
        one["cases"]["bce"] = (mean * factors / factors.mean()).tolist()
    curve = only(records)
    here, elsewhere = curve.error(8).interval, curve.population.error(8)
    assert elsewhere.target == "case_population"
    assert elsewhere.high - elsewhere.low > 5 * (here.high - here.low)
    assert curve.population.patients == 12
    assert "few_cases" in curve.flags


def test_all_curves_are_compared_at_one_size():
    records = study() + study(sizes=(1, 2, 4), task="abdomen")
    assert {curve.reference_size for curve in fit_records(records, resamples=100)} == {8}


def test_notes_on_overlap_constant_and_flat_curves():
    curve = only(study(sizes=(1, 2, 4, 64), strategies=("red",)))
    assert "N=64 is over half of the pool" in curve.note
    poor = [r | {"reference": r["reference"] | {"constant_bce": 0.3}} for r in study(strategies=("red",))]
    assert "worse than a constant prediction: 5 of 5 at N=1, 3 of 5 at N=2" in only(poor).note
    rng = np.random.default_rng(0)
    (flat,) = fit_table(table(0.2 * np.exp(0.1 * rng.standard_normal((5, 6)))), resamples=100)
    assert "may not fall with N" in flat.note
    assert only(study(strategies=("baseline",), noise=0.01, seeds=8)).notes == (
        "worse than a constant prediction: 8 of 8 at N=1",
        "12 test patients: intervals for other patients are rough",
    )


def test_a_study_on_disk_also_tells_what_is_not_done(tmp_path):
    store = write_study(tmp_path)
    plan_anew(store, {**store.plan(), "trials": [*store.plan()["trials"], planned(seed=5), planned(seed=6)]})
    store.write_failure({"schema": 1, **planned(seed=5), "error": "out of memory"})
    baseline, red = fit_study(store, resamples=100)
    assert [(state.failed, state.missing) for state in red.states] == [(0, 0)] * 5 + [(1, 1)]
    assert "failed: N=32 seed 5" in red.note
    assert "not there yet: N=32 seed 6" in red.note
    assert baseline.fit.law == fit_records(store.records(), resamples=100)[0].fit.law


def planned(seed):
    cell = {"task": "phantom_thorax", "model": "nnunet", "strategy": "red", "size": 32}
    return {"id": f"planned{seed}", **cell, "seed": seed}


def test_nested_subsets_are_a_property_of_the_table():
    sizes = DESIGNS["4..128"]
    values = simulated.trials(np.random.default_rng(4), sizes, 0.5, 0.5, seeds=4, correlation=0.1)
    plans = (fit_table(table(values, sizes.astype(int)), nested=plan, resamples=100)[0].fit for plan in (True, False))
    assert [one.data.noise.correlation > 0 for one in plans] == [True, False]


def test_wrong_options_are_refused():
    with pytest.raises(ConfigError, match=r"accuracy.*bce_recalibrated"):
        fit_records(study(), "accuracy")
    with pytest.raises(ConfigError, match="at least 100"):
        fit_records(study(), resamples=10)
    with pytest.raises(DataError, match="no finished trial"):
        fit_study(Path("nowhere"))
    assert inspect.signature(fit_study).parameters["resamples"].default == 1000


@settings(max_examples=40)
@given(st.data())
def test_any_table_gives_a_complete_result(data):
    check_any_table(data)


@pytest.mark.slow
@settings(max_examples=1000)
@given(st.data())
def test_a_thousand_tables_give_a_complete_result(data):
    check_any_table(data)


def check_any_table(data):
    """Any sizes, seeds, gaps, ties, scales and shapes: never an exception, never a number that is not one."""
    sizes = sorted(
        data.draw(st.sets(st.sampled_from([1, 2, 3, 5, 8, 16, 64, 100, 1000, 2**17]), min_size=1, max_size=8))
    )
    seeds = data.draw(st.integers(1, 4))
    scale = data.draw(st.sampled_from([1e-9, 1.0, 1e6]))
    same = data.draw(st.booleans())
    error = st.sampled_from([0.1, 0.2, 0.4]) if same else st.floats(1e-6, 10)
    cell = st.one_of(st.just(math.nan), error, error)
    values = np.array([[data.draw(cell) for _ in sizes] for _ in range(seeds)])
    values[0] = np.where(np.isfinite(values).any(axis=0), values[0], 0.1)
    curves = fit_table(table(scale * values, sizes), nested=data.draw(st.booleans()), resamples=100)
    (curve,) = curves
    assert (curve.fit is not None) == (len(sizes) >= 3)
    assert curve.verdict.reason
    assert b"NaN" not in fits_json(curves)
    assert len(csv_bytes(fits_frame(curves)) + csv_bytes(points_frame(curves))) > 100
    if fit := curve.fit:
        for estimate in (
            fit.default.b,
            fit.default.floor,
            fit.default.floor_share,
            fit.default.slope,
            fit.error(sizes[-1]),
        ):
            low, high = estimate.interval.low, estimate.interval.high
            assert low * (1 - 1e-6) <= estimate.value <= high * (1 + 1e-6) or fit.law.a == 0
        assert np.isfinite(fit.isotonic).all()
        assert all(np.isfinite(one.aicc) for one in fit.alternatives)
        if len(sizes) < 4 or (len(sizes) == 4 and sizes[-1] < 8 * sizes[0]):
            assert curve.verdict.floor in ("too_few_sizes", "law_rejected")


@pytest.mark.parametrize("shape", ["flat", "rising", "step", "steep", "exact", "agree"])
def test_awkward_curves(shape):
    sizes = np.array([1, 2, 4, 8, 16, 32, 64, 2**17], dtype=float)
    rng = np.random.default_rng(0)
    spread = np.exp(0.05 * rng.standard_normal((6, 8)))
    mean = {
        "flat": np.full(8, 0.3), "rising": 0.1 + 0.02 * np.arange(8), "step": np.where(sizes > 1, 0.1, 0.4),
        "steep": sizes**-4.0, "exact": 0.5 * sizes**-0.5 + 0.1, "agree": 0.5 * sizes**-0.5 + 0.1,
    }[shape]  # fmt: skip
    values = np.tile(mean, (6, 1)) if shape == "exact" else mean * spread
    if shape == "agree":
        values[:, 3] = mean[3]  # as if the seed had not been applied there
    (curve,) = fit_table(table(values, sizes.astype(int)), resamples=100)
    fit = curve.fit
    if shape == "flat":
        assert fit.law.predict(64) == pytest.approx(0.3, rel=0.05)
        assert fit.default.floor_share.interval.high == 1
        assert fit.default.slope.interval.low == 0
    if shape == "rising":
        assert fit.law.a == 0
        assert {"law_rejected", "non_monotone"} <= fit.flags
        assert (fit.default.b.interval.low, fit.default.b.interval.high) == (0.01, 4)
        assert fit.default.b.interval.open_low
        assert fit.default.b.interval.open_high
        assert curve.verdict.floor == "law_rejected"
    if shape == "step":
        assert "b_at_bound" in fit.flags
        assert curve.verdict.exponent == "not_identifiable"
    if shape == "steep":
        assert 0 < fit.law.predict(2**17) < 1e-15
    if shape in ("exact", "agree"):
        assert "suspicious_zero_variance" in fit.flags
        assert "was the seed applied there?" in curve.note
    if shape == "exact":
        assert (fit.law.a, fit.law.b, fit.law.c) == pytest.approx((0.5, 0.5, 0.1), rel=1e-4)
