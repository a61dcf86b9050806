"""What a curve's fit says agrees with the law behind the trials, and with itself."""

import numpy as np
import pytest

from segaug.analysis.law.fit import fit_curve
from segaug.analysis.law.noise import weighted_means
from segaug.analysis.law.profile import profile, threshold
from segaug.analysis.law.weighted_law import fit_law
from segaug.errors import DataError
from tests.analysis.simulated import DESIGNS, errors, trials

WIDE, SIX, FOUR = DESIGNS["1..512"], DESIGNS["4..128"], DESIGNS["8..64"]


def made(sizes=WIDE, b=0.5, floor_share=0.5, seed=0, **options):
    return trials(np.random.default_rng(seed), sizes, b, floor_share, **options)


def fit(sizes=WIDE, **options):
    return fit_curve(sizes, made(sizes, **options))


def test_a_well_measured_floor_is_identified_and_a_missing_one_bounded():
    with_floor, without = fit(floor_share=0.5), fit(floor_share=0.0)
    assert with_floor.verdict.floor == "identified"
    assert with_floor.verdict.exponent == "identified"
    low, high = with_floor.stated_floor.low, with_floor.stated_floor.high
    assert with_floor.verdict.reason == f"if the law holds, the floor is between {low:.3g} and {high:.3g}"
    assert low < 0.05 < high
    assert without.verdict.floor == "bounded"
    assert with_floor.p_no_floor < 1e-6
    assert without.p_no_floor > 0.05
    steeper = fit_curve(WIDE, np.tile(errors(WIDE, 0.5, 0.0) * WIDE ** (-0.02 * np.log(WIDE)), (3, 1)))
    assert steeper.law.c == 0
    assert steeper.p_no_floor == pytest.approx(0.5, abs=1e-3), "half of the law at the limit of c"


def test_verdicts_come_at_the_measured_rates():
    """b 0.5, half of E(Nmax) a floor, 20 seeds: 99 % identified over 1..512, 62-80 % over 4..128, 6-18 % over 8..64."""

    def rate(sizes):
        return np.mean([fit(sizes, seed=seed).verdict.floor == "identified" for seed in range(60)])

    assert rate(WIDE) > 0.95
    assert 0.5 < rate(SIX) < 0.9
    assert rate(FOUR) < 0.25


def test_no_floor_is_seldom_called_one():
    found = [fit(sizes, floor_share=0.0, seed=seed).verdict.floor for seed in range(60) for sizes in (FOUR, SIX)]
    assert found.count("identified") <= 6, "1 % expected of 120"


def test_true_laws_pass_the_hold_out_check_and_bent_ones_fail():
    assert np.mean([fit(SIX, seed=seed).holdout.passed for seed in range(60)]) > 0.9
    rng, bent = np.random.default_rng(1), np.where(SIX < 40, SIX**-0.2, 40**0.6 * SIX**-0.8)
    values = bent * np.exp(0.05 * rng.standard_normal((20, 6)))
    found = fit_curve(SIX, values)
    assert not found.holdout.passed
    assert found.holdout.relative_error > 0.05
    assert found.holdout.observed == pytest.approx(values[:, -1].mean())
    assert "law_rejected" in found.flags


def test_the_hold_out_check_does_not_see_the_largest_size():
    values = made(SIX)
    changed = values.copy()
    changed[:, -1] *= 3
    one, other = fit_curve(SIX, values).holdout, fit_curve(SIX, changed).holdout
    assert (one.predicted, one.interval) == (other.predicted, other.interval)
    assert fit(FOUR).holdout is None


@pytest.mark.parametrize(("standard_errors", "passes"), [(-1, True), (1, True), (4, False)])
def test_the_hold_out_check_allows_for_two_standard_errors_of_what_it_predicts(standard_errors, passes):
    values = made(SIX)
    check, margin = fit_curve(SIX, values).holdout, fit_curve(SIX, values).data.standard_error[-1]
    values[:, -1] *= (check.interval.high + standard_errors * margin) / check.observed
    assert fit_curve(SIX, values).holdout.passed is passes


def test_extrapolation_is_claimed_only_where_all_conditions_hold():
    found = fit(WIDE)
    assert [step.claimed for step in found.extrapolations] == [True, True]
    assert found.claimed_size == 4 * 512
    few = fit(FOUR)
    assert not any(step.claimed for step in few.extrapolations)
    assert few.claimed_size == 64
    assert {"at least 6 sizes over a factor of 32", "the largest size predicted by the others"} <= set(
        few.extrapolations[0].failed_conditions
    )


def test_a_law_that_does_not_fit_is_trimmed_beside_the_full_fit_and_widens_its_intervals():
    plateau = np.minimum(errors(WIDE, 0.5, 0.0), errors(8, 0.5, 0.0, 512))
    values = plateau * np.exp(0.05 * np.random.default_rng(0).standard_normal((20, 10)))
    found = fit_curve(WIDE, values)
    assert {"law_rejected", "trimmed_fit_available"} <= found.flags
    assert found.trimmed.data.sizes[0] == 8
    assert found.trimmed.lack_of_fit.p >= 0.05
    assert len(found.data.sizes) == 10
    test = found.default.lack_of_fit
    assert found.default.joint_level(0.95) - found.default.profile.rss == pytest.approx(
        threshold(found.data.dof, 2) * test.chi2 / test.df
    )
    assert test.inflation > 3
    limit = threshold(found.data.dof) * test.inflation
    assert found.default.profile.b == profile(WIDE, found.data.means, found.data.precision, limit).b
    assert fit(WIDE).trimmed is None


def test_published_and_default_law_stand_side_by_side():
    values = made(WIDE)
    found = fit_curve(WIDE, values)
    total = ((values - found.published.law.predict(WIDE)) ** 2).sum()
    assert total < ((values - found.law.predict(WIDE)) ** 2).sum()
    weighted = [(found.data.means - law.predict(WIDE)) for law in (found.law, found.published.law)]
    rss = [residual @ found.data.precision @ residual for residual in weighted]
    assert rss[0] == pytest.approx(found.default.profile.rss)
    assert rss[0] < rss[1]


def test_quantities_agree_with_the_law():
    found = fit(WIDE).default
    law = found.law
    assert found.floor_share.value == pytest.approx(law.c / law.predict(512))
    assert found.slope.value == pytest.approx(law.b * law.a * 512**-law.b / law.predict(512))
    assert found.drop.value == pytest.approx(law.predict(256) - law.predict(512))
    for estimate in (found.b, found.floor, found.floor_share, found.slope, found.drop, found.error(100)):
        assert estimate.interval.low <= estimate.value <= estimate.interval.high


def test_scaling_errors_scales_errors_only():
    values = made(SIX)
    one, scaled = fit_curve(SIX, values), fit_curve(SIX, 1e6 * values)
    assert scaled.default.slope.value == pytest.approx(one.default.slope.value, rel=1e-6)
    assert scaled.default.lack_of_fit.p == pytest.approx(one.default.lack_of_fit.p, rel=1e-6)
    assert scaled.error(100).interval.high == pytest.approx(1e6 * one.error(100).interval.high, rel=1e-6)
    assert scaled.flags == one.flags


def test_a_better_form_is_noticed_only_where_it_is_better():
    exponential = 0.3 * np.exp(-WIDE / 60) + 0.05
    values = exponential * np.exp(0.05 * np.random.default_rng(0).standard_normal((20, 10)))
    assert fit_curve(WIDE, values).better_form.form == "exponential with floor"
    notices = [fit(sizes, seed=seed, floor_share=share).better_form for sizes in (FOUR, SIX, WIDE)
               for seed in range(5) for share in (0.0, 0.5)]  # fmt: skip
    assert notices == [None] * 30, "few sizes make AICc prefer few parameters; that is no notice"


def test_nested_subsets_widen_what_seeds_shift_together():
    values = made(SIX, correlation=0.8, seeds=20)
    assert fit_curve(SIX, values).data.noise.correlation > 0.5, "the trials show it, whatever the plan says"
    few = made(SIX, correlation=0.1, seeds=4, seed=4)
    nested, independent = fit_curve(SIX, few, nested=True), fit_curve(SIX, few)
    assert nested.data.noise.correlation > 0 == independent.data.noise.correlation, "too weak to see without the plan"
    widths = [one.error(16).interval.high - one.error(16).interval.low for one in (nested, independent)]
    assert widths[0] > widths[1]


def test_nested_subsets_are_nested_in_the_hold_out_check_and_in_the_trimmed_fit_too():
    few = made(SIX, correlation=0.1, seeds=4, seed=4)
    nested, fresh = fit_curve(SIX, few, nested=True).holdout, fit_curve(SIX, few).holdout
    rest = fit_law(weighted_means(SIX[:-1], few[:, :-1], nested=True)).error(SIX[-1])
    assert (nested.predicted, nested.interval) == (rest.value, rest.interval)
    assert nested.interval != fresh.interval
    rng, plateau = np.random.default_rng(1), np.minimum(errors(WIDE, 0.5, 0.0), errors(8, 0.5, 0.0, 512))
    values = plateau * np.exp(0.05 * (rng.standard_normal((6, 10)) + 0.4 * rng.standard_normal((6, 1))))
    trimmed = [fit_curve(WIDE, values, nested=plan).trimmed.data.noise.correlation for plan in (True, False)]
    assert trimmed[0] > 0 == trimmed[1], "too weak to see without the plan"


@pytest.mark.parametrize(
    ("values", "flag"),
    [
        (made(SIX, seeds=2), "provisional"),
        (made(FOUR), "law_not_testable"),
        (made(SIX)[:, ::-1], "non_monotone"),
        (np.where(np.arange(20)[:, None] < [20, 20, 20, 20, 20, 9], made(SIX), np.nan), "unequal_seeds"),
        (np.where(np.arange(6) == 2, 0.2, made(SIX)), "suspicious_zero_variance"),
    ],
)
def test_flags(values, flag):
    sizes = {4: FOUR, 6: SIX}[values.shape[1]]
    assert flag in fit_curve(sizes, values).flags
    assert flag not in fit(SIX).flags


def test_two_sizes_are_refused_by_name():
    with pytest.raises(DataError, match=r"2 sizes.*at least 3"):
        fit_curve(np.array([1, 2, 4]), np.array([[0.3, 0.2, np.nan]]))
