"""A record as one for each way of predicting: what makes a row of a record makes one of each of these.

Each but the plain one is named after its way, see `segaug/ways.py`, and has its scores in the place of the plain ones.
What was measured while it was trained is the record's own, but for validation, which asks the plain network alone.
"""

from collections.abc import Mapping
from typing import Any

from segaug.errors import DataError
from segaug.ways import LEARNED, PLAIN, plain_row, row_by, strategy_by

Record = Mapping[str, Any]  # JSON as `results/record.py` documents it
Own = dict[str, Any]  # the same

COSTS = ("passes", "seconds_per_image", "way_validation_dice")  # columns of a row, where there are several ways
_WAY = "way"  # a key of none but the records that are made here
_SCORES = ("test", "cases", "patient_cases", "hd95", "masks", "nsd", "recalibration")
_VALIDATION, _LABELS = "validation_", "validation labels"


def by_way(record: Record) -> list[Own]:
    """The record, and one for each further way that it was scored by; one that is of a way already stays as it is."""
    if _WAY in record:
        return [dict(record)]
    return [dict(record) if way == PLAIN else _by(record, way) for way in record.get("ways") or (PLAIN,)]


def of_row(record: Record, row: str) -> Own:
    """The one of these that a row is named after, see `row_by`; record: of its trial."""
    return dict(record) if row == record["id"] else _by(record, plain_row(row)[1])


def way_of(record: Record) -> str:
    """Of one of these."""
    return str(record.get(_WAY, PLAIN))


def cost_columns(record: Record) -> dict[str, float | None]:
    """What the way of one of these costs, by `COSTS`; nothing where the plain one alone was asked for, or diverged."""
    way = way_of(record)
    block = (record.get("ways") or {}).get(way)
    if not block:
        return {}
    seconds = (record["run"].get("seconds_per_image") or {}).get(way)
    return dict(zip(COSTS, (block["passes"], seconds, block["validation_dice"]), strict=True))


def made_by(way: str, record: Record) -> Own:
    """The same, of this way: no further ones are made of it."""
    return {**record, _WAY: way}


def of_training(history: Record) -> Own:
    """Of a history what no choice of a test set or a way of predicting changes."""
    return {name: values for name, values in history.items() if not name.startswith(_VALIDATION)}


def _by(record: Record, way: str) -> Own:
    if way not in (record.get("ways") or {}):
        raise DataError(
            file=f"record {record['id']}",
            problem=f"was not predicted by {way}",
            fix=f"train it with 'predict=[{way}]' under another name=...",
        )
    block = record["ways"][way] or {}
    sees = [*record["sees"], *([_LABELS] if way == LEARNED and _LABELS not in record["sees"] else [])]
    own: Own = {
        "id": row_by(record["id"], way),
        "strategy": strategy_by(record["strategy"], way),
        "status": record["status"] if block else "diverged",
        "sees": sees,
        "history": of_training(record["history"]),
        "diagnostics": None,
        **{key: block.get(key) for key in _SCORES},
    }
    if "sources" in record:  # of the added ones only the plain way is scored
        untested = {"test": None, "cases": None}
        own |= {"sources": {name: {**source, **untested} for name, source in record["sources"].items()}}
    return made_by(way, {**record, **own})
