"""Words and tables of the ways of predicting: cost beside gain."""

from collections.abc import Iterator, Sequence
from itertools import chain

from segaug.findings.comparisons import ratio_cells
from segaug.findings.numbers import NONE, from_to, number
from segaug.findings.phrases import counted, listed
from segaug.findings.with_interval import beside_interval
from segaug.measures import DICE
from segaug.report.blocks.tables import Table
from segaug.report.study.measure import Measure
from segaug.report.study.study import Study
from segaug.report.ways.way_pairs import WayPair
from segaug.ways import PLAIN, WAYS

_DECIMALS = 4  # of Dice, at most
_SEVERAL_SIZES = "Over all sizes, each counting alike"


def cost_table(study: Study, pairs: Sequence[WayPair]) -> Table:
    """A row a curve and way, over all sizes."""
    return Table(
        f"{_SEVERAL_SIZES}: what each way of predicting costs, and what it changes for the same trained networks.\n"
        "Passes: of the network, for each image. Seconds: on the test images by the clock, with the threads or the "
        "device of the trial. Ratios are of expected errors by this way over those of the plain network, below 1 it is "
        "better; recalibrated: each way for itself, on validation. In brackets: 95 % intervals of the paired t test "
        "over seeds, for new seeds on this test set, each for one comparison.",
        ("task", "model", "strategy", "passes", "s per image", "pairs × sizes", *_columns(study)),
        tuple((*_names(pair), *_costs(pair), _count(pair), *_gains(study, pair)) for pair in pairs),
        strategy_column=2,
        number_columns=frozenset(range(3, 12)),
    )


def size_table(study: Study, pairs: Sequence[WayPair]) -> Table:
    """The same at each size."""
    rows = chain.from_iterable(_rows(study, pair) for pair in pairs)
    return Table(
        "Each size by itself, over the seeds that converged by both ways; as above.",
        ("task", "model", "strategy", "N", "pairs", "validation Dice", *_columns(study)),
        tuple(rows),
        strategy_column=2,
        number_columns=frozenset(range(3, 12)),
    )


def ways_finding(study: Study, pairs: Sequence[WayPair]) -> str:
    """What each way changes, and for how many passes."""
    told = [text for way in WAYS if way != PLAIN for text in _told(study, [pair for pair in pairs if pair.way == way])]
    return f"Dice changes {listed(told)}." if told else "No trial converged by any way but the plain one."


def _told(study: Study, pairs: Sequence[WayPair]) -> Iterator[str]:
    drawn = [(pair, dice) for pair in pairs if (dice := measures(study, pair.task).get(DICE.key))]
    if drawn:
        changes = [pair.difference(dice) for pair, dice in drawn]
        clear = sum(
            change.interval is not None and change.interval.low * change.interval.high > 0 for change in changes
        )
        means = from_to([change.mean for change in changes], "{:+.3f}".format)
        passes = from_to([pair.cost("passes") or 0 for pair, _ in drawn])
        told = f"by {means} with {drawn[0][0].way} ({passes} network passes an image)"
        yield f"{told}, by an interval that leaves out 0 in {clear} of {counted(len(changes), 'curve')}"


def measures(study: Study, task: str) -> dict[str, Measure]:
    """What a task has measured of Dice and cross-entropy, and of that recalibrated, by key."""
    entropy = study.measured.cross_entropy_of(task).key
    return {each.key: each for each in study.measured.of(task) if each.key in _keys(entropy)}


def _keys(entropy: str) -> tuple[str, str, str]:
    return DICE.key, entropy, f"{entropy}_recalibrated"


def _columns(study: Study) -> tuple[str, ...]:
    words = " or ".join(dict.fromkeys(study.measured.cross_entropy_of(task).quantity.words for task in study.tasks))
    return ("Dice", "difference", "95 %", f"{words} ratio", "95 % of it", f"recalibrated {words} ratio")


def _names(pair: WayPair) -> tuple[str, str, str]:
    return pair.task, pair.model, pair.name


def _costs(pair: WayPair) -> tuple[str, str]:
    passes = pair.cost("passes")
    return NONE if passes is None else f"{passes:g}", number(pair.cost("seconds_per_image"))


def _count(pair: WayPair) -> str:
    seeds = {seed for _, seed in pair.other}
    return f"{len(seeds)} × {len(pair.sizes)}"


def _rows(study: Study, pair: WayPair) -> Iterator[tuple[str, ...]]:
    for size in pair.sizes:
        own = pair.at(size)
        validation = own.validation_dice()
        yield (
            *_names(pair), str(size), str(len(own.other)), number(validation and validation[1]), *_gains(study, own),
        )  # fmt: skip


def _gains(study: Study, pair: WayPair) -> tuple[str, ...]:
    """Dice, its change with the interval, and the ratios of both cross-entropies."""
    entropy = study.measured.cross_entropy_of(pair.task).key
    known = measures(study, pair.task)
    dice, plain, recalibrated = (known.get(key) for key in _keys(entropy))
    mean = number(pair.mean(dice)) if dice else NONE
    if pair.way == PLAIN:
        return (mean, *(NONE,) * 5)
    change = pair.difference(dice) if dice else None
    told = beside_interval(change.mean, change.interval, most=_DECIMALS, sign=True) if change else ("", "")
    of_plain = ratio_cells(pair.ratio(plain)) if plain else (NONE, NONE)
    of_recalibrated = ratio_cells(pair.ratio(recalibrated)) if recalibrated else (NONE,)
    return (mean, told[0] or NONE, told[1] or NONE, *of_plain, " ".join(of_recalibrated))
