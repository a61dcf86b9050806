"""Sign flips: exact for few seeds, valid for many, the same for all sizes of a seed."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import permutation_test, ttest_1samp

from segaug.analysis.comparison.sign_flips import LEAST_FLIPPED, flip_p, max_t_p, sign_flips, varied

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("seeds", [1, 4, 11])
def test_few_seeds_get_every_flip_once_and_the_identity_first(seeds):
    signs = sign_flips(seeds)
    assert {tuple(row) for row in signs} == set(product((-1.0, 1.0), repeat=seeds))
    assert len(signs) == 2**seeds
    assert (signs[0] == 1).all()


def test_many_seeds_get_2000_flips_with_the_identity_among_them():
    signs = sign_flips(20)
    assert signs.shape == (2000, 20)
    assert (signs[0] == 1).all()
    assert np.abs(signs[1:].mean(axis=0)).max() < 0.1


@pytest.mark.parametrize("seeds", [5, 8])
def test_p_is_that_of_the_exact_permutation_test(seeds):
    differences = RNG.normal(0.4, 1, seeds)
    exact = permutation_test((differences,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert flip_p(differences) == pytest.approx(exact.pvalue)


def test_few_seeds_never_reach_five_per_cent():
    assert flip_p(np.array([3.0, 3.1, 2.9, 3.05, 3.2])) == 2 / 2**5
    assert 2 / 2**LEAST_FLIPPED < 0.05 < 2 / 2 ** (LEAST_FLIPPED - 1)


def test_no_difference_is_no_evidence_and_no_pair_no_p_value():
    assert flip_p(np.zeros(6)) == 1.0
    assert np.isnan(flip_p(np.full(3, np.nan)))


def test_a_missing_seed_does_not_count():
    present = RNG.normal(0.5, 1, 9)
    assert flip_p(np.append(present, [np.nan, np.nan])) == flip_p(present)


def test_of_one_cell_max_t_is_the_plain_flip_test():
    differences = RNG.normal(0.3, 1, (7, 1))
    assert max_t_p(differences)[0] == pytest.approx(flip_p(differences[:, 0]))


@pytest.mark.parametrize("seed", range(5))
def test_max_t_agrees_with_flipping_one_by_one(seed):
    differences = np.random.default_rng(seed).normal(0.5, 1, (6, 3))
    differences[3:, 1] = np.nan

    def largest(signs):
        flipped = np.array(signs)[:, None] * differences
        return np.abs(ttest_1samp(flipped, 0, nan_policy="omit").statistic)

    t = np.array([largest(signs) for signs in product((1.0, -1.0), repeat=6)])
    expected = (t.max(axis=1)[:, None] >= t[0] * (1 - 1e-9)).mean(axis=0)
    assert max_t_p(differences) == pytest.approx(expected)


def test_max_t_is_never_below_the_unadjusted_p_value_and_equal_cells_cost_nothing():
    differences = RNG.normal(0.4, 1, (10, 5))
    adjusted = max_t_p(differences)
    assert (adjusted >= [flip_p(column) for column in differences.T]).all()
    twice = max_t_p(np.repeat(differences[:, :1], 4, axis=1))
    assert twice == pytest.approx(np.full(4, flip_p(differences[:, 0])))


def test_cells_without_spread_are_not_tested_and_do_not_disturb_the_others():
    differences = RNG.normal(0.4, 1, (8, 2))
    padded = np.column_stack([differences, np.full(8, 0.3), np.full(8, np.nan), np.zeros(8)])
    assert max_t_p(padded)[:2] == pytest.approx(max_t_p(differences))
    assert np.isnan(max_t_p(padded)[2:]).all()
    assert varied(padded).tolist() == [True, True, False, False, False]


def test_family_wise_error_is_at_most_the_level():
    rng = np.random.default_rng(1)
    shared = rng.standard_normal((300, 8, 1))
    null = 0.7 * rng.standard_normal((300, 8, 6)) + 0.7 * shared
    assert np.mean([(max_t_p(differences) < 0.05).any() for differences in null]) <= 0.08
