"""Bring what folders hold into one study: records as they are, the first of a trial counts, rivals beside it.

Files appear whole and under their last names alone, and nothing that is there is written again.  So a merge that was
killed is ended by the same merge, and one that was done changes nothing.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from hashlib import sha256
from itertools import groupby
from pathlib import Path

from segaug.errors import DataError
from segaug.files import write_atomic, write_pieces
from segaug.results.beside import BESIDE
from segaug.results.failure import attempts
from segaug.results.gathered import Gathered, Verified
from segaug.results.inside import TRIALS, inside
from segaug.results.plan_pieces import has_plan, of_whole_study
from segaug.results.rivals import keep_rival, same_result
from segaug.results.store import DamagedRecord, Store, read_record

NEW, THERE, RIVAL = "new", "there already", "other results of trials that are there"  # what a record was
_AT_ONCE = 16  # files that wait for the disk
_CHUNK = 2**20  # bytes


def check_places(folders: Sequence[Path], study: Path) -> None:
    """Refuse to merge a folder into itself, into a part of itself, or into something that is no study."""
    into = study.resolve()
    for folder in folders:
        whole = folder.resolve()
        if whole == into or whole in into.parents or into in whole.parents:
            problem = "is the study itself" if whole == into else f"and {study} lie one inside the other"
            raise DataError(file=folder, problem=problem, fix="merge into a folder beside those that are merged")
    if study.exists() and not has_plan(study) and not (study.is_dir() and _is_empty(study)):
        raise DataError(file=study, problem="is there, and no study folder", fix="choose a new one with --into")


def merge(gathered: Sequence[Gathered], study: Path) -> list[Counter[str]]:
    """Copy everything that these folders hold; returns for each of them how many records were NEW, THERE or a RIVAL.

    What was asked of a shard counts as asked of the study as a whole, so that trials of shards that are not here are
    missing from it.  Raises DataError if a file has changed since it was verified; what was copied before stays.
    """
    store = Store(study)
    for source in gathered:
        for piece in source.pieces:
            store.add_plan(of_whole_study(piece, study))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        counts = [_take_all(source, store, pool) for source in gathered]
    for source in gathered:  # after all records: one of them overtakes a failure of another folder
        _take_failures(Store(source.folder), store)
    return counts


def _is_empty(folder: Path) -> bool:
    return next(folder.iterdir(), None) is None


def _take_all(source: Gathered, store: Store, pool: Executor) -> Counter[str]:
    """Folder by folder, trial by trial at the same time: a file waits for the disk, and a trial is in one thread."""
    trials = [list(records) for _, records in groupby(source.records, key=lambda record: record.trial)]
    return Counter(
        outcome
        for outcomes in pool.map(lambda trial: [_take(record, store) for record in trial], trials)
        for outcome in outcomes
    )


def _take(verified: Verified, store: Store) -> str:
    data, target = verified.path.read_bytes(), inside(store.folder, TRIALS, verified.trial, "record.json")
    if sha256(data).digest() != verified.digest:
        raise DataError(file=verified.path, problem="has changed since it was verified", fix="merge again")
    there = target.read_bytes() if target.is_file() else None
    if verified.path.name == target.name and (there is None or there == data):
        for name in BESIDE:
            _take_beside(verified.path.with_name(name), target.with_name(name), again=there is None)
    if there == data:
        return THERE
    return NEW if store.add_record(verified.trial, data) else _take_rival(verified, target, data)


def _take_beside(source: Path, target: Path, *, again: bool) -> None:
    """Before their record: where that is, they are.  again: those that are there may be of another record."""
    if source.is_file() and not source.is_symlink() and (again or not target.exists()):
        write_pieces(target, _chunks(source))


def _chunks(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _take_rival(verified: Verified, target: Path, data: bytes) -> str:
    """Keep a result beside the record, unless it is there, in the record or in one of its rivals."""
    record = read_record(verified.path)
    for path in (target, *sorted(target.parent.glob("other-*.json"))):
        try:
            if same_result(read_record(path), record):
                return THERE
        except DamagedRecord:
            continue
    keep_rival(target, data)
    return RIVAL


def _take_failures(source: Store, store: Store) -> None:
    """Failures of trials that have no record in the study, of each trial the one of most attempts."""
    for failure in source.failures():
        trial = failure["id"]
        if not store.finished(trial) and attempts(failure) > attempts(store.failure(trial)):
            write_atomic(inside(store.folder, TRIALS, trial, "failure.json"), json.dumps(failure, indent=1).encode())
