"""One way of predicting beside the plain one: the same trained networks, so that every seed is a pair.

Shapes: S subsets, m sizes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from segaug.analysis.comparison.comparison import Ratio
from segaug.analysis.comparison.effect import Effect, effect
from segaug.analysis.comparison.paired import Pairing
from segaug.analysis.law.power_law import Array
from segaug.report.look.palette import in_order
from segaug.report.study.measure import Measure
from segaug.report.study.study import Study, Trial, collect
from segaug.ways import PLAIN, WAYS, plain_strategy, strategy_by

Place = tuple[int, int]  # N and seed


@dataclass(frozen=True, eq=False)
class WayPair:
    """The converged trials of one curve by one way, and those of the plain one that both have; N and seed -> trial."""

    task: str
    model: str
    strategy: str  # of the plain way
    way: str
    plain: Mapping[Place, Trial]
    other: Mapping[Place, Trial]

    @property
    def name(self) -> str:
        """Of the curve of this way."""
        return strategy_by(self.strategy, self.way)

    @property
    def sizes(self) -> list[int]:
        """All N, ascending."""
        return sorted({size for size, _ in self.other})

    def at(self, size: int) -> "WayPair":
        """Of one size alone."""
        plain, other = (
            {place: trial for place, trial in trials.items() if place[0] == size} for trials in (self.plain, self.other)
        )
        return WayPair(self.task, self.model, self.strategy, self.way, plain, other)

    def ratio(self, measure: Measure) -> Ratio:
        """Of the expected errors, over the sizes, each counting alike; below 1 this way is better."""
        return Ratio(self._pairing(measure).overall, None)

    def difference(self, measure: Measure) -> Effect:
        """This way minus the plain one, of each subset the mean over its sizes."""
        differences = self._pairing(measure).differences
        kept = differences[np.isfinite(differences).any(axis=1)]
        return effect(np.nanmean(kept, axis=1))

    def mean(self, measure: Measure) -> float | None:
        """By this way."""
        values = [value for trial in self.other.values() if (value := measure.of(trial)) is not None]
        return fmean(values) if values else None

    def cost(self, column: str) -> float | None:
        """Mean of a column of `by_way.COSTS`."""
        values = [trial[column] for trial in self.other.values() if trial.get(column) is not None]
        return fmean(values) if values else None

    def validation_dice(self) -> tuple[float, float] | None:
        """Of the plain network and of this way, over the pairs that have both."""
        told = [
            [trials[place].get("way_validation_dice") for trials in (self.plain, self.other)] for place in self.other
        ]
        known = [(before, after) for before, after in told if before is not None and after is not None]
        return (fmean(before for before, _ in known), fmean(after for _, after in known)) if known else None

    def _pairing(self, measure: Measure) -> Pairing:
        """Seeds that share their images are one row: the mean over those of them that have a pair."""
        rows = {place: place[1] // trial["seeds_per_subset"] for place, trial in self.other.items()}
        subsets, sizes = sorted({*rows.values()}), self.sizes
        values: dict[tuple[int, int], list[tuple[float, float]]] = {}
        for place, row in rows.items():
            before, after = measure.of(self.plain[place]), measure.of(self.other[place])
            if before is not None and after is not None:
                values.setdefault((subsets.index(row), sizes.index(place[0])), []).append((before, after))
        grid: Array = np.full((2, len(subsets), len(sizes)), np.nan)
        for (row, column), pairs in values.items():
            grid[:, row, column] = np.mean(pairs, axis=0)
        return Pairing(np.asarray(sizes, dtype=float), *grid)


def way_pairs(study: Study) -> list[WayPair]:
    """Each curve by each way that its trials were scored by, the plain one beside itself among them.

    By task, model, strategy in the order of the palette, and way; nothing where all trials were scored plainly alone.
    """
    return list(_pairs(study))


def _pairs(study: Study) -> Iterator[WayPair]:
    scored = [trial for trial in study.ok if trial.get("passes") is not None]
    for (task, model), trials in sorted(collect(scored, "task", "model").items()):
        curves = collect(trials, "strategy")
        for strategy in in_order(name for name in curves if plain_strategy(name)[1] == PLAIN):
            plain = _by_place(curves[strategy])
            for way in WAYS:
                other = _by_place(curves.get(strategy_by(strategy, way), ()))
                both = sorted(plain.keys() & other.keys())
                if both:
                    own, beside = ({place: each[place] for place in both} for each in (plain, other))
                    yield WayPair(task, model, strategy, way, own, beside)


def _by_place(trials: Sequence[Trial]) -> dict[Place, Trial]:
    return {(trial["size"], trial["seed"]): trial for trial in trials}
