"""Which trial of a pack comes next: none that would not be done before the job's time is over."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from segaug.experiment.planned.plan import Planned

SAFETY = 1.3  # trials of one cell differ by early stopping, and share their node with others


@dataclass(frozen=True)
class Entry:
    """A trial of the pack, the hash of its task's content, and how long it is expected to take."""

    planned: Planned
    content_hash: str
    seconds: float


class Allotment:
    """Hands out trials in order; forecasts are corrected by how long the trials so far took.

    The first trials, one for each worker, are started whatever their forecast: a job that is longer than every time
    limit has to be tried once, to be told apart from a forecast that is wrong.
    """

    def __init__(
        self,
        end: float,
        workers: int,
        stopping: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`end` and `clock` in seconds; stopping: has the job been told to end?"""
        self.waiting: list[Entry] = []
        self.end, self.workers, self.stopping, self.clock = end, workers, stopping, clock
        self.given: list[Entry] = []
        self.ratio: float | None = None  # of the time that trials took to that foretold, the worst so far

    def entries(self, offered: Sequence[Entry]) -> Iterator[Entry]:
        """The next trial each time it is asked; ends when none fits, or the job is to stop."""
        self.waiting = list(offered)
        while not self.stopping() and (entry := self._next()):
            self.waiting.remove(entry)
            self.given.append(entry)
            yield entry

    def took(self, entry: Entry, seconds: float) -> None:
        """A trial is done."""
        ratio = seconds / max(entry.seconds, 1e-9)
        self.ratio = ratio if self.ratio is None else max(self.ratio, ratio)

    def had_it_all(self, number: int) -> bool:
        """Was the trial that was given out as this number one of those that started with the job?"""
        return number < self.workers

    def _next(self) -> Entry | None:
        if len(self.given) < self.workers:
            return next(iter(self.waiting), None)
        left = self.end - self.clock()
        return next((entry for entry in self.waiting if self._needs(entry) <= left), None)

    def _needs(self, entry: Entry) -> float:
        return SAFETY * entry.seconds * (1.0 if self.ratio is None else self.ratio)
