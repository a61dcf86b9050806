"""The local store: one folder a trial, one atomic file in it, no database.

results/<study>/plan.json                       what was asked for, over all runs so far
                trials/<id>/record.json         a finished trial, written once and never changed
                trials/<id>/failure.json        the last failure of a trial that has no record yet
                trials/<id>/weights.safetensors only where asked for
                snapshot.parquet  cases.parquet copies of the records as columns, for reading: see `snapshot`
                cards/<task>/                   what the report shows of a data set
                fit/  report/                   made by `segaug fit` and `segaug report`
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from segaug.errors import DataError
from segaug.files import write_atomic
from segaug.results.record import SCHEMA

RESULTS = Path("results")
Json = dict[str, Any]  # a record is plain JSON; `results/record.py` documents its keys


def canonical(value: object) -> bytes:
    """One spelling for each JSON value, for hashing; NaN and infinities are refused."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def checksum(record: Mapping[str, Any]) -> str:
    """sha256 of a record without its own checksum."""
    return sha256(canonical({key: value for key, value in record.items() if key != "checksum"})).hexdigest()


class Store:
    """Reads and writes the records of one study."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def record_path(self, trial_id: str) -> Path:
        """Where the record of a trial lies."""
        return self.folder / "trials" / trial_id / "record.json"

    def failure_path(self, trial_id: str) -> Path:
        """Where the last failure of a trial lies."""
        return self.folder / "trials" / trial_id / "failure.json"

    def finished(self, trial_id: str) -> bool:
        """Is there a valid record?  A damaged one counts as none: the trial runs again and replaces it."""
        path = self.record_path(trial_id)
        try:
            return path.is_file() and read_record(path)["id"] == trial_id
        except DamagedRecord:
            return False

    def write_record(self, record: Json) -> Json:
        """Add the checksum and write; the trial's failure, if any, is thereby overtaken."""
        record = {**record, "checksum": checksum(record)}
        write_atomic(self.record_path(record["id"]), json.dumps(record, indent=1, allow_nan=False).encode())
        self.failure_path(record["id"]).unlink(missing_ok=True)
        return record

    def write_failure(self, failure: Json) -> None:
        """Keep what went wrong beside the place where the record would be."""
        write_atomic(self.failure_path(failure["id"]), json.dumps(failure, indent=1).encode())

    def record(self, trial_id: str) -> Json:
        """One record; raises DataError if it is missing, damaged or of another schema."""
        return read_record(self.record_path(trial_id))

    def readable_records(self) -> list[Json]:
        """All valid records, by id; damaged ones are left out, because their trials run again and replace them."""
        found = []
        for path in self._files("record.json"):
            with suppress(DamagedRecord):
                found.append(read_record(path))
        return found

    def records(self) -> list[Json]:
        """All valid records, by id.  Raises DataError naming the file if one is damaged or of another schema."""
        return [read_record(path) for path in self._files("record.json")]

    def failures(self) -> list[Json]:
        """Failures of trials that have no record."""
        paths = (path for path in self._files("failure.json") if not path.with_name("record.json").exists())
        return [json.loads(path.read_bytes()) for path in paths]

    def plan(self) -> Json:
        """What was asked for: {"trials": [{"id", "task", "model", "strategy", "size", "seed"}], "skipped": [...]}."""
        path = self.folder / "plan.json"
        if not path.is_file():
            return {"schema": SCHEMA, "trials": [], "skipped": []}
        return _parse(path)

    def write_plan(self, plan: Json) -> None:
        """Replace the plan."""
        write_atomic(self.folder / "plan.json", json.dumps(plan, indent=1).encode())

    def _files(self, name: str) -> Iterator[Path]:
        return iter(sorted((self.folder / "trials").glob(f"*/{name}")))


class DamagedRecord(DataError):
    """A record that is truncated, garbled or does not match its checksum."""


def _parse(path: Path) -> Json:
    fix = "delete it; the same `segaug train` command makes it again"
    try:
        value = json.loads(path.read_bytes())
    except OSError as error:
        raise DataError(file=path, problem=f"cannot be read ({error.strerror})", fix="make it readable") from error
    except ValueError as error:
        raise DamagedRecord(file=path, problem=f"is not valid JSON ({error})", fix=fix) from error
    if not isinstance(value, dict):
        raise DamagedRecord(file=path, problem="is not a JSON object", fix=fix)
    if value.get("schema") != SCHEMA:
        raise DataError(
            file=path,
            problem=f"has schema {value.get('schema')!r}, this segaug reads {SCHEMA}",
            fix="read it with the segaug version that wrote it, or start a new study folder with name=...",
        )
    return value


def read_record(path: Path) -> Json:
    """Read and verify one record."""
    record = _parse(path)
    if record.get("checksum") != checksum(record):
        raise DamagedRecord(file=path, problem="does not match its checksum", fix="delete it and run the study again")
    return record


def find_study(study: str | None) -> Path:
    """Folder of a study: a path, a name under results/, or (None) the one that was written last."""
    if study is not None:
        for folder in (Path(study), RESULTS / study):
            if (folder / "plan.json").is_file():
                return folder
        raise DataError(file=study, problem="is no study folder (no plan.json in it)", fix=f"choose from: {_known()}")
    plans = sorted(RESULTS.glob("*/plan.json"), key=lambda path: path.stat().st_mtime)
    if not plans:
        raise DataError(file=RESULTS, problem="holds no study yet", fix="run `segaug train study=quick` first")
    return plans[-1].parent


def _known() -> str:
    return ", ".join(sorted(path.parent.name for path in RESULTS.glob("*/plan.json"))) or "(none under results/)"
