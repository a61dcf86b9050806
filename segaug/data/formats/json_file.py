"""JSON of other programs: bounded, and asked for by kind, so that whatever it holds is a value or an error."""

from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from segaug.data.place import refuse_special
from segaug.errors import DataError
from segaug.json_data import parse_json

MAX_BYTES = 2**27  # values take some twenty times as much memory as text
Kind = TypeVar("Kind")


def read_object(path: Path, what: str) -> dict[str, Any]:
    """The object that a file holds; `what` names the format in errors."""
    refuse_special(path, MAX_BYTES)
    try:
        value = parse_json(path.read_bytes())
    except (ValueError, OSError, MemoryError) as error:
        told = " ".join(str(error).split())[:200]
        raise DataError(file=path, problem=f"is no JSON ({told})", fix=f"export it again as {what}") from error
    if not isinstance(value, dict):
        raise DataError(file=path, problem=f"is no {what} file", fix=f"export it again as {what}")
    return value


def member(path: Path, value: Any, key: str, kind: type[Kind], what: str) -> Kind:  # value: whatever JSON holds
    """`value[key]`, which has to be of this kind; `what` names the place in errors."""
    found = value.get(key) if isinstance(value, dict) else None
    if not isinstance(found, kind) or isinstance(found, bool):
        problem = f"{what} has no {key!r}, or one that is no {kind.__name__}"
        raise DataError(file=path, problem=problem, fix="export it again from the program that made it")
    return found


def points(path: Path, value: Any, what: str) -> np.ndarray:  # value: whatever JSON holds
    """(P, 2) as (row, column) of a flat list x, y, x, y or of pairs."""
    try:
        xy = np.asarray(value, dtype=np.float64).reshape(-1, 2)
    except (TypeError, ValueError, OverflowError) as error:
        problem = f"{what} has points that are no pairs of numbers"
        raise DataError(file=path, problem=problem, fix="export it again from the program that made it") from error
    return xy[:, ::-1]
