"""A second record of one trial: kept beside the first, and compared with it.

Two workers may finish one trial: one that was taken for dead, or one that saw its folder late.  The first valid record
wins and is never changed; the other lies in `other-<n>.json`, of the same content as a record.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from segaug.errors import DataError
from segaug.files import create_exclusive
from segaug.results.json_file import DamagedRecord, Json, read_record

_MAY_DIFFER = ("run", "checksum")  # times, memory, host


@dataclass(frozen=True)
class Rival:
    """A record that came second."""

    path: Path
    differs: tuple[str, ...]  # keys that say something else than the record; (): the same result twice


def keep_rival(record_path: Path, data: bytes) -> Path:
    """Store what came second."""
    return _keep(record_path.parent, "other", data)


def keep_invalid(record_path: Path, data: bytes) -> Path:
    """Store a result that is no valid record."""
    return _keep(record_path.parent, "damaged", data)


def set_aside(record_path: Path) -> None:
    """Move a damaged record away, so that a whole one can take its name; what is whole by now stays.

    Renamed first and judged then, because somebody else may just have put a whole one there.
    """
    for number in count(1):
        aside = record_path.with_name(f"damaged-{number}.json")
        if not aside.exists():
            break
    with suppress(FileNotFoundError):
        record_path.rename(aside)
        with suppress(DamagedRecord):
            read_record(aside)
            create_exclusive(record_path, aside.read_bytes())
            aside.unlink()


def rivals(record_path: Path) -> list[Rival]:
    """What came second, compared with the record as it is now; one that is no valid record is none."""
    came_second = []
    for path in sorted(record_path.parent.glob("other-*.json")):
        with suppress(DataError):
            came_second.append(Rival(path, differences(read_record(record_path), read_record(path))))
    return came_second


def same_result(record: Json, other: Json) -> bool:
    """Do two records of a trial say the same, measure by measure?"""
    return _science(record) == _science(other)


def differences(record: Json, other: Json) -> tuple[str, ...]:
    """Keys, nested ones as "a.b", in which two records of a trial do not say the same.

    What only one of them holds is no difference: a newer version measures more.
    """
    return tuple(key for key in _compare(_science(record), _science(other), "") if key)


def _science(record: Json) -> Json:
    return {key: value for key, value in record.items() if key not in _MAY_DIFFER}


def _compare(value: object, other: object, name: str) -> Iterator[str]:
    if isinstance(value, dict) and isinstance(other, dict):
        for key in sorted(value.keys() & other.keys()):
            yield from _compare(value[key], other[key], f"{name}.{key}" if name else key)
    elif value != other:
        yield name


def _keep(folder: Path, name: str, data: bytes) -> Path:
    for number in count(1):
        path = folder / f"{name}-{number}.json"
        if create_exclusive(path, data):
            return path
    raise AssertionError("count() has no end")
