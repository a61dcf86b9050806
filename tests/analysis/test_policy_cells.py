"""Cells of learned policies: what counts as one in a test."""

import numpy as np
import orjson
import pytest
from scipy import stats

from segaug.analysis.policies.cells import policy_cells
from segaug.findings.policies import agree_words
from tests.policy_study import policies

SEEDS = 6


def row(seed, seeds_per_subset):
    key = {"task": "heart", "model": "nnunet", "strategy": "policy_class_specific", "size": 4, "seed": seed}
    told = orjson.dumps(policies(key)).decode()
    return {
        **key,
        "policies": told,
        "seeds_per_subset": seeds_per_subset,
        "training_labels": 4,
        "validation_labels": 16,
    }


def cell(seeds_per_subset):
    (found,) = policy_cells([row(seed, seeds_per_subset) for seed in range(SEEDS)])
    return found


def test_seeds_that_share_their_images_are_one_in_a_test():
    alone, shared = cell(1), cell(2)
    assert (alone.subsets, shared.subsets) == (tuple(range(SEEDS)), (0, 1, 2))
    for one, other in zip(alone.classes, shared.classes, strict=True):
        for by_seed, by_subset in zip(one.changes, other.changes, strict=True):
            means = np.reshape(by_seed.by_seed, (3, 2)).mean(axis=1)
            assert by_subset.by_seed == pytest.approx(means)
            low, high = stats.ttest_1samp(means, 0).confidence_interval(0.95)
            least, most = -by_subset.start, 1 - by_subset.start
            interval = by_subset.effect.interval
            assert (interval.low, interval.high) == pytest.approx((max(low, least), min(high, most)))
    assert agree_words(alone).startswith("all 6 seeds moved")
    assert agree_words(shared).startswith("all 3 subsets moved")


def test_foreground_against_background_is_told_by_subsets_too():
    for alone, shared in zip(cell(1).apart, cell(2).apart, strict=True):
        assert shared.effect.mean == pytest.approx(alone.effect.mean)
        assert (alone.effect.pairs, shared.effect.pairs) == (6, 3)
