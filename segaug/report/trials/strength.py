"""Table of how strongly each strategy deforms, beside what it was allowed to see."""

from collections.abc import Sequence
from statistics import fmean, stdev

from segaug.findings.numbers import NONE, from_to, number, percent
from segaug.report.blocks.tables import Table
from segaug.report.study.study import Json, Study, collect


def strength_table(study: Study) -> Table:
    """What each strategy does to an image of each task."""
    order = {name: index for index, name in enumerate(study.strategies)}
    groups = collect(study.trained, "task", "strategy")
    return Table(
        "What each strategy does to an image, mean ± standard deviation over trials.\n"
        "Measured in each trial over 64 draws of its own deformation, before the "
        "baseline's flips and rotations and whatever its p; the smallest "
        "Jacobian determinant of all draws. A strategy that moves pixels further differs from another by that too. "
        "Folds: share of cells of four pixels where the field folds. Deforms: share of the images; where that is not "
        "all, the draws that it leaves alone count as 0 px and without a fold, so that a strategy which deforms half "
        "of them moves those √2 times as far as its rms says.",
        ("task", "strategy", "sees", "deforms", "rms [px]", "95 % below [px]", "smallest Jacobian", "folds"),
        tuple((*key, *_cells(groups[key])) for key in sorted(groups, key=lambda key: (key[0], order[key[1]]))),
        strategy_column=1,
        number_columns=frozenset(range(3, 8)),
    )


def _cells(records: Sequence[Json]) -> tuple[str, ...]:
    sees = ", ".join(sorted({what for record in records for what in record["allowed"]})) or NONE
    folds = _values(records, "folded_share")
    return (
        sees,
        _deformed(records),
        _spread(_values(records, "displacement_rms_px")),
        _spread(_values(records, "displacement_p95_px")),
        number(min(_values(records, "min_jacobian"), default=None)),
        f"{100 * fmean(folds):.2g} %" if folds else NONE,
    )


def _deformed(records: Sequence[Json]) -> str:
    """Share of the images that have a field: less than all where the options draw a kind for each."""
    if not _values(records, "displacement_rms_px"):
        return NONE
    options = [record["options"] for record in records]
    return from_to(
        (each.get("share_v", 1) + each.get("share_both", 0) for each in options), lambda share: percent(share, ".0f")
    )


def _values(records: Sequence[Json], name: str) -> list[float]:
    return [record[name] for record in records if record[name] is not None]


def _spread(values: Sequence[float]) -> str:
    if not values:
        return NONE
    return number(fmean(values)) + (f" ± {number(stdev(values))}" if len(values) > 1 else "")
