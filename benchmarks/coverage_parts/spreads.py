"""What holds where the spread of trials is no line over ln N, their noise is not log-normal, or seeds share it.

The shapes in `SHAPES` were used to find the rule of `segaug.analysis.law.spread`; those in `FRESH` were chosen before
it was ever tried on them.  Every line: 9 truths, each with the error 0.1 at its largest size.

Shapes: S seeds, m sizes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from segaug.analysis.comparison.compared_curve import ComparedCurve
from segaug.analysis.comparison.equivalent_data import equivalent_data
from segaug.analysis.interval import Interval
from segaug.analysis.law.fit import Fit, fit_curve
from segaug.analysis.law.power_law import Array, PowerLaw
from segaug.analysis.law.resample import draw_seeds
from segaug.analysis.planning.need import need_by_law

from .effort import Effort, rate
from .peers import MISSING, PEERS, SLOW
from .table import Band, Cell, Row, Table
from .trials import generator, log_spread, lognormal
from .truths import ERROR, REDUCED, Truth

_SIZES = {5: np.array([10.0, 25, 60, 150, 400]), 20: np.array([10.0, 25, 63, 160, 400, 1000])}  # by seeds
_WORTH = 0.85  # errors of the strategy that is compared, as a share of the baseline's
_WORTH_EVERY = 5  # curves: one in so many is compared, which takes three times as long as all else
_COMMON = 0.5  # share of the variance of the logarithm that a seed's trials have in common, where they have


def _straight(way: Array) -> Array:
    return 0.30 * 6.0 ** -((way + 1) / 2)


SHAPES: dict[str, Callable[[Array], Array]] = {  # -1 at the smallest size, 1 at the largest -> CV of a trial
    "straight": _straight,
    "U": lambda way: 0.05 + 0.20 * way**2,
    "hump": lambda way: 0.25 - 0.20 * way**2,
    "step": lambda way: np.where(way <= 0, 0.30, 0.05),
}
FRESH: dict[str, Callable[[Array], Array]] = {
    "step up": lambda way: np.where(way <= 0, 0.06, 0.24),
    "skew V": lambda way: np.interp(way, [-1, -0.2, 1], [0.30, 0.06, 0.20]),
    "late": lambda way: np.where(np.arange(len(way)) >= len(way) - 2, 0.25, 0.08),
    "zigzag": lambda way: np.where(np.arange(len(way)) % 2 == 0, 0.20, 0.07),
    "one noisy size": lambda way: np.where(np.arange(len(way)) == 1, 0.40, 0.08),
    "noisy last": lambda way: np.where(np.arange(len(way)) == len(way) - 1, 0.20, 0.08),
}


def _lognormal(rng: np.random.Generator, seeds: int, cv: Array) -> Array:
    return lognormal(rng.standard_normal((seeds, len(cv))), log_spread(cv))


def _gamma(rng: np.random.Generator, seeds: int, cv: Array) -> Array:
    return rng.gamma(cv**-2.0, cv**2.0, (seeds, len(cv)))


def _student(rng: np.random.Generator, seeds: int, cv: Array) -> Array:
    """Four degrees of freedom, cut at a twentieth of the mean."""
    return np.maximum(1 + cv * rng.standard_t(4, (seeds, len(cv))) / np.sqrt(2), 0.05)


def _skewed(rng: np.random.Generator, seeds: int, cv: Array) -> Array:
    """A shifted log-normal with a skewness of 3.7 at any spread."""
    scale = 0.8
    raw = np.exp(scale * rng.standard_normal((seeds, len(cv))) - scale**2 / 2) - 1
    return 1 + cv * raw / np.sqrt(np.expm1(scale**2))


def _tails(rng: np.random.Generator, seeds: int, cv: Array) -> Array:
    """One trial in twelve has three times the spread, to both sides."""
    spread = np.where(rng.random((seeds, len(cv))) < 0.08, 3.0, 1.0) * log_spread(cv)
    return lognormal(rng.standard_normal((seeds, len(cv))), spread)


def _common(rng: np.random.Generator, seeds: int, cv: Array) -> Array:
    """Half of a seed's effect is the same at all sizes, and nobody says so."""
    own, common = rng.standard_normal((seeds, len(cv))), rng.standard_normal((seeds, 1))
    return lognormal(np.sqrt(_COMMON) * common + np.sqrt(1 - _COMMON) * own, log_spread(cv))


@dataclass(frozen=True)
class Kind:
    """How trials vary."""

    name: str
    shape: Callable[[Array], Array] = _straight
    draw: Callable[[np.random.Generator, int, Array], Array] = _lognormal
    held: bool = True  # whether the bands are promised

    def trials(self, truth: Truth, seeds: int, repetitions: int, factor: float = 1.0) -> Iterator[Array]:
        """Each (S, m); factor: of all errors, and of the name of the stream."""
        sizes, law = _SIZES[seeds], _law(truth, seeds)
        rng, errors = generator("spreads", self.name, seeds, truth, factor), factor * law.predict(sizes)
        cv = self.shape(np.linspace(-1, 1, len(sizes)))
        for _ in range(repetitions):
            yield errors * self.draw(rng, seeds, cv)


_ALL = (
    *(Kind(name, shape) for name, shape in SHAPES.items()),
    Kind("gamma", draw=_gamma),
    Kind("Student, 4 dof", draw=_student),
    Kind("heavy tails", draw=_tails),
    Kind("skewed tails", draw=_skewed, held=False),
    Kind("common seed effects", draw=_common),
    *(Kind(f"fresh: {name}", shape) for name, shape in FRESH.items()),
    Kind("fresh: U, gamma", SHAPES["U"], _gamma),
    Kind("fresh: step, skewed", SHAPES["step"], _skewed, held=False),
)
KINDS = {kind.name: kind for kind in _ALL}  # cells hold names, because processes cannot be sent functions


def _law(truth: Truth, seeds: int) -> PowerLaw:
    floor, largest = truth.floor_share * ERROR, _SIZES[seeds][-1]
    return PowerLaw((ERROR - floor) * largest**truth.b, truth.b, floor)


_FOR_SLOW = [("straight", 5), ("U", 5)]


class Outcome(NamedTuple):
    """Of one curve; NaN where there was nothing to judge."""

    middle: float  # E in the middle is covered
    largest: float
    slope: float
    floor: float
    false_floor: float  # a floor is stated where there is none
    rejected: float  # lack of fit, p < .01
    claimed: float  # E at four times the largest size
    beyond: float  # that is covered, where claimed
    worth: float  # N' is covered at the size where that is rarest: see `_cells`
    need: float  # N for the true error in the middle is covered


_E, _SHAPE, _C = Band(91, 99), Band(91, 99), Band(92, 99.8)
_BANDS = (_E, _E, _SHAPE, _C, Band(high=5), Band(high=3), None, None, None, Band(90, 99))
_COLUMNS = (
    "E(Nmid)", "E(Nmax)", "slope", "c", "false floor", "p_lof < .01", "E(4Nmax) claimed", "then covered",
    "N' [worst size]", "need",
)  # fmt: skip


def spreads(effort: Effort) -> list[Table]:
    repetitions = max(effort.repetitions // 2, 2)
    cells = [(name, seeds) for name in KINDS for seeds in _SIZES]
    found = effort.map(partial(simulate, repetitions), cells)
    rows = [
        Row((name, str(seeds)), tuple(_cells(KINDS[name], *outcomes)))
        for (name, seeds), outcomes in zip(cells, found, strict=True)
    ]
    note = (
        f"{len(REDUCED) * repetitions} curves a line, one in {_WORTH_EVERY} for N': of a strategy with {_WORTH:g} of "
        "the baseline's errors."
    )
    title = "Coverage where the spread of trials is no straight line, or their noise is not log-normal"
    ours = Table(title, ("spread", "S", *_COLUMNS), rows, (note,))
    return [ours, _peers(effort, cells, repetitions)]


def simulate(repetitions: int, cell: tuple[str, int]) -> tuple[Array, Array]:
    """Outcomes (9 R, 10), and whether N' is covered at each size of some of them (k, m)."""
    name, seeds = cell
    outcomes, worth = [], []
    for truth in REDUCED:
        law, sizes = _law(truth, seeds), _SIZES[seeds]
        drawn = draw_seeds(range(seeds), "spreads").counts
        pairs = zip(*(KINDS[name].trials(truth, seeds, repetitions, factor) for factor in (1.0, _WORTH)), strict=True)
        for number, (values, strategy) in enumerate(pairs):
            fit = fit_curve(sizes, values)
            outcomes.append(_outcome(fit, law, truth.floor_share == 0))
            if number % _WORTH_EVERY == 0:
                worth.append(_worth(ComparedCurve(sizes, values, drawn), ComparedCurve(sizes, strategy, drawn), law))
    return np.array(outcomes), np.array(worth)


def _outcome(fit: Fit, law: PowerLaw, without_floor: bool) -> Outcome:
    sizes, beyond = fit.data.sizes, fit.extrapolations[-1]
    middle, largest = float(sizes[len(sizes) // 2]), float(sizes[-1])
    found = fit.default
    claimed = beyond.claimed
    return Outcome(
        _holds(fit.error(middle).interval, float(law.predict(middle))),
        _holds(fit.error(largest).interval, float(law.predict(largest))),
        _holds(found.slope.interval, law.slope(largest)),
        _holds(found.floor.interval, law.c),
        float(fit.verdict.floor == "identified") if without_floor else np.nan,
        float(found.lack_of_fit.rejected),
        float(claimed),
        _holds(beyond.interval, float(law.predict(beyond.size))) if claimed else np.nan,
        np.nan,
        _holds(need_by_law(fit, float(law.predict(middle))).interval, middle),
    )


def _worth(baseline: ComparedCurve, strategy: ComparedCurve, law: PowerLaw) -> list[float]:
    """Is the baseline's N' for the true error of the strategy covered?  NaN where no N has that error."""
    expected = ((_WORTH * law.predict(baseline.data.sizes) - law.c) / law.a).clip(min=0) ** (-1 / law.b)
    found = equivalent_data(baseline, strategy, 0.0).sizes
    return [
        _holds(size.interval, float(images)) if np.isfinite(images) else np.nan
        for size, images in zip(found, expected, strict=True)
    ]


def _holds(interval: Interval, truth: float) -> float:
    return float(interval.low - 1e-9 <= truth <= interval.high + 1e-9)


def _cells(kind: Kind, outcomes: Array, worth: Array) -> Iterable[Cell]:
    bands = _BANDS if kind.held else (None,) * len(_BANDS)
    for number, band in enumerate(bands):
        column = outcomes[:, number]
        if number == Outcome._fields.index("worth"):
            shares = [rate(known(hits)) for hits in worth.T if known(hits).size]
            yield min(shares, key=lambda cell: cell.value)
        else:
            yield rate(known(column), band)


def known(column: Array) -> Array:
    return column[np.isfinite(column)].astype(bool)


def _peers(effort: Effort, cells: list[tuple[str, int]], repetitions: int) -> Table:
    fewer = {peer: max(repetitions // (60 if peer in SLOW else 5), 2) for peer in PEERS}
    runs = [
        (peer, name, seeds, fewer[peer])
        for peer in PEERS
        for name, seeds in cells
        if KINDS[name].held and (peer not in SLOW or (name, seeds) in _FOR_SLOW)
    ]
    found = effort.map(_of_peer, runs)
    rows = [
        Row((peer, name, str(seeds)), (rate(hits[:, 0]), rate(hits[:, 1])))
        for (peer, name, seeds, _), hits in zip(runs, found, strict=True)
    ]
    counts = ", ".join(f"{peer} {len(REDUCED) * count}" for peer, count in fewer.items())
    notes = (f"Curves a line: {counts}.", *([MISSING] if MISSING else ()))
    return Table("The same trials by other tools", ("tool", "spread", "S", "E(Nmid)", "E(Nmax)"), rows, notes)


def _of_peer(run: tuple[str, str, int, int]) -> Array:
    """Are E in the middle and at the largest size covered?  (9 R, 2)."""
    peer, name, seeds, repetitions = run
    sizes, hits = _SIZES[seeds], []
    at = sizes[[len(sizes) // 2, -1]]
    for truth in REDUCED:
        expected = _law(truth, seeds).predict(at)
        for values in KINDS[name].trials(truth, seeds, repetitions):
            low, high = PEERS[peer](sizes, values, at)
            hits.append((low <= expected) & (expected <= high))
    return np.array(hits)
