"""Decoded tensors on disk, named by the hash of the files and options they come from, and mapped into memory.

A changed file or option is another name, so an entry never goes stale; a damaged one is noticed by its checksum.  That
is compared when an entry is read, of a large one only if it is not the file that was written, or compared before, by
what the file system says of it: so the workers of a study, and later starts, neither read all of it again nor hold
copies of it.  Pages of the map are read when they are asked for, and shared by all processes until one writes to its
own.  A bit that flips on the disk of such an entry, while size, times and inode stay, is not noticed.
"""

import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import PIL
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from segaug.data.cases import FileCase
from segaug.data.decode import Decoded
from segaug.data.known_files import KnownFiles
from segaug.data.place import MAX_FILE_BYTES
from segaug.data.task import Case
from segaug.files import write_pieces

DECODER = 2  # raise when `pixels.py` or `readers.py` give other tensors for the same files
MAX_PARTED_BYTES = 2**40  # of a file that is read in part; its format bounds what is decoded of it
TENSORS = ("image", "label", "spacing_mm")
SMALL_BYTES = 2**26  # an entry of fewer is compared with its checksum each time: that is done in a moment
HashOf = Callable[[Path, int], str]  # sha256 of a file of at most so many bytes
Content = list[str]  # of a case: what its pixels and its mask come from
Way = dict[str, object]  # the options that decide how they are decoded
_ALIGN = 8  # bytes, of the tensors in a file


def contents(cases: Sequence[Case], external: Sequence[int], hash_of: HashOf) -> list[Content]:
    """What each case comes from: files, by their content, and generated images, by their recipe.

    Masks of external cases are not opened here either.
    """
    unopened = set(external)
    return [_content(case, row not in unopened, hash_of) for row, case in enumerate(cases)]


def _content(case: Case, with_mask: bool, hash_of: HashOf) -> Content:
    if not isinstance(case, FileCase):
        return [case.recipe]
    at_most = MAX_PARTED_BYTES if case.in_parts else MAX_FILE_BYTES
    content = [hash_of(path, at_most) for path in (case.image_file, *case.more_files)]
    content += [case.reading] if case.reading else []
    if with_mask:
        masks = [*([case.mask_file] if case.mask_file else []), *case.more_masks]
        content += [hash_of(path, at_most) for path in masks]
    return content


def name_of(content: Sequence[Content], way: Way, allowed: tuple[int, ...]) -> str:
    """Name of the file that holds cases of these contents, decoded in this way."""
    flat = [text for case in content for text in case]
    key = [DECODER, torch.__version__, PIL.__version__, way, allowed, flat]
    return sha256(json.dumps(key).encode()).hexdigest() + ".safetensors"


def load_cached(path: Path, known: KnownFiles | None = None) -> Decoded | None:
    """The entry, mapped; None if there is none; a damaged one counts as none, with a warning.

    known: what is remembered of large entries.
    """
    if not path.is_file():
        return None
    try:
        (image, label, spacing_mm), head = mapped(path)
        repeated_grey = int(head.get("repeated_grey", 0))  # copies from before tasks had colour do not say
        checksum = head["checksum"]
        decoded = Decoded(image, label, spacing_mm, head["content_hash"], repeated_grey)
        large = known is not None and is_large(path)
        if known is not None and large and known.holds(path, checksum):
            return decoded
        damaged = checksum != _checksum(decoded.content_hash, [tensors_of(decoded)], repeated_grey)
        if known is not None and large and not damaged:
            known.remember(path, checksum)
    except (SafetensorError, OSError, LookupError, ValueError):
        damaged = True
    if damaged:
        warnings.warn(f"{path}: the cached copy is damaged; the images are decoded again", stacklevel=2)
        return None
    return decoded


def is_large(path: Path) -> bool:
    """Is it remembered that this entry is whole?"""
    return path.stat().st_size >= SMALL_BYTES


def mapped(path: Path) -> tuple[list[Tensor], dict[str, str]]:
    """Tensors and header of a file, which is read page by page when they are used."""
    with safe_open(path, framework="pt") as file:
        return [file.get_tensor(name) for name in TENSORS], file.metadata() or {}


def store_cached(path: Path, decoded: Decoded) -> None:
    """Write the entry; a cache that cannot be written costs time only, so that is a warning."""
    try:
        store_parts(path, decoded.content_hash, [tensors_of(decoded)], decoded.repeated_grey)
    except OSError as error:
        warnings.warn(cannot_write(path, error), stacklevel=2)


def cannot_write(path: Path, error: OSError) -> str:
    """What to say then."""
    return f"{path}: cannot write the cache of decoded images ({error})"


def tensors_of(decoded: object) -> list[Tensor]:
    """Those of `Decoded` or of `Rows`, in the order of `TENSORS`."""
    return [getattr(decoded, name) for name in TENSORS]


def store_parts(path: Path, content_hash: str, parts: Sequence[Sequence[Tensor]], repeated_grey: int) -> str:
    """Write the entry of all parts behind each other, none of which need be in memory before its turn.

    Returns its checksum.
    """
    head = {"content_hash": content_hash, "checksum": _checksum(content_hash, parts, repeated_grey)}
    if repeated_grey:
        head["repeated_grey"] = str(repeated_grey)
    write_tensors(path, parts, head)
    return head["checksum"]


def write_tensors(path: Path, parts: Sequence[Sequence[Tensor]], head: dict[str, str]) -> None:
    """A safetensors file of parts behind each other, each (image, label, spacing_mm); whole or not at all."""
    layout: dict[str, object] = {"__metadata__": head}
    end = 0
    for name, pieces in zip(TENSORS, zip(*parts, strict=True), strict=True):
        start, end = end, end + sum(piece.nbytes for piece in pieces)
        layout[name] = {"dtype": "F32", "shape": _shape(pieces), "data_offsets": [start, end]}
    text = json.dumps(layout, separators=(",", ":")).encode()  # as the library writes it
    text += b" " * (-len(text) % _ALIGN)
    write_pieces(path, _bytes(text, parts))


def _bytes(head: bytes, parts: Sequence[Sequence[Tensor]]) -> Iterator[bytes | memoryview]:
    yield len(head).to_bytes(8, "little") + head
    for pieces in zip(*parts, strict=True):
        for piece in pieces:
            yield _data(piece)


def _checksum(content_hash: str, parts: Sequence[Sequence[Tensor]], repeated_grey: int) -> str:
    digest = sha256(content_hash.encode())
    for name, pieces in zip(TENSORS, zip(*parts, strict=True), strict=True):
        digest.update(f"{name} {tuple(_shape(pieces))} {pieces[0].dtype}".encode())
        for piece in pieces:
            digest.update(_data(piece))
    if repeated_grey:
        digest.update(f"repeated_grey {repeated_grey}".encode())
    return digest.hexdigest()


def _shape(pieces: Sequence[Tensor]) -> list[int]:
    return [sum(piece.shape[0] for piece in pieces), *pieces[0].shape[1:]]


def _data(piece: Tensor) -> memoryview:
    return piece.contiguous().numpy().data
