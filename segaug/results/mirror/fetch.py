"""Read a study back from W&B: the same trials as in the local store, number by number."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow as pa

from segaug.errors import DataError
from segaug.name import is_name
from segaug.results.case_errors import CaseErrors
from segaug.results.columns import case_errors
from segaug.results.keys import CURVE
from segaug.results.mirror.client import quiet
from segaug.results.mirror.data_file import cases_of, no_trials, one_table, read_plan, read_trials, rows_of
from segaug.results.mirror.granularity import GRANULARITIES
from segaug.results.mirror.remote import Remote, RemoteRun

PREFIX = "wandb:"
_AT_ONCE = 8  # downloads
_NAMES = ("id", *CURVE)


@dataclass(frozen=True, eq=False)
class MirroredStudy:
    """A study as W&B holds it; a source of trials like `Snapshot`."""

    name: str
    planned: pd.DataFrame  # see `results.planned`
    runs: int
    _rows: pa.Table = field(repr=False)  # by id

    def trials(self) -> pd.DataFrame:
        """One row a trial, by id; columns: as `trial_row` makes them, in the order of `in_order`."""
        return rows_of(self._rows)

    def cases(self, key: str) -> dict[str, CaseErrors]:
        """The measure of this key on each test case, by trial id, of the trials that have it."""
        return case_errors(cases_of(self._rows), key)


def fetch_study(address: str, study: str | None = None) -> MirroredStudy:
    """Read a study.  address: wandb:ENTITY/PROJECT; study: needed where the project holds several.

    Raises DataError where the project or the study is not there or not complete, UserError where W&B cannot be asked.
    """
    entity, project = _parts(address)
    with TemporaryDirectory() as folder, quiet(Path(folder)):
        remote = Remote(entity, project)
        runs = [run for run in remote.runs(study) if run.job_type in (*GRANULARITIES, "study")]
        name = _only_study(runs, study, address)
        return _read(remote, name, runs)


def _read(remote: Remote, name: str, runs: Sequence[RemoteRun]) -> MirroredStudy:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        files = dict(zip((run.id for run in runs), pool.map(remote.download, runs), strict=True))
    plans = [run for run in runs if run.job_type == "study"]
    if not plans:
        raise DataError(
            file=f"{PREFIX}{remote.path}", problem=f"does not say what {name} planned", fix=f"run `segaug sync {name}`"
        )
    planned = read_plan(files[plans[0].id], f"{PREFIX}{remote.path}/{plans[0].id}")
    tables = [read_trials(files[run.id], f"{PREFIX}{remote.path}/{run.id}") for run in runs if run not in plans]
    rows = _once(tables)
    names = {name, *(value for key in _NAMES for value in (*planned[key], *rows[key].to_pylist()))}
    if odd := sorted(value for value in names if not is_name(value)):
        fix = "send it again with `segaug sync`, from a study whose names are printable"
        raise DataError(
            file=f"{PREFIX}{remote.path}", problem=f"holds a name with a control character: {odd[0]!r}", fix=fix
        )
    return MirroredStudy(name, planned, len(runs), rows)


def _once(tables: Iterable[pa.Table]) -> pa.Table:
    """Each trial once, by id: a project may hold a study at two granularities."""
    table = one_table([no_trials(), *tables])
    rows: Mapping[str, int] = {trial: row for row, trial in enumerate(table["id"].to_pylist())}
    return table.take(pa.array([rows[trial] for trial in sorted(rows)], pa.int64()))


def _parts(address: str) -> tuple[str, str]:
    entity, _, project = address.removeprefix(PREFIX).partition("/")
    if not (address.startswith(PREFIX) and entity and project) or "/" in project:
        raise DataError(file=address, problem="names no W&B project", fix=f"write it as {PREFIX}ENTITY/PROJECT")
    return entity, project


def _only_study(runs: Sequence[RemoteRun], study: str | None, address: str) -> str:
    names = sorted({run.study for run in runs})
    if not names:
        what = f"holds no study {study}" if study else "holds no study"
        raise DataError(file=address, problem=what, fix="run `segaug sync STUDY` where the study is")
    if len(names) > 1:
        raise DataError(file=address, problem="holds several studies", fix=f"choose with --study: {', '.join(names)}")
    return names[0]
