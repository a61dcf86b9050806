"""What a design is too small for."""

import pytest
from scipy.stats import binom

from segaug.analysis.planning.forecast import Design
from segaug.analysis.planning.minimum_trials import seeds_for_flips, shortcomings

WIDE = tuple(2**k for k in range(10))


@pytest.mark.parametrize(("comparisons", "seeds"), [(1, 6), (7, 9), (21, 10), (63, 12), (315, 14)])
def test_seeds_for_sign_flips(comparisons, seeds):
    """The smallest p-value that flips can give, times the comparisons, must not exceed 5 %."""
    assert seeds_for_flips(comparisons) == seeds
    assert comparisons * 2 * binom.pmf(0, seeds, 0.5) <= 0.05 < comparisons * 2 * binom.pmf(0, seeds - 1, 0.5)


def test_a_large_design_lacks_nothing():
    assert shortcomings(Design(WIDE, 20), comparisons=50) == []


@pytest.mark.parametrize(
    ("sizes", "text"),
    [
        ((4, 8, 16), "no law is read: that needs at least 4 sizes over a factor of 8"),
        ((4, 5, 6, 7), "no law is read"),
        ((8, 16, 32, 64), "no claim beyond the largest size: that needs 6 sizes over a factor of 32"),
        ((8, 16, 32, 64, 100, 128), "no claim beyond the largest size"),
        ((8, 16, 32, 64, 128, 256), "thin for a statement on the floor"),
    ],
)
def test_sizes(sizes, text):
    assert len(found := shortcomings(Design(sizes, 20), comparisons=1)) == 1
    assert text in found[0]


def test_seeds_fall_short_of_more_and_more():
    found = [shortcomings(Design(WIDE, seeds), comparisons=21) for seeds in (10, 8, 4, 2)]
    assert [len(one) for one in found] == [0, 2, 3, 4]
    assert "provisional" in found[-1][0]
    assert "that needs 10 seeds" in found[1][0]
