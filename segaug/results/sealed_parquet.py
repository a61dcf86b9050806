"""Parquet files that carry the digest of their own bytes: a damaged one is noticed before anything in it is parsed."""

import io
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from segaug.files import write_atomic

_MARK = b"segaug.sha256."  # followed by the digest, in the key-value metadata of the file's footer
_BLANK = b"0" * 64


def write_sealed(path: Path, table: pa.Table) -> None:
    """Write atomically; any Parquet reader can read the file."""
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, table.schema, use_dictionary=_repetitive(table.schema), compression="none") as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({"seal": (_MARK + _BLANK).decode()})
    data = sink.getbuffer()  # sealed where it lies: a copy of the errors of all test cases takes its time and room
    footer = int.from_bytes(data[-8:-4], "little") + 8
    at = len(data) - footer + bytes(data[-footer:]).rindex(_MARK) + len(_MARK)
    data[at : at + len(_BLANK)] = _digest(data, at)
    write_atomic(path, data)


def read_sealed(
    path: Path, schema: pa.Schema, columns: Sequence[str] | None = None, further: pa.DataType | None = None
) -> pa.Table | None:
    """The table, or those of some columns that it has; None if there is no file, or it is damaged or of another schema.

    further: type of columns behind those of the schema, of any number and name; None: there may be none.
    The digest finds damage, not intent: a file with a digest that fits may still be no Parquet, or claim, by a few
    bytes, rows that would fill the memory.  Ours hold over a byte for each value of a column.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    at = data.rfind(_MARK) + len(_MARK)
    if data[at : at + len(_BLANK)] != _digest(data, at):
        return None
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        found = file.schema_arrow
        if not _fits(found, schema, further) or _values(file.metadata) > len(data):
            return None
        names = None if columns is None else [name for name in columns if name in found.names]
        table = file.read(columns=names)
        table = table.select(names or found.names)  # Parquet takes a point in a name for a way into it
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError):
        return None
    return table


def _fits(found: pa.Schema, schema: pa.Schema, further: pa.DataType | None) -> bool:
    own, rest = list(found)[: len(schema)], list(found)[len(schema) :]
    return (
        pa.schema(own).equals(schema)
        and all(field.type == further for field in rest)
        and len({*found.names}) == len(found.names)
    )


def _values(metadata: pq.FileMetaData) -> int:
    """The most values that a column claims to have."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    counts = [sum(group.column(at).num_values for group in groups) for at in range(metadata.num_columns)]
    return max([metadata.num_rows, *counts])


def _digest(data: bytes | memoryview, at: int) -> bytes:
    """Digest of all bytes, those of the digest itself counted as zeros."""
    view = memoryview(data)
    digest = sha256(view[:at])
    digest.update(_BLANK)
    digest.update(view[at + len(_BLANK) :])
    return digest.hexdigest().encode()


def _repetitive(schema: pa.Schema) -> list[str]:
    return [field.name for field in schema if pa.types.is_string(field.type)]
