"""Decoded tensors on disk, named by the hash of the files and options they come from.

A changed file or option is another name, so an entry never goes stale; a damaged one is noticed by its checksum.
"""

import json
import warnings
from collections.abc import Sequence
from hashlib import file_digest, sha256
from pathlib import Path

import PIL
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from segaug.data.cases import FileCase
from segaug.data.decode import Decoded
from segaug.data.place import refuse_special
from segaug.data.task import Case
from segaug.files import write_atomic

DECODER = 1  # raise when `pixels.py` or `readers.py` give other tensors for the same files
TENSORS = ("image", "label", "spacing_mm")


def cache_name(
    cases: Sequence[Case], external: Sequence[int], options: dict[str, object], allowed: tuple[int, ...]
) -> str:
    """Name of the entry of these cases, decoded in this way; masks of external cases are not opened here either.

    cases: files, by their content, and generated images, by their recipe.
    """
    unopened = set(external)
    content = []
    for row, case in enumerate(cases):
        if not isinstance(case, FileCase):
            content.append(case.recipe)
            continue
        content.append(_file_hash(case.image_file))
        if row not in unopened and case.mask_file is not None:
            content.append(_file_hash(case.mask_file))
    key = [DECODER, torch.__version__, PIL.__version__, options, allowed, content]
    return sha256(json.dumps(key).encode()).hexdigest() + ".safetensors"


def load_cached(path: Path) -> Decoded | None:
    """The entry, or None if there is none; a damaged one counts as none, with a warning."""
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            head = file.metadata() or {}
            image, label, spacing_mm = (file.get_tensor(name) for name in TENSORS)
            repeated_grey = int(head.get("repeated_grey", 0))  # copies from before tasks had colour do not say
            decoded = Decoded(image, label, spacing_mm, head["content_hash"], repeated_grey)
            damaged = head["checksum"] != _checksum(decoded)
    except (SafetensorError, OSError, KeyError, ValueError):
        damaged = True
    if damaged:
        warnings.warn(f"{path}: the cached copy is damaged; the images are decoded again", stacklevel=2)
        return None
    return decoded


def store_cached(path: Path, decoded: Decoded) -> None:
    """Write the entry; a cache that cannot be written costs time only, so that is a warning."""
    tensors = {name: getattr(decoded, name) for name in TENSORS}
    head = {"content_hash": decoded.content_hash, "checksum": _checksum(decoded)}
    if decoded.repeated_grey:
        head["repeated_grey"] = str(decoded.repeated_grey)
    try:
        write_atomic(path, save(tensors, metadata=head))
    except OSError as error:
        warnings.warn(f"{path}: cannot write the cache of decoded images ({error})", stacklevel=2)


def _checksum(decoded: Decoded) -> str:
    digest = sha256(decoded.content_hash.encode())
    for name in TENSORS:
        tensor = getattr(decoded, name)
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        digest.update(tensor.numpy().data)
    if decoded.repeated_grey:
        digest.update(f"repeated_grey {decoded.repeated_grey}".encode())
    return digest.hexdigest()


def _file_hash(path: Path) -> str:
    refuse_special(path)
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
