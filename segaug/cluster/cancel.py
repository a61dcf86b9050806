"""End the jobs of a study, and nothing else."""

from pathlib import Path

from segaug.cluster import slurm
from segaug.cluster.submission import submissions
from segaug.results.store import Store


def cancel_study(study: Path) -> str:
    """End every live job of a study's submissions; returns what to tell the user."""
    slurm.require()
    sent = [job["job"] for one in submissions(study) for job in one.jobs()]
    alive = slurm.alive(sent)
    if not alive:
        return f"{study.name} has no job in the queue"
    slurm.cancel(sorted({job.partition("_")[0] for job in alive}))
    store = Store(study)
    trials = [trial["id"] for trial in store.plan()["trials"]]
    done = sum(store.record_path(one).is_file() for one in trials)
    return (
        f"{len(alive)} jobs ended.  {done} of {len(trials)} trials have their record and keep it; the others have "
        f"written nothing.  `segaug status {study.name}` lists them"
    )
