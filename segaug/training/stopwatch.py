"""Where the time of a trial goes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch


class Stopwatch:
    """Adds up wall-clock seconds by name; nested names are taken out of the outer one: the parts sum to the whole."""

    def __init__(self, device: torch.device | str = "cpu") -> None:
        self.seconds: dict[str, float] = {}
        self._cuda = torch.device(device).type == "cuda"
        self._open: list[tuple[str, float, float]] = []  # name, start, seconds spent in nested names

    def start(self, name: str) -> None:
        """Begin to count to `name`."""
        self._open.append((name, self._now(), 0.0))

    def stop(self) -> None:
        """End what was started last."""
        name, start, nested = self._open.pop()
        took = self._now() - start
        self.seconds[name] = self.seconds.get(name, 0.0) + took - nested
        if self._open:
            outer, outer_start, outer_nested = self._open[-1]
            self._open[-1] = outer, outer_start, outer_nested + took

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Count what happens inside to `name`."""
        self.start(name)
        try:
            yield
        finally:
            self.stop()

    def _now(self) -> float:
        if self._cuda:
            torch.cuda.synchronize()  # else queued work is counted where somebody waits for it
        return time.perf_counter()
