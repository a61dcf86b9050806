"""Warm single-thread processes that take job after job: heavy imports happen once, a dead worker costs one job."""

import contextlib
import multiprocessing as mp
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from segaug.errors import UserError
from segaug.experiment.machine.memory import Memory
from segaug.experiment.machine.process import KEEP_HEAP, SINGLE_THREAD
from segaug.experiment.machine.stop import REQUEST, SIGNALS, listen
from segaug.terminal import printing_text

GRACE_S = 3.0
_STARTS = 2  # of the server, for one worker
_SETTLES_S = 0.5  # after which a killed server is known to be dead: it closes its connections a moment before
_UNSEEN = 255  # what multiprocessing tells of a worker whose server is gone, whether it lives or not


class NoWorkers(UserError):
    """No worker can be started."""

    exit_code = 1  # not 2: the command was right


@dataclass(frozen=True)
class Died:
    """What a job gets for an answer when its worker process ended without one."""

    exit_code: int | None  # None: nobody saw how it ended

    @property
    def reason(self) -> str:
        """What to tell the user."""
        if self.exit_code == -signal.SIGKILL:
            return "the worker process was killed, probably out of memory"
        how = "after the process that had started it" if self.exit_code is None else f"with exit code {self.exit_code}"
        return f"the worker process ended {how}"


@dataclass(frozen=True)
class Note:
    """What a job tells before it is done."""

    value: Any  # whatever `work` gave to its second argument


NOT_YET = object()
"""Given out in place of a job: there is none now, but there may be one when a job that runs has been answered."""

Tell = Callable[[Any], None]
Work = Callable[[Any, Tell], Any]  # (job, tell) -> answer


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    place: Mapping[str, str]
    memory: Memory
    job: int | None = None
    orphan: bool = False  # the server is gone, which would have told of its end: only the pipe does

    def ended(self, within_s: float | None = None) -> bool:
        """Did it, within this time?  None: wait for it."""
        self.process.join(within_s)
        if self.process.exitcode != _UNSEEN:
            return self.process.exitcode is not None
        self.orphan = True
        deadline = None if within_s is None else time.monotonic() + within_s
        with contextlib.suppress(EOFError, OSError):
            while self.pipe.poll(None if deadline is None else max(0.0, deadline - time.monotonic())):
                self.pipe.recv()  # nobody wants it any more
            return False
        return True

    def signal(self, number: int) -> None:
        """Send one, unless it is known to have ended; multiprocessing sends none to an orphan."""
        if self.process.exitcode in (None, _UNSEEN):
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid or 0, number)

    def kill(self) -> None:
        """Do not wait for what it is doing."""
        self.signal(signal.SIGKILL)
        self.ended()


def run_jobs(
    work: Work, jobs: Iterable[Any], workers: int, preload: list[str], places: Sequence[Mapping[str, str]] = ()
) -> Generator[tuple[int, Any]]:
    """Yield (number of the job, answer) as jobs finish; an answer is what `work` returned, or `Died`.

    What a job tells meanwhile is yielded as `Note`.  `work` must not raise and must be importable.  A job is taken from
    `jobs` when a worker is free for it, and whoever iterates has had all answers by then; NOT_YET leaves the worker
    free until the next answer.  places: environment variables, for the first, second, ... worker, over again
    where there are more of them.  A worker whose memory has grown is replaced.  Closing the iterator kills the workers
    and what they are doing.
    """
    queue = _Queue(iter(jobs))
    context = _context(preload)
    with _environment({**KEEP_HEAP, **SINGLE_THREAD}):
        team: list[_Worker] = []
        try:
            hirings = [_Hiring(context, work, team, place) for place in islice(cycle(places or [{}]), workers)]
            free: list[_Worker | _Hiring] = [*hirings]
            _give(free, queue)
            while busy := [worker for worker in team if worker.job is not None]:
                for worker in _ready(busy):
                    number, answer = worker.job, _answer(worker)
                    assert number is not None  # only busy workers are waited for
                    if isinstance(answer, Note):
                        yield number, answer
                        continue
                    worker.job = None
                    if isinstance(answer, Died) or worker.memory.has_grown():
                        team.remove(worker)
                        worker.kill()
                        free.insert(0, _Hiring(context, work, team, worker.place))
                    else:
                        free.insert(0, worker)
                    yield number, answer
                    _give(free, queue)
        finally:
            _end(team)


def _end(team: list[_Worker]) -> None:
    """Ask all to stop, give them a moment to hand back what they hold, kill what is then left."""
    for worker in team:
        worker.signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S * any(worker.job is not None for worker in team)
    for worker in team:
        if not worker.ended(max(0.0, deadline - time.monotonic())):
            worker.kill()


def _context(preload: list[str]) -> Any:  # the typeshed has no common type with set_forkserver_preload
    if "forkserver" not in mp.get_all_start_methods():
        return mp.get_context("spawn")
    context = mp.get_context("forkserver")  # imports once for all workers, and for those that replace dead ones
    context.set_forkserver_preload(preload)
    return context


def _start_deaf_server(context: Any) -> None:
    """Start the server that workers are forked from, deaf to signals that a cluster sends to every process of a job.

    It would die of them in the middle of its imports; the workers listen for themselves.
    """
    if context.get_start_method() != "forkserver" or threading.current_thread() is not threading.main_thread():
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in SIGNALS}
    try:
        forkserver.ensure_running()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@dataclass(frozen=True)
class _Hiring:
    """How to start one more worker, in a certain place."""

    context: Any  # of multiprocessing; the typeshed has no common type with set_forkserver_preload
    work: Work
    team: list[_Worker]
    place: Mapping[str, str]

    def start(self) -> _Worker:
        """Start the server again where it was killed meanwhile; raises NoWorkers where that happens once more."""
        for attempt in range(_STARTS):
            if attempt:
                time.sleep(_SETTLES_S)
            _start_deaf_server(self.context)
            with contextlib.suppress(EOFError, ConnectionError):
                return self._start()
        raise NoWorkers(
            f"the process that workers are started from was killed {_STARTS} times while it started, probably for want "
            "of memory; end other programs, or use fewer workers=..., and run the same command again"
        )

    def _start(self) -> _Worker:
        here, there = self.context.Pipe()
        process = self.context.Process(target=_serve, args=(there, self.work, dict(self.place)), daemon=True)
        process.start()
        there.close()
        worker = _Worker(process, here, self.place, Memory(process.pid))
        self.team.append(worker)
        return worker


def _serve(pipe: Connection, work: Work, place: dict[str, str]) -> None:
    os.environ.update(place)  # before CUDA is first used: a process never sees another device than its own
    listen()  # Ctrl-C reaches the whole group; the parent decides what it means
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with contextlib.suppress(EOFError), printing_text():
        while not REQUEST:
            pipe.send(work(pipe.recv(), lambda value: pipe.send(Note(value))))


def _end_with_parent() -> None:
    parent = mp.parent_process()
    assert parent is not None  # this runs in a child
    parent.join()
    os._exit(1)  # a killed parent will be started again; an orphan would repeat its trials beside it


@dataclass
class _Queue:
    """Jobs, numbered as they are given out."""

    jobs: Iterator[Any]
    given: int = 0

    def next(self) -> tuple[int, Any] | None:
        """None: there is none, for now or for ever."""
        job = next(self.jobs, NOT_YET)
        if job is NOT_YET:
            return None
        self.given += 1
        return self.given - 1, job


def _give(free: list[_Worker | _Hiring], queue: _Queue) -> None:
    """Give jobs, as far as there are any, to workers that are free and to new ones."""
    while free and (following := queue.next()) is not None:
        first = free.pop(0)
        worker = first.start() if isinstance(first, _Hiring) else first
        worker.job, job = following
        with contextlib.suppress(BrokenPipeError):  # it died idle; waiting for its answer will tell
            worker.pipe.send(job)


def _ready(busy: list[_Worker]) -> list[_Worker]:
    """Those that have said something, or ended."""
    ends = {worker.process.sentinel: worker for worker in busy if not worker.orphan}
    events = wait([*(worker.pipe for worker in busy), *ends])
    for end in ends.keys() & set(events):
        ends[end].orphan = _lives_on(ends[end].process)
    return [
        worker for worker in busy if worker.pipe in events or (worker.process.sentinel in events and not worker.orphan)
    ]


def _lives_on(process: BaseProcess) -> bool:
    """Was it the server that ended, and not the worker?"""
    process.join()
    if process.exitcode != _UNSEEN:
        return False
    try:
        os.kill(process.pid or 0, 0)
    except ProcessLookupError:
        return False
    return True


def _answer(worker: _Worker) -> Any:
    try:
        if worker.pipe.poll():  # an answer sent before dying still counts
            return worker.pipe.recv()
    except (EOFError, ConnectionResetError):
        pass
    worker.process.join()
    return Died(None if worker.process.exitcode == _UNSEEN else worker.process.exitcode)
