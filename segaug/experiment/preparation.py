"""Before the trials of a sweep: make what their strategies learn, each artefact once, spread over the workers."""

import time
import traceback
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

import torch
from rich.console import Console

from segaug.augment.artefact import Artefact, Content, always
from segaug.augment.strategy import Strategy
from segaug.data.task import Task
from segaug.errors import UserError
from segaug.experiment.allowed import trial_context
from segaug.experiment.artefacts import ArtefactStore, store_of
from segaug.experiment.machine import default_workers, device_of
from segaug.experiment.parts import parts_of
from segaug.experiment.plan import Plan, Planned
from segaug.experiment.preparing import Preparing
from segaug.experiment.tasks import task_of
from segaug.experiment.workers import Died, Note, Tell, run_jobs
from segaug.training.stopwatch import Stopwatch

PRELOAD = ["segaug.experiment.run", "monai.networks.nets"]
TELL_EVERY_S = 0.5


@dataclass(frozen=True)
class Request:
    """What a worker is sent: an artefact, to be found by its name among those of a trial."""

    name: str
    kind: str
    planned: Planned
    content_hash: str
    strict: bool


@dataclass(frozen=True)
class Made:
    """What a worker sends back."""

    seconds: float
    error: str = ""
    trace: str = ""  # of an error that nobody foresaw


@dataclass
class Preparation:
    """What was there, what was made, and what must not be used, by name."""

    there: set[str] = field(default_factory=set)
    made: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)  # name -> why


@dataclass(frozen=True)
class _Survey:
    there: set[str]
    failed: dict[str, str]
    missing: list[Request]
    shared: bool  # does a second trial need one of the missing ones, perhaps with more in it?


def prepare(
    plan: Plan, trials: Sequence[Planned], *, workers: int | None, in_process: bool, strict: bool = False
) -> Preparation:
    """Make every artefact of these trials that is not there; one that cannot be made is told of, and left out."""
    done = Preparation()
    tried: set[tuple[str, str]] = set()
    again = True
    while again:
        found = survey(plan, trials, strict)
        requests = [one for one in found.missing if (one.name, one.planned.id) not in tried]
        if not tried:
            done.there, done.failed = found.there, dict(found.failed)
        _make_all(plan, requests, done, workers, in_process)
        tried |= {(one.name, one.planned.id) for one in requests}
        again = found.shared and bool(requests)  # what a trial wanted may since be there, but not for another
    return done


def survey(plan: Plan, trials: Iterable[Planned], strict: bool) -> _Survey:
    """What the trials need, and what of it is missing, in the order in which the trials run."""
    there: set[str] = set()
    failed: dict[str, str] = {}
    missing: dict[str, Request] = {}
    shared = False
    for one in trials:
        task = plan.tasks[one.trial.task]
        store = store_of(one.trial.config)
        for artefact in artefacts_of(one, task, "cpu", _refuse):
            shared |= artefact.name in missing
            if artefact.name in missing or (artefact.name in there and artefact.complete is always):
                continue
            content = store.held(artefact)
            if content is None:
                there.discard(artefact.name)
                missing[artefact.name] = Request(artefact.name, artefact.kind, one, task.content_hash, strict)
            else:
                there.add(artefact.name)
                if content.failed is not None:
                    failed[artefact.name] = content.failed
    return _Survey(there, failed, list(missing.values()), shared)


def artefacts_of(
    planned: Planned, task: Task, device: torch.device | str, obtain: Callable[[Artefact], Content]
) -> Sequence[Artefact]:
    """The artefacts of a trial, as its strategy lists them."""
    config = planned.trial.config
    if type(config.augment).artefacts is Strategy.artefacts:  # it needs none: do not cut out its images
        return ()
    parts = parts_of(planned, task, device)
    return config.augment.artefacts(trial_context(config, parts, task, Stopwatch(), obtain))


def make_here(artefacts: Sequence[Artefact], store: ArtefactStore, console: Console) -> None:
    """Make what is missing of these, one after the other, in this process; raises where one fails."""
    missing = [one for one in artefacts if store.held(one) is None]
    if not missing:
        return
    with Preparing([one.kind for one in missing], 1, console) as display:
        for number, artefact in enumerate(missing):
            start = time.monotonic()
            store.obtain(artefact, partial(display.told, number))
            display.finished(number, time.monotonic() - start)


def _refuse(artefact: Artefact) -> Content:
    raise RuntimeError(f"{artefact.name}: a strategy's `artefacts` lists, it must not obtain")


def _make_all(plan: Plan, requests: list[Request], done: Preparation, workers: int | None, in_process: bool) -> None:
    if not requests:
        return
    workers = 1 if in_process else workers or default_workers(plan.trials[0].trial.config.device)
    kinds = [one.kind for one in requests]
    with Preparing(kinds, workers) as display, closing(_answers(requests, workers, in_process, display)) as answers:
        for number, answer in answers:
            request = requests[number]
            if isinstance(answer, Note):
                display.told(number, *answer.value)
                continue
            made = Made(0.0, answer.reason) if isinstance(answer, Died) else answer
            display.finished(number, made.seconds)
            if made.error:
                done.failed[request.name] = made.error
                display.say(f"not prepared: {request.name}: {made.error}\n{made.trace}".rstrip())
            else:
                done.made.append(request.name)


def _answers(
    requests: list[Request], workers: int, in_process: bool, display: Preparing
) -> Generator[tuple[int, Made | Died | Note]]:
    if not in_process:
        yield from run_jobs(make, requests, workers, PRELOAD)
        return
    for number, request in enumerate(requests):

        def tell(told: tuple[int, int, str], number: int = number) -> None:
            display.told(number, *told)

        yield number, make(request, tell)


def make(request: Request, tell: Tell) -> Made:
    """Make one artefact and store it; never raises, except when interrupted."""
    start = time.monotonic()
    try:
        _obtain(request, tell)
    except UserError as error:
        return Made(time.monotonic() - start, str(error))
    except Exception as error:
        return Made(time.monotonic() - start, f"{type(error).__name__}: {error}", traceback.format_exc())
    return Made(time.monotonic() - start)


def _obtain(request: Request, tell: Tell) -> None:
    config = request.planned.trial.config
    torch.set_num_threads(config.threads)
    task = task_of(request.planned.trial, request.content_hash)
    store = store_of(config, strict=request.strict)
    now_and_then = _sparsely(tell)

    def obtain(artefact: Artefact) -> Content:
        return store.obtain(artefact, now_and_then)

    listed = artefacts_of(request.planned, task, device_of(config.device), obtain)
    obtain(next(one for one in listed if one.name == request.name))


def _sparsely(tell: Tell) -> Callable[[int, int, str], None]:
    """A `Tell` of artefacts that passes on a few messages a second."""
    last = 0.0

    def told(done: int, of: int, what: str) -> None:
        nonlocal last
        if time.monotonic() - last >= TELL_EVERY_S:
            last = time.monotonic()
            tell((done, of, what))

    return told
