"""JSON objects on disk: one spelling for hashing, one way to find that a record is damaged."""

import json
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from stat import S_ISREG
from typing import Any

from segaug.errors import DataError
from segaug.json_data import parse_json
from segaug.results.inside import NO_LINK, NO_WAIT, linked
from segaug.results.record import SCHEMA, check

Json = dict[str, Any]  # plain JSON; `results/record.py` documents the keys of a record
REDO = "delete it; the same `segaug train` command makes it again"
_MOST_BYTES = 2**28  # a record of a million test images is smaller
_END = b"\n}"
_SEAL = b',\n "checksum": "%s"' + _END
_SEAL_BYTES = len(_SEAL % bytes(64))


class DamagedRecord(DataError):
    """A record, or another file of a study, that counts as none.

    It is truncated or garbled, does not match its checksum, holds what no trial can have left, or lies in the folder of
    another trial.
    """


def canonical(value: object) -> bytes:
    """One spelling for each JSON value, for hashing; NaN and infinities are refused."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sealed(record: Mapping[str, Any]) -> bytes:
    """The file of a record: its JSON, a line a key, closed by the sha256 of the bytes before.

    A seal on bytes is checked without writing the record down again, which took half the time of reading it.
    """
    unsealed = {key: value for key, value in record.items() if key != "checksum"}
    lines = (f" {json.dumps(key)}: {json.dumps(value, allow_nan=False)}" for key, value in unsealed.items())
    body = ("{\n" + ",\n".join(lines)).encode()
    return body + _SEAL % sha256(body).hexdigest().encode()


def read_object(path: Path) -> Json:
    """A JSON object of this schema; raises DamagedRecord, or DataError if it cannot be read or is of another schema."""
    return _object(path, _bytes(path))


def read_record(path: Path) -> Json:
    """Read and verify one record; raises as `read_object` does."""
    data = _bytes(path)
    record = _object(path, data)
    body = data[:-_SEAL_BYTES]
    if data[len(body) :] != _SEAL % sha256(body).hexdigest().encode():
        raise DamagedRecord(file=path, problem="does not match its checksum", fix=REDO)
    try:
        check(record)
    except ValueError as error:
        raise DamagedRecord(file=path, problem=f"is no valid record ({error})", fix=REDO) from error
    if record["id"] != path.parent.name:
        fix = f"rename the folder to {record['id']}, or delete it where that is there"
        raise DamagedRecord(file=path, problem=f"is the record of {record['id']} in a folder of another name", fix=fix)
    return record


def read_bounded(path: Path) -> bytes:
    """The bytes of a file; raises ValueError for a pipe that never ends and a file without measure, and OSError."""
    with open(path, "rb", opener=_opened) as file:
        status = os.fstat(file.fileno())
        if not S_ISREG(status.st_mode):
            raise ValueError("no regular file")
        if status.st_size > _MOST_BYTES:
            raise ValueError(f"{status.st_size} bytes, of at most {_MOST_BYTES}")
        return file.read()


def _bytes(path: Path) -> bytes:
    try:
        return read_bounded(path)
    except (ValueError, IsADirectoryError) as error:
        raise DamagedRecord(file=path, problem=f"is no file of segaug ({_why(error)})", fix=REDO) from error
    except OSError as error:
        if path.is_symlink():
            raise linked(path) from error
        raise DataError(file=path, problem=f"cannot be read ({error.strerror})", fix="make it readable") from error


def _why(error: ValueError | OSError) -> str:
    return str(error.strerror if isinstance(error, OSError) else error)


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | NO_LINK | NO_WAIT)


def _object(path: Path, data: bytes) -> Json:
    try:
        value = parse_json(data)
    except ValueError as error:
        raise DamagedRecord(file=path, problem=f"is not valid JSON ({error})", fix=REDO) from error
    if not isinstance(value, dict):
        raise DamagedRecord(file=path, problem="is not a JSON object", fix=REDO)
    schema = value.get("schema")
    if type(schema) is int and schema > SCHEMA:
        raise DataError(
            file=path,
            problem=f"has schema {schema}, this segaug reads {SCHEMA}",
            fix="read it with the segaug version that wrote it, or start a new study folder with name=...",
        )
    if type(schema) is not int or schema != SCHEMA:
        raise DamagedRecord(file=path, problem=f"has no schema, which is {SCHEMA}", fix=REDO)
    return value
