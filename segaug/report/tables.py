"""Tables of the report: numbers in, text out.  A cell is text; a strategy's cell also carries its sign."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean, stdev
from typing import Any, ClassVar

from segaug.report.measure import BCE, BCE_LAST, DICE, HD95, RECALIBRATED
from segaug.report.study import Study, collect

Json = Mapping[str, Any]
NONE = "–"


@dataclass(frozen=True)
class Table:
    """What a table says; `strategy_column` is where the names of strategies stand, if anywhere."""

    template: ClassVar[str] = "table.html"
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strategy_column: int | None = None
    number_columns: frozenset[int] = field(default_factory=frozenset)  # set to the right


def number(value: float | None) -> str:
    """Three significant digits without an exponent where that is readable; a dash for None."""
    if value is None:
        return NONE
    return f"{value:.2e}" if value and not 1e-4 <= abs(value) < 1e5 else f"{value:#.3g}".rstrip(".")


def measure_table(study: Study) -> Table:
    """Means and spread of every measure at every N."""
    order = {name: index for index, name in enumerate(study.strategies)}
    cells = collect(study.ok, "task", "model", "strategy", "size")
    units = "/".join(sorted({record["hd95"]["unit"] for record in study.ok if record["hd95"]}))
    names = ("BCE", "BCE of last weights", "recalibrated BCE", "Dice", f"HD95 [{units}]")
    return Table(
        "Test measures, mean ± standard deviation over n seeds, of the weights that were best on validation "
        "unless said otherwise. V: validation labels that each trial has cost beside N. Logit scale: fitted on "
        "validation; above 1 under-confident, below 1 over-confident.",
        ("task", "model", "strategy", "N", "V", "n", *names, "atlas BCE", "constant BCE", "logit scale", "updates"),
        tuple(
            (*cell[:3], str(cell[3]), *_measure_cells(cells[cell]))
            for cell in sorted(cells, key=lambda cell: (*cell[:2], order[cell[2]], cell[3]))
        ),
        strategy_column=2,
        number_columns=frozenset(range(3, 15)),
    )


def _measure_cells(records: Sequence[Json]) -> tuple[str, ...]:
    scales = [record["recalibration"]["scale"] for record in records if record["recalibration"]]
    return (
        _range(record["labels"]["validation"] for record in records),
        str(len(records)),
        *(_spread(map(measure.of, records)) for measure in (BCE, BCE_LAST, RECALIBRATED, DICE, HD95)),
        _mean(map(BCE.of_atlas, records)),
        _mean(map(BCE.of_constant, records)),
        _mean(scales),
        _range(record["training"]["updates"] for record in records),
    )


def _spread(values: Iterable[float | None]) -> str:
    found = [value for value in values if value is not None]
    return _mean(found) + (f" ± {number(stdev(found))}" if len(found) > 1 else "")


def _mean(values: Iterable[float | None]) -> str:
    found = [value for value in values if value is not None]
    return number(fmean(found) if found else None)


def _range(values: Iterable[int]) -> str:
    found = set(values)
    return str(min(found)) if len(found) == 1 else f"{min(found)} to {max(found)}"
