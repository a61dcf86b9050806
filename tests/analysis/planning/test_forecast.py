"""Forecasts of designs: the published table, what simulated studies print, and how they scale."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from segaug.analysis.law.noise import Noise, SizeMeans, weighted_means
from segaug.analysis.law.power_law import PowerLaw
from segaug.analysis.law.verdict import verdict
from segaug.analysis.law.weighted_law import fit_law
from segaug.analysis.planning.drawn_curves import draw_curves
from segaug.analysis.planning.forecast import Design, Forecast, verdict_chances
from segaug.analysis.planning.trial_spread import TrialSpread, assumed_spread
from segaug.analysis.planning.verdict_chances import drawn_verdicts
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
# Published forecasts: (b, floor share, sizes) -> half width of E(4 Nmax), in %, for 5, 10, 20 and 40 seeds;
# E(Nmax) = 0.1, the CV of a trial falls from 30 % at N = 1 to 5 % at N = 512.
TABLE = {
    (0.3, 0.5, "8..64"): (24, 19, 15, 12),
    (0.3, 0.5, "8..256"): (16, 12, 9, 7),
    (0.3, 0.5, "8..1024"): (10, 7, 5, 4),
    (0.3, 0.5, "4..128"): (18, 14, 11, 8),
    (0.3, 0.5, "1..512"): (11, 8, 5, 4),
    (0.5, 0.2, "8..64"): (38, 29, 22, 17),
    (0.5, 0.2, "8..256"): (22, 17, 13, 10),
    (0.5, 0.2, "8..1024"): (14, 10, 7, 5),
    (0.5, 0.2, "4..128"): (25, 19, 15, 12),
    (0.5, 0.2, "1..512"): (15, 11, 8, 5),
    (0.5, 0.5, "8..64"): (31, 24, 19, 16),
    (0.5, 0.5, "8..256"): (20, 14, 10, 7),
    (0.5, 0.5, "8..1024"): (10, 7, 5, 4),
    (0.5, 0.5, "4..128"): (23, 17, 12, 8),
    (0.5, 0.5, "1..512"): (11, 8, 5, 4),
    (0.8, 0.5, "8..64"): (38, 31, 23, 16),
    (0.8, 0.5, "8..256"): (20, 13, 9, 7),
    (0.8, 0.5, "8..1024"): (11, 7, 5, 4),
    (0.8, 0.5, "4..128"): (24, 16, 11, 8),
    (0.8, 0.5, "1..512"): (11, 8, 6, 4),
}
SPREAD = assumed_spread({1: 0.30, 512: 0.05})


def law(b, floor_share, largest, error=0.1):
    return PowerLaw(error * (1 - floor_share) * largest**b, b, error * floor_share)


@pytest.mark.parametrize(("b", "floor_share", "sizes"), TABLE)
def test_the_published_table(b, floor_share, sizes):
    design_sizes = SIZES[sizes]
    found = [Forecast(Design(design_sizes, s), law(b, floor_share, design_sizes[-1]), SPREAD) for s in SEEDS]
    percent = 100 * np.array([one.relative_half_width(4 * design_sizes[-1]) for one in found])
    np.testing.assert_allclose(percent, TABLE[b, floor_share, sizes], atol=0.6)  # printed without decimals


def simulated_verdicts(b, floor_share, sizes, seeds, studies):
    """Shares of identified and bounded floors, and of identified exponents."""
    rng, found = np.random.default_rng(1), []
    for _ in range(studies):
        data = weighted_means(np.array(sizes, float), trials(rng, np.array(sizes, float), b, floor_share, seeds))
        said = verdict(fit_law(data))
        found.append((said.floor == "identified", said.floor == "bounded", said.exponent == "identified"))
    return np.mean(found, axis=0)


def delta_method_detection(law, design):
    """What the inverse information matrix promises: c is normal with that standard error."""
    sizes = np.array(design.sizes, float)
    gradient = np.stack([sizes**-law.b, -law.a * np.log(sizes) * sizes**-law.b, np.ones_like(sizes)])
    weight = design.seeds / (coefficient_of_variation(sizes) * law.predict(sizes)) ** 2
    error = math.sqrt(np.linalg.inv(gradient * weight @ gradient.T)[2, 2])
    return norm.cdf(law.c / error - norm.ppf(0.975))


@pytest.mark.parametrize(
    ("b", "floor_share", "sizes", "seeds"),
    [(0.5, 0.2, "1..512", 20), (0.5, 0.5, "4..128", 10), (0.8, 0.5, "8..64", 20), (0.8, 0.2, "4..128", 20)],
)
def test_forecasts_are_of_what_simulated_studies_print(b, floor_share, sizes, seeds):
    planned, studies = law(b, floor_share, SIZES[sizes][-1]), 150
    chances = verdict_chances(planned, SPREAD, Design(SIZES[sizes], seeds))
    forecast = np.array([chances.identified, chances.bounded, chances.exponent])
    # within 8 points, and two standard errors of the studies
    off = np.abs(simulated_verdicts(b, floor_share, SIZES[sizes], seeds, studies) - forecast)
    assert (off < 0.08 + 2 * np.sqrt(forecast * (1 - forecast) / studies)).all()


@pytest.mark.parametrize(
    ("sizes", "b", "floor_share"), [("4..128", 0.8, 0.3), ("8..64", 0.5, 0.0), ("1..512", 0.3, 0.5)]
)
def test_drawn_verdicts_are_those_of_the_rules(sizes, b, floor_share):
    """Each draw as if it had been measured, judged by `verdict` itself."""
    design = Design(SIZES[sizes], 5)
    planned, size = law(b, floor_share, SIZES[sizes][-1]), np.array(SIZES[sizes], float)
    deviation = SPREAD.cv(size) * planned.predict(size)
    drawn = draw_curves(size, planned.predict(size), np.diag(design.seeds / deviation**2), design.dof, draws=80)
    found, agree = drawn_verdicts(drawn, design.dof), []
    for place, (means, scale) in enumerate(zip(drawn.means, drawn.scale, strict=True)):
        variance = scale * deviation**2
        data = SizeMeans(
            sizes=size, means=means, counts=np.full(len(size), 5.0), variance=variance, trial_variance=variance,
            cv=np.sqrt(variance) / means, precision=drawn.precision / scale,
            noise=Noise(0.0, 0.0, 1.0, 0.0, design.dof),
        )  # fmt: skip
        said = verdict(fit_law(data))
        agree.append((said.floor == "identified") == found.identified[place])
        agree.append((said.floor == "bounded") == found.bounded[place])
        agree.append((said.floor == "law_rejected") == found.law_rejected[place])
        agree.append((said.exponent == "identified") == found.exponent[place])
    assert np.mean(agree) > 0.99


def test_the_delta_method_would_promise_far_too_much():
    planned, design = law(0.5, 0.8, 64), Design(SIZES["8..64"], 20)
    promised = delta_method_detection(planned, design)
    assert promised > verdict_chances(planned, SPREAD, design).identified + 0.3
    assert promised > simulated_verdicts(0.5, 0.8, design.sizes, 20, 100)[0] + 0.3


def test_a_design_that_cannot_read_a_law_is_promised_nothing():
    chances = verdict_chances(law(0.8, 0.5, 512), SPREAD, Design((128, 256, 512), 40))
    assert (chances.identified, chances.bounded, chances.exponent, chances.not_identifiable) == (0, 0, 0, 1)


@pytest.mark.filterwarnings("error")
def test_where_drawn_means_fall_below_zero_no_floor_is_promised():
    """Trials that vary a hundredfold: half of the drawn curves are best met by a law that is zero everywhere."""
    chances = verdict_chances(PowerLaw(0.5, 0.3, 0.05), assumed_spread({1: 100}), Design(SIZES["8..64"], 5))
    assert (chances.identified, chances.bounded, chances.exponent) == (0, 0, 0)
    assert (chances.not_identifiable, chances.law_rejected) == pytest.approx((0.98, 0.02))


def test_forecasts_are_shares_whatever_the_scale_of_the_error():
    design = Design(SIZES["4..128"], 10)
    small, large = (Forecast(design, law(0.5, 0.4, 128, error), SPREAD) for error in (1e-9, 1e6))
    assert small.chances == large.chances
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
    planned = law(0.8, 0.5, 64)
    base, more_seeds, more_sizes = (
        verdict_chances(planned, SPREAD, design).identified
        for design in (Design(SIZES["8..64"], 10), Design(SIZES["8..64"], 20), Design((*SIZES["8..64"], 128), 10))
    )
    assert base < more_seeds
    assert base < more_sizes


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
