"""What a job of a cluster runs: `python -m segaug.cluster.worker FOLDER PACK`.

The trials of a pack, one after the other, by warm processes.  When the time limit comes near, no trial is begun that
would not be done; when Slurm says that it is over, what runs is dropped (a trial writes nothing before it is done) and
the job puts itself back into the queue.  Exit code: 0, 1 where a trial failed, 2 where nothing could be run.
"""

import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from segaug.cluster.allotment import Allotment, Entry
from segaug.cluster.check import check_frozen
from segaug.cluster.ending import Ending
from segaug.cluster.submission import Submission
from segaug.cluster.submit import failed_here
from segaug.errors import UserError
from segaug.experiment.machine import now, places
from segaug.experiment.preparation import PRELOAD
from segaug.experiment.sweep import Job, Outcome, work
from segaug.experiment.workers import SINGLE_THREAD, Died, Note, Tell, run_jobs
from segaug.results.record import SCHEMA
from segaug.results.store import Json, Store


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one pack."""
    start = time.monotonic()
    folder, pack = sys.argv[1:] if arguments is None else arguments
    os.environ.update(SINGLE_THREAD)
    try:
        return Pack(Submission(Path(folder)), int(pack), start).run()
    except UserError as error:
        print(f"segaug: error: {error}", flush=True)
        return error.exit_code


class Pack:
    """The trials of one job."""

    def __init__(self, submission: Submission, number: int, start: float) -> None:
        """start: of the job, by time.monotonic()."""
        self.submission, self.number = submission, number
        self.facts, self.settings = submission.facts(), submission.settings()
        self.ids: list[str] = self.facts["packs"][number]
        self.store = Store(submission.study)
        self.ending = Ending(self.settings, start)
        self.failed = 0

    def run(self) -> int:
        """Run what is to be done, and requeue the job if not all of it was."""
        todo = self.todo()
        self.say(f"{len(self.ids)} trials, {len(todo)} to do, on {socket.gethostname()}")
        try:
            check_frozen(self.submission)
        except UserError as error:
            for key in self.submission.keys(todo):
                self._fail(key, "mismatch", str(error))
            raise
        if todo:
            self._run(todo)
        left = self.todo()
        if left:
            self.say(f"{len(left)} trials are left; {self.ending.leave()}")
        return 1 if self.failed else 0

    def todo(self) -> list[str]:
        """Trials without a record that have not failed in this submission."""
        return [
            one for one in self.ids if not self.store.finished(one) and not failed_here(self.facts, self.store, one)
        ]

    def say(self, text: str) -> None:
        """One line of the log."""
        print(f"{now()} pack {self.number}: {text}", flush=True)

    def _run(self, todo: Sequence[str]) -> None:
        seconds = dict(zip(self.ids, self.facts["forecast"]["seconds"][self.number], strict=True))
        entries = [Entry(one, content, seconds[one.id]) for one, content in self.submission.trials(todo)]
        allotment = Allotment(entries, self.ending.at, self.settings.workers, self.ending.stopping)
        jobs = (Job(one.planned, one.content_hash, self.store.folder) for one in allotment.entries())
        where = places(entries[0].planned.trial.config.device)
        with closing(run_jobs(work_until_told, jobs, self.settings.workers, PRELOAD, where)) as answers:
            for number, answer in answers:
                if not isinstance(answer, Note):
                    self._ended(allotment, number, answer)

    def _ended(self, allotment: Allotment, number: int, answer: Outcome | Died) -> None:
        entry = allotment.given[number]
        name = f"{' '.join(entry.planned.trial.curve)} N={entry.planned.size} seed={entry.planned.trial.config.seed}"
        if isinstance(answer, Died):
            self._died(entry, answer, name, had_it_all=allotment.had_it_all(number))
        elif answer.record:
            allotment.took(entry, answer.record["run"]["seconds"]["total"])
            self.say(f"{name}: done in {answer.record['run']['seconds']['total']:.0f} s")
        elif answer.failure:
            self.failed += 1
            self.say(f"{name}: failed: {answer.failure['error']}")

    def _died(self, entry: Entry, answer: Died, name: str, *, had_it_all: bool) -> None:
        if self.ending.limit and had_it_all:
            error = (
                f"not done within the time limit of {self.settings.timeout_min} min, with nothing before it; "
                "raise hydra.launcher.timeout_min"
            )
            self._fail(entry.planned.key(), "timeout", error)
        elif self.ending.stopping():
            self.say(f"{name}: dropped, because the job has to end")
            return
        else:
            self._fail(entry.planned.key(), "killed", answer.reason)
        self.say(f"{name}: failed")

    def _fail(self, key: Json, kind: str, error: str) -> None:
        self.failed += 1
        told = {"kind": kind, "error": error, "traceback": "", "host": socket.gethostname(), "finished": now()}
        self.store.write_failure({"schema": SCHEMA, **key, **told})


def work_until_told(job: Job, tell: Tell) -> Outcome:
    """Run a trial in a process that ends at once when it is told to, also while Lightning has the word."""
    for number in (signal.SIGTERM, signal.SIGUSR2):
        signal.signal(number, _leave)
    return work(job, tell)


def _leave(number: int, frame: object) -> None:
    os._exit(128 + number)  # what is written is written whole or not at all, so there is nothing to tidy up


if __name__ == "__main__":
    sys.exit(main())
