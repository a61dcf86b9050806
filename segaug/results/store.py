"""The local store: one folder a trial, files that are whole or absent in it, no database and no lock.

results/<study>/plan/<digest>.json              what was asked for, one piece a command: see `plan_pieces`
                trials/<id>/record.json         a finished trial, created once and never changed
                trials/<id>/other-<n>.json      a record that came second: see `rivals`
                trials/<id>/damaged-<n>.json    what lay where the record belongs, and was none; or a result that is no
                                                valid record
                trials/<id>/failure.json        the last failure of a trial that has no record yet: see `failure`
                trials/<id>/lease.<g>.json      who works on the trial: see `lease`
                trials/<id>/weights.safetensors, predictions.safetensors
                                                only where asked for: see `beside`
                snapshot.parquet  cases.parquet  details.parquet
                                                copies of the records as columns, for reading: see `snapshot`
                cards/<task>/                   what the report shows of a data set
                fit/  report/                   made by `segaug fit` and `segaug report`
"""

import json
import os
import time
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from segaug.errors import DataError
from segaug.files import create_exclusive, write_atomic
from segaug.json_data import parse_json
from segaug.results.failure import is_failure, next_attempt
from segaug.results.inside import TRIALS, component, inside, trial_folders
from segaug.results.json_file import DamagedRecord, Json, canonical, read_object, read_record, sealed
from segaug.results.left_out import tell
from segaug.results.plan_pieces import add_piece, has_plan, last_asked, read_pieces
from segaug.results.record import SCHEMA, check
from segaug.results.rivals import Rival, keep_invalid, keep_rival, rivals, set_aside

__all__ = ["DamagedRecord", "Json", "Store", "canonical", "find_study", "read_record"]

RESULTS = Path("results")
_LATE_S = 0.5


class Store:
    """Reads and writes the records of one study."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def record_path(self, trial_id: str) -> Path:
        """Where the record of a trial lies."""
        return Path(self.folder, TRIALS, component(trial_id, self.folder), "record.json")

    def failure_path(self, trial_id: str) -> Path:
        """Where the last failure of a trial lies."""
        return Path(self.folder, TRIALS, component(trial_id, self.folder), "failure.json")

    def finished(self, trial_id: str) -> bool:
        """Is there a valid record?  A damaged one counts as none: the trial runs again and replaces it."""
        path = self.record_path(trial_id)
        try:
            return path.is_file() and bool(read_record(path))
        except DamagedRecord:
            return False

    def write_record(self, record: Json) -> Json:
        """Seal and write, unless a valid record is there: that wins, and this one is kept beside it.

        Returns the record that counts, with its checksum.
        Raises DataError if nobody would take it for a record: the trial would run again and again.  It is kept beside.
        """
        path, data = inside(self.folder, TRIALS, record["id"], "record.json"), sealed(record)
        try:
            check(parse_json(data))
        except ValueError as error:
            aside = keep_invalid(path, data)
            fix = "this is a fault of segaug: report it; the result is in that file"
            raise DataError(file=aside, problem=f"is no valid record ({error})", fix=fix) from error
        if not self.add_record(record["id"], data):
            keep_rival(path, data)
            data = path.read_bytes()
        kept: Json = parse_json(data)
        return kept

    def add_record(self, trial_id: str, data: bytes) -> bool:
        """Put the bytes of a valid record in their place; False if a valid record is there: that wins.

        The trial's failure, if any, is thereby overtaken.
        """
        path = inside(self.folder, TRIALS, trial_id, "record.json")
        while not (added := create_exclusive(path, data)) and not self.finished(trial_id):
            if path.exists():
                set_aside(path)
            else:
                time.sleep(_LATE_S)  # the name is taken, but this machine does not see the file yet
        self.failure_path(trial_id).unlink(missing_ok=True)
        return added

    def rivals(self, trial_id: str) -> list[Rival]:
        """Records of the trial that came second."""
        return rivals(self.record_path(trial_id))

    def write_failure(self, failure: Json) -> Json:
        """Keep what went wrong beside the place where the record would be; returns it with its attempt counted."""
        failure = next_attempt({"schema": SCHEMA, **failure}, self.failure(failure["id"]))
        path = inside(self.folder, TRIALS, failure["id"], "failure.json")
        write_atomic(path, json.dumps(failure, indent=1).encode())
        return failure

    def failure(self, trial_id: str) -> Json | None:
        """The last failure of a trial; None if there is none, or it cannot be read."""
        try:
            failure = read_object(self.failure_path(trial_id))
            return failure if is_failure(failure, trial_id) else None
        except DataError:  # it is a note, nothing depends on it
            return None

    def record(self, trial_id: str) -> Json:
        """One record; raises DataError if it is missing, damaged or of another schema."""
        return read_record(self.record_path(trial_id))

    def records(self) -> list[Json]:
        """All valid records, by id.  Raises DataError naming the file if one is damaged or of another schema."""
        return [read_record(path) for path in self._files("record.json")]

    def failures(self) -> list[Json]:
        """Failures of trials that have no record."""
        paths = (path for path in self._files("failure.json") if not path.with_name("record.json").exists())
        return [failure for path in paths if (failure := self.failure(path.parent.name))]

    def plan(self) -> Json:
        """What was asked for, over all commands so far: see `plan_pieces`; pieces that are none are named."""
        plan, left_out = self.plan_and_left_out()
        tell(left_out)
        return plan

    def plan_and_left_out(self) -> tuple[Json, list[DataError]]:
        """The same, and why some of its files do not count, for whoever tells of them himself."""
        return read_pieces(self.folder)

    def add_plan(self, piece: Json) -> None:
        """Add what a command asks for."""
        add_piece(self.folder, piece)

    def _files(self, name: str) -> Iterator[Path]:
        paths = (Path(folder.path, name) for folder in trial_folders(self.folder))
        return iter(sorted(path for path in paths if os.path.lexists(path)))


def find_study(study: str | None) -> Path:
    """Folder of a study: a path, a name under results/, or (None) the one that was asked for something last."""
    if study is not None:
        for folder in (Path(study), RESULTS / study):
            if has_plan(folder):
                return folder
        near = get_close_matches(study, [folder.name for folder in _studies()], n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}? " if near else ""
        raise DataError(file=study, problem="is no study folder (no plan in it)", fix=f"{hint}choose from: {_known()}")
    if not (folders := _studies()):
        raise DataError(file=RESULTS, problem="holds no study yet", fix="run `segaug train study=quick` first")
    return max(folders, key=last_asked)


def _known() -> str:
    return ", ".join(folder.name for folder in _studies()) or "(none under results/)"


def _studies() -> list[Path]:
    return [folder for folder in sorted(RESULTS.glob("*/")) if has_plan(folder)]
