"""What a pilot is taken to say."""

import numpy as np
import pytest

from segaug.analysis.law.power_law import PowerLaws
from segaug.analysis.law.profile import threshold
from segaug.analysis.law.solver import rss
from segaug.analysis.planning.pilot import NoPilot, Pilot, pilot, pilots
from segaug.errors import DataError
from tests.analysis.made_curve import curve
from tests.analysis.simulated import DESIGNS, trials

SIZES = DESIGNS["4..128"]


def made(rng=None, sizes=SIZES, seeds=10):
    return curve(trials(rng or np.random.default_rng(0), sizes, 0.5, 0.4, seeds), sizes)


def test_plausible_laws_are_those_that_the_fit_accepts_from_end_to_end():
    found = pilot(made())
    assert isinstance(found, Pilot)
    data, floor = found.fit.data, found.fit.floor.interval
    laws = found.plausible_laws
    assert [laws[0].c, laws[-1].c] == pytest.approx([floor.low, floor.high])
    a, b, c = (np.array([getattr(law, name) for law in laws]) for name in "abc")
    excess = rss(PowerLaws(a, b, c), data.sizes, data.means[None], data.precision) - found.fit.profile.rss
    assert excess.max() <= 1.02 * threshold(data.dof)
    assert excess[-1] == pytest.approx(threshold(data.dof), rel=0.02)  # the interval ends where acceptance does


def test_its_spread_is_held_beyond_its_sizes():
    spread = pilot(made()).spread
    assert (spread.smallest, spread.largest) == (4, 128)


def test_three_sizes_and_a_doubtful_law_come_with_a_caution():
    assert not pilot(made()).cautions
    assert "3 sizes" in pilot(made(sizes=SIZES[:3])).cautions[0]


@pytest.mark.parametrize(
    ("values", "sizes", "reason"),
    [
        (np.ones((5, 2)), (8, 16), "2 of at least 3 sizes"),
        (np.array([[0.4, 0.3, 0.2, 0.1]]), (1, 2, 4, 8), "no trial was repeated"),
        (np.exp(0.01 * np.random.default_rng(0).standard_normal((9, 6))) * [4, 9, 1, 8, 2, 9], SIZES, "does not fit"),
        (np.exp(0.3 * np.random.default_rng(0).standard_normal((3, 4))) * [1, 1.1, 1.2, 1.3], SIZES[:4], "not fall"),
    ],
)
def test_a_curve_that_carries_no_plan_says_why(values, sizes, reason):
    found = pilot(curve(values, sizes))
    assert isinstance(found, NoPilot)
    assert reason in found.reason


def test_curves_are_sorted_out_and_none_at_all_is_an_error():
    good, bad = made(), curve(np.ones((5, 2)), (8, 16), strategy="red")
    usable, lacking = pilots([good, bad])
    assert [one.key.strategy for one in usable] == ["baseline"]
    assert [one.key.strategy for one in lacking] == ["red"]
    with pytest.raises(DataError, match=r"pilot: has no curve to plan on .*red: 2 of at least 3 sizes"):
        pilots([bad])
