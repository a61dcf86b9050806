"""Mirror a study to W&B while it runs."""

import logging
import multiprocessing
import sys
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

from segaug.results.by_way import by_way
from segaug.results.inside import inside
from segaug.results.keys import TRIAL_KEY
from segaug.results.mirror.client import LOG, WANDB, describe
from segaug.results.mirror.process import isolate, start, stop
from segaug.results.mirror.publish import Publish, publish_run
from segaug.results.store import Store
from segaug.results.tracker import Tracker, WandbTracker, is_on

log = logging.getLogger(__name__)
Trial = dict[str, Any]  # id, task, model, strategy, size, seed: where to find a record, and to which run it belongs


class Mirror:
    """The parent's end: told about finished trials, it hands them over and returns at once, whatever happens beyond."""

    def __init__(self, process: BaseProcess | None, queue: "Queue[Trial | None] | None", log_file: Path) -> None:
        self._process, self._queue, self._log_file = process, queue, log_file

    def put(self, record: Mapping[str, Any]) -> None:
        """A record was written to the store."""
        for one in by_way(record):
            self._send({key: one.get(key) for key in TRIAL_KEY})

    def close(self, timeout_s: float = 60.0) -> bool:
        """Wait at most so long (and 2 s for a kill) until all is mirrored.  False, with a warning, if it is not."""
        if self._process is None:
            return True
        self._send(None)
        complete = stop(self._process, timeout_s)
        if not complete:
            log.warning(
                "not all of it is in W&B; nothing is lost: `segaug sync %s` sends the rest (cause: %s)",
                self._log_file.parents[1], self._log_file,
            )  # fmt: skip
        self._process = self._queue = None
        return complete

    def _send(self, message: Trial | None) -> None:
        if self._queue is None:
            return
        try:
            self._queue.put(message)  # a thread of the queue does the writing: this returns at once
        except Exception as error:  # the promise to the harness: never raises
            log.warning("tracker: a trial could not be handed over (%s)", describe(error))


def start_mirror(tracker: Tracker, store: Store, study_name: str, *, publish: Publish = publish_run) -> Mirror:
    """Start mirroring; write the plan first.  What an earlier run left behind is caught up with."""
    log_file = store.folder / WANDB / LOG
    if not is_on(tracker):
        return Mirror(None, None, log_file)
    try:
        inside(store.folder, WANDB, LOG)
        queue: Queue[Trial | None] = multiprocessing.get_context("spawn").Queue()
        queue.cancel_join_thread()  # else this process could not end while the other one hangs
        process = start(_serve, queue, tracker, store.folder, study_name, publish)
    except Exception as error:  # out of processes or semaphores, or a link: training goes on without W&B
        log.warning("tracker: nothing is mirrored to W&B (%s); results are in the local store", describe(error))
        return Mirror(None, None, log_file)
    return Mirror(process, queue, log_file)


def _serve(queue: "Queue[Trial | None]", tracker: WandbTracker, folder: Path, study: str, publish: Publish) -> None:
    """The mirror process, until it is told the end by None."""
    isolate(inside(folder, WANDB, LOG))
    from segaug.results.mirror.backlog import Backlog  # pandas, which training can do without
    from segaug.results.mirror.publisher import Publisher

    backlog = Backlog(Publisher(tracker, Store(folder), study, publish))
    backlog.catch_up()
    while (trial := queue.get()) is not None:
        backlog.add(trial)
    sys.exit(0 if backlog.flush() else 1)
