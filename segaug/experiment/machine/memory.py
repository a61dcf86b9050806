"""How much memory another process holds, and whether that keeps growing."""

import os
from contextlib import suppress
from pathlib import Path

MOST_GROWTH_MIB = 2048  # since the first job: trials of one study differ by less, a leak does not stop there


class Memory:
    """Watches one process; only Linux tells, elsewhere nothing ever grows."""

    def __init__(self, pid: int | None) -> None:
        self.pid = pid
        self.first_mib: float | None = None

    def has_grown(self) -> bool:
        """Does it hold much more than when this was first asked?"""
        held = resident_mib(self.pid)
        if self.first_mib is None:
            self.first_mib = held
        return held > self.first_mib + MOST_GROWTH_MIB


def resident_mib(pid: int | None) -> float:
    """Memory that a process holds; 0 where that is not known."""
    with suppress(OSError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    return 0.0
