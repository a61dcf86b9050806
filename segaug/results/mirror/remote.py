"""What a W&B project holds of a study."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from segaug.errors import DataError
from segaug.results.mirror.client import Refused, named, require_server
from segaug.results.mirror.run import DataFile
from segaug.results.store import Json

if TYPE_CHECKING:
    import wandb

T = TypeVar("T")
TIMEOUT_S = 30  # of one request; the client repeats what was refused for being too much
PER_PAGE = 500
MAX_BYTES = 2**28  # of a data file that is read back; one of 160 trials with 1,000 test cases each takes 5 MB


@dataclass(frozen=True, kw_only=True, eq=False)
class RemoteRun:
    """A run of a project; `data`: name, length and digest of the file that it must have to be complete."""

    id: str
    study: str
    job_type: str
    content: str
    finished: bool
    data: Json
    handle: "wandb.apis.public.Run"


class Remote:
    """A W&B project.  Raises `Refused` and `Unreachable` with one line that says what W&B said."""

    def __init__(self, entity: str | None, project: str) -> None:
        import wandb

        require_server()
        self._api = _asked(lambda: wandb.Api(timeout=TIMEOUT_S))
        self.entity = entity or self._api.settings["entity"] or str(_asked(lambda: self._api.default_entity))
        self.project = project
        self.path = f"{self.entity}/{self.project}"

    def runs(self, study: str | None = None) -> list[RemoteRun]:
        """The runs of a study, or of all; with their configs, as otherwise each would be asked for on its own.

        Raises DataError where there is no such project.
        """
        wanted = {"config.study": study} if study else {}
        self._api.flush()
        try:
            runs = _asked(lambda: list(self._api.runs(self.path, wanted, per_page=PER_PAGE, lazy=False)))
        except Refused as error:
            if "Could not find project" in str(error):
                raise DataError(
                    file=f"wandb:{self.path}", problem="is no project that this account sees",
                    fix="write it as in its web address, ENTITY/PROJECT",
                ) from error  # fmt: skip
            raise
        return [_remote_run(run) for run in runs if "content" in run.config]

    def runs_if_any(self, study: str) -> list[RemoteRun]:
        """The same, and none where there is no such project yet: the first run makes it, or is told why it must not."""
        try:
            return self.runs(study)
        except DataError:
            return []

    def run(self, run_id: str) -> RemoteRun:
        """One run as it is now."""
        self._api.flush()
        return _remote_run(_asked(lambda: self._api.run(f"{self.path}/{run_id}")))

    def holds(self, run: RemoteRun) -> bool:
        """Is the run's data file there, byte for byte?"""
        wanted = run.data
        files = _asked(lambda: list(run.handle.files(names=[wanted["name"]])))
        return any(
            (file.name, file.size, file.md5) == tuple(wanted[k] for k in ("name", "bytes", "md5")) for file in files
        )

    def download(self, run: RemoteRun) -> bytes:
        """The run's data file; raises DataError where it is not what the run says."""
        place, again = f"wandb:{self.path}/{run.id}", "run `segaug sync STUDY` where the study is"
        if not 0 < run.data.get("bytes", 0) <= MAX_BYTES:
            raise DataError(file=place, problem=f"has a data file of {run.data.get('bytes')} bytes", fix=again)
        with tempfile.TemporaryDirectory() as folder:
            files = _asked(lambda: list(run.handle.files(names=[run.data["name"]])))
            if not files or files[0].size != run.data["bytes"]:
                raise DataError(file=place, problem="is not complete", fix=again)
            _asked(lambda: files[0].download(root=folder, replace=True).close())
            data = (Path(folder) / run.data["name"]).read_bytes()
        if DataFile(name=run.data["name"], data=data).facts() != run.data:
            raise DataError(file=place, problem="has a data file that does not match its digest", fix=again)
        return data


def _asked(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except Exception as error:  # the client raises errors of many kinds
        raise named(error) from error


def _remote_run(run: "wandb.apis.public.Run") -> RemoteRun:
    config = run.config
    return RemoteRun(
        id=run.id,
        study=str(config.get("study")),
        job_type=str(run.job_type),
        content=str(config.get("content")),
        finished=run.state == "finished",
        data=config.get("data") or {},
        handle=run,
    )
