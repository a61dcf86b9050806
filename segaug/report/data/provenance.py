"""Tables of how a study was made: protocol, options, what each strategy saw, versions."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from segaug.findings.numbers import NONE
from segaug.findings.phrases import counted
from segaug.report.blocks.tables import Table
from segaug.report.study.study import Json, Study


def sees_table(study: Study) -> Table:
    """What each strategy was allowed to see, and its options."""
    return Table(
        "What each strategy was allowed to see, and its options.\nMore data is not a better augmentation: compare "
        "strategies that saw the same. In brackets: most that any trial had of it.",
        ("strategy", "sees", "options"),
        tuple(
            (name, *_strategy([each for each in study.records if each["strategy"] == name]))
            for name in study.strategies
        ),
        strategy_column=0,
    )


def _strategy(records: list[Json]) -> tuple[str, str]:
    sees = sorted({what for record in records for what in record["allowed"]})
    seen = [f"{what}{_most(what, records)}" for what in sees]
    options = _varying(record["options"] for record in records)
    return ", ".join(seen) or NONE, ", ".join(f"{key} = {text}" for key, text in options) or NONE


def _most(what: str, records: list[Json]) -> str:
    """How much there was of it in the trial that had most; nothing where nobody counted."""
    counts = [saw[what] for record in records if what in (saw := record.get("saw") or {})]
    if not counts:
        return ""
    images, patients = (max(count[unit] for count in counts) for unit in ("images", "patients"))
    return f" ({counted(images, 'image')}" + (f" of {counted(patients, 'patient')})" if patients != images else ")")


def protocol_table(study: Study) -> Table:
    """The resolved protocol; a key with several values in the study names them all."""
    rows = _varying(record["protocol"] for record in study.trained)
    return Table("The resolved protocol of all trials.", ("key", "value"), rows)


def versions_table(study: Study) -> Table:
    """Versions and devices that the trials ran with."""
    runs = study.trained
    rows = [*_varying(run["versions"] for run in runs), *_varying({"device": run["device"]} for run in runs)]
    return Table("Versions and devices that the trials ran with.", ("what", "value"), tuple(rows))


def flatten(value: Any, prefix: str = "") -> Iterator[tuple[str, str]]:  # Any: JSON
    """Leaves of nested JSON as ("a.b", "text")."""
    if isinstance(value, Mapping) and value:
        for key in value:
            yield from flatten(value[key], f"{prefix}.{key}" if prefix else str(key))
    else:
        yield prefix, ", ".join(map(_leaf, value)) if isinstance(value, list) else _leaf(value)


def _leaf(value: object) -> str:
    return "none" if value is None else str(value)


def _varying(mappings: Iterable[Json]) -> tuple[tuple[str, str], ...]:
    values: dict[str, list[str]] = {}
    for mapping in mappings:
        for key, text in flatten(mapping):
            if text not in values.setdefault(key, []):
                values[key].append(text)
    return tuple((key, " | ".join(sorted(texts))) for key, texts in sorted(values.items()) if key)
