"""Dice of every strategy beside that of a reference, of all structures of a task together and of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from segaug.analysis.comparison.compare import BASELINE, compare_trials
from segaug.analysis.comparison.comparison import Comparison, SizeComparison
from segaug.analysis.trials.table import study_trials
from segaug.findings.numbers import NONE
from segaug.measures import DICE, Quantity
from segaug.report.comparison.strategies import CONTROL
from segaug.report.look.palette import in_order
from segaug.report.study.measure import Measure
from segaug.report.study.study import Study

_MOST_SIZES = 4  # that a figure has room for
_KEYS = ("dice_patient", DICE.key)  # the first of them that a task has measured


@dataclass(frozen=True)
class Structure:
    """What is compared of one structure, or of all of them together."""

    name: str
    quantity: Quantity
    comparisons: Sequence[Comparison]  # of the error 1 - Dice, with a pair each, in the order of the palette

    @property
    def cells(self) -> list[tuple[str, SizeComparison]]:
        """Each strategy at each of its sizes."""
        return [(comparison.key.strategy, cell) for comparison in self.comparisons for cell in comparison.sizes]


@dataclass(frozen=True)
class DiceGroup:
    """One task and model."""

    task: str
    model: str
    reference: str
    structures: tuple[Structure, ...]  # all together first; of a task with one structure nothing else

    @property
    def words(self) -> str:
        """What is measured."""
        return self.together.quantity.words

    @property
    def together(self) -> Structure:
        """All structures."""
        return self.structures[0]

    @property
    def drawn_sizes(self) -> list[int]:
        """At most `_MOST_SIZES`, evenly spread over all of them, both ends among them."""
        sizes = sorted({cell.size for _, cell in self.together.cells})
        steps = min(len(sizes), _MOST_SIZES) - 1
        return [sizes[round((len(sizes) - 1) * step / max(steps, 1))] for step in range(steps + 1)]


def dice_groups(study: Study) -> list[DiceGroup]:
    """Every task and model with two strategies that share a size and a seed, one of them a reference.

    That is `CONTROL` where it was trained, else the baseline.  Raises as `compare_trials` does.
    """
    return [group for task, model in study.groups for group in _groups(study, task, model)]


def _groups(study: Study, task: str, model: str) -> Iterator[DiceGroup]:
    strategies = {record["strategy"] for record in study.ok if (record["task"], record["model"]) == (task, model)}
    reference = next((name for name in (CONTROL, BASELINE) if name in strategies), None)
    if reference is None or len(strategies) < 2:
        return
    structures = tuple(_structures(study, task, model, reference))
    if structures and structures[0].cells:
        yield DiceGroup(task, model, reference, structures)


def _structures(study: Study, task: str, model: str, reference: str) -> Iterator[Structure]:
    table = study_trials(study.snapshot)
    table = table[(table["task"] == task) & (table["model"] == model)]
    names = study.measured.structures[task]
    for measure in _measures(study, task):
        found = compare_trials(table, measure.quantity.error, {}, reference).found
        paired = {comparison.key.strategy: comparison for comparison in found if comparison.sizes}
        together = "mean" if len(names) > 1 else names[0] or NONE
        name = measure.quantity.structure or together
        yield Structure(name, measure.quantity, [paired[strategy] for strategy in in_order(paired)])


def _measures(study: Study, task: str) -> list[Measure]:
    """Dice of all structures together, then of each."""
    together = {measure.key: measure for measure in study.measured.of(task)}
    key = next((key for key in _KEYS if key in together), None)
    return [] if key is None else [together[key], *study.measured.of_structures(task).get(key, ())]
