"""Write one run with wandb."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from segaug.results.inside import inside
from segaug.results.mirror.client import WANDB, Unreachable, quiet, require_server
from segaug.results.mirror.run import Run, Table
from segaug.results.tracker import WandbTracker

if TYPE_CHECKING:
    import wandb

Publish = Callable[[Run, WandbTracker, Path], None]  # run, where to, study folder; raises if it was not written

IMAGES = {".png", ".jpg", ".jpeg"}
INIT_TIMEOUT_S = 30.0
FINISH_TIMEOUT_S = 120.0


def publish_run(run: Run, tracker: WandbTracker, study: Path) -> None:
    """Write a run, replacing the one of the same id, with its files below `<study>/wandb`.

    Online, it counts as written when W&B lists it as finished and holds its data file byte for byte.
    """
    folder = inside(study.resolve(), WANDB)
    with quiet(folder):
        _remove_earlier(folder, run.id)
        os.environ["WANDB_DATA_DIR"] = str(folder / "staging" / run.id)  # offline tables wait here for `wandb sync`
        if tracker.mode == "online":
            require_server()
        written = _write(run, tracker, folder)
        if tracker.mode == "online" and run.data:
            _confirm(run, tracker)
        _tidy(written, tracker.mode)


def _write(run: Run, tracker: WandbTracker, folder: Path) -> Path:
    """Returns the folder that wandb made."""
    import wandb

    try:
        with wandb.init(
            id=run.id,
            name=run.name,
            group=run.group,
            job_type=run.job_type,
            tags=run.tags,
            config=run.full_config(),
            project=tracker.project,
            entity=tracker.entity,
            mode="online" if tracker.mode == "online" else "offline",
            dir=folder.parent,
            settings=_settings(),
        ) as live:
            _log(live, run)
    except Exception:
        wandb.teardown(exit_code=1)  # its helper process holds on to the id: a second attempt would find it "in use"
        raise
    return Path(live.dir).parent


def _confirm(run: Run, tracker: WandbTracker) -> None:
    """The client reports success even where the server has lost something."""
    from segaug.results.mirror.remote import Remote

    remote = Remote(tracker.entity, tracker.project)
    mirrored = remote.run(run.id)
    if not (mirrored.finished and mirrored.content == run.content and remote.holds(mirrored)):
        raise Unreachable(f"{run.name}: W&B has not got all of it")


def _log(live: "wandb.Run", run: Run) -> None:
    import wandb

    live.define_metric(run.axis)
    for name in sorted(set().union(*run.history) - {run.axis}):
        live.define_metric(name, step_metric=run.axis)
    for row in run.history:
        live.log(row)
    for name, table in run.tables.items():
        live.log({name: _table(table)})
    for figure in run.figures:
        if figure.suffix.lower() in IMAGES:
            live.log({f"figures/{figure.stem}": wandb.Image(str(figure))})
        else:
            _save(live, figure.name, figure.read_bytes())  # wandb would link it, and see later changes of it
    if run.data:
        _save(live, run.data.name, run.data.data)
    live.summary.update(run.summary)


def _save(live: "wandb.Run", name: str, data: bytes) -> None:
    path = Path(live.dir) / name
    path.write_bytes(data)
    live.save(path, base_path=live.dir, policy="now")


def _table(table: Table) -> "wandb.Table":
    import wandb

    return wandb.Table(columns=list(table.columns), data=list(table.rows), allow_mixed_types=True)  # null: no value


def _settings() -> "wandb.Settings":
    """Nothing but what we log: no console, machine, code, or package lists; and an end to each wait."""
    import wandb

    return wandb.Settings(
        silent=True,
        console="off",
        symlink=False,
        disable_git=True,
        disable_code=True,
        x_disable_stats=True,
        x_disable_meta=True,
        x_disable_machine_info=True,
        x_save_requirements=False,
        init_timeout=INIT_TIMEOUT_S,
        finish_timeout=FINISH_TIMEOUT_S,
        finish_timeout_raises=True,
    )


def _remove_earlier(folder: Path, run_id: str) -> None:
    """Two offline folders of one id would both be uploaded, one over the other."""
    for path in [*folder.glob(f"*run-*-{run_id}"), folder / "staging" / run_id]:
        shutil.rmtree(path, ignore_errors=True)


def _tidy(run_folder: Path, mode: str) -> None:
    """Keep only what `wandb sync` needs: of an uploaded run nothing, of an offline run no debug logs."""
    shutil.rmtree(run_folder if mode == "online" else run_folder / "logs", ignore_errors=True)
