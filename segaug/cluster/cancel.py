"""End the jobs of a study, and nothing else."""

from pathlib import Path

from segaug.cluster.scheduler import Scheduler, array_of
from segaug.cluster.submission import submissions
from segaug.results.store import Store


def cancel_study(study: Path) -> str:
    """End every live job of a study's submissions; returns what to tell the user."""
    ended = sum(_cancel(scheduler, jobs) for scheduler, jobs in _sent(study).items())
    if not ended:
        return f"{study.name} has no job in the queue"
    store = Store(study)
    trials = [trial["id"] for trial in store.plan()["trials"]]
    done = sum(store.record_path(trial).is_file() for trial in trials)
    return (
        f"{ended} jobs ended.  {done} of {len(trials)} trials have their record and keep it; the others have "
        f"written nothing.  `segaug status {study.name}` lists them"
    )


def _sent(study: Path) -> dict[Scheduler, list[str]]:
    """All jobs that ever were, by where they were sent."""
    sent: dict[Scheduler, list[str]] = {}
    for submission in submissions(study):
        sent.setdefault(submission.scheduler(), []).extend(job["job"] for job in submission.jobs())
    return sent


def _cancel(scheduler: Scheduler, jobs: list[str]) -> int:
    """End those that are alive; returns how many tasks they had."""
    scheduler.require()
    if alive := scheduler.alive(jobs):
        scheduler.cancel(sorted(set(map(array_of, alive))))
    return len(alive)
