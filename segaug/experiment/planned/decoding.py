"""What the user sees while a large data set is decoded: a bar on a terminal, a line now and then in a log."""

import time
from typing import TYPE_CHECKING

from segaug.terminal import console

if TYPE_CHECKING:
    from rich.progress import Progress

EVERY_S = 30.0  # in a log


class Decoding:
    """Told by `load_task` how many cases are decoded; says so on stderr.  Of a small set it is told nothing."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.console = console(stderr=True)
        self.bar: Progress | None = None
        self.begun = False
        self.start = self.said = 0.0

    def __enter__(self) -> "Decoding":
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def __call__(self, done: int, total: int) -> None:
        """So many of all are decoded; the first time, by earlier starts.  A pooled set begins again at each source."""
        if not self.begun:
            self._begin(done, total)
        if self.bar is not None:
            self.bar.update(self.bar.task_ids[0], completed=done, total=total)
        if done == total:
            self._end(total)
        elif self.bar is None and time.monotonic() - self.said >= EVERY_S:
            self._say(f"decoding {self.name}: {done:,} of {total:,} images")

    def _begin(self, done: int, total: int) -> None:
        self.begun, self.start = True, time.monotonic()
        before = f", {done:,} of which an earlier start has left" if done else ""
        self._say(f"decoding {total:,} images of {self.name}{before}")
        if self.console.is_terminal:
            self.bar = self._bar(total)

    def _bar(self, total: int) -> "Progress":
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        bar = Progress(*columns, console=self.console, transient=True)
        bar.add_task("images", total=total)
        bar.start()
        return bar

    def _end(self, total: int) -> None:
        self.__exit__()
        self.begun = False
        took = time.monotonic() - self.start
        self._say(f"decoded {total:,} images of {self.name} in {took:.0f} s; later starts find them decoded")

    def _say(self, text: str) -> None:
        self.said = time.monotonic()
        self.console.print(text, markup=False, soft_wrap=True)
