"""What a table of speeds was measured on."""

import platform
from dataclasses import dataclass
from importlib.metadata import version
from os import cpu_count, getloadavg
from pathlib import Path

INSTRUCTIONS = {"AVX2": "avx2", "AVX512": "avx512f", "AVX512-BF16": "avx512_bf16", "AMX-BF16": "amx_bf16"}


@dataclass(frozen=True)
class Processor:
    """Its name, and those of `INSTRUCTIONS` that it has; None where the system does not tell."""

    name: str
    has: tuple[str, ...] | None

    @property
    def native_bfloat16(self) -> bool:
        return self.has is not None and bool({"AVX512-BF16", "AMX-BF16"} & set(self.has))

    def __str__(self) -> str:
        if self.has is None:
            return f"{self.name}, instruction sets not known"
        lacks = [name for name in INSTRUCTIONS if name not in self.has]
        return f"{self.name}, with {', '.join(self.has) or 'none'}" + f"; without {', '.join(lacks)}" * bool(lacks)


def processor(file: Path = Path("/proc/cpuinfo")) -> Processor:
    """Of this machine, as Linux tells it."""
    try:
        lines = [line.partition(":") for line in file.read_text().splitlines()]
    except OSError:
        return Processor(platform.processor() or platform.machine(), None)
    told = {name.strip(): value.strip() for name, _, value in reversed(lines)}
    if "flags" not in told:
        return Processor(platform.machine(), None)
    flags = set(told["flags"].split())
    family = f"family {told.get('cpu family', '?')} model {told.get('model', '?')}"
    name = f"{told.get('model name', platform.machine())} ({family})"
    return Processor(name, tuple(name for name, flag in INSTRUCTIONS.items() if flag in flags))


def machine() -> str:
    """The lines that stand above the table."""
    return "\n".join(
        [
            f"{processor()}",
            f"{cpu_count()} cores, load {getloadavg()[0]:.1f}; torch {version('torch')}, one thread; CPU time",
        ]
    )
