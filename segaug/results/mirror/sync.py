"""Bring W&B in line with the records of a study; run again, it writes only what is new."""

import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from segaug.results.mirror.ledger import Ledger
from segaug.results.mirror.publish import Publish, publish_run
from segaug.results.mirror.runs import Run, cell_key, cell_run, run_id, trial_key, trial_run
from segaug.results.store import Store, canonical, read_record
from segaug.results.tracker import Tracker, WandbTracker, is_on

log = logging.getLogger(__name__)
Key = tuple[str | int, ...]  # a cell or a trial, as the granularity says
Outcome = Literal["written", "unchanged", "failed"]


class Publisher:
    """Writes the runs of one study, each content once.  A failure is logged and returned, never raised."""

    def __init__(self, tracker: WandbTracker, store: Store, study: str, publish: Publish) -> None:
        self.tracker, self.store, self.study, self._publish = tracker, store, study, publish
        target = f"{tracker.mode}:{tracker.entity or ''}/{tracker.project}"
        self.ledger = Ledger(store.folder / "wandb" / "ledger.json", target)

    def key(self, trial: Mapping[str, Any]) -> Key:
        """To which run a record, or a trial of the plan, belongs."""
        return cell_key(trial) if self.tracker.granularity == "cell" else trial_key(trial)

    def group(self, trials: Iterable[Mapping[str, Any]]) -> dict[Key, set[str]]:
        """The ids of the trials of each run."""
        groups: dict[Key, set[str]] = {}
        for trial in trials:
            groups.setdefault(self.key(trial), set()).add(trial["id"])
        return groups

    def finished(self, ids: Iterable[str]) -> list[str]:
        """Those that have a record.  A record never changes, so these ids stand for the content of a run."""
        return sorted(trial_id for trial_id in ids if self.store.record_path(trial_id).is_file())

    def write(self, key: Key, ids: Iterable[str]) -> Outcome:
        """Write one run from the records that exist, unless the same was written before."""
        finished, identity = self.finished(ids), run_id(self.study, *key)
        content = sha256(canonical(finished)).hexdigest()[:16]
        if not finished or self.ledger.has(identity, content):
            return "unchanged"
        try:
            self._publish(self._run(finished), self.tracker, self.store.folder)
        except Exception as error:  # whatever W&B raises must end here
            log.warning("%s was not mirrored: %s", "/".join(map(str, key)), describe(error))
            return "failed"
        self.ledger.add(identity, content)
        return "written"

    def _run(self, ids: list[str]) -> Run:
        records = [read_record(self.store.record_path(trial_id)) for trial_id in ids]
        return (
            cell_run(self.study, records) if self.tracker.granularity == "cell" else trial_run(self.study, records[0])
        )


@dataclass(frozen=True)
class Synced:
    """How many runs were written, had been written before, or could not be written."""

    written: int = 0
    unchanged: int = 0
    failed: int = 0


def mirror_study(
    store: Store, tracker: Tracker, study_name: str | None = None, *, publish: Publish = publish_run
) -> Synced:
    """Write all runs of a study from its records alone; delete `<study>/wandb` first to write even what was written."""
    if not is_on(tracker):
        return Synced()
    publisher = Publisher(tracker, store, study_name or store.folder.resolve().name, publish)
    groups = publisher.group(store.records())
    outcomes = [publisher.write(key, ids) for key, ids in sorted(groups.items())]
    publisher.ledger.save()
    return Synced(**{outcome: outcomes.count(outcome) for outcome in ("written", "unchanged", "failed")})


def describe(error: Exception) -> str:
    """Type and message of an error on one line, without the account's key."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    key = os.environ.get("WANDB_API_KEY")
    return text.replace(key, "***") if key else text
