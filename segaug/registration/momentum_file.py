"""One registered pair in one small file: safetensors for the momentum, a JSON header for what it means.

A header names the space of the momentum and both images, so that momenta which cannot be mixed are told apart.
"""

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from math import isfinite
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from segaug.errors import DataError
from segaug.files import write_atomic
from segaug.json_data import parse_json
from segaug.registration.modes import Modes

FORMAT = "segaug momentum 1"  # the number is the version

Affine = tuple[tuple[float, float, float], tuple[float, float, float]]


@dataclass(frozen=True)
class ImageId:
    """Which image: its name is for people, the sha256 of its pixels decides."""

    name: str
    sha256: str


@dataclass(frozen=True)
class StoredMomentum:
    """What a file holds: the momentum that carries one image onto another."""

    momentum: Tensor  # (2, n, n), whitened
    modes: Modes
    moving: ImageId
    fixed: ImageId
    guard_factor: float
    objective: float
    affine: Affine | None = None  # applied after the deformation; see `Registered`


def save_momentum(path: Path, stored: StoredMomentum, dtype: torch.dtype = torch.float16) -> None:
    """Write a file of about 2 KB; half precision moves no point by more than a hundredth of a pixel."""
    momentum = stored.momentum.detach().to("cpu", dtype).contiguous()
    facts = json.dumps({name: value for name, value in asdict(stored).items() if name != "momentum"}, allow_nan=False)
    head = {"format": FORMAT, "facts": facts, "checksum": _checksum(facts, momentum)}
    write_atomic(path, save({"momentum": momentum}, metadata=head))


def load_momentum(path: Path) -> StoredMomentum:
    """Read and check a file; the momentum is float32."""
    try:
        with safe_open(path, framework="pt") as file:
            head: dict[str, str] = file.metadata() or {}
            if (found := head.get("format", "")) != FORMAT:
                raise _refused(path, _foreign(found))
            momentum, facts = file.get_tensor("momentum"), head["facts"]
        if head["checksum"] != _checksum(facts, momentum):
            raise _refused(path, "is damaged: its checksum differs")
        stored = _stored(momentum, parse_json(facts))
    except FileNotFoundError:
        raise _refused(path, "is missing") from None
    except (SafetensorError, OSError, LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _refused(path, f"is no momentum file, or a damaged one ({error})") from error
    if stored.momentum.shape != stored.modes.shape:
        raise _refused(path, f"holds a momentum of shape {tuple(stored.momentum.shape)}, not {stored.modes.shape}")
    if not stored.momentum.isfinite().all():
        raise _refused(path, "holds a momentum with NaN or infinite values")
    return stored


def _refused(path: Path, problem: str) -> DataError:
    return DataError(file=path, problem=problem, fix="register the pair again with `segaug register`")


def _foreign(found: str) -> str:
    if found.startswith(FORMAT.rpartition(" ")[0]):
        return f"is of the format {found!r}; this segaug reads {FORMAT!r}"
    return "is a safetensors file, but no momentum file"


def _stored(momentum: Tensor, facts: dict[str, Any]) -> StoredMomentum:
    """The momentum and its facts, as `save_momentum` took them apart."""
    affine = facts["affine"] and tuple(map(tuple, facts["affine"]))
    images = {name: ImageId(**facts[name]) for name in ("moving", "fixed")}
    modes = Modes(**{**facts["modes"], "size": tuple(facts["modes"]["size"])})
    whole, real = (*modes.size, modes.k), (modes.ell, modes.s, facts["guard_factor"], facts["objective"])
    if len(modes.size) != 2 or not all(type(number) is int and 0 < number < 2**31 for number in whole):
        raise ValueError(f"no size and number of modes: {whole}")
    if not all(type(number) in (int, float) and isfinite(number) for number in (*real, *sum(affine or (), ()))):
        raise ValueError("numbers that are none")
    return StoredMomentum(**{**facts, **images, "momentum": momentum.float(), "modes": modes, "affine": affine})


def _checksum(facts: str, momentum: Tensor) -> str:
    data = momentum.contiguous().view(-1).view(torch.uint8).numpy().tobytes()
    return sha256(f"{facts} {momentum.dtype} ".encode() + data).hexdigest()
