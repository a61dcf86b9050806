"""What a job of a cluster runs: `python -m segaug.cluster.worker FOLDER PACK`.

The trials of a pack, one after the other, by warm processes.  When the time limit comes near, no trial is begun that
would not be done; when the scheduler says that it is over, what runs is dropped (a trial writes nothing before it is
done) and the job puts itself back into the queue.  Exit code: 0, 1 where a trial failed, 2 where nothing could be run.
"""

import os
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from segaug.cluster.allotment import Allotment, Entry
from segaug.cluster.check import check_frozen
from segaug.cluster.ending import Ending
from segaug.cluster.submission import Submission
from segaug.cluster.submit import failed_here
from segaug.errors import UserError
from segaug.experiment.artefacts.make_all import PRELOAD
from segaug.experiment.machine.devices import places
from segaug.experiment.machine.process import SINGLE_THREAD
from segaug.experiment.machine.run_facts import now
from segaug.experiment.machine.workers import Died, Note, run_jobs
from segaug.experiment.planned.progress import line, name_of
from segaug.experiment.sweep.sharing import share
from segaug.experiment.sweep.study import job_of, work
from segaug.experiment.trial.attempt import Claim, Outcome, fail, of_dead
from segaug.results.owner import JOB, RESTARTS
from segaug.results.store import Store
from segaug.terminal import printing_text


class Over(Exception):
    """No trial may be begun any more, though some are left."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one pack."""
    start = time.monotonic()
    folder, pack = sys.argv[1:] if arguments is None else arguments
    os.environ.update(SINGLE_THREAD)
    with printing_text():
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
        self.ending = Ending(submission.scheduler(), self.settings, start)
        if self.ending.job:
            os.environ.update({JOB: self.ending.job.name, RESTARTS: str(self.ending.job.restarts)})
        self.failed = 0
        self.settled: set[str] = set()  # also where nothing could be written of it, which a requeue would not mend

    def run(self) -> int:
        """Run what is to be done, and requeue the job if not all of it was."""
        todo = self.todo()
        self.say(f"{len(self.ids)} trials, {len(todo)} to do, on {socket.gethostname()}")
        try:
            check_frozen(self.submission)
        except UserError as error:
            for key in self.submission.keys(todo):
                fail(self.store, key, str(error), "", "mismatch")
            raise
        if todo:
            self._run(todo)
        left = [trial for trial in self.todo() if trial not in self.settled]
        if left:
            self.say(f"{len(left)} trials are left; {self.ending.leave()}")
        return 1 if self.failed else 0

    def todo(self) -> list[str]:
        """Trials without a record that have not failed in this submission."""
        return [
            trial
            for trial in self.ids
            if not self.store.finished(trial) and not failed_here(self.facts, self.store, trial)
        ]

    def say(self, text: str) -> None:
        """One line of the log."""
        print(f"{now()} pack {self.number}: {text}", flush=True)

    def _run(self, todo: Sequence[str]) -> None:
        seconds = dict(zip(self.ids, self.facts["forecast"]["seconds"][self.number], strict=True))
        entries = [Entry(planned, content, seconds[planned.id]) for planned, content in self.submission.trials(todo)]
        keys = [entry.planned.key() for entry in entries]
        allotment = Allotment(self.ending.at, self.settings.workers, self.ending.stopping)

        def run(claims: list[tuple[int, Claim]]) -> Iterator[tuple[int, Outcome]]:
            return self._attempts(allotment, [(number, entries[number], claim) for number, claim in claims])

        with suppress(Over):
            for number, outcome in share(keys, self.store, run, self._wait):
                self._settle(entries[number], outcome)

    def _wait(self, others: int) -> None:
        if self.ending.stopping():
            raise Over

    def _attempts(
        self, allotment: Allotment, offered: Sequence[tuple[int, Entry, Claim]]
    ) -> Iterator[tuple[int, Outcome]]:
        """Run what fits into the time; raises Over when something does not."""
        places_of = {entry.planned.id: number for number, entry, _ in offered}
        claims = {entry.planned.id: claim for _, entry, claim in offered}
        before = len(allotment.given)
        turns = allotment.entries([entry for _, entry, _ in offered])
        jobs = (job_of(entry.planned, entry.content_hash, self.store, claims[entry.planned.id]) for entry in turns)
        device = offered[0][1].planned.trial.config.device if offered else "auto"
        with closing(run_jobs(work, jobs, self.settings.workers, PRELOAD, places(device))) as answers:
            for job, answer in answers:
                if isinstance(answer, Note):
                    continue
                number = before + job
                entry = allotment.given[number]
                if outcome := self._judged(entry, answer, had_it_all=allotment.had_it_all(number)):
                    if outcome.record:
                        allotment.took(entry, outcome.record["run"]["seconds"]["total"])
                    yield places_of[entry.planned.id], outcome
        if allotment.waiting or self.ending.stopping():
            raise Over

    def _judged(self, entry: Entry, answer: Outcome | Died, *, had_it_all: bool) -> Outcome | None:
        """How the attempt counts; None where it was cut short and will be made again."""
        key = entry.planned.key()
        if isinstance(answer, Outcome) and not answer.stopped:
            return answer
        if isinstance(answer, Died) and (self.store.finished(key["id"]) or not self.ending.stopping()):
            return of_dead(self.store, key, answer.reason)
        kept = isinstance(answer, Outcome) and answer.kept  # less is left to do
        if self.ending.limit and had_it_all and not kept:
            error = (
                f"not done within the time limit of {self.settings.timeout_min} min, with nothing before it; "
                "raise hydra.launcher.timeout_min"
            )
            return Outcome(failure=fail(self.store, key, error, "", "timeout"))
        self.say(f"{name_of(key)}: dropped, because the job has to end")
        return None

    def _settle(self, entry: Entry, outcome: Outcome) -> None:
        self.failed += outcome.failure is not None
        self.settled.add(entry.planned.id)
        self.say(line(entry.planned, outcome.record, outcome.failure))


if __name__ == "__main__":
    sys.exit(main())
