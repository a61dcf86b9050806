"""One artefact in one file: safetensors whose metadata say what it is, and whether it is whole."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from segaug.augment.artefact import Artefact, Content
from segaug.errors import DataError
from segaug.json_data import parse_json

FORMAT = 1
_HEADER = ("format", "kind", "key", "facts")  # metadata, each in JSON


class DamagedArtefact(DataError):
    """A file that is truncated, garbled or does not match its checksum."""

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(file=file, problem=problem, fix="it is made again")


def encode(artefact: Artefact, content: Content) -> bytes:
    """The file's bytes."""
    header = {"format": FORMAT, "kind": artefact.kind, "key": artefact.key, "facts": content.facts}
    texts = {name: json.dumps(value, sort_keys=True, allow_nan=False) for name, value in header.items()}
    # Cloned, because two tensors of one storage (tied weights) cannot be saved.
    tensors = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in content.tensors.items()}
    return save(tensors, metadata={**texts, "checksum": _checksum(texts, tensors)})


def read(path: Path, artefact: Artefact) -> Content:
    """The content of a file that must be `artefact`'s.

    Raises DamagedArtefact if it is not whole, and DataError if it holds something else.
    """
    header, tensors = _opened_whole(path)
    for name, asked in (("format", FORMAT), ("kind", artefact.kind), ("key", json.loads(json.dumps(artefact.key)))):
        held = header[name]
        if held != asked:
            problem = f"holds an artefact of {name} {_difference(held, asked)}"
            raise DataError(file=path, problem=problem, fix="move it away; what was asked for is made again")
    return Content(tensors, header["facts"])


def _opened_whole(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """As `_opened`, of a file that somebody may replace meanwhile: safetensors opens it twice."""
    while True:
        file = _which(path)
        try:
            return _opened(path)
        except DamagedArtefact:
            if _which(path) == file:
                raise


def _which(path: Path) -> tuple[int, int] | None:
    """Tells a file from the one that takes its place; None: there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def _opened(path: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # not a dict
        header = {name: metadata[name] for name in _HEADER}
        parsed = {name: parse_json(text) for name, text in header.items()}
        facts = parsed["facts"]
        if (
            not isinstance(facts, dict)
            or not isinstance(facts.get("failed"), str | None)
            or not isinstance(facts.get("unfinished", False), bool)
        ):
            raise ValueError("its facts are no facts")
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise DamagedArtefact(path, f"cannot be read ({error})") from error
    if metadata.get("checksum") != _checksum(header, tensors):
        raise DamagedArtefact(path, "does not match its checksum")
    return parsed, tensors


def _checksum(header: dict[str, str], tensors: dict[str, Tensor]) -> str:
    digest = sha256(json.dumps(header, sort_keys=True).encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


def _difference(held: object, asked: object) -> str:
    """Both values; of two keys, only the entries that differ."""
    if isinstance(held, dict) and isinstance(asked, dict):
        names = [name for name in {**held, **asked} if held.get(name) != asked.get(name)]
        held, asked = ({name: part.get(name) for name in names} for part in (held, asked))
    return f"{held!r}, asked for was {asked!r}"
