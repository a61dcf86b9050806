"""Seeds that a paired comparison needs."""

import math

import numpy as np
import pytest
from scipy.stats import t

from segaug.analysis.comparison.paired import Pairing
from segaug.analysis.planning.effect_power import (
    effects,
    paired_spread,
    seeds_for_effect,
    seeds_needed,
    spread_range,
    unpaired_spread,
)
from segaug.analysis.planning.trial_spread import assumed_spread
from segaug.analysis.trials.curve_trials import CurveKey, CurveTrials
from segaug.errors import DataError
from tests.analysis.simulated import DESIGNS

SIZES = DESIGNS["8..64"]


def curve(strategy, values, task="lung", sizes=SIZES, seeds=None, nested=False):
    status = np.where(np.isfinite(values), "ok", "missing")
    seeds = np.arange(len(values)) if seeds is None else np.asarray(seeds)
    return CurveTrials(CurveKey(task, "net", strategy), sizes, seeds, values, status, math.nan, nested, None)


def lognormal_ratios(rng, seeds, spread):
    return 0.9 * np.exp(spread * rng.standard_normal((seeds, len(SIZES))))


@pytest.mark.parametrize("spread", [0.01, 0.1, 0.2, 1.0])
@pytest.mark.parametrize("comparisons", [1, 12])
def test_needed_seeds_are_the_smallest_that_suffice(spread, comparisons):
    def enough(seeds):
        quantiles = t.ppf(1 - 0.025 / comparisons, seeds - 1) + t.ppf(0.8, seeds - 1)
        return seeds >= quantiles**2 * spread**2 / math.log(0.9) ** 2

    needed = seeds_needed(spread, 0.9, comparisons)
    assert enough(needed)
    assert needed == 2 or not enough(needed - 1)


def test_needed_seeds_give_the_promised_power():
    spread, ratio = 0.2, 0.9
    seeds = seeds_needed(spread, ratio)
    d = math.log(ratio) + spread * np.random.default_rng(0).standard_normal((4000, seeds))
    found = np.abs(d.mean(axis=1)) / d.std(axis=1, ddof=1) * math.sqrt(seeds) > t.ppf(0.975, seeds - 1)
    assert 0.78 < found.mean() < 0.86  # the formula errs on the safe side by about 1 point


def test_less_and_more_error_by_the_same_factor_are_as_easy_to_see():
    assert seeds_needed(0.2, 0.8) == seeds_needed(0.2, 1 / 0.8)


def test_the_spread_of_pairs_is_that_of_their_relative_differences_not_of_the_errors():
    rng = np.random.default_rng(2)
    baseline = np.exp(0.5 * rng.standard_normal((400, len(SIZES))))  # varies a lot, but alike for both
    strategy = baseline * lognormal_ratios(rng, 400, 0.1)
    found = paired_spread(curve("red", strategy), curve("baseline", baseline))
    relative = (strategy / strategy.mean(axis=0) - baseline / baseline.mean(axis=0)).std(axis=0, ddof=1)
    assert found.at(SIZES) == pytest.approx(relative, rel=0.1)
    assert found.overall(SIZES) == pytest.approx(relative.mean() / len(SIZES) ** 0.5, rel=0.1)
    assert found.noise.dof == pytest.approx(399 * len(SIZES), rel=0.01)


def test_pairs_of_nested_subsets_share_their_seeds_over_the_sizes_however_few_they_are():
    rng = np.random.default_rng(0)
    nested, fresh = [], []
    for _ in range(60):
        shared, own = rng.standard_normal((4, 1)), rng.standard_normal((4, len(SIZES)))
        strategy, baseline = np.exp(0.1 * (0.4 * shared + own)), np.ones((4, len(SIZES)))
        for plan, spreads in ((True, nested), (False, fresh)):
            spread = paired_spread(curve("red", strategy, nested=plan), curve("baseline", baseline, nested=plan))
            spreads.append(spread.overall(SIZES))
    assert all(planned >= seen for planned, seen in zip(nested, fresh, strict=True))
    assert np.mean(nested) > 1.02 * np.mean(fresh), "else the test could not tell"


def test_a_spread_larger_than_the_errors_is_still_a_spread():
    values = np.array([[0.1, 0.1], [0.1, 4.0], [9.0, 0.1]])
    found = paired_spread(curve("red", values, sizes=SIZES[:2]), curve("baseline", values[:, ::-1], sizes=SIZES[:2]))
    assert (found.at(SIZES[:2]) > 1).all()


def test_planned_seeds_give_the_promised_power_to_the_comparison_itself():
    rng = np.random.default_rng(7)
    seeds, law = seeds_needed(0.2, 0.8), np.ones(1)
    draws = np.exp(0.2 * rng.standard_normal((2, 1500, seeds, 1)) / math.sqrt(2))
    found = [Pairing(law, one, 0.8 * other).overall.p_t < 0.05 for one, other in zip(*draws, strict=True)]
    assert 0.77 < np.mean(found) < 0.87


def test_a_ratio_that_moves_with_the_seed_at_all_sizes_does_not_average_out():
    rng = np.random.default_rng(3)
    ratios = np.exp(0.1 * rng.standard_normal((400, 1)) * np.ones(len(SIZES)))
    found = paired_spread(curve("red", ratios), curve("baseline", np.ones_like(ratios)))
    assert found.overall(SIZES) == pytest.approx(0.1, rel=0.1)


def test_only_seeds_and_sizes_of_both_count():
    rng = np.random.default_rng(4)
    ratios = lognormal_ratios(rng, 12, 0.1)
    ratios[3, 1] = np.nan
    whole = paired_spread(curve("red", ratios), curve("baseline", np.ones((12, 4))))
    extra = curve("red", np.vstack([ratios, [[9.0] * 4]]), seeds=[*range(12), 99])
    assert paired_spread(extra, curve("baseline", np.ones((12, 4)))) == whole
    assert paired_spread(curve("red", ratios, seeds=range(50, 62)), curve("baseline", np.ones((12, 4)))) is None


def test_without_pairs_the_spread_is_that_of_one_curve():
    """CV sqrt(2 (1 - r)) with r = 0.5."""
    found = unpaired_spread(assumed_spread({1: 0.05}).noise)
    assert not found.measured
    assert found.at([8, 64]) == pytest.approx(0.05, rel=0.01)


def test_overall_needs_fewer_seeds_than_any_size_and_families_more():
    found = seeds_for_effect(unpaired_spread(assumed_spread({1: 0.3, 512: 0.05}).noise), (8, 16, 32), 0.9, 3)
    assert found.comparisons == 9
    assert found.overall[0] < min(alone for alone, _ in found.at.values())
    assert all(alone < shared for alone, shared in [found.overall, *found.at.values()])
    assert found.at[8] > found.at[32]


def test_every_strategy_is_compared_within_its_own_task():
    rng = np.random.default_rng(5)
    curves = [
        curve(name, lognormal_ratios(rng, 6, 0.1), task) for task in ("lung", "heart") for name in ("baseline", "red")
    ]
    curves.append(curve("genda", lognormal_ratios(rng, 6, 0.1), "heart"))
    found = effects(curves, "baseline", 0.9)
    assert [key.strategy for key in found] == ["red", "red", "genda"]
    assert [one.comparisons for one in found.values()] == [4, 8, 8]


def test_an_unknown_baseline_is_named_with_the_known_ones():
    curves = [curve(name, np.ones((3, 4))) for name in ("none", "red")]
    with pytest.raises(DataError, match="no strategy 'baseline'; use --baseline with one of: none, red"):
        effects(curves, "baseline", 0.9)
    assert effects(curves[:1], "baseline", 0.9) == {}


def test_the_range_of_a_spread_covers_it_as_often_as_it_says():
    low, high = spread_range(12)
    found = np.random.default_rng(6).standard_normal((4000, 13)).std(axis=1, ddof=1)
    assert ((low * found < 1) & (high * found > 1)).mean() == pytest.approx(0.95, abs=0.015)
