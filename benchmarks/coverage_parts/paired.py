"""Comparisons of strategies with their baseline: how often they see a difference that is not there, and one that is.

Three strategies and a baseline at six sizes are one family of 18 tests; the errors of all four correlate by 0.6 over
the seeds of a size.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.comparison.multiplicity import holm
from segaug.analysis.comparison.paired import Pairing, effect
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
COLUMNS = ("t", "flips", "Holm of t", "Holm of flips", "max-t", "overall t", "overall flips")
_FIRST_OF_FLIPS = 6  # seeds: 2 of 2^5 flips are more than 5 %
_NOISES = {
    "lognormal": [Noise(seeds) for seeds in (5, 6, 10, 20)],
    "heavy tails": [Noise(s, tails=0.08) for s in (10, 20)],
}


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
    null, power = [], []
    for name, noises in _NOISES.items():
        for noise in noises:
            labels = name, str(noise.seeds)
            null.append(Row(labels, tuple(_null_cells(_studies(effort, noise, 1.0), noise))))
            power.append(Row(labels, tuple(rate(hits) for hits in _studies(effort, noise, _BENEFIT))))
    columns = ("noise", "seeds", *COLUMNS)
    note = "Corrected tests: share of studies with any wrong one of 18.  Flips of 5 seeds cannot reach 0.05."
    return [
        Table("Tests that see a difference where there is none, %", columns, null, (note,)),
        Table("Tests that see 10 % less error, %", columns, power),
    ]


def _null_cells(found: Found, noise: Noise) -> Iterator[Cell]:
    for name, hits in zip(Found._fields, found, strict=True):
        if name in ("t", "overall_t"):
            yield rate(hits, None if noise.tails else _EACH)
        elif name in ("flips", "overall_flips"):
            yield rate(hits, _NOT_MORE if noise.seeds >= _FIRST_OF_FLIPS else _NEVER)
        else:
            yield rate(hits.any(axis=1), _FAMILY)


def _studies(effort: Effort, noise: Noise, ratio: float) -> Found:
    """Of all studies together, each (studies, tests)."""
    blocks = [(noise, ratio, effort.repetitions, number) for number in range(_MORE)]
    studies = [found for part in effort.map(simulate, blocks) for found in part]
    return Found(*map(np.array, zip(*studies, strict=True)))


def simulate(block: tuple[Noise, float, int, int]) -> list[Found]:
    """Studies whose strategies have `ratio` times the baseline's error; the last is the number of the block."""
    noise, ratio, repetitions, _ = block
    rng = generator("paired", *block)
    return [_study(noise, ratio, rng) for _ in range(repetitions)]


def _study(noise: Noise, ratio: float, rng: np.random.Generator) -> Found:
    sizes = MIDDLE.sizes
    errors = _TRUTH.law(MIDDLE).predict(sizes)
    scale = np.array([1.0] + [ratio] * _STRATEGIES)
    trials = correlated_trials(noise, rng, sizes, scale[:, None] * errors)
    pairings = [Pairing(sizes, trials[0], strategy) for strategy in trials[1:]]
    differences = np.concatenate([one.log_ratios for one in pairings], axis=1)
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


def correlated_trials(noise: Noise, rng: np.random.Generator, sizes: Array, errors: Array) -> Array:
    """Trials of several strategies whose errors correlate over the seeds of a size: (strategies, S, m).

    errors: (strategies, m).
    """
    shape = noise.seeds, len(sizes)
    common, own = rng.standard_normal(shape), rng.standard_normal((len(errors), *shape))
    scores = np.sqrt(_CORRELATION) * common + np.sqrt(1 - _CORRELATION) * own
    wider = np.where(rng.random((len(errors), *shape)) < noise.tails, TAIL, 1.0)
    return errors[:, None, :] * lognormal(scores, wider * log_spread(noise.cv(sizes)))
