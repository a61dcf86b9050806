"""Bring W&B in line with the records of a study; run again, it writes only what is new or broken."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from segaug.results.inside import inside
from segaug.results.keys import TRIAL_KEY
from segaug.results.mirror.client import WANDB, quiet
from segaug.results.mirror.granularity import Key, grouped
from segaug.results.mirror.publish import Publish, publish_run
from segaug.results.mirror.publisher import STUDY, Outcome, Publisher
from segaug.results.mirror.remote import Remote
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store
from segaug.results.tracker import WandbTracker

ATTEMPTS = 4  # for each run; the client itself repeats requests for half a minute
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 60.0
GIVE_UP_AFTER = 3  # runs in a row that could not be written: the rest would only wait in vain
Progress = Callable[[int, int, Outcome], None]  # runs looked at, of how many, how the last one ended


@dataclass(frozen=True)
class Synced:
    """What became of the runs of a study."""

    counts: Counter[str] = field(default_factory=Counter)  # by kind of outcome, and "left": not tried any more
    problems: Mapping[str, str] = field(default_factory=dict)  # of runs, by name: what W&B said
    only_remote: int = 0  # runs of this study in W&B that no record stands for; they are left alone
    path: str = ""  # ENTITY/PROJECT, online

    @property
    def complete(self) -> bool:
        """Is everything in W&B?"""
        return not (self.counts["failed"] or self.counts["refused"] or self.counts["left"])


def sync_study(
    store: Store,
    tracker: WandbTracker,
    study: str | None = None,
    *,
    publish: Publish = publish_run,
    progress: Progress = lambda *_: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Synced:
    """Write all runs of a study from its records alone.

    Online, what W&B holds is asked first, so that nothing is sent twice and what is broken is sent again; offline, the
    ledger tells what was written.  A damaged record counts as none.  Raises UserError where W&B cannot be
    asked.
    """
    publisher = Publisher(tracker, store, study or store.folder.resolve().name, publish)
    trials = Snapshot(store.folder).trials()
    columns = (trials[name].tolist() for name in TRIAL_KEY)
    rows = (dict(zip(TRIAL_KEY, row, strict=True)) for row in zip(*columns, strict=True))
    groups: dict[Key, set[str]] = {**grouped(rows, publisher.granularity), STUDY: set()}
    with quiet(inside(store.folder, WANDB)):
        remote = _Checked(publisher) if tracker.mode == "online" else None
        try:
            synced = _write_all(publisher, groups, remote, progress, sleep)
        finally:
            publisher.ledger.save()
    return synced


def _write_all(
    publisher: Publisher, groups: Mapping[Key, set[str]], remote: "_Checked | None", progress: Progress,
    sleep: Callable[[float], None],
) -> Synced:  # fmt: skip
    counts: Counter[str] = Counter()
    problems: dict[str, str] = {}
    in_vain = 0
    for place, (key, ids) in enumerate(groups.items(), start=1):
        if remote:
            remote.check(key, ids)
        outcome = _persist(lambda: publisher.write(key, ids), sleep)  # noqa: B023  # called at once
        progress(place, len(groups), outcome)
        counts[outcome.kind] += 1
        if not outcome.done:
            problems["/".join(map(str, key))] = outcome.problem
        in_vain = in_vain + 1 if outcome.kind == "failed" else 0
        if in_vain == GIVE_UP_AFTER:
            counts["left"] = len(groups) - place
            break
    beyond = remote.beyond(groups) if remote else 0
    return Synced(counts, problems, beyond, remote.path if remote else "")


def _persist(write: Callable[[], Outcome], sleep: Callable[[float], None]) -> Outcome:
    """Try again after growing waits, of random length so that many processes do not come back at once."""
    for attempt in range(ATTEMPTS - 1):
        outcome = write()
        if outcome.kind != "failed":
            return outcome
        sleep(min(FIRST_WAIT_S * 2**attempt, LONGEST_WAIT_S) * random.uniform(0.5, 1.0))
    return write()


class _Checked:
    """Compares the ledger with what W&B holds, run by run."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._remote = Remote(publisher.tracker.entity, publisher.tracker.project)
        self._runs = {run.id: run for run in self._remote.runs_if_any(publisher.study)}
        self.path = self._remote.path

    def check(self, key: Key, ids: Iterable[str]) -> None:
        """Make the ledger say of this run what is true."""
        publisher, run_id = self._publisher, self._publisher.run_id(key)
        content, run = publisher.content(key, ids), self._runs.get(run_id)
        right = run is not None and run.finished and run.content == content
        if right and run is not None and not publisher.ledger.has(run_id, content):
            right = self._remote.holds(run)  # one more request, for what this machine has not written itself
        if right:
            publisher.ledger.add(run_id, content)
        else:
            publisher.ledger.forget(run_id)

    def beyond(self, groups: Iterable[Key]) -> int:
        """How many runs of this study and granularity stand for no record."""
        known = {self._publisher.run_id(key) for key in groups}
        kind = self._publisher.granularity
        return sum(run.id not in known and run.job_type == kind for run in self._runs.values())
