"""What a record says about the machine and the moment it was made on; nothing here decides a result."""

import platform
import resource
import socket
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version

import torch

from segaug.results.detail_row import PHASES
from segaug.results.store import Json

PACKAGES = ("segaug", "torch", "pytorch-lightning", "monai", "numpy", "scipy", "hydra-core", "omegaconf")


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
