"""Intervals for the population of test cases: seeds and cases drawn, cases of one patient together.

A trial's error on a case is the law times the factors of its seed, of the patient, of the case, of the case at this
size, and of what this trial makes of this case; each is lognormal with mean 1.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.curves.population import draws, population
from segaug.analysis.law.noise import weighted_means
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.resample import percentile_interval
from segaug.analysis.law.weighted_law import fit_law
from segaug.analysis.trials.case_grid import CaseGrid

from .effort import Effort, mean_and_worst
from .judged import reference_sizes
from .table import Band, Row, Table
from .trials import Noise, generator, lognormal
from .truths import MIDDLE, Truth

_DESIGN, _SEEDS = MIDDLE, 20
_DIFFICULTY = 0.55  # standard deviation of the logarithm of a case's error, patient and image together
_OF_PATIENT = 0.7  # share of its variance, where a patient has several images
_AT_SIZE, _OF_TRIAL = 0.10, 0.30
_TRUTHS = (Truth(0.3, 0.2), Truth(0.5, 0.2), Truth(0.8, 0.5))
_QUANTITIES = ("E(Nref)", "E(Nmax)", "b", "phi")


@dataclass(frozen=True)
class Setting:
    """A test set, and which of its variation the interval knows."""

    name: str
    cases: int
    per_patient: int = 1
    draws: str = "seeds and patients"  # or "seeds and cases", as if each case were a patient, or "seeds"
    bands: tuple[Band | None, ...] = (None,) * len(_QUANTITIES)


_E, _B, _PHI = Band(88, 98), Band(88, 99), Band(90, 99.8)
_BANDS = (_E, _E, _B, _PHI)
_SEEDS_ONLY = (None, Band(high=60), None, None)
SETTINGS = (
    Setting("50 patients", 50, bands=_BANDS),
    Setting("50 patients", 50, draws="seeds", bands=_SEEDS_ONLY),
    Setting("200 patients", 200, bands=_BANDS),
    Setting("200 patients", 200, draws="seeds", bands=_SEEDS_ONLY),
    Setting("50 patients, 4 images each", 200, 4, bands=_BANDS),
    Setting("50 patients, 4 images each", 200, 4, draws="seeds and cases"),
)


def case_errors(setting: Setting, truth: Truth, rng: np.random.Generator) -> Array:
    """(S, m, K)."""
    sizes, normal, cases = _DESIGN.sizes, rng.standard_normal, setting.cases
    share = _OF_PATIENT if setting.per_patient > 1 else 0.0
    patients = np.repeat(normal(cases // setting.per_patient), setting.per_patient)
    difficulty = lognormal(np.sqrt(share) * patients + np.sqrt(1 - share) * normal(cases), _DIFFICULTY)
    at_size = lognormal(normal((len(sizes), cases)), _AT_SIZE)
    of_trial = lognormal(normal((_SEEDS, len(sizes), cases)), _OF_TRIAL)
    trials = Noise(_SEEDS).draw(rng, sizes, truth.law(_DESIGN).predict(sizes))
    return trials[:, :, None] * difficulty * at_size * of_trial


def two_way(effort: Effort) -> list[Table]:
    repetitions = effort.repetitions
    rows = []
    for setting in SETTINGS:
        hits = np.array(effort.map(partial(simulate, setting, repetitions), _TRUTHS))
        cells = (mean_and_worst(hits[..., number], band) for number, band in enumerate(setting.bands))
        rows.append(Row((setting.name, setting.draws), tuple(cells)))
    title = f"Coverage of the population of cases, {_DESIGN}, S = {_SEEDS}, {repetitions} repetitions of 3 truths"
    return [Table(title, ("test set", "drawn", *_QUANTITIES), rows)]


def simulate(setting: Setting, repetitions: int, truth: Truth) -> NDArray[np.bool_]:
    """(R, quantities): is the truth covered?"""
    rng = generator("two-way", setting.cases, setting.per_patient, truth)
    law, sizes = truth.law(_DESIGN), _DESIGN.sizes
    expected = np.append(law.predict(reference_sizes(sizes)[:2]), [truth.b, truth.floor_share])
    covered = []
    for repetition in range(repetitions):
        low, high = _interval_ends(setting, case_errors(setting, truth, rng), f"{truth}/{repetition}")
        covered.append((low <= expected) & (expected <= high))
    return np.array(covered)


def _interval_ends(setting: Setting, errors: Array, stream: str) -> tuple[Array, Array]:
    data = weighted_means(_DESIGN.sizes, errors.mean(axis=2))
    at = reference_sizes(data.sizes)[:2]
    if setting.draws == "seeds":
        fit = fit_law(data)
        found = [fit.error(size).interval for size in at] + [fit.b.interval, fit.floor_share.interval]
    else:
        group = setting.per_patient if setting.draws == "seeds and patients" else 1
        names = tuple(str(case // group) for case in range(setting.cases))
        drawn = draws(range(_SEEDS), stream)
        grid = CaseGrid(errors, names, names)
        laws = population(grid, data.sizes, data.precision, drawn.seeds.counts, drawn).laws
        samples = (*laws.predict(at).T, laws.b, laws.floor_share(data.sizes[-1]))
        found = [percentile_interval(sample, "case_population") for sample in samples]
    return np.array([one.low for one in found]), np.array([one.high for one in found])
