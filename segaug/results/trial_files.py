"""What lies in the folders of a study's trials, seen in one pass over their names."""

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from segaug.results.inside import trial_folders
from segaug.results.lease import Seen, look
from segaug.results.rivals import Rival
from segaug.results.store import Json, Store


@dataclass(frozen=True)
class TrialFiles:
    """Names in the folder of each trial that has one; what is asked of them is read only then."""

    store: Store
    names: dict[str, frozenset[str]]

    @classmethod
    def of(cls, store: Store) -> "TrialFiles":
        """Look into every folder."""
        return cls(store, {entry.name: frozenset(os.listdir(entry.path)) for entry in trial_folders(store.folder)})

    def leases(self, trials: Iterable[str]) -> dict[str, Seen]:
        """Leases of these trials that are not known to be over."""
        held = (trial for trial in trials if self._any(trial, "lease."))
        seen = {trial: look(self.store.record_path(trial).parent) for trial in held}
        return {trial: lease for trial, lease in seen.items() if lease is not None and not lease.is_over}

    def failures(self, trials: Iterable[str]) -> dict[str, Json]:
        """Last failures of these trials."""
        failed = (trial for trial in trials if "failure.json" in self.names.get(trial, ()))
        return {trial: failure for trial in failed if (failure := self.store.failure(trial))}

    def rivals(self, finished: Iterable[str]) -> dict[str, list[Rival]]:
        """Records that came second, of finished trials."""
        there = (trial for trial in finished if self._any(trial, "other-"))
        return {trial: rivals for trial in there if (rivals := self.store.rivals(trial))}

    def leftovers(self, finished: Iterable[str]) -> list[Path]:
        """What killed workers have left of finished trials: leases and half-written files, which mean nothing now."""
        return [
            self.store.record_path(trial).with_name(name)
            for trial in finished
            for name in sorted(self.names.get(trial, ()))
            if name.endswith(".part") or name.startswith("lease.")
        ]

    def _any(self, trial: str, start: str) -> bool:
        return any(name.startswith(start) for name in self.names.get(trial, ()))


def count_kinds(failures: Iterable[Json]) -> dict[str, int]:
    """How many failures of each kind, the most frequent first."""
    return dict(Counter(str(failure.get("kind", "error")) for failure in failures).most_common())
