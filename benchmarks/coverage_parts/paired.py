"""Comparisons of strategies with their baseline: how often they see a difference that is not there, and one that is.

Three strategies and a baseline at six sizes are one family of 18 tests; the errors of all four correlate by 0.6 over
the seeds of a size.  A difference is one of expected errors: strategies whose errors spread three times as far as the
baseline's, around the same mean, do not differ.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.comparison.effect import effect
from segaug.analysis.comparison.multiplicity import holm
from segaug.analysis.comparison.paired import Pairing
from segaug.analysis.comparison.sign_flips import max_t_p
from segaug.analysis.law.power_law import Array

from .effort import Effort, rate
from .table import Band, Cell, Row, Table
from .trials import TAIL, Noise, generator, log_spread, lognormal
from .truths import MIDDLE, Truth

_STRATEGIES, _CORRELATION = 3, 0.6
_TRUTH = Truth(0.5, 0.2)
_LEVEL, _BENEFIT = 0.05, 0.9
_MORE = 4  # times the repetitions: the level is a small number
_EACH, _NOT_MORE, _NEVER, _FAMILY = Band(3.5, 6.5), Band(high=6.5), Band(high=0), Band(high=6)
_SKEWED, _SKEWED_FAMILY = Band(high=8.5), Band(high=18)  # that is what a paired t test of skewed differences holds
COLUMNS = ("t", "flips", "Holm of t", "Holm of flips", "max-t", "overall t", "overall flips")
_FIRST_OF_FLIPS = 6  # seeds: 2 of 2^5 flips are more than 5 %
_NOISES = {
    "lognormal": [Noise(seeds) for seeds in (5, 6, 10, 20)],
    "heavy tails": [Noise(s, tails=0.08) for s in (10, 20)],
}


def all_there(seeds: int, sizes: int) -> NDArray[np.bool_]:
    return np.ones((seeds, sizes), dtype=bool)


def half_lack_sizes(seeds: int, sizes: int) -> NDArray[np.bool_]:
    """Half of the seeds stop at half of the sizes."""
    found = all_there(seeds, sizes)
    found[-(seeds // 2) :, sizes // 2 :] = False
    return found


def one_has_one_size(seeds: int, sizes: int) -> NDArray[np.bool_]:
    found = all_there(seeds, sizes)
    found[0, 1:] = False
    return found


def each_has_one_size(seeds: int, sizes: int) -> NDArray[np.bool_]:
    """No seed has two sizes."""
    return np.arange(seeds)[:, None] % sizes == np.arange(sizes)


def few_have_the_smallest(seeds: int, sizes: int) -> NDArray[np.bool_]:
    """Two seeds alone have the size at which errors vary most."""
    found = all_there(seeds, sizes)
    found[2:, 0] = False
    return found


@dataclass(frozen=True)
class Setting:
    """Which trials there are, and how far those of the strategies spread."""

    name: str
    noise: Noise
    present: Callable[[int, int], NDArray[np.bool_]] = all_there
    wider: float = 1.0  # times the baseline's
    normal_cv: float | None = None  # of the baseline at every size; None: lognormal, by the noise


_MISSING = {
    "half of the seeds lack sizes": half_lack_sizes,
    "one seed has one size": one_has_one_size,
    "two seeds have the smallest": few_have_the_smallest,
    "each seed has one size": each_has_one_size,
}
_SPARSE = [
    Setting(name, Noise(seeds), present)
    for name, present in _MISSING.items()
    for seeds in (5, 10, 20)
    if seeds == 20 or present is not each_has_one_size
]
_WIDER = [
    Setting(f"{name}, {shape}", Noise(seeds), present, 3.0, normal_cv)
    for shape, normal_cv in (("normal", 0.1), ("skewed", None))
    for name, present in (("complete", all_there), ("half lack sizes", half_lack_sizes))
    for seeds in (5, 10, 20)
]
_INCOMPLETE = {"missing trials": _SPARSE, "equal means, three times the spread": _WIDER}
_TITLE = "Tests that see a difference where there is none, %"
_SPREAD_NOTES = (
    "Normal: CV 10 % of the baseline and 30 % of the strategies.  Skewed: lognormal, up to 20 and 60 %,",
    "where a paired t test of few differences errs in its far tail, and so do corrections for 18 tests, flips too.",
)


class Found(NamedTuple):
    """Of one study: shares of tests below 5 %."""

    t: NDArray[np.bool_]  # (18,) each test by itself
    flips: NDArray[np.bool_]  # (18,)
    holm_t: NDArray[np.bool_]  # (18,) corrected for all 18
    holm_flips: NDArray[np.bool_]
    max_t: NDArray[np.bool_]
    overall_t: NDArray[np.bool_]  # (3,) one test a strategy
    overall_flips: NDArray[np.bool_]


def paired(effort: Effort) -> list[Table]:
    return [*complete(effort), *(incomplete(effort, title, settings) for title, settings in _INCOMPLETE.items())]


def complete(effort: Effort) -> list[Table]:
    """Level and power where no trial lacks."""
    null, power = [], []
    for name, noises in _NOISES.items():
        for noise in noises:
            setting, labels = Setting(name, noise), (name, str(noise.seeds))
            null.append(Row(labels, tuple(_null_cells(_studies(effort, setting, 1.0), noise))))
            power.append(Row(labels, tuple(rate(hits) for hits in _studies(effort, setting, _BENEFIT))))
    columns = ("noise", "seeds", *COLUMNS)
    note = "Corrected tests: share of studies with any wrong one of 18.  Flips of 5 seeds cannot reach 0.05."
    return [Table(_TITLE, columns, null, (note,)), Table("Tests that see 10 % less error, %", columns, power)]


def incomplete(effort: Effort, title: str, settings: Sequence[Setting]) -> Table:
    """Level where trials lack, or where strategies spread otherwise than the baseline."""
    rows = [Row((one.name, str(one.noise.seeds)), _cells(effort, one)) for one in settings]
    notes = _SPREAD_NOTES if any(one.wider > 1 for one in settings) else ()
    return Table(f"{_TITLE}: {title}", ("trials", "seeds", *COLUMNS), rows, notes)


def _null_cells(found: Found, noise: Noise) -> Iterator[Cell]:
    for name, hits in zip(Found._fields, found, strict=True):
        if name in ("t", "overall_t"):
            yield rate(hits, None if noise.tails else _EACH)
        elif name in ("flips", "overall_flips"):
            yield rate(hits, _NOT_MORE if noise.seeds >= _FIRST_OF_FLIPS else _NEVER)
        else:
            yield rate(hits.any(axis=1), _FAMILY)


def _cells(effort: Effort, setting: Setting) -> tuple[Cell, ...]:
    """Of trials that lack or spread: upper limits alone."""
    single, family = (
        (_SKEWED, _SKEWED_FAMILY) if setting.wider > 1 and setting.normal_cv is None else (_NOT_MORE, _FAMILY)
    )
    found = _studies(effort, setting, 1.0)
    return tuple(
        rate(hits, single) if name in ("t", "flips", "overall_t", "overall_flips") else rate(hits.any(axis=1), family)
        for name, hits in zip(Found._fields, found, strict=True)
    )


def _studies(effort: Effort, setting: Setting, ratio: float) -> Found:
    """Of all studies together, each (studies, tests)."""
    blocks = [(setting, ratio, effort.repetitions, number) for number in range(_MORE)]
    studies = [found for part in effort.map(simulate, blocks) for found in part]
    return Found(*map(np.array, zip(*studies, strict=True)))


def simulate(block: tuple[Setting, float, int, int]) -> list[Found]:
    """Studies whose strategies have `ratio` times the baseline's error; the last is the number of the block."""
    setting, ratio, repetitions, number = block
    apart = () if setting.name in _NOISES else (setting.name,)
    rng = generator("paired", setting.noise, ratio, repetitions, number, *apart)
    return [_study(setting, ratio, rng) for _ in range(repetitions)]


def _study(setting: Setting, ratio: float, rng: np.random.Generator) -> Found:
    sizes = MIDDLE.sizes
    errors = _TRUTH.law(MIDDLE).predict(sizes)
    scale = np.array([1.0] + [ratio] * _STRATEGIES)
    trials = correlated_trials(setting.noise, rng, sizes, scale[:, None] * errors, setting.wider, setting.normal_cv)
    baseline = np.where(setting.present(setting.noise.seeds, len(sizes)), trials[0], np.nan)
    pairings = [Pairing(sizes, baseline, strategy) for strategy in trials[1:]]
    differences = np.concatenate([one.differences for one in pairings], axis=1)
    effects = [effect(column) for column in differences.T]
    t, flips = np.array([one.p_t for one in effects]), np.array([one.p_flip for one in effects])
    overall = [one.overall for one in pairings]
    return Found(
        t < _LEVEL,
        flips < _LEVEL,
        holm(t) < _LEVEL,
        holm(flips) < _LEVEL,
        max_t_p(differences) < _LEVEL,
        np.array([one.p_t < _LEVEL for one in overall]),
        np.array([one.p_flip < _LEVEL for one in overall]),
    )


def correlated_trials(
    noise: Noise,
    rng: np.random.Generator,
    sizes: Array,
    errors: Array,
    wider: float = 1.0,
    normal_cv: float | None = None,
) -> Array:
    """Trials of several strategies whose errors correlate over the seeds of a size: (strategies, S, m).

    errors: (strategies, m).  wider: times the coefficient of variation (CV), of all but the first.  normal_cv: that of
    the first, for errors that are normal instead of lognormal.
    """
    shape = noise.seeds, len(sizes)
    common, own = rng.standard_normal(shape), rng.standard_normal((len(errors), *shape))
    scores = np.sqrt(_CORRELATION) * common + np.sqrt(1 - _CORRELATION) * own
    tails = np.where(rng.random((len(errors), *shape)) < noise.tails, TAIL, 1.0)
    times = np.array([1.0] + [wider] * (len(errors) - 1))[:, None, None]
    if normal_cv is not None:
        return errors[:, None, :] * (1 + times * normal_cv * scores)
    return errors[:, None, :] * lognormal(scores, tails * log_spread(times * noise.cv(sizes)))
