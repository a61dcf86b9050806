"""What the user sees while a sweep runs: a live bar on a terminal, one line a trial in a log."""

import time
from collections import Counter
from pathlib import Path
from types import TracebackType

from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bar

from segaug.experiment.planned.absent import left_out
from segaug.experiment.planned.emulated import told_emulated
from segaug.experiment.planned.plan import Plan, Planned
from segaug.results.headline import Beware, beware, headline
from segaug.results.store import Json, Store
from segaug.terminal import console
from segaug.training.protocol import Protocol, schedule

START_IMAGES = 32.0  # what a trial takes besides its updates, in images: start, validation, test


class Progress:
    """Counts trials done, failed and left, and foretells the time left from the images that are still to be seen."""

    def __init__(self, plan: Plan, todo: list[Planned], *, many: bool) -> None:
        self.console = console()
        self.todo, self.done, self.failed, self.diverged = len(todo), 0, 0, 0
        self.beware: Counter[Beware] = Counter()
        self.work_left = sum(map(work_of, todo))
        self.work_done = 0.0
        self.waited_for = 0
        self.start = time.monotonic()
        self.bar = Bar(
            TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[state]}"), console=self.console
        )
        self.live = many and self.console.is_terminal
        self.row = self.bar.add_task("trials", total=len(todo), state="starting workers")
        self._announce(plan, todo)

    def _announce(self, plan: Plan, todo: list[Planned]) -> None:
        finished = len(plan.trials) - self.todo
        if plan.share:
            self.say(plan.share)
        self.say(f"{len(plan.trials)} trials: {finished} done before, {self.todo} to do")
        if plan.absent:
            self.say(left_out(plan.absent))
        if emulated := told_emulated(planned.trial for planned in todo):
            self.say(emulated)
        for row in plan.skipped:
            self.say(f"skipped: {row['task']} N = {row['size']}, its pool has {row['pool']}")

    def __enter__(self) -> "Progress":
        if self.live:
            self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.live:
            self.bar.stop()

    def finished(self, planned: Planned, record: Json | None, failure: Json | None) -> None:
        """A trial has ended."""
        self.done += record is not None
        self.failed += failure is not None
        self.diverged += record is not None and record["status"] == "diverged"
        self.beware.update([*beware(record)] if record else [])
        work = work_of(planned)
        self.work_done, self.work_left = self.work_done + work, self.work_left - work
        self.bar.update(self.row, advance=1, state=self.state())
        if failure or not self.live:
            ended = f"[{self.done + self.failed}/{self.todo}] {line(planned, record, failure)}; {self.state()}"
            self.say(ended)

    def state(self) -> str:
        """Done, failed, left, and the time left."""
        left = self.todo - self.done - self.failed
        parts = [f"{self.done} done", f"{self.failed} failed", f"{left} left"]
        if self.diverged:
            parts.insert(1, f"{self.diverged} of them diverged")
        if self.beware["collapsed"]:
            parts.insert(1, f"{self.beware['collapsed']} of them collapsed")
        if left:
            parts.append(f"about {duration((time.monotonic() - self.start) / self.work_done * self.work_left)} to go")
        return ", ".join(parts)

    def say(self, text: str) -> None:
        """Print one line, above the bar if that is shown."""
        self.console.print(text, markup=False, soft_wrap=True)

    def waiting(self, trials: int) -> None:
        """Nothing is left to run here, but somebody else still works on some trials."""
        if trials != self.waited_for:
            self.waited_for = trials
            some = "1 trial that another command is" if trials == 1 else f"{trials} trials that other commands are"
            self.say(f"waiting for {some} running")

    def interrupted(self) -> None:
        """The user pressed Ctrl-C."""
        left = self.todo - self.done - self.failed
        self.say(f"interrupted: {self.done} done, {left} left; the same command goes on from here")

    def summary(self, folder: Path, failures: list[Json]) -> None:
        """The last lines of a sweep."""
        took = duration(time.monotonic() - self.start)
        self.say(f"{self.done} trials done, {self.failed} failed, in {took}; records in {folder}")
        for what, trials in self.beware.items():
            self.say(f"{trials} of {self.done} trials {_BEWARE[what]}; `segaug fit {folder}` says at which N")
        for failure in failures[:10]:
            where = Store(folder).failure_path(failure["id"])
            self.say(f"failed: {name_of(failure)}: {failure['error']} ({where})")
        if len(failures) > 10:
            self.say(f"... and {len(failures) - 10} more")


_BEWARE: dict[Beware, str] = {
    "collapsed": "collapsed: their predictions say nothing, so that nothing is claimed beyond the data of such a curve",
    "not trained out": "were not trained out: their errors tell of training as well as of data",
}


def work_of(planned: Planned) -> float:
    """Images that the network of a trial sees."""
    return images_seen(planned.trial.config.protocol, planned.size, planned.added)


def images_seen(protocol: Protocol, size: int, added: int = 0) -> float:
    """Images that a network sees in training, roughly: what its time is proportional to; a patient fills a batch.

    added: images of other sources beside N.
    """
    images = protocol.batch_size if protocol.count == "patients" else size + added
    return schedule(protocol, size + added).updates * min(protocol.batch_size, images) + START_IMAGES


def line(planned: Planned, record: Json | None, failure: Json | None) -> str:
    """One trial and how it ended, in words."""
    name = name_of(planned.key())
    if failure:
        return f"{name}: failed: {failure['error']}"
    if not record or not record["test"]:
        return f"{name}: diverged"
    warnings = "".join(f"; {what}: {seen}" for what, seen in beware(record).items())
    return f"{name}: {headline(record)} in {record['run']['seconds']['total']:.0f} s{warnings}"


def name_of(key: Json) -> str:
    """task / model / strategy N seed."""
    return f"{key['task']} {key['model']} {key['strategy']} N={key['size']} seed={key['seed']}"


def duration(seconds: float) -> str:
    """12 s, 3 min, 2 h 05 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
