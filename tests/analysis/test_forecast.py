"""Forecasts of designs: the published table, what simulated studies find, and how they scale."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from segaug.analysis.law.noise import Noise, weighted_means
from segaug.analysis.law.power_law import PowerLaw
from segaug.analysis.law.profile import profile, threshold
from segaug.analysis.planning.forecast import Design, Forecast, floor_detection
from segaug.analysis.planning.trial_spread import TrialSpread, assumed_spread
from segaug.errors import ConfigError
from tests.analysis.simulated import coefficient_of_variation, trials

SIZES = {
    "8..64": (8, 16, 32, 64),
    "8..256": tuple(2**k for k in range(3, 9)),
    "8..1024": tuple(2**k for k in range(3, 11)),
    "4..128": tuple(2**k for k in range(2, 8)),
    "1..512": tuple(2**k for k in range(10)),
}
SEEDS = (5, 10, 20, 40)
# Published forecasts: (b, floor share, sizes) -> chance to detect the floor and half width of E(4 Nmax), both in %, for
# 5, 10, 20 and 40 seeds; E(Nmax) = 0.1, the CV of a trial falls from 30 % at N = 1 to 5 % at N = 512.
TABLE = {
    (0.3, 0.5, "8..64"): ((3, 24), (4, 19), (5, 15), (8, 12)),
    (0.3, 0.5, "8..256"): ((8, 16), (15, 12), (26, 9), (48, 7)),
    (0.3, 0.5, "8..1024"): ((35, 10), (63, 7), (91, 5), (100, 4)),
    (0.3, 0.5, "4..128"): ((7, 18), (11, 14), (19, 11), (34, 8)),
    (0.3, 0.5, "1..512"): ((43, 11), (73, 8), (96, 5), (100, 4)),
    (0.5, 0.2, "8..64"): ((3, 38), (5, 29), (7, 22), (10, 17)),
    (0.5, 0.2, "8..256"): ((10, 22), (18, 17), (32, 13), (57, 10)),
    (0.5, 0.2, "8..1024"): ((35, 14), (63, 10), (91, 7), (100, 5)),
    (0.5, 0.2, "4..128"): ((7, 25), (13, 19), (23, 15), (42, 12)),
    (0.5, 0.2, "1..512"): ((36, 15), (65, 11), (92, 8), (100, 5)),
    (0.5, 0.5, "8..64"): ((5, 31), (9, 24), (16, 19), (29, 16)),
    (0.5, 0.5, "8..256"): ((35, 20), (65, 14), (92, 10), (100, 7)),
    (0.5, 0.5, "8..1024"): ((97, 10), (100, 7), (100, 5), (100, 4)),
    (0.5, 0.5, "4..128"): ((25, 23), (48, 17), (78, 12), (97, 8)),
    (0.5, 0.5, "1..512"): ((98, 11), (100, 8), (100, 5), (100, 4)),
    (0.8, 0.5, "8..64"): ((17, 38), (35, 31), (63, 23), (91, 16)),
    (0.8, 0.5, "8..256"): ((92, 20), (100, 13), (100, 9), (100, 7)),
    (0.8, 0.5, "8..1024"): ((100, 11), (100, 7), (100, 5), (100, 4)),
    (0.8, 0.5, "4..128"): ((79, 24), (98, 16), (100, 11), (100, 8)),
    (0.8, 0.5, "1..512"): ((100, 11), (100, 8), (100, 6), (100, 4)),
}
SPREAD = assumed_spread({1: 0.30, 512: 0.05})


def law(b, floor_share, largest, error=0.1):
    return PowerLaw(error * (1 - floor_share) * largest**b, b, error * floor_share)


@pytest.mark.parametrize(("b", "floor_share", "sizes"), TABLE)
def test_the_published_table(b, floor_share, sizes):
    design_sizes = SIZES[sizes]
    found = [Forecast(Design(design_sizes, s), law(b, floor_share, design_sizes[-1]), SPREAD) for s in SEEDS]
    percent = 100 * np.array([(one.floor_detection, one.relative_half_width(4 * design_sizes[-1])) for one in found])
    np.testing.assert_allclose(percent, TABLE[b, floor_share, sizes], atol=0.6)  # printed without decimals


def simulated_detection(b, floor_share, sizes, seeds, studies):
    rng, found = np.random.default_rng(1), 0
    for _ in range(studies):
        data = weighted_means(np.array(sizes, float), trials(rng, np.array(sizes, float), b, floor_share, seeds))
        found += profile(data.sizes, data.means, data.precision, threshold(data.dof)).floor_share.low > 0
    return found / studies


def delta_method_detection(law, design):
    """What the inverse information matrix promises: c is normal with that standard error."""
    sizes = np.array(design.sizes, float)
    gradient = np.stack([sizes**-law.b, -law.a * np.log(sizes) * sizes**-law.b, np.ones_like(sizes)])
    weight = design.seeds / (coefficient_of_variation(sizes) * law.predict(sizes)) ** 2
    error = math.sqrt(np.linalg.inv(gradient * weight @ gradient.T)[2, 2])
    return norm.cdf(law.c / error - norm.ppf(0.975))


@pytest.mark.parametrize(
    ("b", "floor_share", "sizes", "seeds"),
    [(0.5, 0.8, "8..64", 20), (0.5, 0.5, "4..128", 10), (0.8, 0.5, "8..64", 20), (0.3, 0.5, "1..512", 5)],
)
def test_forecasts_agree_with_simulated_studies(b, floor_share, sizes, seeds):
    planned = law(b, floor_share, SIZES[sizes][-1])
    forecast = floor_detection(planned, SPREAD, Design(SIZES[sizes], seeds))
    # within 8 points, and two standard errors of 300 studies
    assert abs(simulated_detection(b, floor_share, SIZES[sizes], seeds, 300) - forecast) < 0.08 + 2 * 0.5 / 300**0.5


def test_the_delta_method_would_promise_far_too_much():
    planned, design = law(0.5, 0.8, 64), Design(SIZES["8..64"], 20)
    promised = delta_method_detection(planned, design)
    assert promised > floor_detection(planned, SPREAD, design) + 0.3
    assert promised > simulated_detection(0.5, 0.8, design.sizes, 20, 100) + 0.3


def test_forecasts_are_shares_whatever_the_scale_of_the_error():
    design = Design(SIZES["4..128"], 10)
    small, large = (Forecast(design, law(0.5, 0.4, 128, error), SPREAD) for error in (1e-9, 1e6))
    assert small.floor_detection == pytest.approx(large.floor_detection, rel=1e-6)
    assert small.relative_half_width(512) == pytest.approx(large.relative_half_width(512), rel=1e-6)
    assert small.profile.floor_share.high == pytest.approx(large.profile.floor_share.high, rel=1e-6)


def test_four_times_the_seeds_halve_a_narrow_interval():
    # with many seeds the region is an ellipse, and F hardly depends on their number
    few, many = (Forecast(Design(SIZES["1..512"], seeds), law(0.5, 0.5, 512), SPREAD) for seeds in (400, 1600))
    assert few.relative_half_width(512) / many.relative_half_width(512) == pytest.approx(2, rel=0.01)


def test_intervals_hold_the_law_they_were_made_with():
    planned = law(0.5, 0.3, 256)
    found = Forecast(Design(SIZES["8..256"], 5), planned, SPREAD).profile
    assert found.b.low < planned.b < found.b.high
    assert found.floor_share.low <= 0.3 <= found.floor_share.high
    assert found.slope.low < planned.slope(256) < found.slope.high


def test_more_of_anything_never_hurts():
    planned = law(0.5, 0.3, 64)
    base = floor_detection(planned, SPREAD, Design(SIZES["8..64"], 10))
    assert floor_detection(planned, SPREAD, Design(SIZES["8..64"], 11)) > base
    assert floor_detection(planned, SPREAD, Design((*SIZES["8..64"], 128), 10)) > base


def test_seeds_shared_over_sizes_blur_the_level_and_sharpen_the_shape():
    """A common factor of all sizes moves E, but cancels in b; that is what correlation means here."""
    line = SPREAD.noise
    shared = TrialSpread(Noise(line.alpha, line.beta, line.centre, correlation=0.8, dof=0))
    design, planned = Design(SIZES["4..128"], 20), law(0.5, 0.3, 128)
    alone, together = Forecast(design, planned, SPREAD), Forecast(design, planned, shared)
    assert together.relative_half_width(16) > alone.relative_half_width(16)
    assert together.profile.b.high - together.profile.b.low < alone.profile.b.high - alone.profile.b.low


@pytest.mark.parametrize(
    ("sizes", "label"),
    [((8, 16, 32, 64), "8..64"), ((1, 4, 16, 32, 64), "1,4,16..64"), ((3, 6, 10), "3,6,10"), ((1, 2, 8), "1,2,8")],
)
def test_sizes_are_named_by_their_doublings(sizes, label):
    assert Design(sizes, 5).sizes_label == label


@pytest.mark.parametrize(
    ("sizes", "seeds"), [((8, 16), 5), ((16, 8, 4), 5), ((8, 8, 16), 5), ((0, 1, 2), 5), ((1, 2, 4), 1)]
)
def test_impossible_designs_are_refused(sizes, seeds):
    with pytest.raises(ConfigError, match="seeds: got 1" if seeds == 1 else "sizes: got"):
        Design(sizes, seeds)
