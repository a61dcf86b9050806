"""Writes the runs of one study, each content once."""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, cast

from segaug.results.by_way import of_row
from segaug.results.inside import inside
from segaug.results.mirror.client import WANDB, Refused, named
from segaug.results.mirror.granularity import Granularity, Key
from segaug.results.mirror.ledger import Ledger
from segaug.results.mirror.publish import Publish
from segaug.results.mirror.run import Run, content_of, run_id
from segaug.results.mirror.runs import plan_content, run_of, study_run
from segaug.results.planned import planned_trials
from segaug.results.store import Store
from segaug.results.tracker import WandbTracker
from segaug.ways import plain_row

log = logging.getLogger(__name__)
STUDY: Key = ("study",)  # the run that says what was asked for
RUNS_PER_S = 5.0  # W&B allows a project some tens of new runs a second, shared by all who write to it


@dataclass(frozen=True)
class Outcome:
    """How an attempt to write a run ended; problem: what W&B said."""

    kind: Literal["written", "unchanged", "failed", "refused"]
    problem: str = ""

    @property
    def done(self) -> bool:
        """Is the run in W&B?"""
        return self.kind in ("written", "unchanged")


class Publisher:
    """A failure is logged and returned, never raised."""

    def __init__(self, tracker: WandbTracker, store: Store, study: str, publish: Publish) -> None:
        self.tracker, self.store, self.study, self._publish = tracker, store, study, publish
        self.granularity = cast(Granularity, tracker.granularity)  # the tracker has checked it
        target = f"{tracker.mode}:{tracker.entity or ''}/{tracker.project}"
        self.ledger = Ledger(inside(store.folder, WANDB, "ledger.json"), target)
        self._next = 0.0  # monotonic time before which no further run is begun

    def run_id(self, key: Key) -> str:
        """The id of a run in W&B."""
        return run_id(self.study, *key)

    def content(self, key: Key, ids: Iterable[str]) -> str:
        """Names what the run holds; "" where it would be empty.  ids: of finished trials."""
        if key == STUDY:
            return plan_content(planned_trials(self.store))
        finished = list(ids)
        return content_of(finished) if finished else ""

    def finished(self, ids: Iterable[str]) -> list[str]:
        """Those that have a record.  ids: of rows, one for each way of predicting."""
        return sorted(row for row in ids if self.store.record_path(plain_row(row)[0]).is_file())

    def write(self, key: Key, ids: Iterable[str] = ()) -> Outcome:
        """Write one run from the records that exist, unless the same was written before."""
        finished = self.finished(ids)
        content = self.content(key, finished)
        if not content:
            return Outcome("unchanged")
        return self._send(self.run_id(key), content, "/".join(map(str, key)), lambda: self._run(key, finished))

    def send(self, run: Run) -> Outcome:
        """Write a run that is at hand, unless the same was written before."""
        return self._send(run.id, run.content, run.name, lambda: run)

    def _send(self, identity: str, content: str, name: str, make: Callable[[], Run]) -> Outcome:
        if self.ledger.has(identity, content):
            return Outcome("unchanged")
        self._pace()
        try:
            self._publish(make(), self.tracker, self.store.folder)
        except Exception as error:  # whatever W&B raises must end here
            cause = named(error)
            log.warning("%s was not mirrored: %s", name, cause)
            return Outcome("refused" if isinstance(cause, Refused) else "failed", str(cause))
        self.ledger.add(identity, content)
        return Outcome("written")

    def _pace(self) -> None:
        if self.tracker.mode == "online":
            time.sleep(max(0.0, self._next - time.monotonic()))
            self._next = time.monotonic() + 1 / RUNS_PER_S

    def _run(self, key: Key, ids: Iterable[str]) -> Run:
        if key == STUDY:
            return study_run(self.study, planned_trials(self.store))
        records = [of_row(self.store.record(plain_row(row)[0]), row) for row in ids]
        return run_of(self.study, self.granularity, records)
