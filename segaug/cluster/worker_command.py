"""How a job starts our worker, whatever scheduler has sent it."""

import sys

from segaug.cluster.scheduler import Array


def worker_command(array: Array) -> list[str]:
    """Words of the command; the number of the pack is to follow: `array.first` and the place in the array together."""
    return [sys.executable, "-u", "-m", "segaug.cluster.worker", str(array.folder)]
