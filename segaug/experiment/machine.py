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
from segaug.results.store import Json

PACKAGES = ("segaug", "torch", "pytorch-lightning", "monai", "numpy", "scipy", "hydra-core", "omegaconf")
PARTS = ("data", "prepare", "augmentation", "network", "other")


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


def default_workers(device: str) -> int:
    """One worker per core; one in all where trials run on a GPU, which they would only take from each other."""
    if device_of(device).type != "cpu":
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_facts(seconds: Mapping[str, float], device: torch.device) -> Json:
    """The "run" part of a record."""
    parts = {name: round(seconds.get(name, 0.0), 4) for name in PARTS}
    return {
        "seconds": {**parts, "total": round(sum(parts.values()), 4)},
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
