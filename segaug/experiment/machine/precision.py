"""Does this machine compute in bfloat16 by instructions of its own, or emulate it?"""

from collections.abc import Set
from contextlib import suppress
from pathlib import Path

import torch

from segaug.experiment.machine.devices import device_of

UNITS = {"avx512_bf16": "AVX512-BF16", "amx_bf16": "AMX-BF16"}  # flag of /proc/cpuinfo -> name
_AMPERE = (8, 0)  # capability of the first GPUs that multiply in bfloat16


def cpu_flags(cpuinfo: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """Flags of the first processor; none where the system does not tell."""
    with suppress(OSError):
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("flags"):
                return frozenset(line.partition(":")[2].split())
    return frozenset()


def bfloat16_units(flags: Set[str]) -> tuple[str, ...]:
    """Names of the units that multiply in bfloat16; () where it would be emulated."""
    return tuple(name for flag, name in UNITS.items() if flag in flags)


def emulates_bfloat16(device: str) -> bool:
    """Would a trial in bfloat16 be slower on `device` than one in float32?"""
    used = device_of(device)
    if used.type == "cuda":
        return torch.cuda.get_device_capability(used) < _AMPERE
    return not bfloat16_units(cpu_flags())
