"""Coverage of intervals and level of the lack-of-fit test where the law is true.

A line a design: mean over truths, in brackets the truth that is covered least.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from segaug.analysis.law.noise import SizeMeans
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.weighted_law import LawFit, fit_law

from .effort import Effort, mean_and_worst, rate
from .judged import QUANTITIES, Fitter, Judged, judge, quantities
from .table import Band, Cell, Row, Table
from .trials import Noise, generator
from .truths import Design, Truth

_WORST = 84.0  # no truth may be covered less
LEVELS = {"p_lof < .05": 0.05, "< .01": 0.01}
Gaps = Callable[[np.random.Generator, Array], Array]  # trials (S, m) -> the same with NaN in places
Bands = Mapping[str, Band]  # of columns, in per cent


def bands(errors: Band, floor: Band, doubtful: Band, rejected: Band) -> Bands:
    """floor: of c and phi, which are covered too often where the floor is at its bound of zero."""
    levels = dict(zip(LEVELS, (doubtful, rejected), strict=True))
    return {name: floor if name in ("c", "phi") else errors for name in QUANTITIES} | levels


STANDARD = bands(Band(93, 97.5), Band(94, 99), Band(3, 7), Band(high=2.5))
FEW_SEEDS = bands(Band(92, 98.5), Band(92, 99.5), Band(2, 9), Band(high=3.5))
THREE_SEEDS = bands(Band(91.5, 98.5), Band(92, 99.5), Band(2, 10), Band(high=4.5))
HEAVY_TAILS = bands(Band(91.5, 98.5), Band(92, 99.5), Band(3, 13), Band(high=5))


TWENTY = Noise()


@dataclass(frozen=True)
class Setting:
    """How trials come about, and what the fit makes of them."""

    name: str
    noise: Noise = TWENTY
    bands: Bands | None = None
    gaps: Gaps | None = None
    nested: bool = False  # the fit knows that one seed's subsets contain each other
    fit: Fitter = fit_law

    def trials(self, design: Design, truth: Truth, repetitions: int) -> Iterator[Array]:
        """Each (S, m); settings with the same noise have the same trials."""
        rng = generator("laws", self.noise, design, truth)
        errors = truth.law(design).predict(design.sizes)
        for _ in range(repetitions):
            values = self.noise.draw(rng, design.sizes, errors)
            yield self.gaps(rng, values) if self.gaps else values


def simulate(setting: Setting, repetitions: int, cell: tuple[Design, Truth]) -> Judged:
    """One cell of a table."""
    design, truth = cell
    trials = setting.trials(design, truth, repetitions)
    return judge(design.sizes, trials, quantities(truth.law(design), design.sizes), setting.fit, nested=setting.nested)


def coverage(title: str, settings: Sequence[Setting], effort: Effort) -> Table:
    """Coverage of 95 % intervals, and how often lack of fit is found."""
    rows = []
    for setting in settings:
        found = effort.over_truths(partial(simulate, setting, effort.repetitions))
        for design, cells in found.items():
            rows.append(Row((setting.name, str(design)), _cells(cells, setting.bands or {})))
    return Table(title, ("trials", "sizes", *QUANTITIES, *LEVELS), rows)


def _cells(found: Sequence[Judged], accepted: Bands) -> tuple[Cell, ...]:
    hits = {name: np.array([one.covered(name) for one in found]) for name in QUANTITIES}
    p = np.concatenate([one.p for one in found])
    return (
        *(mean_and_worst(hits[name], accepted.get(name), _WORST) for name in QUANTITIES),
        *(rate(p < level, accepted.get(name)) for name, level in LEVELS.items()),
    )


def missing_cells(rng: np.random.Generator, values: Array) -> Array:
    """A quarter of the trials is missing, and one size has no more than three."""
    kept = np.where(rng.random(values.shape) < 0.25, np.nan, values)
    column = rng.integers(values.shape[1])
    kept[:, column] = np.nan
    kept[:3, column] = values[:3, column]
    return kept


def ignoring_correlation(data: SizeMeans) -> LawFit:
    """As if the trials of one seed had nothing in common."""
    return fit_law(replace(data, precision=np.diag(data.counts / data.trial_variance)))


def seeds(effort: Effort) -> list[Table]:
    numbers = {20: STANDARD, 40: STANDARD, 10: STANDARD, 8: FEW_SEEDS, 5: FEW_SEEDS, 3: THREE_SEEDS}
    settings = [Setting(f"S = {number}", Noise(number), accepted) for number, accepted in numbers.items()]
    return [coverage("Coverage of 95 % intervals by the number of seeds", settings, effort)]


def noise(effort: Effort) -> list[Table]:
    settings = [
        Setting("constant CV", Noise(constant_cv=True), STANDARD),
        Setting("heavy tails", Noise(tails=0.08), HEAVY_TAILS),
    ]
    return [coverage("Coverage with other noise, S = 20", settings, effort)]


def nested(effort: Effort) -> list[Table]:
    correlated = Noise(correlation=0.5)
    settings = [
        Setting("ignored", correlated, {"E(Nref)": Band(high=90)}, fit=ignoring_correlation),
        Setting("estimated", correlated, {**STANDARD, "E(Nref)": Band(92, 97)}, nested=True),
        Setting("same, S = 5", replace(correlated, seeds=5), FEW_SEEDS, nested=True),
        Setting("not declared", correlated, {**STANDARD, "E(Nref)": Band(92, 97)}),
    ]
    return [coverage("Coverage where trials of one seed correlate by 0.5 (nested subsets), S = 20", settings, effort)]


def missing(effort: Effort) -> list[Table]:
    settings = [Setting("25 % missing", gaps=missing_cells, bands=FEW_SEEDS)]
    return [
        coverage("Coverage with a quarter of the trials missing, and one size with three, S = 20", settings, effort)
    ]
