"""Run a plan: skip what is finished, spread the rest over workers, keep going when a trial fails."""

import socket
import traceback
from collections.abc import Generator, Iterable
from contextlib import closing, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from safetensors.torch import save

from segaug.errors import DataError, UserError
from segaug.experiment.card import write_cards
from segaug.experiment.machine import default_workers, now
from segaug.experiment.plan import Plan, Planned, check_consistent, make_plan, remember
from segaug.experiment.preparation import PRELOAD, prepare
from segaug.experiment.progress import Progress
from segaug.experiment.tasks import task_of
from segaug.experiment.trial import Trial
from segaug.experiment.workers import Died, Tell, run_jobs
from segaug.files import write_atomic
from segaug.results.mirror import start_mirror
from segaug.results.record import SCHEMA
from segaug.results.store import Json, Store


class TrialsFailed(UserError):
    """Some trials raised; the others are done."""

    exit_code = 1  # not 2: the command was right


@dataclass(frozen=True)
class Job:
    """What a worker is sent."""

    planned: Planned
    content_hash: str
    folder: Path


@dataclass(frozen=True)
class Outcome:
    """What a worker sends back; its record or failure is on disk by then."""

    record: Json | None = None
    failure: Json | None = None


def run_study(trials: Iterable[Trial], *, workers: int | None, many: bool, command: str = "") -> list[Json]:
    """Run all trials that have no record yet; returns the records of all of them, in the order of the plan.

    workers: None is one per core (on a GPU: one in all).  many: a multirun, where sizes above a pool are skipped.
    command: what the user typed, for the plan.
    Raises TrialsFailed at the end if any trial raised.
    """
    plan = make_plan(trials, skip_large=many)
    if not plan.trials:
        raise TrialsFailed("no trial to run: every size is above the pool of its task")
    config = plan.trials[0].trial.config
    store = Store(Path(config.output))
    _claim(store.folder)
    check_consistent(plan, store.readable_records())
    remember(plan, store, {"tracker": asdict(config.tracker), "command": command})
    todo = [one for one in plan.trials if not store.finished(one.id)]
    prepare(plan, todo, workers=workers, in_process=not many)
    write_cards(plan, store)
    mirror = start_mirror(config.tracker, store, config.name)
    progress = Progress(plan, todo, many=many)
    failures = []
    try:
        with progress, closing(_outcomes(todo, plan, store, workers, in_process=not many)) as outcomes:
            for one, outcome in outcomes:
                progress.finished(one, outcome.record, outcome.failure)
                if outcome.record:
                    mirror.put(outcome.record)
                if outcome.failure:
                    failures.append(outcome.failure)
    except KeyboardInterrupt:
        progress.interrupted()
        raise
    finally:
        mirror.close(timeout_s=60)
    progress.summary(store.folder, failures)
    if failures:
        raise TrialsFailed(f"{len(failures)} of {len(todo)} trials failed; `segaug status {store.folder}` lists them")
    return [store.record(one.id) for one in plan.trials]


def _claim(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomic(folder / ".writable", b"")
        (folder / ".writable").unlink()
    except OSError as error:
        fix = "choose a folder that you may write to with output=..."
        raise DataError(file=folder, problem=f"cannot be written ({error.strerror})", fix=fix) from error


def _outcomes(
    todo: list[Planned], plan: Plan, store: Store, workers: int | None, *, in_process: bool
) -> Generator[tuple[Planned, Outcome]]:
    jobs = [Job(one, plan.tasks[one.trial.task].content_hash, store.folder) for one in todo]
    if in_process:
        yield from zip(todo, (work(job, _silent) for job in jobs), strict=True)
        return
    workers = workers or default_workers(plan.trials[0].trial.config.device)
    with closing(run_jobs(work, jobs, workers, PRELOAD)) as answers:
        for number, answer in answers:
            one = todo[number]
            yield one, Outcome(failure=_fail(one, store, answer.reason, "")) if isinstance(answer, Died) else answer


def _silent(_: object) -> None:
    """Nobody listens to a trial before it is done."""


def work(job: Job, tell: Tell) -> Outcome:
    """Run one trial and leave its record or its failure on disk; never raises, except when interrupted."""
    store = Store(job.folder)
    try:
        return Outcome(record=_train(job, store))
    except Exception as error:
        return Outcome(failure=_fail(job.planned, store, f"{type(error).__name__}: {error}", traceback.format_exc()))


def _train(job: Job, store: Store) -> Json:
    from segaug.experiment.run import run_trial

    task = task_of(job.planned.trial, job.content_hash)
    record, weights = run_trial(job.planned, task)
    if job.planned.trial.config.weights:
        cpu = {name: value.cpu().contiguous() for name, value in weights.items()}
        write_atomic(store.record_path(job.planned.id).with_name("weights.safetensors"), save(cpu))
    return store.write_record(record)


def _fail(one: Planned, store: Store, error: str, trace: str) -> Json:
    told = {"error": error, "traceback": trace, "host": socket.gethostname(), "finished": now()}
    failure = {"schema": SCHEMA, **one.key(), **told}
    with suppress(OSError):  # a full disk: the failure is told on the screen at least, and the sweep goes on
        store.write_failure(failure)
    return failure
