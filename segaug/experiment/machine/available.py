"""How much memory a command may still take: what the system has left, and what its control group allows."""

from contextlib import suppress
from pathlib import Path

ROOT = Path("/")
_FILES = {  # by controllers of a line of /proc/self/cgroup: limit, use, and the line of memory.stat
    "": ("memory.max", "memory.current", "inactive_file"),
    "memory": ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}


def available_mib(root: Path = ROOT) -> float | None:
    """Memory that new processes can hold; None where the system does not tell (only Linux does).

    root: where /proc and /sys lie.
    """
    left = [number for number in (_of_system(root), *_of_groups(root)) if number is not None]
    return min(left) / 2**20 if left else None


def _of_system(root: Path) -> int | None:
    with suppress(OSError, StopIteration):
        lines = (root / "proc/meminfo").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    return None


def _of_groups(root: Path) -> list[int | None]:
    """Bytes left in the control group of this process and in all above it, of version 1 or 2 of the interface.

    Pages of files that nobody has used lately are no obstacle: the kernel drops them.
    """
    left: list[int | None] = []
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controllers in _FILES:
                top = root / "sys/fs/cgroup" / controllers
                folder = top / path.lstrip("/")
                above = [each for each in (folder, *folder.parents) if each.is_relative_to(top)]
                left += [_left(each, *_FILES[controllers]) for each in above]
    return left


def _left(folder: Path, limit: str, use: str, idle: str) -> int | None:
    with suppress(OSError, ValueError):  # "max" is no number: there is no limit
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
        return int((folder / limit).read_text()) - int((folder / use).read_text()) + int(stat.get(idle, 0))
    return None
