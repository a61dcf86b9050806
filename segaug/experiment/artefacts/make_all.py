"""Before the trials of a sweep: make what their strategies learn, each artefact once, spread over the workers."""

import signal
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from rich.console import Console

from segaug.augment.artefact import Artefact, Content
from segaug.experiment.artefacts.display import Preparing, kinds_of
from segaug.experiment.artefacts.make_one import Made, Request, artefacts_of, make
from segaug.experiment.artefacts.store import ArtefactStore, store_of
from segaug.experiment.artefacts.turns import Turns
from segaug.experiment.machine.devices import default_workers
from segaug.experiment.machine.process import keep_heap
from segaug.experiment.machine.stop import REQUEST, Stopped, Terminated
from segaug.experiment.machine.workers import Died, Note, run_jobs
from segaug.experiment.planned.plan import Plan, Planned
from segaug.experiment.planned.progress import name_of
from segaug.results.shard import Shard

PRELOAD = ["segaug.experiment.trial.run", "monai.networks.nets"]


@dataclass
class Preparation:
    """What was there, what was made, and what must not be used, by name."""

    there: set[str] = field(default_factory=set)
    made: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)  # name -> why, and a trial that needs it


@dataclass(frozen=True)
class _Survey:
    there: set[str]
    failed: dict[str, str]
    missing: list[Request]
    shared: bool  # does a second trial need one of the missing ones that grow, perhaps with more in it?


def prepare(
    plan: Plan,
    trials: Sequence[Planned],
    *,
    workers: int | None,
    in_process: bool,
    strict: bool = False,
    shard: Shard | None = None,
) -> Preparation:
    """Make every artefact of these trials that is not there; one that cannot be made is told of, and left out.

    shard: only the artefacts of this share; None: all.
    """
    done = Preparation()
    tried: set[tuple[str, str]] = set()
    again = True
    while again:
        needs = survey(plan, trials, strict, shard)
        if not tried:
            done.there, done.failed = needs.there, dict(needs.failed)
        requests = [
            request
            for request in needs.missing
            if (request.name, request.planned.id) not in tried and request.name not in done.failed
        ]
        _make_all(plan, requests, done, workers, in_process)
        tried |= {(request.name, request.planned.id) for request in requests}
        again = needs.shared and bool(requests)  # what a trial wanted may since be there, but not for another
    return done


def survey(plan: Plan, trials: Iterable[Planned], strict: bool, shard: Shard | None = None) -> _Survey:
    """What the trials need, and what of it is missing, in the order in which the trials run."""
    there: dict[str, Content] = {}  # without the tensors: a study may need many
    missing: dict[str, Request] = {}
    wanted_by: dict[str, Planned] = {}  # the first trial that needs it
    shared = False
    for planned in trials:
        task = plan.tasks[planned.trial.task]
        store = store_of(planned.trial.config)
        for artefact in artefacts_of(planned, task, "cpu", _refuse):
            if shard is not None and not shard.holds(artefact.name):
                continue
            wanted_by.setdefault(artefact.name, planned)
            if artefact.name in missing:
                shared |= artefact.grows
                continue
            content = there.get(artefact.name) or store.held(artefact)
            if content is not None and artefact.is_whole(content):
                there[artefact.name] = Content({}, content.facts)
            else:
                there.pop(artefact.name, None)
                missing[artefact.name] = Request(
                    artefact.name, artefact.kind, planned, task.content_hash, strict, artefact.needs
                )
    failed = {
        name: _for(wanted_by[name], content.failed) for name, content in there.items() if content.failed is not None
    }
    return _Survey(set(there), failed, list(missing.values()), shared)


def make_here(artefacts: Sequence[Artefact], store: ArtefactStore, console: Console) -> None:
    """Make what is missing of these, one after the other, in this process; raises where one fails."""
    missing = [artefact for artefact in artefacts if store.held(artefact) is None]
    if not missing:
        return
    with Preparing([artefact.kind for artefact in missing], 1, console) as display:
        for number, artefact in enumerate(missing):
            start = time.monotonic()

            def tell(done: int, of: int, what: str, number: int = number) -> None:
                REQUEST.safe_point()
                display.told(number, done, of, what)

            try:
                store.obtain(artefact, tell)
            except Stopped:  # what it had learned is kept
                raise Terminated(REQUEST.number) from None
            display.finished(number, time.monotonic() - start)


def _for(planned: Planned, reason: str) -> str:
    """Of an artefact whose name says nothing to the reader."""
    return f"{reason} (for {name_of(planned.key())})"


def _refuse(artefact: Artefact) -> Content:
    raise RuntimeError(f"{artefact.name}: a strategy's `artefacts` lists, it must not obtain")


def _make_all(plan: Plan, requests: list[Request], done: Preparation, workers: int | None, in_process: bool) -> None:
    if not requests:
        return
    workers = 1 if in_process else workers or default_workers(plan.asked[0].trial.config.device)
    kinds, turns = [request.kind for request in requests], Turns(requests)

    def give_up_with(name: str) -> str:
        """What needs an artefact that failed fails with it; says what that is."""
        fallen = turns.failed(name)
        for place in fallen:
            display.given_up(place)
            done.failed[requests[place].name] = _for(requests[place].planned, f"it needs {name}, which cannot be used")
        return f"; nor is what needs it: {kinds_of(requests[place].name for place in fallen)}" if fallen else ""

    with Preparing(kinds, workers) as display, closing(_answers(turns, workers, in_process, display)) as answers:
        for name, reason in tuple(done.failed.items()):  # before
            if also := give_up_with(name):
                display.say(f"not prepared: {name}: {reason}{also}")
        for place, answer in answers:
            request = requests[place]
            if isinstance(answer, Note):
                display.told(place, *answer.value)
                continue
            made = Made(0.0, answer.reason) if isinstance(answer, Died) else answer
            if made.stopped:  # whoever was asked to end made no mistake: all of it ends
                raise Terminated(REQUEST.number or signal.SIGTERM)
            display.finished(place, made.seconds, failed=bool(made.error))
            if made.error:
                done.failed[request.name] = reason = _for(request.planned, made.error)
                also = give_up_with(request.name)
                display.say(f"not prepared: {request.name}: {reason}{also}\n{made.trace}".rstrip())
            else:
                done.made.append(request.name)
                turns.made(place)


def _answers(
    turns: Turns, workers: int, in_process: bool, display: Preparing
) -> Generator[tuple[int, Made | Died | Note]]:
    """Place of the request, and what is heard of it."""
    if not in_process:
        with closing(run_jobs(make, turns, workers, PRELOAD)) as answers:
            yield from ((turns.given[number], answer) for number, answer in answers)
        return
    keep_heap()
    for request in turns:
        place = turns.given[-1]

        def tell(progress: tuple[int, int, str], place: int = place) -> None:
            display.told(place, *progress)

        yield place, make(request, tell)
