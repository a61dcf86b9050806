"""How far a long search or upload is: a bar for each of its steps on a terminal, nothing in a log file."""

from typing import TYPE_CHECKING

from segaug import terminal

if TYPE_CHECKING:
    from rich.progress import TaskID


class Bar:
    """Bars for as long as it is entered."""

    def __init__(self) -> None:
        self._steps: dict[str, TaskID] = {}

    def __enter__(self) -> "Bar":
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        where = terminal.console(stderr=True)
        self._bars = Progress(*columns, console=where, transient=True, disable=not where.is_terminal)
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def __call__(self, step: str, done: int, total: int) -> None:
        """Draw how far this step is; a new one gets a bar of its own."""
        if step not in self._steps:
            self._steps[step] = self._bars.add_task(step, total=total)
        self._bars.update(self._steps[step], completed=done)
