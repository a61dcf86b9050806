"""Show the tables and figures of `segaug fit` and `segaug report` in W&B."""

import json
import logging
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from segaug.results.inside import inside
from segaug.results.mirror.client import LOG, WANDB, describe
from segaug.results.mirror.process import isolate, start, stop
from segaug.results.mirror.publish import Publish, publish_run
from segaug.results.mirror.run import Run, Table, tables_run
from segaug.results.tracker import Tracker, WandbTracker, is_on

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger(__name__)


def log_tables(
    study_folder: Path,
    tracker: Tracker,
    frames: Mapping[str, "pd.DataFrame"],
    figures: Sequence[Path],
    *,
    job_type: Literal["fit", "report"],
    timeout_s: float = 60.0,
    publish: Publish = publish_run,
) -> bool:
    """Write them as one run, replacing the last of this job type.  Never raises; False, after a warning, on failure."""
    if not is_on(tracker):
        return True
    try:
        inside(study_folder, WANDB, LOG)
        tables = {name: _table(frame) for name, frame in frames.items()}
        run = tables_run(study_folder.resolve().name, job_type, tables, [path.resolve() for path in figures])
        if stop(start(_write, run, tracker, study_folder, publish), timeout_s):
            return True
    except Exception as error:  # a table without a JSON form, no process to be had: the caller's work is done already
        log.warning("tracker: %s", describe(error))
    log.warning(
        "tracker: the %s is not in W&B; its files are in %s, see %s/%s/%s",
        job_type,
        study_folder,
        study_folder,
        WANDB,
        LOG,
    )
    return False


def _table(frame: "pd.DataFrame") -> Table:
    """Plain values; NaN becomes null, dates become text."""
    split = json.loads(frame.to_json(orient="split", index=False, double_precision=15, date_format="iso"))
    return Table(columns=[str(column) for column in split["columns"]], rows=split["data"])


def _write(run: Run, tracker: WandbTracker, folder: Path, publish: Publish) -> None:
    """In a process of its own: write the run and end."""
    isolate(inside(folder, WANDB, LOG))
    try:
        publish(run, tracker, folder)
    except Exception as error:  # whatever W&B raises must end here
        log.warning("%s was not mirrored: %s", run.name, describe(error))
        sys.exit(1)
