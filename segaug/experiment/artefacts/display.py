"""What the user sees while artefacts are made: a live line on a terminal, a few lines in a log."""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import NamedTuple

from rich.console import Console
from rich.status import Status

from segaug import terminal
from segaug.experiment.planned.progress import duration

LOG_EVERY_S = 30.0


def kinds_of(names: Iterable[str]) -> str:
    """How many artefacts there are of each kind."""
    counts = Counter(name.rpartition("-")[0] for name in names)
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))


class _Pace(NamedTuple):
    """How fast the maker of an artefact gets on."""

    since: float  # when it was first heard of
    start: int  # how far it was then
    of: int
    at: int  # how far it is
    seconds: float = 0.0  # from then to now

    @property
    def seconds_left(self) -> float | None:
        """None where that cannot be foretold yet."""
        if not self.of or self.at <= self.start:
            return None
        return self.seconds / (self.at - self.start) * (self.of - self.at)


class Preparing:
    """Counts artefacts, and foretells the time left from what those of the same kind took."""

    def __init__(self, kinds: Sequence[str], workers: int, console: Console | None = None) -> None:
        self.console = console or terminal.console()
        self.kinds, self.workers = list(kinds), workers
        self.left = Counter(kinds)
        self.failed = 0
        self.took: dict[str, list[float]] = {}
        self.doing: dict[int, str] = {}  # number of the artefact -> what its maker told last
        self.paces: dict[int, _Pace] = {}  # and how fast it goes
        self.start = self.logged = time.monotonic()
        self.status = Status("", console=self.console) if self.console.is_terminal else None

    def __enter__(self) -> "Preparing":
        if self.status:
            self.status.start()
        self._show(log=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.status:
            self.status.stop()
        took = duration(time.monotonic() - self.start)
        done = f"{self.done - self.failed} of {len(self.kinds)} artefacts"
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            self.say(f"interrupted: {done} prepared; the same command goes on from here")
        elif kind is None:
            self.say(f"prepared: {done} in {took}" + (f", {self.failed} failed" if self.failed else ""))

    @property
    def done(self) -> int:
        """How many have been made, or have failed."""
        return len(self.kinds) - self.left.total()

    def told(self, number: int, done: int, of: int, what: str) -> None:
        """The maker of an artefact says how far it is; of = 0: it does not know."""
        self.doing[number] = f"{what} {done} of {of}" if of else what
        now, of_this = time.monotonic(), self.paces.get(number)
        if of_this is None or of_this.of != of or of_this.at > done:  # it has begun, or begun with something else
            of_this = self.paces[number] = _Pace(now, done, of, done)
        self.paces[number] = of_this._replace(at=done, seconds=now - of_this.since)
        self._show()

    def finished(self, number: int, seconds: float, *, failed: bool = False) -> None:
        """An artefact is made, or cannot be."""
        self.took.setdefault(self.kinds[number], []).append(seconds)
        self._settled(number, failed)

    def given_up(self, number: int) -> None:
        """An artefact is not made, because another that it needs cannot be used."""
        self._settled(number, failed=True)

    def _settled(self, number: int, failed: bool) -> None:
        self.failed += failed
        self.left[self.kinds[number]] -= 1
        self.doing.pop(number, None)
        self.paces.pop(number, None)
        self._show()

    def line(self) -> str:
        """Done, of what kinds, what is going on, and the time left."""
        kinds = ", ".join(kind for kind, count in self.left.items() if count)
        parts = [f"preparing: {self.done} of {len(self.kinds)} artefacts" + (f" ({kinds})" if kinds else "")]
        parts += list(self.doing.values())[:1]
        if (left := self._seconds_left()) is not None:
            parts.append(f"about {duration(left)} to go")
        elif (rest := next(iter(self.paces.values()), None)) is not None and (left := rest.seconds_left) is not None:
            parts.append(f"about {duration(left)} of it to go")
        return ", ".join(parts)

    def say(self, text: str) -> None:
        """Print one line, above the live one."""
        self.console.print(text, markup=False, soft_wrap=True)

    def _seconds_left(self) -> float | None:
        kinds = [kind for kind, count in self.left.items() if count]
        if not kinds or any(kind not in self.took for kind in kinds):
            return None
        work = sum(self.left[kind] * sum(self.took[kind]) / len(self.took[kind]) for kind in kinds)
        return work / min(self.workers, self.left.total())

    def _show(self, *, log: bool = False) -> None:
        now = time.monotonic()
        if self.status:
            self.status.update(self.line())
        elif log or now - self.logged >= LOG_EVERY_S:
            self.logged = now
            self.say(self.line())
