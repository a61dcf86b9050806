"""A second scheduler, to show that one is one file: a list of jobs on paper, which run when somebody says so."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from segaug.cluster.scheduler import Array, JobHere, Limits, SchedulerError, array_of, task_name
from segaug.cluster.settings import JobSettings
from segaug.cluster.worker_command import worker_command


class PaperQueue:
    """The methods are those of `Scheduler`."""

    name = "paper"
    title = "Paper"
    kill_wait_s = 1.0

    def __init__(self) -> None:
        self.tasks: dict[str, list[str]] = {}  # of jobs that are alive -> the words of its command
        self.sent: list[str] = []
        self.limit: int | None = None
        self.now: JobHere | None = None
        self.broken = False

    def require(self) -> None:
        self._ask()

    def limits(self) -> Limits:
        self._ask()
        return Limits(2, self.limit)

    def queued(self) -> int:
        return len(self.tasks)

    def script(self, settings: JobSettings, array: Array) -> str:
        return "\n".join([str(array.first), str(array.tasks), *worker_command(array)])

    def submit(self, script: Path) -> str:
        self._ask()
        first, tasks, *words = script.read_text().splitlines()
        job = f"p{len(self.sent)}"
        self.sent.append(job)
        for place in range(int(tasks)):
            self.tasks[task_name(job, place)] = [*words, str(int(first) + place)]
        return job

    def alive(self, jobs: Iterable[str]) -> list[str]:
        self._ask()
        asked = set(jobs)
        return [task for task in self.tasks if array_of(task) in asked]

    def cancel(self, jobs: Sequence[str]) -> None:
        self.tasks = {task: words for task, words in self.tasks.items() if array_of(task) not in jobs}

    def here(self) -> JobHere | None:
        return self.now

    def may_leave(self, task: str) -> bool:
        return True

    def requeue(self, task: str) -> None:
        self._ask()

    def _ask(self) -> None:
        if self.broken:
            raise SchedulerError("paper: no ink; try again later")
