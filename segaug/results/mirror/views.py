"""Put the dashboard of a study into W&B, in the place of the one that was made before."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from segaug.errors import UserError
from segaug.files import write_atomic
from segaug.measures import MEASURES, Quantity, quantity
from segaug.results.inside import inside
from segaug.results.mirror.client import WANDB, named, quiet
from segaug.results.mirror.dashboard import report, require_package, workspace
from segaug.results.mirror.law_runs import law_runs
from segaug.results.mirror.publish import Publish, publish_run
from segaug.results.mirror.publisher import Publisher
from segaug.results.mirror.remote import Remote
from segaug.results.store import Store
from segaug.results.tracker import WandbTracker

if TYPE_CHECKING:
    from wandb_workspaces import workspaces as ws
    from wandb_workspaces.reports import v2 as wr


@dataclass(frozen=True)
class Dashboard:
    """Web addresses of what was made, and how many runs of laws were sent."""

    workspace: str
    report: str
    sent: int


def make_dashboard(
    store: Store, tracker: WandbTracker, fits: pd.DataFrame, points: pd.DataFrame, *, publish: Publish = publish_run
) -> Dashboard:
    """Send the laws as runs, then workspace and report.  fits, points: tables `fits` and `curves` of `segaug fit`.

    Raises UserError where the package is missing, or W&B does not do all of it; doing it again goes on.
    """
    require_package()
    study = store.folder.resolve().name
    with quiet(inside(store.folder, WANDB)):
        remote = Remote(tracker.entity, tracker.project)
        publisher = Publisher(tracker, store, study, publish)
        sent = _send_laws(publisher, remote, fits, points)
        made = _Made(store, remote.path)
        try:
            view = workspace(remote.entity, remote.project, study, publisher.granularity, measured(fits))
            page = made.renew("workspace", view)
            text = made.renew("report", report(remote.entity, remote.project, study, fits))
        except Exception as error:  # the package raises errors of many kinds
            raise named(error) from error
    return Dashboard(page, text, sent)


def measured(fits: pd.DataFrame) -> list[Quantity]:
    """What laws were fitted to and is measured on the test set, structures together, in the order of the list."""
    fitted = {quantity(str(metric)) for metric in fits["metric"].unique()}
    return [overall for measure in MEASURES if (overall := Quantity(measure)) in fitted and measure.part == "test"]


def _send_laws(publisher: Publisher, remote: Remote, fits: pd.DataFrame, points: pd.DataFrame) -> int:
    there = {run.id: run.content for run in remote.runs_if_any(publisher.study) if run.finished}
    sent = 0
    try:
        for run in law_runs(publisher.study, fits, points):
            if there.get(run.id) != run.content:
                publisher.ledger.forget(run.id)
            outcome = publisher.send(run)
            if not outcome.done:
                raise UserError(f"{run.name}: {outcome.problem}")
            sent += outcome.kind == "written"
    finally:
        publisher.ledger.save()
    return sent


class _Made:
    """Remembers the addresses of views, so that a second dashboard replaces the first."""

    def __init__(self, store: Store, target: str) -> None:
        self._path = inside(store.folder, WANDB, "dashboard.json")
        self._all: dict[str, dict[str, str]] = json.loads(self._path.read_bytes()) if self._path.is_file() else {}
        self._urls = self._all.setdefault(target, {})

    def renew(self, kind: str, view: "ws.Workspace | wr.Report") -> str:
        """Save a view over the one of its kind; returns its web address."""
        earlier = self._load(type(view).from_url, self._urls.get(kind))
        if earlier is not None:
            for name in ("sections", "settings", "runset_settings", "blocks", "title"):
                if hasattr(view, name):
                    setattr(earlier, name, getattr(view, name))
            view = earlier
        view.save()
        self._urls[kind] = str(view.url)
        write_atomic(self._path, json.dumps(self._all, indent=1).encode())
        return self._urls[kind]

    @staticmethod
    def _load(
        from_url: "Callable[[str], ws.Workspace | wr.Report]", url: str | None
    ) -> "ws.Workspace | wr.Report | None":
        if url is None:
            return None
        try:
            return from_url(url)
        except (ValueError, TypeError):  # somebody has deleted it
            return None
