"""Which runs of a running study are still to be written."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from segaug.results.mirror.granularity import Key, grouped, key_of
from segaug.results.mirror.publisher import STUDY, Outcome, Publisher
from segaug.results.planned import planned_rows

FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 300.0


class Backlog:
    """Runs to be written: each as soon as all of its planned trials are finished, what remains at the end.

    After a failure it stays quiet for a while, longer each time, so that a server that is away or asks for patience is
    not asked once more for each trial that finishes.
    """

    def __init__(self, publisher: Publisher, clock: Callable[[], float] = time.monotonic) -> None:
        self._publisher, self._clock = publisher, clock
        self._trials = grouped(planned_rows(publisher.store.plan()["trials"]), publisher.granularity)
        self._waiting: set[Key] = set()
        self._wait_s, self._not_before = FIRST_WAIT_S, 0.0

    def catch_up(self) -> None:
        """Write the runs that were complete before this start."""
        self._write(STUDY)
        for key in sorted(self._trials):
            self._consider(key)

    def add(self, trial: Mapping[str, Any]) -> None:
        """A trial has finished: one of its ways of predicting."""
        key = key_of(trial, self._publisher.granularity)
        self._trials.setdefault(key, set()).add(trial["id"])
        self._consider(key)

    def flush(self) -> bool:
        """Write incomplete runs too, and try again what failed, as long as W&B answers.  Is nothing left?"""
        self._waiting.add(STUDY)  # what failed and what is missing is known now
        for key in sorted(self._waiting, key=str):
            if self._write(key).kind == "failed":
                break
        self._publisher.ledger.save()
        return not self._waiting

    def _consider(self, key: Key) -> None:
        finished = len(self._publisher.finished(self._trials[key]))
        if finished:
            self._waiting.add(key)
        if finished == len(self._trials[key]) and self._clock() >= self._not_before:
            self._write(key)

    def _write(self, key: Key) -> Outcome:
        outcome = self._publisher.write(key, self._trials.get(key, ()))
        if outcome.done:
            self._waiting.discard(key)
            self._wait_s = FIRST_WAIT_S
        else:
            self._waiting.add(key)
        if outcome.kind == "failed":
            self._not_before = self._clock() + self._wait_s
            self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S)
        return outcome
