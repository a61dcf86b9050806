"""From the trials of a study to jobs in the queue of a cluster."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from segaug.cluster.forecast import Forecast, forecast_of
from segaug.cluster.frozen import code_hash
from segaug.cluster.packs import MOST_PACKS, Item, Pack, duration, packed
from segaug.cluster.scheduler import Array, Cluster, Limits, Scheduler, SchedulerError
from segaug.cluster.settings import JobSettings
from segaug.cluster.submission import FOLDER, Submission, create, submissions
from segaug.errors import UserError
from segaug.experiment.cards.card import write_cards
from segaug.experiment.config.trial import Trial
from segaug.experiment.machine.run_facts import now, versions
from segaug.experiment.planned.absent import held, left_out, why_nothing
from segaug.experiment.planned.plan import Plan, Planned, make_plan
from segaug.experiment.sweep.unfinished import unfinished
from segaug.files import write_atomic
from segaug.results.failure import attempts
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
        return [submission.facts() for submission in self.live]


def submit_study(trials: Iterable[Trial], cluster: Cluster, command: str) -> Submitted:
    """Send every trial that has no record and is in no live job; says what it does."""
    cluster.scheduler.require()
    plan = make_plan(trials, skip_large=True, here=False)
    if not plan.trials:
        raise UserError(f"no trial to run: {plan.share or why_nothing(plan.absent)}")
    if plan.absent:
        print(left_out(plan.absent), flush=True)
    left = unfinished(plan)
    if there := held(plan.absent, left.finished["task"]):
        print(there, flush=True)
    store, todo = left.store, left.todo
    live = live_submissions(store.folder)
    queued = {trial for submission in live for trial in pending_trials(submission)}
    new = [planned for planned in todo if planned.id not in queued]
    left.begin(new, command)
    if len(new) < len(todo):
        print(f"{len(todo) - len(new)} of them are in the queue already", flush=True)
    if new:
        write_cards(plan, store)
        live.append(send(store, plan, new, cluster, command))
    return Submitted(plan, store, todo, live)


def live_submissions(study: Path) -> list[Submission]:
    """Submissions of a study that have jobs waiting or running."""
    return [submission for submission in submissions(study) if submission.alive()]


def pending_trials(submission: Submission) -> list[str]:
    """Trials in the packs of its live jobs, without those that failed: these jobs will not run them again."""
    facts, store = submission.facts(), Store(submission.study)
    alive = set(submission.alive())
    names = submission.job_names()
    inside = [trial for name, pack in zip(names, facts["packs"], strict=True) if name in alive for trial in pack]
    return [trial for trial in inside if not failed_here(facts, store, trial)]


def packs_of(trials: Iterable[Planned], forecast: Forecast, settings: JobSettings, most: int) -> list[Pack]:
    """The packs that the jobs of these trials take; a job runs several trials at the same time."""
    items = [
        Item(planned.id, *planned.trial.curve, planned.size, planned.trial.config.seed, forecast.seconds(planned))
        for planned in trials
    ]
    return packed(items, 60 * settings.pack_minutes * settings.workers, most)


def most_packs(scheduler: Scheduler, limits: Limits) -> int:
    """How many jobs may be sent now; raises SchedulerError if none."""
    if limits.max_submit is None:
        return MOST_PACKS
    free = limits.max_submit - scheduler.queued()
    if free < 1:
        raise SchedulerError(f"your limit of {limits.max_submit} jobs in the queue is reached; submit again later")
    return min(MOST_PACKS, free)


def send(store: Store, plan: Plan, trials: Sequence[Planned], cluster: Cluster, command: str) -> Submission:
    """Write one submission of these trials and send its arrays."""
    soon = Submission(store.folder / FOLDER / "soon")
    cluster.scheduler.script(cluster.settings, _array(soon, 0, 1, 1))  # a setting that it cannot tell is told now
    limits = cluster.scheduler.limits()
    forecast = forecast_of(store, {planned.trial.model for planned in trials}, plan, trials)
    packs = packs_of(trials, forecast, cluster.settings, most_packs(cluster.scheduler, limits))
    failures = {failure["id"]: attempts(failure) for failure in store.failures()}
    facts: Json = {
        "command": command,
        "created": now(),
        "code": code_hash(),
        "versions": versions(),
        "forecast": {
            "source": forecast.source,
            "seconds": [[round(item.seconds, 1) for item in pack] for pack in packs],
        },
        "attempts": {planned.id: failures[planned.id] for planned in trials if planned.id in failures},
    }
    ids = [[item.id for item in pack] for pack in packs]
    submission = create(store.folder, plan, ids, cluster, facts)
    jobs = _send_arrays(submission, cluster, len(packs), limits.max_array)
    hours = sum(map(duration, packs)) / 3600
    print(
        f"sent {len(trials)} trials as {len(packs)} jobs of the arrays {', '.join(jobs)}: about {hours:.1f} "
        f"{'GPU' if cluster.settings.gpus_per_node else 'core'}-hours, from {forecast.source}\n"
        f"logs: {submission.folder}/logs",
        flush=True,
    )
    return submission


def _send_arrays(submission: Submission, cluster: Cluster, packs: int, most: int) -> list[str]:
    firsts = range(0, packs, most)
    parallel = max(1, cluster.settings.array_parallelism // len(firsts))
    jobs = []
    for first in firsts:
        array = _array(submission, first, min(most, packs - first), parallel)
        path = submission.folder / f"array-{first:05d}.sh"
        write_atomic(path, cluster.scheduler.script(cluster.settings, array).encode())
        jobs.append(cluster.scheduler.submit(path))
        submission.sent(jobs[-1], first, array.tasks)
    return jobs


def _array(submission: Submission, first: int, tasks: int, parallel: int) -> Array:
    folder = Path(os.path.abspath(submission.folder))  # not resolved: other machines may mount it differently
    return Array(folder, f"segaug-{submission.study.name}-{folder.name}", first, tasks, parallel)


def failed_here(facts: Json, store: Store, trial: str) -> Json | None:
    """The failure that a trial of a submission had in it, if any; facts: of the submission."""
    failure = store.failure(trial)  # None also while it is written
    return failure if failure and attempts(failure) > facts["attempts"].get(trial, 0) else None
