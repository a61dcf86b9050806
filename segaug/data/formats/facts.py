"""Small text files of lines `KEY: value`, as ACDC's `Info.cfg`."""

from collections.abc import Mapping
from pathlib import Path

from segaug.data.place import refuse_special
from segaug.errors import DataError

MAX_BYTES = 2**16
Facts = Mapping[str, str]


def read_facts(file: Path) -> Facts:
    """Values by their keys, of the lines that have a colon.  Raises where it is no text, or too large for such."""
    refuse_special(file, at_most=MAX_BYTES)
    try:
        lines = [line.partition(":") for line in file.read_text(encoding="utf-8-sig").splitlines()]
    except UnicodeDecodeError as error:
        raise DataError(file=file, problem="is no text", fix="copy it again from its source") from error
    return {key.strip(): value.strip() for key, colon, value in lines if colon}
