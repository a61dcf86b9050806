"""From the trials of a study to jobs in the queue of a cluster."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from segaug.cluster import slurm
from segaug.cluster.forecast import Forecast, forecast_of
from segaug.cluster.frozen import code_hash
from segaug.cluster.packs import MOST_PACKS, Item, Pack, duration, packed
from segaug.cluster.script import script
from segaug.cluster.settings import SlurmSettings
from segaug.cluster.submission import Submission, create, submissions
from segaug.errors import UserError
from segaug.experiment.card import write_cards
from segaug.experiment.machine import now, versions
from segaug.experiment.plan import Plan, Planned, check_consistent, make_plan, remember
from segaug.experiment.sweep import stored_curves
from segaug.experiment.trial import Trial
from segaug.files import write_atomic
from segaug.results.snapshot import Snapshot
from segaug.results.store import Json, Store


@dataclass(frozen=True)
class Submitted:
    """A study whose missing trials are in the queue."""

    plan: Plan
    store: Store
    todo: list[Planned]  # trials without a record
    live: list[Submission]  # the submissions that they are in

    @cached_property
    def facts(self) -> list[Json]:
        """Of these submissions."""
        return [one.facts() for one in self.live]


def submit_study(trials: Iterable[Trial], settings: SlurmSettings, command: str) -> Submitted:
    """Send every trial that has no record and is in no live job; says what it does."""
    slurm.require()
    plan = make_plan(trials, skip_large=True, here=False)
    if not plan.trials:
        raise UserError(f"no trial to run: {plan.share or 'every size is above the pool of its task'}")
    config = plan.trials[0].trial.config
    store = Store(Path(config.output))
    finished = Snapshot(store.folder, skip_damaged=True).trials()
    check_consistent(plan, stored_curves(finished), lambda one: dict(store.record(one)["config"]))
    remember(plan, store, {"tracker": asdict(config.tracker), "command": command})
    done = set(finished["id"])
    todo = [one for one in plan.trials if one.id not in done]
    live = live_submissions(store.folder)
    queued = {one for each in live for one in pending_trials(each)}
    new = [one for one in todo if one.id not in queued]
    if len(new) < len(todo):
        print(f"{len(todo) - len(new)} of them are in the queue already", flush=True)
    if new:
        write_cards(plan, store)
        live.append(send(store, plan, new, settings, command))
    return Submitted(plan, store, todo, live)


def live_submissions(study: Path) -> list[Submission]:
    """Submissions of a study that have jobs waiting or running."""
    return [one for one in submissions(study) if slurm.alive(job["job"] for job in one.jobs())]


def pending_trials(submission: Submission) -> list[str]:
    """Trials in the packs of its live jobs, without those that failed: these jobs will not run them again."""
    facts, store = submission.facts(), Store(submission.study)
    alive = set(slurm.alive(job["job"] for job in submission.jobs()))
    names = submission.job_names()
    inside = [one for name, pack in zip(names, facts["packs"], strict=True) if name in alive for one in pack]
    return [one for one in inside if not failed_here(facts, store, one)]


def packs_of(trials: Iterable[Planned], forecast: Forecast, settings: SlurmSettings, most: int) -> list[Pack]:
    """The packs that the jobs of these trials take; a job runs several trials at the same time."""
    items = [Item(one.id, *one.trial.curve, one.size, one.trial.config.seed, forecast.seconds(one)) for one in trials]
    return packed(items, 60 * settings.pack_minutes * settings.workers, most)


def most_packs(limits: slurm.Limits) -> int:
    """How many jobs may be sent now; raises SlurmError if none."""
    if limits.max_submit is None:
        return MOST_PACKS
    free = limits.max_submit - slurm.queued()
    if free < 1:
        raise slurm.SlurmError(f"your limit of {limits.max_submit} jobs in the queue is reached; submit again later")
    return min(MOST_PACKS, free)


def send(store: Store, plan: Plan, trials: Sequence[Planned], settings: SlurmSettings, command: str) -> Submission:
    """Write one submission of these trials and send its arrays."""
    limits = slurm.limits()
    forecast = forecast_of(store, {one.trial.model for one in trials})
    packs = packs_of(trials, forecast, settings, most_packs(limits))
    failures = {one["id"]: int(one.get("attempt", 1)) for one in store.failures()}
    facts: Json = {
        "command": command,
        "created": now(),
        "code": code_hash(),
        "versions": versions(),
        "forecast": {
            "source": forecast.source,
            "seconds": [[round(item.seconds, 1) for item in pack] for pack in packs],
        },
        "attempts": {one.id: failures[one.id] for one in trials if one.id in failures},
    }
    ids = [[item.id for item in pack] for pack in packs]
    submission = create(store.folder, plan, ids, settings, facts)
    jobs = _send_arrays(submission, settings, len(packs), limits.max_array)
    hours = sum(map(duration, packs)) / 3600
    print(
        f"sent {len(trials)} trials as {len(packs)} jobs of the arrays {', '.join(jobs)}: about {hours:.1f} "
        f"{'GPU' if settings.gpus_per_node else 'core'}-hours, from {forecast.source}\nlogs: {submission.folder}/logs",
        flush=True,
    )
    return submission


def _send_arrays(submission: Submission, settings: SlurmSettings, packs: int, most: int) -> list[str]:
    firsts = range(0, packs, most)
    parallel = max(1, settings.array_parallelism // len(firsts))
    folder = Path(os.path.abspath(submission.folder))  # not resolved: other machines may mount it differently
    name = f"segaug-{submission.study.name}-{submission.folder.name}"
    jobs = []
    for first in firsts:
        tasks = min(most, packs - first)
        path = submission.folder / f"array-{first:05d}.sh"
        text = script(settings, folder, name=name, first=first, tasks=tasks, parallel=parallel)
        write_atomic(path, text.encode())
        jobs.append(slurm.submit(path))
        submission.sent(jobs[-1], first, tasks)
    return jobs


def failed_here(facts: Json, store: Store, trial: str) -> Json | None:
    """The failure that a trial of a submission had in it, if any; facts: of the submission."""
    try:
        failure: Json = json.loads(store.failure_path(trial).read_bytes())
    except (OSError, ValueError):  # none, or written this very moment
        return None
    return failure if int(failure.get("attempt", 1)) > facts["attempts"].get(trial, 0) else None
