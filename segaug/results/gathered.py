"""What folders of a study hold that lie apart, before they are merged: every record verified, and what does not agree.

Nothing is written here, so that a merge that cannot be done has changed nothing.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from segaug.errors import DataError
from segaug.results.card_folder import card_folders
from segaug.results.inside import trial_folders
from segaug.results.keys import EXPERIMENT
from segaug.results.plan_pieces import whole_pieces
from segaug.results.snapshot import Snapshot
from segaug.results.store import Json, read_record

Facts = tuple[str, str, str, str, str, str]  # of a record: EXPERIMENT and code
Place = tuple[str, ...]  # a task, or a curve


@dataclass(frozen=True)
class Verified:
    """A file that holds a valid record of the trial whose folder it lies in; digest: of its bytes."""

    trial: str
    path: Path
    digest: bytes


@dataclass
class Gathered:
    """One folder: valid records, a trial's own before its rivals; their facts; what is left out, and why; the plan."""

    folder: Path
    records: list[Verified] = field(default_factory=list)
    facts: Counter[Facts] = field(default_factory=Counter)
    left_out: list[str] = field(default_factory=list)
    pieces: list[Json] = field(default_factory=list)

    @property
    def trials(self) -> set[str]:
        """Those that have a record."""
        return {record.trial for record in self.records}


@dataclass(frozen=True)
class Conflict:
    """Records of one task or curve that say different things of what was done; holders: value -> folder -> trials."""

    place: Place
    holders: dict[str, dict[Path, int]]

    def __str__(self) -> str:
        held = (
            f"{value or 'unknown'} ({', '.join(f'{count} in {folder}' for folder, count in folders.items())})"
            for value, folders in self.holders.items()
        )
        return f"{' / '.join(self.place)}: {', '.join(held)}"


def gather(folder: Path) -> Gathered:
    """Read and verify everything that a folder has to give; raises DataError where that lies behind a link."""
    gathered = Gathered(folder)
    gathered.pieces, damaged = whole_pieces(folder)
    gathered.left_out += map(str, damaged)
    card_folders(folder)  # refuses links, before anything is copied
    for trial in sorted(Path(entry.path) for entry in trial_folders(folder)):
        facts = None
        for path in _records(trial):
            try:
                verified, own = _verified(trial.name, path)
            except (DataError, OSError) as error:
                gathered.left_out.append(str(error))
                continue
            gathered.records.append(verified)
            facts = facts or own
        if facts:
            gathered.facts[facts] += 1
    return gathered


def facts_of_study(folder: Path) -> Counter[Facts]:
    """Of the records that a study holds already, from its columns."""
    table = Snapshot(folder, quiet=True).plain_trials()
    return Counter(table[[*EXPERIMENT, "code"]].itertuples(index=False, name=None))


def conflicts(facts: Iterable[tuple[Path, Counter[Facts]]], what: str) -> list[Conflict]:
    """Where trials disagree; what: "data" within a task, "protocol" or "code" within a curve."""
    places: dict[Place, dict[str, dict[Path, int]]] = {}
    for folder, counts in facts:
        for (task, model, strategy, data, protocol, code), count in counts.items():
            place, value = {
                "data": ((task,), data),
                "protocol": ((task, model, strategy), protocol),
                "code": ((task, model, strategy), code),
            }[what]
            holders = places.setdefault(place, {}).setdefault(value, {})
            holders[folder] = holders.get(folder, 0) + count
    return [Conflict(place, holders) for place, holders in sorted(places.items()) if len(holders) > 1]


def _records(trial: Path) -> Iterator[Path]:
    """What may be a record of a trial, the one that counts first."""
    names = sorted(os.listdir(trial))
    yield from (trial / name for name in names if name == "record.json")
    yield from (trial / name for name in names if name.startswith("other-") and name.endswith(".json"))


def _verified(trial: str, path: Path) -> tuple[Verified, Facts]:
    record = read_record(path)
    task, model, strategy, data, protocol = (str(record[name]) for name in EXPERIMENT)
    code = str((record["run"].get("code") or {}).get("hash") or "")
    return Verified(trial, path, sha256(path.read_bytes()).digest()), (task, model, strategy, data, protocol, code)
