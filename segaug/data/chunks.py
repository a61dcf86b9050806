"""Unfinished decoding on disk: some cases a file, so that a kill costs what was being decoded, and no more.

A file is named by what its cases come from and how they are decoded, and not by the data set: where one broken image
ends the decoding, mending it leaves the others as they are.
"""

import json
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from safetensors import SafetensorError

from segaug.data.cache import Content, Way, mapped, name_of, tensors_of, write_tensors
from segaug.data.cases import FileCase
from segaug.data.decode import Facts, Rows, decoded_rows
from segaug.data.task import Case, Dataset

CASES = 32  # of a chunk, more where they are of one file: a volume is opened by one process
MOST = 256  # but a file of thousands of images is for all of them
FORGOTTEN_S = 14 * 24 * 3600  # after which nobody goes on with a chunk
FOLDER = "unfinished"
_OF_ALL = ("ids", "patients", "split", "pixel_mm")  # options that are of the whole set, and no way of decoding


@dataclass(frozen=True)
class Chunk:
    """Cases in a row, and the file that they are decoded into."""

    path: Path
    cases: tuple[Case, ...]
    with_mask: tuple[bool, ...]  # of each case: is its mask opened?


def chunks(
    folder: Path,
    cases: Sequence[Case],
    with_mask: Sequence[bool],
    content: Sequence[Content],
    way: Way,
    allowed: tuple[int, ...],
) -> list[Chunk]:
    """All cases in their order.  content, way, allowed: as for the name of the whole."""
    way = {key: value for key, value in way.items() if key not in _OF_ALL}
    found = []
    for start, end in _ranges(cases):
        here = slice(start, end)
        of_cases = {"pixel_mm": [case.pixel_mm for case in cases[here]], "with_mask": list(with_mask[here])}
        name = name_of(content[here], {**way, **of_cases}, allowed)
        found.append(Chunk(folder / name, tuple(cases[here]), tuple(with_mask[here])))
    return found


def _ranges(cases: Sequence[Case]) -> Iterator[tuple[int, int]]:
    start = 0
    for row in range(1, len(cases) + 1):
        count, last = row - start, row == len(cases)
        if last or count >= MOST or (count >= CASES and _file(cases[row]) != _file(cases[row - 1])):
            yield start, row
            start = row


def _file(case: Case) -> object:
    return case.image_file if isinstance(case, FileCase) else case


def decoded_chunk(dataset: Dataset, chunk: Chunk) -> Rows:
    """Its cases, decoded."""
    return decoded_rows(dataset, chunk.cases, chunk.with_mask)


def store_chunk(path: Path, rows: Rows) -> None:
    """Write a chunk; raises OSError where that is not possible."""
    facts = json.dumps(rows.facts)
    write_tensors(path, [tensors_of(rows)], {"facts": facts, "checksum": _checksum(facts, rows)})


def load_chunk(path: Path, *, checked: bool) -> Rows | None:
    """A chunk, mapped; None if there is none; a damaged one counts as none, with a warning.

    checked: compare it with its checksum, which is not needed of one that was written a moment ago.
    """
    if not path.is_file():
        return None
    try:
        (image, label, spacing_mm), head = mapped(path)
        facts = tuple(Facts(*fact) for fact in json.loads(head["facts"]))
        rows = Rows(image, label, spacing_mm, facts)
        damaged = checked and head["checksum"] != _checksum(head["facts"], rows)
    except (SafetensorError, OSError, LookupError, ValueError, TypeError):
        damaged = True
    if damaged:
        warnings.warn(f"{path}: some decoded images are damaged; they are decoded again", stacklevel=2)
        return None
    return rows


def remove_chunks(folder: Path, made: Sequence[Chunk]) -> None:
    """Those of a set that is whole, and whatever lies there for two weeks, as what a kill has left half written."""
    of_set = {chunk.path for chunk in made}
    try:
        for path in folder.iterdir():
            if path in of_set or path.stat().st_mtime < time.time() - FORGOTTEN_S:
                path.unlink()
        folder.rmdir()
    except OSError:
        return  # another process has been here, or is still at work


def _checksum(facts: str, rows: Rows) -> str:
    digest = sha256(facts.encode())
    for tensor in tensors_of(rows):
        digest.update(f"{tuple(tensor.shape)}".encode())
        digest.update(tensor.contiguous().numpy().data)
    return digest.hexdigest()
