"""The equivalent-data factor: coverage of its interval, its width, and what is said where there is no number.

Trials of the baseline and the strategy correlate by 0.6 over the seeds of a size.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from segaug.analysis.comparison.compared_curve import ComparedCurve
from segaug.analysis.comparison.equivalent_by_law import sizes_of
from segaug.analysis.comparison.equivalent_data import EquivalentData, equivalent_data
from segaug.analysis.comparison.paired import Pairing
from segaug.analysis.law.power_law import Array, PowerLaw
from segaug.analysis.law.resample import draw_seeds

from .effort import Effort, rate
from .paired import correlated_trials
from .table import Band, Cell, Row, Table
from .trials import Noise, generator
from .truths import MIDDLE, WIDE, Design, Truth

_FEWER = 3  # times fewer repetitions: a curve has up to ten factors, each profiled


def same(law: PowerLaw) -> PowerLaw:
    return law


def less_scale(law: PowerLaw) -> PowerLaw:
    return PowerLaw(0.8 * law.a, law.b, law.c)


def much_less_scale(law: PowerLaw) -> PowerLaw:
    return PowerLaw(0.7 * law.a, law.b, law.c)


def lower_floor(law: PowerLaw) -> PowerLaw:
    return PowerLaw(law.a, law.b, 0.9 * law.c)


def slower(law: PowerLaw) -> PowerLaw:
    return PowerLaw(law.a, law.b - 0.1, law.c)


def below_floor(law: PowerLaw) -> PowerLaw:
    """Errors that the baseline never reaches."""
    return PowerLaw(0.5 * law.a, law.b, 0.2 * law.c)


@dataclass(frozen=True)
class Contest:
    """A baseline and what a strategy makes of its law."""

    truth: Truth
    change: Callable[[PowerLaw], PowerLaw]


CONTESTS = (
    Contest(Truth(0.5, 0.2), less_scale),
    Contest(Truth(0.3, 0.2), less_scale),
    Contest(Truth(0.8, 0.5), much_less_scale),
    Contest(Truth(0.5, 0.0), less_scale),
    Contest(Truth(0.5, 0.5), lower_floor),
    Contest(Truth(0.5, 0.2), slower),
)
_EQUAL = tuple(Contest(truth, same) for truth in (Truth(0.5, 0.2), Truth(0.8, 0.5), Truth(0.5, 0.0)))
BELOW = (Contest(Truth(0.8, 0.5), below_floor),)
_COVERED, _SAME = Band(92, 97), Band(93, 98)


class Outcome(NamedTuple):
    """Of one comparison."""

    covered: list[bool]  # of each size whose true equivalent lies within the range that is searched
    doublings: list[float]  # widths of the intervals that are closed
    summary: list[bool]  # is the geometric mean covered?  Empty where there is none
    upper_ends: int  # of the factors at sizes whose error the baseline never reaches


def equivalents(effort: Effort) -> list[Table]:
    repetitions = max(effort.repetitions // _FEWER, 2)
    kinds = [("different", CONTESTS, _COVERED), ("equal", _EQUAL, _SAME), ("below the floor", BELOW, None)]
    rows = []
    for name, contests, band in kinds:
        for seeds in (5, 10, 20):
            cells = [(contest, design) for contest in contests for design in (MIDDLE, WIDE)]
            found = effort.map(partial(simulate, Noise(seeds), repetitions), cells)
            rows.append(Row((name, str(seeds)), _cells(found, band)))
    columns = (
        "strategy",
        "seeds",
        "covered [worst cell]",
        "width, doublings",
        "summary covered",
        "upper ends at no size",
    )
    notes = (
        f"{repetitions} repetitions of each cell; a cell is a pair of laws in {MIDDLE} or {WIDE}.",
        "upper ends at no size: of intervals where no amount of data gets the baseline to the strategy's error.",
    )
    return [Table("Equivalent data: 95 % intervals of the factor", columns, rows, notes)]


def _cells(found: list[list[Outcome]], band: Band | None) -> tuple[Cell, ...]:
    covered = [np.concatenate([one.covered for one in cell]) for cell in found]
    hits, worst = np.concatenate(covered).astype(bool), min(100 * cell.mean() for cell in covered if cell.size)
    mean = rate(hits, band)
    outcomes = [one for cell in found for one in cell]
    widths = np.concatenate([one.doublings for one in outcomes])
    ends = sum(one.upper_ends for one in outcomes)
    return (
        Cell(f"{mean.text} [{worst:.0f}]", mean.value, band, mean.slack),
        Cell(f"{np.median(widths):.2f}"),
        rate(np.concatenate([one.summary for one in outcomes]).astype(bool)),
        Cell(str(ends), ends, Band(high=0)),
    )


def simulate(noise: Noise, repetitions: int, cell: tuple[Contest, Design]) -> list[Outcome]:
    contest, design = cell
    rng, sizes = generator("equivalents", noise, contest.truth, contest.change.__name__, design), design.sizes
    baseline = contest.truth.law(design)
    strategy = contest.change(baseline)
    errors = np.stack([baseline.predict(sizes), strategy.predict(sizes)])
    truth = sizes_of(baseline, errors[1])
    trials = (correlated_trials(noise, rng, sizes, errors) for _ in range(repetitions))
    return [_outcome(_compared(sizes, *pair), truth) for pair in trials]


def _compared(sizes: Array, baseline: Array, strategy: Array) -> EquivalentData:
    drawn = draw_seeds(range(len(baseline)), "equivalents").counts
    correlation = Pairing(sizes, baseline, strategy).mean_correlation
    return equivalent_data(ComparedCurve(sizes, baseline, drawn), ComparedCurve(sizes, strategy, drawn), correlation)


def _outcome(found: EquivalentData, truth: Array) -> Outcome:
    """truth: (m,), N' of each size, infinite where the baseline never gets there."""
    covered, widths, upper_ends = [], [], 0
    for size, expected in zip(found.sizes, truth, strict=True):
        low, high = size.interval.low, size.interval.high
        covered.append(low <= expected <= high)
        upper_ends += np.isinf(expected) and np.isfinite(high)
        if np.isfinite(high) and low > 0:
            widths.append(float(np.log2(high / low)))
    return Outcome(covered, widths, _summary_covered(found, truth), upper_ends)


def _summary_covered(found: EquivalentData, truth: Array) -> list[bool]:
    if found.summary is None:
        return []
    used = [place for place, size in enumerate(found.sizes) if size.censored == "none"]
    expected = np.exp(np.mean([np.log(truth[place] / found.sizes[place].size) for place in used]))
    return [found.summary.interval.low <= expected <= found.summary.interval.high]
