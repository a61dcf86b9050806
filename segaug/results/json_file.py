"""JSON objects on disk: one spelling for hashing, one way to find that a file is damaged."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from segaug.errors import DataError
from segaug.json_data import parse_json
from segaug.results.record import SCHEMA

Json = dict[str, Any]  # plain JSON; `results/record.py` documents the keys of a record


class DamagedRecord(DataError):
    """A record, or another file of a study, that is truncated, garbled or does not match its checksum."""


def canonical(value: object) -> bytes:
    """One spelling for each JSON value, for hashing; NaN and infinities are refused."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def checksum(record: Mapping[str, Any]) -> str:
    """sha256 of a record without its own checksum."""
    return sha256(canonical({key: value for key, value in record.items() if key != "checksum"})).hexdigest()


def read_object(path: Path) -> Json:
    """A JSON object of this schema; raises DamagedRecord, or DataError if it cannot be read or is of another schema."""
    fix = "delete it; the same `segaug train` command makes it again"
    try:
        value = parse_json(path.read_bytes())
    except OSError as error:
        raise DataError(file=path, problem=f"cannot be read ({error.strerror})", fix="make it readable") from error
    except ValueError as error:
        raise DamagedRecord(file=path, problem=f"is not valid JSON ({error})", fix=fix) from error
    if not isinstance(value, dict):
        raise DamagedRecord(file=path, problem="is not a JSON object", fix=fix)
    if value.get("schema") != SCHEMA:
        raise DataError(
            file=path,
            problem=f"has schema {value.get('schema')!r}, this segaug reads {SCHEMA}",
            fix="read it with the segaug version that wrote it, or start a new study folder with name=...",
        )
    return value


def read_record(path: Path) -> Json:
    """Read and verify one record."""
    record = read_object(path)
    if not _matches(record):
        raise DamagedRecord(file=path, problem="does not match its checksum", fix="delete it and run the study again")
    return record


def _matches(record: Json) -> bool:
    """Does the checksum fit?  Never that of a number which JSON cannot hold, such as the infinity that 1e999 is."""
    try:
        return isinstance(record.get("id"), str) and record.get("checksum") == checksum(record)
    except (ValueError, RecursionError):
        return False
