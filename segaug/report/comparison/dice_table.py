"""Words and table of the differences of Dice."""

from collections.abc import Iterator, Sequence
from itertools import chain

from segaug.analysis.comparison.comparison import SizeComparison
from segaug.analysis.comparison.notes import FEW_PAIRS
from segaug.findings.numbers import NONE, from_to, number, p_value
from segaug.findings.phrases import counted, listed
from segaug.findings.with_interval import with_interval
from segaug.report.blocks.tables import Table
from segaug.report.comparison.dice import DiceGroup, Structure
from segaug.report.study.study import Study

_MOST_LETTERS = 190  # of a finding


def dice_table(groups: Sequence[DiceGroup]) -> Table:
    """A row a structure, size and strategy, the reference among them."""
    rows = chain.from_iterable(_rows(group, structure) for group in groups for structure in group.structures)
    return Table(
        f"{_words(groups)} of each strategy, and its difference from {_references(groups)} on the same seeds.\n"
        "In brackets: 95 % interval of the paired t test over seeds, for new seeds on this test set. p: after Holm's "
        "correction over the strategies and sizes of a task, model and structure. Mean: over the structures of an "
        "image or patient. Pairs: of subsets where seeds share them.",
        ("task", "model", "structure", "N", "strategy", "pairs", "Dice", "difference", "p (Holm)"),
        tuple(rows),
        strategy_column=4,
        number_columns=frozenset({3, *range(5, 9)}),
    )


def dice_finding(groups: Sequence[DiceGroup]) -> str:
    """Which strategies differ from their reference, of all structures together."""
    cells = [cell for group in groups for cell in group.together.cells]
    differing = [f"{strategy} at N = {cell.size} ({_signed(cell)})" for strategy, cell in cells if cell.significant]
    verb = "differs" if len(differing) == 1 else "differ"
    counts = f"{len(differing)} of {len(cells)} strategies and sizes {verb} from {_references(groups)}"
    short, long = (f"{counts} after {_corrected(cells)}{names}." for names in ("", f": {listed(differing, 'more')}"))
    return long if differing and len(long) <= _MOST_LETTERS else short


def dice_caption(study: Study, groups: Sequence[DiceGroup]) -> str:
    """Of the figure."""
    cells = [cell for group in groups for _, cell in group.together.cells]
    pairs = from_to((cell.difference.pairs for cell in cells), str)
    panel = "A panel a structure. " if any(len(group.structures) > 1 for group in groups) else ""
    drawn = {size for group in groups for size in group.drawn_sizes}
    few = "Not every N is drawn; the table has all. " if drawn < {cell.size for cell in cells} else ""
    return (
        f"{_words(groups)} minus that of {_references(groups)} on the same seeds, n = {pairs} pairs; right of the line "
        f"at 0 it is better.\n{panel}N: labelled training {study.counted}. {few}Bars: 95 % interval of the paired t "
        "test over seeds, each for one comparison, for new seeds on this test set; one that goes on beyond the axis "
        "ends in an arrow. Filled: p < 5 % after Holm's correction over the strategies and sizes of a panel."
    )


def _rows(group: DiceGroup, structure: Structure) -> Iterator[tuple[str, ...]]:
    place = group.task, group.model, structure.name
    for size in sorted({cell.size for _, cell in structure.cells}):
        of_size = [(strategy, cell) for strategy, cell in structure.cells if cell.size == size]
        most = max((cell for _, cell in of_size), key=lambda cell: cell.difference.pairs)
        of_reference = number(structure.quantity.error_of(most.baseline))
        yield *place, str(size), group.reference, str(most.difference.pairs), of_reference, NONE, NONE
        for strategy, cell in of_size:
            dice = number(structure.quantity.error_of(cell.strategy))
            pairs, difference = str(cell.difference.pairs), _difference(cell)
            yield *place, str(size), strategy, pairs, dice, difference, p_value(cell.p_holm)


def _difference(cell: SizeComparison) -> str:
    effect = cell.difference.negated
    return with_interval(effect.mean, effect.interval, most=3, sign=True)


def _signed(cell: SizeComparison) -> str:
    return with_interval(cell.difference.negated.mean, None, most=3, sign=True)


def _corrected(cells: Sequence[tuple[str, SizeComparison]]) -> str:
    """By whom; and of how many pairs, where they are so few that differences which happen to be alike pass the test."""
    most = max((cell.difference.pairs for _, cell in cells), default=FEW_PAIRS)
    return "Holm's correction" if most >= FEW_PAIRS else f"Holm, {counted(most, 'pair')}"


def _references(groups: Sequence[DiceGroup]) -> str:
    return " or ".join(dict.fromkeys(group.reference for group in groups))


def _words(groups: Sequence[DiceGroup]) -> str:
    return " or ".join(dict.fromkeys(group.words for group in groups))
