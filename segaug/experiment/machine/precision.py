"""Which precisions the processor computes in by instructions of its own."""

from collections.abc import Set
from contextlib import suppress
from pathlib import Path

UNITS = {"avx512_bf16": "AVX512-BF16", "amx_bf16": "AMX-BF16"}  # flag of /proc/cpuinfo -> name


def cpu_flags(cpuinfo: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """Flags of the first processor; none where the system does not tell."""
    with suppress(OSError):
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("flags"):
                return frozenset(line.partition(":")[2].split())
    return frozenset()


def native_bfloat16(flags: Set[str]) -> tuple[str, ...]:
    """Names of the units that multiply in bfloat16; () where it would be emulated."""
    return tuple(name for flag, name in UNITS.items() if flag in flags)
