"""Wait for trials on a cluster, and show how far they are: from their records, not from what it says of its jobs."""

import time
from collections.abc import Iterator
from contextlib import suppress

from segaug.cluster.scheduler import SchedulerError
from segaug.cluster.submit import Submitted, failed_here
from segaug.experiment.planned.plan import Planned
from segaug.experiment.planned.progress import Progress
from segaug.experiment.sweep.study import TrialsFailed
from segaug.results.mirror import start_mirror
from segaug.results.store import DamagedRecord, Json

POLL_S = 3.0
SHARE = 0.1  # of the time may go into looking at files, however many there are
JOBS_S = 20.0  # between two questions to the scheduler


def wait(study: Submitted) -> list[Json]:
    """Return the records of all trials of the plan; raises TrialsFailed at the end if any has none.

    Ctrl-C ends the waiting, not the jobs.
    """
    name, config = study.store.folder.name, study.plan.trials[0].trial.config
    mirror = start_mirror(config.tracker, study.store, config.name)
    progress = Progress(study.plan, study.todo, many=True)
    failures: list[Json] = []
    left = {planned.id: planned for planned in study.todo}
    try:
        with progress:
            for planned, record, failure in outcomes(study, left):
                progress.finished(planned, record, failure)
                if record:
                    mirror.put(record)
                if failure:
                    failures.append(failure)
    except KeyboardInterrupt:
        progress.say(come_back(name))
        raise
    finally:
        mirror.close(timeout_s=60)
    progress.summary(study.store.folder, failures)
    if left:
        progress.say(f"{len(left)} trials have neither record nor failure, and no job is left that works on them")
    if failures or left:
        raise TrialsFailed(f"{len(failures) + len(left)} of {len(study.todo)} trials failed; `segaug retry {name}`")
    return [study.store.record(planned.id) for planned in study.plan.trials]


def come_back(name: str) -> str:
    """What to type after the waiting ended before the jobs."""
    return (
        f"the jobs go on without this process.  How far they are: `segaug status {name}`; wait again: the same command"
        f" (it sends nothing twice); end them: `segaug cancel {name}`"
    )


def outcomes(study: Submitted, left: dict[str, Planned]) -> Iterator[tuple[Planned, Json | None, Json | None]]:
    """Each trial with its record or failure as it comes up, taken out of `left`; ends when no job is left either."""
    asked, idle = 0.0, 0
    while left:
        start = time.monotonic()
        yield from _news(study, left)
        if idle >= 2 or not left:  # a file server may show the last records after the jobs have gone
            return
        if time.monotonic() - asked > JOBS_S:
            asked = time.monotonic()
            idle = 0 if _alive(study) else idle + 1
            asked -= JOBS_S if idle else 0
        time.sleep(max(POLL_S, (time.monotonic() - start) / SHARE))


def _news(study: Submitted, left: dict[str, Planned]) -> Iterator[tuple[Planned, Json | None, Json | None]]:
    for name in list(left):
        if study.store.record_path(name).is_file():
            with suppress(DamagedRecord):  # it counts as none: a worker replaces it
                record = study.store.record(name)
                yield left.pop(name), record, None
    for facts in study.facts:
        for name in left.keys() & {trial for pack in facts["packs"] for trial in pack}:
            if failure := failed_here(facts, study.store, name):
                yield left.pop(name), None, failure


def _alive(study: Submitted) -> bool:
    try:
        return any(submission.alive() for submission in study.live)
    except SchedulerError:  # the controller is busy or restarts: nothing is known, so nothing is given up
        return True
