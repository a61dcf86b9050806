"""Tables of the report: numbers in, text out.  A cell is text; a strategy's cell also carries its sign."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from statistics import fmean, stdev
from typing import Any, ClassVar

from segaug.analysis.trials.shown_dice import shown_dice
from segaug.findings.numbers import NONE, from_to, number
from segaug.report.study.measure import Json, Measure
from segaug.report.study.study import Study, collect
from segaug.results.trial_columns import Trial

_PLACE = ("task", "model")  # columns that say where a row was measured


@dataclass(frozen=True)
class Table:
    """What a table says; `strategy_column` is where the names of strategies stand, if anywhere."""

    template: ClassVar[str] = "table.html"
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strategy_column: int | None = None
    number_columns: frozenset[int] = field(default_factory=frozenset)  # set to the right

    @property
    def same(self) -> tuple[tuple[str, str], ...]:
        """Task and model where all rows share them: told once above the table, with the column's name."""
        return tuple((self.columns[place], self.rows[0][place]) for place in self._same)

    @property
    def shown(self) -> tuple[int, ...]:
        """The other columns, by place."""
        return tuple(place for place in range(len(self.columns)) if place not in self._same)

    @cached_property  # asked for by every row
    def _same(self) -> tuple[int, ...]:
        places = [place for place, column in enumerate(self.columns) if column in _PLACE]
        return tuple(place for place in places if len({row[place] for row in self.rows}) == 1)


def measure_table(study: Study) -> Table:
    """Means and spread of every measure at every N."""
    cells, measures = _cells(study), study.measured.everywhere
    trained_by = {study.measured.cross_entropy_of(task) for task in study.tasks}
    losses = [measure for measure in measures if measure in trained_by]
    scores = [
        drawn for measure in measures for drawn in ((measure, _last(measure)) if measure in losses else (measure,))
    ]
    references = [f"{name} {measure.quantity.words}" for measure in losses for name in ("atlas", "constant")]
    columns = (*map(_column, scores), *references, "logit scale", "updates")
    return Table(
        "Test measures, mean ± standard deviation over n seeds, of the weights that were best on validation "
        "unless said otherwise.\nV: validation labels that each trial has cost beside N. Logit scale: fitted on "
        "validation; above 1 under-confident, below 1 over-confident.",
        ("task", "model", "strategy", "N", "V", "n", *columns),
        tuple((*_place(cell), *_measure_cells(cells[cell], scores, losses)) for cell in cells),
        strategy_column=2,
        number_columns=frozenset(range(3, 6 + len(columns))),
    )


def shown_dice_table(study: Study) -> Table | None:
    """Dice with and without the images that have nothing to find; None where every counted image has something."""
    rows = tuple(
        (*group, strategy, str(cell.size), cell.structure or NONE, str(cell.trials),
         number(cell.of_all), str(cell.images), number(cell.of_shown), str(cell.shown))
        for group in study.groups
        for strategy, curve in study.curves_of(*group).items()
        for cell in shown_dice(curve.trials)
    )  # fmt: skip
    if not rows:
        return None
    return Table(
        "Dice with and without the test images that have nothing to find. These score 1 where nothing is predicted, so "
        "that a network which finds nothing has their share as its Dice. Means over n seeds.",
        ("task", "model", "strategy", "N", "structure", "n", "Dice, all images", "images", "Dice, with something to "
         "find", "of these"),
        rows,
        strategy_column=2,
        number_columns=frozenset({3, *range(5, 10)}),
    )  # fmt: skip


def structure_table(study: Study) -> Table:
    """Means and spread of what is measured of each structure by itself."""
    by_task = {task: study.measured.of_structures(task) for task in study.tasks}
    known = {key: measure for measures in by_task.values() for key, (measure, *_) in measures.items()}
    return Table(
        "Each structure by itself, mean ± standard deviation over n seeds.",
        ("task", "model", "strategy", "N", "structure", "n",
         *(_with_unit(measure.quantity.measure.words, measure) for measure in known.values())),
        tuple(
            (*_place(cell), structure, str(len(records)), *_structure_cells(records, measures, known, structure))
            for cell, records in _cells(study).items()
            if (measures := by_task[cell[0]])
            for structure in study.measured.structures[cell[0]]
        ),
        strategy_column=2,
        number_columns=frozenset({3, *range(5, 6 + len(known))}),
    )  # fmt: skip


def _structure_cells(
    records: Sequence[Json], measures: Mapping[str, Sequence[Measure]], keys: Iterable[str], structure: str
) -> Iterator[str]:
    for key in keys:
        own = [measure for measure in measures.get(key, ()) if measure.quantity.structure == structure]
        yield _spread(map(own[0].of, records)) if own else NONE


def _cells(study: Study) -> dict[Any, list[Trial]]:
    """(task, model, strategy, N) -> its converged trials, in the order of the tables."""
    order = {name: index for index, name in enumerate(study.strategies)}
    cells = collect(study.ok, "task", "model", "strategy", "size")
    return {cell: cells[cell] for cell in sorted(cells, key=lambda cell: (*cell[:2], order[cell[2]], cell[3]))}


def _place(cell: Any) -> tuple[str, ...]:
    return (*cell[:3], str(cell[3]))


def _last(measure: Measure) -> Measure:
    return replace(measure, checkpoint="last")


def _column(measure: Measure) -> str:
    return _with_unit(measure.name if measure.checkpoint == "last" else measure.quantity.words, measure)


def _with_unit(words: str, measure: Measure) -> str:
    """With the unit where only the records say which it is."""
    return words if measure.unit == measure.quantity.measure.unit else f"{words} [{measure.unit}]"


def _measure_cells(records: Sequence[Json], scores: Sequence[Measure], losses: Sequence[Measure]) -> tuple[str, ...]:
    scales = [record["logit_scale"] for record in records]
    return (
        from_to((record["validation_labels"] for record in records), str),
        str(len(records)),
        *(_spread(map(measure.of, records)) for measure in scores),
        *(_mean(map(of, records)) for measure in losses for of in (measure.of_atlas, measure.of_constant)),
        _mean(scales),
        from_to((record["updates"] for record in records), str),
    )


def _spread(values: Iterable[float | None]) -> str:
    known = [value for value in values if value is not None]
    return _mean(known) + (f" ± {number(stdev(known))}" if len(known) > 1 else "")


def _mean(values: Iterable[float | None]) -> str:
    known = [value for value in values if value is not None]
    return number(fmean(known) if known else None)
