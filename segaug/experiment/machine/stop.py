"""Asking a process to stop: signals set a flag, and work asks for it where nothing is half done."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SafePoint = Callable[[], None]  # called where work may end; raises Stopped if it has to
SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGUSR2") if hasattr(signal, name))  # Slurm sends both


class Stopped(Exception):
    """The trial ends here, and nothing of it is written; it will be run again.

    kept: something that it needs was made meanwhile and is kept, so that it will take less time.
    """

    kept = False


class Terminated(KeyboardInterrupt):
    """A signal asked the whole command to end, as Ctrl-C does."""

    def __init__(self, number: int = signal.SIGTERM) -> None:
        super().__init__(f"got {signal.Signals(number).name}")
        self.exit_code = 128 + number


class StopRequest:
    """Has this process been asked to stop?"""

    def __init__(self) -> None:
        self.number = 0  # of the signal that asked

    def __bool__(self) -> bool:
        return self.number != 0

    def safe_point(self) -> None:
        """Raise Stopped if so."""
        if self:
            raise Stopped(f"got {signal.Signals(self.number).name}")


REQUEST = StopRequest()  # signals belong to a process, so there is one for each


def nothing_to_stop() -> None:
    """The safe point of work that nobody asks to stop."""


def listen() -> None:
    """From now on SIGTERM only sets the flag of this process; its parent decides what the other signals mean."""
    for number in (signal.SIGINT, *SIGNALS):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _request)


@contextmanager
def terminable(*, at_once: bool) -> Iterator[None]:
    """Within, a signal ends the command as Ctrl-C does: at once, or at the next safe point of the trial at hand."""
    before = {number: signal.signal(number, _terminate if at_once else _request) for number in SIGNALS}
    try:
        yield
    finally:
        REQUEST.number = 0
        for number, handler in before.items():
            signal.signal(number, handler)


def _request(number: int, _: FrameType | None) -> None:
    REQUEST.number = number


def _terminate(number: int, _: FrameType | None) -> None:
    raise Terminated(number)
