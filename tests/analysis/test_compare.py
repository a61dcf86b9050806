"""Paired differences are those of the same seeds, with Student's interval."""

import math

import numpy as np
import pytest

from segaug.analysis.compare import paired_differences
from segaug.errors import DataError
from tests.synthetic import record


def trial(strategy, seed, bce, **changes):
    made = record("thorax", "nnunet", strategy, 4, seed) | changes
    return made | {"test": {**made["test"], "best": {**made["test"]["best"], "bce": bce}}}


def test_a_constant_gain_is_found_under_any_spread_between_seeds():
    hard = np.linspace(0.1, 3, 6)
    records = [trial("baseline", seed, bce) for seed, bce in enumerate(hard)]
    records += [trial("red", seed, bce - 0.01 - 0.001 * (-1) ** seed) for seed, bce in enumerate(hard)]
    (row,) = paired_differences(records, "bce", "baseline").itertuples()
    assert (row.strategy, row.size, row.pairs, row.dropped) == ("red", 4, 6, 0)
    assert row.difference == pytest.approx(-0.01)
    # Six differences of -0.01 -+ 0.001: standard error 0.001 * sqrt(6/5) / sqrt(6), Student's quantile at 5 is 2.5706.
    assert row.high - row.difference == pytest.approx(2.5706 * 0.001 / math.sqrt(5), rel=1e-3)
    assert row.difference - row.low == pytest.approx(row.high - row.difference)


def test_seeds_of_one_side_and_diverged_pairs_do_not_count():
    records = [trial("baseline", seed, 0.2) for seed in range(4)] + [trial("red", seed, 0.1) for seed in (0, 2, 9)]
    records.append(record("thorax", "nnunet", "red", 4, 3) | {"status": "diverged", "test": None})
    (row,) = paired_differences(records, "bce", "baseline").itertuples()
    assert (row.pairs, row.dropped) == (2, 1)
    assert row.difference == pytest.approx(-0.1)
    assert math.isnan(row.low)  # equal differences have no spread to estimate an interval from


def test_swapping_the_sides_changes_the_sign():
    rng = np.random.default_rng(0)
    records = [trial(name, seed, rng.uniform(0.1, 0.5)) for name in ("baseline", "red") for seed in range(5)]
    (forth,) = paired_differences(records, "bce", "baseline").itertuples()
    (back,) = paired_differences(records, "bce", "red").itertuples()
    assert (back.difference, back.low) == pytest.approx((-forth.difference, -forth.high))


def test_the_movement_of_pixels_is_shown_where_it_was_measured():
    moved = {"displacement_rms_px": 2.5}
    records = [trial("baseline", 0, 0.2, augmentation=None), trial("red", 0, 0.1, augmentation=moved)]
    (row,) = paired_differences(records, "bce", "baseline").itertuples()
    assert row.rms_px == 2.5


def test_an_unknown_baseline_is_answered_with_the_known_ones():
    with pytest.raises(DataError, match=r"no strategy 'none'.*baseline, red"):
        paired_differences([trial("red", 0, 0.1), trial("baseline", 0, 0.1)], "bce", "none")
