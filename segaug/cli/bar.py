"""How far a long search, upload or download is: a bar for each step on a terminal, nothing in a log file."""

from typing import TYPE_CHECKING

from segaug import terminal

if TYPE_CHECKING:
    from rich.progress import TaskID


class Bar:
    """Bars for as long as it is entered.  of_bytes: what is counted are bytes, and not things."""

    def __init__(self, *, of_bytes: bool = False) -> None:
        self._of_bytes = of_bytes
        self._steps: dict[str, TaskID] = {}

    def __enter__(self) -> "Bar":
        from rich.progress import (
            BarColumn,
            DownloadColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        counted = DownloadColumn() if self._of_bytes else MofNCompleteColumn()
        columns = (TextColumn("{task.description}"), BarColumn(), counted, TimeRemainingColumn())
        where = terminal.console(stderr=True)
        self._bars = Progress(*columns, console=where, transient=True, disable=not where.is_terminal)
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def __call__(self, step: str, done: int, total: int | None) -> None:
        """Draw how far this step is, in all or of nobody knows how much; a new one gets a bar of its own."""
        if step not in self._steps:
            self._steps[step] = self._bars.add_task(step, total=total)
        self._bars.update(self._steps[step], completed=done, total=total)
