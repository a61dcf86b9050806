"""What a record says about the machine and the moment it was made on; nothing here decides a result."""

import os
import platform
import resource
import socket
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version

import torch

from segaug.errors import ConfigError
from segaug.results.detail_row import PHASES
from segaug.results.store import Json

PACKAGES = ("segaug", "torch", "pytorch-lightning", "monai", "numpy", "scipy", "hydra-core", "omegaconf")


def device_of(name: str) -> torch.device:
    """The device that a trial runs on; "auto" takes a CUDA device if there is one."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # torch without CUDA raises the latter
        problem = f"{name!r} is not on this machine ({str(error).splitlines()[0][:80]})"
        raise ConfigError(key="device", problem=problem, fix="use auto, cpu, cuda or cuda:1") from error
    return device


def default_workers(device: str, per_gpu: int = 1) -> int:
    """One worker per core; where trials run on GPUs, `per_gpu` on each that `device` stands for."""
    if device_of(device).type != "cpu":
        return per_gpu * max(1, len(places(device)))
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def places(device: str) -> list[dict[str, str]]:
    """For each GPU of this machine, the environment of a worker that is to see no other one; () where none is meant.

    A device that the user named by its number is used as it is.
    """
    if device not in ("auto", "cuda") or not torch.cuda.is_available():
        return []
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    names = visible.split(",") if visible else [str(number) for number in range(torch.cuda.device_count())]
    return [{"CUDA_VISIBLE_DEVICES": name.strip()} for name in names]


def run_facts(seconds: Mapping[str, float], device: torch.device) -> Json:
    """The "run" part of a record, but for its "code"."""
    phases = {name: round(seconds.get(name, 0.0), 4) for name in PHASES}
    return {
        "seconds": {**phases, "total": round(sum(phases.values()), 4)},
        "peak_memory_mib": round(peak_memory_mib(device), 1),
        "device": str(device),
        "host": socket.gethostname(),
        "finished": now(),
        "versions": versions(),
    }


def peak_memory_mib(device: torch.device) -> float:
    """Most memory held so far: of the device on CUDA, else of this process (which may have run other trials before)."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss counts bytes there, KiB elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def now() -> str:
    """The time in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@cache
def versions() -> dict[str, str]:
    """Versions of Python and of the packages that decide numbers."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
