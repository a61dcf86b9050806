"""Run a plan: skip what is finished, spread the rest over workers, keep going when a trial fails."""

from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from safetensors.torch import save

from segaug.errors import DataError, UserError
from segaug.experiment.artefacts.make_all import PRELOAD, prepare
from segaug.experiment.cards.card import write_cards
from segaug.experiment.code.deciding import code_facts
from segaug.experiment.config.trial import Trial
from segaug.experiment.machine.devices import places
from segaug.experiment.machine.process import keep_heap
from segaug.experiment.machine.stop import SafePoint, terminable
from segaug.experiment.machine.workers import Died, Tell, run_jobs
from segaug.experiment.planned.absent import held, why_nothing
from segaug.experiment.planned.memory import team_for
from segaug.experiment.planned.plan import Plan, Planned, make_plan
from segaug.experiment.planned.progress import Progress
from segaug.experiment.planned.tasks import task_of
from segaug.experiment.sweep.sharing import Repeats, share
from segaug.experiment.sweep.unfinished import store_of_plan, unfinished
from segaug.experiment.trial.attempt import Claim, Outcome, attempt, of_dead
from segaug.files import write_atomic
from segaug.results.beside import PREDICTIONS, WEIGHTS
from segaug.results.inside import TRIALS, inside
from segaug.results.mirror import start_mirror
from segaug.results.store import Json, Store


class TrialsFailed(UserError):
    """Some trials raised; the others are done."""

    exit_code = 1  # not 2: the command was right


@dataclass(frozen=True)
class Job:
    """What a worker is sent.  code: what the command was started with, whatever becomes of its files meanwhile."""

    planned: Planned
    content_hash: str
    folder: Path
    code: Json
    claim: Claim = field(default_factory=Claim)


def run_study(trials: Iterable[Trial], *, workers: int | None, many: bool, command: str = "") -> list[Json]:
    """Run all trials that have no record yet; returns the keys of all of them, in the order of the plan.

    The same study may be run by several commands at once, on machines that share its folder: each trial is run by one
    of them, and all end when every trial is settled.
    workers: None is one per core, or as many as memory holds (on a GPU: one in all).
    many: a multirun, where sizes above a pool are skipped.
    command: what the user typed, for the plan.
    Raises TrialsFailed at the end if any trial raised.
    """
    plan = make_plan(trials, skip_large=many)
    if not plan.asked:
        raise TrialsFailed(f"no trial to run: {why_nothing(plan.absent)}")
    _refuse_unwritable(store_of_plan(plan).folder)
    left = unfinished(plan)
    store, todo = left.store, left.todo
    left.begin(todo, command)
    if there := held(plan.absent, left.finished["task"]):
        print(there, flush=True)
    if not plan.trials:  # more shards than trials: nothing is wrong, and the folder is one to be merged
        print(f"{plan.share}, nothing to run", flush=True)
        return []
    with terminable(at_once=many):
        prepare(plan, todo, workers=workers, in_process=not many)
        write_cards(plan, store)
        _run_all(plan, todo, store, workers, many)
    return [planned.key() for planned in plan.trials]


def _run_all(plan: Plan, todo: list[Planned], store: Store, workers: int | None, many: bool) -> None:
    config = plan.trials[0].trial.config
    mirror = start_mirror(config.tracker, store, config.name)
    progress = Progress(plan, todo, many=many)
    repeats, failures = Repeats(config.max_same_errors), []
    try:
        with progress, closing(_outcomes(todo, plan, store, workers, progress, in_process=not many)) as outcomes:
            for planned, outcome in outcomes:
                progress.finished(planned, outcome.record, outcome.failure)
                if outcome.record:
                    mirror.put(outcome.record)
                if outcome.failure:
                    failures.append(outcome.failure)
                repeats.add(outcome)
    except KeyboardInterrupt:
        progress.interrupted()
        raise
    finally:
        mirror.close(timeout_s=60)
    progress.summary(store.folder, failures)
    if failures:
        raise TrialsFailed(f"{len(failures)} of {len(todo)} trials failed; `segaug status {store.folder}` lists them")


def _refuse_unwritable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = inside(folder, ".writable")
        write_atomic(probe, b"")
        probe.unlink()
    except OSError as error:
        fix = "choose a folder that you may write to with output=..."
        raise DataError(file=folder, problem=f"cannot be written ({error.strerror})", fix=fix) from error


def _outcomes(
    todo: list[Planned], plan: Plan, store: Store, workers: int | None, progress: Progress, *, in_process: bool
) -> Generator[tuple[Planned, Outcome]]:
    def run(claims: list[tuple[int, Claim]]) -> Generator[tuple[int, Outcome]]:
        numbers = [number for number, _ in claims]
        jobs = [job_of(todo[number], _content(todo[number], plan), store, claim) for number, claim in claims]
        if in_process:
            keep_heap()
            yield from zip(numbers, (work(job, _silent) for job in jobs), strict=True)
            return
        device = plan.trials[0].trial.config.device
        team = team_for(todo, workers, device)
        if team.told:
            progress.say(team.told)
        with closing(run_jobs(work, jobs, team.workers, PRELOAD, places(device))) as answers:
            for place, answer in answers:
                key = todo[numbers[place]].key()
                yield numbers[place], of_dead(store, key, answer.reason) if isinstance(answer, Died) else answer

    for number, outcome in share([planned.key() for planned in todo], store, run, progress.waiting):
        yield todo[number], outcome


def _content(planned: Planned, plan: Plan) -> str:
    return plan.tasks[planned.trial.task].content_hash


def job_of(planned: Planned, content_hash: str, store: Store, claim: Claim) -> Job:
    """What to send to a worker of this process."""
    return Job(planned, content_hash, store.folder, code_facts(planned.trial.config), claim)


def _silent(_: object) -> None:
    """Nobody listens to a trial before it is done."""


def work(job: Job, tell: Tell) -> Outcome:
    """Run one trial, unless it is done or somebody else works on it; never raises, except when interrupted."""
    store = Store(job.folder)
    return attempt(store, job.planned.key(), lambda safe_point: _train(job, store, safe_point), job.claim)


def _train(job: Job, store: Store, safe_point: SafePoint) -> Json:
    from segaug.experiment.trial.run import run_trial

    def keep(name: str, content: bytes) -> None:
        write_atomic(inside(store.folder, TRIALS, job.planned.id, name), content)

    task = task_of(job.planned.trial, job.content_hash)
    record, weights = run_trial(job.planned, task, safe_point, lambda shown: keep(PREDICTIONS, shown.content()))
    record["run"]["code"] = job.code
    if job.planned.trial.config.weights:
        keep(WEIGHTS, save({name: value.cpu().contiguous() for name, value in weights.named().items()}))
    return record
