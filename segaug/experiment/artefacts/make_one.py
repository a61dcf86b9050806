"""Make one artefact of a planned trial, in a worker or in this process."""

import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from segaug.augment.artefact import Artefact, Content
from segaug.augment.strategy import Strategy
from segaug.data.task import Task
from segaug.errors import UserError
from segaug.experiment.artefacts.store import store_of
from segaug.experiment.machine.devices import device_of
from segaug.experiment.machine.stop import REQUEST, Stopped
from segaug.experiment.machine.workers import Tell
from segaug.experiment.planned.allowed import trial_context
from segaug.experiment.planned.parts import parts_of
from segaug.experiment.planned.plan import Planned
from segaug.experiment.planned.tasks import task_of
from segaug.training.stopwatch import Stopwatch

TELL_EVERY_S = 0.5


@dataclass(frozen=True)
class Request:
    """What a worker is sent: an artefact, to be found by its name among those of a trial."""

    name: str
    kind: str
    planned: Planned
    content_hash: str
    strict: bool
    needs: tuple[str, ...] = ()  # names of artefacts


@dataclass(frozen=True)
class Made:
    """What a worker sends back."""

    seconds: float
    error: str = ""
    trace: str = ""  # of an error that nobody foresaw
    stopped: bool = False  # the process was asked to end on the way; what it had learned is kept


def artefacts_of(
    planned: Planned, task: Task, device: torch.device | str, obtain: Callable[[Artefact], Content]
) -> Sequence[Artefact]:
    """The artefacts of a trial, as its strategy lists them."""
    config = planned.trial.config
    if type(config.augment).artefacts is Strategy.artefacts:  # it needs none: do not cut out its images
        return ()
    parts = parts_of(planned, task, device)
    return config.augment.artefacts(trial_context(config, parts, task, Stopwatch(), obtain))


def make(request: Request, tell: Tell) -> Made:
    """Make one artefact and store it; never raises, except when interrupted."""
    start = time.monotonic()
    try:
        _obtain(request, tell)
    except Stopped:
        return Made(time.monotonic() - start, stopped=True)
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

    def tell_or_stop(done: int, of: int, what: str) -> None:
        REQUEST.safe_point()  # the worker was asked to end: what is learned so far is kept
        now_and_then(done, of, what)

    def obtain(artefact: Artefact) -> Content:
        return store.obtain(artefact, tell_or_stop)

    listed = artefacts_of(request.planned, task, device_of(config.device), obtain)
    obtain(next(artefact for artefact in listed if artefact.name == request.name))


def _sparsely(tell: Tell) -> Callable[[int, int, str], None]:
    """A `Tell` of artefacts that passes on a few messages a second."""
    last = 0.0

    def seldom(done: int, of: int, what: str) -> None:
        nonlocal last
        if time.monotonic() - last >= TELL_EVERY_S:
            last = time.monotonic()
            tell((done, of, what))

    return seldom
