"""Table of what each curve was given: data, updates and time, before its training and during it."""

from collections.abc import Callable, Iterable, Sequence
from statistics import fmean

from segaug.findings.numbers import NONE, from_to, number
from segaug.report.blocks.tables import Table
from segaug.report.study.study import Json, Study, collect

UNLABELLED = ("external images", "unlabelled pool")  # parts of the data whose labels are never opened
_VALIDATION = "validation labels"


def budget_table(study: Study) -> Table:
    """A row a curve and N."""
    order = {name: index for index, name in enumerate(study.strategies)}
    cells = collect(study.trained, "task", "model", "strategy", "size")
    validation = {task: _validation_patients(records) for task, records in collect(study.trained, "task").items()}
    rows = (
        (*map(str, cell), *_cells(cells[cell], validation[cell[0]]))
        for cell in sorted(cells, key=lambda cell: (*cell[:2], order[cell[2]], cell[3]))
    )
    return Table(
        "What each curve was given: images / patients, updates, and mean seconds of a trial.\n"
        "Validation: labels that choose the weights of every curve; *: the strategy itself learns from them, too. "
        "Before: what was learned ahead of the training, whoever did it and however many trials share it, in updates "
        "and in seconds of one processor. Training: without data and preparation, by the clock, on a CPU of one core. "
        "Not counted: registrations, and what a trial prepares for itself, whose time is in the table of times.",
        ("task", "model", "strategy", "N", "labelled", "validation", "unlabelled", "updates before", "updates",
         "before [CPU s]", "training [s]"),
        tuple(rows),
        strategy_column=2,
        number_columns=frozenset(range(3, 11)),
    )  # fmt: skip


def cpu_seconds(records: Iterable[Json]) -> float | None:
    """Mean of what a trial's learning took whoever did it; None where nobody measured it."""
    seconds = [record["learning_cpu_seconds"] for record in records if record.get("learning_cpu_seconds") is not None]
    return fmean(seconds) if seconds else None


def _cells(records: Sequence[Json], validation_patients: str) -> tuple[str, ...]:
    learns = any(_VALIDATION in record["allowed"] for record in records)
    labels = from_to((record["validation_labels"] for record in records), _count)
    return (
        f"{from_to((record['training_labels'] for record in records), _count)} / "
        f"{from_to((record['patients'] for record in records), _count)}",
        f"{labels} / {validation_patients}{' *' if learns else ''}" if labels != "0" else NONE,
        _unlabelled(records),
        from_to(_learned(records), _count),
        from_to((record["updates"] for record in records), _count),
        number(cpu_seconds(records)),
        number(fmean(record["seconds"] - _untrained(record) for record in records)),
    )


def _unlabelled(records: Sequence[Json]) -> str:
    """Images / patients; a dash where the strategy saw none, or nobody counted them."""
    seen = [saw[part] for record in records for part in UNLABELLED if part in (saw := record.get("saw") or {})]
    return " / ".join(from_to((counts[unit] for counts in seen), _count) for unit in _UNITS) if seen else NONE


def _validation_patients(records: Sequence[Json]) -> str:
    """Of the data set, as the strategies that saw them have counted them."""
    seen = [saw[_VALIDATION] for record in records if _VALIDATION in (saw := record.get("saw") or {})]
    return from_to((counts["patients"] for counts in seen), _count)


def _learned(records: Sequence[Json]) -> list[int]:
    """Updates of all that a trial needed, of the trials that needed something that counts them."""
    of_each = ([item["updates"] for item in record.get("learned") or () if item["updates"]] for record in records)
    return [sum(updates) for updates in of_each if updates]


def _untrained(record: Json) -> float:
    return (record["seconds_data"] or 0.0) + (record["seconds_prepare"] or 0.0)


_UNITS = ("images", "patients")
_count: Callable[[float], str] = "{:,g}".format
