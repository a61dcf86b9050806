"""Parquet files that carry the digest of their own bytes: a damaged one is noticed before anything in it is parsed."""

import io
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from segaug.files import write_atomic

_MARK = b"segaug.sha256."  # followed by the digest, in the key-value metadata of the file's footer
_BLANK = b"0" * 64
pa.set_memory_pool(pa.system_memory_pool())  # the other ones keep what they once had, 50 MiB for 20,000 trials
_PIECE = 2**20  # bytes in memory while a file is read for its digest


def write_sealed(path: Path, table: pa.Table) -> None:
    """Write atomically; any Parquet reader can read the file."""
    sink = io.BytesIO()
    with pq.ParquetWriter(sink, table.schema, use_dictionary=_repetitive(table.schema), compression="none") as writer:
        writer.write_table(table)
        writer.add_key_value_metadata({"seal": (_MARK + _BLANK).decode()})
    data = sink.getbuffer()  # sealed where it lies: a copy of the errors of all test cases takes its time and room
    file = pa.BufferReader(pa.py_buffer(data))
    at = _seal_at(file)
    data[at : at + len(_BLANK)] = _digest(file, at)
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
        source = pa.OSFile(str(path))
    except FileNotFoundError:
        return None
    with source:  # one opening for both: a file that takes its name meanwhile is another one
        at = _seal_at(source)
        if at < 0 or _bytes(source, at, at + len(_BLANK)) != _digest(source, at):
            return None
        try:
            return _table(source, schema, columns, further)
        except (pa.ArrowException, OSError, ValueError):
            return None


def _table(
    source: pa.NativeFile, schema: pa.Schema, columns: Sequence[str] | None, further: pa.DataType | None
) -> pa.Table | None:
    source.seek(0)
    file = pq.ParquetFile(source)
    actual = file.schema_arrow
    if not _fits(actual, schema, further) or _values(file.metadata) > source.size():
        return None
    names = None if columns is None else [name for name in columns if name in actual.names]
    table = file.read(columns=names, use_threads=False)  # each thread has a pool that keeps what it once had
    table = table.select(names or actual.names)  # Parquet takes a point in a name for a way into it
    table.validate(full=True)
    return table


def _fits(actual: pa.Schema, schema: pa.Schema, further: pa.DataType | None) -> bool:
    own, rest = list(actual)[: len(schema)], list(actual)[len(schema) :]
    return (
        pa.schema(own).equals(schema)
        and all(field.type == further for field in rest)
        and len({*actual.names}) == len(actual.names)
    )


def _values(metadata: pq.FileMetaData) -> int:
    """The most values that a column claims to have."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    counts = [sum(group.column(at).num_values for group in groups) for at in range(metadata.num_columns)]
    return max([metadata.num_rows, *counts])


def _seal_at(file: pa.NativeFile) -> int:
    """Where the digest lies, in the footer that the last bytes tell the length of; -1 if nowhere."""
    size = file.size()
    length = int.from_bytes(_bytes(file, max(size - 8, 0), size)[:4], "little") + 8
    if length > size:
        return -1
    at = _bytes(file, size - length, size).rfind(_MARK)
    return -1 if at < 0 else size - length + at + len(_MARK)


def _digest(file: pa.NativeFile, at: int) -> bytes:
    """Digest of all bytes, those of the digest itself counted as zeros."""
    digest = sha256()
    for piece in _pieces(file, 0, at):
        digest.update(piece)
    digest.update(_BLANK)
    for piece in _pieces(file, at + len(_BLANK), file.size()):
        digest.update(piece)
    return digest.hexdigest().encode()


def _pieces(file: pa.NativeFile, start: int, end: int) -> Iterator[bytes]:
    for first in range(start, end, _PIECE):
        yield _bytes(file, first, min(first + _PIECE, end))


def _bytes(file: pa.NativeFile, start: int, end: int) -> bytes:
    file.seek(start)
    data: bytes = file.read(end - start)
    return data


def _repetitive(schema: pa.Schema) -> list[str]:
    texts = (pa.types.is_string, pa.types.is_dictionary)  # one told as such by Arrow has to be told to Parquet, too
    return [field.name for field in schema if any(is_one(field.type) for is_one in texts)]
