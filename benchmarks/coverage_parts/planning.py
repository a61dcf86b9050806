"""Forecasts of `segaug plan power` beside simulated studies, and what the delta method would have promised."""

import math
from functools import partial

import numpy as np
from scipy.stats import norm

from segaug.analysis.planning.forecast import Design as Planned
from segaug.analysis.planning.forecast import Forecast
from segaug.analysis.planning.trial_spread import assumed_spread

from .effort import STANDARD_ERRORS, Effort
from .judged import QUANTITIES, Judged
from .laws import Setting, simulate
from .table import Band, Cell, Row, Table
from .trials import Noise
from .truths import DESIGNS, NARROW, Design, Truth

_MORE = 3  # times the repetitions: a forecast is compared with a single rate
_TRUTHS = (Truth(0.3, 0.5), Truth(0.5, 0.2), Truth(0.5, 0.5), Truth(0.8, 0.2), Truth(0.8, 0.5))
_MISLEADING = (Truth(0.5, 0.8), NARROW)  # where the delta method promises most
_CLOSE, _FAR = Band(-8, 8), Band(30)
COLUMNS = (
    "b, phi", "sizes", "seeds", "identified", "forecast", "off by", "delta method", "off by",
    "bounded", "off by", "b identified", "off by", "phi_hi", "simulated", "b_hi / b_lo", "simulated",
)  # fmt: skip


def planning(effort: Effort) -> list[Table]:
    designs = [(truth, design, seeds) for truth in _TRUTHS for design in DESIGNS for seeds in (5, 20)]
    designs.append((_MISLEADING[0], _MISLEADING[1], 20))
    found = effort.map(partial(simulated, _MORE * effort.repetitions), designs)
    rows = [row(*design, judged) for design, judged in zip(designs, found, strict=True)]
    notes = (
        "Shares of studies that print these verdicts; off by: forecast - simulated, in points.",
        "delta method: chance that it sees c > 0.",
        "phi_hi, b_hi / b_lo: expected ends of intervals, and their medians in simulated studies.",
    )
    return [Table("Verdicts that are forecast, and those that simulated studies print, %", COLUMNS, rows, notes)]


def simulated(repetitions: int, study: tuple[Truth, Design, int]) -> Judged:
    truth, design, seeds = study
    return simulate(Setting("", Noise(seeds)), repetitions, (design, truth))


def row(truth: Truth, design: Design, seeds: int, judged: Judged) -> Row:
    planned, law = Planned(tuple(int(size) for size in design.sizes), seeds), truth.law(design)
    cv = Noise(seeds).cv(design.sizes)
    spread = assumed_spread({design.smallest: float(cv[0]), design.largest: float(cv[-1])})
    forecast = Forecast(planned, law, spread)
    high = judged.high[:, QUANTITIES.index("phi")]
    ratio = judged.high[:, QUANTITIES.index("b")] / judged.low[:, QUANTITIES.index("b")]
    simulated, chances = 100 * float((judged.floor == "identified").mean()), forecast.chances
    bounded, exponent = 100 * float((judged.floor == "bounded").mean()), 100 * float(judged.exponent.mean())
    expected, delta = 100 * chances.identified, 100 * delta_method(forecast)
    misleading = (truth, design) == _MISLEADING
    off = delta - simulated
    ends, expected_b = forecast.profile.floor_share, forecast.profile.b
    return Row(
        (f"{truth.b:g}, {truth.floor_share:g}", str(design), str(seeds)),
        (
            Cell(f"{simulated:.0f}"),
            Cell(f"{expected:.0f}"),
            _off(expected, simulated, len(judged.floor)),
            Cell(f"{delta:.0f}"),
            Cell(f"{off:+.0f}", off, _FAR if misleading else None),
            Cell(f"{bounded:.0f}"),
            _off(100 * chances.bounded, bounded, len(judged.floor)),
            Cell(f"{exponent:.0f}"),
            _off(100 * chances.exponent, exponent, len(judged.floor)),
            Cell(f"{ends.high:.2f}"),
            Cell(f"{np.median(high):.2f}"),
            Cell(f"{expected_b.high / expected_b.low:.1f}"),
            Cell(f"{np.median(ratio):.1f}"),
        ),
    )


def _off(forecast: float, simulated: float, studies: int) -> Cell:
    """May lie outside by two standard errors of the simulation."""
    error = math.sqrt(forecast * (100 - forecast) / studies)
    return Cell(f"{forecast - simulated:+.0f}", forecast - simulated, _CLOSE, STANDARD_ERRORS * error)


def delta_method(forecast: Forecast) -> float:
    """Probability of c > 0 by the inverse of the information matrix at the planned law."""
    law, sizes = forecast.law, np.asarray(forecast.design.sizes, dtype=float)
    decay, deviation = sizes**-law.b, forecast.spread.cv(sizes) * law.predict(sizes)
    gradient = np.stack([decay, -law.a * np.log(sizes) * decay, np.ones(len(sizes))], axis=1) / deviation[:, None]
    covariance = np.linalg.inv(forecast.design.seeds * gradient.T @ gradient)
    return float(norm.cdf(law.c / np.sqrt(covariance[2, 2]) - norm.ppf(0.975)))
